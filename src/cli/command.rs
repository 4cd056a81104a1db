//! What can be typed, in the language of the user.
//!
//! What enters: a [`Language`]. What leaves: a [`Command`] without a word of another language in its help.
//! What is refused: nothing; see `mistakes` for what clap refuses.

use std::ffi::OsString;
use std::path::PathBuf;

use bordereau::model::Language;
use bordereau::report::text::Text;
use clap::builder::{PossibleValuesParser, Styles};
use clap::{Arg, ArgAction, Command, value_parser};

use super::texts;

/// Builds commands and arguments in one language.
#[derive(Clone, Copy)]
pub(crate) struct Builder {
    language: Language,
}

/// The texts around the lists of a help page.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    /// What the command does, in a sentence.
    pub(crate) about: Text,
    /// What a command line looks like.
    pub(crate) usage: Text,
    /// Lines that work as they stand.
    pub(crate) examples: Option<Text>,
    /// What is said at the end.
    pub(crate) after: Option<Text>,
    /// Whether the table of exit codes stands at the very end.
    pub(crate) exit_codes: bool,
}

/// What begins a new line in texts.
const BREAK: &str = "{n}";

/// The lines of a text, set in.
fn lines(text: &str) -> String {
    text.split(BREAK).flat_map(|line| ["  ", line, "\n"]).collect()
}

impl Builder {
    /// The text in the language.
    pub(crate) const fn word(self, text: Text) -> &'static str {
        text.get(self.language)
    }

    /// A command with its arguments.
    pub(crate) fn command(self, name: &'static str, page: Page, arguments: impl IntoIterator<Item = Arg>) -> Command {
        let examples = page
            .examples
            .map(|examples| format!("{}\n{}\n", self.word(texts::HEADING_EXAMPLES), lines(self.word(examples))))
            .unwrap_or_default();
        let template = format!(
            "{{about}}\n\n{examples}{} {{usage}}\n\n{{all-args}}{{after-help}}",
            self.word(texts::HEADING_USAGE)
        );
        let help = Arg::new("help")
            .short('h')
            .long("help")
            .action(ArgAction::Help)
            .help(self.word(texts::HELP_HELP))
            .help_heading(self.word(texts::HEADING_GENERAL));
        let command = Command::new(name)
            .about(self.word(page.about))
            .override_usage(self.word(page.usage))
            .help_template(template)
            .subcommand_help_heading(self.word(texts::HEADING_COMMANDS))
            .subcommand_value_name(self.word(texts::VALUE_COMMAND))
            .styles(Styles::plain())
            .disable_help_flag(true)
            .disable_help_subcommand(true)
            .disable_version_flag(true)
            .args(arguments)
            .arg(help);
        if page.after.is_none() && !page.exit_codes {
            return command;
        }
        let mut after: Vec<_> = page.after.iter().map(|text| self.word(*text).replace(BREAK, "\n")).collect();
        if page.exit_codes {
            after.push(self.exit_codes());
        }
        command.after_help(after.join("\n\n"))
    }

    /// The table of exit codes.
    fn exit_codes(self) -> String {
        let rows = self.word(texts::EXIT_CODES).split(BREAK).filter_map(|row| row.split_once(' '));
        let rows: Vec<_> = rows.map(|(code, meaning)| format!("  {code:>3}  {meaning}")).collect();
        format!("{}\n{}", self.word(texts::HEADING_EXIT_CODES), rows.join("\n"))
    }

    /// A command that only holds others.
    pub(crate) fn group(self, name: &'static str, page: Page, commands: impl IntoIterator<Item = Command>) -> Command {
        self.command(name, page, []).subcommand_required(true).arg_required_else_help(true).subcommands(commands)
    }

    /// `--name VALUE`.
    pub(crate) fn option(self, name: &'static str, value: Text, help: Text) -> Arg {
        self.flag(name, help).action(ArgAction::Set).value_name(self.word(value))
    }

    /// `--name VALUE` with a fixed set of values.
    pub(crate) fn choice(self, name: &'static str, value: Text, help: Text, values: &'static [&'static str]) -> Arg {
        // The help texts name the values and what they mean.
        self.option(name, value, help).value_parser(PossibleValuesParser::new(values)).hide_possible_values(true)
    }

    /// `--name`.
    pub(crate) fn flag(self, name: &'static str, help: Text) -> Arg {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(self.word(help))
            .help_heading(self.word(texts::HEADING_OPTIONS))
    }

    /// An argument without a name.
    pub(crate) fn positional(self, name: &'static str, value: Text, help: Text) -> Arg {
        Arg::new(name)
            .value_name(self.word(value))
            .help(self.word(help))
            .help_heading(self.word(texts::HEADING_ARGUMENTS))
    }

    /// `--json`.
    pub(crate) fn json(self) -> Arg {
        self.flag("json", texts::HELP_JSON)
    }

    /// `--catalogue FILE`, which only a workspace makes needless.
    pub(crate) fn catalogue(self) -> Arg {
        self.option("catalogue", texts::VALUE_CATALOGUE, texts::HELP_CATALOGUE).value_parser(value_parser!(PathBuf))
    }
}

/// The whole command line.
pub(crate) fn root(language: Language) -> Command {
    let builder = Builder { language };
    let general = |argument: Arg| argument.help_heading(builder.word(texts::HEADING_GENERAL));
    let page = Page {
        about: texts::ABOUT,
        usage: texts::USAGE,
        examples: Some(texts::EXAMPLES),
        after: None,
        exit_codes: true,
    };
    let lang = builder.choice("lang", texts::VALUE_LANGUAGE, texts::HELP_LANG, &["fr", "en"]).global(true);
    let formats = builder
        .option("formats", texts::VALUE_FOLDER, texts::HELP_FORMATS)
        .value_parser(value_parser!(PathBuf))
        .global(true);
    let workspace = builder
        .option("workspace", texts::VALUE_FOLDER, texts::HELP_WORKSPACE)
        .value_parser(value_parser!(PathBuf))
        .global(true);
    let no_workspace = builder.flag("no-workspace", texts::HELP_NO_WORKSPACE).global(true).conflicts_with("workspace");
    let version = builder.flag("version", texts::HELP_VERSION).short('V').action(ArgAction::Version);
    let commands = vec![
        super::init::command(builder),
        super::import::command(builder),
        super::deposit::command(builder),
        super::deposits::command(builder),
        super::run::command(builder),
        super::watch::command(builder),
        super::status::command(builder),
        super::morning::command(builder),
        super::preview::command(builder),
        super::guess::command(builder),
        super::map::command(builder),
        super::convert::command(builder),
        super::work_order::command(builder),
        super::catalogue::command(builder),
        super::basket::command(builder),
        super::formats::command(builder),
        super::explain::command(builder),
        super::stats::command(builder),
        super::order::command(builder),
        super::entry::claim_command(builder),
        super::entry::repair_command(builder),
        super::solution::command(builder),
        super::invoice::command(builder),
        super::notify::command(builder),
        super::retry::command(builder),
        super::quarantine::command(builder),
        super::purge::command(builder),
        super::doctor::command(builder),
        super::backup::command(builder),
        super::restore::command(builder),
        help(builder),
    ];
    builder
        .group("bordereau", page, commands)
        .args([general(lang), general(formats), general(workspace), general(no_workspace), general(version)])
        .version(env!("CARGO_PKG_VERSION"))
}

/// `help`, which [`without_help`] turns into `--help`.
fn help(builder: Builder) -> Command {
    let page =
        Page { about: texts::ABOUT_HELP, usage: texts::USAGE_HELP, examples: None, after: None, exit_codes: false };
    let command =
        builder.positional("command", texts::VALUE_COMMAND, texts::HELP_HELP_COMMAND).action(ArgAction::Append);
    builder.command("help", page, [command])
}

/// The arguments with `help COMMAND` written as `COMMAND --help`.
pub(crate) fn without_help(arguments: &[OsString]) -> Vec<OsString> {
    let mut written = arguments.to_vec();
    let mut place = 1;
    while let Some(option) = written.get(place).and_then(|each| each.to_str()).filter(|each| each.starts_with("--")) {
        place += if option.contains('=') { 1 } else { 2 };
    }
    if written.get(place).is_some_and(|each| each == "help") {
        written.remove(place);
        written.push("--help".into());
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The command and all below it, with their help.
    fn pages(language: Language) -> Vec<(String, String)> {
        fn walk(command: &mut Command, path: &str, found: &mut Vec<(String, String)>) {
            let path = format!("{path} {}", command.get_name());
            found.push((path.clone(), command.render_help().to_string()));
            command.get_subcommands_mut().for_each(|below| walk(below, &path, found));
        }
        let mut root = root(language);
        root.build();
        let mut found = Vec::new();
        walk(&mut root, "", &mut found);
        found
    }

    fn typed(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn clap_finds_nothing_to_complain_about() {
        root(Language::French).debug_assert();
        root(Language::English).debug_assert();
    }

    #[test]
    fn the_french_help_is_french() {
        const ENGLISH: [&str; 21] = [
            "usage:",
            "options:",
            "option:",
            "commands",
            "argument:",
            "print",
            "help ",
            "default",
            "possible",
            "values",
            "the ",
            "of ",
            "and ",
            "show ",
            "file",
            "folder",
            "language",
            "write",
            "example",
            "exit",
            "required",
        ];
        for (path, page) in pages(Language::French) {
            // What is typed stays as it is: the names of commands, options, fields and reports.
            let words = page.lines().filter(|line| !line.trim_start().starts_with("bordereau ")).map(|line| {
                line.split_whitespace()
                    .filter(|word| {
                        !word.contains(['-', '=', '_'])
                            && !["file", "show", "help", "print"].contains(&word.trim_end_matches([',', ':']))
                    })
                    .map(|word| word.to_lowercase() + " ")
                    .collect::<String>()
            });
            let text: String = words.collect();
            for english in ENGLISH {
                let found = text.find(english).filter(|at| *at == 0 || !text[..*at].ends_with(char::is_alphanumeric));
                assert!(found.is_none(), "{path}: {english:?} in {text}");
            }
        }
    }

    #[test]
    fn every_page_says_what_the_command_does_and_how_to_type_it() {
        for language in [Language::French, Language::English] {
            for (path, page) in pages(language) {
                let usage = texts::HEADING_USAGE.get(language);
                assert!(page.contains(&format!("{usage} bordereau")), "{path}: {page}");
                assert!(!page.contains(['{', '}']), "{path}: {page}");
                assert!(page.contains("--lang") && page.contains("--help"), "{path}");
                assert!(page.lines().all(|line| line.chars().count() <= 100), "{path}: {page}");
            }
        }
    }

    #[test]
    fn exit_codes_stand_where_scripts_are_written() {
        let codes = [0, 1, 2, 3, 4, 5, 6, 7, 74, 75, 130, 143];
        for language in [Language::French, Language::English] {
            let pages = pages(language);
            for path in [" bordereau", " bordereau import"] {
                let (_, page) = pages.iter().find(|(each, _)| each == path).unwrap();
                for code in codes {
                    assert!(page.contains(&format!("\n  {code:>3}  ")), "{path}: {code}");
                }
            }
            for path in [" bordereau catalogue check", " bordereau catalogue build", " bordereau formats check"] {
                let (_, page) = pages.iter().find(|(each, _)| each == path).unwrap();
                assert!(page.to_lowercase().contains(if language == Language::French {
                    "codes de sortie"
                } else {
                    "exit codes"
                }));
            }
        }
    }

    #[test]
    fn the_help_of_import_names_every_field() {
        for language in [Language::French, Language::English] {
            let pages = pages(language);
            let (_, page) = pages.iter().find(|(path, _)| path == " bordereau import").unwrap();
            assert!(bordereau::model::Field::ALL.iter().all(|field| page.contains(field.name())), "{page}");
        }
    }

    #[test]
    fn help_can_be_asked_for_as_a_command() {
        assert_eq!(without_help(&typed("bordereau help import")), typed("bordereau import --help"));
        assert_eq!(
            without_help(&typed("bordereau --lang fr help catalogue show")),
            typed("bordereau --lang fr catalogue show --help")
        );
        assert_eq!(without_help(&typed("bordereau --lang=fr help")), typed("bordereau --lang=fr --help"));
        assert_eq!(
            without_help(&typed("bordereau --lang=fr --formats f help import")),
            typed("bordereau --lang=fr --formats f import --help")
        );
        assert_eq!(without_help(&typed("bordereau explain help")), typed("bordereau explain help"));
    }
}
