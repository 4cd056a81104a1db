//! Where what is kept of claims and repair files contradicts itself.

use rusqlite::Connection;

use crate::ledger::sqlite::rows::told;

/// What is wrong with entries, and with what is about them.
pub(in crate::ledger::sqlite) fn faults(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    told(
        connection,
        &[
            "SELECT 'entry ' || e.id || ': is valid with errors, or not valid without one' FROM entry AS e
             WHERE e.body IS NOT NULL AND e.contents_purged_at IS NULL
                 AND e.valid = EXISTS (SELECT 1 FROM json_each(e.faults) WHERE value ->> 'severity' = 'E')",
            "SELECT 'entry ' || e.id || ': is ' || e.status || ', but was never transmitted' FROM entry AS e
             WHERE e.kind = 'claims' AND e.transmitted_at IS NULL
                 AND e.status IN ('WAITING', 'NOTCONFORM', 'ARBITRATION', 'ACCEPTED', 'CLOSEDACCEPTED', 'REFUSED')",
            "SELECT 'entry ' || e.id || ': names a counterpart that does not name it' FROM entry AS e
                 JOIN entry AS c ON c.id = e.counterpart
             WHERE c.counterpart IS NOT e.id OR c.kind = e.kind",
            "SELECT 'entry ' || e.id || ': is closed with a claim that is not there, or has one and is not'
             FROM entry AS e
             WHERE e.kind = 'repairs' AND (e.status = 'CLOSED_WITH_CLAIM') <> (e.counterpart IS NOT NULL)",
            "SELECT 'entry ' || e.id || ': was purged, but still says something' FROM entry AS e
             WHERE e.body IS NULL AND (e.valid OR e.faults <> '[]' OR e.remarks <> '[]' OR e.appliance IS NOT NULL
                                       OR (e.kind = 'claims' AND e.status <> 'CANCELLED'))",
            "SELECT 'entry ' || e.id || ': its contents were purged, but it still says something' FROM entry AS e
             WHERE e.contents_purged_at IS NOT NULL
                 AND (e.body IS NOT NULL AND e.body <> '{}' OR e.faults <> '[]' OR e.remarks <> '[]')",
            "SELECT 'entry ' || e.id || ': is on a draft invoice that does not approve it' FROM entry AS e
             WHERE e.draft_invoice IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM approved_claim AS a
                 WHERE a.draft_invoice = e.draft_invoice AND a.entry = e.id AND a.matched = 'TAKEN')",
            "SELECT 'draft invoice ' || i.number || ', line ' || a.line || ': approves a claim that is not there, or is not on it'
             FROM approved_claim AS a JOIN draft_invoice AS i ON i.id = a.draft_invoice
                 LEFT JOIN entry AS e ON e.id = a.entry
             WHERE (a.matched = 'UNKNOWN') <> (a.entry IS NULL)
                 OR (a.matched = 'TAKEN' AND (e.draft_invoice IS NOT a.draft_invoice OR e.kind <> 'claims'))",
            "SELECT 'message ' || o.id || ': is about an entry that was purged' FROM outbox AS o
                 JOIN entry AS e ON e.id = o.entry WHERE e.body IS NULL",
            "SELECT 'entry ' || e.id || ': has parts in a basket, but is no repair file' FROM entry AS e
             WHERE e.kind <> 'repairs' AND EXISTS (SELECT 1 FROM repair_part AS p WHERE p.entry = e.id)",
            "SELECT 'solution ' || s.id || ': is valid with errors, or not valid without one' FROM solution AS s
             WHERE s.valid = EXISTS (SELECT 1 FROM json_each(s.faults) WHERE value ->> 'severity' = 'E')",
        ],
    )
}
