import dataclasses
import datetime as dt

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from evalengine.intake.adjustments import Adjusted, apply_adjustments
from evalengine.intake.dataset import Dataset
from evalengine.scheme.model import IndicatorSystem

TABLES = {
    "consortia": pl.DataFrame({"unit": ["A", "B"], "name": ["甲", "乙"]}),
    "yearly": pl.DataFrame(
        {
            "unit": ["A", "A", "B"],
            "year": [2024, 2025, 2025],
            "funds": [0.1, 0.3, 2.0],
            "funds_own": [0.1, 0.3, None],
            "patents": [1, 1, 2],
            "share": [0, 0, 0],
        }
    ),
    "nodes": pl.DataFrame(
        {"unit": ["A", "A", "B"], "node": ["n", "n", "n"], "member": ["m", "k", None], "weight": [1.5, 1.5, 3.0]}
    ),
}
FLAT = pl.DataFrame({"unit": ["A"], "year": [2025], "funds": [5.0], "views": ["80;84;86"], "V1": [1]})
GOOD = {
    "unit": "A",
    "year": 2025,
    "table": "yearly",
    "key": "2025",
    "column": "funds",
    "reported": "0.3",
    "verified": "0.2",
    "reason": "凭证不足",
    "evidence": "凭证",
    "verifier": "审",
    "date": dt.date(2026, 3, 1),
}


def applied(small: IndicatorSystem, *rows: dict[str, object], flat: bool = False) -> tuple[Dataset, Adjusted]:
    frame = pl.DataFrame([GOOD | row for row in rows], infer_schema_length=None)
    data = Dataset.from_tables(({"fields": FLAT} if flat else TABLES) | {"adjustments": frame}, small)
    return data, apply_adjustments(data, small, 2025)


@pytest.mark.parametrize(
    ("row", "table", "column", "values"),
    [
        ({}, "yearly", "funds", [0.1, 0.2, 2.0]),
        ({"key": None}, "yearly", "funds", [0.1, 0.2, 2.0]),
        ({"key": None, "year": None}, "yearly", "funds", [0.1, 0.2, 2.0]),
        ({"key": "2024", "reported": "0.1"}, "yearly", "funds", [0.2, 0.3, 2.0]),
        ({"table": "年度数据", "column": "经费（万元）"}, "yearly", "funds", [0.1, 0.2, 2.0]),
        ({"reported": "0.30", "verified": "2000元"}, "yearly", "funds", [0.1, 0.2, 2.0]),
        (
            {"unit": "B", "column": "funds_own", "reported": None, "verified": "1"},
            "yearly",
            "funds_own",
            [0.1, 0.3, 1.0],
        ),
        ({"verified": None}, "yearly", "funds", [0.1, None, 2.0]),
        ({"verified": "—"}, "yearly", "funds", [0.1, None, 2.0]),
        (
            {"table": "nodes", "key": "n", "column": "权重", "reported": "1.5", "verified": "2"},
            "nodes",
            "weight",
            [2.0, 2.0, 3.0],
        ),
        (
            {"table": "consortia", "key": None, "column": "name", "reported": "甲", "verified": "丙"},
            "consortia",
            "name",
            ["丙", "乙"],
        ),
    ],
)
def test_a_verified_value_replaces_the_reported_one(
    small: IndicatorSystem, row: dict[str, object], table: str, column: str, values: list[object]
) -> None:
    data, adjusted = applied(small, row)
    assert [item for item in adjusted.problems if item.severity == "error"] == []
    assert adjusted.tables[table][column].to_list() == values
    changed = adjusted.tables[table].with_columns(data.tables[table][column])
    assert_frame_equal(changed, data.tables[table], check_exact=True)
    assert adjusted.frame.select("table", "column").row(0) == (table, column)
    assert adjusted.frame["year"].to_list() == [2025]


def test_what_could_not_be_verified_is_listed(small: IndicatorSystem) -> None:
    assert applied(small, {"verified": None})[1].unverified == (("A", "yearly", "funds"),)
    assert applied(small, {})[1].unverified == ()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"reason": None}, "adjustment_without_reason"),
        ({"reason": "无"}, "adjustment_without_reason"),
        ({"table": "合同"}, "adjustment_unknown_table"),
        ({"table": "adjustments"}, "adjustment_unknown_table"),
        ({"table": "fields"}, "adjustment_unknown_table"),
        ({"column": "资金"}, "adjustment_unknown_column"),
        ({"column": "year"}, "adjustment_of_key"),
        ({"key": "2023"}, "adjustment_unknown_row"),
        ({"unit": "B", "key": "2024"}, "adjustment_unknown_row"),
        ({"reported": "0.31"}, "adjustment_outdated"),
        ({"reported": "很多"}, "adjustment_outdated"),
        ({"verified": "约1"}, "adjustment_bad_value"),
        ({"verified": "1e999"}, "adjustment_bad_value"),
        ({"verified": "-1"}, "adjustment_out_of_range"),
        ({"column": "patents", "reported": "1", "verified": "0.5"}, "adjustment_out_of_range"),
        ({"column": "share", "reported": "0", "verified": "101"}, "adjustment_out_of_range"),
    ],
)
def test_an_adjustment_that_does_not_fit_is_refused(small: IndicatorSystem, row: dict[str, object], code: str) -> None:
    data, adjusted = applied(small, row)
    assert [(item.severity, item.code) for item in adjusted.problems] == [("error", code)]
    assert adjusted.problems[0].where().startswith("adjustments!")
    assert adjusted.frame.is_empty()
    for table, frame in data.tables.items():
        assert_frame_equal(adjusted.tables[table], frame, check_exact=True)


def test_a_row_that_is_there_twice_is_refused(small: IndicatorSystem) -> None:
    twice = TABLES | {"yearly": pl.concat([TABLES["yearly"], TABLES["yearly"].slice(1, 1)])}
    data = Dataset.from_tables(twice | {"adjustments": pl.DataFrame([GOOD])}, small)
    assert [item.code for item in apply_adjustments(data, small, 2025).problems] == ["adjustment_row_not_unique"]


def test_two_adjustments_of_one_cell(small: IndicatorSystem) -> None:
    _, adjusted = applied(small, {}, {"verified": "0.1"})
    assert [item.code for item in adjusted.problems] == ["adjustment_twice"]
    assert adjusted.frame.height == 1


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ({"reported": "5", "verified": "4"}, "funds", 4.0),
        ({"column": "views", "reported": "80;84;86", "verified": "80；84"}, "views", "80;84"),
        ({"column": "V1", "reported": "1", "verified": "0", "key": None}, "V1", 0.0),
    ],
)
def test_flat_figures_are_adjusted_too(
    small: IndicatorSystem, row: dict[str, object], column: str, value: object
) -> None:
    _, adjusted = applied(small, {"table": "fields"} | row, flat=True)
    assert [item for item in adjusted.problems if item.severity == "error"] == []
    assert adjusted.tables["fields"][column].to_list() == [value]


def test_no_adjustments(small: IndicatorSystem) -> None:
    data = Dataset.from_tables(TABLES, small)
    adjusted = apply_adjustments(data, small, 2025)
    assert adjusted.tables == data.tables
    assert (adjusted.frame.height, adjusted.problems, adjusted.unverified) == (0, (), ())


NODE = {"table": "nodes", "key": "n/m", "column": "member", "reported": "m", "verified": None}


@pytest.mark.parametrize(
    ("row", "members"),
    [
        (NODE, [None, "k", None]),
        (NODE | {"verified": "p"}, ["p", "k", None]),
        (NODE | {"unit": "B", "key": "n", "reported": None, "verified": "p"}, ["m", "k", "p"]),
    ],
)
def test_a_part_of_the_key_can_be_corrected(
    small: IndicatorSystem, row: dict[str, object], members: list[str | None]
) -> None:
    data, adjusted = applied(small, row)
    assert adjusted.problems == ()
    held = dict(zip(data.tables["nodes"].select("unit", "member").rows(), range(3), strict=True))
    order = [held["A", "m"], held["A", "k"], held["B", None]]
    assert [adjusted.tables["nodes"]["member"][number] for number in order] == members
    assert adjusted.unverified == ()  # nobody covers the node: that is known


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (NODE | {"verified": "k"}, "adjustment_key_taken"),
        (NODE | {"key": "n/x"}, "adjustment_unknown_row"),
        (NODE | {"key": None}, "adjustment_without_key"),
        (NODE | {"column": "node", "reported": "n"}, "blank_required"),
        ({"reported": None}, "adjustment_without_reported"),
        ({"unit": "B", "column": "funds_own", "reported": "3"}, "adjustment_of_blank"),
        ({"column": "整行", "reported": None, "verified": None}, "adjustment_no_record"),
        (NODE | {"column": "*", "verified": "0"}, "adjustment_bad_value"),
        ({"unit": None}, "blank_required"),
        ({"column": None}, "blank_required"),
        ({"table": None}, "blank_required"),
    ],
)
def test_refusals_that_name_what_is_blank(small: IndicatorSystem, row: dict[str, object], code: str) -> None:
    data, adjusted = applied(small, row)
    assert [item.code for item in adjusted.problems] == [code]
    for language in ("zh", "en"):
        assert "“”" not in adjusted.problems[0].message(language)
        assert "''" not in adjusted.problems[0].message(language)
    if (
        code == "blank_required" and adjusted.problems[0].field != "verified"
    ):  # reported once: the same problem as that of the table
        assert set(map(repr, adjusted.problems)) <= set(map(repr, data.problems))


def test_a_verified_reference_has_to_exist(small: IndicatorSystem) -> None:
    nodes = small.tables["nodes"]
    member = dataclasses.replace(nodes.columns["member"], references="consortia.name")
    nodes = dataclasses.replace(nodes, columns={**nodes.columns, "member": member})
    strict = dataclasses.replace(small, tables={**small.tables, "nodes": nodes})
    assert [item.code for item in applied(strict, NODE | {"verified": "乙"})[1].problems] == ["reference_missing"]
    assert applied(strict, NODE | {"verified": "甲"})[1].problems == ()


def test_what_verification_takes_away_must_not_be_named_elsewhere(small: IndicatorSystem) -> None:
    """A node covered by a member that is none any more would still count as covered."""
    nodes = small.tables["nodes"]
    member = dataclasses.replace(nodes.columns["member"], references="consortia.name")
    nodes = dataclasses.replace(nodes, columns={**nodes.columns, "member": member})
    strict = dataclasses.replace(small, tables={**small.tables, "nodes": nodes})
    rename = GOOD | {"table": "consortia", "key": None, "column": "name", "reported": "甲", "verified": "丙"}
    first: dict[str, object] = NODE | {"key": "n/甲", "reported": "甲"}  # nobody covers the node
    cases: list[tuple[str, list[dict[str, object]], list[str]]] = [
        ("甲", [], ["adjustment_leaves_reference"]),
        ("甲", [first], []),
        ("乙", [], []),  # never there: told by the check of what was reported
    ]
    for covering, further, wrong in cases:
        held = TABLES["nodes"].head(1).with_columns(pl.lit(covering).alias("member"))
        rows = pl.DataFrame([GOOD | row for row in (*further, rename)], infer_schema_length=None)
        data = Dataset.from_tables(TABLES | {"nodes": held, "adjustments": rows}, strict)
        found = apply_adjustments(data, strict, 2025).problems
        assert [(item.code, item.where()) for item in found] == [(code, "nodes!C2") for code in wrong]


@pytest.mark.parametrize("word", ["*", "整行", "whole row"])
def test_a_record_can_be_struck(small: IndicatorSystem, word: str) -> None:
    strike = NODE | {"column": word, "reported": None}
    _, adjusted = applied(small, strike, {"column": "funds", "verified": None})
    assert adjusted.problems == ()
    assert adjusted.tables["nodes"].select("unit", "member").rows() == [("A", "k"), ("B", None)]
    assert adjusted.frame.select("table", "key", "column").row(0) == ("nodes", "n/m", "*")
    assert adjusted.unverified == (("A", "yearly", "funds"),)


def test_a_struck_record_takes_no_other_adjustment(small: IndicatorSystem) -> None:
    strike = NODE | {"column": "*", "reported": None}
    for rows in ((strike, NODE), (NODE, strike)):
        assert [item.code for item in applied(small, *rows)[1].problems] == ["adjustment_twice"]


@pytest.mark.parametrize(
    ("item", "verified", "wrong"), [("V4", "2", []), ("V4", "3", ["adjustment_out_of_range"]), ("P1", "3", [])]
)
def test_a_capping_veto_stays_ordinary_or_severe(
    system: IndicatorSystem, item: str, verified: str, wrong: list[str]
) -> None:
    events = pl.DataFrame(
        {"unit": ["A"], "year": [2025], "item": [item], "count": [1], "matter": ["x"], "evidence": ["y"]}
    )
    row = GOOD | {
        "table": "events",
        "key": f"2025/{item}/x/y",
        "column": "count",
        "reported": "1",
        "verified": verified,
    }
    data = Dataset.from_tables({"events": events, "adjustments": pl.DataFrame([row])}, system)
    assert [problem.code for problem in apply_adjustments(data, system, 2025).problems] == wrong
