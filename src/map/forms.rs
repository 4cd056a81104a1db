//! The forms in which a column writes its values.

use crate::format::{DateForm, Format};
use crate::model::{Day, Field, Money};

/// How prices of a column are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PriceForm {
    /// Whether a currency sign or code may stand before or after the number.
    pub currency: bool,
    /// The character between thousands: a blank (any width), a dot or an apostrophe.
    pub thousands: Option<u8>,
}

/// The forms of one file's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forms {
    /// Dates.
    pub date: DateForm,
    /// Whether cells may hold dates as values, which their reader gives in the form of ISO 8601: in workbooks a column may
    /// hold both, and looks the same.
    pub typed_dates: bool,
    /// Prices.
    pub price: PriceForm,
}

/// How many filled cells are asked.
const SAMPLE: usize = 1000;

impl Forms {
    /// The forms on which most of the first thousand filled cells agree, unless the format fixes them
    /// (`docs/reading.md`, forms). Cells are given per field; `typed_dates` as above.
    pub fn agree<'s, I: Iterator<Item = &'s str>>(
        format: &Format,
        typed_dates: bool,
        cells: impl Fn(Field) -> I,
    ) -> Self {
        let filled = |field| cells(field).map(trim).filter(|cell| !cell.is_empty()).take(SAMPLE);
        let date = format.date_form().unwrap_or_else(|| {
            let is_typed = |cell: &&str| typed_dates && DateForm::Iso.read(cell.as_bytes()).is_some();
            let votes = format.date_forms.iter().map(|form| {
                let written = filled(Field::DesiredDeliveryDate).filter(|cell| !is_typed(cell));
                (*form, written.filter(|cell| form.read(cell.as_bytes()).is_some()).count())
            });
            // The first of equals wins: the format names the likeliest form first.
            votes
                .fold((format.date_forms.first().copied().unwrap_or(DateForm::Slashes), 0), |best, next| {
                    if next.1 > best.1 { next } else { best }
                })
                .0
        });
        Self { date, typed_dates, price: PriceForm::agree(filled(Field::UnitPrice)) }
    }

    /// The day that a cell says.
    #[inline]
    pub fn day(self, text: &[u8]) -> Option<Day> {
        self.date.read(text).or_else(|| if self.typed_dates { DateForm::Iso.read(text) } else { None })
    }
}

/// Characters between thousands.
const THOUSANDS: [u8; 3] = [b' ', b'.', b'\''];

/// Signs and codes of currencies that European price lists carry.
const CURRENCIES: [&str; 8] = ["€", "EUR", "£", "GBP", "$", "USD", "CHF", "Fr."];

impl PriceForm {
    /// The form of a column: with a currency when most cells carry one, with thousands apart when most cells that are
    /// large enough write them so.
    fn agree<'s>(cells: impl Iterator<Item = &'s str>) -> Self {
        let cells: Vec<_> = cells.collect();
        let signs = cells.iter().filter(|cell| without_currency(cell) != **cell).count();
        let plain = Self { currency: signs * 2 > cells.len(), thousands: None };
        let written_together = cells.iter().filter(|cell| plain.read(cell).is_some_and(is_large)).count();
        let written_apart =
            |form: Self| cells.iter().filter(|cell| plain.read(cell).is_none() && form.read(cell).is_some()).count();
        let apart = THOUSANDS.map(|thousands| Self { thousands: Some(thousands), ..plain });
        // The first of equals wins.
        apart
            .into_iter()
            .fold((plain, written_together), |best, form| {
                let count = written_apart(form);
                if count > best.1 { (form, count) } else { best }
            })
            .0
    }

    /// Whether nothing but a number can stand there, so that bytes can be read as they are.
    #[inline]
    pub fn is_plain(self) -> bool {
        self == Self::default()
    }

    /// The price; `None` when the text is in another form.
    pub fn read(self, text: &str) -> Option<Money> {
        let mut text = trim(text);
        if self.currency {
            text = without_currency(text);
        }
        let Some(thousands) = self.thousands else { return Money::parse(text.as_bytes()) };
        let is_separator = |c: char| if thousands == b' ' { is_blank(c) } else { c == char::from(thousands) };
        let cut = text.rfind([',', '.']).filter(|at| !text[*at..].starts_with(is_separator)).unwrap_or(text.len());
        let (whole, fraction) = text.split_at(cut);
        let mut groups = whole.split(is_separator);
        let first = groups.next()?;
        let mut digits = first.to_owned();
        for group in groups {
            if group.len() != 3 || first.is_empty() || first.len() > 3 {
                return None;
            }
            digits.push_str(group);
        }
        digits.push_str(fraction);
        Money::parse(digits.as_bytes())
    }
}

/// The cell without a currency sign or code before or after it.
fn without_currency(cell: &str) -> &str {
    CURRENCIES
        .iter()
        .fold(cell, |text, sign| text.strip_suffix(sign).or_else(|| text.strip_prefix(sign)).map_or(text, trim))
}

/// Whether an amount has thousands.
fn is_large(amount: Money) -> bool {
    amount >= Money::from_ten_thousandths(10_000_000)
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{a0}' | '\u{202f}')
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// Whether a cell could be a quantity: a small whole number.
pub fn looks_like_quantity(cell: &str, maximum: u32) -> bool {
    trim(cell).parse::<u32>().is_ok_and(|number| (1..=maximum).contains(&number))
}

/// Whether a cell is a day in one of the forms.
pub fn looks_like_date(cell: &str, forms: &[DateForm]) -> bool {
    forms.iter().any(|form| form.read(trim(cell).as_bytes()).is_some())
}

/// Whether a cell is a price in any form.
pub fn looks_like_price(cell: &str) -> bool {
    let forms = THOUSANDS.map(|thousands| PriceForm { currency: true, thousands: Some(thousands) });
    forms.iter().any(|form| form.read(cell).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Registry;

    fn forms(dates: &[&'static str], prices: &[&'static str], typed_dates: bool) -> Forms {
        let registry = Registry::built_in();
        Forms::agree(registry.format("generic").unwrap(), typed_dates, |field| match field {
            Field::DesiredDeliveryDate => dates.iter().copied(),
            _ => prices.iter().copied(),
        })
    }

    fn agreed(dates: &[&'static str], prices: &[&'static str]) -> (String, PriceForm) {
        let forms = forms(dates, prices, false);
        (forms.date.pattern().to_owned(), forms.price)
    }

    #[test]
    fn a_column_of_a_workbook_holds_dates_as_values_and_as_text() {
        let found = forms(&["2026-03-15", "2026-03-16", "17.03.2026"], &[], true);
        assert_eq!(found.date, DateForm::Dots);
        assert!(found.day(b"2026-03-15").is_some() && found.day(b"17.03.2026").is_some());
        assert!(found.day(b"17/03/2026").is_none());
    }

    #[test]
    fn most_cells_decide() {
        assert_eq!(agreed(&[], &[]), ("DD/MM/YYYY".to_owned(), PriceForm::default()));
        assert_eq!(
            agreed(&["2026-03-15", "2026-03-16", "15/03/2026"], &["12,50", "12.50"]),
            ("YYYY-MM-DD".to_owned(), PriceForm::default())
        );
        assert_eq!(
            agreed(&["15.03.2026"], &["12,50 €", "1 212,50 €", "3,00 €"]),
            ("DD.MM.YYYY".to_owned(), PriceForm { currency: true, thousands: Some(b' ') })
        );
    }

    #[test]
    fn thousands_stand_in_groups_of_three() {
        let spaced = PriceForm { currency: false, thousands: Some(b' ') };
        let dotted = PriceForm { thousands: Some(b'.'), currency: true };
        for (form, text, amount) in [
            (spaced, "1\u{202f}234,50", Some(12_345_000)),
            (spaced, "12,50", Some(125_000)),
            (spaced, "12 34,50", None),
            (dotted, "1.500.000", Some(15_000_000_000)),
            (dotted, "1.234,56 €", Some(12_345_600)),
            (dotted, "EUR 3", Some(30_000)),
            (PriceForm::default(), "12,50 €", None),
        ] {
            assert_eq!(form.read(text).map(Money::ten_thousandths), amount, "{text}");
        }
    }
}
