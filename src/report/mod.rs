//! STAGE 6: diagnostics and counts become what people and programs read.
//!
//! What enters: judged rows in the order of the file, then the [`Summary`]; work orders that people want to see.
//! What leaves: `errors.csv`, `refused.csv`, the annotated workbook, `summary.json`, `validation.json`, the text for a terminal;
//! what machines are told of a file that came in; every list, as a table, CSV, a workbook or JSON ([`listing`]); work orders
//! as workbooks and as pages to be printed; events, as mails and as JSON; the sheet of the morning.
//! What is refused: nothing; text of strangers is escaped before a terminal sees it.
//!
//! The only place, besides the command line, where messages are put into words; the words stand in the error catalogue
//! and in `texts.toml`.

mod acknowledgement;
mod annotated;
mod chart;
mod clock;
mod deposit_json;
mod errors;
mod event;
mod json;
mod lines;
pub mod listing;
mod morning;
mod refused;
mod summary;
mod terminal;
pub mod text;
mod validation;
mod work_order;
pub mod workbook;

pub use acknowledgement::Acknowledgement;
pub use annotated::AnnotatedErrors;
pub use chart::{Bar, share_chart};
pub use clock::{shown_day, shown_moment, shown_time};
pub use errors::ErrorList;
pub use event::{Announcement, event_json};
pub use json::{Reported, batch_json, error_json, summary_json};
pub use lines::LineList;
pub use morning::{MorningObject, MorningSheet, PutAside, ToCorrect, morning_html, render_morning};
pub use refused::RefusedList;
pub use summary::{
    CatalogueNote, Cause, Causes, ColumnUse, DepositSummary, DepositTotals, Example, ManufacturerTotals, Summary,
};
pub use terminal::{escape, render_catalogue, render_deposit, render_error, render_finding, render_summary};
pub use validation::{FindingObject, ValidationList, ValidationObject};
pub use work_order::{
    WorkOrderPages, close_kind_word, deadline_word, render_notices, render_work_order, render_work_orders,
    work_order_status_word,
};
pub use workbook::{KEY_HEADING, ListWorkbook, OWN_COLUMNS, is_disk_failure};
