//! The headings of a table.

/// The headings as written; none when a file has no heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headings(Vec<String>);

impl Headings {
    /// These headings.
    pub fn new(texts: Vec<String>) -> Self {
        Self(texts)
    }

    /// As written.
    pub fn texts(&self) -> &[String] {
        &self.0
    }

    /// What a column is called in reports: its heading, else `#` and its number.
    pub fn name(&self, column: usize) -> String {
        match self.0.get(column) {
            Some(heading) if !heading.trim().is_empty() => heading.trim().to_owned(),
            _ => format!("#{}", column + 1),
        }
    }

    /// How many there are without empty ones at the end.
    pub fn width(&self) -> usize {
        self.0.iter().rposition(|heading| !heading.trim().is_empty()).map_or(0, |last| last + 1)
    }
}
