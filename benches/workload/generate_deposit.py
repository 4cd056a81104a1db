#!/usr/bin/env python3
"""A deposit of made-up warranty claims, with the truth that was planted in it (the job is in SPEC.md).

    python3 generate_deposit.py OUT [--claims 200000] [--seed S] [--catalogue 500000]

Writes claims.csv and catalogue.csv, the rules (repair_types.csv, serial_lengths.csv, countries.csv; the same once more below
formats/reference/, where the program reads them with --formats), expected.json and planted_errors.csv. The same seed gives the
same bytes everywhere: only random.random() is drawn. Serial numbers have invented lengths.
"""
import argparse
import datetime
import json
import os
import random

from generate import DEFAULT_SEED, NBSP, make_catalogue, q, write_catalogue

RULES = {  # manufacturer: repair types it has, shortest and longest serial number
    1: ((1, 2, 8, 9), 10, 14), 2: ((1, 2, 5, 6, 7, 8, 9), 12, 12), 4: ((1, 2, 5, 6, 7, 8), 18, 20), 15: ((1, 8), 19, 19),
    17: ((1, 2, 5, 6, 7, 8, 9), 10, 10), 19: ((1, 5, 6, 7, 8), 9, 13), 22: ((1, 2, 5, 6, 7, 8, 9), 9, 9),
    26: ((1, 2, 5, 6, 7, 8, 9), 8, 8), 29: ((1, 2, 7, 8, 9), 18, 20), 33: ((1, 2, 7, 9, 25, 26), 20, 20)}
COMMON = (4, 15, 26, 1, 17, 2, 29, 19, 33, 22)                        # the most frequent first
COUNTRIES = ("056", "250", "276", "380", "442", "724", "756", "826")
COLUMNS = ("ManufacturerId CommercialRef SerialNumber PurchaseDate Title LastName FirstName Address1 Zip City Country MobilePhone Email "
           "CallDate InterventionStartDateTime InterventionEndDateTime InterventionTypeId IRISCondition IRISSymptom IRISSection IRISDefect "
           "IRISRepair LaborMinutes TravelKilometers Parts ReportNumber").split()
AT = {name: place for place, name in enumerate(COLUMNS)}
OPTIONAL = ("FirstName", "Email", "LaborMinutes", "TravelKilometers", "Parts")
FREE = ("LastName", "Address1", "Zip", "City", "MobilePhone", "IRISSymptom", "ReportNumber")   # nothing else hangs on them
NAMES = ("Martin", "Lefèvre", "Etcheverry", "D'Hérouville", "Gonçalves", "Müller", "Nuñez", "Lecœur", "Saint-André", "Chaïb")
FIRST_NAMES = ("Zoé", "François", "Anaïs", "Jérôme", "Loïc", "Marie-Thérèse", "Paul", "Inès", "")
STREETS = ("rue de l'Église", "avenue du Général Leclerc", "chemin des Hêtres", "place du Marché; bât. B", 'lieu-dit "Le Pré"')
TOWNS = (("64100", "Bayonne"), ("69003", "Lyon"), ("42000", "Saint-Étienne"), ("97400", "Saint-Denis"), ("35000", "Rennes"))
DATES = ("PurchaseDate", "CallDate", "InterventionStartDateTime", "InterventionEndDateTime")
NOT_JUDGED_ALONE = ("SERIAL_LENGTH", "TYPE_NOT_ALLOWED", "PART_UNKNOWN")       # not judged when the manufacturer is unknown
FIXED = {  # code: what is written, and where
    "TITLE_INVALID": (("Title",), ("0", "5", "M.", "Mme", "12")),
    "COUNTRY_INVALID": (("Country",), ("FR", "999", "25", "FRA", "0250")),
    "EMAIL_INVALID": (("Email",), ("dupont", "a@b", "é.leger@libre.example", "x y@libre.example", "a@@libre.example", "@libre.example")),
    "TYPE_NOT_ALLOWED": (("InterventionTypeId",), ("3", "4", "99", "x")),
    "NUMBER_INVALID": (("LaborMinutes", "TravelKilometers"), ("-5", "1,5", "douze", "99999", "12 km")),
    "PARTS_FORMAT": (("Parts",), ("A1:", "A1:0", ":2", "A1:1||A1:2", "A1:1,A1:2", "A1:100", "A1")),
    "MANUFACTURER_UNKNOWN": (("ManufacturerId",), ("99", "998", "0", "Fabricant 5")),
    "DATE_INVALID": (DATES, ("31/02/2025", "00/01/2025", "2025-03-04", "15/13/2025", "hier", "12/03/2025 25:00")),
    "MANDATORY": (FREE, ("", "", "  ", NBSP))}
KINDS = tuple(FIXED) + ("SERIAL_LENGTH", "DATE_ORDER", "PART_UNKNOWN")


def table(folder, name, head, rows):
    for place in (folder, os.path.join(folder, "formats", "reference")):
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, name), "w", encoding="utf-8", newline="") as f:
            f.write("\n".join([head] + rows) + "\n")


class Claims:
    def __init__(self, seed, claims, catalogue):
        self.r = random.Random("%s:deposit:%d:%d" % (seed, len(catalogue), claims)).random
        self.parts = {}
        for manufacturer, reference, *_ in catalogue:
            self.parts.setdefault(manufacturer, []).append(reference)

    def below(self, n):
        return int(self.r() * n)

    def pick(self, some):
        return some[self.below(len(some))]

    def serial(self, length):
        """Of an appliance of its own: what a second repair of the same one brings is no part of the job."""
        return "".join(self.pick("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(length))

    def claim(self, number):
        """The cells of a good claim, its manufacturer and what it adds up to."""
        r, below, pick = self.r, self.below, self.pick
        manufacturer = COMMON[int(len(COMMON) * r() ** 1.6)]
        types, least, most = RULES[manufacturer]
        bought = datetime.date(2023, 1, 1) + datetime.timedelta(below(900))
        called = bought + datetime.timedelta(31 + below(400))
        begun = datetime.datetime(called.year, called.month, called.day, 8 + below(9), below(60)) + datetime.timedelta(below(12))
        ended = begun + datetime.timedelta(minutes=15 + below(90))
        own = self.parts[manufacturer]
        parts = [(own[int(len(own) * r() ** 2)], 1 + below(3)) for _ in range(below(4))]
        minutes, way = (15 * (1 + below(12)) if r() < .95 else None), (below(120) if r() < .9 else None)
        (zip_code, town), d, t = pick(TOWNS), "%d/%m/%Y", "%d/%m/%Y %H:%M"
        cells = [str(manufacturer), "%sMX%05d/%02d" % (pick("WATK"), below(99999), below(30)),
                 self.serial(least + below(most - least + 1)), bought.strftime(d),
                 str(1 + below(4)), pick(NAMES), pick(FIRST_NAMES), "%d %s" % (1 + below(200), pick(STREETS)), zip_code, town,
                 "250" if r() < .93 else pick(COUNTRIES), "06%08d" % below(10 ** 8), "client%d@courrier.example" % below(10 ** 6) if r() < .8 else "",
                 called.strftime(d), begun.strftime(t), ended.strftime(t), str(pick(types)), str(1 + below(9)), "%d%02d" % (1 + below(6), below(60)),
                 pick("ABCDEF") + "%02d" % below(99), pick("GHJK") + "%02d" % below(99), pick("LMNP") + "%02d" % below(99),
                 "" if minutes is None else str(minutes), "" if way is None else str(way),
                 "|".join("%s:%d" % (reference.lower() if r() < .05 else reference, n) for reference, n in parts), "R26%07d" % number]
        return cells, manufacturer, (1, len(parts), sum(n for _, n in parts), minutes or 0, way or 0)

    def spoil(self, cells, manufacturer):
        """Puts one to three faults into a claim, none of which hides another: [(column, code, value)]."""
        found = {}
        for _ in range(1 if self.r() < .8 else 2 + self.below(2)):
            code = self.pick(KINDS)
            if code in NOT_JUDGED_ALONE and "ManufacturerId" in found or code == "MANUFACTURER_UNKNOWN" and any(c in NOT_JUDGED_ALONE for c, _ in found.values()):
                continue
            value = None
            if code in FIXED:
                columns, values = FIXED[code]
                column, value = self.pick(columns), self.pick(values)
            elif code == "SERIAL_LENGTH":
                _, least, most = RULES[manufacturer]
                column, value = "SerialNumber", self.serial(least - 1 if self.r() < .6 else most + 1 + self.below(2))
            elif code == "DATE_ORDER":                    # the call before the purchase, or the end before the beginning
                column = self.pick(("CallDate", "InterventionEndDateTime"))
                value = "31/12/2022" if column == "CallDate" else cells[AT["InterventionStartDateTime"]][:10] + " 07:30"
            else:
                column, value = "Parts", "ZZ" + self.pick(self.parts[manufacturer])
            if column in found or column in DATES and any(c in DATES for c in found):
                continue                                  # a date that moves spoils what is judged of the dates beside it
            found[column] = (code, value)
            place = AT[column]
            cells[place] = "|".join(filter(None, (cells[place], value + ":1"))) if code == "PART_UNKNOWN" else value
        return sorted(((column, *found[column]) for column in found), key=lambda fault: AT[fault[0]])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder")
    p.add_argument("--claims", type=int, default=200000)
    p.add_argument("--seed", default=DEFAULT_SEED)
    p.add_argument("--catalogue", type=int, default=500000)
    a = p.parse_args()
    at = lambda name: os.path.join(a.folder, name)
    os.makedirs(a.folder, exist_ok=True)
    catalogue, _ = make_catalogue(a.seed, a.catalogue)
    write_catalogue(at("catalogue.csv"), catalogue)
    table(a.folder, "repair_types.csv", "manufacturer_id;intervention_type_id", ["%d;%d" % (m, t) for m in RULES for t in RULES[m][0]])
    table(a.folder, "serial_lengths.csv", "manufacturer_id;min_length;max_length", ["%d;%d;%d" % (m, *RULES[m][1:]) for m in RULES])
    table(a.folder, "countries.csv", "code", list(COUNTRIES))
    table(a.folder, "mandatory_fields.csv", "kind;manufacturer_id;field;severity", ["claim;*;%s;E" % c for c in COLUMNS if c not in OPTIONAL])
    source, codes, sums, faulty = Claims(a.seed, a.claims, catalogue), {}, {}, 0
    with open(at("claims.csv"), "w", encoding="cp1252", newline="") as out, open(at("planted_errors.csv"), "w", encoding="utf-8", newline="") as planted:
        out.write(";".join(COLUMNS) + "\r\n")
        planted.write("line;column;code;value\n")
        for number in range(a.claims):
            cells, manufacturer, adds = source.claim(number)
            found = source.spoil(cells, manufacturer) if source.r() < .08 else []
            for column, code, value in found:
                codes[code] = codes.get(code, 0) + 1
                planted.write("%d;%s;%s;%s\n" % (number + 2, column, code, q(value)))
            if found:
                faulty += 1
            else:
                sums[manufacturer] = [x + y for x, y in zip(sums.get(manufacturer, [0] * 5), adds)]
            out.write(";".join(q(cell) for cell in cells) + "\r\n")
    keys = ("claims", "parts", "part_quantity", "labour_minutes", "travel_km")
    with open(at("expected.json"), "w", encoding="utf-8") as f:
        json.dump({"job": "deposit", "seed": a.seed, "claims": a.claims, "valid": a.claims - faulty, "faulty": faulty, "errors": dict(sorted(codes.items())),
                   "manufacturers": {str(m): dict(zip(keys, sums[m])) for m in sorted(sums)}}, f, indent=1)


if __name__ == "__main__":
    main()
