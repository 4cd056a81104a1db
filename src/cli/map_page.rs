//! What `map` shows between its questions: rows of the file, rows as they would be mapped, a preview.
//!
//! What enters: what a file is, the columns chosen so far, the width of the screen. What leaves: lines that fit and that
//! a terminal may show, whatever the sender wrote. What is refused: nothing.

use bordereau::model::{Field, Language};
use bordereau::pipeline::{Guess, Preview};
use bordereau::report::escape;
use bordereau::report::text::Text;

use super::ask::{Item, fit, pad, text_width};
use super::preset::{Columns, heading};
use super::texts;

/// The widest cell that is shown whole.
const CELL: usize = 21;

/// The longest heading of a choice that is shown whole.
const NAME: usize = 32;

/// Rows of the file that are shown at first, and under a choice.
const ROWS: usize = 5;
const MAPPED_ROWS: usize = 3;

/// Values that tell a column from others.
const EXAMPLES: usize = 2;
const EXAMPLE: usize = 14;

/// What a field is called.
pub(crate) fn name(field: Field, language: Language) -> &'static str {
    let text: Text = match field {
        Field::Reference => texts::FIELD_REFERENCE,
        Field::Quantity => texts::FIELD_QUANTITY,
        Field::Label => texts::FIELD_LABEL,
        Field::CustomerOrderNumber => texts::FIELD_CUSTOMER_ORDER_NUMBER,
        Field::WorkOrder => texts::FIELD_WORK_ORDER,
        Field::Countermark => texts::FIELD_COUNTERMARK,
        Field::Comment => texts::FIELD_COMMENT,
        Field::DeliveryAccount => texts::FIELD_DELIVERY_ACCOUNT,
        Field::DeliveryAddress => texts::FIELD_DELIVERY_ADDRESS,
        Field::DesiredDeliveryDate => texts::FIELD_DESIRED_DELIVERY_DATE,
        Field::Manufacturer => texts::FIELD_MANUFACTURER,
        Field::Brand => texts::FIELD_BRAND,
        Field::UnitPrice => texts::FIELD_UNIT_PRICE,
    };
    text.get(language)
}

/// What a column is called: its heading, else its number.
pub(crate) fn column_name(found: &Guess, column: usize) -> String {
    heading(found, column).map_or_else(|| format!("#{}", column + 1), safe)
}

/// A text of strangers on one line.
fn safe(text: &str) -> String {
    escape(text.trim())
}

/// Lines of cells that stand below one another. Columns that no longer fit are left out, and counted at the end of the
/// first line.
fn grid(rows: &[Vec<String>], width: usize) -> Vec<String> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut lines = vec![String::new(); rows.len()];
    for column in 0..count {
        let cells: Vec<_> =
            rows.iter().map(|row| fit(row.get(column).map_or("", |cell| cell.as_str()), CELL)).collect();
        let wide = cells.iter().map(|cell| text_width(cell)).max().unwrap_or(0);
        // Room for the count of those that are left out.
        let reserve = if column + 1 < count { 6 } else { 0 };
        if column > 0 && text_width(&lines[0]) + 2 + wide + reserve > width {
            lines[0].extend(["  +", &(count - column).to_string()]);
            break;
        }
        for (line, cell) in lines.iter_mut().zip(&cells) {
            *line += "  ";
            *line += &pad(cell, wide);
        }
    }
    lines.iter().map(|line| fit(line.trim_end(), width)).collect()
}

/// The first rows under their headings.
pub(crate) fn rows(found: &Guess, width: usize) -> Vec<String> {
    let headings = (0..found.columns.len()).map(|column| column_name(found, column)).collect();
    let body = found.sample.body().iter().filter(|record| !record.is_blank()).take(ROWS);
    let cells = body.map(|record| record.cells.iter().map(|cell| safe(cell)).collect());
    grid(&std::iter::once(headings).chain(cells).collect::<Vec<_>>(), width)
}

/// The first rows as they would be mapped.
pub(crate) fn mapped(found: &Guess, columns: &Columns, language: Language, width: usize) -> Vec<String> {
    let fields: Vec<_> =
        Field::ALL.into_iter().zip(columns).filter_map(|(field, column)| Some((field, (*column)?))).collect();
    let headings = fields.iter().map(|(field, _)| name(*field, language).to_owned()).collect();
    let body = found.sample.body().iter().filter(|record| !record.is_blank()).take(MAPPED_ROWS);
    let cells = body
        .map(|record| fields.iter().map(|(_, column)| record.cells.get(*column).map_or("", |c| c)).map(safe).collect());
    grid(&std::iter::once(headings).chain(cells).collect::<Vec<_>>(), width)
}

/// The columns to choose from: heading, two values, and the field that has it already.
pub(crate) fn options(found: &Guess, columns: &Columns, asked: Field, language: Language) -> Vec<Item> {
    let examples: Vec<_> = (0..found.columns.len()).map(|column| examples(found, column).join(" · ")).collect();
    let wide = examples.iter().map(|text| text_width(text)).max().unwrap_or(0);
    let option = |(column, examples): (usize, &String)| {
        let holder = Field::ALL.into_iter().zip(columns).find(|(field, at)| **at == Some(column) && *field != asked);
        let more = match holder {
            Some((field, _)) => {
                let holder = texts::MAP_TAKEN.with(language, &[("field", name(field, language))]);
                format!("{}  {holder}", pad(examples, wide))
            }
            None => examples.clone(),
        };
        Item { name: fit(&column_name(found, column), NAME), more }
    };
    examples.iter().enumerate().map(option).collect()
}

/// Two values of a column.
fn examples(found: &Guess, column: usize) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    let cells = found.sample.body().iter().filter_map(|record| record.cells.get(column)).map(|cell| safe(cell));
    for cell in cells.filter(|cell| !cell.is_empty()) {
        let cell = fit(&cell, EXAMPLE);
        if !seen.contains(&cell) {
            seen.push(cell);
        }
        if seen.len() == EXAMPLES {
            break;
        }
    }
    seen
}

/// Which column each of the fields has.
pub(crate) fn settled(found: &Guess, columns: &Columns, fields: &[Field], language: Language) -> String {
    let wide = fields.iter().map(|field| text_width(name(*field, language))).max().unwrap_or(0);
    let line = |field: &Field| {
        let column = columns[field.index()].map(|column| column_name(found, column));
        format!("  {}  ← {}\n", pad(name(*field, language), wide), column.unwrap_or_else(|| "–".to_owned()))
    };
    fields.iter().map(line).collect()
}

/// All fields with their columns, to choose from.
pub(crate) fn fields(found: &Guess, columns: &Columns, language: Language) -> Vec<Item> {
    let column = |field: Field| columns[field.index()].map(|column| column_name(found, column));
    let item = |field| Item {
        name: name(field, language).to_owned(),
        more: format!("← {}", column(field).as_deref().unwrap_or("–")),
    };
    Field::ALL.into_iter().map(item).collect()
}

/// The columns that hold no field.
pub(crate) fn unused(found: &Guess, columns: &Columns, language: Language) -> Option<String> {
    let left = (0..found.columns.len()).filter(|column| !columns.contains(&Some(*column)));
    let left: Vec<_> = left.map(|column| column_name(found, column)).collect();
    (!left.is_empty()).then(|| texts::MAP_UNUSED.with(language, &[("columns", &left.join(", "))]))
}

/// What the file is, in few lines.
pub(crate) fn facts(found: &Guess, language: Language, width: usize) -> String {
    let known = super::guess::facts(found, None, language);
    let mut known = known.lines();
    let mut lines = vec![known.next().unwrap_or_default().to_owned(), String::new()];
    for fact in known.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")) {
        let last = lines.last().map_or(0, |line| text_width(line));
        if last > 0 && last + text_width(&fact) + 4 > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(if line.is_empty() { "  " } else { " · " });
            line.push_str(&fact);
        }
    }
    lines.iter().map(|line| fit(line, width) + "\n").collect()
}

/// The first lines as an import would take them, with what is wrong below each.
pub(crate) fn preview(shown: &Preview, language: Language, width: usize) -> String {
    let mapping = &shown.plan.mapping;
    let columns: Vec<_> =
        Field::ALL.into_iter().filter_map(|field| mapping.column(field).map(|column| (field, column))).collect();
    let headings = [texts::PREVIEW_LINE.get(language).to_owned(), String::new()];
    let headings = headings.into_iter().chain(columns.iter().map(|(field, _)| name(*field, language).to_owned()));
    let cells = shown.lines.iter().map(|line| {
        let verdict = if line.accepted { texts::PREVIEW_TAKEN } else { texts::PREVIEW_REFUSED };
        let start = [line.line.to_string(), verdict.get(language).to_owned()].into_iter();
        start.chain(columns.iter().map(|(_, column)| safe(line.cells.get(*column).map_or("", |cell| cell)))).collect()
    });
    let mut grid = grid(&std::iter::once(headings.collect()).chain(cells).collect::<Vec<_>>(), width).into_iter();
    let mut text = grid.next().unwrap_or_default() + "\n";
    for (line, shown) in grid.zip(&shown.lines) {
        text += &(line + "\n");
        for each in &shown.diagnostics {
            let said = escape(&each.code.message(language, &each.arguments));
            text += &(fit(&format!("      {said} ({})", each.code.name()), width) + "\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_do_not_fit_are_counted() {
        let row = |start: &str| (1..=40).map(|number| format!("{start}{number}")).collect::<Vec<_>>();
        let lines = grid(&[row("Colonne "), row("valeur ")], 60);
        assert_eq!(
            lines,
            ["  Colonne 1  Colonne 2  Colonne 3  Colonne 4  +36", "  valeur 1   valeur 2   valeur 3   valeur 4"]
        );
        assert_eq!(grid(&[vec!["a".repeat(70)]], 60), [format!("  {}…", "a".repeat(20))]);
        assert_eq!(grid(&[], 60), Vec::<String>::new());
    }
}
