//! How one file will be read: everything that is settled before its lines are judged.

use std::io::Read as _;

use super::import::Settings;
use super::source::Opened;
use crate::catalogue::Catalogue;
use crate::decode::{self, Claims, Detected, EncodingChoice, LineEnds, SampleRecord, Survey, Text};
use crate::delimited::{Charset, Dialect};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{Format, Recognition, Registry, Resolution, fold, nearest};
use crate::map::{self, Forms, Lexicon, Mapping, Place, Rules};
use crate::model::{Field, ManufacturerId};

/// Records that are asked for the forms of columns and the like.
const SAMPLE_RECORDS: usize = 2000;

/// How one file will be read.
#[derive(Debug)]
pub struct Plan {
    /// What the whole file shows.
    pub survey: Survey,
    /// Its encoding.
    pub encoding: EncodingChoice,
    /// How its lines end.
    pub line_ends: LineEnds,
    /// How its cells are told apart.
    pub dialect: Dialect,
    /// The record that is the heading, counted from the first.
    pub heading: Option<usize>,
    /// The physical line of the heading.
    pub heading_line: Option<u64>,
    /// Which column holds which field.
    pub mapping: Mapping,
    /// The forms of its columns.
    pub forms: Forms,
    /// The format with the user's settings laid over it.
    pub format: Format,
    /// The one manufacturer it is for.
    pub supplier: Option<ManufacturerId>,
    /// Quantities that most lines do not exceed.
    pub usual_quantity: Option<u32>,
}

impl Plan {
    /// Looks at a file and settles how it will be read. `name` is its bare name, as formats recognise it.
    pub(super) fn make(
        name: &str,
        opened: &Opened,
        registry: &Registry,
        catalogue: &Catalogue,
        settings: &Settings,
    ) -> Result<Self> {
        let survey = decode::survey(opened.rewind()?).map_err(|error| opened.failed(error))?;
        let path = opened.path().display().to_string();
        if survey.head.iter().all(u8::is_ascii_whitespace) && survey.bytes <= survey.head.len() as u64 {
            return Err(Error::new(Code::FileEmpty, Arguments::none().with("path", &path)));
        }
        let mut looked = Look { name, path: &path, survey: &survey, registry, settings };
        let mut format = looked.known_format()?;
        loop {
            let found = looked.at(format)?;
            match looked.recognise(format, &found)? {
                // A format that was recognised by its headings may read the file in another way: look again.
                Some(recognised) => format = Some(recognised),
                None => return found.plan(&mut looked, format, catalogue),
            }
        }
    }

    /// The encoding of the cells.
    pub fn charset(&self) -> Charset {
        self.encoding.charset()
    }
}

/// A file being looked at.
struct Look<'l> {
    name: &'l str,
    path: &'l str,
    survey: &'l Survey,
    registry: &'l Registry,
    settings: &'l Settings,
}

/// What a look with one format shows.
struct Seen {
    encoding: EncodingChoice,
    line_ends: LineEnds,
    dialect: Dialect,
    heading: Option<usize>,
    positions: Option<Mapping>,
    records: Vec<SampleRecord>,
}

impl<'l> Look<'l> {
    /// The format that is known before the headings are: the one asked for, or one that goes by the name of the file.
    fn known_format(&self) -> Result<Option<&'l Format>> {
        match &self.settings.format {
            Some(name) => self.registry.format(name).map(Some),
            None => self.recognised(&[]),
        }
    }

    /// The format recognised by the headings, if none was known before.
    fn recognise(&self, known: Option<&Format>, seen: &Seen) -> Result<Option<&'l Format>> {
        let (None, Some(heading)) = (known, seen.heading) else { return Ok(None) };
        let headings: Vec<_> = seen.records[heading].cells.iter().map(String::as_str).collect();
        self.recognised(&headings)
    }

    fn recognised(&self, headings: &[&str]) -> Result<Option<&'l Format>> {
        match self.registry.recognise(self.name, headings) {
            Recognition::None => Ok(None),
            Recognition::One(format) => Ok(Some(format)),
            Recognition::Several(formats) => {
                let names: Vec<_> = formats.iter().map(|format| format.name.as_str()).collect();
                let arguments = Arguments::none().with("path", self.path).with("formats", names.join(", "));
                Err(Error::new(Code::FormatAmbiguous, arguments))
            }
        }
    }

    fn format_or_generic(&self, format: Option<&'l Format>) -> Result<&'l Format> {
        format.map_or_else(|| self.registry.format("generic"), Ok)
    }

    fn at(&self, known: Option<&'l Format>) -> Result<Seen> {
        let format = self.format_or_generic(known)?;
        let encoding = decode::choose(
            self.survey,
            self.settings.encoding.as_deref(),
            format.decode.encoding.as_deref(),
            self.path,
        )?;
        let line_ends = LineEnds::of(&self.survey.head);
        let whole = self.survey.bytes <= self.survey.head.len() as u64;
        let mut text = Vec::with_capacity(self.survey.head.len());
        Text::new(self.survey.head.as_slice(), encoding, line_ends)
            .read_to_end(&mut text)
            .map_err(|error| Error::io(self.path.as_ref(), Code::ReadFailed, error))?;
        let charset = encoding.charset();
        let rules = self.rules(format);
        let delimiter = self.settings.delimiter.or(format.decode.delimiter);
        let base = Dialect { delimiter: delimiter.unwrap_or(b';'), record_bytes: format.limits.record_bytes };
        // Before a format is known, a heading row may be in the words of any.
        let others = self.registry.formats().filter(|_| known.is_none());
        let lexicon = Lexicon::new(rules, others);
        let claims = |heading: &str| lexicon.claims(heading);
        let Detected { delimiter, heading } = decode::detect(&text, whole, charset, base, delimiter, &claims);
        let dialect = Dialect { delimiter, ..base };
        let records = decode::sample(&text, whole, charset, dialect, SAMPLE_RECORDS);
        let positions = rules.positions();
        let heading = match &positions {
            // Columns given by number: a heading row is only what names just these columns.
            Some(mapping) => heading.filter(|place| names_its_columns(&records[*place], mapping, &claims)),
            None => heading,
        };
        Ok(Seen { encoding, line_ends, dialect, heading, positions, records })
    }

    fn rules<'r>(&'r self, format: &'r Format) -> Rules<'r> {
        Rules { wishes: &self.settings.maps, format, dictionary: self.registry.dictionary(), path: self.path }
    }

    /// The manufacturer that the user or the format chose.
    fn supplier(&self, format: &Format) -> Result<Option<ManufacturerId>> {
        let Some(name) = self.settings.supplier.as_ref().or(format.supplier.as_ref()) else { return Ok(None) };
        let arguments = Arguments::none().with("name", name);
        match self.registry.manufacturer(name) {
            Resolution::One(id) => Ok(Some(id)),
            Resolution::Several(ids) => {
                let names: Vec<_> = ids.iter().map(|id| self.manufacturer(*id)).collect();
                Err(Error::new(Code::SupplierAmbiguous, arguments.with("candidates", names.join(", "))))
            }
            Resolution::None { suggestion } => {
                let arguments =
                    suggestion.into_iter().fold(arguments, |arguments, near| arguments.with("suggestion", near));
                Err(Error::new(Code::SupplierUnknown, arguments))
            }
        }
    }

    fn manufacturer(&self, id: ManufacturerId) -> String {
        self.registry.manufacturer_name(id).map_or_else(|| id.to_string(), |name| format!("{id} {name}"))
    }
}

/// Whether the required columns of a mapping by number bear headings of their fields in this record.
fn names_its_columns(record: &SampleRecord, mapping: &Mapping, claims: Claims<'_>) -> bool {
    [Field::Reference, Field::Quantity].into_iter().all(|field| {
        let heading = mapping.column(field).and_then(|column| record.cells.get(column));
        heading.is_some_and(|heading| claims(heading).iter().any(|claim| claim.target == Some(field)))
    })
}

impl Seen {
    fn plan(self, look: &mut Look<'_>, known: Option<&Format>, catalogue: &Catalogue) -> Result<Plan> {
        let mut format = look.format_or_generic(None)?.clone();
        if let Some(known) = known {
            format = known.clone();
        }
        let supplier = look.supplier(&format)?;
        format.accept = look.settings.accept.unwrap_or(format.accept);
        format.reject_limit = look.settings.reject_limit.or(format.reject_limit);
        let body = &self.records[self.heading.map_or(0, |place| place + 1)..];
        let mapping = match (&self.positions, self.heading) {
            (Some(positions), None) => positions.clone(),
            (Some(positions), Some(place)) => {
                let mut mapping = Mapping::new(self.records[place].cells.clone());
                for field in Field::ALL {
                    if let Some(column) = positions.column(field) {
                        mapping.set(field, column);
                    }
                }
                mapping
            }
            (None, Some(place)) => {
                let evidence = |field, column| evidence(body, &format, catalogue, field, column);
                map::assign(&self.records[place].cells, look.rules(&format), &evidence)?
            }
            (None, None) => return Err(self.no_heading(look)),
        };
        let columns = self.records.iter().map(|record| record.cells.len()).max().unwrap_or(0);
        if columns > format.limits.columns {
            let arguments =
                Arguments::none().with("what", format_args!("columns {columns}")).with("limit", format.limits.columns);
            return Err(Error::new(Code::LimitExceeded, arguments));
        }
        let is_whole = look.survey.bytes <= look.survey.head.len() as u64;
        if is_whole && self.records.len() < SAMPLE_RECORDS && body.iter().all(SampleRecord::is_blank) {
            return Err(Error::new(Code::HeadingAlone, Arguments::none().with("path", look.path)));
        }
        let cells = |field| {
            let column = mapping.column(field);
            body.iter().filter_map(move |record| record.cells.get(column?).map(String::as_str))
        };
        let forms = Forms::agree(&format, cells);
        let usual_quantity = usual(cells(Field::Quantity).filter_map(|cell| cell.trim().parse().ok()).collect());
        Ok(Plan {
            survey: look.survey.clone(),
            encoding: self.encoding,
            line_ends: self.line_ends,
            dialect: self.dialect,
            heading: self.heading,
            heading_line: self.heading.map(|place| self.records[place].line),
            mapping,
            forms,
            format,
            supplier,
            usual_quantity,
        })
    }

    fn no_heading(&self, look: &Look<'_>) -> Error {
        let arguments = Arguments::none().with("path", look.path);
        let Some(first) = self.records.iter().find(|record| !record.is_blank()) else {
            let is_whole = look.survey.bytes <= look.survey.head.len() as u64;
            return Error::new(if is_whole { Code::FileEmpty } else { Code::HeadingUnknown }, arguments);
        };
        // A heading that the user named and that is not there is the likelier slip.
        let is_there =
            |name: &str| self.records.iter().any(|record| record.cells.iter().any(|cell| fold(cell) == fold(name)));
        let missing = look.settings.maps.iter().find_map(|wish| match &wish.place {
            Place::Heading(name) if !is_there(name) => Some(name),
            _ => None,
        });
        if let Some(name) = missing {
            let arguments = arguments.with("heading", name);
            let near = nearest(name, first.cells.iter().map(String::as_str));
            let arguments = near.into_iter().fold(arguments, |arguments, near| arguments.with("suggestion", near));
            return Error::new(Code::ColumnNotFound, arguments);
        }
        let text: String = first.cells.join(" | ").chars().take(80).collect();
        Error::new(Code::HeadingUnknown, arguments.with("found", text))
    }
}

/// The quantity that 95 of a hundred lines do not exceed; `None` for files too small to have a habit.
fn usual(mut quantities: Vec<u32>) -> Option<u32> {
    const ENOUGH: usize = 20;
    quantities.sort_unstable();
    if quantities.len() < ENOUGH { None } else { quantities.get(quantities.len() * 95 / 100).copied() }
}

/// Whether the cells of a column look like a field: most of the filled ones must.
fn evidence(
    body: &[SampleRecord],
    format: &Format,
    catalogue: &Catalogue,
    field: Field,
    column: usize,
) -> Option<bool> {
    let filled: Vec<_> = body
        .iter()
        .filter_map(|record| record.cells.get(column))
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty())
        .take(200)
        .collect();
    let looks: &dyn Fn(&str) -> bool = match field {
        Field::Reference => &|cell| catalogue.find_text(cell).is_some(),
        Field::Quantity => &|cell| map::looks_like_quantity(cell, format.quantity.maximum),
        Field::DesiredDeliveryDate => &|cell| map::looks_like_date(cell, &format.date_forms),
        Field::UnitPrice => &map::looks_like_price,
        _ => return None,
    };
    let count = filled.iter().filter(|cell| looks(cell)).count();
    (!filled.is_empty()).then_some(count * 2 > filled.len())
}
