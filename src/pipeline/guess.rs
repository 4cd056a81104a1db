//! What a file is, before anybody says what it should be: encoding, dialect, heading, and what its columns may hold.

use std::sync::Arc;

use super::look::{Known, Layout, Seen, Subject};
use super::source::{Opened, Source};
use crate::catalogue::Catalogue;
use crate::decode::{Look, Sample, Survey};
use crate::diagnostic::Result;
use crate::format::{Format, Recognition, Registry};
use crate::map::{self, Lexicon, Rules};
use crate::model::Field;

/// What the user knows better.
#[derive(Clone, Debug, Default)]
pub struct GuessSettings {
    /// The encoding.
    pub encoding: Option<String>,
    /// The character between cells.
    pub delimiter: Option<u8>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Whether the first row is no heading, whatever it looks like.
    pub no_heading: bool,
}

/// What a column may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnGuess {
    /// Its heading, when there is a heading row.
    pub heading: Option<String>,
    /// The field it most likely holds.
    pub field: Option<Field>,
    /// How sure that is, of a thousand.
    pub confidence: u16,
    /// The next likeliest field.
    pub runner_up: Option<(Field, u16)>,
}

/// What a file is.
#[derive(Clone, Debug)]
pub struct Guess {
    /// Its bare name.
    pub file: String,
    /// What all of its bytes show.
    pub survey: Arc<Survey>,
    /// Where its rows come from.
    pub layout: Layout,
    /// Its first rows and the frame of its table.
    pub sample: Sample,
    /// Its columns.
    pub columns: Vec<ColumnGuess>,
}

impl Guess {
    /// The column that most likely holds a field.
    pub fn column(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|column| column.field == Some(field))
    }
}

/// The least confidence that makes a proposal.
const ENOUGH: u16 = 400;

/// Cells of a column that are asked.
const CELLS: usize = 500;

/// Says what a file is.
pub fn guess(
    source: &Source,
    registry: &Registry,
    catalogue: Option<&Catalogue>,
    settings: &GuessSettings,
) -> Result<Guess> {
    let opened = source.open(&registry.format("generic")?.limits)?;
    look(opened.name(), &opened, registry, catalogue, settings)
}

/// What stands in the first rows of an open file, where a heading may be among them.
pub(super) fn first_rows(opened: &Opened, registry: &Registry) -> Result<Sample> {
    let subject = Subject::survey(opened, registry)?;
    let format = registry.format("generic")?;
    let known = Known { as_agora: true, is_brief: true, ..Known::default() };
    let claims = |heading: &str| registry.dictionary().claims(heading);
    subject.look(known, &format.limits, &claims).map(|seen| seen.sample)
}

/// Says what an open file is.
pub(super) fn look(
    name: &str,
    opened: &Opened,
    registry: &Registry,
    catalogue: Option<&Catalogue>,
    settings: &GuessSettings,
) -> Result<Guess> {
    let subject = Subject::survey(opened, registry)?;
    let format = registry.format("generic")?;
    let rules = Rules { wishes: &[], format, dictionary: registry.dictionary(), path: &subject.path };
    let lexicon = Lexicon::new(rules, std::iter::empty());
    let claims = |heading: &str| lexicon.claims(heading);
    let known = Known {
        encoding: settings.encoding.as_deref(),
        delimiter: settings.delimiter,
        sheet: settings.sheet.as_deref(),
        as_agora: true,
        ..Known::default()
    };
    let Seen { layout, mut sample } = subject.look(known, &format.limits, &claims)?;
    if settings.no_heading {
        sample.drop_heading();
    }
    // The words of one format mean nothing in other files, so they count only where it is recognised.
    let headings: Vec<_> = sample.headings.iter().map(String::as_str).collect();
    let columns = match registry.recognise(opened.plain_name(), &headings) {
        Recognition::One(own) => {
            let lexicon = Lexicon::new(Rules { format: own, ..rules }, std::iter::empty());
            columns(&sample, &lexicon, own, catalogue)
        }
        _ => columns(&sample, &lexicon, format, catalogue),
    };
    Ok(Guess { file: name.to_owned(), survey: subject.survey, layout, sample, columns })
}

/// Gives columns their likeliest fields, the surest first; a field has one column and a column one field.
pub(super) fn columns(
    table: &Sample,
    lexicon: &Lexicon<'_>,
    format: &Format,
    catalogue: Option<&Catalogue>,
) -> Vec<ColumnGuess> {
    let frame = &table.frame;
    let body = table.body();
    let mut rated: Vec<(u16, usize, Field)> = Vec::new();
    for column in 0..frame.width {
        let cells: Vec<_> = body
            .iter()
            .filter_map(|record| record.cells.get(column))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .take(CELLS)
            .collect();
        let cells = Cells { filled: cells, format, catalogue };
        if !frame.has_heading() {
            rated.extend(cells.alone().into_iter().map(|(field, sure)| (sure, column, field)));
            continue;
        }
        let claims = table.headings.get(column).map_or(&[][..], |text| lexicon.claims(text));
        for claim in claims {
            let Some(field) = claim.target else { continue };
            let base = match (claim.strong, claims.len()) {
                (true, 1) => 950,
                (true, _) | (false, 1) => 700,
                (false, _) => 450,
            };
            rated.push((cells.weighed(field, base), column, field));
        }
    }
    // The first of equals wins: the column further left, the field named first.
    rated.sort_by_key(|(sure, column, field)| (std::cmp::Reverse(*sure), *column, *field));
    let mut found: Vec<_> = (0..frame.width)
        .map(|column| ColumnGuess {
            heading: (frame.has_heading())
                .then(|| table.headings.get(column).map_or("", |text| text.trim()).to_owned()),
            field: None,
            confidence: 0,
            runner_up: None,
        })
        .collect();
    for (sure, column, field) in &rated {
        let is_taken = found.iter().any(|other| other.field == Some(*field));
        if found[*column].field.is_none() && !is_taken && *sure >= ENOUGH {
            found[*column].field = Some(*field);
            found[*column].confidence = *sure;
        }
    }
    for (column, guess) in found.iter_mut().enumerate() {
        let next = rated.iter().find(|(_, each, field)| *each == column && Some(*field) != guess.field);
        guess.runner_up = next.map(|(sure, _, field)| (*field, *sure));
    }
    found
}

/// The filled cells of a column.
struct Cells<'c> {
    filled: Vec<&'c str>,
    format: &'c Format,
    catalogue: Option<&'c Catalogue>,
}

impl Cells<'_> {
    /// How many of a thousand cells hold.
    fn share(&self, holds: &dyn Fn(&str) -> bool) -> u16 {
        let count = self.filled.iter().filter(|cell| holds(cell)).count();
        u16::try_from(count * 1000 / self.filled.len().max(1)).unwrap_or(1000)
    }

    /// The share of cells that look like a field; `None` when cells do not tell.
    fn evidence(&self, field: Field) -> Option<u16> {
        if self.filled.is_empty() {
            return None;
        }
        Some(match field {
            Field::Reference => {
                let catalogue = self.catalogue?;
                self.share(&|cell| catalogue.find_text(cell).is_some())
            }
            Field::Quantity => self.share(&|cell| map::looks_like_quantity(cell, self.format.quantity.maximum)),
            Field::DesiredDeliveryDate => self.share(&|cell| map::looks_like_date(cell, &self.format.date_forms)),
            Field::UnitPrice => self.share(&map::looks_like_price),
            _ => return None,
        })
    }

    /// What a heading says, with what its cells say.
    fn weighed(&self, field: Field, base: u16) -> u16 {
        match self.evidence(field) {
            Some(500..) => base + (1000 - base) / 2,
            // A reference that the catalogue does not know may still be one.
            Some(_) if field == Field::Reference => base - base / 4,
            Some(_) => base / 2,
            None => base,
        }
    }

    /// What cells without a heading say.
    fn alone(&self) -> Vec<(Field, u16)> {
        if self.filled.is_empty() {
            return Vec::new();
        }
        let number = self.share(&|cell| Look::of(cell) == Look::Number);
        let mut found = Vec::new();
        let known = self.evidence(Field::Reference);
        let like_code = self.share(&|cell| {
            cell.len() >= 4
                && !cell.contains([' ', ','])
                && cell.bytes().any(|c| c.is_ascii_digit())
                && Look::of(cell) != Look::Date
        });
        match known {
            Some(share @ 300..) => found.push((Field::Reference, 600 + share / 3)),
            None if like_code > 800 => found.push((Field::Reference, 450)),
            _ => {}
        }
        let small = self.share(&|cell| map::looks_like_quantity(cell, self.format.quantity.maximum) && cell.len() < 4);
        if small > 800 {
            found.push((Field::Quantity, 650));
        }
        if self.evidence(Field::DesiredDeliveryDate) > Some(800) {
            found.push((Field::DesiredDeliveryDate, 700));
        }
        let decimals = self.share(&|cell| map::looks_like_price(cell) && cell.contains([',', '.']));
        if number > 800 && decimals > 700 {
            found.push((Field::UnitPrice, 600));
        }
        if self.share(&|cell| cell.contains(' ') && !Look::of(cell).is_typed()) > 600 {
            found.push((Field::Label, 450));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::look::Ends;
    use super::*;

    fn guessed(text: &str) -> Guess {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, text).unwrap();
        guess(&Source::File(path), &Registry::built_in(), None, &GuessSettings::default()).unwrap()
    }

    fn fields(text: &str) -> Vec<Option<Field>> {
        guessed(text).columns.iter().map(|column| column.field).collect()
    }

    #[test]
    fn headings_and_cells_name_fields() {
        use Field::{Label, Quantity, Reference, UnitPrice};
        assert_eq!(
            fields("Réf. pièce;Désignation;Qté;PU;Couleur\nA1;Joint de porte;2;12,50;x\n"),
            [Some(Reference), Some(Label), Some(Quantity), Some(UnitPrice), None]
        );
        assert_eq!(
            fields("0070817965D;Joint de porte;2;12,50\n0070817966;Pompe de lavage;1;3,90\n"),
            [Some(Reference), Some(Label), Some(Quantity), Some(UnitPrice)]
        );
        assert_eq!(fields("city,inhabitants of it\nParis,2000000\nRome,2800000\n"), [None, None]);
    }

    #[test]
    fn what_is_seen_of_a_plain_file() {
        let found = guessed("city,inhabitants of it\r\nParis,2000000\r\nRome,2800000\r\n");
        assert_eq!(found.layout.ends(), Some(Ends::ReturnFeed));
        assert_eq!(found.sample.heading().map(|record| record.line), Some(1));
        assert!(!found.sample.has_quotes);
    }
}
