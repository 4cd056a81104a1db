//! STAGE 2: records become drafts.
//!
//! What enters: records, the headings, the format, what the user says with `--map`.
//! What leaves: a [`Mapping`] of fields to columns, and for each record a [`Draft`] with its typed values; a
//! [`WorkOrderDraft`] for each work order.
//! What is refused: a mapping that lacks a required field, or that could be meant in two ways; never a record: a value
//! that cannot be read is a [`Reading::Unreadable`] of its draft.
//!
//! Repair files and warranty claims have a mapping and drafts of their own ([`EntryMapping`], [`EntryDraft`]), since one of
//! them may take several records.

mod assign;
mod draft;
mod entry;
mod entry_mapping;
mod forms;
mod headings;
mod mapping;
mod day_times;
mod part_list;
mod work_order;

pub use assign::{Evidence, Lexicon, Place, Rules, Wish, assign};
pub use day_times::DayTimeForms;
pub use draft::{Draft, Reader, Reading};
pub use entry::{Dated, EntryColumns, EntryDraft, EntryReader, EntryRow, whole};
pub use entry_mapping::{EntryMapping, kind_of};
pub use forms::{Forms, PriceForm, looks_like_date, looks_like_price, looks_like_quantity};
pub use headings::Headings;
pub use mapping::Mapping;
pub use part_list::{ListedPart, part_list};
pub use work_order::{
    Clock, Heard, Take, WorkOrderDraft, WorkOrderListener, WorkOrderTable, field_of, headings_of, read_value,
};
