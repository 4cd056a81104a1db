#!/usr/bin/env python3
"""The deposit job with DuckDB (PyPI: duckdb), written to be fast.    deposit_duckdb.py DATA OUT"""
import json
import os
import shutil
import subprocess
import sys

import duckdb

from deposit_rules import BLANKS, COLUMNS, DATES, EMAIL, MANDATORY, MOST, NUMBER, PARTS, TITLES, TOTALS, WRITTEN

NOTHING = "@NULL@"


def quoted(text):
    return "'%s'" % text.replace("'", "''")


def csv(path, names):
    return ("read_csv(%s, delim=';', quote='\"', escape='\"', header=true, auto_detect=false, nullstr='%s', columns={%s})"
            % (quoted(path), NOTHING, ", ".join("'%s':'VARCHAR'" % n for n in names)))


def decode(path, to):
    if shutil.which("iconv"):
        with open(to, "wb") as f:
            subprocess.run(["iconv", "-f", "CP1252", "-t", "UTF-8", path], stdout=f, check=True)
    else:
        with open(path, "rb") as f, open(to, "wb") as g:
            g.write(f.read().decode("cp1252").encode())


def full(name, pattern):
    return "regexp_full_match(%s, %s)" % (name, quoted(pattern))


def checks():
    """(column, code, condition) on trimmed cells, in the order of the columns"""
    bought, called, begun, ended = ("at_" + name for name in DATES)
    found = [(n, "MANDATORY", "%s = ''" % n) for n in MANDATORY]
    found += [(n, "DATE_INVALID", "%s <> '' AND at_%s IS NULL" % (n, n)) for n in DATES]
    found += [
        ("CallDate", "DATE_ORDER", "coalesce(%s < %s, false)" % (called, bought)),
        ("InterventionStartDateTime", "DATE_ORDER", "coalesce(date_trunc('day', %s) < %s, false)" % (begun, called)),
        ("InterventionEndDateTime", "DATE_ORDER", "coalesce(%s < %s, false)" % (ended, begun)),
        ("Title", "TITLE_INVALID", "Title NOT IN ('', %s)" % ", ".join(map(quoted, TITLES))),
        ("Country", "COUNTRY_INVALID", "Country <> '' AND NOT country_known"),
        ("Email", "EMAIL_INVALID", "Email <> '' AND NOT " + full("Email", EMAIL)),
        ("Parts", "PARTS_FORMAT", "Parts <> '' AND NOT well_formed"),
        ("ManufacturerId", "MANUFACTURER_UNKNOWN", "ManufacturerId <> '' AND NOT known"),
        ("SerialNumber", "SERIAL_LENGTH", "known AND SerialNumber <> '' AND length(SerialNumber) NOT BETWEEN least_length AND most_length"),
        ("InterventionTypeId", "TYPE_NOT_ALLOWED", "known AND InterventionTypeId <> '' AND NOT type_known")]
    found += [(n, "NUMBER_INVALID", "%s <> '' AND (NOT %s OR try_cast(%s AS BIGINT) > %d)" % (n, full(n, NUMBER), n, most)) for n, most in MOST.items()]
    return sorted(found, key=lambda x: COLUMNS.index(x[0]))


def main(data, out):
    os.makedirs(out, exist_ok=True)
    at = lambda name: os.path.join(data, name)
    utf8 = os.path.join(out, ".claims.csv")
    decode(at("claims.csv"), utf8)
    run = duckdb.connect().execute
    run("SET threads = %d" % int(os.environ.get("THREADS", "2")))
    run("CREATE TEMP TABLE raw AS SELECT * FROM " + csv(utf8, COLUMNS))
    os.unlink(utf8)
    run("CREATE TEMP TABLE catalogue AS SELECT m, reference FROM " + csv(at("catalogue.csv"), ["m", "reference", "label", "price", "available", "replacement"]))
    run("CREATE TEMP TABLE types AS SELECT * FROM " + csv(at("repair_types.csv"), ["m", "t"]))
    run("CREATE TEMP TABLE lengths AS SELECT m, l::INT AS least_length, h::INT AS most_length FROM " + csv(at("serial_lengths.csv"), ["m", "l", "h"]))
    run("CREATE TEMP TABLE countries AS SELECT * FROM " + csv(at("countries.csv"), ["code"]))
    moments = ", ".join("CASE WHEN %s THEN try_strptime(%s, '%s') END AS at_%s" % (full(n, p), n, form, n) for n, (p, form) in DATES.items())
    trimmed = ", ".join("trim(%s, %s) AS %s" % (n, quoted(BLANKS), n) for n in COLUMNS)
    run("""CREATE TEMP TABLE claims AS SELECT v.*, k.m IS NOT NULL AS known, least_length, most_length, types.m IS NOT NULL AS type_known,
             code IS NOT NULL AS country_known, %s AS well_formed, %s
           FROM (SELECT rowid + 2 AS line, %s FROM raw) v LEFT JOIN (SELECT DISTINCT m FROM types) k ON k.m = ManufacturerId
           LEFT JOIN types ON types.m = ManufacturerId AND t = InterventionTypeId LEFT JOIN lengths ON lengths.m = ManufacturerId
           LEFT JOIN countries ON code = Country""" % (full("Parts", PARTS), moments, trimmed))
    run("""CREATE TEMP TABLE listed AS
           WITH p AS (SELECT line, ManufacturerId, known, unnest(string_split(Parts, '|')) AS part, generate_subscripts(string_split(Parts, '|'), 1) AS place
                      FROM claims WHERE well_formed),
                q AS (SELECT *, split_part(part, ':', 1) AS typed, upper(trim(split_part(part, ':', 1), %s)) AS reference, split_part(part, ':', 2)::INT AS n FROM p)
           SELECT q.*, known AND c.reference IS NULL AS missing FROM q LEFT JOIN catalogue c ON c.m = ManufacturerId AND c.reference = q.reference""" % quoted(BLANKS))
    rules = checks()
    run("CREATE TEMP TABLE bad AS SELECT line FROM claims WHERE %s UNION SELECT line FROM listed WHERE missing" % " OR ".join("(%s)" % r[2] for r in rules))
    told = " UNION ALL ".join("""SELECT line, %d AS k, 0 AS place, '%s' AS "column", '%s' AS code, '%s' AS message, "raw %s" AS value FROM b WHERE %s"""
                              % (k, n, code, code, n, rule) for k, (n, code, rule) in enumerate(rules))
    last = max(k for k, rule in enumerate(rules) if rule[0] == "Parts")
    originals = ", ".join('raw.%s AS "raw %s"' % (n, n) for n in COLUMNS)
    copy = "COPY (%%s) TO %%s (FORMAT csv, DELIMITER ';', HEADER true, NULLSTR '%s')" % NOTHING
    run(copy % ("""WITH b AS MATERIALIZED (SELECT claims.*, %s FROM claims JOIN bad USING (line) JOIN raw ON raw.rowid = line - 2)
                   SELECT line, "column", code, message, value FROM (%s UNION ALL
                     SELECT line, %d, place, 'Parts', 'PART_UNKNOWN', 'PART_UNKNOWN', typed FROM listed WHERE missing) ORDER BY line, k, place"""
                % (originals, told, last), quoted(os.path.join(out, "errors.csv"))))
    run("""CREATE TEMP TABLE good AS SELECT claims.*, l.* EXCLUDE (line) FROM claims ANTI JOIN bad USING (line) LEFT JOIN (
           SELECT line, string_agg(reference || ':' || n, '|' ORDER BY place) AS list, count(*) AS listed_parts, sum(n) AS quantity FROM listed GROUP BY line) l USING (line)""")
    shown = {n: "strftime(at_%s, '%s') AS %s" % (n, WRITTEN[p], n) for n, (p, _) in DATES.items()}
    shown["Parts"] = "coalesce(list, '') AS Parts"
    run(copy % ("SELECT line, %s FROM good ORDER BY line" % ", ".join(shown.get(n, n) for n in COLUMNS), quoted(os.path.join(out, "created.csv"))))
    (claims,), (faulty,) = (run("SELECT count(*) FROM " + name).fetchone() for name in ("claims", "bad"))
    number = "coalesce(sum(%s), 0)::BIGINT"
    sums = run("SELECT ManufacturerId, count(*), %s FROM good GROUP BY 1 ORDER BY ManufacturerId::INT" % ", ".join(
        number % x for x in ("listed_parts", "quantity", "try_cast(LaborMinutes AS INT)", "try_cast(TravelKilometers AS INT)"))).fetchall()
    with open(os.path.join(out, "summary.json"), "w", encoding="utf-8") as f:
        json.dump({"claims": claims, "valid": claims - faulty, "faulty": faulty, "manufacturers": {r[0]: dict(zip(TOTALS, r[1:])) for r in sums}}, f, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:3])
