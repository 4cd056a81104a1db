//! The ledger in one file of `SQLite`: the only module that knows SQL.
//!
//! What enters: the books' calls. What leaves: rows as the books' types.
//! What is refused: a file that is no ledger of ours, of a newer program, damaged, locked for too long, not to be written.
//!
//! Readers see the last whole state while somebody writes (write-ahead log); a change is on the disk when its call returns.

mod basket;
#[cfg(test)]
mod basket_tests;
mod change;
mod deposit;
#[cfg(test)]
mod deposit_tests;
mod earlier;
mod entry;
mod event;
#[cfg(test)]
mod event_tests;
mod import;
mod morning;
#[cfg(test)]
mod morning_tests;
mod order;
mod parts;
mod record;
mod retention;
mod rows;
mod statistics;
mod totals;
mod work_order;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::Ledger;
use crate::diagnostic::{Arguments, Code, Error, Result};

/// Tells a ledger from any other database: `BORD` in the header of the file.
const APPLICATION: i32 = 0x424F_5244;

/// What turned one shape of the ledger into the next, in order; the number of a shape is its place from 1.
const MIGRATIONS: [&str; 6] = [
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
];

/// How long a writer waits for another one before it gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// The environment variable that says how many seconds that is, for those who do not want to wait.
const PATIENCE_VARIABLE: &str = "BORDEREAU_PATIENCE";

fn patience() -> Duration {
    let said = std::env::var(PATIENCE_VARIABLE).ok().and_then(|text| text.parse().ok());
    said.map_or(PATIENCE, Duration::from_secs)
}

/// The ledger in a file.
#[derive(Debug)]
pub struct SqliteLedger {
    connection: Connection,
    path: PathBuf,
}

impl SqliteLedger {
    /// Makes a new ledger; the file must not exist.
    pub fn create(path: &Path, sync: bool) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        Self::with_flags(path, flags, sync)
    }

    /// Opens a ledger. `sync` makes what is written survive a power cut. One of an older program is brought up to date.
    pub fn open(path: &Path, sync: bool) -> Result<Self> {
        // SQLite would say no more than that it cannot open it.
        std::fs::File::open(path).map_err(|error| Error::io(path, Code::ReadFailed, error))?;
        Self::with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE, sync)
    }

    fn with_flags(path: &Path, flags: OpenFlags, sync: bool) -> Result<Self> {
        let failed = |error| refusal(path, &error);
        // A connection is never used by two threads at once: its own locks would guard against nobody.
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        let mut ledger = Self { connection, path: path.to_owned() };
        ledger.connection.busy_timeout(patience()).map_err(failed)?;
        ledger.migrate()?;
        // Whatever is erased is overwritten. Everything here is a wish of this connection, but for the write-ahead log, which stays with the file.
        ledger
            .connection
            .execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = {}; PRAGMA foreign_keys = ON;
                 PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;
                 PRAGMA secure_delete = ON;",
                if sync { "FULL" } else { "OFF" }
            ))
            .map_err(failed)?;
        ledger.connection.set_prepared_statement_cache_capacity(64);
        // A statement is planned once, whatever is bound to it: planning it anew costs ten times what it does.
        ledger.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
        Ok(ledger)
    }

    /// Brings the tables to the newest shape, each step in a transaction of its own.
    fn migrate(&mut self) -> Result<()> {
        let path = &self.path;
        let failed = |error| refusal(path, &error);
        let number = |connection: &Connection, name: &str| -> rusqlite::Result<i32> {
            connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
        };
        let newest = MIGRATIONS.len();
        // Most of the time there is nothing to do, and nobody has to wait for the lock.
        let is_ours = number(&self.connection, "application_id").map_err(failed)? == APPLICATION;
        if is_ours && usize::try_from(number(&self.connection, "user_version").map_err(failed)?) == Ok(newest) {
            return Ok(());
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let version = usize::try_from(number(&transaction, "user_version").map_err(failed)?).unwrap_or(usize::MAX);
        let arguments = || Arguments::none().with("path", path.display());
        let tables: i64 =
            transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
        if number(&transaction, "application_id").map_err(failed)? != APPLICATION && tables > 0 {
            return Err(Error::new(Code::LedgerForeign, arguments()));
        }
        if version > newest {
            return Err(Error::new(Code::LedgerNewer, arguments().with("found", version).with("expected", newest)));
        }
        for (number, migration) in (1_i64..).zip(MIGRATIONS).skip(version) {
            transaction.execute_batch(migration).map_err(failed)?;
            transaction.pragma_update(None, "user_version", number).map_err(failed)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION).map_err(failed)?;
        transaction.commit().map_err(failed)
    }

    /// Does something in one transaction that nobody else writes in.
    fn change<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T> {
        let path = &self.path;
        let failed = |error| refusal(path, &error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let answer = work(&transaction).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        Ok(answer)
    }

    /// Does something in one transaction that nobody else writes in, or refuses it and leaves everything as it was.
    fn decide<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> std::result::Result<T, Halt>) -> Result<T> {
        let path = &self.path;
        let failed = |error| refusal(path, &error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let answer = work(&transaction).map_err(|halt| halt.error(path))?;
        transaction.commit().map_err(failed).map(|()| answer)
    }

    /// Does the same and takes all of it back: what would become of it?
    fn rehearse<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> std::result::Result<T, Halt>) -> Result<T> {
        let path = &self.path;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| refusal(path, &error))?;
        work(&transaction).map_err(|halt| halt.error(path))
    }
}

/// Who has a connection that can be asked: the ledger itself, and an import or a deposit that is being written down.
trait Connected {
    fn connection(&self) -> &Connection;

    /// Where the ledger is.
    fn path(&self) -> &Path;

    /// Asks something.
    fn ask<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        work(self.connection()).map_err(|error| refusal(self.path(), &error))
    }
}

impl Connected for SqliteLedger {
    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

impl Ledger for SqliteLedger {
    fn faults(&self) -> Result<Vec<String>> {
        self.ask(|connection| {
            let mut faults = Vec::new();
            let mut lines = connection.prepare("PRAGMA integrity_check(20)")?;
            let found = lines.query_map([], |row| row.get::<_, String>(0))?;
            for line in found {
                faults.extend(Some(line?).filter(|line| line != "ok"));
            }
            let mut orphans = connection.prepare("PRAGMA foreign_key_check")?;
            let found = orphans.query_map([], |row| {
                Ok(format!(
                    "{}: row {:?} names a row that is not there",
                    row.get::<_, String>(0)?,
                    row.get::<_, Option<i64>>(1)?
                ))
            })?;
            for line in found.take(20) {
                faults.push(line?);
            }
            if faults.is_empty() {
                faults.extend(totals::faults(connection)?);
                faults.extend(order::faults(connection)?);
                faults.extend(deposit::faults(connection)?);
                faults.extend(entry::faults(connection)?);
                faults.extend(event::faults(connection)?);
                faults.extend(work_order::faults(connection)?);
            }
            Ok(faults)
        })
    }

    fn copy_to(&self, path: &Path) -> Result<()> {
        if path.exists() {
            let error = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
            return Err(Error::io(path, Code::WriteFailed, error));
        }
        let text = path.to_string_lossy();
        let copied = self.connection.execute("VACUUM INTO ?1", [&*text]);
        copied.map(|_| ()).map_err(|error| refusal(path, &error))
    }
}

/// Why a change is not made.
enum Halt {
    /// The store cannot.
    Store(rusqlite::Error),
    /// It would contradict what is known.
    Refused(Box<Error>),
}

impl Halt {
    fn error(self, path: &Path) -> Error {
        match self {
            Self::Store(error) => refusal(path, &error),
            Self::Refused(error) => *error,
        }
    }
}

impl From<rusqlite::Error> for Halt {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error)
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Refused(Box::new(error))
    }
}

/// What `SQLite` said of a file, as a code of the catalogue.
pub(super) fn refusal(path: &Path, error: &rusqlite::Error) -> Error {
    let arguments = Arguments::none().with("path", path.display()).with("cause", error);
    let code = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Code::LedgerBusy,
        Some(ErrorCode::DatabaseCorrupt) => Code::LedgerDamaged,
        Some(ErrorCode::NotADatabase) => Code::LedgerForeign,
        Some(ErrorCode::DiskFull) => Code::DiskFull,
        Some(ErrorCode::ReadOnly) => Code::LedgerReadOnly,
        Some(ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => Code::PermissionDenied,
        Some(ErrorCode::SystemIoFailure) => Code::WriteFailed,
        _ => Code::InternalError,
    };
    Error::new(code, arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        (folder, path)
    }

    #[test]
    fn a_new_ledger_is_whole_and_opens_again() {
        let (_folder, path) = place();
        let ledger = SqliteLedger::create(&path, true).unwrap();
        assert!(ledger.faults().unwrap().is_empty());
        drop(ledger);
        assert!(SqliteLedger::open(&path, true).unwrap().faults().unwrap().is_empty());
    }

    #[test]
    fn what_is_no_ledger_of_this_program_is_refused_and_left_alone() {
        let (_folder, path) = place();
        let refused = |path: &Path| SqliteLedger::open(path, true).unwrap_err().code;
        assert_eq!(refused(&path), Code::FileNotFound);
        std::fs::write(&path, "no database, but long enough to be looked at".repeat(100)).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert_eq!(refused(&path), Code::LedgerForeign);
        assert_eq!(std::fs::read(&path).unwrap(), before);
        std::fs::remove_file(&path).unwrap();

        Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap();
        assert_eq!(refused(&path), Code::LedgerForeign);
        std::fs::remove_file(&path).unwrap();

        drop(SqliteLedger::create(&path, true).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert_eq!(refused(&path), Code::LedgerNewer);
    }

    #[test]
    fn a_damaged_ledger_is_told_by_its_faults_or_refused() {
        let (_folder, path) = place();
        drop(SqliteLedger::create(&path, true).unwrap());
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 4096].fill(0x5A);
        std::fs::write(&path, bytes).unwrap();
        let found = SqliteLedger::open(&path, true).and_then(|ledger| ledger.faults());
        assert!(found.is_err() || !found.unwrap().is_empty());
    }

    #[test]
    fn a_copy_is_a_ledger() {
        let (folder, path) = place();
        let copy = folder.path().join("copy.sqlite");
        let ledger = SqliteLedger::create(&path, true).unwrap();
        ledger.copy_to(&copy).unwrap();
        assert!(ledger.copy_to(&copy).is_err(), "nothing is overwritten");
        assert!(SqliteLedger::open(&copy, true).unwrap().faults().unwrap().is_empty());
    }
}
