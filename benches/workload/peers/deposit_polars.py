#!/usr/bin/env python3
"""The deposit job with Polars (PyPI: polars), written to be fast.    deposit_polars.py DATA OUT"""
import json
import os
import shutil
import subprocess
import sys

os.environ.setdefault("POLARS_MAX_THREADS", os.environ.get("THREADS", "2"))
import polars as pl
from polars import col, lit

from deposit_rules import BLANKS, COLUMNS, DATES, EMAIL, MANDATORY, MOST, NUMBER, PARTS, TITLES, TOTALS, WRITTEN


def text(source, names):
    return pl.scan_csv(source, separator=";", has_header=False, skip_rows=1, empty_string_is_null=False, schema={n: pl.String for n in names})


def decoded(path):
    """the file as UTF-8, in memory"""
    if shutil.which("iconv"):
        return subprocess.run(["iconv", "-f", "CP1252", "-t", "UTF-8", path], stdout=subprocess.PIPE, check=True).stdout
    with open(path, "rb") as f:
        return f.read().decode("cp1252").encode()


def full(name, pattern):
    return col(name).str.contains("^(?:%s)$" % pattern)


def checks(types, countries):
    """(column, code, whether it is wrong) on trimmed cells, in the order of the columns"""
    some = lambda name: col(name) != ""
    among = lambda name, values: col(name).is_in(pl.Series(values).implode())
    when = lambda name: col("at " + name)
    found = [(name, "MANDATORY", col(name) == "") for name in MANDATORY]
    found += [(name, "DATE_INVALID", some(name) & when(name).is_null()) for name in DATES]
    bought, called, begun, ended = map(when, DATES)
    found += [
        ("CallDate", "DATE_ORDER", (called < bought).fill_null(False)),
        ("InterventionStartDateTime", "DATE_ORDER", (begun.dt.truncate("1d") < called).fill_null(False)),
        ("InterventionEndDateTime", "DATE_ORDER", (ended < begun).fill_null(False)),
        ("Title", "TITLE_INVALID", some("Title") & ~among("Title", TITLES)),
        ("Country", "COUNTRY_INVALID", some("Country") & ~among("Country", countries)),
        ("Email", "EMAIL_INVALID", some("Email") & ~full("Email", EMAIL)),
        ("Parts", "PARTS_FORMAT", some("Parts") & ~col("well formed")),
        ("ManufacturerId", "MANUFACTURER_UNKNOWN", some("ManufacturerId") & ~col("known")),
        ("SerialNumber", "SERIAL_LENGTH", col("known") & some("SerialNumber") & ~col("SerialNumber").str.len_chars().is_between(col("least"), col("most"))),
        ("InterventionTypeId", "TYPE_NOT_ALLOWED", col("known") & some("InterventionTypeId")
         & ~pl.concat_str("ManufacturerId", lit("/"), "InterventionTypeId").is_in(types.implode()))]
    found += [(name, "NUMBER_INVALID", some(name) & (~full(name, NUMBER) | (col(name).cast(pl.Int64, strict=False) > most))) for name, most in MOST.items()]
    return sorted(found, key=lambda x: COLUMNS.index(x[0]))


def main(data, out):
    os.makedirs(out, exist_ok=True)
    at = lambda name: os.path.join(data, name)
    parts_known = text(at("catalogue.csv"), ["ManufacturerId", "reference", "label", "price", "available", "replacement"]).select("ManufacturerId", "reference", found=lit(True))
    pairs = text(at("repair_types.csv"), ["m", "t"]).collect()
    lengths = text(at("serial_lengths.csv"), ["ManufacturerId", "least", "most"]).with_columns(col("least", "most").cast(pl.UInt32))
    countries = text(at("countries.csv"), ["code"]).collect()["code"]
    rules = checks(pairs["m"] + "/" + pairs["t"], countries)
    claims = (text(decoded(at("claims.csv")), COLUMNS).with_row_index("line", 2)
              .with_columns(col(COLUMNS).name.prefix("raw "), *[col(n).str.strip_chars(BLANKS) for n in COLUMNS])
              .join(lengths, on="ManufacturerId", how="left", maintain_order="left")
              .with_columns(pl.when(full(n, p)).then(col(n).str.to_datetime(form, strict=False)).alias("at " + n) for n, (p, form) in DATES.items())
              .with_columns(full("Parts", PARTS).alias("well formed"), known=col("ManufacturerId").is_in(pairs["m"].unique().implode()))
              .with_columns(flag.alias("rule %d" % k) for k, (_, _, flag) in enumerate(rules)).collect())
    parts = (claims.lazy().filter("well formed").select("line", "ManufacturerId", "known", part=col("Parts").str.split("|")).explode("part")
             .with_columns(typed=col("part").str.extract("^([^:]+):"), n=col("part").str.extract(":([0-9]+)$").cast(pl.Int64))
             .with_columns(reference=col("typed").str.strip_chars(BLANKS).str.to_uppercase())
             .join(parts_known, on=["ManufacturerId", "reference"], how="left", maintain_order="left").collect())
    unknown = parts.filter(col("known") & col("found").is_null())
    bad = claims.filter(pl.any_horizontal("^rule [0-9]+$") | col("line").is_in(unknown["line"].unique().implode()))
    say = lambda name, code, value: dict(column=lit(name), code=lit(code), message=lit(code), value=value)
    errors = [bad.filter("rule %d" % k).select("line", k=lit(k), **say(name, code, col("raw " + name))) for k, (name, code, _) in enumerate(rules)]
    last = max(k for k, rule in enumerate(rules) if rule[0] == "Parts")
    errors.append(unknown.select("line", k=lit(last), **say("Parts", "PART_UNKNOWN", col("typed"))))
    pl.concat(errors).sort("line", "k", maintain_order=True).drop("k").write_csv(os.path.join(out, "errors.csv"), separator=";")
    listed = (parts.group_by("line", maintain_order=True)
              .agg(list=pl.concat_str("reference", lit(":"), "n").str.join("|"), parts=pl.len(), quantity=col("n").sum()))
    good = claims.join(bad.select("line"), on="line", how="anti", maintain_order="left").join(listed, on="line", how="left", maintain_order="left")
    shown = {n: col("at " + n).dt.strftime(WRITTEN[p]).alias(n) for n, (p, _) in DATES.items()}
    shown["Parts"] = col("list").fill_null("").alias("Parts")
    good.select("line", *[shown.get(n, col(n)) for n in COLUMNS]).write_csv(os.path.join(out, "created.csv"), separator=";")
    number = lambda name: col(name).cast(pl.Int64, strict=False).sum()
    sums = (good.group_by("ManufacturerId").agg(pl.len(), col("parts").sum(), col("quantity").sum(), number("LaborMinutes"), number("TravelKilometers"))
            .sort(col("ManufacturerId").cast(pl.Int64)))
    with open(os.path.join(out, "summary.json"), "w", encoding="utf-8") as f:
        json.dump({"claims": claims.height, "valid": good.height, "faulty": bad.height,
                   "manufacturers": {m: dict(zip(TOTALS, rest)) for m, *rest in sums.rows()}}, f, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:3])
