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
        if self.0 < 0 {
            out.push(b'-');
        }
        write_integer(out, amount / UNIT.unsigned_abs());
        out.push(separator);
        let fraction = amount % UNIT.unsigned_abs();
        let digit = |power: u64| b'0' + u8::try_from(fraction / power % 10).unwrap_or(0);
        out.extend_from_slice(&[digit(1000), digit(100)]);
        if !fraction.is_multiple_of(100) {
            out.push(digit(10));
            if !fraction.is_multiple_of(10) {
                out.push(digit(1));
            }
        }
    }
}

/// Appends a whole number in decimal.
#[inline]
pub fn write_integer(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
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
