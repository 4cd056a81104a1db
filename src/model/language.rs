//! The languages that people are spoken to.

/// A language of messages, help and reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// French.
    French,
    /// English, also for every language that is not spoken here.
    #[default]
    English,
}

impl Language {
    /// The language that a code such as `fr`, `fr_FR.UTF-8` or `en` asks for.
    pub fn from_code(code: &str) -> Option<Self> {
        match code.split(['_', '-', '.', '@']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "fr" => Some(Self::French),
            "en" | "c" | "posix" => Some(Self::English),
            _ => None,
        }
    }

    /// `fr` or `en`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }
}
