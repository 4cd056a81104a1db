//! One entry, judged by itself: the same way as a deposit, for whoever types it, changes it or makes it of another.

use std::io::Write as _;

use super::entry::JudgedEntry;
use super::file::DepositFile;
use super::judge::Judged;
use super::pass::Listener;
use super::plan::DepositPlan;
use super::{DepositAccept, DepositRequest, DepositSettings};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{Account, Registry};
use crate::ledger::{EntryId, KnownDeposits};
use crate::model::{DepositKind, Language};
use crate::pipeline::Stop;
use crate::pipeline::catalogue::CatalogueFile;
use crate::pipeline::source::Source;

/// What an entry is judged by.
#[derive(Clone, Copy)]
pub struct EntryRequest<'e> {
    /// The parts.
    pub catalogue: &'e CatalogueFile,
    /// Fields, rules and manufacturers.
    pub registry: &'e Registry,
    /// Who deposits.
    pub account: Option<&'e Account>,
    /// What is there already.
    pub known: &'e dyn KnownDeposits,
    /// The entry that is being changed: it is no duplicate of itself.
    pub except: Option<EntryId>,
    /// The language of what it says.
    pub language: Language,
}

/// Hears the entries.
#[derive(Default)]
struct Entries(Vec<JudgedEntry>);

impl Listener for Entries {
    fn judged(&mut self, judged: &Judged) -> Result<()> {
        self.0.extend(judged.entries.iter().cloned());
        Ok(())
    }
}

/// Judges one entry, given as a JSON object with the member names of the platform's interface, or as XML of that. Days may stand
/// as `14/03/2026`, too. Refused: a text that holds none, or several.
pub fn judge_entry(body: &[u8], kind: DepositKind, request: &EntryRequest<'_>) -> Result<JudgedEntry> {
    let EntryRequest { catalogue, registry, account, known, except, language } = *request;
    let failed = |error| Error::io(&std::env::temp_dir(), Code::WriteFailed, error);
    let mut file = tempfile::Builder::new().prefix("bordereau-").suffix(".json").tempfile().map_err(failed)?;
    file.write_all(body).and_then(|()| file.flush()).map_err(failed)?;
    let opened = Source::File(file.path().to_owned()).open(&registry.format("generic")?.limits)?;
    let settings =
        DepositSettings { kind: Some(kind), accept: DepositAccept::Drafts, language, ..DepositSettings::default() };
    let plan = DepositPlan::make(&opened, registry, &settings, None)?.with_written_days();
    let (stop, files) = (Stop::default(), []);
    let deposit = DepositRequest {
        files: &files,
        out: None,
        catalogue,
        registry,
        settings: &settings,
        progress: &(),
        stop: &stop,
    };
    let file = DepositFile { request: &deposit, opened: &opened, plan: &plan, settings: &settings, account };
    let mut heard = Entries::default();
    file.judge_all(known, except, &mut heard)?;
    let mut entries = heard.0.into_iter();
    match (entries.next(), entries.next()) {
        (Some(entry), None) => Ok(entry),
        (_, second) => {
            let found = if second.is_some() { 2 } else { 0 };
            Err(Error::new(Code::EntryNotAlone, Arguments::none().with("found", found)))
        }
    }
}
