//! Money, exact: whole ten-thousandths of the currency unit, never a float.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in ten-thousandths of the currency unit (`12.50` is `125_000`).
///
/// Prices of the trade carry at most four decimals (`docs/reading.md`, forms), so sums and
/// products with a quantity are exact.
#[doc(alias = "prix")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// Ten-thousandths in one currency unit.
const UNIT: i64 = 10_000;

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The amount of so many ten-thousandths.
    pub const fn from_ten_thousandths(amount: i64) -> Self {
        Self(amount)
    }

    /// The amount in ten-thousandths.
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// Reads `12`, `12.5` or `12,5000`: 1 to 9 digits, then at most 4 decimals after a dot or a comma.
    ///
    /// Anything else is `None`: a sign, a currency, a thousands separator.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut whole = 0_i64;
        let mut at = 0;
        while at < text.len() && text[at].is_ascii_digit() {
            whole = whole * 10 + i64::from(text[at] - b'0');
            at += 1;
            if at > 9 {
                return None;
            }
        }
        if at == 0 {
            return None;
        }
        let Some((&separator, decimals)) = text[at..].split_first() else {
            return Some(Self(whole * UNIT));
        };
        if !matches!(separator, b'.' | b',') || decimals.is_empty() || decimals.len() > 4 {
            return None;
        }
        let mut fraction = 0_i64;
        for place in 0..4 {
            let digit = decimals.get(place).copied().unwrap_or(b'0');
            if !digit.is_ascii_digit() {
                return None;
            }
            fraction = fraction * 10 + i64::from(digit - b'0');
        }
        Some(Self(whole * UNIT + fraction))
    }

    /// Quantity times unit price; `None` when the result leaves the range.
    pub fn times(self, quantity: u64) -> Option<Self> {
        self.0.checked_mul(i64::try_from(quantity).ok()?).map(Self)
    }

    /// The sum; `None` when it leaves the range.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Appends the amount with two decimals at least and four at most, `separator` between.
    pub fn write(self, out: &mut Vec<u8>, separator: u8) {
        let amount = self.0.unsigned_abs();
        let (whole, fraction) = (amount / UNIT.unsigned_abs(), amount % UNIT.unsigned_abs());
        let mut text = Backwards::new();
        let (hundredths, rest) = (fraction / 100, fraction % 100);
        if rest > 0 {
            if rest.is_multiple_of(10) { text.put(two_digits(rest)[0]) } else { text.put_pair(rest) }
        }
        text.put_pair(hundredths);
        text.put(separator);
        text.put_number(whole);
        if self.0 < 0 {
            text.put(b'-');
        }
        text.append_to(out);
    }
}

/// Appends a whole number in decimal.
#[inline]
pub fn write_integer(out: &mut Vec<u8>, number: u64) {
    let mut text = Backwards::new();
    text.put_number(number);
    text.append_to(out);
}

/// A number as text, written from its end to its beginning.
struct Backwards {
    bytes: [u8; Self::MOST + Self::SHORT],
    at: usize,
}

impl Backwards {
    /// The longest text: twenty digits, a sign, a separator, four decimals; and what nearly every one fits into.
    const MOST: usize = 26;
    const SHORT: usize = 16;

    #[inline]
    fn new() -> Self {
        Self { bytes: [0; Self::MOST + Self::SHORT], at: Self::MOST }
    }

    #[inline]
    fn put(&mut self, c: u8) {
        self.at -= 1;
        self.bytes[self.at] = c;
    }

    /// Two digits.
    #[inline]
    fn put_pair(&mut self, number: u64) {
        self.at -= 2;
        self.bytes[self.at..self.at + 2].copy_from_slice(&two_digits(number));
    }

    #[inline]
    fn put_number(&mut self, number: u64) {
        let mut rest = number;
        while rest >= 100 {
            self.put_pair(rest % 100);
            rest /= 100;
        }
        if rest >= 10 { self.put_pair(rest) } else { self.put(two_digits(rest)[1]) }
    }

    /// Appends the text. Bytes of a known number are there sooner; those behind the text go again.
    #[inline]
    fn append_to(&self, out: &mut Vec<u8>) {
        let length = Self::MOST - self.at;
        match self.bytes[self.at..].first_chunk::<{ Self::SHORT }>() {
            Some(short) if length <= Self::SHORT => {
                let end = out.len() + length;
                out.extend_from_slice(short);
                out.truncate(end);
            }
            _ => out.extend_from_slice(&self.bytes[self.at..Self::MOST]),
        }
    }
}

/// The two digits of a number below a hundred.
#[inline]
pub fn two_digits(number: u64) -> [u8; 2] {
    static PAIRS: [[u8; 2]; 100] = {
        let mut pairs = [[0; 2]; 100];
        let mut number = 0_u8;
        while number < 100 {
            pairs[number as usize] = [b'0' + number / 10, b'0' + number % 10];
            number += 1;
        }
        pairs
    };
    usize::try_from(number).ok().and_then(|number| PAIRS.get(number)).copied().unwrap_or_default()
}

impl Serialize for Money {
    /// A number with its decimals, as programs that calculate expect it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(
            clippy::cast_precision_loss,
            clippy::float_arithmetic,
            reason = "an amount in JSON is a floating number"
        )]
        let amount = self.0 as f64 / UNIT as f64;
        serializer.serialize_f64(amount)
    }
}

impl<'d> Deserialize<'d> for Money {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        let amount = f64::deserialize(deserializer)?;
        Self::parse(amount.to_string().as_bytes()).ok_or_else(|| D::Error::custom(format_args!("`{amount}`: `12.50`")))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(16);
        self.write(&mut text, b'.');
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_plain_price_and_nothing_else() {
        for (text, amount) in [("12,50", 125_000), ("12.5", 125_000), ("0,0001", 1), ("999999999", 9_999_999_990_000)] {
            assert_eq!(Money::parse(text.as_bytes()), Some(Money(amount)), "{text}");
        }
        for text in ["", ",5", "12,", "12,12345", "1234567890", "-4,20", "12,50 €", "1.2.3", "12,5O"] {
            assert_eq!(Money::parse(text.as_bytes()), None, "{text}");
        }
    }

    proptest::proptest! {
        /// As the standard library writes them, whatever stands before.
        #[test]
        fn numbers_are_written_digit_by_digit(number: u64, shift in 0..64_u32, amount: i64, less in 0..64_u32) {
            let (number, amount) = (number >> shift, amount >> less);
            let mut out = b"before;".to_vec();
            write_integer(&mut out, number);
            out.push(b';');
            Money(amount).write(&mut out, b',');
            let (whole, fraction) = (amount.unsigned_abs() / 10_000, amount.unsigned_abs() % 10_000);
            let decimals = format!("{fraction:04}");
            let kept = decimals.trim_end_matches('0').len().max(2);
            let sign = if amount < 0 { "-" } else { "" };
            let expected = format!("before;{number};{sign}{whole},{}", &decimals[..kept]);
            proptest::prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn is_written_with_two_decimals_and_more_only_when_needed() {
        for (amount, text) in [(125_000, "12.50"), (1, "0.0001"), (120, "0.012"), (-125_000, "-12.50"), (0, "0.00")] {
            assert_eq!(Money(amount).to_string(), text);
        }
    }

    #[test]
    fn leaves_the_range_visibly() {
        assert_eq!(Money(i64::MAX).times(2), None);
        assert_eq!(Money(i64::MAX).plus(Money(1)), None);
    }
}
