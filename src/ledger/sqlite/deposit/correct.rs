//! Refused entries that come in after all: in a correction, by a command; and those that are refused again.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::ledger::sqlite::rows::{count, number};
use crate::ledger::{DepositId, EntryId};
use crate::model::{DepositStatus, Moment};

/// An entry that was refused: its deposit, and its number among those that were refused there.
type Refused = (i64, i64);

/// An entry that has no errors any more, and what brought it in.
pub(in crate::ledger::sqlite) struct Correction {
    /// The entry.
    pub(in crate::ledger::sqlite) entry: EntryId,
    /// The deposit that did it; nothing: a command.
    pub(in crate::ledger::sqlite) by: Option<DepositId>,
    /// When.
    pub(in crate::ledger::sqlite) at: Moment,
}

impl Correction {
    /// Every refused entry that it was kept for as a draft is corrected; their deposits go to `touched`.
    pub(in crate::ledger::sqlite) fn of_drafts(
        &self,
        connection: &Connection,
        touched: &mut BTreeSet<DepositId>,
    ) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(
            "SELECT DISTINCT deposit, entry_line, number FROM refused_record WHERE draft = ?1 AND corrected_at IS NULL",
        )?;
        let found: Vec<(Refused, i64)> = statement
            .query_map([self.entry.0], |row| Ok(((row.get(0)?, row.get(2)?), row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        found.into_iter().try_for_each(|(refused, line)| self.mark(connection, refused, line, touched))
    }

    /// The refused entry on a line of a deposit is corrected, and with it every one that that one stood for.
    pub(in crate::ledger::sqlite) fn of_line(
        &self,
        connection: &Connection,
        deposit: DepositId,
        line: u64,
        touched: &mut BTreeSet<DepositId>,
    ) -> rusqlite::Result<()> {
        let mut at = Some((deposit.0, count(line)));
        while let Some((deposit, line)) = at {
            at = None;
            if let Some((number, further)) = waiting(connection, deposit, line, self.entry)? {
                self.mark(connection, (deposit, number), line, touched)?;
                at = further;
            }
        }
        Ok(())
    }

    fn mark(
        &self,
        connection: &Connection,
        (deposit, number): Refused,
        line: i64,
        touched: &mut BTreeSet<DepositId>,
    ) -> rusqlite::Result<()> {
        touched.insert(DepositId(deposit));
        connection
            .prepare_cached(
                "UPDATE refused_record SET corrected_at = ?4, corrected_by = ?5, corrected_as = ?6
                 WHERE deposit = ?1 AND entry_line = ?2 AND number = ?3",
            )?
            .execute(params![deposit, line, number, self.at.seconds(), self.by.map(|by| by.0), self.entry.0])?;
        Ok(())
    }
}

/// The place of a refused entry: its deposit and its line.
type Place = (i64, i64);

/// The entry on a line that waits for its correction, the first one unless one of several has `draft` as its draft: its
/// number, and the place of what it stands for itself.
fn waiting(
    connection: &Connection,
    deposit: i64,
    line: i64,
    draft: EntryId,
) -> rusqlite::Result<Option<(i64, Option<Place>)>> {
    connection
        .prepare_cached(
            "SELECT r.number, d.parent, r.stands_for FROM refused_record AS r JOIN deposit AS d ON d.id = r.deposit
             WHERE r.deposit = ?1 AND r.entry_line = ?2 AND r.corrected_at IS NULL
             ORDER BY r.draft IS ?3 DESC, r.number LIMIT 1",
        )?
        .query_row([deposit, line, draft.0], |row| {
            let further = row.get::<_, Option<i64>>(1)?.zip(row.get::<_, Option<i64>>(2)?);
            Ok((row.get(0)?, further))
        })
        .optional()
}

/// Brings what a deposit says of its refused entries up to date, and its status.
pub(in crate::ledger::sqlite) fn recount(connection: &Connection, id: DepositId) -> rusqlite::Result<()> {
    let (drafts, corrected) = connection
        .prepare_cached(
            "SELECT count(DISTINCT CASE WHEN draft IS NOT NULL THEN number END),
                    count(DISTINCT CASE WHEN corrected_at IS NOT NULL THEN number END)
             FROM refused_record WHERE deposit = ?1",
        )?
        .query_row([id.0], |row| Ok((number(row, 0)?, number(row, 1)?)))?;
    let (accepted, rejected) = connection
        .prepare_cached("SELECT accepted, rejected FROM deposit WHERE id = ?1")?
        .query_row([id.0], |row| Ok((number(row, 0)?, number(row, 1)?)))?;
    let status = DepositStatus::of(accepted, rejected, corrected);
    connection
        .prepare_cached("UPDATE deposit SET drafts = ?2, corrected = ?3, status = ?4 WHERE id = ?1")?
        .execute(params![id.0, count(drafts), count(corrected), status.name()])?;
    Ok(())
}
