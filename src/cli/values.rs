//! Values of options that need a closer look than a list of words.
//!
//! What enters: the text after an option. What leaves: the library's own types.
//! What is refused: anything that is not in the form shown by the help, with what would be.

use bordereau::diagnostic::{Arguments, Code, Error, Result};
use bordereau::format::{Accept, RejectLimit, nearest};
use bordereau::map::{Place, Wish};
use bordereau::model::{Day, Field};

use super::mistakes::invalid;

/// How many cores can be asked for.
const THREADS: std::ops::RangeInclusive<usize> = 1..=1024;

/// `field=heading` or `field=#3`.
pub(crate) fn wish(text: &str) -> Result<Wish> {
    let refused = || invalid("--map", text, Some("reference=Ref, quantity=#3"));
    let (name, place) = text.split_once('=').ok_or_else(refused)?;
    let (name, place) = (name.trim(), place.trim());
    let field = Field::from_name(name).ok_or_else(|| unknown_field(name))?;
    let number =
        place.strip_prefix('#').filter(|digits| !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()));
    let place = match number {
        // Columns are counted from 1 by people and from 0 by programs.
        Some(digits) => Place::Column(digits.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).ok_or_else(refused)?),
        None if place.is_empty() => return Err(refused()),
        None => Place::Heading(place.to_owned()),
    };
    Ok(Wish { field, place })
}

fn unknown_field(name: &str) -> Error {
    let fields = Field::ALL.map(Field::name);
    let arguments = Arguments::none().with("name", name).with("fields", fields.join(", "));
    let arguments = match nearest(name, fields) {
        Some(suggestion) => arguments.with("suggestion", suggestion),
        None => arguments,
    };
    Error::new(Code::FieldUnknown, arguments)
}

/// A delimiter, by itself or by its name.
pub(crate) fn delimiter(text: &str) -> Result<u8> {
    match (text, text.as_bytes()) {
        ("tab" | "tabulation" | "\\t", _) => Ok(b'\t'),
        ("semicolon" | "point-virgule", _) => Ok(b';'),
        ("comma" | "virgule", _) => Ok(b','),
        ("pipe" | "barre", _) => Ok(b'|'),
        // A quote or a line end already means something else; a letter or a digit would cut every cell.
        (_, &[c]) if c == b'\t' || c == b' ' || (c.is_ascii_punctuation() && c != b'"') => Ok(c),
        _ => Err(invalid("--delimiter", text, Some("; , | tab semicolon comma pipe"))),
    }
}

/// How many refused lines are too many.
pub(crate) fn reject_limit(text: &str) -> Result<RejectLimit> {
    RejectLimit::parse(text).ok_or_else(|| invalid("--reject-limit", text, Some("25, 5%, 2.5%")))
}

/// How many cores work.
pub(crate) fn threads(text: &str) -> Result<usize> {
    let number = text.parse().ok().filter(|number| THREADS.contains(number));
    number.ok_or_else(|| invalid("--threads", text, Some("1 ... 1024")))
}

/// A day, as `2026-03-04` or `04/03/2026`.
pub(crate) fn day(argument: &str, text: &str) -> Result<Day> {
    let french = || {
        let mut parts = text.split('/').map(|part| part.parse::<u32>().ok());
        let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
        Day::new(year, month, day).filter(|_| parts.next().is_none())
    };
    Day::parse_iso(text).or_else(french).ok_or_else(|| invalid(argument, text, Some("2026-03-04, 04/03/2026")))
}

/// What a refused line costs; clap lets no other word through.
pub(crate) fn accept(text: &str) -> Accept {
    match text {
        "file" => Accept::File,
        "orders" => Accept::Orders,
        _ => Accept::Lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_under_a_heading_or_in_a_column() {
        let heading = |name: &str| Place::Heading(name.to_owned());
        for (text, field, place) in [
            ("quantity=Nb", Field::Quantity, heading("Nb")),
            ("reference=#3", Field::Reference, Place::Column(2)),
            (" label = a=b ", Field::Label, heading("a=b")),
            ("comment=# de série", Field::Comment, heading("# de série")),
            ("comment=#", Field::Comment, heading("#")),
        ] {
            assert_eq!(wish(text).unwrap(), Wish { field, place }, "{text}");
        }
        for (text, code) in [
            ("quantity", Code::ArgumentInvalid),
            ("quantity=", Code::ArgumentInvalid),
            ("quantity=#0", Code::ArgumentInvalid),
            ("quantity=#99999999999999999999999", Code::ArgumentInvalid),
            ("quantty=Nb", Code::FieldUnknown),
            ("=Nb", Code::FieldUnknown),
        ] {
            assert_eq!(wish(text).unwrap_err().code, code, "{text}");
        }
        assert_eq!(wish("quantty=Nb").unwrap_err().arguments.get("suggestion"), Some("quantity"));
    }

    #[test]
    fn delimiters_go_by_sign_or_name() {
        for (text, byte) in
            [(";", b';'), ("tab", b'\t'), ("\\t", b'\t'), ("\t", b'\t'), ("virgule", b','), ("pipe", b'|'), ("^", b'^')]
        {
            assert_eq!(delimiter(text).unwrap(), byte, "{text}");
        }
        for text in ["", ";;", "\"", "\n", "a", "5", "é", "tabs"] {
            assert_eq!(delimiter(text).unwrap_err().code, Code::ArgumentInvalid, "{text}");
        }
    }

    #[test]
    fn days_are_written_in_two_ways() {
        for text in ["2026-03-04", "04/03/2026", "4/3/2026"] {
            assert_eq!(day("--from", text).unwrap().to_string(), "2026-03-04", "{text}");
        }
        for text in ["", "2026-02-30", "31/04/2026", "2026/03/04", "04-03-2026", "04/03/26x"] {
            assert_eq!(day("--from", text).unwrap_err().code, Code::ArgumentInvalid, "{text}");
        }
    }

    #[test]
    fn limits_and_cores_are_numbers_in_their_range() {
        assert_eq!(reject_limit("5%").unwrap(), RejectLimit::PerMille(50));
        assert_eq!(reject_limit("many").unwrap_err().code, Code::ArgumentInvalid);
        assert_eq!(threads("8").unwrap(), 8);
        for text in ["0", "-1", "1025", "all", ""] {
            assert_eq!(threads(text).unwrap_err().code, Code::ArgumentInvalid, "{text}");
        }
    }
}
