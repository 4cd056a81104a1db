//! The files of the after-sales trade, turned into work that is done.
//!
//! ```text
//! bytes ─decode─▶ RawRecord ─map─▶ Draft ─validate─▶ OrderLine ─split─▶ Basket ─export─▶ bytes
//!                                       └────────▶ Diagnostic ─report─▶ errors.csv / .xlsx / summary.json
//! ```
//!
//! Ground: `memory`, [`model`], [`diagnostic`], [`catalogue`], [`mod@format`]. Stages, in the order of the data: [`decode`],
//! [`map`], [`validate`], [`split`], [`export`]; they never name one another. Conduct: [`pipeline`], the only code that
//! names two stages, and [`report`], which speaks to the sender. The command line lives in the binary.

mod memory;
pub mod model;
pub mod diagnostic;
pub mod delimited;
pub mod catalogue;
pub mod format;
pub mod ledger;
pub mod decode;
pub mod map;
pub mod validate;
pub mod split;
pub mod export;
pub mod report;
pub mod pipeline;
pub mod workspace;
pub mod notification;
