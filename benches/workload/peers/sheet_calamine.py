#!/usr/bin/env python3
"""Reads the first sheet of a workbook with python-calamine.    sheet_calamine.py FILE.xlsx [OUT.csv]

Without OUT.csv nothing is written: that is what is measured. With it the cells are written down, to be compared.
"""
import csv
import sys

from python_calamine import CalamineWorkbook


def main(path, out=None):
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    if out is None:
        print(len(rows))
        return
    with open(out, "w", encoding="utf-8", newline="") as f:
        csv.writer(f, delimiter=";").writerows([int(cell) if isinstance(cell, float) and cell.is_integer() else cell for cell in row] for row in rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
