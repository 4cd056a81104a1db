//! Files into the baskets of a workspace.

use super::Workspace;
use crate::diagnostic::Result;
use crate::ledger::{ImportBook as _, ImportEntry, ImportId, ImportOrigin, ImportStatus, Stamp};
use crate::pipeline::{self, Batch, Booking, ImportRequest, Settings};

impl Workspace {
    /// Imports files into the baskets. `again` takes files, and lines, that are there already.
    pub fn import(
        &mut self,
        request: &ImportRequest<'_>,
        origin: ImportOrigin,
        again: bool,
        stamp: Stamp,
    ) -> Result<Batch> {
        let today = request.settings.today.or(stamp.at.day());
        let settings = Settings { today, ..request.settings.clone() };
        let request = ImportRequest { account: Some(&self.account), settings: &settings, ..*request };
        let home = self.root.clone();
        let mut booking = Booking { ledger: &mut self.ledger, stamp, origin, again, home };
        pipeline::import(&request, Some(&mut booking))
    }

    /// The import that somebody means: by its number, or the newest of a file of that name whose lines count.
    pub fn find_import(&self, name: &str) -> Result<Option<ImportEntry>> {
        if let Ok(number) = name.parse() {
            return self.ledger.import(ImportId(number));
        }
        let bare = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let counts = |import: &ImportEntry| matches!(import.status, ImportStatus::Done | ImportStatus::Partial);
        Ok(self.ledger.imports()?.into_iter().find(|import| import.file == bare && counts(import)))
    }
}
