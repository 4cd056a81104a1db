//! What a workspace has kept long enough, by `[retention]` of its settings.
//!
//! What enters: how long originals, contents and personal data are kept. What leaves: [`Purge`]: what went, what stays because
//! it is not finished. What is refused: nothing. Baskets that wait, orders that are open, drafts, claims nobody has settled and
//! deposits that wait for their correction are never touched, however old they grow.
//!
//! The ledger notes that a file goes before it goes, with its name, its length and its hash. A run that is killed in between is
//! finished when the workspace is opened; a file that took the same name meanwhile has other bytes and stays.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Workspace;
use super::entry::{EntryBody, personal};
use super::outbox::OUTBOX;
use crate::diagnostic::{Code, Error, Result};
use crate::format::{EntryFields, Registry, SolutionForm};
use crate::ledger::{
    DepositId, FileRemoval, ImportId, KeptFault, Owner, Persons, PurgedTexts, Reach, RetentionBook as _, Stamp, Tenure,
    Voice,
};
use crate::model::{DepositKind, Moment, WorkOrderField};
use crate::pipeline::{self, Stop};

/// Folders of files that came; whatever in them has no number is as old as its place there.
const ORIGINALS: [&str; 3] = ["done", "rejected", "duplicates"];

/// How many files are noted, then removed, at once.
const BATCH: usize = 500;

/// How many seconds a day has.
const DAY: i64 = 24 * 60 * 60;

/// What was purged, or would be.
#[derive(Debug, Default)]
pub struct Purge {
    /// Files, and folders of reports.
    pub files: Vec<FileRemoval>,
    /// What lost everything that it said.
    pub contents: PurgedTexts,
    /// What lost names, addresses and the like, of the rest.
    pub persons: PurgedTexts,
    /// Files that stay although they are older, because what they belong to is not finished.
    pub unfinished_files: u64,
    /// What stays as it is although it is older, for the same reason.
    pub unfinished: PurgedTexts,
}

impl Purge {
    /// Whether there was nothing to purge.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.contents.sum() + self.persons.sum() == 0
    }
}

impl Workspace {
    /// Purges what has been kept long enough.
    pub fn purge(&mut self, registry: &Registry, stop: &Stop, stamp: &Stamp) -> Result<Purge> {
        let kept = self.account.retention;
        let mut purge = self.foresee_files(stamp.at)?;
        // A file that cannot be removed keeps nothing else from being purged.
        let removed = self.remove_files(&purge.files, stop, stamp);
        if let Some(before) = kept.contents.map(|period| period.before(stamp.at)) {
            purge.contents = self.ledger.purge_texts(Reach::Contents, before, stamp)?;
        }
        if let Some(before) = kept.personal_data.map(|period| period.before(stamp.at)) {
            purge.persons = self.ledger.purge_texts(Reach::Persons, before, stamp)?;
            for voice in Voice::ALL {
                *purge.persons.of(voice) = self.forget_persons(voice, before, registry, stop, stamp)?;
            }
        }
        let texts = purge.contents.sum() + purge.persons.sum();
        self.ledger.note_purge(purge.files.len() as u64, texts, stamp)?;
        purge.unfinished = self.unfinished(stamp.at)?;
        removed.map(|()| purge)
    }

    /// Removes files, each noted before.
    fn remove_files(&mut self, files: &[FileRemoval], stop: &Stop, stamp: &Stamp) -> Result<()> {
        let mut removed = Ok(());
        for batch in files.chunks(BATCH) {
            stop.check()?;
            self.ledger.begin_removals(batch, stamp)?;
            removed = removed.and(self.finish_removals());
        }
        removed
    }

    /// What [`Workspace::purge`] would do.
    pub fn foresee_purge(&self, now: Moment) -> Result<Purge> {
        let kept = self.account.retention;
        let mut purge = self.foresee_files(now)?;
        let contents = kept.contents.map(|period| period.before(now));
        if let Some(before) = contents {
            purge.contents = self.ledger.to_purge(Reach::Contents, before)?;
        }
        if let Some(before) = kept.personal_data.map(|period| period.before(now)) {
            purge.persons = self.ledger.to_purge(Reach::Persons, before)?;
            // What loses everything is not counted twice.
            if let Some(all) = contents.map(|all| all.min(before)) {
                purge.persons = less(purge.persons, self.ledger.to_purge(Reach::Persons, all)?);
            }
        }
        purge.unfinished = self.unfinished(now)?;
        Ok(purge)
    }

    /// Purges when nobody has for a day, and something is to be purged at all: for those who come by often.
    pub fn purge_daily(&mut self, registry: &Registry, stop: &Stop, stamp: &Stamp) -> Result<Option<Purge>> {
        if self.account.retention.is_for_good() {
            return Ok(None);
        }
        let since = self.ledger.purged_last()?.map(|last| stamp.at.seconds() - last.seconds());
        // A clock that was put back must not stop it for good.
        if since.is_some_and(|since| (0..DAY).contains(&since)) {
            return Ok(None);
        }
        // Whatever becomes of it, it is not tried again and again.
        self.ledger.note_purge(0, 0, stamp)?;
        self.purge(registry, stop, stamp).map(Some)
    }

    fn unfinished(&self, now: Moment) -> Result<PurgedTexts> {
        let kept = self.account.retention;
        let before = [kept.contents, kept.personal_data].into_iter().flatten().map(|period| period.before(now)).max();
        before.map_or_else(|| Ok(PurgedTexts::default()), |before| self.ledger.unfinished(before))
    }

    /// Takes persons out of what speaks of them.
    fn forget_persons(
        &mut self,
        voice: Voice,
        before: Moment,
        registry: &Registry,
        stop: &Stop,
        stamp: &Stamp,
    ) -> Result<u64> {
        let (fields, form) = (&registry.deposits()?.fields, SolutionForm::read(registry)?);
        let mut forgotten = 0;
        loop {
            stop.check()?;
            let found = self.ledger.persons_before(voice, before)?;
            if found.is_empty() {
                return Ok(forgotten);
            }
            let left: Vec<_> = found.into_iter().map(|each| without(voice, each, fields, &form)).collect();
            self.ledger.forget_persons(voice, &left, stamp)?;
            forgotten += left.len() as u64;
        }
    }

    /// Removes what is noted, by this run or by one that was killed before it was gone.
    pub(super) fn finish_removals(&mut self) -> Result<()> {
        let noted = self.ledger.pending_removals()?;
        if noted.is_empty() {
            return Ok(());
        }
        let mut failed = None;
        let mut gone = Vec::new();
        for file in noted {
            match self.remove(&file) {
                Ok(()) => gone.push(file),
                Err(error) => failed = Some(error),
            }
        }
        self.ledger.end_removals(&gone)?;
        failed.map_or(Ok(()), Err)
    }

    /// Removes a file, if it is still the one that was noted.
    fn remove(&self, file: &FileRemoval) -> Result<()> {
        let path = self.root.join(&file.path);
        if file.hash.is_empty() {
            return pipeline::remove_folder(&path);
        }
        if !path.is_file() || pipeline::file_hash(&path)? != file.hash {
            return Ok(());
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(&path, Code::WriteFailed, error)),
            _ => Ok(()),
        }
    }

    /// The files whose time is over.
    fn foresee_files(&self, now: Moment) -> Result<Purge> {
        let mut purge = Purge::default();
        let Some(before) = self.account.retention.files_before(now) else { return Ok(purge) };
        for name in ORIGINALS {
            self.foresee_folder(name, owner_of_original, Strangers::Go, before, &mut purge)?;
        }
        self.foresee_folder(OUTBOX, owner_of_message, Strangers::Stay, before, &mut purge)?;
        self.foresee_folder("out", owner_of_reports, Strangers::Stay, before, &mut purge)?;
        self.foresee_folder(super::order::ORDERS, owner_of_document, Strangers::Stay, before, &mut purge)?;
        Ok(purge)
    }

    /// Those of one folder.
    fn foresee_folder(
        &self,
        name: &str,
        owner: fn(&str) -> Option<Owner>,
        strangers: Strangers,
        before: Moment,
        purge: &mut Purge,
    ) -> Result<()> {
        let folder = self.root.join(name);
        let found = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            found => found.map_err(|error| Error::io(&folder, Code::ReadFailed, error))?,
        };
        for entry in found.filter_map(std::result::Result::ok) {
            // What has no name of text has none that the ledger could keep.
            let Some(bare) = entry.file_name().into_string().ok().filter(|bare| !bare.starts_with('.')) else {
                continue;
            };
            let Ok(metadata) = entry.metadata() else { continue };
            let is_reports = name == "out";
            if is_reports != metadata.is_dir() || metadata.is_symlink() || placed_at(&metadata) >= before.seconds() {
                continue;
            }
            let owner = owner(&bare);
            let tenure = owner.as_ref().map(|owner| self.ledger.tenure(owner, before)).transpose()?;
            match (tenure, strangers) {
                (Some(Tenure::Over), _) | (None, Strangers::Go) => {}
                (None, Strangers::Stay) | (Some(Tenure::Young), _) => continue,
                // A number that this ledger does not know belongs to work that it has still to do.
                (Some(Tenure::Unfinished | Tenure::Unknown), _) => {
                    purge.unfinished_files += 1;
                    continue;
                }
            }
            let hash = if is_reports { String::new() } else { pipeline::file_hash(&entry.path())? };
            let bytes = if is_reports { 0 } else { metadata.len() };
            purge.files.push(FileRemoval { id: 0, path: PathBuf::from(name).join(bare), hash, bytes, owner });
        }
        purge.files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(())
    }
}

/// What becomes of files that belong to nothing in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strangers {
    /// They are originals: they go when they are old.
    Go,
    /// Somebody else put them there.
    Stay,
}

/// The number behind a word, such as `import-000012-order.csv`.
pub(super) fn number_behind(name: &str, word: &str) -> Option<i64> {
    name.strip_prefix(word)?.split('-').next().filter(|digits| digits.len() >= 6)?.parse().ok()
}

/// To what a file that came belongs, by the number in its name.
pub(super) fn owner_of_original(name: &str) -> Option<Owner> {
    let import = number_behind(name, "import-").map(|number| Owner::Import(ImportId(number)));
    import.or_else(|| number_behind(name, "deposit-").map(|number| Owner::Deposit(DepositId(number))))
}

fn owner_of_message(name: &str) -> Option<Owner> {
    number_behind(name, "").map(Owner::Message)
}

/// Folders that somebody chose are theirs.
fn owner_of_reports(name: &str) -> Option<Owner> {
    owner_of_original(name).filter(|_| name.matches('-').count() == 1)
}

fn owner_of_document(name: &str) -> Option<Owner> {
    let stem = Path::new(name).file_stem()?.to_str()?;
    Some(Owner::Order(stem.to_owned()))
}

/// Since when a file is where it is, in seconds since 1970: the last moment at which anything about it has changed. What its
/// sender says of its age does not count.
#[cfg(unix)]
pub(super) fn placed_at(metadata: &Metadata) -> i64 {
    std::os::unix::fs::MetadataExt::ctime(metadata)
}

/// The same where a system does not tell.
#[cfg(not(unix))]
pub(super) fn placed_at(metadata: &Metadata) -> i64 {
    let moments = [metadata.modified(), metadata.created()].into_iter().flatten();
    let seconds = moments.filter_map(|at| at.duration_since(std::time::UNIX_EPOCH).ok()).map(|since| since.as_secs());
    seconds.max().and_then(|seconds| i64::try_from(seconds).ok()).unwrap_or(i64::MAX)
}

fn less(all: PurgedTexts, some: PurgedTexts) -> PurgedTexts {
    PurgedTexts {
        imports: all.imports.saturating_sub(some.imports),
        entries: all.entries.saturating_sub(some.entries),
        solutions: all.solutions.saturating_sub(some.solutions),
        work_orders: all.work_orders.saturating_sub(some.work_orders),
        orders: all.orders.saturating_sub(some.orders),
    }
}

/// What is left when persons are taken out.
fn without(voice: Voice, said: Persons, fields: &EntryFields, form: &SolutionForm) -> Persons {
    let Persons { id, kind, body, mut faults } = said;
    let body = match voice {
        Voice::Entry => {
            let kind = kind.unwrap_or(DepositKind::Claims);
            let personal: Vec<_> = personal(kind, fields).map(|path| path.replace('/', ".")).collect();
            faults.iter_mut().filter(|fault| personal.contains(&fault.field)).for_each(forget_value);
            EntryBody::new(kind, &body).without_persons(fields).text()
        }
        Voice::Solution => {
            let personal = || form.fields.iter().filter(|field| field.is_personal).map(|field| field.name.as_str());
            faults.iter_mut().filter(|fault| personal().any(|name| name == fault.field)).for_each(forget_value);
            without_members(&body, personal())
        }
        Voice::WorkOrder => {
            let personal = WorkOrderField::ALL.into_iter().filter(|field| field.is_personal());
            without_members(&body, personal.map(WorkOrderField::name))
        }
    };
    Persons { id, kind, body, faults }
}

fn forget_value(fault: &mut KeptFault) {
    fault.value.clear();
    fault.arguments.clear();
}

/// JSON without members, each named with those that it stands in: `Consumer.LastName`.
fn without_members<'n>(body: &str, names: impl Iterator<Item = &'n str>) -> String {
    let mut root = serde_json::from_str(body).unwrap_or(Value::Null);
    for name in names {
        let (way, member) = name.rsplit_once('.').unwrap_or(("", name));
        let mut steps = way.split('.').filter(|step| !step.is_empty());
        let holder = steps.try_fold(&mut root, |value, step| value.get_mut(step));
        if let Some(members) = holder.and_then(Value::as_object_mut) {
            members.remove(member);
        }
    }
    root.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_numbers() {
        assert_eq!(owner_of_original("import-000012-a.csv"), Some(Owner::Import(ImportId(12))));
        assert_eq!(owner_of_original("deposit-1000012-a.csv"), Some(Owner::Deposit(DepositId(1_000_012))));
        for name in ["import-12-a.csv", "import-a.csv", "imports-000012.csv", "a-000012.csv", "import-"] {
            assert_eq!(owner_of_original(name), None, "{name}");
        }
        assert_eq!(owner_of_reports("import-000012"), Some(Owner::Import(ImportId(12))));
        assert_eq!(owner_of_reports("import-000012-mine"), None);
        assert_eq!(owner_of_message("000003-UpdateRepair.json"), Some(Owner::Message(3)));
        assert_eq!(owner_of_document("CF-2026-0001.csv"), Some(Owner::Order("CF-2026-0001".to_owned())));
    }

    #[test]
    fn persons_leave_and_the_rest_stays() {
        let body = r#"{"MandateId":1,"Consumer":{"LastName":"Dupont","Zip":"64100"},"Device":{"Brand":"X"}}"#;
        let names = ["Consumer.LastName", "Consumer.Zip", "Nobody.Name"];
        let left: Value = serde_json::from_str(&without_members(body, names.into_iter())).unwrap();
        assert_eq!(left, serde_json::json!({ "MandateId": 1, "Consumer": {}, "Device": { "Brand": "X" } }));
        assert_eq!(without_members("no json", names.into_iter()), "null");
    }
}
