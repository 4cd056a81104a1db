//! STAGE 2: records become drafts.
//!
//! What enters: records, the headings, the format, what the user says with `--map`.
//! What leaves: a [`Mapping`] of fields to columns, and for each record a [`Draft`] with its typed values; a
//! [`WorkOrderDraft`] for each work order.
//! What is refused: a mapping that lacks a required field, or that could be meant in two ways; never a record: a value
//! that cannot be read is a [`Reading::Unreadable`] of its draft.

mod assign;
mod draft;
mod forms;
mod mapping;
mod work_order;

pub use assign::{Evidence, Lexicon, Place, Rules, Wish, assign};
pub use draft::{Draft, Reader, Reading};
pub use forms::{Forms, PriceForm, looks_like_date, looks_like_price, looks_like_quantity};
pub use mapping::Mapping;
pub use work_order::{Clock, Heard, Take, WorkOrderDraft, WorkOrderListener, WorkOrderTable, field_of, read_value};
