#!/usr/bin/env python3
"""Prove that two output folders hold the same result, or that one holds the planted truth.

    compare.py DIR_A DIR_B                two outputs of the same input
    compare.py --expected DATADIR DIR     an output against the truth planted by generate.py or generate_deposit.py
    compare.py --rows A.csv B.csv         two tables, cell by cell, in the same order

Baskets, or created.csv of a deposit: equal as multisets of rows (and the order is reported).
errors.csv: equal as multisets of (line, column, code, value), rows of severity W left out.
summary.json: equal on every key that both have.
Exit status 0 when equal, 1 when not.
"""
import collections
import csv
import json
import os
import sys

csv.field_size_limit(1 << 24)


def rows(path):
    with open(path, encoding="utf-8", newline="") as f:
        r = csv.reader(f, delimiter=";")
        head = next(r)
        return head, [tuple(x) for x in r]


def say(ok, what, detail=""):
    print("%-5s %s%s" % ("ok" if ok else "DIFF", what, " : " + detail if detail else ""))
    return ok


def table(name, a, b):
    """same heading, same rows whatever their order"""
    with open(a, "rb") as f, open(b, "rb") as g:
        if f.read() == g.read():
            return say(True, name, "byte-identical")
    ha, ra = rows(a)
    hb, rb = rows(b)
    if ha != hb:                                      # further columns of one side are left out
        both = [x for x in ha if x in hb]
        if both != [x for x in hb if x in ha] or both not in (ha, hb):
            return say(False, name, "heading %r / %r" % (ha, hb))
        ra = [tuple(x[ha.index(k)] for k in both) for x in ra]
        rb = [tuple(x[hb.index(k)] for k in both) for x in rb]
    if ra == rb:
        return say(True, name, "same rows, same order (%d)" % len(ra))
    ca, cb = collections.Counter(ra), collections.Counter(rb)
    if ca == cb:
        return say(True, name, "same rows, other order (%d)" % len(ra))
    only_a, only_b = list((ca - cb).elements()), list((cb - ca).elements())
    return say(False, name, "%d rows only in A e.g. %r, %d only in B e.g. %r"
               % (len(only_a), only_a[:2], len(only_b), only_b[:2]))


def errors(path):
    head, r = rows(path)
    i = [head.index(x) for x in ("line", "column", "code", "value")]
    if "severity" in head:                            # warnings are no errors: the oracles have none
        severity = head.index("severity")
        r = [x for x in r if x[severity] != "W"]
    return collections.Counter(tuple(x[k] for k in i) for x in r)


def same_errors(a, b, what):
    if a == b:
        return say(True, what, "%d errors" % sum(a.values()))
    return say(False, what, "only in A %d e.g. %r, only in B %d e.g. %r" % (
        sum((a - b).values()), list((a - b))[:3], sum((b - a).values()), list((b - a))[:3]))


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def same_keys(a, b):
    """equal on every key that both have, all the way down (a program may tell more than an oracle)"""
    if isinstance(a, dict) and isinstance(b, dict):
        both = set(a) & set(b)
        return bool(both) and all(same_keys(a[k], b[k]) for k in both)
    return a == b


def main(argv):
    good = True
    if argv[0] == "--rows":
        (_, a), (_, b) = rows(argv[1]), rows(argv[2])
        return say(a == b, "rows", "%d / %d" % (len(a), len(b)))
    if argv[0] == "--expected":
        data, out = argv[1:3]
        want, got = load(os.path.join(data, "expected.json")), load(os.path.join(out, "summary.json"))
        is_deposit = "claims" in want
        for k in ("claims" if is_deposit else "lines", "valid", "faulty"):
            good &= say(want[k] == got[k], k, "%s / %s" % (want[k], got[k]))
        good &= say(set(want["manufacturers"]) == set(got["manufacturers"]) and same_keys(want["manufacturers"], got["manufacturers"]), "per manufacturer")
        good &= same_errors(errors(os.path.join(data, "planted_errors.csv")), errors(os.path.join(out, "errors.csv")), "errors.csv")
        if is_deposit:
            n = len(rows(os.path.join(out, "created.csv"))[1])
            return good & say(n == want["valid"], "created", "%d / %d" % (want["valid"], n))
        n = sum(len(rows(os.path.join(out, "baskets", f))[1]) for f in os.listdir(os.path.join(out, "baskets")))
        good &= say(n == want["basket_lines"], "basket lines", "%d / %d" % (want["basket_lines"], n))
        return good
    a, b = argv[:2]
    if os.path.exists(os.path.join(a, "created.csv")):
        good &= table("created.csv", os.path.join(a, "created.csv"), os.path.join(b, "created.csv"))
    baskets = lambda folder: sorted(os.listdir(os.path.join(folder, "baskets"))) if os.path.isdir(os.path.join(folder, "baskets")) else []
    fa, fb = baskets(a), baskets(b)
    good &= say(fa == fb, "basket files", "%d" % len(fa) if fa == fb else "%r / %r" % (fa, fb))
    for f in fa:
        if f in fb:
            good &= table("baskets/" + f, os.path.join(a, "baskets", f), os.path.join(b, "baskets", f))
    pa, pb = os.path.join(a, "errors.csv"), os.path.join(b, "errors.csv")
    good &= same_errors(errors(pa), errors(pb), "errors.csv (line, column, code, value)")
    with open(pa, "rb") as f, open(pb, "rb") as g:
        print("      errors.csv files are %s" % ("byte-identical" if f.read() == g.read() else "not byte-identical"))
    good &= say(same_keys(load(os.path.join(a, "summary.json")), load(os.path.join(b, "summary.json"))), "summary.json")
    return good


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    equal = main(sys.argv[1:])
    print("EQUAL" if equal else "NOT EQUAL")
    sys.exit(0 if equal else 1)
