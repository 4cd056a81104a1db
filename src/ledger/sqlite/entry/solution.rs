//! The book of after-sales solution requests in `SQLite`.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::json;

use super::{from_json, to_json};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::ledger::sqlite::import::note;
use crate::ledger::sqlite::rows::{manufacturer, moment, word};
use crate::ledger::sqlite::{Connected as _, Halt, SqliteLedger};
use crate::ledger::{EntryId, KeptFault, SolutionBook, SolutionEntry, SolutionId, SolutionStatus, Stamp};

/// The columns of a [`SolutionEntry`], in the order in which [`solution`] reads them.
const SOLUTION: &str = "id, manufacturer, entry, status, valid, answer, created_at, created_by, body, faults";

fn solution(row: &Row<'_>) -> rusqlite::Result<SolutionEntry> {
    let faults: String = row.get(9)?;
    Ok(SolutionEntry {
        id: SolutionId(row.get(0)?),
        manufacturer: row.get::<_, Option<i64>>(1)?.map(|_| manufacturer(row, 1)).transpose()?,
        of: row.get::<_, Option<i64>>(2)?.map(EntryId),
        status: word(row, 3, SolutionStatus::from_name)?,
        is_valid: row.get(4)?,
        answer: row.get(5)?,
        created_at: moment(row, 6)?,
        created_by: row.get(7)?,
        body: row.get(8)?,
        faults: from_json(&faults, 9)?,
    })
}

fn find(connection: &Connection, id: SolutionId) -> rusqlite::Result<Option<SolutionEntry>> {
    let question = format!("SELECT {SOLUTION} FROM solution WHERE id = ?1");
    connection.query_row(&question, [id.0], solution).optional()
}

impl SolutionBook for SqliteLedger {
    fn solution(&self, id: SolutionId) -> Result<Option<SolutionEntry>> {
        self.ask(|connection| find(connection, id))
    }

    fn solutions(&self) -> Result<Vec<SolutionEntry>> {
        let question = format!("SELECT {SOLUTION} FROM solution ORDER BY id DESC");
        self.ask(|connection| connection.prepare(&question)?.query_map([], solution)?.collect())
    }

    fn create_solution(&mut self, solution: &SolutionEntry, stamp: &Stamp) -> Result<SolutionId> {
        self.change(|transaction| {
            transaction.execute(
                "INSERT INTO solution (manufacturer, entry, status, valid, answer, created_at, created_by, body, faults)
                 VALUES (?1, ?2, 'NOT_TRANSMITTED', ?3, '', ?4, ?5, ?6, ?7)",
                params![
                    solution.manufacturer.map(|id| id.0),
                    solution.of.map(|of| of.0),
                    solution.is_valid,
                    stamp.at.seconds(),
                    stamp.by,
                    solution.body,
                    to_json(&solution.faults)?,
                ],
            )?;
            let id = transaction.last_insert_rowid();
            let detail = json!({ "of": solution.of.map(|of| of.0) }).to_string();
            note(transaction, stamp, "solution.created", &id.to_string(), &detail)?;
            Ok(SolutionId(id))
        })
    }

    fn amend_solution(&mut self, id: SolutionId, body: &str, faults: &[KeptFault], stamp: &Stamp) -> Result<()> {
        self.decide(|transaction| amend(transaction, id, body, faults, stamp))
    }

    fn change_solution(&mut self, id: SolutionId, status: SolutionStatus, answer: &str, stamp: &Stamp) -> Result<()> {
        self.decide(|transaction| change(transaction, id, status, answer, stamp))
    }
}

fn amend(
    connection: &Connection,
    id: SolutionId,
    body: &str,
    faults: &[KeptFault],
    stamp: &Stamp,
) -> std::result::Result<(), Halt> {
    let solution = found(connection, id)?;
    if solution.status != SolutionStatus::NotTransmitted {
        return Err(not_allowed(&solution, SolutionStatus::NotTransmitted));
    }
    let is_valid = !faults.iter().any(KeptFault::is_error);
    connection.execute(
        "UPDATE solution SET body = ?2, faults = ?3, valid = ?4 WHERE id = ?1",
        params![id.0, body, to_json(faults)?, is_valid],
    )?;
    note(connection, stamp, "solution.amended", &id.0.to_string(), "{}")?;
    Ok(())
}

fn found(connection: &Connection, id: SolutionId) -> std::result::Result<SolutionEntry, Halt> {
    let unknown = || Error::new(Code::SolutionUnknown, Arguments::none().with("number", id.0));
    find(connection, id)?.ok_or_else(|| unknown().into())
}

fn not_allowed(solution: &SolutionEntry, wanted: SolutionStatus) -> Halt {
    let arguments = Arguments::none().with("number", solution.id.0).with("status", solution.status.name());
    let arguments = arguments.with("wanted", wanted.name()).with("command", "solution");
    Error::new(Code::EntryTransitionNotAllowed, arguments).into()
}

fn change(
    connection: &Connection,
    id: SolutionId,
    status: SolutionStatus,
    answer: &str,
    stamp: &Stamp,
) -> std::result::Result<(), Halt> {
    use SolutionStatus::{Answered, NotTransmitted, Transmitted};

    let solution = found(connection, id)?;
    let is_possible = match (solution.status, status) {
        (NotTransmitted, Transmitted) | (Transmitted, Answered) => solution.is_valid,
        // A further word.
        (Answered, Answered) => true,
        _ => false,
    };
    if !is_possible {
        return Err(not_allowed(&solution, status));
    }
    connection.execute(
        "UPDATE solution SET status = ?2, answer = CASE ?3 WHEN '' THEN answer ELSE ?3 END WHERE id = ?1",
        params![id.0, status.name(), answer],
    )?;
    note(connection, stamp, &format!("solution.{}", status.name().to_lowercase()), &id.0.to_string(), "{}")?;
    Ok(())
}
