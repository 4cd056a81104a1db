//! Which format is this file?
//!
//! What enters: a file's name and its headings. What leaves: one format, several, or none.
//! What is refused: a guess between formats that fit equally well.

use std::collections::BTreeSet;

use super::{Format, Recognise, fold};

/// Which formats say that a file is theirs.
#[derive(Clone, Debug, PartialEq)]
pub enum Recognition<'r> {
    /// None; the file is read as any other.
    None,
    /// Exactly this one.
    One(&'r Format),
    /// These, in the order of their names; a person must choose.
    Several(Vec<&'r Format>),
}

/// The formats that fit, the one that asks for most headings winning alone.
pub(super) fn recognise<'r>(
    formats: impl Iterator<Item = &'r Format>,
    file_name: &str,
    headings: &[&str],
) -> Recognition<'r> {
    let headings: BTreeSet<String> = headings.iter().map(|heading| fold(heading)).collect();
    let fitting: Vec<&Format> = formats.filter(|format| fits(&format.recognise, file_name, &headings)).collect();
    let asked = |format: &Format| format.recognise.header_contains.len();
    let most = fitting.iter().map(|format| asked(format)).max().unwrap_or_default();
    let mut best = fitting.iter().filter(|format| asked(format) == most);
    match (best.next(), best.next()) {
        (None, _) => Recognition::None,
        (Some(format), None) => Recognition::One(format),
        _ => Recognition::Several(fitting),
    }
}

fn fits(asked: &Recognise, file_name: &str, headings: &BTreeSet<String>) -> bool {
    let named = asked.file_name.is_empty() || asked.file_name.iter().any(|pattern| glob(pattern, file_name));
    let headed = asked.header_contains.iter().all(|heading| headings.contains(&fold(heading)));
    let asks = !(asked.file_name.is_empty() && asked.header_contains.is_empty());
    asks && named && headed
}

/// Whether a pattern with `*` and `?` fits the whole text, whatever the case.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut at, mut next) = (0, 0);
    // The last star and how much of the text it has swallowed: enough to go back to, so the time stays quadratic at worst.
    let mut star = None;
    while at < text.len() {
        match pattern.get(next) {
            Some('*') => {
                star = Some((next, at));
                next += 1;
            }
            Some(&sign) if sign == '?' || sign == text[at] => {
                at += 1;
                next += 1;
            }
            _ => {
                let Some((place, swallowed)) = star else { return false };
                star = Some((place, swallowed + 1));
                at = swallowed + 1;
                next = place + 1;
            }
        }
    }
    pattern[next..].iter().all(|sign| *sign == '*')
}

#[cfg(test)]
mod tests {
    use super::super::Registry;
    use super::*;

    #[test]
    fn patterns_fit_whole_names() {
        for (pattern, text) in [
            ("CMD_*.csv", "cmd_2026.CSV"),
            ("*", ""),
            ("a?c", "aéc"),
            ("*a*b", "xaxxb"),
            ("*.csv", ".csv"),
            ("a**", "a"),
        ] {
            assert!(glob(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("CMD_*.csv", "cmd_2026.csv.bak"), ("a?c", "ac"), ("", "a"), ("*a", "ab"), ("a", "")] {
            assert!(!glob(pattern, text), "{pattern} {text}");
        }
    }

    fn formats() -> Vec<Format> {
        let registry = Registry::built_in();
        let generic = registry.format("generic").unwrap();
        [
            ("a", &["*.csv"][..], &["Réf", "Qté"][..]),
            ("b", &[], &["Réf", "Qté", "Date"]),
            ("c", &["x*"], &[]),
            ("d", &[], &[]),
            ("e", &[], &["ref", "qte"]),
        ]
        .map(|(name, file_name, header_contains)| Format {
            name: name.to_owned(),
            recognise: Recognise {
                file_name: file_name.iter().map(|each| (*each).to_owned()).collect(),
                header_contains: header_contains.iter().map(|each| (*each).to_owned()).collect(),
            },
            ..generic.clone()
        })
        .to_vec()
    }

    #[test]
    fn all_that_is_asked_must_hold_and_the_most_asking_wins() {
        let formats = formats();
        let names = |file_name: &str, headings: &[&str]| match recognise(formats.iter(), file_name, headings) {
            Recognition::None => String::new(),
            Recognition::One(format) => format.name.clone(),
            Recognition::Several(several) => {
                several.iter().map(|format| format.name.as_str()).collect::<Vec<_>>().join("+")
            }
        };
        assert_eq!(names("o.csv", &["REF", "QTE", "Date", "Note"]), "b");
        assert_eq!(names("o.txt", &["REF", "QTE"]), "e");
        assert_eq!(names("o.csv", &["REF", "QTE"]), "a+e");
        assert_eq!(names("x1", &[]), "c");
        assert_eq!(names("o.csv", &["Réf", "Quantité"]), "");
        assert_eq!(names("o.csv", &[]), "");
    }
}
