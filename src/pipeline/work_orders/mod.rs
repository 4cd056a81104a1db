//! Work orders: read from files, checked, kept aside in the order of their numbers, exported.
//!
//! What enters: a [`WorkOrderRequest`]: files, formats, what the user chose. What leaves: [`WorkOrders`], which can be gone
//! through as often as needed, and documents under their final names.
//! What is refused: all, when one file cannot be read; single work orders that are faulty or differ from one of the same
//! number. Memory holds some forty bytes of each work order; the rest lies in a temporary file.

mod export;
mod kept;
mod read;
mod spool;

pub use export::{ExportKind, ExportOrder, ExportTarget, Exported, export_work_orders};
pub use kept::{kept_work_order, work_order_body};
pub use read::{FileNotes, Noticed, WorkOrderRequest, WorkOrders, read_work_orders};
