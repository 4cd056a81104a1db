//! What stands in a cell of a list.

use std::borrow::Cow;

use crate::model::{Day, Language, Moment, Money};
use crate::report::text::{self, Text};

/// A word of ours: a status, an answer.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// What programs know it by; rows are sorted by it, so that their order is the same in every language.
    pub name: &'static str,
    /// What people read.
    pub text: Text,
}

impl Word {
    const YES: Self = Self { name: "yes", text: text::YES };
    const NO: Self = Self { name: "no", text: text::NO };

    /// Yes or no.
    pub const fn answer(is_yes: bool) -> Self {
        if is_yes { Self::YES } else { Self::NO }
    }
}

/// A cell, by the kind of its column.
#[derive(Clone, Debug)]
pub enum Value<'r> {
    /// Nothing is known.
    Empty,
    /// Text as somebody wrote it.
    Text(Cow<'r, str>),
    /// A whole number.
    Number(i64),
    /// An amount.
    Money(Money),
    /// A day.
    Day(Day),
    /// A moment.
    Moment(Moment),
    /// A word of ours.
    Word(Word),
    /// Yes or no.
    Flag(bool),
}

impl Value<'_> {
    /// The value for people, before anything of it is made harmless.
    pub(super) fn shown(&self, language: Language) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Money(amount) => Cow::Owned(match language {
                Language::French => amount.to_string().replace('.', ","),
                Language::English => amount.to_string(),
            }),
            Self::Day(day) => Cow::Owned(day.to_string()),
            // Seconds are for programs.
            Self::Moment(moment) => {
                let iso = moment.to_string();
                let (day, time) = iso.split_once('T').unwrap_or((&iso, ""));
                Cow::Owned(format!("{day} {}", time.get(..5).unwrap_or(time)))
            }
            Self::Word(word) => Cow::Borrowed(word.text.get(language)),
            Self::Flag(is_yes) => Cow::Borrowed(Word::answer(*is_yes).text.get(language)),
        }
    }
}
