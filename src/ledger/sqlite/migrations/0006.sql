-- What the sheet of the morning tells at once: kept when a file is taken in, so that nobody counts its lines again.

-- What an import brought for a manufacturer, at the prices of then.
CREATE TABLE import_share (
    import       INTEGER NOT NULL REFERENCES import (id),
    manufacturer INTEGER NOT NULL,
    lines        INTEGER NOT NULL,                   -- accepted lines of its file
    quantity     INTEGER NOT NULL,
    amount       INTEGER NOT NULL,
    PRIMARY KEY (import, manufacturer)
) WITHOUT ROWID;
INSERT INTO import_share
SELECT s.import, l.manufacturer, count(*), sum(s.quantity), sum(s.quantity * l.unit_price)
FROM source_line AS s JOIN basket_line AS l ON l.id = s.basket_line GROUP BY s.import, l.manufacturer;

-- The errors that a file was refused for, in part or as a whole: how often each. What came before is not told.
CREATE TABLE import_cause (
    import INTEGER NOT NULL REFERENCES import (id),
    code   TEXT    NOT NULL,
    times  INTEGER NOT NULL,
    PRIMARY KEY (import, code)
) WITHOUT ROWID;
CREATE TABLE deposit_cause (
    deposit INTEGER NOT NULL REFERENCES deposit (id),
    code    TEXT    NOT NULL,
    times   INTEGER NOT NULL,
    PRIMARY KEY (deposit, code)
) WITHOUT ROWID;

CREATE INDEX import_by_moment ON import (received_at);
CREATE INDEX work_order_by_arrival ON work_order (received_at, manufacturer);
CREATE INDEX work_order_new ON work_order (manufacturer, deadline, received_at) WHERE status = 'NEW';
CREATE INDEX journal_answers ON journal (at) WHERE what = 'entry.answered';
-- Claims that somebody has to do something about; no repair file has such a status, and no purged claim.
CREATE INDEX entry_claim_open ON entry (manufacturer, status, created_at, transmitted_at, draft_invoice)
WHERE draft_invoice IS NULL
    AND status IN ('NOTVALID', 'VALID', 'NOTCONFORM', 'WAITING', 'ARBITRATION', 'ACCEPTED', 'CLOSEDACCEPTED');
CREATE INDEX entry_repair_draft ON entry (manufacturer, created_at)
WHERE kind = 'repairs' AND NOT valid AND body IS NOT NULL;
CREATE INDEX order_line_promised ON order_line (promised_date, purchase_order)
WHERE promised_date > 0 AND status IN ('CONFIRMED', 'UNAVAILABLE', 'BACKORDER', 'SHIPPED');
