//! CONDUCT: the only code that names two stages.
//!
//! What enters: an [`ImportRequest`] or a [`DepositRequest`]: files, a catalogue, what the user chose.
//! What leaves: baskets or created entries and reports under their final names, and a [`Summary`] per file.
//! What is refused: a file as a whole, with an [`Error`](crate::diagnostic::Error); then nothing of it is written.
//!
//! A file is looked at twice: once for everything that the whole decides (encoding, identity), once to be read. Whatever
//! kind of file it is, it comes in pieces of delimited text; pieces are mapped and judged in parallel; results are folded
//! in the order of the file, so that the number of threads changes no byte of the output.

mod catalogue;
mod chunk;
mod convert;
mod conveyor;
mod copy;
mod deposit;
mod errand;
mod fault_reports;
mod folder;
mod gather;
mod guess;
mod import;
mod known;
mod look;
mod pass;
mod pieces;
mod plan;
mod preview;
mod source;
mod table;
mod verdict;
mod work_orders;

pub use catalogue::{CatalogueFile, CatalogueUpdate, build_catalogue, open_catalogue, update_catalogue};
pub use convert::{ConvertRequest, Converted, NOTED_LINES, Noted, Outside, Target, convert};
pub use deposit::{
    DepositAccept, DepositBooking, DepositPlan, DepositRequest, DepositSettings, EntryRequest, JudgedEntry, PLACES,
    deposit, judge_entry, settle_file,
};
pub use errand::{Recognised, deposit_kinds, recognise};
pub use folder::{Folder, SYNCS_DISKS, finish_folder, remove_folder, sweep_beside, sync_disk, try_folder, write_file};
pub use gather::{Batch, FileResult};
pub use guess::{ColumnGuess, Guess, GuessSettings, guess};
pub use import::{Ahead, Booking, Counted, ImportRequest, ReadAhead, Room, Settings, import, read_ahead};
pub use look::{Ends, Layout};
pub use plan::Plan;
pub use preview::{Preview, PreviewLine, preview};
pub use source::{Opened, Source, file_hash, hash_of};
pub use table::{Document, Table, TableLine, read_document, read_table, read_whole};
pub use work_orders::{
    ExportKind, ExportOrder, ExportTarget, Exported, FileNotes, Noticed, WorkOrderRequest, WorkOrders,
    export_work_orders, kept_work_order, read_work_orders, work_order_body,
};

use std::sync::atomic::{AtomicU8, Ordering};

use crate::diagnostic::{Arguments, Code, Error};

/// Told how far a run is; a terminal shows it.
pub trait Progress: Sync {
    /// A file of so many bytes is begun.
    fn begin(&self, file: &str, bytes: u64);
    /// So many bytes more are done.
    fn advance(&self, bytes: u64);
    /// The file is done.
    fn end(&self);
}

/// Nobody watches.
impl Progress for () {
    fn begin(&self, _file: &str, _bytes: u64) {}
    fn advance(&self, _bytes: u64) {}
    fn end(&self) {}
}

/// Whether a run was asked to stop; looked at between chunks.
#[derive(Debug, Default)]
pub struct Stop {
    asked: AtomicU8,
    /// After how many more looks it is asked; none: as it comes.
    #[cfg(test)]
    looks: Option<std::sync::atomic::AtomicI64>,
}

impl Stop {
    /// Is asked to stop by the look at it that comes after so many.
    #[cfg(test)]
    pub(crate) fn after(looks: i64) -> Self {
        Self { looks: Some(looks.into()), ..Self::default() }
    }

    /// Asks to stop because of Ctrl-C.
    pub fn interrupt(&self) {
        self.asked.store(1, Ordering::Relaxed);
    }

    /// Asks to stop because the system says so.
    pub fn terminate(&self) {
        self.asked.store(2, Ordering::Relaxed);
    }

    /// An error when it was asked to stop.
    pub fn check(&self) -> Result<(), Error> {
        #[cfg(test)]
        if self.looks.as_ref().is_some_and(|looks| looks.fetch_sub(1, Ordering::Relaxed) <= 0) {
            self.interrupt();
        }
        match self.asked.load(Ordering::Relaxed) {
            0 => Ok(()),
            1 => Err(Error::new(Code::Interrupted, Arguments::none())),
            _ => Err(Error::new(Code::Terminated, Arguments::none())),
        }
    }
}
