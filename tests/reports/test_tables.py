from __future__ import annotations

import csv
import dataclasses
import io
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

from evalengine.analysis.reference import reference
from evalengine.archive import write_run
from evalengine.assessment import Assessment
from evalengine.reports import tables
from tests.small import assess_flat

NAMES = [
    "values",
    "treated",
    "normalised",
    "scores",
    "ranking",
    "problems",
    "adjustments",
    "differences",
    "evidence",
    "fields",
    "items",
    "reference",
]
SCHEMAS = [
    tables.VALUES,
    tables.TREATED,
    tables.NORMALISED,
    tables.SCORES,
    tables.RANKING,
    tables.PROBLEMS,
    tables.ADJUSTMENTS,
    tables.DIFFERENCES,
    tables.EVIDENCE,
    tables.FIELDS,
    tables.ITEMS,
    tables.REFERENCE,
]


def _rows(assessment: Assessment) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(tables.ranking_csv(assessment).decode("utf-8-sig"), newline="")))


def test_csv_starts_with_a_byte_order_mark_and_english_codes(sample: Assessment) -> None:
    content = tables.ranking_csv(sample)
    assert content.startswith(
        b"\xef\xbb\xbfunit,name,group,score,rank,overall_rank,grade,tie,two_year_result,needs_decision,"
    )
    assert {row["grade"] for row in _rows(sample)} <= {"excellent", "good", "pass", "fail"}
    assert {row["run_id"] for row in _rows(sample)} == {sample.provenance.run_id}


@pytest.mark.parametrize(
    "column", ["score", "weighted", "total", "bonus", "penalty", "rank", "overall_rank", "last_score"]
)
def test_csv_numbers_read_back_bit_for_bit(sample: Assessment, column: str) -> None:
    for row, expected in zip(_rows(sample), sample.ranking[column], strict=True):
        if expected is None:
            assert row[column] == ""
        else:
            assert struct.pack("d", float(row[column])) == struct.pack("d", expected)


def test_csv_ranks_are_whole_and_flags_are_lower_case(sample: Assessment) -> None:
    assert all(row["rank"].isdigit() or row["rank"] == "" for row in _rows(sample))
    assert {row["tie"] for row in _rows(sample)} <= {"true", "false"}


@pytest.mark.parametrize(
    ("name", "written"),
    [(start + "1", "'" + start + "1") for start in ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")] + [("甲=1", "甲=1")],
)
def test_csv_text_is_guarded(
    sample: Assessment, renamed: Callable[[Assessment, Sequence[str]], Assessment], name: str, written: str
) -> None:
    made = renamed(sample, [name] * sample.ranking.height)
    assert {row["name"] for row in _rows(made)} == {written}


def test_csv_numbers_are_never_guarded(sample: Assessment) -> None:
    ranking = sample.ranking.with_columns(pl.lit(-5.2).alias("last_score"))
    made = dataclasses.replace(sample, ranking=ranking)
    assert {row["last_score"] for row in _rows(made)} == {"-5.2"}


def test_csv_keeps_commas_quotes_and_line_ends(
    sample: Assessment, renamed: Callable[[Assessment, Sequence[str]], Assessment]
) -> None:
    name = '甲,"乙"\n丙'
    assert {row["name"] for row in _rows(renamed(sample, [name] * sample.ranking.height))} == {name}


def test_tables_have_their_stated_schemas(sample: Assessment) -> None:
    made = tables.parquet_tables(sample, reference(sample))
    assert list(made) == NAMES
    for name, schema in zip(NAMES, SCHEMAS, strict=True):
        assert dict(made[name].schema) == dict(schema)


def test_tables_hold_every_row(sample: Assessment) -> None:
    made = tables.parquet_tables(sample)
    cells = sample.ranking.height * len(sample.system.indicators)
    assert made["values"].height == made["normalised"].height == cells
    assert made["problems"]["message_en"].to_list() == [problem.message("en") for problem in sample.problems]
    assert made["adjustments"].height == sample.adjustments.height


def test_reference_ranks_and_grades_stand_in_one_table(sample: Assessment) -> None:
    made = tables.parquet_tables(sample, reference(sample))["reference"]
    asked = sample.system.reference
    ranked = sample.ranking.filter(pl.col("rank").is_not_null()).height
    counts = dict(made.group_by("purpose").len().iter_rows())
    assert counts == {"rank": ranked * len(asked.methods), "grade": ranked * len(asked.grades)}
    assert made.filter(pl.col("purpose") == "rank")["rank"].null_count() == 0
    assert made.filter(pl.col("purpose") == "grade")["grade"].null_count() == 0


def test_no_reference_table_where_the_scheme_asks_for_none(tmp_path: Path) -> None:
    result = assess_flat({})
    assert not result.system.reference.asked
    write_run(result, tmp_path / "run")
    assert {path.stem for path in (tmp_path / "run" / "tables").iterdir()} == set(NAMES) - {"reference"}
