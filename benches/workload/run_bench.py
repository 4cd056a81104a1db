#!/usr/bin/env python3
"""Measure the peers side by side: every round runs each command once, in turn, so that all of them
meet the same noise; ratios are taken within a round and their median is reported.

    run_bench.py DATADIR OUTDIR [--rounds 5] [--only polars,duckdb] [--check] [--extra 'name=COMMAND ...']

In --extra, {cat} {orders} {data} {out} are replaced. PYTHON (the interpreter of the peers, default: this one)
comes from the environment. A command writes to {out}; that folder is removed before each run, outside the clock.
Wall = clock; cpu = user + system of the command and all it waited for; memory = largest single process
(ru_maxrss), so for a pipeline of processes it is less than the sum. Results also go to OUTDIR/results.json.
"""
import argparse
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def commands(data, out):
    """name -> (command, folder it writes to)"""
    py = os.environ.get("PYTHON", sys.executable)
    orders, cat = os.path.join(data, "orders.csv"), os.path.join(data, "catalogue.csv")
    all_ = {}
    for name in ("polars", "duckdb", "pandas", "stdlib"):
        all_[name] = ([py, os.path.join(HERE, "peers", "import_%s.py" % name), cat, orders, os.path.join(out, name)], os.path.join(out, name))
    if shutil.which("xan"):
        all_["xan"] = (["bash", os.path.join(HERE, "peers", "import_xan.sh"), cat, orders, os.path.join(out, "xan")], os.path.join(out, "xan"))
    return all_


def run(command):
    began = time.perf_counter()
    with open(os.devnull, "wb") as null:
        p = subprocess.Popen(command, stdout=null, stderr=subprocess.PIPE)
        err = p.stderr.read()
        _, status, use = os.wait4(p.pid, 0)
    wall = time.perf_counter() - began
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode not in (0, 3):
        sys.stderr.write(err.decode("utf-8", "replace")[-2000:])
    return {"wall": wall, "cpu": use.ru_utime + use.ru_stime, "mib": use.ru_maxrss / 1024, "rc": p.returncode}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("data")
    p.add_argument("out")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--warmup", type=int, default=1)
    p.add_argument("--only", default="")
    p.add_argument("--extra", action="append", default=[])
    p.add_argument("--base", default="", help="name of the command that ratios are taken against (default: first)")
    p.add_argument("--check", action="store_true", help="compare every output with the planted truth and with the first output")
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    all_ = commands(a.data, a.out)
    source = os.path.join(a.data, "orders.csv")
    for e in a.extra:
        name, _, text = e.partition("=")
        out = os.path.join(a.out, name)
        all_[name] = ([w.replace("{cat}", os.path.join(a.data, "catalogue.csv")).replace("{orders}", source).replace("{data}", a.data)
                       .replace("{out}", out) for w in shlex.split(text)], out)
    if a.only:
        all_ = {k: all_[k] for k in a.only.split(",")}
    base = a.base or next(iter(all_))
    size = os.path.getsize(source)
    expected = os.path.join(a.data, "expected.json")
    want = json.load(open(expected, encoding="utf-8")) if os.path.exists(expected) else {}
    lines = want.get("lines") or 1
    rounds = []
    for k in range(-a.warmup, a.rounds):
        r = {}
        for name, (command, out) in all_.items():
            shutil.rmtree(out, ignore_errors=True)                 # every run writes fresh files
            r[name] = run(command)
            if r[name]["rc"] not in (0, 3):                        # 3: done, and some lines were refused
                sys.exit("%s failed" % name)
        print("round %d: %s" % (k + 1, "  ".join("%s %.2f/%.2f" % (n, x["wall"], x["cpu"]) for n, x in r.items())), file=sys.stderr)
        if k >= 0:
            rounds.append(r)
    if a.check:
        outs = {n: out for n, (_, out) in all_.items()}
        for n, o in outs.items():
            for args in (["--expected", a.data, o], [outs[base], o]):
                rc = subprocess.call([sys.executable, os.path.join(HERE, "compare.py"), *args], stdout=subprocess.DEVNULL)
                print("check %s %s: %s" % (n, "against planted truth" if args[0] == "--expected" else "against " + base, "EQUAL" if rc == 0 else "NOT EQUAL"))
    med = statistics.median
    print("| command | wall s (min … max) | cpu s | peak MiB | MB/s | lines/s | wall ratio to %s | cpu ratio |" % base)
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    table = {}
    for n in all_:
        w = [r[n]["wall"] for r in rounds]
        table[n] = t = {"wall": med(w), "min": min(w), "max": max(w), "cpu": med(r[n]["cpu"] for r in rounds), "mib": max(r[n]["mib"] for r in rounds),
                        "ratio": med(r[n]["wall"] / r[base]["wall"] for r in rounds), "cpu_ratio": med(r[n]["cpu"] / max(r[base]["cpu"], 1e-3) for r in rounds)}
        print("| %s | %.3f (%.3f … %.3f) | %.3f | %.0f | %.0f | %s | %.2f | %.2f |" % (
            n, t["wall"], t["min"], t["max"], t["cpu"], t["mib"], size / t["wall"] / 1e6, "{:,.0f}".format(lines / t["wall"]).replace(",", " "),
            t["ratio"], t["cpu_ratio"]))
    with open(os.path.join(a.out, "results.json"), "w") as f:
        json.dump({"data": os.path.basename(os.path.normpath(a.data)), "bytes": size, "lines": lines, "rounds": rounds, "table": table}, f, indent=1)


if __name__ == "__main__":
    main()
