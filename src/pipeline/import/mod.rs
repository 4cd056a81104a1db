//! Order files into baskets: those of the output folder, or those of a ledger.

mod ahead;
mod baskets;
mod booking;
mod file;
mod reports;
mod spool;

pub use ahead::{Ahead, Counted, ReadAhead, Room, read_ahead};
pub use booking::Booking;

use std::path::Path;

use super::catalogue::CatalogueFile;
use super::gather::{Batch, Gathered, gather};
use super::source::Source;
use super::{Progress, Stop};
use crate::diagnostic::Result;
use crate::export::Profile;
use crate::format::{Accept, Account, Limits, Registry, RejectLimit};
use crate::map::Wish;
use crate::model::{Day, Language};

/// What the user chose; what is not chosen, the format says.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "switches that the user sets one by one")]
pub struct Settings {
    /// The one manufacturer the files are for, by id, name or alias.
    pub supplier: Option<String>,
    /// The format to read them by.
    pub format: Option<String>,
    /// Fields whose columns the user gives.
    pub maps: Vec<Wish>,
    /// The encoding.
    pub encoding: Option<String>,
    /// The character between cells.
    pub delimiter: Option<u8>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// What a faulty line costs.
    pub accept: Option<Accept>,
    /// How many refused lines are too many.
    pub reject_limit: Option<RejectLimit>,
    /// For whom CSV files are written.
    pub profile: Profile,
    /// Whether `errors.csv` is written.
    pub report_csv: bool,
    /// Whether `errors.xlsx` is written.
    pub report_xlsx: bool,
    /// Whether `lines.csv` is written.
    pub report_lines: bool,
    /// Whether `errors.xlsx` shows the accepted lines, too.
    pub annotate_all: bool,
    /// Whether nothing is written at all.
    pub dry_run: bool,
    /// The day of the import; without it no date is too early.
    pub today: Option<Day>,
    /// Whether results survive a power cut; only benchmarks say no.
    pub sync: bool,
    /// Whether a warning makes an exit code of 3.
    pub warnings_fail: bool,
    /// The language of reports.
    pub language: Language,
}

/// Everything that an import needs.
#[derive(Clone, Copy)]
pub struct ImportRequest<'i> {
    /// The order files.
    pub files: &'i [Source],
    /// Where results go; `None`: where the booking says.
    pub out: Option<&'i Path>,
    /// The parts.
    pub catalogue: &'i CatalogueFile,
    /// Formats and manufacturers.
    pub registry: &'i Registry,
    /// Who orders; only told in a workspace.
    pub account: Option<&'i Account>,
    /// What the user chose.
    pub settings: &'i Settings,
    /// Told how far it is.
    pub progress: &'i dyn Progress,
    /// Asked whether to stop.
    pub stop: &'i Stop,
}

/// Imports order files, each on its own.
///
/// One file gives its results to the output folder, several to a folder each below it. An error is returned only when
/// nothing can be done at all or the run is asked to stop; what is wrong with one file is in its [`FileResult`](super::FileResult).
///
/// With a booking, accepted lines go to the baskets of its ledger instead of files.
pub fn import(request: &ImportRequest<'_>, mut booking: Option<&mut Booking<'_>>) -> Result<Batch> {
    let settings = request.settings;
    let gathered = Gathered {
        files: request.files,
        out: request.out.filter(|_| !settings.dry_run),
        limits: first_limits(request.registry, settings)?,
        catalogue: request.catalogue,
        sync: settings.sync,
        warnings_fail: settings.warnings_fail,
        language: settings.language,
        progress: request.progress,
    };
    gather(&gathered, |opened, out| file::import_file(request, booking.as_deref_mut(), opened, out))
}

/// The limits that hold before it is known which format a file has; an unknown one is told later, of each file.
pub(super) fn first_limits<'r>(registry: &'r Registry, settings: &Settings) -> Result<&'r Limits> {
    let chosen = settings.format.as_deref().and_then(|name| registry.format(name).ok());
    Ok(&chosen.map_or_else(|| registry.format("generic"), Ok)?.limits)
}
