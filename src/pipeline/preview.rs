//! The first lines of a file as an import would take them, each with what would be found.

use super::Stop;
use super::catalogue::CatalogueFile;
use super::chunk::{Judged, Wants};
use super::import::{Settings, first_limits};
use super::known::Known;
use super::pass::{Pass, terms};
use super::pieces::Pieces;
use super::plan::Plan;
use super::source::Source;
use super::verdict::{Findings, Verdict};
use crate::diagnostic::{Diagnostic, Result};
use crate::format::Registry;

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
    let opened = source.open(first_limits(registry, settings)?)?;
    let catalogue = &catalogue.catalogue;
    let plan = Plan::make(opened.plain_name(), &opened, registry, catalogue, settings, None)?;
    let lexicon = plan.lexicon(registry);
    let pass = Pass {
        plan: &plan,
        terms: terms(&plan, catalogue, registry),
        verdict: &Verdict::default(),
        beyond: None,
        lexicon: &lexicon,
        known: Known::default(),
        progress: &(),
        stop: &Stop::default(),
    };
    let judge = pass.judge(Wants { refused_cells: true, all_cells: true, content: false });
    let mut pieces = Pieces::of(&plan.layout, plan.mapping.width(), &opened, registry, &plan.format.limits, BYTES)?;
    let (mut judged, mut lines, mut findings) = (Judged::default(), Vec::new(), Findings::default());
    while lines.len() < most {
        let Some(piece) = pieces.next(Vec::new()).map_err(|error| opened.row_failed(error))? else {
            // All of the file was seen: what stands below the table is no line.
            if let Some(beyond) = findings.beyond(&plan.frame) {
                let is_heading = |line: &PreviewLine| line.line == beyond.line && beyond.is_other_table();
                lines.retain(|line: &PreviewLine| line.line < beyond.line || is_heading(line));
            }
            break;
        };
        judge.piece(&piece, &mut judged);
        findings.take_outside(&judged);
        let room = most - lines.len();
        lines.extend(judged.rows.iter().take(room).map(|row| PreviewLine {
            line: row.line,
            accepted: row.accepted,
            cells: row.cells.clone(),
            diagnostics: judged.diagnostics[row.diagnostics.clone()].to_vec(),
        }));
    }
    drop(lexicon);
    Ok(Preview { plan, lines })
}
