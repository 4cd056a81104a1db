//! The dictionary of headings: which words, in which languages, have been seen above which field.
//!
//! What enters: `headings.tsv`: target field, language, heading, note.
//! What leaves: the [`Claim`]s of a heading. What is refused: an unknown field, a line without a heading.

use std::collections::BTreeMap;

use super::fold;
use super::nearest::nearest;
use super::read::invalid;
use crate::diagnostic::Result;
use crate::model::Field;

/// What headings of a kind of table name.
pub trait Target: Copy + PartialEq + 'static {
    /// Two things that every heading of such a table names: a row that names both, one of them beyond doubt, is one.
    const PROOF: [Self; 2];
}

impl Target for Field {
    const PROOF: [Self; 2] = [Self::Reference, Self::Quantity];
}

/// A field that a heading may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim<F = Field> {
    /// The field; `None` for a real heading that stays unmapped, such as a line number.
    pub target: Option<F>,
    /// Whether at least one source knows the heading for this field without a doubt.
    pub strong: bool,
}

/// Headings by their folded text; looked up exactly, never by a part of a word.
#[derive(Clone, Debug, Default)]
pub struct Dictionary(BTreeMap<String, Vec<Claim>>);

impl Dictionary {
    /// Reads the dictionary; `path` is only named in errors.
    pub(super) fn parse(path: &str, text: &str) -> Result<Self> {
        let mut entries = BTreeMap::<String, Vec<Claim>>::new();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (place, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
            let mut cells = line.split('\t');
            let target = cells.next().unwrap_or_default();
            let heading = fold(cells.nth(1).unwrap_or_default());
            let strong = !cells.next().unwrap_or_default().starts_with("ambiguous");
            if heading.is_empty() {
                return Err(invalid(path, place + 1, format_args!("`{line}`")));
            }
            let target = match (target, Field::from_name(target)) {
                ("none", _) => None,
                (_, Some(field)) => Some(field),
                (unknown, None) => {
                    let known = nearest(unknown, Field::ALL.map(Field::name)).unwrap_or_default();
                    return Err(invalid(path, place + 1, format_args!("`{unknown}` → `{known}`")));
                }
            };
            let claims = entries.entry(heading).or_default();
            match claims.iter_mut().find(|claim| claim.target == target) {
                Some(claim) => claim.strong |= strong,
                None => claims.push(Claim { target, strong }),
            }
        }
        for claims in entries.values_mut() {
            claims.sort_unstable();
        }
        Ok(Self(entries))
    }

    /// What a heading may stand for: one claim per target, sorted; empty when nobody knows the heading.
    pub fn claims(&self, heading: &str) -> &[Claim] {
        self.claims_of_folded(&fold(heading))
    }

    /// The same for a heading that is folded already.
    pub fn claims_of_folded(&self, folded: &str) -> &[Claim] {
        self.0.get(folded).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary() -> Dictionary {
        let text = "target_field\tlanguage\theading\tnote\n\
                    reference\tfr\tRéférence\tambiguous: or the order's\n\
                    reference\tes\tREFERENCIA\t\n\
                    reference\tde\tBestellnr.\tambiguous: on invoices\n\
                    customer_order_number\tde\tBestellnr\tambiguous: in orders\n\
                    quantity\ten\tno.\tambiguous: or line number\n\
                    quantity\ten\tno of\t\n\
                    none\ten\tNo.\tambiguous: line number\n\
                    quantity\tfr\tQté\t\nquantity\tfr\tqte\tambiguous: x";
        Dictionary::parse("headings.tsv", text).unwrap()
    }

    #[test]
    fn one_claim_per_target_and_one_sure_source_makes_it_strong() {
        let dictionary = dictionary();
        let claim = |target, strong| Claim { target, strong };
        assert_eq!(dictionary.claims("QTE"), [claim(Some(Field::Quantity), true)]);
        assert_eq!(dictionary.claims("référence"), [claim(Some(Field::Reference), false)]);
        assert_eq!(
            dictionary.claims("Bestell-Nr"),
            [claim(Some(Field::Reference), false), claim(Some(Field::CustomerOrderNumber), false)]
        );
        assert_eq!(dictionary.claims("NO"), [claim(None, false), claim(Some(Field::Quantity), false)]);
    }

    #[test]
    fn a_part_of_a_word_claims_nothing() {
        let dictionary = dictionary();
        for heading in ["Référence de la commande", "Réf", "", "…"] {
            assert!(dictionary.claims(heading).is_empty(), "{heading}");
        }
    }

    #[test]
    fn an_unknown_field_is_named_by_its_line() {
        let error = Dictionary::parse("headings.tsv", "h\nquantty\tfr\tQté\t\n").unwrap_err();
        assert_eq!(error.arguments.get("cause"), Some("line 2: `quantty` → `quantity`"));
    }
}
