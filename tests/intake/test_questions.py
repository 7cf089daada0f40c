"""Questions across units and years: claimed twice, copied from last year, handed in twice; with both places named."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import polars as pl
import pytest

from evalengine.errors import Problem
from evalengine.intake.dataset import Dataset
from evalengine.intake.reading import read_dataset
from evalengine.intake.validation import check_fields
from evalengine.scheme.model import Checks, IndicatorSystem

CLAIMED = Checks(claimed_once=("nodes.node", "nodes.member"))


def claimed(small: IndicatorSystem, *rows: tuple[str, str | None]) -> list[Problem]:
    nodes = pl.DataFrame(rows, schema=["unit", "node"], orient="row").with_columns(member=None, weight=1.0)
    tables = {"consortia": pl.DataFrame({"unit": ["A", "B", "C"], "name": ["a", "b", "c"]}), "nodes": nodes}
    found = Dataset.from_tables(tables, dataclasses.replace(small, checks=CLAIMED)).problems
    return [problem for problem in found if problem.code == "claimed_twice"]


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([("A", "ZL2023100012"), ("B", "ZL2023100012")], 1),
        ([("A", "ZL 2023 1000-12"), ("B", "ｚｌ2023.1000.12")], 1),
        ([("A", "ZL2023100012"), ("B", "ZL2023100012"), ("C", "ZL2023100012")], 2),
        ([("A", "ZL2023100012"), ("B", "ZL2023100013")], 0),
        ([("A", "1"), ("B", "1")], 0),  # every unit counts from 1
        ([("A", None), ("B", None)], 0),
    ],
)
def test_the_same_record_in_two_units(small, rows, count):
    assert len(claimed(small, *rows)) == count


def test_both_places_are_named(small):
    (problem,) = claimed(small, ("A", "ZL2023100012"), ("B", "ZL2023100012"))
    assert (problem.severity, problem.unit, problem.cell, problem.field) == ("warning", "B", "B3", "node")
    assert problem.facts["owner"] == "A"
    assert problem.facts["there"] == "nodes!B2"
    for language in ("zh", "en"):
        assert "nodes!B2" in problem.message(language)


def copied(small: IndicatorSystem, before: list[float | None], now: list[float | None]) -> list[str]:
    names = ["unit", "year", "funds", "funds_own", "patents", "share"]
    fields = dict.fromkeys(("a", "b", "c", "d"), small.fields["funds_own"])
    system = dataclasses.replace(small, fields={**small.fields, **fields}, checks=Checks(jump_percent=1e9))
    rows = [("A", 2024, *before), ("A", 2025, *now)]
    frame = pl.DataFrame(rows, schema=[*names, "a", "b", "c", "d"], orient="row", strict=False)
    frame = frame.with_columns(pl.col(frame.columns[2:]).cast(pl.Float64))
    place = {2024: ("f", "s", "C5"), 2025: ("f", "s", "C6")}
    found = list(check_fields(frame, system, locate=lambda _u, year, _f: place[year]))
    copies = [item for item in found if item.code == "copied_from_last_year"]
    assert all((item.cell, item.facts["there"], item.year) == ("C6", "f!s!C5", 2025) for item in copies)
    return [f"{item.value} of {item.facts['compared']}" for item in copies]


# fields: funds, funds_own, patents (a count), share, a, b, c, d
@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([1.5, 2.5, 30, 4.5, 5, 6, 7, 8], [1.5, 2.5, 30, 4.5, 5, 6, 7, 8], ["8 of 8"]),
        ([1.5, 2.5, 30, 4.5, 5, 6, 7, 8], [1.5, 2.5, 30, 4.5, 5, 6, 7, 9], ["7 of 8"]),
        ([1.5, 2.5, 30, 4.5, 5, 6, 7, 8], [1.5, 2.5, 30, 4.5, 5, 6, 8, 9], []),  # 75 %
        ([1.5, 2.5, 3, 0, 0, 0, 0, 0], [1.5, 2.5, 3, 0, 0, 0, 0, 0], []),  # small counts, zeros
        ([1.5, 2.5, 3, 4.5, 5, 6, None, 0], [1.5, 2.5, 3, 4.5, 5, 6, None, 0], ["5 of 5"]),
        ([None] * 8, [1.5, 2.5, 30, 4.5, 5, 6, 7, 8], []),
    ],
)  # fmt: skip
def test_figures_of_last_year_once_more(small, before, now, said):
    assert copied(small, before, now) == said


def write(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")


def test_rows_of_another_file_that_are_the_same_count_once(small, tmp_path):
    for year in ("2024", "2025"):
        write(tmp_path / year, "consortia.csv", "unit,name\nA,a\n")
        write(tmp_path / year, "nodes.csv", "unit,node,member,weight\nA,n,m,1.5\nA,k,,2\n")
    write(tmp_path / "2024", "yearly.csv", "unit,year,funds,funds_own,patents,share\nA,2024,1,1,1,7\n")
    write(tmp_path / "2025", "yearly.csv", "unit,year,funds,funds_own,patents,share\nA,2024,1,1,1,7\nA,2025,1,1,1,7\n")
    data = read_dataset([tmp_path / "2024", tmp_path / "2025"], small)
    assert {name: frame.height for name, frame in data.tables.items()} == {"consortia": 1, "nodes": 2, "yearly": 2}
    notes = [(item.table, item.file, item.facts["count"], item.facts["other"]) for item in data.problems]
    assert sorted(notes) == [
        ("consortia", "2025/consortia.csv", 1, "2024/consortia.csv"),
        ("nodes", "2025/nodes.csv", 2, "2024/nodes.csv"),
        ("yearly", "2025/yearly.csv", 1, "2024/yearly.csv"),
    ]
    assert {(item.code, item.severity) for item in data.problems} == {("rows_repeated", "warning")}


def test_rows_of_another_file_that_differ_are_refused_naming_both(small, tmp_path):
    for year, funds in (("2024", 1), ("2025", 2)):
        write(tmp_path / year, "consortia.csv", "unit,name\nA,a\n")
        write(tmp_path / year, "yearly.csv", f"unit,year,funds,funds_own,patents,share\nA,2025,{funds},1,1,1\n")
    found = list(read_dataset([tmp_path / "2024", tmp_path / "2025"], small).problems)
    errors = [item for item in found if item.severity == "error"]
    assert [(item.code, item.file, item.cell, item.facts["there"]) for item in errors] == [
        ("duplicate_key", "2024/yearly.csv", "B2", "2025/yearly.csv!B2"),
        ("duplicate_key", "2025/yearly.csv", "B2", "2024/yearly.csv!B2"),
    ]
    assert {item.facts["differs_en"] for item in errors} == {"Funds"}


def test_the_same_row_twice_in_one_file_is_still_an_error(small, tmp_path):
    write(tmp_path, "consortia.csv", "unit,name\nA,a\nA,a\n")
    write(tmp_path, "yearly.csv", "unit,year,funds,funds_own,patents,share\nA,2025,1,1,1,1\n")
    found = read_dataset([tmp_path], small).problems
    errors = [item for item in found if item.severity == "error"]
    assert [(item.code, item.cell, item.facts["differs_zh"]) for item in errors] == [
        ("duplicate_key", "A2", "-"), ("duplicate_key", "A3", "-"),
    ]  # fmt: skip
