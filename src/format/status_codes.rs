//! The status codes of repair files: what they say, how far they bring a file, which of them close one.
//!
//! What enters: `formats/reference/status_codes.csv`. What leaves: [`StatusCodes`], asked by code.
//! What is refused: a state that no repair file can have, a role that nobody knows.

use super::Registry;
use super::read::invalid;
use crate::diagnostic::Result;
use crate::model::{Language, RepairState, words};

/// Where the codes stand below `formats/`.
const TABLE: &str = "status_codes";

/// A status code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusCode {
    /// As it is written.
    pub code: String,
    /// What it says, in English.
    english: String,
    /// What it says, in French.
    french: String,
    /// The state to which it brings a repair file; `None` leaves it as it is.
    pub state: Option<RepairState>,
    /// What else it is there for.
    pub role: Option<StatusRole>,
}

words! {
    /// What a status code is there for, besides what it says.
    StatusRole {
        /// It can be the reason for closing a repair file without a claim.
        Reason = "reason",
        /// It announces an after-sales solution request.
        Solution = "solution",
    }
}

impl StatusCode {
    /// What it says.
    pub fn title(&self, language: Language) -> &str {
        match language {
            Language::French if !self.french.is_empty() => &self.french,
            _ => &self.english,
        }
    }
}

/// All status codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusCodes {
    codes: Vec<StatusCode>,
}

impl StatusCodes {
    /// The codes of a registry.
    pub(super) fn read(registry: &Registry) -> Result<Self> {
        let Some(table) = registry.reference_table(TABLE)? else { return Ok(Self::default()) };
        let mut codes = Vec::with_capacity(table.rows().len());
        for (place, row) in table.rows().iter().enumerate() {
            let cell =
                |column: &str| table.column(column).and_then(|place| row.get(place)).map_or("", |cell| cell.trim());
            let fault = |text: &str, known: &str| {
                invalid(&format!("reference/{TABLE}.csv"), place + 2, format_args!("`{text}` → {known}"))
            };
            let state = match cell("state") {
                "" => None,
                name => {
                    let state = RepairState::from_name(name).filter(|state| !state.is_closed());
                    let open = RepairState::ALL.iter().filter(|state| !state.is_closed()).map(|state| state.name());
                    Some(state.ok_or_else(|| fault(name, &open.collect::<Vec<_>>().join(" | ")))?)
                }
            };
            let role = match cell("role") {
                "" => None,
                name => {
                    let roles = || StatusRole::ALL.iter().map(|role| role.name()).collect::<Vec<_>>().join(" | ");
                    Some(StatusRole::from_name(name).ok_or_else(|| fault(name, &roles()))?)
                }
            };
            codes.push(StatusCode {
                code: cell("code").to_owned(),
                english: sentence(cell("description")),
                french: cell("french").to_owned(),
                state,
                role,
            });
        }
        Ok(Self { codes })
    }

    /// A code by its number.
    pub fn get(&self, code: &str) -> Option<&StatusCode> {
        self.codes.iter().find(|each| each.code == code)
    }

    /// Every code, in the order of the table.
    pub fn all(&self) -> &[StatusCode] {
        &self.codes
    }

    /// How far a repair file with these codes is: the last one that says something of it decides.
    pub fn state<'c>(&self, codes: impl DoubleEndedIterator<Item = &'c str>) -> RepairState {
        let mut states = codes.rev().filter_map(|code| self.get(code)?.state);
        states.next().unwrap_or(RepairState::ToPlan)
    }

    /// The codes of a role.
    pub fn of_role(&self, role: StatusRole) -> impl Iterator<Item = &StatusCode> {
        self.codes.iter().filter(move |code| code.role == Some(role))
    }

    /// The codes that can be the reason for closing a repair file, for messages.
    pub fn reasons(&self) -> String {
        self.of_role(StatusRole::Reason).map(|code| code.code.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// The table shouts as the platform's list does; people are spoken to.
fn sentence(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut letters = lower.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::BUILT_IN;
    use super::*;

    fn codes() -> StatusCodes {
        StatusCodes::read(&Registry::built_in()).unwrap()
    }

    #[test]
    fn every_code_has_words_in_both_languages() {
        let codes = codes();
        assert!(codes.all().len() > 40);
        for code in codes.all() {
            let (french, english) = (code.title(Language::French), code.title(Language::English));
            assert!(!french.is_empty() && french != english, "{}: {french}", code.code);
            assert!(english.chars().any(char::is_lowercase), "{}: {english}", code.code);
        }
        assert_eq!(codes.of_role(StatusRole::Solution).map(|code| code.code.as_str()).collect::<Vec<_>>(), ["302"]);
        assert_eq!(codes.reasons(), "104, 901, 902, 903, 904, 905, 906, 907, 908, 909");
    }

    #[test]
    fn the_last_code_that_says_how_far_it_is_decides() {
        for (given, state) in [
            (&[][..], RepairState::ToPlan),
            (&["101"], RepairState::ToPlan),
            (&["102"], RepairState::Planned),
            (&["102", "103"], RepairState::Planned),
            (&["102", "200"], RepairState::WaitingParts),
            (&["102", "200", "201"], RepairState::InProgress),
            (&["102", "305", "503"], RepairState::InProgress),
            (&["102", "106"], RepairState::ToPlan),
            (&["102", "999"], RepairState::Planned),
        ] {
            assert_eq!(codes().state(given.iter().copied()), state, "{given:?}");
        }
    }

    #[test]
    fn a_state_that_cannot_be_is_named_by_its_line() {
        for (row, said) in [
            (
                "102;x;CLOSED_WITH_CLAIM;",
                "line 2: `CLOSED_WITH_CLAIM` → TO_PLAN | PLANNED | IN_PROGRESS | WAITING_PARTS",
            ),
            ("102;x;;because", "line 2: `because` → reason | solution"),
        ] {
            let table = format!("code;description;state;role\n{row}\n");
            let built_in = BUILT_IN.iter().map(|(path, text)| (Cow::Borrowed(*path), Cow::Borrowed(*text)));
            let own = (Cow::Borrowed("reference/status_codes.csv"), Cow::Owned(table));
            let registry = Registry::load(built_in.chain([own]).collect()).0;
            let fault = StatusCodes::read(&registry).unwrap_err();
            assert_eq!(fault.arguments.get("cause"), Some(said));
        }
    }
}
