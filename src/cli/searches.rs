//! Named searches: what was typed after the command of a list, kept under a name.
//!
//! What enters: the words typed, the file `searches.toml` of the workspace. What leaves: the words with those of the
//! search put in; with `--save-search`, the file with one search more.
//! What is refused: a search of a name that was never kept; keeping and fetching where there is no workspace.
//!
//! The file has a table for each command, and in it a list of words for each name. Each word is a whole option with its
//! value, `--sort=-price`, or an argument without a name, so that people can edit it:
//!
//! ```toml
//! ["catalogue find"]
//! joints = ["--available", "--sort=-price", "joint"]
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::Path;

use bordereau::diagnostic::{Arguments, Code, Error, Result};
use bordereau::pipeline;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::listing::FORMS;
use super::mistakes::invalid;

/// The option that keeps a search.
pub(crate) const SAVE: &str = "save-search";

/// The option that fetches one.
pub(crate) const FETCH: &str = "search";

/// The file in the folder of the workspace.
const FILE: &str = "searches.toml";

/// The words of each search, by command and name.
type Searches = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// The arguments as typed, with the words of a search that `--search` names put in.
pub(crate) fn fetch(arguments: Vec<OsString>, root: &Command, workspace: Option<&Path>) -> Result<Vec<OsString>> {
    expand(arguments, root, |command, name| {
        let mut searches = read(folder(FETCH, workspace)?)?;
        let mut known = searches.remove(command).unwrap_or_default();
        known.remove(name).ok_or_else(|| {
            let names: Vec<_> = known.into_keys().collect();
            invalid("--search", name, Some(names.join(", ").as_str()).filter(|names| !names.is_empty()))
        })
    })
}

/// Keeps what was typed after a command, if a name was given; tells the name.
pub(crate) fn save(
    command: &str,
    root: &Command,
    matches: &ArgMatches,
    workspace: Option<&Path>,
) -> Result<Option<String>> {
    let Some(name) = matches.get_one::<String>(SAVE) else { return Ok(None) };
    let folder = folder(SAVE, workspace)?;
    if name.trim().is_empty() || name.starts_with('-') {
        return Err(invalid("--save-search", name, None));
    }
    let mut searches = read(folder)?;
    let list = command.split(' ').try_fold(root, |command, word| command.find_subcommand(word));
    let words = list.map(|list| words(list, matches)).transpose()?.unwrap_or_default();
    searches.entry(command.to_owned()).or_default().insert(name.clone(), words);
    let path = folder.join(FILE);
    let text = toml::to_string_pretty(&searches)
        .map_err(|error| Error::io(&path, Code::WriteFailed, io::Error::other(error)))?;
    let sync = std::env::var_os(super::many::NO_SYNC).is_none();
    pipeline::write_file(&path, sync, |file| file.write_all(text.as_bytes()))?;
    Ok(Some(name.clone()))
}

fn folder<'w>(option: &str, workspace: Option<&'w Path>) -> Result<&'w Path> {
    let arguments = || Arguments::none().with("argument", format!("--{option}"));
    workspace.ok_or_else(|| Error::new(Code::WorkspaceNeeded, arguments()))
}

/// The searches that are kept; none where there is no file.
fn read(folder: &Path) -> Result<Searches> {
    let path = folder.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Searches::new()),
        Err(error) => return Err(Error::io(&path, Code::ReadFailed, error)),
    };
    toml::from_str(&text).map_err(|error| {
        let cause = io::Error::new(io::ErrorKind::InvalidData, error.message().to_owned());
        Error::io(&path, Code::ReadFailed, cause)
    })
}

/// What was typed after a command: each option in one word with its value, then what has no name. General options, and
/// the names of searches, are no part of it.
fn words(command: &Command, matches: &ArgMatches) -> Result<Vec<String>> {
    let (mut options, mut others) = (Vec::new(), Vec::new());
    for argument in command.get_arguments() {
        let id = argument.get_id().as_str();
        if id == SAVE || id == FETCH || matches.value_source(id) != Some(ValueSource::CommandLine) {
            continue;
        }
        let Some(option) = argument.get_long() else {
            for value in matches.get_raw(id).into_iter().flatten() {
                others.push(text(value)?.to_owned());
            }
            continue;
        };
        if !argument.get_action().takes_values() {
            options.push(format!("--{option}"));
            continue;
        }
        for value in matches.get_raw(id).into_iter().flatten() {
            options.push(format!("--{option}={}", text(value)?));
        }
    }
    Ok([options, others].concat())
}

fn text(value: &OsStr) -> Result<&str> {
    value.to_str().ok_or_else(|| invalid("UTF-8", &value.to_string_lossy(), None))
}

/// What a look at the words typed finds out, before anything is parsed.
struct Typed<'a> {
    /// The command, `catalogue find`.
    command: Vec<&'a str>,
    /// Behind its last word.
    place: usize,
    /// The long names of options.
    options: BTreeSet<&'a str>,
    /// `--search NAME`: its places and the name.
    search: Option<(Range<usize>, &'a str)>,
}

impl<'a> Typed<'a> {
    /// Looks at the words; the commands tell which of them are values of options.
    fn new(arguments: &'a [OsString], root: &'a Command) -> Result<Self> {
        let mut typed = Self { command: Vec::new(), place: 1, options: BTreeSet::new(), search: None };
        let mut command = root;
        let mut at = 1;
        while let Some(word) = arguments.get(at).map(|word| word.to_str().unwrap_or_default()) {
            if word == "--" {
                break;
            }
            let from = at;
            at += 1;
            let Some(option) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
                if let Some(below) = command.find_subcommand(word) {
                    command = below;
                    typed.command.push(below.get_name());
                    typed.place = at;
                }
                continue;
            };
            let (argument, inline) = named(option, command, root);
            let Some(name) = argument.and_then(Arg::get_long) else { continue };
            let mut value = inline;
            if inline.is_none() && argument.is_some_and(|argument| argument.get_action().takes_values()) {
                value = arguments.get(at).and_then(|value| value.to_str());
                at += 1;
            }
            typed.options.insert(name);
            if let (FETCH, Some(search)) = (name, value) {
                if typed.search.is_some() {
                    let arguments = Arguments::none().with("argument", "--search").with("other", "--search");
                    return Err(Error::new(Code::ArgumentConflict, arguments));
                }
                typed.search = Some((from..at, search));
            }
        }
        Ok(typed)
    }

    /// Whether something was typed that takes the place of a kept word.
    fn replaces(&self, word: &str) -> bool {
        let Some(option) = word.strip_prefix("--") else { return false };
        let name = option.split('=').next().unwrap_or(option);
        // How and where a list is written is one choice.
        let is_form = |name: &str| name == "out" || FORMS.contains(&name);
        self.options.contains(name) || (is_form(name) && self.options.iter().any(|option| is_form(option)))
    }
}

/// The option that is typed as `-` and this word, and the value that stands in the same word.
fn named<'a, 'w>(option: &'w str, command: &'a Command, root: &'a Command) -> (Option<&'a Arg>, Option<&'w str>) {
    let all = || command.get_arguments().chain(root.get_arguments());
    if let Some(long) = option.strip_prefix('-') {
        let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
        return (all().find(|argument| argument.get_long() == Some(name)), value);
    }
    let mut letters = option.chars();
    let letter = letters.next();
    let value = Some(letters.as_str()).filter(|rest| !rest.is_empty());
    (all().find(|argument| argument.get_short() == letter), value)
}

/// Puts the words of a search before those typed after its command, without the options that were typed as well.
fn expand(
    arguments: Vec<OsString>,
    root: &Command,
    kept: impl FnOnce(&str, &str) -> Result<Vec<String>>,
) -> Result<Vec<OsString>> {
    let typed = Typed::new(&arguments, root)?;
    let Some((search, name)) = typed.search.clone() else { return Ok(arguments) };
    let words = kept(&typed.command.join(" "), name)?;
    let words = words.into_iter().filter(|word| !typed.replaces(word)).map(OsString::from);
    let mut expanded = arguments[..typed.place].to_vec();
    expanded.extend(words);
    let rest = (typed.place..arguments.len()).filter(|place| !search.contains(place));
    expanded.extend(rest.map(|place| arguments[place].clone()));
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bordereau::model::Language;

    fn root() -> Command {
        super::super::command::root(Language::English)
    }

    fn typed(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    /// The line with a search put in that keeps these words.
    fn expanded(line: &str, kept: &str) -> String {
        let words = |command: &str, name: &str| {
            assert_eq!((command, name), ("formats list", "mine"));
            Ok(kept.split(' ').map(str::to_owned).collect())
        };
        let all = expand(typed(line), &root(), words).unwrap();
        all.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn kept_words_come_before_those_typed() {
        for (line, kept, expected) in [
            ("b formats list --search mine", "--csv", "b formats list --csv"),
            ("b --lang fr formats list --search=mine --limit 3", "--csv", "b --lang fr formats list --csv --limit 3"),
            (
                "b formats --lang fr list --search mine",
                "--csv --sort=name",
                "b formats --lang fr list --csv --sort=name",
            ),
            ("b formats list --sort -name --search mine", "--sort=title --csv", "b formats list --csv --sort -name"),
            ("b formats list --search mine --json", "--csv --out=a.csv --limit=2", "b formats list --limit=2 --json"),
            ("b formats list --search mine -o b.csv", "--xlsx --out=a.xlsx", "b formats list -o b.csv"),
            ("b formats list --search mine -ob.csv", "--out=a.xlsx", "b formats list -ob.csv"),
            ("b formats list --search mine -- --csv", "--csv joint", "b formats list --csv joint -- --csv"),
        ] {
            assert_eq!(expanded(line, kept), expected, "{line}");
        }
    }

    #[test]
    fn words_without_a_search_stay_as_they_are() {
        for line in [
            "b",
            "b formats list",
            "b formats list --search",
            "b formats list --columns --search mine",
            "b formats list -- --search mine",
            "b explain --search mine",
        ] {
            let kept = |_: &str, _: &str| panic!("{line}");
            assert_eq!(expand(typed(line), &root(), kept).unwrap(), typed(line), "{line}");
        }
    }

    #[test]
    fn a_search_is_kept_and_fetched_with_its_options_whole() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Some(folder.path());
        let keep = |line: &str| {
            let matches = root().try_get_matches_from(typed(line)).unwrap();
            let list = matches.subcommand().unwrap().1.subcommand().unwrap().1;
            save("formats list", &root(), list, workspace).unwrap()
        };
        assert_eq!(keep("b formats list --csv"), None);
        assert_eq!(keep("b --lang fr formats list --csv --sort -name --save-search mine"), Some("mine".to_owned()));
        keep("b formats list --limit 3 --save-search other");
        let text = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        let searches: Searches = toml::from_str(&text).unwrap();
        assert_eq!(searches["formats list"]["mine"], ["--sort=-name", "--csv"]);
        assert_eq!(searches["formats list"]["other"], ["--limit=3"]);
        let fetched = fetch(typed("b formats list --search mine --json"), &root(), workspace).unwrap();
        assert_eq!(fetched, typed("b formats list --sort=-name --json"));
        root().try_get_matches_from(fetched).unwrap();
    }

    #[test]
    fn what_cannot_be_kept_or_fetched_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let code = |line: &str, workspace| fetch(typed(line), &root(), workspace).unwrap_err().code;
        assert_eq!(code("b formats list --search mine", None), Code::WorkspaceNeeded);
        assert_eq!(code("b formats list --search mine", Some(folder.path())), Code::ArgumentInvalid);
        assert_eq!(code("b formats list --search a --search b", Some(folder.path())), Code::ArgumentConflict);
        std::fs::write(folder.path().join(FILE), "not = [toml").unwrap();
        assert_eq!(code("b formats list --search mine", Some(folder.path())), Code::ReadFailed);
    }
}
