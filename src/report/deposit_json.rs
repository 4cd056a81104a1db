//! The results of deposits as JSON: documented, versioned objects. `docs/deposits.md` describes them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::json::{
    CatalogueObject, CauseObject, ColumnObject, CountsObject, Reported, catalogue_object, cause_object, outcome, render,
};
use super::summary::{CatalogueNote, DepositSummary, DepositTotals};
use crate::diagnostic::{Exit, Severity};
use crate::model::{IgnoredReason, Language};

/// The shape of the objects; raised when a reader would have to change.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct DepositObject<'s> {
    kind: &'static str,
    version: u32,
    file: &'s str,
    hash: &'s str,
    bytes: u64,
    format: &'s str,
    encoding: &'s str,
    delimiter: Option<char>,
    source: &'static str,
    sheet: Option<&'s str>,
    heading_line: Option<u64>,
    columns: Vec<ColumnObject<'s>>,
    outcome: &'static str,
    exit: u8,
    #[serde(flatten)]
    counts: CountsObject,
    ignored_reasons: BTreeMap<&'static str, u64>,
    warned: u64,
    errors: BTreeMap<&'static str, u64>,
    warnings: BTreeMap<&'static str, u64>,
    manufacturers: BTreeMap<u32, TotalsObject<'s>>,
    causes: Vec<CauseObject>,
    catalogue: CatalogueObject<'s>,
}

/// The counts that every object of a deposit has. A claim or repair file that takes several records counts once.
#[derive(Serialize)]
struct TotalsObject<'s> {
    name: Option<&'s str>,
    claims: u64,
    parts: u64,
    part_quantity: u64,
    labour_minutes: u64,
    travel_km: u64,
}

impl<'s> TotalsObject<'s> {
    fn of(each: &'s DepositTotals) -> (u32, Self) {
        let totals = each.totals;
        let object = Self {
            name: each.name.as_deref(),
            claims: totals.entries,
            parts: totals.parts,
            part_quantity: totals.part_quantity,
            labour_minutes: totals.labour_minutes,
            travel_km: totals.travel_km,
        };
        (each.id.0, object)
    }
}

impl Reported for DepositTotals {
    const KIND: &'static str = "deposit";
    const BATCH: &'static str = "deposit-batch";
    const COUNTED: &'static str = "claims";

    fn json(summary: &DepositSummary, catalogue: &CatalogueNote, exit: Exit, language: Language) -> String {
        let by_code = |severity: Severity| {
            let causes = summary.causes.iter().filter(|cause| cause.severity == severity);
            causes.map(|cause| (cause.code.name(), cause.count)).collect()
        };
        let columns = summary.columns.iter();
        render(&DepositObject {
            kind: Self::KIND,
            version: VERSION,
            file: &summary.file,
            hash: &summary.hash,
            bytes: summary.bytes,
            format: &summary.format,
            encoding: &summary.encoding,
            delimiter: summary.delimiter,
            source: summary.source,
            sheet: summary.sheet.as_deref(),
            heading_line: summary.heading_line,
            columns: columns
                .map(|column| ColumnObject { heading: &column.heading, field: column.field.as_deref() })
                .collect(),
            outcome: outcome(exit),
            exit: exit.code(),
            counts: CountsObject::of::<Self>(&summary.counts),
            ignored_reasons: IgnoredReason::ALL
                .into_iter()
                .map(|reason| (reason.name(), summary.ignored(reason)))
                .collect(),
            warned: summary.counts.warned,
            errors: by_code(Severity::Error),
            warnings: by_code(Severity::Warning),
            manufacturers: summary.manufacturers.iter().map(TotalsObject::of).collect(),
            causes: summary.causes.iter().map(|cause| cause_object(cause, language)).collect(),
            catalogue: catalogue_object(catalogue),
        })
    }
}
