//! How one file will be read: everything that is settled before its lines are judged.

use std::borrow::Cow;
use std::sync::Arc;

use super::guess::columns;
use super::import::Settings;
use super::look::{Known, Layout, SAMPLE_ROWS, Seen, Subject};
use super::pieces::MADE;
use super::source::Opened;
use crate::catalogue::Catalogue;
use crate::decode::{Claims, Frame, SampleRecord, Survey, Wanted};
use crate::delimited::{Charset, Dialect};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{Format, Recognition, Registry, fold, nearest};
use crate::map::{self, Forms, Lexicon, Mapping, Place, Rules};
use crate::model::{Day, Field, ManufacturerId};
use crate::report::KEY_HEADING;

/// How one file will be read.
#[derive(Debug)]
pub struct Plan {
    /// What the whole file shows.
    pub survey: Arc<Survey>,
    /// Where its rows come from.
    pub layout: Layout,
    /// How the cells of its pieces are told apart.
    pub(super) dialect: Dialect,
    /// Where its table begins, and what its rows are like.
    pub(super) frame: Frame,
    /// The line of the heading.
    pub heading_line: Option<u64>,
    /// The first line that may be an order line: what stands above is a title, or the heading.
    pub(super) first_line: u64,
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
    /// Where the keys of a corrected report stand.
    pub(super) key: Option<ReportKey>,
    /// The first day on which delivery can be wished.
    pub earliest: Option<Day>,
}

/// Where the keys of a corrected report stand, and how it is laid out.
#[derive(Debug)]
pub(super) struct ReportKey {
    /// What the file is called in messages.
    pub(super) path: String,
    /// The column of the keys.
    pub(super) column: usize,
    /// The first key.
    pub(super) first: String,
    /// The sheet of a workbook.
    pub(super) sheet: Option<String>,
    /// The character between cells.
    pub(super) delimiter: Option<u8>,
}

impl ReportKey {
    /// Where they stand in what was seen of a file, if it is a corrected report.
    pub(super) fn of(seen: &Seen, subject: &Subject<'_>) -> Option<Self> {
        let column = seen.sample.headings.iter().position(|heading| heading.trim() == KEY_HEADING)?;
        let cells = seen.sample.body().iter().filter_map(|record| record.cells.get(column));
        Some(Self {
            path: subject.path.clone(),
            column,
            first: cells.into_iter().find(|cell| !cell.trim().is_empty())?.clone(),
            sheet: seen.layout.sheet().map(str::to_owned),
            delimiter: seen.layout.dialect().and_then(|dialect| dialect.delimiter),
        })
    }
}

/// Tells how the file was read that a report corrects.
pub(super) type Parent<'p> = &'p mut dyn FnMut(&ReportKey) -> Result<Settings>;

impl Plan {
    /// Looks at a file and settles how it will be read. `name` is its bare name, as formats recognise it.
    pub(super) fn make(
        name: &str,
        opened: &Opened,
        registry: &Registry,
        catalogue: &Catalogue,
        settings: &Settings,
        mut parent: Option<Parent<'_>>,
    ) -> Result<Self> {
        let subject = Subject::survey(opened, registry)?;
        let mut looked = Look { name, subject, registry, settings: Cow::Borrowed(settings) };
        let mut format = looked.known_format()?;
        let mut key = None;
        loop {
            let found = looked.at(format)?;
            if let Some((parent, found)) = parent.take_if(|_| found.key(&looked).is_some()).zip(found.key(&looked)) {
                // A correction is read as the file that it corrects was, whatever it looks like itself.
                looked.settings = Cow::Owned(parent(&found)?);
                format = looked.known_format()?;
                key = Some(found);
                continue;
            }
            if let Some(recognised) = looked.recognise(format, &found)? {
                // A format that was recognised by its headings may read the file in another way: look again.
                format = Some(recognised);
                continue;
            }
            let mut plan = found.plan(&mut looked, format, catalogue)?;
            if key.is_some() {
                // Its rows are the lines of the file, with columns of ours around the sender's.
                plan.format.decode.record_type = None;
            }
            return Ok(Self { key, ..plan });
        }
    }

    /// The encoding of the cells.
    pub fn charset(&self) -> Charset {
        self.layout.charset()
    }

    /// The words that headings of the file may be made of.
    pub(super) fn lexicon<'r>(&'r self, registry: &'r Registry) -> Lexicon<'r> {
        let rules = Rules { wishes: &[], format: &self.format, dictionary: registry.dictionary(), path: "" };
        Lexicon::new(rules, std::iter::empty())
    }
}

/// The format of files that name it themselves.
const AGORA: &str = "agora-order";

/// A file being looked at.
struct Look<'l> {
    name: &'l str,
    subject: Subject<'l>,
    registry: &'l Registry,
    settings: Cow<'l, Settings>,
}

/// What a look with one format shows, and what the format makes of it.
struct Judgement {
    seen: Seen,
    positions: Option<Mapping>,
    /// Whether the frame's heading is one: what names columns that are known.
    has_heading: bool,
}

impl<'l> Look<'l> {
    /// The format that is known before the headings are: the one asked for, or one that goes by the name of the file.
    fn known_format(&self) -> Result<Option<&'l Format>> {
        match &self.settings.format {
            Some(name) => self.registry.format(name).map(Some),
            // It says itself what it is, whatever its name.
            None if self.subject.is_agora() => self.registry.format(AGORA).map(Some),
            None => self.recognised(&[]),
        }
    }

    /// The format recognised by the headings, if none was known before.
    fn recognise(&self, known: Option<&Format>, found: &Judgement) -> Result<Option<&'l Format>> {
        if known.is_some() || !found.has_heading {
            return Ok(None);
        }
        let headings: Vec<_> = found.seen.sample.headings.iter().map(String::as_str).collect();
        self.recognised(&headings)
    }

    fn recognised(&self, headings: &[&str]) -> Result<Option<&'l Format>> {
        match self.registry.recognise(self.name, headings) {
            Recognition::None => Ok(None),
            Recognition::One(format) => Ok(Some(format)),
            Recognition::Several(formats) => {
                let names: Vec<_> = formats.iter().map(|format| format.name.as_str()).collect();
                let arguments = Arguments::none().with("path", &self.subject.path).with("formats", names.join(", "));
                Err(Error::new(Code::FormatAmbiguous, arguments))
            }
        }
    }

    fn format_or_generic(&self, format: Option<&'l Format>) -> Result<&'l Format> {
        format.map_or_else(|| self.registry.format("generic"), Ok)
    }

    fn at(&self, known: Option<&'l Format>) -> Result<Judgement> {
        let format = self.format_or_generic(known)?;
        let rules = self.rules(format);
        // Before a format is known, a heading row may be in the words of any.
        let others = self.registry.formats().filter(|_| known.is_none());
        let lexicon = Lexicon::new(rules, others);
        let claims = |heading: &str| lexicon.claims(heading);
        let settings = &*self.settings;
        let records: Vec<_> = format.decode.records.iter().map(String::as_str).collect();
        let wanted = Known {
            encoding: settings.encoding.as_deref(),
            usual_encoding: format.decode.encoding.as_deref(),
            delimiter: settings.delimiter.or(format.decode.delimiter),
            sheet: settings.sheet.as_deref().or(format.decode.sheet.as_deref()),
            records: Wanted { records: &records, items_apart: false },
            as_agora: format.name == AGORA,
            ..Known::default()
        };
        let mut seen = self.subject.look(wanted, &format.limits, &claims)?;
        let positions = rules.positions();
        let sample = &mut seen.sample;
        let has_heading = match &positions {
            // Columns given by number: a heading row is only what names just these columns.
            Some(mapping) => sample.is_known && names_its_columns(&sample.headings, mapping, &claims),
            None => sample.is_known || seen.layout.has_given_names(),
        };
        if !has_heading {
            sample.drop_heading();
        }
        Ok(Judgement { seen, positions, has_heading })
    }

    fn rules<'r>(&'r self, format: &'r Format) -> Rules<'r> {
        Rules { wishes: &self.settings.maps, format, dictionary: self.registry.dictionary(), path: &self.subject.path }
    }

    /// The manufacturer that the user or the format chose.
    fn supplier(&self, format: &Format) -> Result<Option<ManufacturerId>> {
        let Some(name) = self.settings.supplier.as_ref().or(format.supplier.as_ref()) else { return Ok(None) };
        self.registry.one_manufacturer(name).map(Some)
    }
}

/// Whether the required columns of a mapping by number bear headings of their fields.
fn names_its_columns(headings: &[String], mapping: &Mapping, claims: Claims<'_>) -> bool {
    [Field::Reference, Field::Quantity].into_iter().all(|field| {
        let heading = mapping.column(field).and_then(|column| headings.get(column));
        heading.is_some_and(|heading| claims(heading).iter().any(|claim| claim.target == Some(field)))
    })
}

impl Judgement {
    /// Where the keys of a corrected report stand, if it is one.
    fn key(&self, look: &Look<'_>) -> Option<ReportKey> {
        ReportKey::of(&self.seen, &look.subject)
    }

    fn plan(self, look: &mut Look<'_>, known: Option<&Format>, catalogue: &Catalogue) -> Result<Plan> {
        let mut format = look.format_or_generic(None)?.clone();
        if let Some(known) = known {
            format = known.clone();
        }
        let supplier = look.supplier(&format)?;
        format.accept = look.settings.accept.unwrap_or(format.accept);
        format.reject_limit = look.settings.reject_limit.or(format.reject_limit);
        let Seen { layout, sample } = &self.seen;
        let body = sample.body();
        let mapping = match (&self.positions, self.has_heading) {
            (Some(positions), _) => positions.clone().with_headings(sample.headings.clone()),
            (None, true) => {
                let evidence = |field, column| evidence(body, &format, catalogue, field, column);
                map::assign(&sample.headings, look.rules(&format), &evidence)?
            }
            (None, false) => return Err(self.no_heading(look, &format, catalogue)),
        };
        let columns = sample.records.iter().map(|record| record.cells.len()).max().unwrap_or(0);
        if columns > format.limits.columns {
            let arguments =
                Arguments::none().with("what", format_args!("columns {columns}")).with("limit", format.limits.columns);
            return Err(Error::new(Code::LimitExceeded, arguments));
        }
        let earliest = look.settings.today.filter(|_| format.column(Field::DesiredDeliveryDate).not_past);
        let survey = look.subject.survey.clone();
        let is_whole = layout.dialect().is_none() || look.subject.is_whole(survey.head.len());
        if is_whole && sample.records.len() < SAMPLE_ROWS && body.iter().all(SampleRecord::is_blank) {
            return Err(Error::new(Code::HeadingAlone, Arguments::none().with("path", &look.subject.path)));
        }
        let cells = |field| {
            let column = mapping.column(field);
            body.iter().filter_map(move |record| record.cells.get(column?).map(String::as_str))
        };
        let is_workbook = matches!(layout, Layout::Workbook { .. });
        let forms = Forms::agree(&format, is_workbook, cells);
        let usual_quantity = usual(cells(Field::Quantity).filter_map(|cell| cell.trim().parse().ok()).collect());
        Ok(Plan {
            survey,
            dialect: layout.plain().unwrap_or(MADE),
            heading_line: sample.heading_line(),
            first_line: body.first().map_or(0, |record| record.line),
            frame: sample.frame.clone(),
            layout: self.seen.layout,
            mapping,
            forms,
            format,
            supplier,
            usual_quantity,
            key: None,
            earliest,
        })
    }

    fn no_heading(&self, look: &Look<'_>, format: &Format, catalogue: &Catalogue) -> Error {
        let records = &self.seen.sample.records;
        let arguments = Arguments::none().with("path", &look.subject.path);
        let Some(first) = records.iter().find(|record| !record.is_blank()) else {
            let is_whole = look.subject.is_whole(look.subject.survey.head.len());
            return Error::new(if is_whole { Code::FileEmpty } else { Code::HeadingUnknown }, arguments);
        };
        // A heading that the user named and that is not there is the likelier slip.
        let is_there =
            |name: &str| records.iter().any(|record| record.cells.iter().any(|cell| fold(cell) == fold(name)));
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
        let lexicon = Lexicon::new(look.rules(format), std::iter::empty());
        let columns = columns(&self.seen.sample, &lexicon, format, Some(catalogue));
        let place = |field| columns.iter().position(|column| column.field == Some(field)).map(|place| place + 1);
        let arguments = arguments.with("found", text);
        Error::new(
            Code::HeadingUnknown,
            match (place(Field::Reference), place(Field::Quantity)) {
                (Some(reference), Some(quantity)) => {
                    arguments.with("proposal", format_args!("--map reference=#{reference} --map quantity=#{quantity}"))
                }
                _ => arguments,
            },
        )
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
