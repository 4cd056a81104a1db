-- Events that others are told of. Texts and numbers as in 0001.sql.

-- One row: what the keys of this ledger begin with where they are told, and how far its events are told.
CREATE TABLE event_stream (
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    name    TEXT    NOT NULL,
    written INTEGER NOT NULL,                        -- the last event in the file of events
    routed  INTEGER NOT NULL                         -- the last event of which is settled whom it is told
);
INSERT INTO event_stream VALUES (1, lower(hex(randomblob(8))), 0, 0);

CREATE TABLE event (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,       -- never used again: later events have higher numbers
    key     TEXT    NOT NULL UNIQUE,
    kind    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    by      TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    facts   TEXT    NOT NULL                         -- JSON, nothing of persons
);

-- An event that one recipient is told of.
CREATE TABLE notification (
    id            INTEGER PRIMARY KEY,
    event         INTEGER NOT NULL REFERENCES event (id),
    channel       TEXT    NOT NULL CHECK (channel IN ('mail', 'webhook')),
    address       TEXT    NOT NULL,
    status        TEXT    NOT NULL DEFAULT 'OPEN' CHECK (status IN ('OPEN', 'DELIVERED', 'REFUSED')),
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_attempt  INTEGER,                           -- NULL: at once
    claimed_until INTEGER,                           -- NULL: nobody holds it
    delivered_at  INTEGER,
    last_error    TEXT    NOT NULL DEFAULT '',
    UNIQUE (event, channel, address),
    CHECK ((status = 'DELIVERED') = (delivered_at IS NOT NULL)),
    CHECK (status = 'OPEN' OR (next_attempt IS NULL AND claimed_until IS NULL))
);
CREATE INDEX notification_open ON notification (id) WHERE status = 'OPEN';
