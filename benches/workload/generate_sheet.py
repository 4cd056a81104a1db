#!/usr/bin/env python3
"""An order file as a workbook, and the same rows as CSV.    generate_sheet.py ORDERS.csv OUT.xlsx OUT.csv    (needs openpyxl)

A sheet has no short lines, and its rows are counted by sheet and not by line end: records with fewer than nine cells are left
out, and so are those with a date written 2026-03-15, which is no fault in a sheet. Line ends within a cell become spaces, whole
quantities numbers, as somebody who types them has them. Blanks at the ends of a cell go: whether a workbook keeps them depends
on what its writer runs on.
"""
import csv
import re
import sys

import openpyxl

ISO = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch


def main(orders, workbook, text):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Commandes")
    with open(orders, encoding="cp1252", newline="") as source, open(text, "w", encoding="cp1252", newline="") as out:
        rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
        for cells in csv.reader(source, delimiter=";"):
            if len(cells) == 9 and not ISO(cells[5]):
                cells = [" ".join(cell.splitlines()).strip(" \t") for cell in cells]
                rows.writerow(cells)
                quantity = cells[3]
                is_number = quantity.isascii() and quantity.isdecimal() and str(int(quantity)) == quantity
                sheet.append(cells[:3] + [int(quantity) if is_number else quantity] + cells[4:])
    book.save(workbook)


if __name__ == "__main__":
    main(*sys.argv[1:4])
