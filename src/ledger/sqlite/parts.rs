//! The book of catalogue loads in `SQLite`.

use rusqlite::params;

use super::rows::{moment, word};
use super::{Connected as _, SqliteLedger};
use crate::diagnostic::Result;
use crate::ledger::{CatalogueLoad, LoadKind, PartsBook, Stamp};

impl PartsBook for SqliteLedger {
    fn note_load(
        &mut self,
        kind: LoadKind,
        file: &str,
        hash: &str,
        parts: u64,
        report: &str,
        stamp: &Stamp,
    ) -> Result<()> {
        self.change(|transaction| {
            transaction.execute(
                "INSERT INTO catalogue_load (kind, file, hash, loaded_at, loaded_by, parts, report)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![kind.name(), file, hash, stamp.at.seconds(), stamp.by, super::rows::count(parts), report],
            )
        })?;
        Ok(())
    }

    fn loads(&self) -> Result<Vec<CatalogueLoad>> {
        self.ask(|connection| {
            let mut statement = connection.prepare(
                "SELECT kind, file, hash, loaded_at, loaded_by, parts, report FROM catalogue_load ORDER BY id DESC",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(CatalogueLoad {
                    kind: word(row, 0, LoadKind::from_name)?,
                    file: row.get(1)?,
                    hash: row.get(2)?,
                    loaded_at: moment(row, 3)?,
                    loaded_by: row.get(4)?,
                    parts: super::rows::number(row, 5)?,
                    report: row.get(6)?,
                })
            })?;
            rows.collect()
        })
    }
}
