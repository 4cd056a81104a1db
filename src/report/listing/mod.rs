//! Lists: rows of one kind, shown in one way everywhere.
//!
//! What enters: rows of any type, and the [`Column`]s that can be read from them. What leaves: a table for a terminal,
//! CSV, a workbook or JSON, with the columns, in the order and as long as somebody chose.
//! What is refused: a column that the list does not have (`COLUMN_UNKNOWN`), with the one that was probably meant.
//!
//! A column knows how its cell is read from a row, so a list holds its rows as they are, and no cell can stand in the
//! wrong column or be of the wrong kind.

mod column;
mod delimited;
mod json;
mod order;
mod table;
mod value;
mod workbook;

pub use column::Column;
pub use value::{Value, Word};

use std::io::{self, Seek, Write};
use std::path::Path;

use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::export::Profile;
use crate::format::{fold, nearest};
use crate::model::Language;

/// Rows and what can be shown of them.
pub struct Listing<R> {
    kind: &'static str,
    columns: Vec<Column<R>>,
    /// Places of the columns that somebody chose.
    chosen: Option<Vec<usize>>,
    rows: Vec<R>,
    /// How many of them are shown.
    shown: usize,
}

impl<R> Listing<R> {
    /// A list; `kind` is what JSON calls it.
    pub fn new(kind: &'static str, columns: impl Into<Vec<Column<R>>>, rows: Vec<R>) -> Self {
        Self { kind, columns: columns.into(), chosen: None, shown: rows.len(), rows }
    }

    /// How many rows there are, shown or not.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many rows are shown.
    pub const fn shown(&self) -> usize {
        self.shown
    }

    /// Shows these columns, `reference,price`, in this order. Their headings, in either language, will do, too.
    pub fn select(&mut self, names: &str) -> Result<()> {
        let mut chosen = Vec::new();
        for name in names.split(',') {
            let place = self.place(name.trim())?;
            if !chosen.contains(&place) {
                chosen.push(place);
            }
        }
        self.chosen = Some(chosen);
        Ok(())
    }

    /// Sorts by these columns, `-price,reference`: the first counts most, a dash turns its order round. Rows that are
    /// equal in all of them stay as they stood; empty cells always stand last.
    pub fn sort(&mut self, names: &str) -> Result<()> {
        let keys: Vec<_> = names
            .split(',')
            .map(|name| {
                let name = name.trim();
                let (name, is_descending) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
                Ok((self.place(name)?, is_descending))
            })
            .collect::<Result<_>>()?;
        order::sort(&mut self.rows, &self.columns, &keys);
        Ok(())
    }

    /// Shows at most so many rows, the first ones.
    pub fn limit(&mut self, most: usize) {
        self.shown = self.rows.len().min(most);
    }

    /// A table for people. `width` is that of their terminal: the widest texts are cut to it.
    pub fn write_table(&self, out: &mut dyn Write, width: Option<usize>, language: Language) -> io::Result<()> {
        table::write(self, out, width, language)
    }

    /// Delimited text: for programs with the names of the columns, for people with their headings.
    pub fn write_csv(&self, out: &mut dyn Write, profile: Profile, language: Language) -> io::Result<()> {
        delimited::write(self, out, profile, language)
    }

    /// `{"kind": …, "version": 1, "rows": [{name: value}]}`.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::write(self, out)
    }

    /// A workbook with typed cells. Rows go to files without a name in the folder `temporary` on their way.
    pub fn write_workbook(
        &self,
        out: &mut (impl Write + Seek + Send),
        temporary: &Path,
        language: Language,
    ) -> io::Result<()> {
        workbook::write(self, out, temporary, language)
    }

    fn place(&self, name: &str) -> Result<usize> {
        let known = self.columns.iter().position(|column| column.name == name);
        // People type what they read above the column.
        let folded = fold(name);
        let is_above = |column: &Column<R>| column.headings().iter().any(|each| fold(each) == folded);
        let read = || self.columns.iter().position(is_above).filter(|_| !name.starts_with('-'));
        known.or_else(read).ok_or_else(|| {
            let names: Vec<_> = self.columns.iter().map(|column| column.name).collect();
            let arguments = Arguments::none().with("name", name).with("columns", names.join(", "));
            let arguments = match nearest(name, names) {
                Some(suggestion) => arguments.with("suggestion", suggestion),
                None => arguments,
            };
            Error::new(Code::ColumnUnknown, arguments)
        })
    }

    /// The columns that were chosen, else those that a terminal has room for.
    fn usual_columns(&self) -> Vec<&Column<R>> {
        match &self.chosen {
            Some(places) => self.at(places),
            None => self.columns.iter().filter(|column| column.is_usual).collect(),
        }
    }

    /// The columns that were chosen, else all.
    fn all_columns(&self) -> Vec<&Column<R>> {
        match &self.chosen {
            Some(places) => self.at(places),
            None => self.columns.iter().collect(),
        }
    }

    fn at(&self, places: &[usize]) -> Vec<&Column<R>> {
        places.iter().filter_map(|place| self.columns.get(*place)).collect()
    }

    /// The rows that are shown.
    fn rows(&self) -> &[R] {
        &self.rows[..self.shown]
    }
}

#[cfg(test)]
mod tests;
