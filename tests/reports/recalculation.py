"""Recalculate workbooks for real, change cells of theirs, and compare what they say with an assessment."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from evalengine import Assessment, text
from evalengine.reports.words import Words

PROGRAM = shutil.which("soffice") or shutil.which("libreoffice")
# by default a spreadsheet program trusts the values it finds beside the formulas, and a test of them would test nothing
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>"""
HEADINGS, CODES, FIRST_LINE, UNIT = 4, 5, 5, 1
TOLERANCE = 1e-9


def require_program() -> None:
    """Skip where LibreOffice is missing; under CI, where it has to be there, fail."""
    if PROGRAM is None:
        reason = "LibreOffice is not installed: the formulas of the calculation workbook were NOT recalculated"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def recalculate(books: Iterable[Path], folder: Path) -> Path:
    """Recalculate all books in one run of the program and return the folder with the results."""
    profile, results = folder / "profile", folder / "recalculated"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    command = [str(PROGRAM), f"-env:UserInstallation=file://{profile}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(results), *map(str, books)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return results


class Book:
    """A calculation workbook as a reader sees it: the values of its cells."""

    def __init__(self, path: Path, language: str = "zh") -> None:
        self._language = language
        self._book = openpyxl.load_workbook(path, data_only=True)

    def sheet(self, name: str) -> Any:
        return self._book[text.sentence(f"calculation.{name}.sheet", self._language)]

    def sheets(self) -> list[Any]:
        return list(self._book)

    def verdict(self) -> tuple[str, int, float]:
        rows = list(self.sheet("guide").iter_rows(min_row=4, max_row=7, min_col=2, max_col=2, values_only=True))
        return rows[0][0], rows[2][0], rows[3][0]

    def compared(self) -> int:
        """Return how many cells the book itself compares."""
        return int(self.sheet("guide")["B5"].value)

    def by_code(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the columns of a sheet by the code under their heading, unit by unit."""
        sheet = self.sheet(name)
        return self._columns(sheet, [cell.value for cell in sheet[CODES]])

    def by_heading(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the columns of a sheet by their heading, unit by unit."""
        sheet = self.sheet(name)
        return self._columns(sheet, [cell.value for cell in sheet[HEADINGS]])

    def listed(self) -> list[str]:
        """Return the units in the order of the list by rank."""
        rows = self.sheet("ranking").iter_rows(min_row=4, values_only=True)
        return [row[2] for row in rows if isinstance(row[0], int | float)]

    def _columns(self, sheet: Any, names: list[Any]) -> Mapping[str, Mapping[str, Any]]:
        rows = [row for row in sheet.iter_rows(min_row=FIRST_LINE, values_only=True) if isinstance(row[0], int | float)]
        return {name or "": {row[UNIT]: row[place] for row in rows} for place, name in enumerate(names)}


def differences(book: Book, expected: Assessment) -> tuple[list[str], float]:
    """Return what a book says differently from an assessment, and the largest difference between numbers."""
    wrong, largest = [], 0.0
    for place, found, wanted in _pairs(book, expected):
        if isinstance(found, int | float) and isinstance(wanted, int | float):
            scale = max(1.0, abs(wanted)) if place.startswith("value ") else 1.0  # amounts have fewer decimals
            largest = max(largest, abs(found - wanted) / scale)
            if abs(found - wanted) > TOLERANCE * scale:
                wrong.append(f"{place}: {found!r}, not {wanted!r}")
        elif (found or None) != (wanted or None):
            wrong.append(f"{place}: {found!r}, not {wanted!r}")
    return wrong, largest


def _pairs(book: Book, expected: Assessment) -> Iterator[tuple[str, Any, Any]]:
    words = Words(expected.system, book._language)
    values = book.by_code("values")
    for unit, code, value, status in expected.values.select("unit", "indicator", "value", "status").iter_rows():
        yield f"value {unit} {code}", values[code][unit], value if status == "ok" else words.say(f"status.{status}")
    scores, shares = book.by_code("scores"), book.by_code("shares")
    for unit, node, score, weight in expected.scores.select("unit", "node", "score", "weight").iter_rows():
        code = "" if node == "total" else node
        yield f"score {unit} {node}", scores[code][unit], "\N{EM DASH}" if score is None else score
        yield f"share {unit} {node}", shares[code][unit], weight
    result = {key: book.by_heading("result")[_heading(key, book)] for key in (*NUMBERS, "grade", "reason", "two_year")}
    yield "list", book.listed(), expected.ranking["unit"].to_list()
    for row in expected.ranking.iter_rows(named=True):
        unit = row["unit"]
        for key in NUMBERS:
            wanted = "\N{EM DASH}" if row[key] is None else float(row[key])
            yield f"{key} {unit}", result[key][unit], wanted
        yield f"grade {unit}", result["grade"][unit], words.grade(row["grade"])
        reason = text.sentence(f"calculation.reason.{row['grade_reason']}", book._language)
        yield f"reason {unit}", result["reason"][unit], reason
        two_year = words.grade(row["two_year_result"]) if row["two_year_result"] else None
        yield f"two-year result {unit}", result["two_year"][unit], two_year


NUMBERS = ("weighted", "bonus", "penalty", "total", "score", "rank", "overall_rank", "tie")


def _heading(key: str, book: Book) -> str:
    return text.sentence(f"calculation.result.column.{key}", book._language)


def moved(before: Book, after: Book) -> list[str]:
    """Return the cells that a recalculation changed: those whose value beside the formula was not its result."""
    found = []
    for old, new in zip(before.sheets(), after.sheets(), strict=True):
        values = {cell.coordinate: cell.value for row in new.iter_rows() for cell in row}
        for cell in (cell for row in old.iter_rows() for cell in row):
            now, was = values.get(cell.coordinate), cell.value
            both = isinstance(was, int | float) and isinstance(now, int | float)
            same = abs(now - was) <= TOLERANCE * max(1.0, abs(was)) if both else (now or None) == (was or None)
            if not same:
                found.append(f"{old.title}!{cell.coordinate}: {was!r}, now {now!r}")
    return found


def change(path: Path, target: Path, cells: Mapping[tuple[str, str], float]) -> None:
    """Write a copy of a book with cells changed: by sheet name and address. It holds no values beside its formulas."""
    book = openpyxl.load_workbook(path)
    for (name, address), value in cells.items():
        cell = book[text.sentence(f"calculation.{name}.sheet", "zh")][address]
        assert not cell.protection.locked, address
        cell.value = value
    book.save(target)


def weight_cells(path: Path, weights: Mapping[str, float], *, group: int = 0) -> dict[tuple[str, str], float]:
    """Return the cells of weights and what to write there."""
    sheet = openpyxl.load_workbook(path)[text.sentence("calculation.weights.sheet", "zh")]
    rows = {
        row[1].value: row[2 + group].coordinate for row in sheet.iter_rows(min_row=4) if len(row) > 2 and row[1].value
    }
    return {("weights", rows[code]): weight for code, weight in weights.items()}
