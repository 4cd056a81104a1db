//! What a cell looks like, whatever column it stands in.

/// What a cell looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// Nothing but blanks.
    Empty,
    /// A number: whole, with decimals, with a sign, a currency or a percent sign.
    Number,
    /// A day, with a time or not.
    Date,
    /// A time of day.
    Time,
    /// Yes or no, in a word.
    Flag,
    /// An address of mail or of the web.
    Link,
    /// Letters, digits and what stands inside words.
    Words,
    /// Sentences: marks of punctuation, each followed by a blank.
    Prose,
    /// Something that rather looks like several cells, or half of one.
    Scraps,
}

/// A longer text is no word.
const WORDS: usize = 60;

impl Look {
    /// What a text looks like.
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::Empty;
        }
        if is_number(text) {
            return Self::Number;
        }
        match date_and_time(text) {
            Some(look) => return look,
            None if is_link(text) => return Self::Link,
            None => {}
        }
        if ["true", "false", "yes", "no", "oui", "non", "vrai", "faux", "ja", "nein"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
        {
            return Self::Flag;
        }
        // Inches and feet stand behind numbers.
        let ends_in_quote = text.ends_with(['"', '\'']) && !text.contains(|c: char| c.is_ascii_digit());
        if text.starts_with(['"', '\'']) || ends_in_quote {
            return Self::Scraps;
        }
        if text.len() <= WORDS && !text.contains(is_mark) {
            return Self::Words;
        }
        let mut rest = text;
        while let Some(at) = rest.find(is_mark) {
            let mark = rest[at..].chars().next();
            rest = &rest[at + mark.map_or(1, char::len_utf8)..];
            let is_natural = mark.is_some_and(|c| matches!(c, ',' | ';' | ':'))
                && (rest.is_empty() || rest.starts_with([' ', '\n', '\r', '/']));
            if !is_natural {
                return Self::Scraps;
            }
        }
        Self::Prose
    }

    /// How sure one can be that it is a whole cell, of ten.
    pub(super) const fn weight(self) -> u64 {
        match self {
            Self::Number | Self::Date | Self::Time | Self::Flag | Self::Link | Self::Words => 10,
            Self::Prose => 7,
            Self::Empty => 6,
            Self::Scraps => 1,
        }
    }

    /// Whether it is more than text.
    pub const fn is_typed(self) -> bool {
        matches!(self, Self::Number | Self::Date | Self::Time | Self::Flag | Self::Link)
    }
}

/// Marks that stand between cells as well.
fn is_mark(c: char) -> bool {
    matches!(c, ',' | ';' | '\t' | '|' | '^' | '~' | ':' | '\n' | '\u{1e}' | '\u{1f}')
}

/// Digits with decimals, groups of thousands, a sign, an exponent, a currency or percent sign.
pub(super) fn is_number(text: &str) -> bool {
    // Most cells are words, and most words show it by their first letters.
    let is_letter = |c: u8| c.is_ascii_alphabetic() && !b"eEURSD".contains(&c);
    if text.bytes().any(is_letter) || !text.bytes().any(|c| c.is_ascii_digit()) {
        return false;
    }
    let is_sign = |c: char| matches!(c, '€' | '$' | '£' | '%' | '¥') || c.is_whitespace();
    let text = text.trim_matches(is_sign);
    let text = text.strip_suffix("EUR").or_else(|| text.strip_suffix("USD")).unwrap_or(text).trim_matches(is_sign);
    let text = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
    let text = text.trim_start_matches(['-', '+']).trim_end_matches('-').trim_matches(is_sign);
    let (text, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.trim_start_matches(['-', '+']);
    if exponent.is_empty() || exponent.len() > 3 || !exponent.bytes().all(|c| c.is_ascii_digit()) {
        return false;
    }
    let is_blank = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'');
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits == 0 || !text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',') || is_blank(c)) {
        return false;
    }
    // At most one decimal mark, the last one; groups before it have three digits.
    let parts: Vec<_> = text.split(|c: char| matches!(c, '.' | ',') || is_blank(c)).collect();
    match parts.as_slice() {
        [_] => true,
        [first, second] => !text.contains(is_blank) || (first.len() <= 3 && second.len() == 3),
        [first, middle @ .., _] => {
            let mut marks = text.chars().filter(|c| !c.is_ascii_digit());
            let separator = marks.next();
            let inner: Vec<_> = marks.collect();
            let same = inner.iter().rev().skip(1).all(|mark| Some(*mark) == separator);
            let last_is_group = inner.last().copied() == separator;
            (1..=3).contains(&first.len())
                && middle.iter().all(|group| group.len() == 3)
                && same
                && (!last_is_group || parts.last().is_some_and(|last| last.len() == 3))
        }
        [] => false,
    }
}

/// A day, a time of day, or both.
fn date_and_time(text: &str) -> Option<Look> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let text = text.trim_end_matches(['Z', 'z']);
    if is_time(text) {
        return Some(Look::Time);
    }
    if is_date(text) {
        return Some(Look::Date);
    }
    let (day, time) = text.split_once(['T', ' '])?;
    (is_date(day) && is_time(time.trim())).then_some(Look::Date)
}

/// `12/03/2026`, `2026-03-12`, `12.3.26`.
pub(super) fn is_date(text: &str) -> bool {
    ['/', '-', '.'].into_iter().any(|mark| {
        let mut parts = text.split(mark);
        let (Some(a), Some(b), Some(c), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return false;
        };
        let is_number = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit());
        let value = |part: &str| part.parse::<u32>().unwrap_or(0);
        let day_month = |x: &str, y: &str| {
            (1..=31).contains(&value(x))
                && (1..=31).contains(&value(y))
                && value(x).min(value(y)) <= 12
                && x.len() <= 2
                && y.len() <= 2
        };
        is_number(a)
            && is_number(b)
            && is_number(c)
            && ((a.len() == 4 && day_month(b, c))
                || ((c.len() == 4 || (c.len() == 2 && mark != '.') || (c.len() == 2 && a.len() == 2))
                    && day_month(a, b)))
    })
}

fn is_time(text: &str) -> bool {
    let text = text.split_once(['+', '.']).map_or(text, |(time, _)| time);
    let text = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let mut parts = text.split(':');
    (2..=3).contains(&parts.clone().take(4).count())
        && parts.all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit()))
}

fn is_link(text: &str) -> bool {
    if text.contains(char::is_whitespace) {
        return false;
    }
    let begins = |start: &str| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    let is_address = text
        .split_once('@')
        .is_some_and(|(name, place)| !name.is_empty() && place.contains('.') && !text.contains([',', ';', '|', ':']));
    (["http://", "https://", "www.", "ftp://"].into_iter().any(begins) && !text.contains(['|', '"'])) || is_address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_what_they_look_like() {
        for (look, texts) in [
            (
                Look::Number,
                ["12", "-3.5", "12,50", "1.234,56", "1 234,56 €", "(12,50)", "1,234,567", "5e-3", "12 %"].as_slice(),
            ),
            (Look::Date, &["2026-03-12", "12/03/2026", "3.12.2026", "2026-03-12T10:00:00Z", "2026-03-12 10:00"]),
            (Look::Time, &["10:30", "10:30:59", "9:05 PM"]),
            (Look::Link, &["a@b.org", "https://x.org/a,b"]),
            (Look::Words, &["Référence", "MS-623210", "12 rue de l'Église", "7.08.1", "3/4\""]),
            (Look::Prose, &["Smith, John", "urgent; rappeler"]),
            (Look::Scraps, &["a;b", "\"a", "50;A", "'x'", "a|b"]),
            (Look::Flag, &["true", "Oui"]),
            (Look::Empty, &["", "  "]),
        ] {
            for text in texts {
                assert_eq!(Look::of(text), look, "{text}");
            }
        }
    }
}
