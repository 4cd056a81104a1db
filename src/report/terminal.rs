//! The results for people at a terminal: what happened, what to do.

use super::annotated::ending;
use super::summary::{CatalogueNote, Cause, DepositSummary, DepositTotals, Example, ManufacturerTotals, Summary};
use super::text::{self, Text};
use crate::diagnostic::{Arguments, Code, Error, Exit, Severity};
use crate::export::BasketTotals;
use crate::model::{Counts, IgnoredReason, Language, Money};
use crate::validate::EntryTotals;

/// How long a shown value may be.
const VALUE_CHARACTERS: usize = 60;

/// Text of strangers, made harmless: control characters and those that turn the direction of writing are shown as codes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let dangerous = c.is_control()
            || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
        if dangerous {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// The summary of a file. `out` is where its results are, when they were written.
pub fn render_summary(summary: &Summary, out: Option<&str>, exit: Exit, language: Language) -> String {
    let mut table = Vec::new();
    Page { language }.baskets(&summary.manufacturers, &mut table);
    render(summary, table, out, exit, language)
}

/// The summary of a deposit. `out` is where its results are, when they were written.
pub fn render_deposit(summary: &DepositSummary, out: Option<&str>, exit: Exit, language: Language) -> String {
    let mut table = Vec::new();
    Page { language }.created(&summary.manufacturers, &mut table);
    render(summary, table, out, exit, language)
}

/// The summary of a file; `table` shows what its manufacturers have.
fn render<M>(summary: &Summary<M>, table: Vec<String>, out: Option<&str>, exit: Exit, language: Language) -> String {
    let page = Page { language };
    let mut lines = vec![format!("{} : {}", escape(&summary.file), page.word(ending(exit)))];
    if language == Language::English {
        lines[0] = format!("{}: {}", escape(&summary.file), page.word(ending(exit)));
    }
    lines.push(format!("  {}", page.how(summary)));
    lines.push(format!("  {}", page.counts(summary)));
    for (line, text) in &summary.outside {
        let shown = page.with(text::SUMMARY_PREAMBLE, &[("line", &line.to_string()), ("text", &shorten(text))]);
        lines.push(format!("    {shown}"));
    }
    if let Some(refusal) = &summary.refusal {
        lines.push(String::new());
        lines.push(format!("  {} ({})", page.word(text::SUMMARY_REFUSAL), refusal.code));
        lines.push(format!("    {}", escape(&refusal.message(language))));
        lines.push(format!("    → {}", escape(&refusal.remedy(language))));
    }
    lines.extend(table);
    for (severity, title) in [(Severity::Error, text::SUMMARY_ERRORS), (Severity::Warning, text::SUMMARY_WARNINGS)] {
        let causes: Vec<_> = summary
            .causes
            .iter()
            .filter(|cause| {
                cause.severity == severity
                    && summary.refusal.as_ref().is_none_or(|r| r.code != cause.code || cause.count > 1)
            })
            .collect();
        if !causes.is_empty() {
            lines.push(String::new());
            lines.push(format!("  {}", page.word(title)));
            for cause in causes {
                page.cause(cause, &mut lines);
            }
        }
    }
    if let Some(out) = out {
        lines.push(String::new());
        lines.push(format!("  → {}", escape(out)));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// An error with its remedy.
pub fn render_error(error: &Error, language: Language) -> String {
    render_finding(error.code, &error.arguments, language)
}

/// A code that was met, with its remedy.
pub fn render_finding(code: Code, arguments: &Arguments, language: Language) -> String {
    let space = if language == Language::French { "\u{a0}" } else { "" };
    let title = if code.severity() == Severity::Warning { text::WARNING } else { text::ERROR };
    format!(
        "{}[{code}]{space}: {}\n  → {}\n",
        title.get(language),
        escape(&code.message(language, arguments)),
        escape(&code.remedy(language, arguments))
    )
}

/// What is to be said of a catalogue, with the first rows at fault.
pub fn render_catalogue(note: &CatalogueNote, language: Language) -> String {
    let page = Page { language };
    let mut out = page.with(
        text::CATALOGUE_NOTE,
        &[
            ("file", &escape(&note.file)),
            ("parts", &page.number(note.parts)),
            ("damaged", &page.number(note.damaged)),
            ("repeated", &page.number(note.repeated)),
        ],
    );
    if note.withdrawn > 0 {
        out.push_str(", ");
        out.push_str(&page.with(text::CATALOGUE_WITHDRAWN, &[("count", &page.number(note.withdrawn))]));
    }
    out.push('\n');
    for diagnostic in note.diagnostics.iter().take(EXAMPLES) {
        let message = diagnostic.code.message(language, &diagnostic.arguments);
        let row = page.with(
            text::CATALOGUE_ROW,
            &[
                ("line", &diagnostic.line.to_string()),
                ("message", &escape(&message)),
                ("value", &shorten(&diagnostic.value)),
            ],
        );
        out.extend(["  ", &row, "\n"]);
    }
    out
}

/// How many rows at fault of a catalogue are shown.
const EXAMPLES: usize = 5;

fn shorten(text: &str) -> String {
    let text = text.trim();
    let mut shown: String = text.chars().take(VALUE_CHARACTERS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    escape(&shown)
}

/// An amount of a basket that only some baskets have.
type AmountOf = fn(&BasketTotals) -> Money;

/// One summary in one language.
pub(super) struct Page {
    pub(super) language: Language,
}

impl Page {
    fn word(&self, text: Text) -> &'static str {
        text.get(self.language)
    }

    fn with(&self, text: Text, arguments: &[(&str, &str)]) -> String {
        text.with(self.language, arguments)
    }

    /// A number with thousands apart, as people of the language write it.
    pub(super) fn number(&self, number: u64) -> String {
        self.group(&number.to_string())
    }

    pub(super) fn money(&self, amount: Money) -> String {
        let text = amount.to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, "00"));
        let point = if self.language == Language::French { ',' } else { '.' };
        format!("{}{point}{fraction}", self.group(whole))
    }

    fn group(&self, digits: &str) -> String {
        let separator = if self.language == Language::French { '\u{202f}' } else { ',' };
        let mut out = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                out.push(separator);
            }
            out.push(digit);
        }
        out
    }

    fn how<M>(&self, summary: &Summary<M>) -> String {
        let format = ("format", summary.format.as_str());
        let source = summary.source.to_uppercase();
        let mut how = match (summary.delimiter, &summary.sheet) {
            (Some(delimiter), _) => {
                let tab = self.word(text::SUMMARY_TAB);
                let delimiter = if delimiter == '\t' { tab.to_owned() } else { escape(&delimiter.to_string()) };
                self.with(text::SUMMARY_HOW, &[("encoding", &summary.encoding), ("delimiter", &delimiter), format])
            }
            (None, Some(sheet)) => {
                self.with(text::SUMMARY_HOW_SHEET, &[("source", &source), ("sheet", &escape(sheet)), format])
            }
            (None, None) => {
                self.with(text::SUMMARY_HOW_OTHER, &[("source", &source), ("encoding", &summary.encoding), format])
            }
        };
        if let Some(supplier) = summary.supplier {
            how.push_str(", ");
            how.push_str(&self.with(text::SUMMARY_SUPPLIER, &[("supplier", &supplier.to_string())]));
        }
        // The columns of an Agora order file are given, whatever is in them.
        let unmapped: Vec<_> = summary
            .columns
            .iter()
            .filter(|column| column.field.is_none() && summary.agora.is_none() && !column.heading.starts_with('#'))
            .map(|column| escape(&column.heading))
            .collect();
        if !unmapped.is_empty() {
            how.push_str("\n  ");
            how.push_str(&self.with(text::SUMMARY_UNMAPPED, &[("columns", &unmapped.join(", "))]));
        }
        how
    }

    fn counts<M>(&self, summary: &Summary<M>) -> String {
        let Counts { accepted, rejected, .. } = summary.counts;
        let mut line = self.with(
            text::SUMMARY_READ,
            &[
                ("read", &self.number(summary.counts.read())),
                ("accepted", &self.number(accepted)),
                ("rejected", &self.number(rejected)),
                ("ignored", &self.number(summary.counts.ignored())),
            ],
        );
        let reasons: Vec<_> = [
            (IgnoredReason::Blank, text::SUMMARY_IGNORED_BLANK),
            (IgnoredReason::Preamble, text::SUMMARY_IGNORED_PREAMBLE),
            (IgnoredReason::Footer, text::SUMMARY_IGNORED_FOOTER),
            (IgnoredReason::Comment, text::SUMMARY_IGNORED_COMMENT),
            (IgnoredReason::Heading, text::SUMMARY_IGNORED_HEADING),
            (IgnoredReason::OtherTable, text::SUMMARY_IGNORED_OTHER_TABLE),
            (IgnoredReason::OtherRecord, text::SUMMARY_IGNORED_OTHER_RECORD),
            (IgnoredReason::AlreadyTaken, text::SUMMARY_IGNORED_ALREADY_TAKEN),
        ]
        .into_iter()
        .filter(|(reason, _)| summary.ignored(*reason) > 0)
        .map(|(reason, word)| self.with(word, &[("count", &self.number(summary.ignored(reason)))]))
        .collect();
        if !reasons.is_empty() {
            line.extend([" (", &reasons.join(", "), ")"]);
        }
        line
    }

    fn baskets(&self, baskets: &[ManufacturerTotals], lines: &mut Vec<String>) {
        if baskets.is_empty() {
            return;
        }
        let heading = [text::BASKETS_LINES, text::BASKETS_LINES_MERGED, text::BASKETS_QUANTITY, text::BASKETS_AMOUNT];
        let mut rows = vec![vec![String::new(), self.word(text::SUMMARY_BASKETS).to_owned()]];
        rows[0].extend(heading.map(|word| self.word(word).to_owned()));
        // Deposits and contributions have a column only where a basket has any.
        let extras: [(Text, AmountOf); 2] = [
            (text::BASKETS_CORE_DEPOSIT, |totals| totals.core_deposit),
            (text::BASKETS_ECO_CONTRIBUTION, |totals| totals.eco_contribution),
        ];
        let extras =
            extras.map(|(word, amount)| (word, amount, baskets.iter().any(|each| amount(&each.totals) != Money::ZERO)));
        rows[0].extend(extras.iter().filter(|each| each.2).map(|(word, ..)| self.word(*word).to_owned()));
        let mut row = |id: String, name: &str, lines: u64, merged: u64, totals: &BasketTotals| {
            let mut cells = vec![id, escape(name), self.number(lines), self.number(merged)];
            cells.extend([self.number(totals.quantity), self.money(totals.amount)]);
            cells.extend(extras.iter().filter(|each| each.2).map(|(_, amount, _)| self.money(amount(totals))));
            rows.push(cells);
        };
        for each in baskets {
            row(
                each.id.to_string(),
                each.name.as_deref().unwrap_or_default(),
                each.lines,
                each.basket_lines,
                &each.totals,
            );
        }
        if baskets.len() > 1 {
            let sum = |count: fn(&ManufacturerTotals) -> u64| baskets.iter().map(count).sum();
            let total = baskets.iter().fold(BasketTotals::default(), |total, each| total.with(&each.totals));
            row(
                String::new(),
                self.word(text::SUMMARY_TOTAL),
                sum(|each| each.lines),
                sum(|each| each.basket_lines),
                &total,
            );
        }
        lines.push(String::new());
        lines.extend(table(&rows));
    }

    fn created(&self, manufacturers: &[DepositTotals], lines: &mut Vec<String>) {
        if manufacturers.is_empty() {
            return;
        }
        let heading = [
            text::CREATED_ENTRIES,
            text::CREATED_PARTS,
            text::BASKETS_QUANTITY,
            text::CREATED_MINUTES,
            text::CREATED_KILOMETRES,
        ];
        let mut rows = vec![vec![String::new(), self.word(text::SUMMARY_CREATED).to_owned()]];
        rows[0].extend(heading.map(|word| self.word(word).to_owned()));
        let mut row = |id: String, name: &str, totals: &EntryTotals| {
            let numbers = [totals.entries, totals.parts, totals.part_quantity, totals.labour_minutes, totals.travel_km];
            let mut cells = vec![id, escape(name)];
            cells.extend(numbers.map(|number| self.number(number)));
            rows.push(cells);
        };
        let mut total = EntryTotals::default();
        for each in manufacturers {
            row(each.id.to_string(), each.name.as_deref().unwrap_or_default(), &each.totals);
            total.add(&each.totals);
        }
        if manufacturers.len() > 1 {
            row(String::new(), self.word(text::SUMMARY_TOTAL), &total);
        }
        lines.push(String::new());
        lines.extend(self::table(&rows));
    }

    fn cause(&self, cause: &Cause, lines: &mut Vec<String>) {
        let arguments = cause.shared_arguments();
        let message = cause.code.message(self.language, &arguments);
        lines.push(format!("    {} × {}  {}", self.number(cause.count), cause.code, escape(&message)));
        // What is said of the whole file stands on no line.
        for example in cause.examples.iter().filter(|example| example.diagnostic.line > 0) {
            let own = cause.code.message(self.language, &example.diagnostic.arguments);
            // What all examples share stands above; below it, only what is each one's own.
            let detail = own.strip_prefix(&*message).unwrap_or(&own).trim_start_matches([' ', ':', ';', '\u{a0}']);
            let shown = self.example(example);
            lines.push(if detail.is_empty() {
                format!("        {shown}")
            } else {
                format!("        {shown} — {}", escape(detail))
            });
        }
        let rest = cause.count.saturating_sub(cause.examples.len() as u64);
        if rest > 0 {
            lines.push(format!("        {}", self.with(text::SUMMARY_MORE, &[("count", &self.number(rest))])));
        }
        lines.push(format!("      → {}", escape(&cause.code.remedy(self.language, &arguments))));
    }

    fn example(&self, example: &Example) -> String {
        let line = example.diagnostic.line.to_string();
        let value = shorten(&example.diagnostic.value);
        let shown = if value.is_empty() { self.word(text::SUMMARY_EMPTY_VALUE).to_owned() } else { value.clone() };
        match &example.column {
            Some(column) => {
                self.with(text::SUMMARY_EXAMPLE, &[("line", &line), ("column", &escape(column)), ("value", &shown)])
            }
            None if value.is_empty() => self.with(text::SUMMARY_EXAMPLE_BARE, &[("line", &line)]),
            None => self.with(text::SUMMARY_EXAMPLE_LINE, &[("line", &line), ("value", &shown)]),
        }
    }
}

/// Rows in columns as wide as they need; all but the second, the names, stand to the right.
fn table(rows: &[Vec<String>]) -> impl Iterator<Item = String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<_> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    rows.iter().map(move |row| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 1 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_never_sees_what_would_move_it() {
        assert_eq!(escape("a\u{1b}[2Jb\u{202e}c\té"), "a\\u{1b}[2Jb\\u{202e}c\\té");
    }

    #[test]
    fn numbers_are_written_as_people_do() {
        let page = |language| Page { language };
        assert_eq!(page(Language::French).number(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(page(Language::English).money(Money::from_ten_thousandths(12_345_000)), "1,234.50");
    }
}
