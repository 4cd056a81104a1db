//! Imports written down in a ledger: what is asked before, what is kept after.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::known::{Correction, EarlierFiles, Known, read_key};
use super::super::plan::{Plan, ReportKey};
use super::spool::Repeated;
use super::{ImportRequest, Settings};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{Registry, RepeatPolicy, fold};
use crate::ledger::{ImportBook, ImportEntry, ImportHead, ImportId, ImportOrigin, KnownImports, Stamp};
use crate::map::{Place, Wish};
use crate::model::Field;

/// Where imports are written down.
pub struct Booking<'b> {
    /// The book of imports.
    pub ledger: &'b mut dyn ImportBook,
    /// When, and by whom.
    pub stamp: Stamp,
    /// How the files came in.
    pub origin: ImportOrigin,
    /// Whether a file is taken once more that is there already.
    pub again: bool,
    /// The folder of the workspace; paths in it are kept as seen from it, so that it can be moved.
    pub home: PathBuf,
}

/// Where reports go below the folder of a workspace, a folder for each import.
pub(super) const REPORTS: &str = "out";

/// A file that came to the ledger.
pub(super) struct Arrival {
    file: String,
    again: bool,
    correction: Option<Correction>,
    earlier: Option<EarlierFiles>,
}

/// How a file was read, for those that correct it.
#[derive(Serialize, Deserialize)]
struct Kept {
    format: String,
    supplier: Option<u32>,
    /// How many columns the file has.
    width: usize,
    columns: BTreeMap<String, KeptColumn>,
}

/// Where a field stood.
#[derive(Serialize, Deserialize)]
struct KeptColumn {
    /// What reports call the column.
    heading: String,
    /// From 0.
    column: usize,
    /// Whether no other column is called so.
    alone: bool,
}

impl Booking<'_> {
    /// How the file is read that a corrected report corrects, and which import that was.
    pub(super) fn parent(&self, key: &ReportKey, settings: &Settings) -> Result<(ImportEntry, Settings)> {
        let unknown = || Error::new(Code::CorrectionUnknown, Arguments::none().with("path", &key.path));
        let (hash, ..) = read_key(&key.first).ok_or_else(unknown)?;
        let parent = self.ledger.import_to_correct(hash)?.ok_or_else(unknown)?;
        let kept: Kept = serde_json::from_str(&parent.settings).map_err(|_| unknown())?;
        // The workbook has columns of ours before the sender's, the list of refused lines has not.
        let shift = key.column.saturating_sub(kept.width);
        let shift = if shift >= crate::report::OWN_COLUMNS { crate::report::OWN_COLUMNS } else { 0 };
        let maps = kept.columns.iter().filter_map(|(name, kept)| {
            let place =
                if kept.alone { Place::Heading(kept.heading.clone()) } else { Place::Column(kept.column + shift) };
            Some(Wish { field: Field::from_name(name)?, place })
        });
        let settings = Settings {
            format: Some(kept.format),
            supplier: kept.supplier.map(|id| id.to_string()),
            maps: maps.collect(),
            // The report is written in a way of its own, whatever the format says of the sender's files.
            sheet: key.sheet.clone(),
            delimiter: key.delimiter,
            ..settings.clone()
        };
        Ok((parent, settings))
    }
}

/// What is known of a file before its lines are.
pub(super) fn import_head(
    (origin, stamp): (ImportOrigin, &Stamp),
    name: &str,
    plan: &Plan,
    parent: Option<&ImportEntry>,
    request: &ImportRequest<'_>,
) -> ImportHead {
    ImportHead {
        origin: if parent.is_some() { ImportOrigin::Correction } else { origin },
        parent: parent.map(|parent| parent.id),
        file: name.to_owned(),
        hash: plan.survey.hash.clone(),
        bytes: plan.survey.bytes,
        format: plan.format.name.clone(),
        format_hash: format_hash(request.registry, &plan.format.name),
        settings: kept(plan),
        reference: reference(plan, request),
        stamp: stamp.clone(),
    }
}

/// Whose file it is and what its sender calls it, where the file says so.
fn reference(plan: &Plan, request: &ImportRequest<'_>) -> Option<(String, String)> {
    let header = plan.layout.agora()?.contents().header;
    let own = request.account.map(|account| account.code.clone()).unwrap_or_default();
    let customer = Some(header.customer_code).filter(|code| !code.is_empty()).unwrap_or(own);
    Some((customer, header.file_reference))
}

impl Arrival {
    /// A file that may come in, as far as `known` tells. While it is written down that is the record itself, so that
    /// nothing that comes at the same time goes unseen.
    pub(super) fn new(
        head: &ImportHead,
        plan: &Plan,
        parent: Option<&ImportEntry>,
        again: bool,
        known: &dyn KnownImports,
    ) -> std::result::Result<Self, Turned> {
        if !again {
            check_known(head, known)?;
        }
        let correction = match (parent, &plan.key) {
            (Some(parent), Some(key)) => {
                Some(Correction::new(key.column, parent.hash.clone(), known.refused_lines(parent.id)?))
            }
            _ => None,
        };
        let repeats = plan.format.repeats;
        let policy = if again { RepeatPolicy::Accept } else { repeats.policy };
        let earlier = if policy == RepeatPolicy::Accept {
            None
        } else {
            let lines = known.earlier_lines(head.stamp.at.days_before(repeats.days), head.parent)?;
            Some(EarlierFiles { lines, policy })
        };
        Ok(Self { file: head.file.clone(), again, correction, earlier })
    }

    /// A file that was read already, and for whose needs other files brought lines.
    pub(super) fn repeating(file: &str, lines: Repeated, policy: RepeatPolicy) -> Self {
        let earlier = Some(EarlierFiles { lines: Box::new(lines), policy });
        Self { file: file.to_owned(), again: false, correction: None, earlier }
    }

    /// What lines are judged by.
    pub(super) fn known(&self) -> Known<'_> {
        Known { earlier: self.earlier.as_ref(), correction: self.correction.as_ref() }
    }

    /// Takes in that several rows of a correction stand for one line; whether that was not known yet.
    pub(super) fn repeat(&mut self, rows: Vec<u64>) -> bool {
        self.correction.as_mut().is_some_and(|correction| correction.repeat(rows))
    }

    /// Refuses lines that are there already in whatever other form.
    pub(super) fn check_content(&self, content: &str, known: &dyn KnownImports) -> std::result::Result<(), Turned> {
        if self.again || self.correction.is_some() {
            return Ok(());
        }
        match known.import_of_content(content)? {
            Some(earlier) => Err(Turned::duplicate(Code::DuplicateContent, &self.file, &earlier)),
            None => Ok(()),
        }
    }
}

/// A file that does not come in.
pub(super) struct Turned {
    pub(super) error: Error,
    /// The import that took it before.
    pub(super) duplicate_of: Option<ImportId>,
}

impl From<Error> for Turned {
    fn from(error: Error) -> Self {
        Self { error, duplicate_of: None }
    }
}

impl Turned {
    pub(super) fn duplicate(code: Code, file: &str, earlier: &ImportEntry) -> Self {
        let day = earlier.received_at.day().map(|day| day.to_string()).unwrap_or_default();
        let arguments = Arguments::none().with("path", file).with("file", &earlier.file).with("import", earlier.id.0);
        Self { error: Error::new(code, arguments.with("day", day)), duplicate_of: Some(earlier.id) }
    }
}

/// Refuses a file that came before, by its bytes or by the name that its sender gave it.
pub(super) fn check_known(head: &ImportHead, known: &dyn KnownImports) -> std::result::Result<(), Turned> {
    if let Some(earlier) = known.import_of_bytes(&head.hash)? {
        return Err(Turned::duplicate(Code::DuplicateFile, &head.file, &earlier));
    }
    let Some((customer, reference)) = &head.reference else { return Ok(()) };
    let Some(earlier) = known.import_of_reference(customer, reference)? else { return Ok(()) };
    let arguments = Arguments::none().with("reference", reference).with("import", earlier.id.0);
    Err(Error::new(Code::FileReferenceReused, arguments.with("file", earlier.file).with("path", &head.file)).into())
}

/// Where the reports of an import go in a workspace.
pub(super) fn reports_folder(home: &Path, id: ImportId) -> PathBuf {
    home.join(REPORTS).join(format!("import-{:06}", id.0))
}

/// What the columns of a file are called in reports that may come back corrected. A column without a heading bears the
/// name of its field, by which it is found again.
pub(super) fn report_headings(plan: &Plan) -> Vec<String> {
    let last = Field::ALL.into_iter().filter_map(|field| plan.mapping.column(field)).max().map_or(0, |last| last + 1);
    let headings = plan.mapping.headings();
    (0..headings.len().max(last))
        .map(|column| match plan.mapping.field(column) {
            Some(field) if headings.is_empty() => field.name().to_owned(),
            _ => plan.mapping.heading(column),
        })
        .collect()
}

/// How a file was read, as JSON.
fn kept(plan: &Plan) -> String {
    let headings = report_headings(plan);
    let mut names = BTreeSet::new();
    let double: BTreeSet<_> =
        headings.iter().map(|name| fold(name)).filter(|name| !names.insert(name.clone())).collect();
    let columns = Field::ALL.into_iter().filter_map(|field| {
        let column = plan.mapping.column(field)?;
        let heading = headings.get(column)?.clone();
        let alone = !double.contains(&fold(&heading));
        Some((field.name().to_owned(), KeptColumn { heading, column, alone }))
    });
    let kept = Kept {
        format: plan.format.name.clone(),
        supplier: plan.supplier.map(|id| id.0),
        width: headings.len(),
        columns: columns.collect(),
    };
    // Texts and numbers always have a JSON form.
    serde_json::to_string(&kept).unwrap_or_default()
}

/// Which version of a format read a file: a hash of what it and the defaults say.
fn format_hash(registry: &Registry, name: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for name in [name, "generic"] {
        hasher.update(registry.source(name).unwrap_or_default().as_bytes());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// A hash of what the lines of a file say, in whatever order they stand.
pub(super) fn content_hash(plan: &Plan, lines: u64, sum: u128) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&sum.to_le_bytes());
    hasher.update(&lines.to_le_bytes());
    hasher.update(&plan.supplier.map_or(0, |id| id.0).to_le_bytes());
    hasher.finalize().to_hex().to_string()
}
