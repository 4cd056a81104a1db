-- The first shape of the ledger. A migration is never changed once it is released; the next one gets the next number.
-- Moments are seconds since 1970 UTC, days are yyyymmdd (0: none), money is ten-thousandths of the currency unit.

-- Every file that was taken in, and what was typed instead of coming in a file.
CREATE TABLE import (
    id              INTEGER PRIMARY KEY,
    parent          INTEGER REFERENCES import (id),  -- what it corrects, or what it is a duplicate of
    origin          TEXT    NOT NULL CHECK (origin IN ('FILE', 'CORRECTION', 'PREPARATION', 'TYPED')),
    status          TEXT    NOT NULL CHECK (status IN ('DONE', 'PARTIAL', 'REJECTED', 'DUPLICATE', 'UNDONE')),
    file            TEXT    NOT NULL,
    hash            TEXT    NOT NULL,                -- of its bytes
    content         TEXT    NOT NULL,                -- of what its lines say, in whatever order and encoding
    bytes           INTEGER NOT NULL,
    format          TEXT    NOT NULL,
    format_hash     TEXT    NOT NULL,                -- which version of the format read it
    settings        TEXT    NOT NULL,                -- JSON: what the user chose
    received_at     INTEGER NOT NULL,
    received_by     TEXT    NOT NULL,
    read            INTEGER NOT NULL,
    accepted        INTEGER NOT NULL,
    rejected        INTEGER NOT NULL,
    ignored         INTEGER NOT NULL,
    corrected       INTEGER NOT NULL DEFAULT 0,      -- refused lines that corrections brought in
    customer_code   TEXT    NOT NULL DEFAULT '',     -- with file_reference: how an Agora file names itself
    file_reference  TEXT    NOT NULL DEFAULT '',
    reports         TEXT    NOT NULL,                -- folder of its reports, empty when none were asked for
    reports_pending INTEGER NOT NULL DEFAULT 0,      -- they still have to get their final names
    CHECK (read = accepted + rejected + ignored),
    CHECK (corrected <= rejected)
);
CREATE INDEX import_by_hash ON import (hash);
CREATE INDEX import_by_content ON import (content);
CREATE INDEX import_by_reference ON import (file_reference) WHERE file_reference <> '';
CREATE INDEX import_pending ON import (id) WHERE reports_pending;

-- A part that is wanted: in the basket of its manufacturer, ordered, or taken out of the basket.
CREATE TABLE basket_line (
    id                    INTEGER PRIMARY KEY,
    manufacturer          INTEGER NOT NULL,
    state                 TEXT    NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'ORDERED', 'REMOVED')),
    reference             TEXT    NOT NULL,
    label                 TEXT    NOT NULL,
    unit_price            INTEGER NOT NULL,
    quantity              INTEGER NOT NULL CHECK (quantity > 0),
    adjusted              INTEGER NOT NULL DEFAULT 0, -- quantity = sum of its source lines + adjusted
    delivery_account      TEXT    NOT NULL,
    customer_order_number TEXT    NOT NULL,
    work_order            TEXT    NOT NULL,
    countermark           TEXT    NOT NULL,
    desired_delivery_date INTEGER NOT NULL,
    comment               TEXT    NOT NULL,
    merge_key             INTEGER,                    -- lines with other keys are never merged, without one with none
    asked_manufacturer    INTEGER,                    -- the part that its source lines ask for, when another took its place
    asked_reference       TEXT,
    CHECK ((asked_manufacturer IS NULL) = (asked_reference IS NULL)),
    CHECK (asked_reference IS NULL OR merge_key IS NULL)
);
CREATE INDEX basket_line_waiting ON basket_line (manufacturer, id) WHERE state = 'WAITING';
CREATE INDEX basket_line_merge ON basket_line (merge_key) WHERE state = 'WAITING';

-- Every line that was accepted, as it was asked for: nothing is blended.
CREATE TABLE source_line (
    id                    INTEGER PRIMARY KEY,
    import                INTEGER NOT NULL REFERENCES import (id),
    line                  INTEGER NOT NULL,
    basket_line           INTEGER NOT NULL REFERENCES basket_line (id),
    quantity              INTEGER NOT NULL CHECK (quantity > 0),
    delivery_account      TEXT    NOT NULL,
    customer_order_number TEXT    NOT NULL,
    work_order            TEXT    NOT NULL,
    countermark           TEXT    NOT NULL,
    desired_delivery_date INTEGER NOT NULL,
    comment               TEXT    NOT NULL,
    need                  INTEGER                     -- key of the need it is for, when it names one
);
CREATE UNIQUE INDEX source_line_once ON source_line (import, line);
CREATE INDEX source_line_by_basket_line ON source_line (basket_line);
CREATE INDEX source_line_by_need ON source_line (need) WHERE need IS NOT NULL;

-- Every line that was refused; a correction may bring it in later.
CREATE TABLE refused_line (
    import       INTEGER NOT NULL REFERENCES import (id),
    line         INTEGER NOT NULL,
    record_hash  INTEGER NOT NULL,
    stands_for   INTEGER,                            -- in a correction: the line of its parent
    corrected_by INTEGER REFERENCES import (id),
    PRIMARY KEY (import, line)
) WITHOUT ROWID;

-- What a file said of its orders besides the lines.
CREATE TABLE order_head (
    import                INTEGER NOT NULL REFERENCES import (id),
    manufacturer          INTEGER NOT NULL,
    customer_order_number TEXT    NOT NULL,
    delivery_account      TEXT    NOT NULL,
    delivery_option       TEXT    NOT NULL,
    desired_delivery_date INTEGER NOT NULL,
    comment               TEXT    NOT NULL,
    address               TEXT    NOT NULL,           -- JSON, empty when none was given
    PRIMARY KEY (import, manufacturer, customer_order_number)
) WITHOUT ROWID;

-- What waits in each basket, kept with every change of its lines so that a list of baskets needs no count.
CREATE TABLE basket (
    manufacturer INTEGER PRIMARY KEY,
    lines        INTEGER NOT NULL CHECK (lines >= 0),
    quantity     INTEGER NOT NULL CHECK (quantity >= 0),
    amount       INTEGER NOT NULL
);

-- An order to one manufacturer. It is never taken out, so its numbers have no gap.
CREATE TABLE purchase_order (
    id                    INTEGER PRIMARY KEY,
    number                TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    year                  INTEGER NOT NULL,
    serial                INTEGER NOT NULL,
    manufacturer          INTEGER NOT NULL,
    status                TEXT    NOT NULL CHECK (status IN ('DRAFT', 'ESTIMATED', 'SENT', 'CONFIRMED', 'PARTLY_SHIPPED', 'SHIPPED', 'RECEIVED', 'REJECTED', 'CANCELLED')),
    created_at            INTEGER NOT NULL,
    created_by            TEXT    NOT NULL,
    sent_at               INTEGER,
    delivery_account      TEXT    NOT NULL DEFAULT '',
    customer_order_number TEXT    NOT NULL DEFAULT '',
    delivery_option       TEXT    NOT NULL DEFAULT '',
    desired_delivery_date INTEGER NOT NULL DEFAULT 0,
    comment               TEXT    NOT NULL DEFAULT '',
    address               TEXT    NOT NULL DEFAULT '', -- JSON, empty: the account's own
    terms_accepted_at     INTEGER,
    currency              TEXT    NOT NULL DEFAULT 'EUR',
    manufacturer_reference TEXT   NOT NULL DEFAULT '', -- the manufacturer's own number
    estimate_source       TEXT    NOT NULL DEFAULT '',
    fees                  INTEGER NOT NULL DEFAULT 0,
    lines                 INTEGER NOT NULL,
    quantity              INTEGER NOT NULL,
    amount                INTEGER NOT NULL,
    form                  TEXT    NOT NULL DEFAULT '', -- in which it went to the manufacturer
    profile               TEXT    NOT NULL DEFAULT '',
    document_pending      INTEGER NOT NULL DEFAULT 0   -- the document may still have to be written
);
CREATE UNIQUE INDEX purchase_order_by_serial ON purchase_order (year, serial);
CREATE INDEX purchase_order_by_manufacturer ON purchase_order (manufacturer, id);
CREATE INDEX purchase_order_by_status ON purchase_order (status, id);
CREATE INDEX purchase_order_by_moment ON purchase_order (created_at);
CREATE INDEX purchase_order_by_customer ON purchase_order (customer_order_number) WHERE customer_order_number <> '';
CREATE INDEX purchase_order_by_reference ON purchase_order (manufacturer_reference) WHERE manufacturer_reference <> '';
CREATE INDEX purchase_order_pending ON purchase_order (id) WHERE document_pending;

-- A line of an order, with what became of its quantity. Its status follows from that and is kept for look-ups.
CREATE TABLE order_line (
    id                    INTEGER PRIMARY KEY,
    purchase_order        INTEGER NOT NULL REFERENCES purchase_order (id),
    number                INTEGER NOT NULL,
    basket_line           INTEGER UNIQUE REFERENCES basket_line (id), -- NULL: it went back to the basket
    status                TEXT    NOT NULL CHECK (status IN ('OPEN', 'CONFIRMED', 'UNAVAILABLE', 'BACKORDER', 'SHIPPED', 'RECEIVED', 'CANCELLED')),
    reference             TEXT    NOT NULL,
    label                 TEXT    NOT NULL,
    customer_order_number TEXT    NOT NULL,
    quantity              INTEGER NOT NULL CHECK (quantity > 0),
    unit_price            INTEGER NOT NULL,
    available             INTEGER,                    -- what the estimate said
    estimated_quantity    INTEGER,
    confirmed_quantity    INTEGER CHECK (confirmed_quantity BETWEEN 0 AND quantity),
    unavailable           INTEGER NOT NULL DEFAULT 0,
    promised_date         INTEGER NOT NULL DEFAULT 0,
    replacement           TEXT    NOT NULL DEFAULT '',
    shipped_quantity      INTEGER NOT NULL DEFAULT 0,
    received_quantity     INTEGER NOT NULL DEFAULT 0 CHECK (received_quantity BETWEEN 0 AND shipped_quantity),
    cancelled_quantity    INTEGER NOT NULL DEFAULT 0 CHECK (cancelled_quantity BETWEEN 0 AND quantity - shipped_quantity),
    note                  TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX order_line_once ON order_line (purchase_order, number);
CREATE INDEX order_line_by_reference ON order_line (reference, purchase_order);
CREATE INDEX order_line_by_customer ON order_line (customer_order_number, purchase_order) WHERE customer_order_number <> '';
CREATE INDEX order_line_backorder ON order_line (purchase_order) WHERE status IN ('BACKORDER', 'UNAVAILABLE');

-- Parts that came: one row per delivery note.
CREATE TABLE receipt (
    id             INTEGER PRIMARY KEY,
    purchase_order INTEGER NOT NULL REFERENCES purchase_order (id),
    received_at    INTEGER NOT NULL,
    received_by    TEXT    NOT NULL,
    delivery_note  TEXT    NOT NULL,
    countermark    TEXT    NOT NULL
);
CREATE INDEX receipt_by_order ON receipt (purchase_order);
CREATE TABLE receipt_line (
    receipt    INTEGER NOT NULL REFERENCES receipt (id),
    order_line INTEGER NOT NULL REFERENCES order_line (id),
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (receipt, order_line)
) WITHOUT ROWID;
CREATE INDEX receipt_line_by_line ON receipt_line (order_line);

-- Files in which manufacturers answered.
CREATE TABLE order_response (
    id          INTEGER PRIMARY KEY,
    file        TEXT    NOT NULL,
    hash        TEXT    NOT NULL UNIQUE,
    received_at INTEGER NOT NULL,
    received_by TEXT    NOT NULL,
    taken       INTEGER NOT NULL,
    refused     INTEGER NOT NULL
);

-- Which catalogue files were loaded.
CREATE TABLE catalogue_load (
    id        INTEGER PRIMARY KEY,
    kind      TEXT    NOT NULL CHECK (kind IN ('FULL', 'DELTA')),
    file      TEXT    NOT NULL,
    hash      TEXT    NOT NULL,
    loaded_at INTEGER NOT NULL,
    loaded_by TEXT    NOT NULL,
    parts     INTEGER NOT NULL,                       -- in the catalogue after it
    report    TEXT    NOT NULL                        -- JSON: what changed
);

-- Who did what, and when. Nothing is ever taken out.
CREATE TABLE journal (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    by      TEXT    NOT NULL,
    what    TEXT    NOT NULL,                         -- a word of the trade, such as order.sent
    subject TEXT    NOT NULL,
    detail  TEXT    NOT NULL                          -- JSON
);
CREATE INDEX journal_by_subject ON journal (subject);

-- What was ordered stays as it was ordered.
CREATE TRIGGER basket_line_frozen
BEFORE UPDATE ON basket_line
WHEN OLD.state = 'ORDERED' AND NEW.state = 'ORDERED'
BEGIN
    SELECT RAISE(ABORT, 'an ordered line is frozen');
END;
CREATE TRIGGER basket_line_kept
BEFORE DELETE ON basket_line
WHEN OLD.state = 'ORDERED'
BEGIN
    SELECT RAISE(ABORT, 'an ordered line is kept');
END;
CREATE TRIGGER purchase_order_frozen
BEFORE UPDATE OF number, year, serial, manufacturer, created_at, created_by, sent_at, delivery_account,
    customer_order_number, delivery_option, desired_delivery_date, comment, address, terms_accepted_at, currency,
    estimate_source, fees, lines, quantity, amount, form, profile ON purchase_order
WHEN OLD.status NOT IN ('DRAFT', 'ESTIMATED')
BEGIN
    SELECT RAISE(ABORT, 'an order that was sent is frozen');
END;
CREATE TRIGGER purchase_order_kept
BEFORE DELETE ON purchase_order
BEGIN
    SELECT RAISE(ABORT, 'orders are kept');
END;
CREATE TRIGGER order_line_frozen
BEFORE UPDATE OF purchase_order, number, basket_line, reference, label, customer_order_number, quantity, unit_price,
    available, estimated_quantity ON order_line
WHEN (SELECT status FROM purchase_order WHERE id = OLD.purchase_order) NOT IN ('DRAFT', 'ESTIMATED')
BEGIN
    SELECT RAISE(ABORT, 'an order that was sent is frozen');
END;
CREATE TRIGGER order_line_kept
BEFORE DELETE ON order_line
BEGIN
    SELECT RAISE(ABORT, 'orders are kept');
END;
CREATE TRIGGER journal_kept
BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is kept');
END;
CREATE TRIGGER journal_unchanged
BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is kept');
END;
