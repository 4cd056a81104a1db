//! Where a quoted cell ends.

use super::{Dialect, QUOTE};

/// The end of a quoted cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Close {
    /// The closing quote stands at `quote`; `escaped` when a doubled quote stands between.
    Clean {
        /// The place of the closing quote.
        quote: usize,
        /// Whether the text holds doubled quotes.
        escaped: bool,
    },
    /// Text follows the closing quote before the next delimiter; the cell ends at the mark `end`.
    Trailing {
        /// The place of the delimiter or line feed after the cell, or the end of the bytes.
        end: usize,
    },
    /// No closing quote that could be meant.
    Unclosed,
    /// The bytes end before it can be told.
    Open,
}

/// Finds the end of the cell whose opening quote stands before `from`.
///
/// A quote closes when a delimiter or a line end follows. When other text follows, the quote closes too as long as the
/// cell stays on its line (`"abc"def` is `abcdef`, as every reader takes it); over a line end such a quote rather opens
/// the next quoted cell, so the first was never closed.
pub(super) fn find_close(bytes: &[u8], from: usize, dialect: Dialect, at_end: bool) -> Close {
    let mut escaped = false;
    let mut at = from;
    loop {
        let reach = bytes.len().min(from.saturating_add(dialect.record_bytes));
        let Some(quote) = bytes.get(at..reach).and_then(|rest| memchr::memchr(QUOTE, rest)).map(|found| at + found)
        else {
            return if reach < bytes.len() || at_end { Close::Unclosed } else { Close::Open };
        };
        match bytes.get(quote + 1) {
            Some(&QUOTE) => {
                escaped = true;
                at = quote + 2;
            }
            Some(&c) if c == dialect.delimiter || c == b'\n' => return Close::Clean { quote, escaped },
            Some(b'\r') if matches!(bytes.get(quote + 2), Some(b'\n')) => return Close::Clean { quote, escaped },
            None if at_end => return Close::Clean { quote, escaped },
            None => return Close::Open,
            Some(b'\r') if bytes.len() == quote + 2 => {
                return if at_end { Close::Clean { quote, escaped } } else { Close::Open };
            }
            Some(_) if memchr::memchr(b'\n', &bytes[from..quote]).is_some() => return Close::Unclosed,
            Some(_) => {
                return match memchr::memchr2(dialect.delimiter, b'\n', &bytes[quote..]) {
                    Some(found) => Close::Trailing { end: quote + found },
                    None if at_end => Close::Trailing { end: bytes.len() },
                    None => Close::Open,
                };
            }
        }
    }
}

/// The text of a quoted cell, opening quote and all: doubled quotes become one, text after the closing quote is kept.
pub(super) fn unquote(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.get(1..).unwrap_or_default();
    while let Some(at) = memchr::memchr(QUOTE, rest) {
        out.extend_from_slice(&rest[..at]);
        if rest.get(at + 1) == Some(&QUOTE) {
            out.push(QUOTE);
            rest = &rest[at + 2..];
        } else {
            rest = &rest[at + 1..];
            break;
        }
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIALECT: Dialect = Dialect { delimiter: b';', record_bytes: 40 };

    fn close(text: &str) -> Close {
        find_close(text.as_bytes(), 1, DIALECT, true)
    }

    #[test]
    fn closes_where_a_reader_of_rfc_4180_does() {
        assert_eq!(close("\"ab\";c"), Close::Clean { quote: 3, escaped: false });
        assert_eq!(close("\"a\"\"b\"\r\n"), Close::Clean { quote: 5, escaped: true });
        assert_eq!(close("\"a\nb\""), Close::Clean { quote: 4, escaped: false });
        assert_eq!(close("\"ab\"cd;e"), Close::Trailing { end: 6 });
    }

    #[test]
    fn a_forgotten_quote_does_not_swallow_the_lines_below() {
        assert_eq!(close("\"ab;1\ncd;\"x\";2\n"), Close::Unclosed);
        assert_eq!(close("\"ab;1\ncd;2\n"), Close::Unclosed);
        assert_eq!(close(&format!("\"{}\";2\n", "x".repeat(60))), Close::Unclosed);
    }

    #[test]
    fn more_bytes_are_asked_for_before_the_end_of_the_file() {
        for text in ["\"ab", "\"ab\"", "\"ab\"\r", "\"ab\"x"] {
            assert_eq!(find_close(text.as_bytes(), 1, DIALECT, false), Close::Open, "{text}");
        }
    }

    #[test]
    fn doubled_quotes_become_one() {
        assert_eq!(unquote(b"\"a\"\"b\""), b"a\"b");
        assert_eq!(unquote(b"\"ab\"cd\"e"), b"abcd\"e");
        assert_eq!(unquote(b"\"\""), b"");
    }
}
