//! The one catalogue of errors, and what is said of the data.
//!
//! What enters: a code, a place, the value as written, arguments. No sentence.
//! What leaves: [`Diagnostic`], the data is wrong: collected, all of them; and [`Error`], the run cannot go on.
//! The sentences stand in `codes.toml`; only the surfaces (`report`, `cli`) ask for them.

mod error;

pub use error::{Error, Result};

use std::borrow::Cow;
use std::fmt;

use crate::model::{Language, Money};

include!(concat!(env!("OUT_DIR"), "/codes.rs"));

/// Where a fault hurts, which tells who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// One cell of a record.
    Cell,
    /// A record.
    Line,
    /// A whole input file.
    File,
    /// The parts catalogue.
    Catalogue,
    /// A file under `formats/`.
    Format,
    /// What was typed on the command line.
    Usage,
    /// The machine: disk, permissions, other programs.
    System,
}

impl Scope {
    /// The name for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cell => "cell",
            Self::Line => "line",
            Self::File => "file",
            Self::Catalogue => "catalogue",
            Self::Format => "format",
            Self::Usage => "usage",
            Self::System => "system",
        }
    }
}

/// Whether a fault refuses the record or only says something doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The record is refused.
    Error,
    /// The record is taken, and somebody should look.
    Warning,
}

impl Severity {
    /// `E` or `W`, as in every report.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Error => "E",
            Self::Warning => "W",
        }
    }
}

/// How a run ended, as its exit code says it (README, exit codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All accepted.
    Accepted = 0,
    /// A fault of the program itself.
    Internal = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Accepted, with errors.
    Partial = 3,
    /// Nothing accepted.
    Rejected = 4,
    /// Already taken before.
    Duplicate = 5,
    /// The input is unreadable or its format unknown.
    Unreadable = 6,
    /// Another instance holds the lock.
    Locked = 7,
    /// Input or output failed, permission too.
    Io = 74,
    /// Try again later.
    TryLater = 75,
    /// Interrupted by Ctrl-C.
    Interrupted = 130,
    /// Asked to stop.
    Terminated = 143,
}

impl Exit {
    /// From best to worst; the worst of a batch is its exit code.
    const ORDER: [Self; 12] = [
        Self::Accepted,
        Self::Duplicate,
        Self::Partial,
        Self::Rejected,
        Self::Unreadable,
        Self::TryLater,
        Self::Io,
        Self::Locked,
        Self::Internal,
        Self::Usage,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The worse of two ends.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        let rank = |exit| Self::ORDER.iter().position(|each| *each == exit);
        if rank(other) > rank(self) { other } else { self }
    }

    /// The number that the operating system gets.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// What the catalogue knows of a code.
struct Entry {
    name: &'static str,
    scope: Scope,
    severity: Severity,
    exit: Option<Exit>,
    since: &'static str,
    arguments: &'static [&'static str],
    french: Wording,
    english: Wording,
}

/// One code in one language: templates with `{argument}`, and `[…]` around what is left out when its argument is missing.
struct Wording {
    message: &'static str,
    remedy: &'static str,
}

impl Code {
    /// Every code, in the order of the catalogue.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    fn entry(self) -> &'static Entry {
        &ENTRIES[self as usize]
    }

    /// The readable name, such as `QTY_NOT_INTEGER`.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// The code of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|code| code.name() == name)
    }

    /// Where it hurts.
    pub fn scope(self) -> Scope {
        self.entry().scope
    }

    /// Whether it refuses or warns.
    pub fn severity(self) -> Severity {
        self.entry().severity
    }

    /// Whether it is only what another fault costs an innocent line: told after its cause.
    pub fn is_consequence(self) -> bool {
        matches!(self, Self::OrderRefused | Self::FileRefused)
    }

    /// How a run ends that this code stops; data faults stop none.
    pub fn exit(self) -> Option<Exit> {
        self.entry().exit
    }

    /// The version that first knew the code.
    pub fn since(self) -> &'static str {
        self.entry().since
    }

    /// The arguments that its texts take.
    pub fn arguments(self) -> &'static [&'static str] {
        self.entry().arguments
    }

    fn wording(self, language: Language) -> &'static Wording {
        match language {
            Language::French => &self.entry().french,
            Language::English => &self.entry().english,
        }
    }

    /// What is wrong, with the arguments filled in.
    pub fn message(self, language: Language, arguments: &Arguments) -> Cow<'static, str> {
        arguments.fill(self.wording(language).message, language)
    }

    /// What to do about it.
    pub fn remedy(self, language: Language, arguments: &Arguments) -> Cow<'static, str> {
        arguments.fill(self.wording(language).remedy, language)
    }

    /// The message as it stands in the catalogue, placeholders and all.
    pub fn template(self, language: Language) -> (&'static str, &'static str) {
        let wording = self.wording(language);
        (wording.message, wording.remedy)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The arguments of a message, by name. No sentence is built before a surface asks for one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments(Vec<(&'static str, Argument)>);

/// One argument, as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Argument {
    Text(String),
    /// An amount as `12.50`; French messages write it with a comma.
    Amount(String),
    /// A form of dates as `DD/MM/YYYY`; French messages write `JJ/MM/AAAA`.
    DateForm(String),
}

impl Arguments {
    /// No argument.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// The arguments with one more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.0.push((name, Argument::Text(value.to_string())));
        self
    }

    /// The arguments with one more that is an amount of money.
    #[must_use]
    pub fn with_amount(mut self, name: &'static str, amount: Money) -> Self {
        self.0.push((name, Argument::Amount(amount.to_string())));
        self
    }

    /// The arguments with one more that is a form of dates.
    #[must_use]
    pub fn with_date_form(mut self, name: &'static str, pattern: &str) -> Self {
        self.0.push((name, Argument::DateForm(pattern.to_owned())));
        self
    }

    /// The value of an argument.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(each, _)| *each == name)?;
        let (Argument::Text(text) | Argument::Amount(text) | Argument::DateForm(text)) = value;
        Some(text)
    }

    /// The arguments in which all agree: what differs from line to line cannot stand in one sentence for all.
    pub fn shared<'a>(mut all: impl Iterator<Item = &'a Self>) -> Self {
        let mut shared = all.next().cloned().unwrap_or_default();
        for other in all {
            shared.0.retain(|each| other.0.contains(each));
        }
        shared
    }

    fn shown(&self, name: &str, language: Language) -> Option<Cow<'_, str>> {
        let (_, value) = self.0.iter().find(|(each, _)| *each == name)?;
        Some(match value {
            Argument::Amount(amount) if language == Language::French => Cow::Owned(amount.replace('.', ",")),
            Argument::DateForm(form) if language == Language::French => {
                Cow::Owned(form.replace('D', "J").replace('Y', "A"))
            }
            Argument::Text(text) | Argument::Amount(text) | Argument::DateForm(text) => Cow::Borrowed(text),
        })
    }

    /// Fills `{name}` in, and drops each `[…]` whose arguments are missing.
    fn fill(&self, template: &'static str, language: Language) -> Cow<'static, str> {
        if !template.contains(['{', '[']) {
            return Cow::Borrowed(template);
        }
        let mut out = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some(at) = rest.find('[') {
            let (before, after) = rest.split_at(at);
            out.push_str(&self.replace(before, language).0);
            let (inside, after) = after[1..].split_once(']').unwrap_or((&after[1..], ""));
            if let (filled, true) = self.replace(inside, language) {
                out.push_str(&filled);
            }
            rest = after;
        }
        out.push_str(&self.replace(rest, language).0);
        Cow::Owned(out)
    }

    /// The text with its placeholders replaced, and whether all of them had a value.
    fn replace(&self, template: &str, language: Language) -> (String, bool) {
        let mut out = String::new();
        let mut complete = true;
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            match self.shown(name, language) {
                Some(value) => out.push_str(&value),
                None => complete = false,
            }
            rest = after;
        }
        out.push_str(rest);
        (out, complete)
    }
}

/// Something that is wrong or doubtful in the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong.
    pub code: Code,
    /// The physical line on which the record starts; the heading of a plain file is line 1, 0 is the file itself.
    pub line: u64,
    /// The place of the column in the file, from 0; `None` when the whole record is meant.
    pub column: Option<usize>,
    /// The value as written in the file, decoded and unquoted.
    pub value: String,
    /// What the message says beyond the value.
    pub arguments: Arguments,
    /// Whether the record is refused: as the code says, unless a rule of a manufacturer says otherwise.
    pub severity: Severity,
}

impl Diagnostic {
    /// A fault as severe as its code says.
    pub fn new(code: Code, line: u64, column: Option<usize>, value: String, arguments: Arguments) -> Self {
        Self { code, line, column, value, arguments, severity: code.severity() }
    }

    /// Whether the record is refused for it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_parts_vanish_with_their_argument() {
        let arguments = Arguments::none().with("found", 3);
        assert_eq!(arguments.fill("{found} cells[ instead of {expected}]", Language::English), "3 cells");
        assert_eq!(
            arguments.with("expected", 9).fill("{found} cells[ instead of {expected}]", Language::French),
            "3 cells instead of 9"
        );
    }

    #[test]
    fn amounts_are_written_as_the_language_does() {
        let arguments = Arguments::none().with_amount("catalogue", Money::from_ten_thousandths(125_000));
        assert_eq!(arguments.fill("{catalogue}", Language::French), "12,50");
        assert_eq!(arguments.fill("{catalogue}", Language::English), "12.50");
    }

    #[test]
    fn every_code_reads_well_and_comes_back_from_its_name() {
        for code in Code::all() {
            assert_eq!(Code::from_name(code.name()), Some(*code));
            assert!(code.name().bytes().all(|c| c.is_ascii_uppercase() || c == b'_'), "{code}");
            for language in [Language::French, Language::English] {
                let (message, remedy) = code.template(language);
                assert!(!message.is_empty() && !message.ends_with('.'), "{code}: a message is a fragment");
                assert!(remedy.ends_with(['.', '?']), "{code}: a remedy is a sentence");
            }
            let stops = matches!(code.scope(), Scope::Usage | Scope::System | Scope::File | Scope::Format)
                || (code.scope() == Scope::Catalogue && code.severity() == Severity::Error && code.exit().is_some());
            assert_eq!(code.exit().is_some(), stops || code.exit().is_some(), "{code}");
        }
    }

    #[test]
    fn the_worst_end_of_a_batch_wins() {
        assert_eq!(Exit::Partial.worst(Exit::Duplicate), Exit::Partial);
        assert_eq!(Exit::Accepted.worst(Exit::Duplicate), Exit::Duplicate);
        assert_eq!(Exit::Io.worst(Exit::Unreadable), Exit::Io);
        assert_eq!(Exit::Rejected.worst(Exit::Internal), Exit::Internal);
    }
}
