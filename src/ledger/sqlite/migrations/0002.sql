-- Deposits, and what is created of them. Texts and numbers as in 0001.sql.

-- Every file that was deposited.
CREATE TABLE deposit (
    id              INTEGER PRIMARY KEY,
    parent          INTEGER REFERENCES deposit (id), -- what it corrects, reads again, or is a duplicate of
    origin          TEXT    NOT NULL CHECK (origin IN ('FILE', 'CORRECTION', 'RETRY', 'TYPED')),
    kind            TEXT    CHECK (kind IN ('claims', 'repairs')),
    status          TEXT    NOT NULL CHECK (status IN ('RECEIVED', 'PROCESSING', 'DONE', 'PARTIAL', 'REJECTED', 'DUPLICATE', 'SUPERSEDED')),
    file            TEXT    NOT NULL,
    hash            TEXT    NOT NULL,                -- of its bytes
    content         TEXT    NOT NULL DEFAULT '',     -- of what its entries say, in whatever order and form
    bytes           INTEGER NOT NULL,
    settings        TEXT    NOT NULL DEFAULT '',     -- JSON: how it was read
    received_at     INTEGER NOT NULL,
    received_by     TEXT    NOT NULL,
    read            INTEGER NOT NULL DEFAULT 0,
    accepted        INTEGER NOT NULL DEFAULT 0,
    rejected        INTEGER NOT NULL DEFAULT 0,
    ignored         INTEGER NOT NULL DEFAULT 0,
    drafts          INTEGER NOT NULL DEFAULT 0,      -- of the rejected: kept as not valid
    corrected       INTEGER NOT NULL DEFAULT 0,      -- of the rejected: brought in later
    claims          INTEGER NOT NULL DEFAULT 0,      -- created, drafts among them
    repairs         INTEGER NOT NULL DEFAULT 0,
    refusal         TEXT    NOT NULL DEFAULT '',     -- JSON: why it was refused as a whole
    kept            TEXT    NOT NULL DEFAULT '',     -- where the file is kept, as seen from the workspace
    reports         TEXT    NOT NULL DEFAULT '',     -- folder of its reports
    reports_pending INTEGER NOT NULL DEFAULT 0,
    deleted_at      INTEGER,
    deleted_by      TEXT    NOT NULL DEFAULT '',
    CHECK (read = accepted + rejected + ignored),
    CHECK (corrected <= rejected AND drafts <= rejected),
    CHECK (claims + repairs <= accepted + drafts)
);
CREATE INDEX deposit_by_hash ON deposit (hash);
CREATE INDEX deposit_by_content ON deposit (content) WHERE content <> '';
CREATE INDEX deposit_by_parent ON deposit (parent) WHERE parent IS NOT NULL;
CREATE INDEX deposit_by_moment ON deposit (received_at);
CREATE INDEX deposit_pending ON deposit (id) WHERE reports_pending;
CREATE INDEX deposit_purged ON deposit (id) WHERE deleted_at IS NOT NULL AND (kept <> '' OR reports <> '');

-- A warranty claim or a repair file.
CREATE TABLE entry (
    id             INTEGER PRIMARY KEY,
    kind           TEXT    NOT NULL CHECK (kind IN ('claims', 'repairs')),
    deposit        INTEGER REFERENCES deposit (id),  -- that brought it; NULL: it was typed or made of a repair file
    amended_by     INTEGER REFERENCES deposit (id),  -- the last one that brought it up to date
    line           INTEGER NOT NULL,
    manufacturer   INTEGER,
    report_number  TEXT    NOT NULL,
    identity       INTEGER NOT NULL,
    content        INTEGER NOT NULL,
    appliance      INTEGER,
    repaired_on    INTEGER NOT NULL DEFAULT 0,
    valid          INTEGER NOT NULL,
    status         TEXT    NOT NULL,                 -- of a claim its status, of a repair file its state
    answer         TEXT    NOT NULL DEFAULT '',      -- the manufacturer's last word
    claim_number   TEXT    NOT NULL DEFAULT '',      -- of the claim on the platform
    intervention   INTEGER,                          -- the repair file on the platform
    counterpart    INTEGER REFERENCES entry (id),
    closing_reason TEXT    NOT NULL DEFAULT '',
    created_at     INTEGER NOT NULL,
    created_by     TEXT    NOT NULL,
    changed_at     INTEGER NOT NULL,
    transmitted_at INTEGER,
    draft_invoice  INTEGER REFERENCES draft_invoice (id),
    body           TEXT,                             -- JSON; NULL once it was purged
    faults         TEXT    NOT NULL,                 -- JSON
    remarks        TEXT    NOT NULL DEFAULT '[]',    -- JSON: what the manufacturer found
    CHECK (kind = 'repairs' OR status IN ('NOTVALID', 'VALID', 'WAITING', 'NOTCONFORM', 'ARBITRATION', 'ACCEPTED', 'CLOSEDACCEPTED', 'REFUSED', 'CANCELLED')),
    CHECK (kind = 'claims' OR status IN ('TO_PLAN', 'PLANNED', 'IN_PROGRESS', 'WAITING_PARTS', 'CLOSED_WITH_CLAIM', 'CLOSED_WITHOUT_CLAIM')),
    CHECK (body IS NOT NULL OR transmitted_at IS NULL),
    CHECK (status <> 'VALID' OR valid)
);
-- One report is created once. A purged entry, or a claim that was taken back, makes room for another.
CREATE UNIQUE INDEX entry_once ON entry (kind, identity) WHERE body IS NOT NULL AND status <> 'CANCELLED';
CREATE INDEX entry_by_deposit ON entry (deposit, line, manufacturer) WHERE deposit IS NOT NULL;
CREATE INDEX entry_by_amendment ON entry (amended_by) WHERE amended_by IS NOT NULL;
CREATE INDEX entry_by_report ON entry (report_number) WHERE report_number <> '';
CREATE INDEX entry_by_appliance ON entry (appliance, repaired_on) WHERE appliance IS NOT NULL;
CREATE INDEX entry_by_intervention ON entry (intervention) WHERE intervention IS NOT NULL;
CREATE INDEX entry_by_claim_number ON entry (claim_number) WHERE claim_number <> '';
CREATE INDEX entry_by_status ON entry (kind, status, id);
CREATE INDEX entry_by_counterpart ON entry (counterpart) WHERE counterpart IS NOT NULL;

-- Every record of an entry with an error; a correction may bring it in later. Entries may stand on one line (JSON without
-- line feeds), so that a line alone does not tell them apart.
CREATE TABLE refused_record (
    deposit      INTEGER NOT NULL REFERENCES deposit (id),
    entry_line   INTEGER NOT NULL,                   -- on which its entry starts
    number       INTEGER NOT NULL,                   -- of its entry among those that were refused, from 1
    record       INTEGER NOT NULL,                   -- among those of its entry, from 1
    line         INTEGER NOT NULL,
    record_hash  INTEGER NOT NULL,
    draft        INTEGER REFERENCES entry (id),
    stands_for   INTEGER,                            -- in a correction: the entry line of its parent
    corrected_at INTEGER,
    corrected_by INTEGER REFERENCES deposit (id),    -- NULL: a command corrected the draft
    corrected_as INTEGER REFERENCES entry (id),      -- the entry that was created or corrected in its place
    PRIMARY KEY (deposit, entry_line, number, record),
    CHECK ((corrected_at IS NULL) = (corrected_as IS NULL)),
    CHECK (corrected_by IS NULL OR corrected_at IS NOT NULL)
) WITHOUT ROWID;
CREATE INDEX refused_record_by_draft ON refused_record (draft) WHERE draft IS NOT NULL;
CREATE INDEX refused_record_by_correction ON refused_record (corrected_as) WHERE corrected_as IS NOT NULL;

-- Parts of repair files that went into a basket: by the source line, so that they come back when its import is undone.
CREATE TABLE repair_part (
    import    INTEGER NOT NULL REFERENCES import (id),
    line      INTEGER NOT NULL,
    entry     INTEGER NOT NULL REFERENCES entry (id),
    reference TEXT    NOT NULL,                      -- as the file calls it
    PRIMARY KEY (import, line)
) WITHOUT ROWID;
CREATE INDEX repair_part_by_entry ON repair_part (entry);

-- After-sales solution requests.
CREATE TABLE solution (
    id           INTEGER PRIMARY KEY,
    manufacturer INTEGER,
    entry        INTEGER REFERENCES entry (id),
    status       TEXT    NOT NULL CHECK (status IN ('NOT_TRANSMITTED', 'TRANSMITTED', 'ANSWERED')),
    valid        INTEGER NOT NULL,
    answer       TEXT    NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    created_by   TEXT    NOT NULL,
    body         TEXT    NOT NULL,                   -- JSON
    faults       TEXT    NOT NULL,                   -- JSON
    CHECK (valid OR status = 'NOT_TRANSMITTED')
);
CREATE INDEX solution_by_entry ON solution (entry) WHERE entry IS NOT NULL;

-- Draft invoices of manufacturers, with the service centre's own invoice for each.
CREATE TABLE draft_invoice (
    id           INTEGER PRIMARY KEY,
    number       TEXT    NOT NULL UNIQUE,
    manufacturer INTEGER,
    file         TEXT    NOT NULL,
    hash         TEXT    NOT NULL,
    received_at  INTEGER NOT NULL,
    received_by  TEXT    NOT NULL,
    invoice      TEXT    NOT NULL UNIQUE
);
CREATE TABLE approved_claim (
    draft_invoice INTEGER NOT NULL REFERENCES draft_invoice (id),
    line          INTEGER NOT NULL,
    entry         INTEGER REFERENCES entry (id),
    claim_number  TEXT    NOT NULL,
    report_number TEXT    NOT NULL,
    amount        INTEGER NOT NULL,
    currency      TEXT    NOT NULL,
    matched       TEXT    NOT NULL,
    PRIMARY KEY (draft_invoice, line)
) WITHOUT ROWID;
CREATE INDEX approved_claim_by_entry ON approved_claim (entry) WHERE entry IS NOT NULL;

-- What the platform is to be told. The body goes once its file is in the outbox.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    entry      INTEGER REFERENCES entry (id),
    call       TEXT    NOT NULL,
    body       TEXT,
    posted_at  INTEGER NOT NULL,
    posted_by  TEXT    NOT NULL
);
CREATE INDEX outbox_pending ON outbox (id) WHERE body IS NOT NULL;
CREATE INDEX outbox_by_entry ON outbox (entry) WHERE entry IS NOT NULL;
