//! What was written: whether it is whole, agrees with the ledger, and tells what has to be told.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;

use super::{Asked, Judgement, Kept, Place, Promise};

pub(super) fn judge(home: &Path, connection: &Connection, kept: &[Kept], found: &mut Judgement) -> Asked<()> {
    walk(home, home, found);
    reports(home, connection, found).map_err(|error| error.to_string())?;
    told(home, connection, kept, found);
    Ok(())
}

/// Looks at every file that a run writes: none is half a file, none has the name of one.
fn walk(home: &Path, folder: &Path, found: &mut Judgement) {
    for path in fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())) {
        let below = path.strip_prefix(home).unwrap_or(&path);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_of_the_program = below.starts_with("out") || below.starts_with("outbox");
        if name.starts_with(".bordereau-") || (name.ends_with(".part") && !below.starts_with("inbox")) {
            found.against(Promise::NotTorn, format!("left beside: {}", below.display()));
        } else if path.is_dir() {
            if !below.starts_with("inbox") {
                walk(home, &path, found);
            }
        } else if (is_of_the_program || below.to_string_lossy().ends_with(".errors.xlsx")) && !is_whole(&path) {
            found.against(Promise::NotTorn, format!("half a file: {}", below.display()));
        }
    }
}

/// Whether a file of this kind ends as one that was written to its end.
fn is_whole(path: &Path) -> bool {
    let Ok(bytes) = fs::read(path) else { return false };
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let is_json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).is_ok();
    match ending {
        "json" => is_json(&bytes),
        "ndjson" => {
            let mut lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
            lines.pop().is_some_and(<[u8]>::is_empty) && lines.into_iter().all(is_json)
        }
        // An archive ends with its list of files, 22 bytes where there is no comment.
        "xlsx" => {
            bytes.starts_with(b"PK\x03\x04") && bytes.len() > 22 && bytes[bytes.len() - 22..].starts_with(b"PK\x05\x06")
        }
        "xml" => bytes.trim_ascii_end().ends_with(b">"),
        "csv" => bytes.ends_with(b"\n"),
        _ => true,
    }
}

/// What was accepted has its reports, and they say what the ledger says.
fn reports(home: &Path, connection: &Connection, found: &mut Judgement) -> rusqlite::Result<()> {
    let question = "SELECT 'import ' || id, hash, reports, read, accepted, rejected, ignored FROM import
         WHERE status IN ('DONE', 'PARTIAL') AND reports <> '' AND NOT reports_pending
         UNION ALL
         SELECT 'deposit ' || id, hash, reports, read, accepted, rejected, ignored FROM deposit
         WHERE status IN ('DONE', 'PARTIAL') AND reports <> '' AND NOT reports_pending AND deleted_at IS NULL";
    let purged = super::ledger::purged(connection)?;
    let mut question = connection.prepare(question)?;
    let mut rows = question.query([])?;
    while let Some(row) = rows.next()? {
        let (what, hash, folder): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if purged.contains(&folder) {
            continue;
        }
        let folder = home.join(folder);
        let Ok(bytes) = fs::read(folder.join("summary.json")) else {
            found.against(Promise::NoLie, format!("{what} has no summary in {}", folder.display()));
            continue;
        };
        let Ok(summary) = serde_json::from_slice::<Value>(&bytes) else { continue };
        if summary["hash"] != hash.as_str() {
            found.against(Promise::NoLie, format!("{what}: its summary is that of another file"));
        }
        for (place, name) in (3..).zip(["read", "accepted", "rejected", "ignored"]) {
            let (kept, told) = (super::count(row, place)?, &summary[name]);
            if told.as_u64() != Some(kept) {
                found.against(Promise::NoLie, format!("{what}: {kept} {name} in the ledger, {told} in its summary"));
            }
        }
        let rejected = super::count(row, 5)?;
        let errors = folder.join("errors.csv");
        if rejected > 0 && fs::metadata(&errors).is_ok_and(|found| found.len() < 60) {
            found.against(Promise::SaysSo, format!("{what}: {rejected} rejected, none told in {}", errors.display()));
        }
    }
    Ok(())
}

/// What a run put away because it was refused has a word beside it, what is to be corrected a workbook.
fn told(home: &Path, connection: &Connection, kept: &[Kept], found: &mut Judgement) {
    let beside = |file: &Kept, ending: &str| {
        let mut path = home.join(&file.path).into_os_string();
        path.push(ending);
        PathBuf::from(path)
    };
    for file in kept.iter().filter(|file| !file.is_beside) {
        let Place::Away(place) = file.place else { continue };
        // Deposits can be typed, too; then nothing lies beside.
        let is_numbered = super::places::number(&file.name, "deposit").is_some();
        if place != "done" && !is_numbered {
            let said = fs::read_to_string(beside(file, ".txt")).unwrap_or_default();
            if !has_code(&said) {
                found.against(Promise::SaysSo, format!("no code beside {}: {said:?}", file.path.display()));
            }
        }
        if place == "done" {
            // A file that came in just before a run ended may bear no number; another one with its bytes may.
            let question = "SELECT id, rejected FROM import
                 WHERE (id = ?1 OR ?1 IS NULL AND hash = ?2) AND status = 'PARTIAL'";
            let number = super::places::number(&file.name, "import");
            let known = connection
                .query_row(question, (number, &file.hash), |row| Ok((row.get(0)?, super::count(row, 1)?)))
                .unwrap_or_default();
            let (id, rejected): (i64, u64) = known;
            let is_it = |other: &Kept| super::places::number(&other.name, "import") == Some(id);
            let is_copy = number.is_none() && kept.iter().any(is_it);
            if rejected > 0 && !is_copy && !beside(file, ".errors.xlsx").is_file() {
                found.against(Promise::SaysSo, format!("no workbook to correct beside {}", file.path.display()));
            }
        }
    }
}

/// Whether a code is named: a word in capitals, of several parts.
fn has_code(said: &str) -> bool {
    let is_of_code = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let mut words = said.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.any(|word| word.trim_matches('_').contains('_') && word.chars().all(is_of_code))
}
