//! What the platform is to be told, as files that a person or a program hands over.
//!
//! What enters: messages that the ledger has. What leaves: `outbox/NNNNNN-CALL.json`, each exactly what the call takes.
//! What is refused: nothing. The ledger has a message before its file is written; a run that ends between the two is finished
//! when the workspace is opened again.

use std::io::Write as _;
use std::path::PathBuf;

use super::Workspace;
use crate::diagnostic::Result;
use crate::ledger::{EntryBook as _, PendingMessage};
use crate::pipeline::write_file;

/// The folder of messages.
pub(super) const OUTBOX: &str = "outbox";

impl Workspace {
    /// Where messages to the platform wait to be handed over.
    pub fn outbox(&self) -> PathBuf {
        self.root.join(OUTBOX)
    }

    /// Where the file of a message is, or will be.
    fn message_path(&self, pending: &PendingMessage) -> PathBuf {
        self.outbox().join(format!("{:06}-{}.json", pending.number, pending.message.call))
    }

    /// Writes the messages that have no file yet. Done twice, it gives the same files.
    pub(super) fn write_outbox(&mut self) -> Result<()> {
        let pending = self.ledger.pending_messages()?;
        for pending in &pending {
            write_file(&self.message_path(pending), self.sync, |file| {
                file.write_all(pending.message.body.as_bytes())?;
                file.write_all(b"\n")
            })?;
        }
        if !pending.is_empty() {
            let numbers: Vec<_> = pending.iter().map(|pending| pending.number).collect();
            self.ledger.release_messages(&numbers)?;
        }
        Ok(())
    }
}
