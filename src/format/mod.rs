//! What a file looks like, and what is known of the manufacturers: data, checked once at the start.
//!
//! What enters: the tree of `formats/` built into the program, and the same tree in a folder of the user, which lays
//! over it file by file (`overlay`, the only place here that touches the disk).
//! What leaves: a [`Registry`] of [`Format`]s with every default filled in, [`Manufacturer`]s found by id, name or
//! alias, the [`Dictionary`] of headings, lists to be written ([`ExportFormat`]), and small reference [`Table`]s.
//! What is refused: an unknown key (with the nearest known one), a value that cannot be, a line of a table that lacks
//! cells. A format cannot hold logic: it names fields, forms and numbers.

mod account;
mod calls;
mod check;
mod date_form;
mod export;
mod deposit;
mod drop_settings;
mod entry_fields;
mod file;
mod headings;
mod layout;
mod manufacturer;
mod morning;
mod nearest;
mod notification;
mod order_profile;
mod overlay;
mod read;
mod recognise;
mod registry;
mod reject_limit;
mod requirement;
mod resolve;
mod response;
mod retention;
mod rules;
mod schema;
mod solution;
mod status_codes;
mod table;
mod temporary_names;

pub use crate::model::fold;
pub use account::{Account, AutoAccept, WorkOrderRules};
pub use calls::{Call, Purpose};
pub use date_form::DateForm;
pub use deposit::{Deposits, RecordPlace};
pub use drop_settings::DropSettings;
pub use entry_fields::{EntryField, EntryFields, FieldId, FieldSet, Item, Key, ValueKind};
pub use export::{ExportColumn, ExportFormat};
pub use file::{Accept, RepeatPolicy};
pub use headings::{Claim, Dictionary, Target};
pub use layout::{Column, Decode, Doubt, Format, FormatTest, Limits, Localised, QuantityRange, Recognise, Repeats};
pub use manufacturer::{Manufacturer, Resolution, Shape};
pub use morning::MorningSettings;
pub use nearest::nearest;
pub use notification::{Login, MailSecurity, MailServer, NotificationRule, NotificationSettings, Secret, Webhook};
pub use order_profile::{DeliveryOption, OrderDatum, OrderFileProfile, OrderForm, OrderProfile};
pub use recognise::Recognition;
pub use registry::Registry;
pub use reject_limit::RejectLimit;
pub use requirement::{Requirement, Requirements};
pub use response::{ResponseField, ResponseFormat};
pub use retention::{Retention, RetentionPeriod};
pub use rules::{ManufacturerRules, Pattern, RepairType, Rules, StatusNeed};
pub use schema::schema;
pub use solution::{SOLUTION_KIND, SOLUTION_PROBLEM, SolutionField, SolutionForm, SolutionKind};
pub use status_codes::{StatusCode, StatusCodes, StatusRole};
pub use table::Table;

include!(concat!(env!("OUT_DIR"), "/built_in.rs"));
