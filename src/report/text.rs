//! The words that people read besides the messages of the error catalogue.

use crate::model::Language;

/// A text in every language.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// In French.
    pub french: &'static str,
    /// In English.
    pub english: &'static str,
}

impl Text {
    /// The text in a language.
    pub const fn get(self, language: Language) -> &'static str {
        match language {
            Language::French => self.french,
            Language::English => self.english,
        }
    }

    /// The text in a language with `{name}` replaced.
    pub fn with(self, language: Language, arguments: &[(&str, &str)]) -> String {
        arguments
            .iter()
            .fold(self.get(language).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

/// What stands for a value that says who a person is, where such values are not shown.
pub const MASK: &str = "•••";

include!(concat!(env!("OUT_DIR"), "/texts.rs"));
