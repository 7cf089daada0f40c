"""Every number we write, to workbooks, CSV and Parquet, is the same bits when our own reader reads it."""

import dataclasses
import io
import math

import numpy as np
import openpyxl
import polars as pl
import pytest

from evalengine import Assessment
from evalengine.intake.formats import read_sheets
from evalengine.intake.numbers import Unit, parse_number
from evalengine.reports import cells
from evalengine.reports.adjustment_file import WORKBOOK, with_row
from evalengine.reports.page import exact
from evalengine.reports.tables import parquet_tables, ranking_csv
from tests.intake.corpus import books

BORDERS = [
    5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    0.1 + 0.2,
    1 / 3,
    2.0**53 + 2,
    1e15,
    1e22,
    0.0,
    -1.5,
]


@pytest.fixture(scope="module")
def numbers() -> list[float]:
    """Numbers of every size, half of them the ones an office has; as a run holds them, without a negative zero."""
    chance = np.random.default_rng(20)
    bits = chance.integers(0, 2**64, 5_000, dtype=np.uint64).view(np.float64)
    usual = chance.lognormal(5, 4, 5_000).round(2) / chance.integers(1, 100, 5_000)
    return [*BORDERS, *(value for value in [*bits.tolist(), *usual.tolist()] if math.isfinite(value))]


def same(read: list[object], numbers: list[float]) -> bool:
    """Return whether cells are read as these numbers, bit for bit."""
    values = [parse_number(cell, Unit()).value for cell in read]
    return np.array(values, dtype=np.float64).tobytes() == np.array(numbers).tobytes()


def with_scores(sample: Assessment, numbers: list[float]) -> Assessment:
    row = sample.ranking.head(1).drop("score")
    return dataclasses.replace(sample, ranking=pl.concat([row] * len(numbers)).with_columns(score=pl.Series(numbers)))


def column(content: bytes, name: str, kind: str) -> list[object]:
    (sheet,) = read_sheets(f"a.{kind}", "a", content)
    return [row[list(sheet.rows[0]).index(name)] for row in sheet.rows[1:]]


def test_the_cells_of_a_workbook(numbers: list[float]) -> None:
    strings = cells.SharedStrings()
    rows = "".join(f"<row>{cells.cell(f'A{place}', 0, value, strings)}</row>" for place, value in enumerate(numbers, 1))
    xml = f'<worksheet xmlns="{books.MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    (sheet,) = read_sheets("a.xlsx", "a", books.xlsx({"a": xml}))
    assert same([row[0] for row in sheet.rows], numbers)


def test_the_ranking_as_csv(sample: Assessment, numbers: list[float]) -> None:
    assert same(column(ranking_csv(with_scores(sample, numbers)), "score", "csv"), numbers)


def test_the_tables_as_parquet(sample: Assessment, numbers: list[float]) -> None:
    target = io.BytesIO()
    parquet_tables(with_scores(sample, numbers))["ranking"].write_parquet(target)
    assert same(column(target.getvalue(), "score", "parquet"), numbers)


def test_a_workbook_of_adjustments_with_one_row_more(sample: Assessment) -> None:
    before, _ = with_row(None, {}, sample.system, kind=WORKBOOK, name="a.xlsx", language="zh")
    book = openpyxl.load_workbook(io.BytesIO(before))
    for place, value in enumerate(BORDERS, start=2):
        cell = book.worksheets[0].cell(place, 1, value)
        exact(cell)
    target = io.BytesIO()
    book.save(target)
    added = {"unit": "A"}
    after, position = with_row(target.getvalue(), added, sample.system, kind=WORKBOOK, name="a.xlsx", language="zh")
    (sheet,) = read_sheets("a.xlsx", "a", after)
    assert position == len(BORDERS) + 2
    assert same([row[0] for row in sheet.rows[1 : position - 1]], BORDERS)
