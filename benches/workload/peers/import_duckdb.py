#!/usr/bin/env python3
"""Import + split with DuckDB (PyPI: duckdb). See ../SPEC.md.

    import_duckdb.py CATALOGUE.csv ORDERS.csv OUTDIR

DuckDB's CSV reader takes UTF-8, UTF-16 and strict Latin-1, so the Windows-1252 file is first
turned into UTF-8 by iconv (which runs while the catalogue loads); the "encodings"
extension can read it directly, but took more than ten times as long.
Environment: THREADS (default 2), MODE=rejects|padding (see below), PHASES=1 prints the time of each phase.
"""
import csv
import json
import os
import shutil
import subprocess
import sys
import time

import duckdb

MANY = "Référence présente chez plusieurs fabricants : "
T0 = time.time()


def phase(name):
    if os.environ.get("PHASES"):
        print("%-22s %6.3f s" % (name, time.time() - T0), file=sys.stderr)


def start_transcoding(source, target):
    if shutil.which("iconv"):
        with open(target, "wb") as f:
            return subprocess.Popen(["iconv", "-f", "CP1252", "-t", "UTF-8", source], stdout=f)
    with open(source, "rb") as f, open(target, "wb") as g:
        while chunk := f.read(1 << 24):
            g.write(chunk.decode("cp1252").encode())
    return None


def main(catalogue, orders, out):
    baskets = os.path.join(out, "baskets")
    os.makedirs(baskets, exist_ok=True)
    utf8 = os.path.join(out, ".orders-utf8.csv")
    job = start_transcoding(orders, utf8)
    con = duckdb.connect()
    run = con.execute
    run("SET threads = %d" % int(os.environ.get("THREADS", "2")))
    run("SET preserve_insertion_order = true")
    quoted = lambda p: "'" + p.replace("'", "''") + "'"

    run("""CREATE TEMP TABLE cat AS
        SELECT reference AS ref, count(*)::UTINYINT AS n, min(mid) AS mid, any_value(label) AS label,
               any_value(price) AS price,
               CASE WHEN count(*) > 1 THEN list_aggregate(list_sort(list(mid)), 'string_agg', ', ') END AS mids
        FROM read_csv(%s, delim=';', quote='"', escape='"', header=true, auto_detect=false,
             nullstr='@NULL@',
             columns={'mid':'SMALLINT','reference':'VARCHAR','label':'VARCHAR','price':'DECIMAL(12,2)',
                      'available':'VARCHAR','replacement':'VARCHAR'})
        GROUP BY reference""" % quoted(catalogue))
    phase("catalogue")
    if job is not None and job.wait() != 0:
        sys.exit("iconv failed")
    phase("transcoded")

    # Two ways of reading the orders. "rejects" (default): parallel scan; short lines go to reject_errors, which gives
    # their record number and how many fields they have. "padding": null_padding fills short lines with NULL, but
    # then the scan must be parallel=false, because of the embedded newlines.
    rejects = os.environ.get("MODE", "rejects") == "rejects"
    run("""CREATE TEMP TABLE o AS
        SELECT %s
        FROM read_csv(%s, delim=';', quote='"', escape='"', header=true, auto_detect=false, nullstr='@NULL@', %s,
             columns={'number':'VARCHAR','raw_ref':'VARCHAR','text':'VARCHAR','raw_qty':'VARCHAR',
                      'raw_price':'VARCHAR','raw_date':'VARCHAR','account':'VARCHAR','mission':'VARCHAR',
                      'comment':'VARCHAR'})""" % (
        "* EXCLUDE (text)" if rejects else """* EXCLUDE (text), CASE WHEN comment IS NULL THEN 1 + (raw_ref IS NOT NULL)::INT
            + (text IS NOT NULL)::INT + (raw_qty IS NOT NULL)::INT + (raw_price IS NOT NULL)::INT + (raw_date IS NOT NULL)::INT
            + (account IS NOT NULL)::INT + (mission IS NOT NULL)::INT END AS fields""",
        quoted(utf8), "store_rejects=true" if rejects else "null_padding=true, parallel=false"))
    # rej: record number of each short line (0 = first record), and the row of o before which it stood
    run("""CREATE TEMP TABLE rej AS SELECT r, fields, row_number() OVER (ORDER BY r) AS upto,
                  r - row_number() OVER (ORDER BY r) + 1 AS before_row FROM (%s)""" % (
        """SELECT line - 2 AS r, min(column_idx) AS fields FROM reject_errors WHERE error_type = 'MISSING COLUMNS' GROUP BY line"""
        if rejects else "SELECT 0 AS r, 0 AS fields WHERE false"))
    phase("orders read")
    os.unlink(utf8)

    # cheap exact test first, the trimming test only for what fails it
    run("""CREATE TEMP TABLE j AS
        SELECT o.rowid AS i, cat.ref, account, number, mission, comment, cat.mid, cat.n,
               CASE WHEN regexp_full_match(raw_qty, '[1-9][0-9]{0,3}') THEN raw_qty::INTEGER
                    WHEN regexp_full_match(trim(raw_qty, ' \t\u00a0'), '-?[0-9]+')
                    THEN try_cast(trim(raw_qty, ' \t\u00a0') AS INTEGER) END AS qty,
               NOT (regexp_full_match(raw_price, '([0-9]{1,9}([.,][0-9]{1,4})?)?')
                    OR regexp_full_match(trim(raw_price, ' \t\u00a0'), '([0-9]{1,9}([.,][0-9]{1,4})?)?')) AS bad_price,
               CASE WHEN raw_date = '' THEN false
                    WHEN length(raw_date) = 10 AND try_strptime(raw_date, '%d/%m/%Y') IS NOT NULL THEN false
                    WHEN trim(raw_date, ' \t\u00a0') = '' THEN false
                    ELSE NOT (regexp_full_match(trim(raw_date, ' \t\u00a0'), '[0-9]{2}/[0-9]{2}/[0-9]{4}')
                         AND try_strptime(trim(raw_date, ' \t\u00a0'), '%d/%m/%Y') IS NOT NULL) END AS bad_date
        FROM o LEFT JOIN cat ON cat.ref = upper(trim(raw_ref, ' \t\u00a0'))""")
    phase("join + checks")

    run("""CREATE TEMP TABLE bad AS SELECT i FROM j
        WHERE n IS NULL OR n > 1 OR qty IS NULL OR qty NOT BETWEEN 1 AND 9999 OR bad_price OR bad_date OR comment IS NULL""")
    phase("faulty")
    # physical line = 2 + record + newlines embedded in the records before it
    run("""CREATE TEMP TABLE faults AS
        WITH broken AS (
          SELECT i, sum(k) OVER (ORDER BY i) AS newlines FROM (
            SELECT rowid AS i, length(comment) - length(replace(comment, chr(10), '')) AS k
            FROM o WHERE contains(comment, chr(10)))),
        f AS MATERIALIZED (SELECT o.*, 2 + bad.i + coalesce(broken.newlines, 0) + coalesce(rej.upto, 0) AS line,
                     trim(raw_qty, ' \t\u00a0') AS tq, qty, bad_price, bad_date, j.n, upper(trim(raw_ref, ' \t\u00a0')) AS tref, mids
              FROM bad JOIN o ON o.rowid = bad.i JOIN j ON j.i = bad.i LEFT JOIN cat ON cat.ref = j.ref
              ASOF LEFT JOIN broken ON bad.i > broken.i ASOF LEFT JOIN rej ON bad.i >= rej.before_row),
        short AS (%s)
        SELECT line, 0 AS k, '' AS "column", 'LINE_TOO_SHORT' AS code,
               'Ligne incomplète : ' || fields || ' colonnes au lieu de 9' AS message, fields::VARCHAR AS value
          FROM short
        UNION ALL SELECT line, 1, 'Réf. pièce',
               CASE WHEN tref = '' THEN 'REF_EMPTY' WHEN n IS NULL THEN 'REF_UNKNOWN' ELSE 'REF_AMBIGUOUS' END,
               CASE WHEN tref = '' THEN 'Référence absente' WHEN n IS NULL THEN 'Référence inconnue au catalogue'
                    ELSE '%s' || mids END, raw_ref
          FROM f WHERE comment IS NOT NULL AND (n IS NULL OR n > 1)
        UNION ALL SELECT line, 2, 'Qté',
               CASE WHEN tq = '' THEN 'QTY_EMPTY' WHEN NOT regexp_full_match(tq, '-?[0-9]+') THEN 'QTY_NOT_INTEGER'
                    ELSE 'QTY_OUT_OF_RANGE' END,
               CASE WHEN tq = '' THEN 'Quantité absente' WHEN NOT regexp_full_match(tq, '-?[0-9]+') THEN 'Quantité non entière'
                    ELSE 'Quantité hors limites (1 à 9999)' END, raw_qty
          FROM f WHERE comment IS NOT NULL AND (qty IS NULL OR qty NOT BETWEEN 1 AND 9999)
        UNION ALL SELECT line, 3, 'Prix unitaire HT', 'PRICE_INVALID', 'Prix illisible', raw_price FROM f WHERE comment IS NOT NULL AND bad_price
        UNION ALL SELECT line, 4, 'Date livraison souhaitée', 'DATE_INVALID', 'Date impossible', raw_date FROM f
          WHERE comment IS NOT NULL AND bad_date""" % (
        "SELECT 2 + r + coalesce(newlines, 0) AS line, fields FROM rej ASOF LEFT JOIN broken ON rej.before_row > broken.i" if rejects
        else "SELECT line, fields FROM f WHERE fields IS NOT NULL", MANY))
    run("""COPY (SELECT line, "column", code, message, value FROM faults ORDER BY line, k)
           TO %s (FORMAT csv, DELIMITER ';', HEADER true, NULLSTR '@NULL@')""" % quoted(os.path.join(out, "errors.csv")))
    phase("errors")

    run("""CREATE TEMP TABLE b AS
        SELECT mid, min(i) AS first, account, number, ref, mission, sum(qty)::BIGINT AS qty, count(*) AS merged,
               arg_min(comment, i) AS comment
        FROM j ANTI JOIN bad ON j.i = bad.i
        GROUP BY mid, account, number, ref, mission""")
    phase("merge")
    run("""CREATE TEMP TABLE p AS SELECT b.mid AS manufacturer_id, account AS delivery_account, number AS customer_order_number,
               b.ref AS reference, label, qty AS quantity, price AS unit_price, (qty * price)::DECIMAL(18,2) AS line_total,
               mission AS mission_order, comment, merged
        FROM b JOIN cat ON cat.ref = b.ref ORDER BY b.mid, first""")
    phase("labels + order")
    mids = [m for (m,) in run("SELECT DISTINCT manufacturer_id FROM p ORDER BY 1").fetchall()]
    for mid in mids:
        run("""COPY (SELECT * EXCLUDE (merged) FROM p WHERE manufacturer_id = %d)
               TO %s (FORMAT csv, DELIMITER ';', HEADER true, NULLSTR '@NULL@')"""
            % (mid, quoted(os.path.join(baskets, "%d.csv" % mid))))
    phase("baskets written")
    short, = run("SELECT count(*) FROM rej").fetchone()
    lines = run("SELECT count(*) FROM o").fetchone()[0] + short
    faulty = run("SELECT count(*) FROM bad").fetchone()[0] + short
    per = run("""SELECT manufacturer_id, sum(merged)::BIGINT, count(*), sum(quantity)::BIGINT, sum(line_total)::VARCHAR
                 FROM p GROUP BY 1 ORDER BY 1""").fetchall()
    with open(os.path.join(out, "summary.json"), "w", encoding="utf-8") as f:
        json.dump({"lines": lines, "valid": lines - faulty, "faulty": faulty, "manufacturers": {
            str(m): {"lines": a, "basket_lines": b, "quantity": c, "amount": d} for m, a, b, c, d in per}}, f, indent=1)
    phase("summary")


if __name__ == "__main__":
    main(*sys.argv[1:4])
