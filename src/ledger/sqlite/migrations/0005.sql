-- What is kept no longer than the settings say. Texts and numbers as in 0001.sql.

-- When names and addresses, and when everything that was said, was purged. Counts, numbers and hashes stay.
ALTER TABLE import ADD COLUMN persons_purged_at INTEGER;
ALTER TABLE import ADD COLUMN contents_purged_at INTEGER;
ALTER TABLE entry ADD COLUMN persons_purged_at INTEGER;
ALTER TABLE entry ADD COLUMN contents_purged_at INTEGER;
ALTER TABLE solution ADD COLUMN persons_purged_at INTEGER;
ALTER TABLE solution ADD COLUMN contents_purged_at INTEGER;
ALTER TABLE work_order ADD COLUMN persons_purged_at INTEGER;
ALTER TABLE work_order ADD COLUMN contents_purged_at INTEGER;
CREATE INDEX entry_to_purge ON entry (persons_purged_at, changed_at) WHERE contents_purged_at IS NULL;

-- Files and folders of reports that were removed because their time was over: noted before, gone after.
CREATE TABLE purged_file (
    id        INTEGER PRIMARY KEY,
    path      TEXT    NOT NULL,                      -- as seen from the workspace
    hash      TEXT    NOT NULL,                      -- of its bytes, empty for a folder
    bytes     INTEGER NOT NULL,
    purged_at INTEGER NOT NULL,
    purged_by TEXT    NOT NULL,
    gone      INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX purged_file_pending ON purged_file (id) WHERE NOT gone;

-- One row: when the settings were enforced last.
CREATE TABLE retention (
    only      INTEGER PRIMARY KEY CHECK (only = 1),
    purged_at INTEGER NOT NULL
);
INSERT INTO retention VALUES (1, 0);

-- What was ordered stays as it was ordered; it may only lose the texts in which somebody may be named.
DROP TRIGGER basket_line_frozen;
CREATE TRIGGER basket_line_frozen
BEFORE UPDATE ON basket_line
WHEN OLD.state = 'ORDERED' AND NEW.state = 'ORDERED' AND NOT (
    NEW.comment IN ('', OLD.comment) AND NEW.countermark IN ('', OLD.countermark)
    AND (NEW.id, NEW.manufacturer, NEW.reference, NEW.label, NEW.unit_price, NEW.quantity, NEW.adjusted,
         NEW.delivery_account, NEW.customer_order_number, NEW.work_order, NEW.desired_delivery_date, NEW.merge_key,
         NEW.asked_manufacturer, NEW.asked_reference)
     IS (OLD.id, OLD.manufacturer, OLD.reference, OLD.label, OLD.unit_price, OLD.quantity, OLD.adjusted,
         OLD.delivery_account, OLD.customer_order_number, OLD.work_order, OLD.desired_delivery_date, OLD.merge_key,
         OLD.asked_manufacturer, OLD.asked_reference))
BEGIN
    SELECT RAISE(ABORT, 'an ordered line is frozen');
END;
DROP TRIGGER purchase_order_frozen;
CREATE TRIGGER purchase_order_frozen
BEFORE UPDATE OF number, year, serial, manufacturer, created_at, created_by, sent_at, delivery_account,
    customer_order_number, delivery_option, desired_delivery_date, terms_accepted_at, currency, estimate_source, fees,
    lines, quantity, amount, form, profile ON purchase_order
WHEN OLD.status NOT IN ('DRAFT', 'ESTIMATED')
BEGIN
    SELECT RAISE(ABORT, 'an order that was sent is frozen');
END;
CREATE TRIGGER purchase_order_texts_frozen
BEFORE UPDATE OF comment, address ON purchase_order
WHEN OLD.status NOT IN ('DRAFT', 'ESTIMATED')
    AND NOT (NEW.comment IN ('', OLD.comment) AND NEW.address IN ('', OLD.address))
BEGIN
    SELECT RAISE(ABORT, 'an order that was sent is frozen');
END;
-- Nothing is taken out of the journal, but a comment that stood in it may be forgotten.
DROP TRIGGER journal_unchanged;
CREATE TRIGGER journal_unchanged
BEFORE UPDATE ON journal
WHEN NOT (OLD.what = 'basket.comment' AND NEW.detail = '{}'
    AND (NEW.id, NEW.at, NEW.by, NEW.what, NEW.subject) IS (OLD.id, OLD.at, OLD.by, OLD.what, OLD.subject))
BEGIN
    SELECT RAISE(ABORT, 'the journal is kept');
END;
CREATE INDEX journal_comments ON journal (at) WHERE what = 'basket.comment' AND detail <> '{}';
