//! Which column holds which field.

use super::Headings;
use crate::model::Field;

/// Fields to columns, for one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    columns: [Option<usize>; Field::COUNT],
    headings: Headings,
}

impl Mapping {
    /// A mapping that knows the headings and no field yet.
    pub fn new(headings: Vec<String>) -> Self {
        Self { headings: Headings::new(headings), ..Self::default() }
    }

    /// The same, knowing the headings.
    #[must_use]
    pub fn with_headings(self, headings: Vec<String>) -> Self {
        Self { headings: Headings::new(headings), ..self }
    }

    /// Says in which column a field stands.
    pub fn set(&mut self, field: Field, column: usize) {
        self.columns[field.index()] = Some(column);
    }

    /// The column of a field.
    #[inline]
    pub fn column(&self, field: Field) -> Option<usize> {
        self.columns[field.index()]
    }

    /// The field of a column.
    pub fn field(&self, column: usize) -> Option<Field> {
        Field::ALL.into_iter().find(|field| self.column(*field) == Some(column))
    }

    /// The headings as written; empty when the file has none.
    pub fn headings(&self) -> &[String] {
        self.headings.texts()
    }

    /// What a column is called in reports: its heading, else `#` and its number.
    pub fn heading(&self, column: usize) -> String {
        self.headings.name(column)
    }

    /// How many cells a record must have: as many as the heading, without empty headings at its end. A file without a
    /// heading asks for nothing.
    pub fn width(&self) -> usize {
        self.headings.width()
    }
}
