#!/usr/bin/env python3
"""Reads the first sheet of a workbook with openpyxl, row by row.    sheet_openpyxl.py FILE.xlsx [OUT.csv]

Without OUT.csv nothing is written: that is what is measured. With it the cells are written down, to be compared.
"""
import csv
import sys

import openpyxl


def main(path, out=None):
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    if out is None:
        print(sum(1 for _ in rows))
        return
    with open(out, "w", encoding="utf-8", newline="") as f:
        csv.writer(f, delimiter=";").writerows(["" if cell is None else cell for cell in row] for row in rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
