#!/usr/bin/env python3
"""The oracle of the deposit job: the Python standard library, written to be read.    deposit_stdlib.py DATA OUT"""
import csv
import datetime
import json
import os
import re
import sys

from deposit_rules import BLANKS, COLUMNS, DATES, EMAIL, MANDATORY, MOST, NUMBER, PARTS, TITLES, TOTALS, WRITTEN

UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
matches = {pattern: re.compile(pattern, re.ASCII).fullmatch for pattern in (EMAIL, NUMBER, PARTS, *WRITTEN)}


def table(data, name):
    with open(os.path.join(data, name), encoding="utf-8", newline="") as f:
        rows = csv.reader(f, delimiter=";")
        next(rows)
        return list(rows)


def dates(cells):
    """name -> date and time, or None where it is no real one; empty cells are left out"""
    found = {}
    for name, (pattern, form) in DATES.items():
        if cells[name]:
            try:
                found[name] = datetime.datetime.strptime(cells[name], form) if matches[pattern](cells[name]) else None
            except ValueError:
                found[name] = None
    return found


class Rules:
    def __init__(self, data):
        self.types = {}
        for manufacturer, kind in table(data, "repair_types.csv"):
            self.types.setdefault(manufacturer, set()).add(kind)
        self.lengths = {row[0]: (int(row[1]), int(row[2])) for row in table(data, "serial_lengths.csv")}
        self.countries = {row[0] for row in table(data, "countries.csv")}
        self.parts = {(row[0], row[1]) for row in table(data, "catalogue.csv")}

    def judge(self, raw, cells, when, parts):
        """(column, code, value as in the file), as found"""
        manufacturer = cells["ManufacturerId"]
        types = self.types.get(manufacturer)
        bad = [(name, "MANDATORY") for name in MANDATORY if not cells[name]]
        bad += [(name, "DATE_INVALID") for name, moment in when.items() if moment is None]
        bought, called, begun, ended = (when.get(name) for name in DATES)
        if bought and called and called < bought:
            bad.append(("CallDate", "DATE_ORDER"))
        if called and begun and begun.date() < called.date():
            bad.append(("InterventionStartDateTime", "DATE_ORDER"))
        if begun and ended and ended < begun:
            bad.append(("InterventionEndDateTime", "DATE_ORDER"))
        if cells["Title"] and cells["Title"] not in TITLES:
            bad.append(("Title", "TITLE_INVALID"))
        if cells["Country"] and cells["Country"] not in self.countries:
            bad.append(("Country", "COUNTRY_INVALID"))
        if cells["Email"] and not matches[EMAIL](cells["Email"]):
            bad.append(("Email", "EMAIL_INVALID"))
        bad += [(name, "NUMBER_INVALID") for name, most in MOST.items()
                if cells[name] and not (matches[NUMBER](cells[name]) and int(cells[name]) <= most)]
        if cells["Parts"] and parts is None:
            bad.append(("Parts", "PARTS_FORMAT"))
        if manufacturer and not types:
            bad.append(("ManufacturerId", "MANUFACTURER_UNKNOWN"))
        bad = [(name, code, raw[name]) for name, code in bad]
        if types:
            least, most = self.lengths[manufacturer]
            if cells["SerialNumber"] and not least <= len(cells["SerialNumber"]) <= most:
                bad.append(("SerialNumber", "SERIAL_LENGTH", raw["SerialNumber"]))
            if cells["InterventionTypeId"] and cells["InterventionTypeId"] not in types:
                bad.append(("InterventionTypeId", "TYPE_NOT_ALLOWED", raw["InterventionTypeId"]))
            bad += [("Parts", "PART_UNKNOWN", typed) for typed, reference, _ in parts or () if (manufacturer, reference) not in self.parts]
        return bad


def part_list(text):
    """[(reference as typed, reference, quantity)], or None where the list is malformed"""
    if not text or not matches[PARTS](text):
        return None if text else []
    pairs = [part.split(":") for part in text.split("|")]
    return [(typed, typed.strip(BLANKS).translate(UPPER), int(n)) for typed, n in pairs]


def main(data, out):
    rules = Rules(data)
    os.makedirs(out, exist_ok=True)
    claims = faulty = 0
    sums = {}
    with open(os.path.join(data, "claims.csv"), encoding="cp1252", newline="") as source, \
            open(os.path.join(out, "errors.csv"), "w", encoding="utf-8", newline="") as e, \
            open(os.path.join(out, "created.csv"), "w", encoding="utf-8", newline="") as g:
        errors, created = (csv.writer(f, delimiter=";", lineterminator="\n") for f in (e, g))
        errors.writerow(("line", "column", "code", "message", "value"))
        created.writerow(["line"] + COLUMNS)
        rows = csv.reader(source, delimiter=";")
        next(rows)
        for line, row in enumerate(rows, 2):
            claims += 1
            raw = dict(zip(COLUMNS, row))
            cells = {name: text.strip(BLANKS) for name, text in raw.items()}
            when, parts = dates(cells), part_list(cells["Parts"])
            bad = rules.judge(raw, cells, when, parts)
            if bad:
                faulty += 1
                for name, code, value in sorted(bad, key=lambda x: COLUMNS.index(x[0])):
                    errors.writerow((line, name, code, code, value))
                continue
            for name, (pattern, _) in DATES.items():
                cells[name] = when[name].strftime(WRITTEN[pattern])
            cells["Parts"] = "|".join("%s:%d" % part[1:] for part in parts)
            created.writerow([line, *cells.values()])
            adds = (1, len(parts), sum(part[2] for part in parts), int(cells["LaborMinutes"] or 0), int(cells["TravelKilometers"] or 0))
            sums[cells["ManufacturerId"]] = [x + y for x, y in zip(sums.get(cells["ManufacturerId"], [0] * 5), adds)]
    with open(os.path.join(out, "summary.json"), "w", encoding="utf-8") as f:
        json.dump({"claims": claims, "valid": claims - faulty, "faulty": faulty,
                   "manufacturers": {m: dict(zip(TOTALS, sums[m])) for m in sorted(sums, key=int)}}, f, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:3])
