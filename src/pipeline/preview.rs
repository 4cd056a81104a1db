//! The first lines of a file as an import would take them, each with what would be found.

use super::catalogue::CatalogueFile;
use super::chunk::{Judge, Judged, Wants};
use super::import::Settings;
use super::pass::{limit_exceeded, terms};
use super::plan::Plan;
use super::source::Source;
use super::verdict::Verdict;
use crate::decode::Text;
use crate::delimited::Chunks;
use crate::diagnostic::{Diagnostic, Result};
use crate::format::Registry;
use crate::map::Reader;
use crate::split::MergeKey;

/// A line of a preview.
#[derive(Debug)]
pub struct PreviewLine {
    /// Its line in the file.
    pub line: u64,
    /// Whether an import would take it.
    pub accepted: bool,
    /// Its cells, as they stand in the file.
    pub cells: Vec<String>,
    /// What is wrong or doubtful.
    pub diagnostics: Vec<Diagnostic>,
}

/// The beginning of a file.
#[derive(Debug)]
pub struct Preview {
    /// How the file would be read.
    pub plan: Plan,
    /// The first lines.
    pub lines: Vec<PreviewLine>,
}

/// Bytes of the file that are judged for a preview.
const BYTES: usize = 64 << 10;

/// Judges the first `most` lines of a file; nothing is written.
pub fn preview(
    source: &Source,
    registry: &Registry,
    catalogue: &CatalogueFile,
    settings: &Settings,
    most: usize,
) -> Result<Preview> {
    let opened = source.open()?;
    let catalogue = &catalogue.catalogue;
    let plan = Plan::make(&source.name(), &opened, registry, catalogue, settings)?;
    let judge = Judge {
        plan: &plan,
        reader: Reader::new(&plan.mapping, plan.charset(), plan.forms, plan.format.tolerant),
        terms: terms(&plan, catalogue, registry),
        verdict: &Verdict::default(),
        wants: Wants { refused_cells: true, all_cells: true },
        key: MergeKey::of(&plan.format.merge_key),
    };
    let mut chunks = Chunks::new(Text::new(opened.rewind()?, plan.encoding, plan.line_ends), plan.dialect, BYTES);
    let mut skip = plan.heading.map_or(0, |place| place + 1);
    let (mut judged, mut lines) = (Judged::default(), Vec::new());
    while lines.len() < most {
        let chunk = chunks.next(Vec::new()).map_err(|error| match error.kind() {
            // A record without end (`Chunks::next`).
            std::io::ErrorKind::InvalidData => limit_exceeded("record-bytes", plan.format.limits.record_bytes),
            _ => opened.failed(error),
        })?;
        let Some(chunk) = chunk else { break };
        judge.chunk(&chunk, std::mem::take(&mut skip), &mut judged);
        let room = most - lines.len();
        lines.extend(judged.rows.iter().take(room).map(|row| PreviewLine {
            line: row.line,
            accepted: row.accepted,
            cells: row.cells.clone(),
            diagnostics: judged.diagnostics[row.diagnostics.clone()].to_vec(),
        }));
    }
    Ok(Preview { plan, lines })
}
