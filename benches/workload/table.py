#!/usr/bin/env python3
"""The tables and the picture of docs/performance.md, by one command: what `just bench-peers` runs.

    table.py FOLDER --program BORDEREAU [--size quick|all|large] [--rounds 5] [--seed S] [--only import,deposit,sheet] [--peers polars,duckdb]

Makes the data below FOLDER (once), runs each command once in every round, turn about, after one round to warm up, compares the
results (compare.py), prints Markdown and writes figures.json beside this file and docs/performance.svg. `quick` takes a
tenth of every size and leaves both files alone; `large` adds five million lines. Needs the packages of the peers in the Python that runs it.
"""
import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys

import picture
from run_bench import run

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
IMPORT_PEERS = ("polars", "duckdb", "pandas", "stdlib")
LARGE = 2_000_000                      # above it only the peers that end within a minute are run


def here(*names):
    return os.path.join(HERE, *names)


def python(*words):
    return [sys.executable, *words]


def made(folder, mark, command):
    """Makes data unless it is there already."""
    if not os.path.exists(os.path.join(folder, mark)):
        os.makedirs(folder, exist_ok=True)
        subprocess.run(command, check=True)
    return folder


def against(folder, outs):
    """Each result against the planted truth, and cell by cell against that of the last command, which is a peer's."""
    return [["--expected", folder, out] for out in outs] + [[outs[-1], out] for out in outs[:-1]]


class Job:
    """Commands that do the same: {name: (command, folder of its result or None)}"""

    def __init__(self, title, unit, count, source, commands, checks):
        self.title, self.unit, self.count, self.source, self.commands, self.checks = title, unit, count, source, commands, checks

    def measure(self, rounds):
        taken = []
        for k in range(-1, rounds):
            one = {}
            for name, (command, out) in self.commands.items():
                if out:
                    shutil.rmtree(out, ignore_errors=True)             # every run writes fresh files
                one[name] = run(command)
                if one[name]["rc"] not in (0, 3):                      # 3: done, and some lines were refused
                    sys.exit("%s: %s failed" % (self.title, name))
            print("%s, round %d: %s" % (self.title, k + 1, "  ".join("%s %.2f" % (n, x["wall"]) for n, x in one.items())), file=sys.stderr)
            taken += [one] if k >= 0 else []
        unequal = [" ".join(words) for words in self.checks if subprocess.call(python(here("compare.py"), *words), stdout=subprocess.DEVNULL)]
        if unequal:
            sys.exit("%s: NOT EQUAL: %s" % (self.title, "; ".join(unequal)))
        return taken

    def table(self, taken):
        """Markdown, and the medians by command"""
        median, base, size = statistics.median, next(iter(self.commands)), os.path.getsize(self.source)
        print("\n### %s (%s, %.1f MB)\n" % (self.title, spaced(self.count, self.unit), size / 1e6))
        print("%d rounds turn about, medians; %s.\n" % (len(taken), "all results EQUAL (%d comparisons)" % len(self.checks) if self.checks else "no results compared"))
        print("| command | wall s (min … max) | cpu s | peak MiB | MB/s | %s/s | times the wall time of %s | times its cpu |" % (self.unit, base))
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        walls = {}
        for name in self.commands:
            wall, cpu = ([one[name][what] for one in taken] for what in ("wall", "cpu"))
            walls[name] = median(wall)
            print("| %s | %.3f (%.3f … %.3f) | %.3f | %.0f | %.0f | %s | %.2f | %.2f |" % (
                name, median(wall), min(wall), max(wall), median(cpu), max(one[name]["mib"] for one in taken), size / median(wall) / 1e6,
                spaced(self.count / median(wall)), median(one[name]["wall"] / one[base]["wall"] for one in taken),
                median(one[name]["cpu"] / max(one[base]["cpu"], 1e-3) for one in taken)))
        sys.stdout.flush()
        return walls


def spaced(number, unit=""):
    return "{:,.0f}".format(number).replace(",", " ") + (" " + unit if unit else "")


class Table:
    def __init__(self, a):
        self.a, self.folder, self.program = a, a.folder, os.path.abspath(a.program)
        self.data = lambda name: os.path.join(self.folder, "data", "%s-%s" % (name, a.seed))
        self.out = lambda name: os.path.join(self.folder, "out", name)

    def ours(self, verb, source, catalogue, name, *more):
        return ([self.program, verb, source, "--catalogue", catalogue, "--out", self.out(name), "--report", "csv,json", "--quiet", "--lang", "en", *more],
                self.out(name))

    def compiled(self, folder):
        path = os.path.join(folder, "catalogue.bdc")
        if os.path.exists(path):                                       # another program may have written it otherwise
            os.remove(path)
        subprocess.run([self.program, "catalogue", "build", os.path.join(folder, "catalogue.csv"), "--out", path], check=True, stdout=subprocess.DEVNULL)
        return path

    def orders(self, lines):
        folder = self.data("orders-%d" % lines)
        made(folder, "expected.json", python(here("generate.py"), folder, "--lines", str(lines), "--seed", self.a.seed))
        source, catalogue = os.path.join(folder, "orders.csv"), os.path.join(folder, "catalogue.csv")
        commands = {"bordereau": self.ours("import", source, catalogue, "bordereau"),
                    "bordereau, compiled catalogue": self.ours("import", source, self.compiled(folder), "compiled")}
        wanted = [name for name in IMPORT_PEERS if name in self.a.peers.split(",")]
        for name in wanted[:2] if lines > LARGE else wanted:
            commands[name] = (python(here("peers", "import_%s.py" % name), catalogue, source, self.out(name)), self.out(name))
        checks = against(folder, [out for _, out in commands.values()])
        # What no program can do without, and nothing of what this one does: the bytes in, the bytes out.
        floor = ["sh", "-c", 'cat "$1" "$2" > /dev/null && cp -r "$3" "$4"', "sh", catalogue, source, os.path.join(self.out("bordereau"), "baskets"), self.out("floor")]
        commands["floor: bytes read, baskets copied"] = (floor, self.out("floor"))
        return Job("Import and split", "lines", lines, source, commands, checks)

    def deposit(self, claims):
        folder = self.data("deposit-%d" % claims)
        made(folder, "expected.json", python(here("generate_deposit.py"), folder, "--claims", str(claims), "--seed", self.a.seed))
        source = os.path.join(folder, "claims.csv")
        rules = ["--formats", os.path.join(folder, "formats")]
        commands = {"bordereau": self.ours("deposit", source, os.path.join(folder, "catalogue.csv"), "bordereau", *rules),
                    "bordereau, compiled catalogue": self.ours("deposit", source, self.compiled(folder), "compiled", *rules)}
        for name in ("polars", "duckdb", "stdlib"):
            if name in self.a.peers.split(","):
                commands[name] = (python(here("peers", "deposit_%s.py" % name), folder, self.out(name)), self.out(name))
        checks = against(folder, [out for _, out in commands.values()])
        return Job("Deposit", "claims", claims, source, commands, checks)

    def sheet(self, rows):
        orders = self.data("orders-%d" % rows)
        made(orders, "expected.json", python(here("generate.py"), orders, "--lines", str(rows), "--seed", self.a.seed))
        folder = self.data("sheet-%d" % rows)
        book, text, decoded, truth = (os.path.join(folder, name) for name in ("orders.xlsx", "orders.csv", "cells.csv", "oracle"))
        made(folder, "orders.xlsx", python(here("generate_sheet.py"), os.path.join(orders, "orders.csv"), book, text))
        catalogue = os.path.join(orders, "catalogue.csv")
        made(truth, "summary.json", python(here("peers", "import_stdlib.py"), catalogue, text, truth))
        with open(text, encoding="cp1252", newline="") as source, open(decoded, "w", encoding="utf-8", newline="") as f:
            shutil.copyfileobj(source, f)
        converted = self.out("converted.csv")
        commands = {"bordereau import": self.ours("import", book, catalogue, "bordereau"),
                    "bordereau import, compiled catalogue": self.ours("import", book, self.compiled(orders), "compiled"),
                    "bordereau convert (reading, and writing as CSV)": ([self.program, "convert", book, "-o", converted, "--delimiter", "semicolon"], None)}
        checks = [[truth, self.out("bordereau")], [truth, self.out("compiled")], ["--rows", decoded, converted]]
        for name in ("openpyxl", "calamine"):
            peer = here("peers", "sheet_%s.py" % name)
            commands[name + ", reading only"] = (python(peer, book), None)
            subprocess.run(python(peer, book, self.out(name + ".csv")), check=True)
            checks.append(["--rows", decoded, self.out(name + ".csv")])
        return Job("Workbook (XLSX)", "rows", rows, book, commands, checks)


def machine():
    cpu = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as f:
            cpu = next(line.split(":")[1].strip() for line in f if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    load = "%.1f" % os.getloadavg()[0] if hasattr(os, "getloadavg") else "?"
    return "%d cores, %s, %s; load before the first round %s" % (os.cpu_count(), cpu, platform.system(), load)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder")
    p.add_argument("--program", required=True)
    p.add_argument("--size", choices=("quick", "all", "large"), default="all")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seed", default="20260301")
    p.add_argument("--only", default="import,deposit,sheet")
    p.add_argument("--peers", default="polars,duckdb,pandas,stdlib")
    a = p.parse_args()
    os.environ["BORDEREAU_NO_SYNC"] = "1"                              # the other tools do not wait for the disk either
    t, small = Table(a), 10 if a.size == "quick" else 1
    os.makedirs(t.out(""), exist_ok=True)
    today, on = datetime.date.today().isoformat(), machine()
    print("Measured on %s: %s." % (today, on))
    figures = {"measured": today, "machine": on, "jobs": {}}

    def take(kind, name, jobs):
        if kind in a.only.split(","):
            for job in jobs:
                for command, seconds in job.table(job.measure(a.rounds)).items():
                    figures["jobs"].setdefault(name, {}).setdefault(command, []).append([job.count, round(seconds, 4)])

    sizes = [lines // small for lines in (10_000, 100_000, 1_000_000)] + ([5_000_000] if a.size == "large" else [])
    take("import", "Import and split", (t.orders(lines) for lines in sizes))
    take("deposit", "Deposit", (t.deposit(claims) for claims in [200_000 // small]))
    take("sheet", "Workbook (XLSX)", (t.sheet(rows) for rows in [200_000 // small]))
    if a.size != "quick" and "import" in a.only.split(","):
        with open(here("figures.json"), "w", encoding="utf-8") as f:
            json.dump(figures, f, indent=1, ensure_ascii=False)
            f.write("\n")
        picture.draw(figures, os.path.join(ROOT, "docs", "performance.svg"))


if __name__ == "__main__":
    main()
