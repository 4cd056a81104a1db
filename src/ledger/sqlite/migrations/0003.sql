-- Work orders. Texts and numbers as in 0001.sql.

-- A work order: what it says never changes, how far it is does.
CREATE TABLE work_order (
    id             INTEGER PRIMARY KEY,              -- the platform's number
    number         TEXT    NOT NULL,                 -- the manufacturer's own
    manufacturer   INTEGER NOT NULL,
    repair_type    INTEGER,
    product        TEXT    NOT NULL,
    zip            TEXT    NOT NULL,
    created_at     INTEGER,                          -- when the manufacturer sent it, where that is told
    deadline       INTEGER,
    hash           TEXT    NOT NULL,                 -- BLAKE3 of the body
    body           TEXT    NOT NULL,                 -- JSON: as it came, without its state
    status         TEXT    NOT NULL CHECK (status IN ('NEW', 'ACCEPTED', 'REFUSED', 'PLANNED', 'INPROGRESS', 'CLOSED')),
    close_kind     TEXT    CHECK (close_kind IN ('WithClaim', 'WithoutClaim')),
    reported       TEXT    NOT NULL CHECK (reported IN ('NEW', 'ACCEPTED', 'REFUSED', 'PLANNED', 'INPROGRESS', 'CLOSED')),
    intervention   INTEGER,                          -- the repair file on the platform
    entry          INTEGER REFERENCES entry (id),    -- the repair file here
    received_at    INTEGER NOT NULL,
    received_by    TEXT    NOT NULL,
    decided_at     INTEGER,
    decided_by     TEXT    NOT NULL DEFAULT '',
    refusal_reason TEXT    NOT NULL DEFAULT '',
    exported_at    INTEGER,
    CHECK (close_kind IS NULL OR status = 'CLOSED'),
    CHECK (refusal_reason = '' OR status = 'REFUSED'),
    CHECK ((decided_at IS NULL) = (status = 'NEW')),
    -- What the platform calls planned or closed may have its repair file there alone.
    CHECK (status <> 'ACCEPTED' OR entry IS NOT NULL),
    CHECK (status NOT IN ('NEW', 'REFUSED') OR entry IS NULL)
);
CREATE UNIQUE INDEX work_order_by_entry ON work_order (entry) WHERE entry IS NOT NULL;
CREATE INDEX work_order_by_status ON work_order (status, deadline);
CREATE INDEX work_order_not_exported ON work_order (id) WHERE exported_at IS NULL;
