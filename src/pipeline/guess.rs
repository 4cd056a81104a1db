//! What a file is, before anybody says what it should be: encoding, dialect, heading, and what its columns may hold.

use std::io::Read as _;

use super::source::{Opened, Source};
use crate::catalogue::Catalogue;
use crate::decode::{self, EncodingChoice, LineEnds, Look, SampleRecord, Sniffed, Survey, Text};
use crate::delimited::Charset;
use crate::diagnostic::{Arguments, Code, Error, Result};
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
    /// Whether the first row is no heading, whatever it looks like.
    pub no_heading: bool,
}

/// How the lines of a file end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// With a line feed, or there is one line only.
    Feed,
    /// With a carriage return and a line feed.
    ReturnFeed,
    /// With a carriage return.
    Return,
    /// In several ways.
    Mixed,
}

impl Ends {
    fn of(text: &[u8]) -> Self {
        let follows = |at: usize| text.get(at + 1) == Some(&b'\n');
        let (mut both, mut alone, mut last) = (0, 0, None);
        for (at, _) in text.iter().enumerate().filter(|(_, c)| **c == b'\r') {
            // The end of the sample may cut the pair.
            if follows(at) {
                both += 1;
            } else if at + 1 < text.len() || last.is_some() {
                alone += 1;
            }
            last = Some(at);
        }
        let feeds = text.split(|c| *c == b'\n').count() - 1 - both;
        match (feeds > 0, both > 0, alone > 0 || (last.is_some() && both == 0)) {
            (_, false, false) => Self::Feed,
            (false, true, false) => Self::ReturnFeed,
            (false, false, true) => Self::Return,
            _ => Self::Mixed,
        }
    }

    /// The name, such as `crlf`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Feed => "lf",
            Self::ReturnFeed => "crlf",
            Self::Return => "cr",
            Self::Mixed => "mixed",
        }
    }
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
    pub survey: Survey,
    /// Its encoding.
    pub encoding: EncodingChoice,
    /// How its lines end.
    pub ends: Ends,
    /// Its dialect and the frame of its table.
    pub table: Sniffed,
    /// Its columns.
    pub columns: Vec<ColumnGuess>,
}

impl Guess {
    /// The encoding of the cells.
    pub fn charset(&self) -> Charset {
        self.encoding.charset()
    }

    /// The heading row.
    pub fn heading(&self) -> Option<&SampleRecord> {
        self.table.records.get(self.table.frame.first).filter(|_| self.table.frame.has_heading)
    }

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
    look(&source.name(), &source.open()?, registry, catalogue, settings)
}

/// Says what an open file is.
pub(super) fn look(
    name: &str,
    opened: &Opened,
    registry: &Registry,
    catalogue: Option<&Catalogue>,
    settings: &GuessSettings,
) -> Result<Guess> {
    let survey = decode::survey(opened.rewind()?).map_err(|error| opened.failed(error))?;
    let path = opened.path().display().to_string();
    let whole = survey.bytes <= survey.head.len() as u64;
    let format = registry.format("generic")?;
    let encoding = decode::choose(&survey, settings.encoding.as_deref(), None, &path)?;
    let mut text = Vec::with_capacity(survey.head.len());
    Text::new(survey.head.as_slice(), encoding, LineEnds::Feed)
        .read_to_end(&mut text)
        .map_err(|error| Error::io(path.as_ref(), Code::ReadFailed, error))?;
    if whole && text.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::new(Code::FileEmpty, Arguments::none().with("path", &path)));
    }
    let rules = Rules { wishes: &[], format, dictionary: registry.dictionary(), path: &path };
    let lexicon = Lexicon::new(rules, std::iter::empty());
    let claims = |heading: &str| lexicon.claims(heading);
    let limit = format.limits.record_bytes;
    let mut table = decode::sniff(&text, whole, encoding.charset(), settings.delimiter, limit, &claims);
    table.frame.has_heading &= !settings.no_heading;
    // The words of one format mean nothing in other files, so they count only where it is recognised.
    let first = table.records.get(table.frame.first).filter(|_| table.frame.has_heading);
    let headings: Vec<_> = first.into_iter().flat_map(|record| &record.cells).map(String::as_str).collect();
    let columns = match registry.recognise(name, &headings) {
        Recognition::One(own) => {
            let lexicon = Lexicon::new(Rules { format: own, ..rules }, std::iter::empty());
            columns(&table, &lexicon, own, catalogue)
        }
        _ => columns(&table, &lexicon, format, catalogue),
    };
    Ok(Guess { file: name.to_owned(), ends: Ends::of(&text), survey, encoding, table, columns })
}

/// Gives columns their likeliest fields, the surest first; a field has one column and a column one field.
fn columns(table: &Sniffed, lexicon: &Lexicon<'_>, format: &Format, catalogue: Option<&Catalogue>) -> Vec<ColumnGuess> {
    let frame = &table.frame;
    let heading = table.records.get(frame.first).filter(|_| frame.has_heading);
    let body = table.records.get(frame.first + usize::from(frame.has_heading)..).unwrap_or_default();
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
        match heading {
            Some(record) => {
                let claims = record.cells.get(column).map_or(&[][..], |text| lexicon.claims(text));
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
            None => rated.extend(cells.alone().into_iter().map(|(field, sure)| (sure, column, field))),
        }
    }
    // The first of equals wins: the column further left, the field named first.
    rated.sort_by_key(|(sure, column, field)| (std::cmp::Reverse(*sure), *column, *field));
    let mut found: Vec<_> = (0..frame.width)
        .map(|column| ColumnGuess {
            heading: heading.map(|record| record.cells.get(column).cloned().unwrap_or_default().trim().to_owned()),
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
        assert_eq!(found.ends, Ends::ReturnFeed);
        assert_eq!(found.heading().map(|record| record.line), Some(1));
        assert!(!found.table.has_quotes);
        for (text, ends) in [
            ("a\nb", Ends::Feed),
            ("a\rb\r", Ends::Return),
            ("a\r\nb\nc", Ends::Mixed),
            ("a", Ends::Feed),
            ("a\r\n", Ends::ReturnFeed),
        ] {
            assert_eq!(Ends::of(text.as_bytes()), ends, "{text:?}");
        }
    }
}
