//! Which single-byte encoding makes the best text of a file.
//!
//! What enters: the [`Census`] of its bytes above ASCII. What leaves: every candidate with its points, the best first.
//! Nothing is refused. Points are given for what the characters would be: letters that a language uses, in the case of
//! their neighbours; signs where such signs belong. They are taken for letters foreign to the language and for capitals,
//! symbols, box drawing or control characters inside words.

use encoding_rs::{
    Encoding, ISO_8859_2, ISO_8859_15, KOI8_R, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1253, WINDOWS_1254,
    WINDOWS_1257,
};

use super::census::Neighbour::{Digit, Gap, High, Lower, Sign, Upper};
use super::census::{Census, Neighbour};
use super::languages::{BALTIC, CENTRAL, CYRILLIC, GREEK, Language, TURKISH, WESTERN};
use crate::delimited::{CP437, CP850, Charset};

/// An encoding and how plausible the file is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// The encoding.
    pub(super) charset: Charset,
    /// All points, for comparing readings of one file.
    points: i64,
    /// The mean of its characters, 50 for neither plausible nor implausible text.
    pub(super) score: u8,
}

impl Reading {
    /// The score of a reading that breaks no rule and that nothing else speaks for.
    pub(super) const FAIR: u8 = PLAUSIBLE;

    /// A multi-byte encoding that the whole file obeys; `share` of a hundred characters are common ones.
    pub(super) fn multi_byte(encoding: &'static Encoding, share: u8) -> Self {
        Self { charset: Charset::of(encoding), points: 0, score: share }
    }

    /// Whether it is text beyond doubt, so that no other kind of encoding has to be asked.
    pub(super) fn is_convincing(&self) -> bool {
        self.score >= CONVINCING
    }

    /// Whether it could be text.
    pub(super) fn is_plausible(&self) -> bool {
        self.score >= PLAUSIBLE
    }
}

/// The score from which a reading is text.
const CONVINCING: u8 = 62;
/// The score from which a reading could be text.
const PLAUSIBLE: u8 = 50;

/// The candidates, what each has to make up for, and the languages written in it. The commoner encoding wins when two
/// make the same text of a file; of those that no accent tells apart, Windows-1252.
static CANDIDATES: [(Charset, i64, &[Language]); 12] = [
    (Charset::WINDOWS_1252, 0, &WESTERN),
    (Charset::SingleByte(ISO_8859_15), 3, &WESTERN),
    (Charset::Paged(&CP850), 5, &WESTERN),
    (Charset::SingleByte(MACINTOSH), 5, &WESTERN),
    (Charset::Paged(&CP437), 7, &WESTERN),
    (Charset::SingleByte(WINDOWS_1250), 9, &CENTRAL),
    (Charset::SingleByte(WINDOWS_1251), 9, &CYRILLIC),
    (Charset::SingleByte(WINDOWS_1254), 9, &TURKISH),
    (Charset::SingleByte(WINDOWS_1253), 9, &GREEK),
    (Charset::SingleByte(ISO_8859_2), 10, &CENTRAL),
    (Charset::SingleByte(KOI8_R), 10, &CYRILLIC),
    (Charset::SingleByte(WINDOWS_1257), 10, &BALTIC),
];

/// The candidates, the most plausible first.
pub(super) fn rank(census: &Census) -> Vec<Reading> {
    let mut readings: Vec<_> =
        CANDIDATES.iter().map(|(charset, handicap, languages)| read(census, *charset, *handicap, languages)).collect();
    // Equals keep the order of the candidates.
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.points));
    readings
}

fn read(census: &Census, charset: Charset, handicap: i64, languages: &[Language]) -> Reading {
    let kinds: Vec<Kind> = (0x80..=0xFF).map(|byte| Kind::of(&charset.decode(&[byte]))).collect();
    let counts: Vec<u64> = (0..kinds.len()).map(|place| census.total(place)).collect();
    let all = signed(counts.iter().sum());
    let mut points = -handicap;
    for (place, kind) in kinds.iter().enumerate() {
        points +=
            census.contexts(place).map(|(left, right, count)| kind.between(left, right) * signed(count)).sum::<i64>();
    }
    points += census.pairs().map(|(left, right, count)| kinds[left].beside(kinds[right]) * signed(count)).sum::<i64>();
    let letters = |language: &Language| {
        let weights = kinds.iter().zip(&counts).filter(|(_, count)| **count > 0);
        weights.map(|(kind, count)| kind.weight(language) * signed(*count)).sum::<i64>() - language.handicap
    };
    points += languages.iter().map(letters).max().unwrap_or(0);
    let score = (50 + points * 10 / all.max(1)).clamp(0, 100);
    Reading { charset, points, score: u8::try_from(score).unwrap_or(0) }
}

fn signed(count: u64) -> i64 {
    // Ten points each; more bytes than this no file has.
    i64::try_from(count).unwrap_or(i64::MAX).min(i64::MAX >> 8)
}

/// What a character is in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A lower-case letter of this script; with it, the letter.
    Lower(Script, char),
    /// A capital, as its lower-case letter.
    Upper(Script, char),
    /// The no-break space.
    Blank,
    /// Stands behind a number or the letter of an abbreviation: `°`, `º`, `ª`.
    Ordinal,
    /// Stands beside an amount: `€`, `£`.
    Currency,
    /// Stands between letters: `’`.
    Apostrophe,
    /// Quotes and dashes: at the edges of words.
    Punctuation,
    /// Stands before words only: `„`, `¿`, `•`.
    Opening,
    /// Stands behind words only: `…`.
    Closing,
    /// Stands behind a word, a unit or a number: `²`, `®`, `½`.
    Suffix,
    /// Stands before a unit or a number: `µ`, `±`, `§`, `№`.
    Prefix,
    /// A sign that texts hardly have.
    Symbol,
    /// What DOS drew tables with.
    Drawing,
    /// A control character, or no character at all.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Latin,
    Other,
}

impl Kind {
    fn of(text: &str) -> Self {
        let c = text.chars().next().unwrap_or('\u{FFFD}');
        let script = if c < '\u{250}' { Script::Latin } else { Script::Other };
        match c {
            '\u{A0}' => Self::Blank,
            '°' | 'º' | 'ª' => Self::Ordinal,
            '€' | '£' => Self::Currency,
            '’' => Self::Apostrophe,
            '«' | '»' | '“' | '”' | '‘' | '‹' | '›' | '–' | '—' | '·' => Self::Punctuation,
            '„' | '‚' | '•' | '¿' | '¡' => Self::Opening,
            '…' => Self::Closing,
            '²' | '³' | '¹' | '½' | '¼' | '¾' | '®' | '™' | '©' | '‰' => Self::Suffix,
            'µ' | '±' | '§' | '№' | '×' => Self::Prefix,
            '\u{2500}'..='\u{25FF}' => Self::Drawing,
            '\u{80}'..='\u{9F}' | '\u{AD}' | '\u{FFFD}' => Self::Nothing,
            'ƒ' | 'Ω' | 'π' if script == Script::Latin => Self::Symbol,
            _ if c.is_lowercase() && c.is_alphabetic() => Self::Lower(script, c),
            _ if c.is_uppercase() => Self::Upper(script, c.to_lowercase().next().unwrap_or(c)),
            _ => Self::Symbol,
        }
    }

    /// What the character says for the language.
    fn weight(self, language: &Language) -> i64 {
        match self {
            Self::Lower(Script::Latin, c) | Self::Upper(Script::Latin, c) => language.weight(c).unwrap_or(-4),
            // Where every letter is beyond ASCII, only the common ones say something.
            Self::Lower(_, c) | Self::Upper(_, c) => language.weight(c).map_or(-6, |weight| weight * 2 - 6),
            _ => 0,
        }
    }

    /// How well it stands between two neighbours. One that is above ASCII says nothing here.
    fn between(self, left: Neighbour, right: Neighbour) -> i64 {
        match self {
            Self::Lower(script, letter) | Self::Upper(script, letter) => {
                let is_upper = matches!(self, Self::Upper(..));
                match script {
                    // The sign for a diameter, not the letter.
                    Script::Latin if letter == 'ø' && is_edge(left) && matches!(right, Digit | Gap) => 2,
                    Script::Latin if is_upper => capital_between(left, right),
                    Script::Latin => small_between(letter, left, right),
                    // Another script between ASCII letters.
                    Script::Other if is_word(left) || is_word(right) => -8,
                    Script::Other => 0,
                }
            }
            Self::Symbol if is_word(left) && is_word(right) => -8,
            Self::Drawing if is_word(left) || is_word(right) => -8,
            Self::Symbol | Self::Drawing => -4,
            Self::Nothing => -10,
            _ => self.sign_between(left, right),
        }
    }

    /// The same of a sign that texts have. In the middle of a run, or inside a word, it is in the wrong encoding.
    fn sign_between(self, left: Neighbour, right: Neighbour) -> i64 {
        let is_inside = is_word(left) && is_word(right);
        match self {
            Self::Blank if is_inside => -4,
            Self::Blank => {
                if is_plain(left) || is_plain(right) {
                    2
                } else {
                    -1
                }
            }
            _ if (left, right) == (High, High) => -4,
            Self::Apostrophe if is_inside => 6,
            Self::Ordinal if is_word(left) && right == Upper => 2,
            _ if is_inside => -8,
            Self::Apostrophe => match (left, right) {
                (Lower | Upper, High) => 3,
                (Lower | Upper | Digit, Gap | Sign) => 0,
                _ => -3,
            },
            Self::Ordinal => match (left, right) {
                (Digit | Upper | Lower, Gap | Sign | Digit) | (Digit, High) => 4,
                (Digit, Upper) => 3,
                (Gap, Upper) => 0,
                _ => -3,
            },
            Self::Currency => match (left, right) {
                _ if !is_word(left) && !is_word(right) => 4,
                (Digit, _) | (_, Digit) => 1,
                _ => -4,
            },
            Self::Punctuation => match (left, right) {
                _ if is_edge(left) != is_edge(right) => 5,
                (Gap, Gap) => 4,
                (Digit, Digit) => 2,
                _ => -1,
            },
            Self::Opening | Self::Closing if (left, right) == (Gap, Gap) => -1,
            Self::Opening => {
                if is_edge(left) {
                    5
                } else {
                    -4
                }
            }
            Self::Closing => {
                if is_edge(right) {
                    5
                } else {
                    -4
                }
            }
            Self::Suffix => match (left, right) {
                (Digit | Lower | Upper | High, Gap | Sign | Digit) => 2,
                (Gap, Gap | Sign) => 0,
                _ => -3,
            },
            Self::Prefix if is_plain(left) => 1,
            _ => -3,
        }
    }

    /// How well it stands before another character above ASCII.
    fn beside(self, next: Self) -> i64 {
        use Script::Latin;
        match (self, next) {
            (Self::Lower(..), Self::Upper(..)) => -6,
            // Two accents in a row are rare in Latin scripts, the rule in others.
            (Self::Lower(a, _) | Self::Upper(a, _), Self::Lower(b, _) | Self::Upper(b, _)) if a != b => -8,
            (Self::Lower(..) | Self::Upper(..), Self::Symbol | Self::Prefix | Self::Drawing)
            | (Self::Symbol | Self::Suffix | Self::Drawing | Self::Currency, Self::Lower(..) | Self::Upper(..))
            | (Self::Lower(Latin, _) | Self::Upper(Latin, _), Self::Lower(Latin, _) | Self::Upper(Latin, _)) => -4,
            (Self::Lower(..) | Self::Upper(..), Self::Apostrophe)
            | (Self::Punctuation | Self::Closing, Self::Blank)
            | (Self::Blank, Self::Punctuation | Self::Currency) => 2,
            (Self::Drawing, Self::Drawing) => 3,
            _ => 0,
        }
    }
}

/// How well a small letter beyond ASCII stands between two neighbours.
fn small_between(letter: char, left: Neighbour, right: Neighbour) -> i64 {
    match (left, right) {
        (Gap | Sign, Gap | Sign) if matches!(letter, 'à' | 'é' | 'è') => -1,
        (_, Upper) | (Gap | Sign, Gap | Sign) => -6,
        (Upper, Gap | Sign | Digit) => -4,
        (Digit, _) | (_, Digit) => -3,
        _ => 0,
    }
}

/// How well a capital beyond ASCII stands between two neighbours.
fn capital_between(left: Neighbour, right: Neighbour) -> i64 {
    match (left, right) {
        (Lower, _) => -6,
        (Upper, Lower) | (Digit, _) | (_, Digit) | (Gap | Sign, Gap | Sign) => -3,
        _ => 0,
    }
}

fn is_word(neighbour: Neighbour) -> bool {
    matches!(neighbour, Lower | Upper)
}

fn is_plain(neighbour: Neighbour) -> bool {
    matches!(neighbour, Gap | Sign | Digit)
}

fn is_edge(neighbour: Neighbour) -> bool {
    matches!(neighbour, Gap | Sign | High)
}

#[cfg(test)]
mod tests;
