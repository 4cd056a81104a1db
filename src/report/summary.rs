//! What became of one file.

use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Exit, Severity};
use crate::export::BasketTotals;
use crate::model::{AgoraContents, Counts, IgnoredReason, ManufacturerId};
use crate::validate::EntryTotals;

/// The result of one file, in numbers.
#[derive(Debug)]
pub struct Summary<M = ManufacturerTotals> {
    /// The bare name of the file.
    pub file: String,
    /// What an Agora order file says besides its lines.
    pub agora: Option<AgoraContents>,
    /// BLAKE3 of its bytes.
    pub hash: String,
    /// How long it is.
    pub bytes: u64,
    /// The format it was read by.
    pub format: String,
    /// The kind of file, such as `csv` or `xlsx`.
    pub source: &'static str,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The encoding it was read in.
    pub encoding: String,
    /// The character between its cells, where one stands.
    pub delimiter: Option<char>,
    /// The line of its heading, if it has one.
    pub heading_line: Option<u64>,
    /// What each column was taken for.
    pub columns: Vec<ColumnUse>,
    /// The one manufacturer it was imported for.
    pub supplier: Option<ManufacturerId>,
    /// What became of the records.
    pub counts: Counts,
    /// What each manufacturer has, by its id: a basket, or entries of a deposit.
    pub manufacturers: Vec<M>,
    /// Codes with counts and examples, the most frequent errors first.
    pub causes: Vec<Cause>,
    /// Why the whole file was refused, if it was.
    pub refusal: Option<Error>,
    /// The first records above and below the table: line and text.
    pub outside: Vec<(u64, String)>,
}

impl<M> Summary<M> {
    /// How the file ended.
    pub fn exit(&self, warnings_fail: bool) -> Exit {
        if self.counts.accepted == 0 {
            Exit::Rejected
        } else if self.counts.rejected > 0 || (warnings_fail && self.warnings() > 0) {
            Exit::Partial
        } else {
            Exit::Accepted
        }
    }

    /// Every error that was met, and how often.
    pub fn errors(&self) -> Vec<(Code, u64)> {
        let errors = self.causes.iter().filter(|cause| cause.severity == Severity::Error);
        errors.map(|cause| (cause.code, cause.count)).collect()
    }

    /// How many warnings were given.
    pub fn warnings(&self) -> u64 {
        self.causes.iter().filter(|cause| cause.severity == Severity::Warning).map(|cause| cause.count).sum()
    }

    /// Records ignored for a reason.
    pub fn ignored(&self, reason: IgnoredReason) -> u64 {
        self.counts.ignored[reason as usize]
    }
}

/// A column of the file and what it was taken for.
#[derive(Clone, Debug)]
pub struct ColumnUse {
    /// Its heading as written, or `#` and its number.
    pub heading: String,
    /// The name of the field it holds.
    pub field: Option<String>,
}

/// One basket in numbers.
#[derive(Clone, Debug)]
pub struct ManufacturerTotals {
    /// Whose basket it is.
    pub id: ManufacturerId,
    /// The manufacturer's name, if it is known.
    pub name: Option<String>,
    /// Source lines that went in.
    pub lines: u64,
    /// Lines it has.
    pub basket_lines: u64,
    /// What it comes to.
    pub totals: BasketTotals,
}

/// The result of one deposit, in numbers.
pub type DepositSummary = Summary<DepositTotals>;

/// What was created for one manufacturer, in numbers.
#[derive(Clone, Debug)]
pub struct DepositTotals {
    /// The manufacturer.
    pub id: ManufacturerId,
    /// Its name, if it is known.
    pub name: Option<String>,
    /// What its entries add up to.
    pub totals: EntryTotals,
}

/// One code, how often, and where first.
#[derive(Clone, Debug)]
pub struct Cause {
    /// What is wrong.
    pub code: Code,
    /// Whether it refused.
    pub severity: Severity,
    /// How often.
    pub count: u64,
    /// The first few.
    pub examples: Vec<Example>,
}

impl Cause {
    /// What all its examples have in common, for the one sentence that stands for all.
    pub fn shared_arguments(&self) -> Arguments {
        Arguments::shared(self.examples.iter().map(|example| &example.diagnostic.arguments))
    }
}

/// Where a fault was found.
#[derive(Clone, Debug)]
pub struct Example {
    /// What was said.
    pub diagnostic: Diagnostic,
    /// What the column is called.
    pub column: Option<String>,
}

/// How many examples of a code are kept.
const EXAMPLES: usize = 3;

/// Codes counted while a file is read.
#[derive(Debug)]
pub struct Causes(Vec<Cause>);

impl Default for Causes {
    fn default() -> Self {
        let severities = [Severity::Error, Severity::Warning];
        let both =
            |code: &Code| severities.map(|severity| Cause { code: *code, severity, count: 0, examples: Vec::new() });
        Self(Code::all().iter().flat_map(both).collect())
    }
}

impl Causes {
    /// Counts one; `heading` names columns.
    pub fn add(&mut self, diagnostic: &Diagnostic, heading: impl Fn(usize) -> String) {
        self.add_shown(diagnostic, heading, Clone::clone);
    }

    /// Counts one, of which an example shows what `shown` makes of it.
    pub fn add_shown(
        &mut self,
        diagnostic: &Diagnostic,
        heading: impl Fn(usize) -> String,
        shown: impl Fn(&Diagnostic) -> Diagnostic,
    ) {
        let cause = &mut self.0[diagnostic.code as usize * 2 + diagnostic.severity as usize];
        cause.count += 1;
        if cause.examples.len() < EXAMPLES {
            let column = diagnostic.column.map(heading);
            cause.examples.push(Example { diagnostic: shown(diagnostic), column });
        }
    }

    /// The codes that occurred: errors before warnings, the most frequent first.
    pub fn into_sorted(self) -> Vec<Cause> {
        let mut causes: Vec<_> = self.0.into_iter().filter(|cause| cause.count > 0).collect();
        causes.sort_by_key(|cause| {
            (cause.severity, cause.code.is_consequence(), std::cmp::Reverse(cause.count), cause.code)
        });
        causes
    }
}

/// What is said of the catalogue that a run used.
#[derive(Clone, Debug)]
pub struct CatalogueNote {
    /// The bare name of its file.
    pub file: String,
    /// Parts that can be used.
    pub parts: u64,
    /// Rows that cannot.
    pub damaged: u64,
    /// Rows that give a part a second time.
    pub repeated: u64,
    /// Rows that withdraw their part.
    pub withdrawn: u64,
    /// The first of the rows at fault.
    pub diagnostics: Vec<Diagnostic>,
}
