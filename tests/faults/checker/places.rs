//! Files that came: where they are, and whether the ledger knows them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _};

use super::{Asked, Judgement, Promise};

/// Where a file can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Where it was dropped.
    Inbox,
    /// Claimed by a run, or kept while it is read.
    Work,
    /// Put away.
    Away(&'static str),
}

/// Where files are put away.
const AWAY: [&str; 4] = ["done", "rejected", "duplicates", "quarantine"];

/// What a run writes beside a file that it put away.
pub(super) const BESIDE: [&str; 2] = [".txt", ".errors.xlsx"];

/// A file in one of the places.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) place: Place,
    /// As seen from the workspace.
    pub(super) path: PathBuf,
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) hash: String,
    /// Whether it was written beside another file by a run.
    pub(super) is_beside: bool,
    identity: (u64, u64),
}

/// Something that was dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dropped {
    /// BLAKE3 of its bytes, in hexadecimal digits.
    pub(crate) hash: String,
    /// How many bytes.
    pub(crate) bytes: u64,
    /// Under which name; only told.
    pub(crate) name: String,
}

impl Dropped {
    /// A file that will be dropped, or was.
    pub(crate) fn of(path: &Path) -> std::io::Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { hash: content_hash(path)?, bytes: fs::metadata(path)?.len(), name })
    }

    /// A line of a list: hash, bytes and name, separated by tabulators.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let mut cells = line.splitn(3, '\t');
        let (hash, bytes, name) = (cells.next()?.to_owned(), cells.next()?.parse().ok()?, cells.next()?.to_owned());
        Some(Self { hash, bytes, name })
    }

    /// The same as a line.
    pub(crate) fn line(&self) -> String {
        format!("{}\t{}\t{}\n", self.hash, self.bytes, self.name.escape_debug())
    }
}

/// BLAKE3 of a file, read anew.
fn content_hash(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hasher, mut buffer) = (blake3::Hasher::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().to_hex().to_string()),
            count => drop(hasher.update(&buffer[..count])),
        }
    }
}

/// Every file in a place where files can be, but what lies in folders below folders.
pub(super) fn kept(home: &Path) -> Asked<Vec<Kept>> {
    let mut folders = vec![(Place::Inbox, "inbox".to_owned())];
    let below = fs::read_dir(home.join("inbox")).into_iter().flatten().filter_map(Result::ok);
    let below = below.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.extend(below.map(|entry| (Place::Inbox, format!("inbox/{}", entry.file_name().to_string_lossy()))));
    folders.extend([(Place::Work, "work".to_owned()), (Place::Work, "work/inbox".to_owned())]);
    folders.extend(AWAY.map(|name| (Place::Away(name), name.to_owned())));
    let mut found = Vec::new();
    for (place, folder) in folders {
        let entries: Vec<_> = fs::read_dir(home.join(&folder)).into_iter().flatten().filter_map(Result::ok).collect();
        let names: BTreeSet<_> = entries.iter().map(fs::DirEntry::file_name).collect();
        for entry in entries {
            let metadata = entry.metadata().map_err(|error| format!("{}: {error}", entry.path().display()))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Beside deposits that are read, runs keep in `work` what they say of themselves.
            let is_of_runs = folder == "work" && !name.starts_with("deposit-");
            if !metadata.is_file() || is_of_runs || name == "inbox.toml" {
                continue;
            }
            let hash = content_hash(&entry.path());
            let of = |ending: &str| name.strip_suffix(ending).is_some_and(|of| names.contains(OsStr::new(of)));
            found.push(Kept {
                place,
                path: Path::new(&folder).join(entry.file_name()),
                bytes: metadata.len(),
                hash: hash.map_err(|error| format!("{}: {error}", entry.path().display()))?,
                is_beside: matches!(place, Place::Away(_)) && BESIDE.iter().any(|ending| of(ending)),
                identity: (metadata.dev(), metadata.ino()),
                name,
            });
        }
    }
    Ok(found)
}

/// A number that the name of a file bears.
pub(super) fn number(name: &str, what: &str) -> Option<i64> {
    name.strip_prefix(what)?.strip_prefix('-')?.split('-').next()?.parse().ok()
}

/// Whether the content may be packed, so that the ledger knows what was in it.
fn is_packed(home: &Path, file: &Kept) -> bool {
    let mut start = [0; 4];
    let read = File::open(home.join(&file.path)).and_then(|mut file| file.read(&mut start));
    read.is_ok() && (start.starts_with(b"\x1f\x8b") || start == *b"PK\x03\x04")
}

pub(super) fn judge(
    connection: &Connection,
    kept: &[Kept],
    dropped: Option<&[Dropped]>,
    found: &mut Judgement,
) -> rusqlite::Result<()> {
    let mut first: BTreeMap<(u64, u64), &Kept> = BTreeMap::new();
    for file in kept {
        if let Some(other) = first.insert(file.identity, file).filter(|_| !file.is_beside) {
            found.against(
                Promise::NoLoss,
                format!("in two places: {} and {}", other.path.display(), file.path.display()),
            );
            found.doubles += 1;
        }
        if file.place == Place::Work {
            found.against(Promise::NoLoss, format!("left in between: {}", file.path.display()));
        }
    }
    // By its path the ledger knows where the workspace is.
    let home = connection.path().map(Path::new).and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
    for file in kept.iter().filter(|file| file.place == Place::Away("done") && !file.is_beside) {
        for what in ["import", "deposit"] {
            let Some(number) = number(&file.name, what) else { continue };
            let question = format!("SELECT hash, bytes FROM {what} WHERE id = ?1");
            let known =
                connection.query_row(&question, [number], |row| Ok((row.get(0)?, super::count(row, 1)?))).optional()?;
            let known: Option<(String, u64)> = known;
            let path = file.path.display();
            match known {
                None => found.against(Promise::NoLoss, format!("the ledger knows no {what} {number}: {path}")),
                Some((hash, bytes)) if hash != file.hash && (bytes == file.bytes || !is_packed(&home, file)) => {
                    found.against(Promise::NoLie, format!("not the file that the ledger knows: {path}"));
                }
                _ => {}
            }
        }
    }
    let purged = super::ledger::purged(connection)?;
    kept_deposits(connection, kept, &purged, found)?;
    if let Some(dropped) = dropped {
        count(kept, dropped, &purged, found);
    }
    Ok(())
}

/// The ledger says of a deposit where its file is kept.
fn kept_deposits(
    connection: &Connection,
    kept: &[Kept],
    purged: &BTreeSet<String>,
    found: &mut Judgement,
) -> rusqlite::Result<()> {
    let mut question =
        connection.prepare("SELECT id, kept, hash, bytes FROM deposit WHERE kept <> '' AND deleted_at IS NULL")?;
    let mut rows = question.query([])?;
    while let Some(row) = rows.next()? {
        let (id, path, hash, bytes): (i64, String, String, u64) =
            (row.get(0)?, row.get(1)?, row.get(2)?, super::count(row, 3)?);
        match kept.iter().find(|file| file.path == Path::new(&path)) {
            None if purged.contains(&path) => {}
            None => found.against(Promise::NoLoss, format!("deposit {id} has no file {path}")),
            Some(file) if file.bytes == bytes && file.hash != hash => {
                found.against(Promise::NoLie, format!("deposit {id} is not what {path} holds"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Holds what is there against what was dropped.
fn count(kept: &[Kept], dropped: &[Dropped], purged: &BTreeSet<String>, found: &mut Judgement) {
    found.dropped_known = true;
    let mut came: BTreeMap<&str, (u64, &Dropped)> = BTreeMap::new();
    for file in dropped {
        came.entry(&file.hash).or_insert((0, file)).0 += 1;
    }
    let mut there: BTreeMap<&str, Vec<&Kept>> = BTreeMap::new();
    for file in kept.iter().filter(|file| !file.is_beside || came.contains_key(file.hash.as_str())) {
        there.entry(&file.hash).or_default().push(file);
    }
    for (hash, (times, file)) in &came {
        let copies = there.get(hash).map_or(0, |copies| copies.len() as u64);
        if copies == 0 && !purged.contains(*hash) {
            found.against(Promise::NoLoss, format!("lost: {} ({} bytes)", file.name, file.bytes));
            found.bytes_lost += file.bytes;
        }
        if copies > *times {
            found.against(Promise::NoLoss, format!("dropped {times} times, there {copies} times: {}", file.name));
            found.doubles += copies - times;
        }
    }
    for (_, files) in there.iter().filter(|(hash, _)| !came.contains_key(**hash)) {
        found.against(Promise::NoLie, format!("nobody dropped this: {}", files[0].path.display()));
    }
}
