#!/usr/bin/env python3
"""Deterministic workload generator (see SPEC.md).

    python3 generate.py OUT [--lines 1000000] [--seed S] [--catalogue 500000]

Writes the input files, plus the planted truth: expected.json (counts) and
planted_errors.csv (every planted error: line;column;code;value).
Only random.random() is drawn, seeded by strings, so the same seed gives the same
bytes on every machine and Python version >= 3.8. Another --seed gives held-out data.
Nothing is kept in memory that grows with the number of lines, but the catalogue and
the few orders that are opened again later in the file.
"""
import argparse
import datetime
import hashlib
import json
import math
import os
import random
import sys
import time

DEFAULT_SEED = "20260301"
NBSP = "\u00a0"

# zipf-like rank order of the 14 manufacturers (biggest first)
MANUFACTURERS = [4, 15, 27, 26, 1, 17, 2, 29, 19, 5, 33, 10, 22, 24]

NOUNS = ("Joint de porte", "Pompe de vidange", "Résistance chauffante", "Carte électronique",
         "Module de puissance", "Bras de lavage supérieur", "Filtre à air", "Courroie élastique",
         "Thermostat de sécurité", "Électrovanne double", "Poignée de porte", "Charnière gauche",
         "Amortisseur", "Roulement à billes", "Bac à produits", "Clayette en verre",
         "Évaporateur", "Compresseur", "Ventilateur tangentiel", "Moteur à induction",
         "Sonde de température", "Interrupteur marche/arrêt", "Tiroir à légumes", "Bouton de réglage",
         "Plaque à induction 4 foyers", "Brûleur séquentiel", "Tuyau d'arrivée d'eau", "Anneau de serrage",
         "Cuve intérieure", "Couvercle de réservoir", "Bol mélangeur", "Lame de hachoir",
         "Groupe café", "Buse vapeur", "Câble d'alimentation", "Condensateur 8 µF",
         "Panier à vaisselle", "Roulette de panier", "Sac aspirateur", "Brosse rotative",
         "Œillet d'étanchéité", "Ampoule de four 25 W", "Grille-pain : levier", "Manette de gaz")
QUALIFIERS = ("", "", "", "noir", "blanc", "inox brossé", "gris argenté", "modèle français",
              "avec kit de fixation", "(pièce d'origine)", "côté gauche", "côté droit", "Ø 45 mm",
              "longueur 1,20 m", "2e génération", "série spéciale", "haute température",
              "réf. après 2019", "complet", "prémonté")
APPLIANCES = ("lave-linge", "lave-vaisselle", "sèche-linge", "réfrigérateur", "congélateur", "four",
              "cafetière", "robot ménager", "aspirateur", "table de cuisson", "hotte", "micro-ondes",
              "centrale vapeur", "friteuse", "machine à expresso", "cave à vin")
PLAIN_COMMENTS = ("livrer à l'atelier", "urgent", "client très pressé", "à déposer au comptoir",
                  "ne pas grouper", "reliquat de commande précédente", "accord obtenu par téléphone",
                  "prévenir avant expédition", "pièce à échanger sous garantie", "devis n° 4512 accepté",
                  "franco dès 150 € HT", "contrôler l'état à réception", "remise 5 % déjà déduite",
                  "même adresse que d'habitude", "garder l'emballage d'origine", "cœur de gamme",
                  "tournée du mardi", "passage du technicien prévu", "appareil immobilisé",
                  "façade à vérifier", "à facturer séparément", "merci d'avance")
QUOTED_COMMENTS = ('livrer lundi; sinon mardi', 'modèle dit "Sérénité" ; vérifier', 'tél. avant; code "A12"',
                   'étage 3; porte gauche; sonner "Müller"', 'le client dit: "ça fuit"', '"URGENT"; rappeler',
                   'pièce 1/2"; laiton', 'voir avec l\'atelier; réf. "œuvre 12"', ';', 'prix vu à 12,50 €; confirmer')
NEWLINE_COMMENTS = ("livrer à l'atelier\nà partir de 9 h", "1) contrôler\n2) prévenir; merci\n3) expédier",
                    'le client dit:\n"ça ne chauffe plus"', "adresse:\r\n12, rue de l'Église\r\n64100 Bayonne",
                    "urgent\n", "rappeler le client; après 14 h\nmerci")
QUOTED_LABELS = ('Raccord 3/4" laiton', 'Flexible 1/2"; 1,50 m', 'Vis M4; lot de 10', 'Écran 7" tactile')
BAD_QTY_RANGE = ("0", "-1", "-12", "10000", "0", "-3", "123456")
BAD_QTY_TEXT = ("1,5", "2.5", "deux", "x", "1e3", "1 000", "?", "3 pcs", "1,5")
BAD_QTY_EMPTY = ("", "", "  ")
BAD_DATES = ("31/02/2026", "31/02/2026", "31/02/2026", "30/02/2026", "29/02/2027", "31/04/2026", "00/05/2026",
             "15/13/2026", "32/01/2026", "2026-03-15", "15/03/26", "ASAP", "dès que possible", "31/11/2026")
BAD_PRICES = ("12,5O", "N/C", "1.2.3", "gratuit", "12,50 €", "-4,20", "à définir")
UNKNOWN_TEXT = ("À COMMANDER", "voir photo", "RÉF-0001", "idem ligne précédente", "???", "JOINT ; PORTE", 'VIS 3/4"')

ORDER_HEADINGS = ("N° commande client", "Réf. pièce", "Désignation", "Qté", "Prix unitaire HT",
                  "Date livraison souhaitée", "Compte de livraison", "Ordre de mission", "Commentaire")
CATALOGUE_HEADINGS = ("manufacturer_id", "reference", "label", "unit_price", "available", "replacement")


def q(field):
    """quote a field when it needs it"""
    if ";" in field or '"' in field or "\n" in field or "\r" in field:
        return '"' + field.replace('"', '""') + '"'
    return field


def cents_text(cents):
    return "%d.%02d" % (cents // 100, cents % 100)


class Out:
    """buffered writer that encodes, counts and hashes"""

    def __init__(self, path, encoding):
        self.f = open(path, "wb", buffering=1 << 20)
        self.encoding, self.parts, self.bytes, self.hash = encoding, [], 0, hashlib.sha256()

    def add(self, text):
        self.parts.append(text)
        if len(self.parts) >= 20000:
            self.flush()

    def flush(self):
        data = "".join(self.parts).encode(self.encoding)
        self.parts.clear()
        self.f.write(data)
        self.hash.update(data)
        self.bytes += len(data)

    def close(self):
        self.flush()
        self.f.close()
        return {"bytes": self.bytes, "sha256": self.hash.hexdigest()}


# ---------------------------------------------------------------- catalogue

def make_reference(mid, r):
    """one reference in the manufacturer's own style; r is random.random"""
    n = int(r() * 1e12)
    v = r()
    if mid == 4:                                                     # BSH: 8 digits, zero-padded
        return "00%06d" % (n % 1000000) if v < 0.8 else "1%07d" % (n % 10000000)
    if mid == 29:
        return "00%06d" % (n % 1000000) if v < 0.5 else "11%06d" % (n % 1000000)
    if mid == 15:                                                    # SEB
        if v < 0.45:
            return "SS-%06d" % (n % 1000000)
        if v < 0.75:
            return "MS-%X%s%05d" % (n % 10, "ABCDEFGHJK"[n // 10 % 10], n // 100 % 100000)
        if v < 0.9:
            return "RS-%s%05d" % (("RT", "RH", "2230", "AC")[n % 4], n // 4 % 100000)
        return "TS-%08d" % (n % 100000000)
    if mid in (2, 27):                                               # Whirlpool
        return "C00%06d" % (n % 1000000) if v < 0.5 else "48%010d" % (n % 10000000000)
    if mid == 26:                                                    # Electrolux: 10 to 13 digits
        if v < 0.5:
            return "4055%06d" % (n % 1000000)
        return "140%09d" % (n % 1000000000) if v < 0.85 else "5%012d" % n
    if mid == 1:                                                     # Brandt
        return "%02dX%04d" % (n % 100, n // 100 % 10000) if v < 0.5 else "AS%07d" % (n % 10000000)
    if mid == 17:                                                    # Beko: 10 digits
        return "%d%09d" % (1 + n % 5, n // 5 % 1000000000)
    if mid == 19:                                                    # De'Longhi
        return "AS132%05d" % (n % 100000) if v < 0.5 else ("KW%06d" % (n % 1000000) if v < 0.8 else "55132%05d" % (n % 100000))
    if mid == 5:                                                     # Miele: 7 or 8 digits
        return "%07d" % (1000000 + n % 9000000) if v < 0.6 else "%08d" % (10000000 + n % 2000000)
    if mid == 33:
        return "49%06d" % (n % 1000000) if v < 0.6 else "0530%06dA" % (n % 1000000)
    if mid == 10:
        return "SOG%06d" % (n % 1000000)
    if mid == 22:
        return "EB%06d" % (n % 1000000) if v < 0.6 else "LI-%07d" % (n % 10000000)
    return "SCH%06d" % (n % 1000000) if v < 0.7 else "TV-%05dB" % (n % 100000)


def make_catalogue(seed, rows):
    """list of (manufacturer, reference, label, cents, available, replacement) sorted as an
    export is (by manufacturer, reference); 0.5 % of the references stand at two manufacturers"""
    r = random.Random("%s:catalogue:%d" % (seed, rows)).random
    ambiguous = rows // 200
    base = rows - ambiguous
    weights = [1.0 / (i + 1) for i in range(len(MANUFACTURERS))]
    total = sum(weights)
    sizes = [int(base * w / total) for w in weights]
    sizes[0] += base - sum(sizes)
    seen, by_manufacturer = set(), {}
    for mid, size in zip(MANUFACTURERS, sizes):
        refs = []
        while len(refs) < size:
            ref = make_reference(mid, r)
            if ref not in seen:
                seen.add(ref)
                refs.append(ref)
        by_manufacturer[mid] = refs
    twin = {4: 29, 29: 4, 2: 27, 27: 2}
    double, doubled = [], set()
    while len(double) < ambiguous:
        mid = MANUFACTURERS[int(len(MANUFACTURERS) * r() ** 2)]
        refs = by_manufacturer[mid]
        ref = refs[int(r() * len(refs))]
        if ref in doubled:
            continue
        other = twin.get(mid) if r() < 0.8 else None
        while other is None or other == mid:
            other = MANUFACTURERS[int(len(MANUFACTURERS) * r())]
        doubled.add(ref)
        double.append((other, ref))
    for other, ref in double:
        by_manufacturer[other].append(ref)
    out = []
    for mid in sorted(by_manufacturer):
        refs = sorted(by_manufacturer[mid])
        for ref in refs:
            v = r()
            if v < 0.01:
                label = QUOTED_LABELS[int(r() * len(QUOTED_LABELS))]
            else:
                label = NOUNS[int(r() * len(NOUNS))]
                qualifier = QUALIFIERS[int(r() * len(QUALIFIERS))]
                if qualifier:
                    label += " " + qualifier
                if v < 0.6:
                    label += " " + APPLIANCES[int(r() * len(APPLIANCES))]
            cents = 50 + int(math.exp(r() * 7.4) * 60 * (0.5 + r()))
            available = "1" if r() < 0.88 else "0"
            replacement = refs[int(r() * len(refs))] if r() < 0.03 else ""
            out.append((mid, ref, label, cents, available, replacement))
    return out, doubled


def write_catalogue(path, catalogue):
    out = Out(path, "utf-8")
    out.add(";".join(CATALOGUE_HEADINGS) + "\n")
    for mid, ref, label, cents, available, replacement in catalogue:
        out.add("%d;%s;%s;%s;%s;%s\n" % (mid, ref, q(label), cents_text(cents), available, replacement))
    return out.close()


# ---------------------------------------------------------------- orders (import + split)

def all_days():
    out = []
    for year in (2026, 2027):
        for month, n in enumerate((31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1):
            out += ["%02d/%02d/%d" % (d, month, year) for d in range(1, n + 1)]
    return out


def generate_import(folder, lines, seed, rows):
    os.makedirs(folder, exist_ok=True)
    catalogue, doubled = make_catalogue(seed, rows)
    files = {"catalogue.csv": write_catalogue(os.path.join(folder, "catalogue.csv"), catalogue)}
    known = {c[1] for c in catalogue}
    r = random.Random("%s:orders:%d:%d" % (seed, rows, lines)).random
    unique = [c for c in catalogue if c[1] not in doubled]
    keys = [r() for _ in unique]
    unique = [unique[i] for i in sorted(range(len(unique)), key=keys.__getitem__)]  # popularity order
    ambiguous = sorted(doubled)
    n_unique, n_ambiguous = len(unique), len(ambiguous)
    accounts = ["%s%06d" % ("CL" if r() < 0.7 else "LIV-", int(r() * 1e6)) for _ in range(4000)]
    days = all_days()
    n_days = len(days)

    orders = Out(os.path.join(folder, "orders.csv"), "cp1252")
    planted = Out(os.path.join(folder, "planted_errors.csv"), "utf-8")
    orders.add(";".join(ORDER_HEADINGS) + "\r\n")
    planted.add("line;column;code;value\n")
    H_REF, H_QTY, H_PRICE, H_DATE = ORDER_HEADINGS[1], ORDER_HEADINGS[3], ORDER_HEADINGS[4], ORDER_HEADINGS[5]
    errors = {}
    per = {mid: [0, 0, 0, 0] for mid in MANUFACTURERS}      # lines, basket lines, quantity, cents
    faulty = embedded = quoted_comments = 0
    physical = 2                                            # number of the next physical line
    written = 0
    serial = 10000
    stash = []                                              # orders that come back later in the file

    def unknown_reference():
        if r() < 0.12:
            return UNKNOWN_TEXT[int(r() * len(UNKNOWN_TEXT))]
        while True:
            ref = unique[int(r() * n_unique)][1]
            v = r()
            if v < 0.4:
                ref = ref[:-1] + "0123456789"[int(r() * 10)] + "X"
            elif v < 0.7:
                ref = ref[1:]
            else:
                ref = ref.replace("0", "O", 1) if "0" in ref else ref + "-1"
            if ref.upper() not in known:
                return ref.lower() if r() < 0.1 else ref

    while written < lines:
        serial += 1 + int(r() * 3)
        if stash and r() < 0.03:
            number, account, missions, used, merged, wanted = stash.pop(int(r() * len(stash)))
        else:
            v = r()
            if v < 0.4:
                number = "CDE-2026-%07d" % serial
            elif v < 0.7:
                number = "45%08d" % serial
            elif v < 0.9:
                number = "BC/2026/%06d" % serial
            else:
                number = "Commande n° %d" % serial
            account = accounts[int(4000 * r() ** 1.5)]
            if r() < 0.4:
                missions = ["OM26-%07d" % (serial * 4 + i) for i in range(1 + int(r() * 3))]
            else:
                missions = [""]
            used, merged = [], set()
            wanted = "" if r() < 0.25 else days[int(r() * n_days)]      # one desired date an order
        size = min(60, 1 + int(-math.log(1.0 - r()) * 7))
        for _ in range(min(size, lines - written)):
            if used and r() < 0.06:
                item, mission = used[int(r() * len(used))]
            else:
                item = unique[int(n_unique * r() ** 3)]
                mission = missions[int(r() * len(missions))] if len(missions) > 1 else missions[0]
            mid, ref, label, cents, _, _ = item
            v = r()
            quantity = 1 + int(r() * 3) if v < 0.85 else (1 + int(r() * 24) if v < 0.99 else 1 + int(r() * 9999))
            qty = "%d" % quantity
            v = r()
            if v < 0.012:
                qty = (" " + qty, "0" + qty if quantity < 1000 else qty, qty + " ", NBSP + qty)[int(v / 0.003)]
            v = r()
            price = "" if v < 0.15 else "%d,%02d" % (cents // 100, cents % 100)
            if v > 0.995:
                price = " " + price
            elif v > 0.985:
                price = "%d.%02d" % (cents // 100, cents % 100)
            elif v > 0.975:
                price = "%d" % (cents // 100 + 1)
            v = r()
            date = wanted
            if v > 0.995:
                date = " " + date + " "
            # the label as the customer typed it
            v = r()
            text = label if v < 0.7 else (label.upper().replace("\u039c", "\u00b5") if v < 0.8 else ("" if v < 0.9 else label[:20].rstrip()))
            # the reference as the customer typed it
            v = r()
            typed = ref
            if v < 0.10:
                typed = ref.lower()
            elif v < 0.15:
                typed = (" " + ref, ref + " ", "  " + ref + " ", ref + "  ", " " + ref.lower())[int((v - 0.10) * 100)]
            elif v < 0.17:
                typed = (NBSP + ref, ref + NBSP)[int((v - 0.15) * 100)]
            v = r()
            if v < 0.40:
                comment = ""
            elif v < 0.91:
                comment = PLAIN_COMMENTS[int(r() * 22)]
            elif v < 0.99:
                comment = QUOTED_COMMENTS[int(r() * 10)]
            else:
                comment = NEWLINE_COMMENTS[int(r() * 6)]
            # faults
            v = r()
            if v < 0.031:
                found = []
                fields = None
                kinds = [("unknown", "qty", "empty", "date", "ambiguous", "short", "price")[
                    0 if v < 0.010 else 1 if v < 0.018 else 2 if v < 0.020 else 3 if v < 0.024 else
                    4 if v < 0.027 else 5 if v < 0.030 else 6]]
                if kinds[0] != "short" and r() < 0.12:
                    kinds.append(("unknown", "qty", "date", "price")[int(r() * 4)])
                    if r() < 0.3:
                        kinds.append(("qty", "date", "price")[int(r() * 3)])
                slots = {}
                for kind in kinds:
                    slots.setdefault({"unknown": "ref", "empty": "ref", "ambiguous": "ref"}.get(kind, kind), kind)
                if "short" in slots:
                    count = 1 + int(r() * 8)
                    fields = [number, q(typed), q(text), qty, price, date, account, mission, ""][:count]
                    found.append(("", "LINE_TOO_SHORT", str(count)))
                else:
                    kind = slots.get("ref")
                    if kind == "unknown":
                        typed = unknown_reference()
                        found.append((H_REF, "REF_UNKNOWN", typed))
                    elif kind == "empty":
                        typed = ("", "", " ", NBSP)[int(r() * 4)]
                        found.append((H_REF, "REF_EMPTY", typed))
                    elif kind == "ambiguous":
                        typed = ambiguous[int(r() * n_ambiguous)]
                        if r() < 0.1:
                            typed = " " + typed.lower()
                        found.append((H_REF, "REF_AMBIGUOUS", typed))
                    if "qty" in slots:
                        w = r()
                        if w < 0.5:
                            qty = BAD_QTY_RANGE[int(r() * len(BAD_QTY_RANGE))]
                            found.append((H_QTY, "QTY_OUT_OF_RANGE", qty))
                        elif w < 0.8:
                            qty = BAD_QTY_TEXT[int(r() * len(BAD_QTY_TEXT))]
                            found.append((H_QTY, "QTY_NOT_INTEGER", qty))
                        else:
                            qty = BAD_QTY_EMPTY[int(r() * len(BAD_QTY_EMPTY))]
                            found.append((H_QTY, "QTY_EMPTY", qty))
                    if "price" in slots:
                        price = BAD_PRICES[int(r() * len(BAD_PRICES))]
                        found.append((H_PRICE, "PRICE_INVALID", price))
                    if "date" in slots:
                        date = BAD_DATES[int(r() * len(BAD_DATES))]
                        found.append((H_DATE, "DATE_INVALID", date))
                faulty += 1
                for column, code, value in found:
                    errors[code] = errors.get(code, 0) + 1
                    planted.add("%d;%s;%s;%s\n" % (physical, column, code, q(value)))
                if fields is not None:
                    orders.add(";".join(fields) + "\r\n")
                    physical += 1
                    written += 1
                    continue
                typed = q(typed)
            else:
                used.append((item, mission))
                key = (ref, mission)
                stat = per[mid]
                stat[0] += 1
                stat[2] += quantity
                stat[3] += quantity * cents
                if key not in merged:
                    merged.add(key)
                    stat[1] += 1
            if v >= 0 and comment:
                newlines = comment.count("\n")
                if newlines or ";" in comment or '"' in comment:
                    quoted_comments += 1
                    comment = '"' + comment.replace('"', '""') + '"'
            else:
                newlines = 0
            if ";" in text or '"' in text:
                text = q(text)
            orders.add("%s;%s;%s;%s;%s;%s;%s;%s;%s\r\n" % (number, typed, text, qty, price, date, account, mission, comment))
            physical += 1 + newlines
            embedded += newlines
            written += 1
        if len(stash) < 4000 and used and r() < 0.03:
            stash.append((number, account, missions, used, merged, wanted))
    files["orders.csv"] = orders.close()
    files["planted_errors.csv"] = planted.close()
    expected = {
        "job": "import", "seed": seed, "catalogue_rows": rows, "lines": lines, "valid": lines - faulty,
        "faulty": faulty, "errors": dict(sorted(errors.items())), "error_count": sum(errors.values()),
        "embedded_newlines": embedded, "quoted_comments": quoted_comments, "physical_lines": physical - 1,
        "basket_lines": sum(s[1] for s in per.values()),
        "manufacturers": {str(m): {"lines": per[m][0], "basket_lines": per[m][1], "quantity": per[m][2],
                                   "amount": cents_text(per[m][3])} for m in sorted(per) if per[m][0]},
        "files": files}
    return expected


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder")
    p.add_argument("--lines", type=int, default=1000000)
    p.add_argument("--seed", default=DEFAULT_SEED)
    p.add_argument("--catalogue", type=int, default=500000)
    a = p.parse_args()
    began = time.time()
    expected = generate_import(a.folder, a.lines, a.seed, a.catalogue)
    with open(os.path.join(a.folder, "expected.json"), "w", encoding="utf-8") as f:
        json.dump(expected, f, indent=1, ensure_ascii=False)
        f.write("\n")
    print("%s: written in %.1f s" % (a.folder, time.time() - began), file=sys.stderr)


if __name__ == "__main__":
    main()
