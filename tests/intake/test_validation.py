import dataclasses
import math
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pytest

from evalengine.errors import Problem
from evalengine.intake.dataset import Dataset
from evalengine.intake.dates import parse_year
from evalengine.intake.reading import read_dataset
from evalengine.intake.validation import check_fields
from evalengine.scheme.model import Checks, IndicatorSystem

CONSORTIA = pl.DataFrame({"unit": ["A", "B"], "name": ["甲", "乙"]})
YEARLY = pl.DataFrame(
    {
        "unit": ["A", "B"],
        "year": [2025, 2025],
        "funds": [1.0, 2.0],
        "funds_own": [1.0, 2.0],
        "patents": [1, 2],
        "share": [2, 2],
    }
)
NODES = pl.DataFrame(
    {"unit": ["A", "A", "B"], "node": ["n", "n", "n"], "member": ["m", "k", None], "weight": [1.0, 1.0, 3.0]}
)


def problems(small: IndicatorSystem, **tables: pl.DataFrame) -> list[tuple[str, str, str]]:
    given = {"consortia": CONSORTIA, "yearly": YEARLY, "nodes": NODES} | tables
    return [(item.code, item.field, item.cell) for item in Dataset.from_tables(given, small).problems]


def with_value(frame: pl.DataFrame, column: str, value: object) -> pl.DataFrame:
    """Put a value into the first row."""
    return frame.with_columns(pl.Series(column, [value, *frame[column].to_list()[1:]]))


def test_good_tables_have_no_problems(small: IndicatorSystem) -> None:
    assert problems(small) == []


@pytest.mark.parametrize(
    ("table", "column", "value", "problem"),
    [
        ("yearly", "funds", math.nan, ("not_finite", "funds", "C2")),
        ("yearly", "funds", math.inf, ("not_finite", "funds", "C2")),
        ("yearly", "funds", -0.5, ("out_of_range", "funds", "C2")),
        ("yearly", "share", 100.5, ("out_of_range", "share", "F2")),
        ("yearly", "patents", 1.5, ("not_whole", "patents", "E2")),
        ("yearly", "funds", None, ("blank", "funds", "C2")),
        ("yearly", "year", 1989, ("out_of_range", "year", "B2")),
        ("yearly", "year", 2101, ("out_of_range", "year", "B2")),
        ("yearly", "unit", "Z", ("unknown_unit", "unit", "A3")),
        ("consortia", "name", None, ("blank_required", "name", "B2")),
        ("nodes", "weight", 2.0, ("rows_disagree", "weight", "D2")),
    ],
)
def test_a_rule_that_fails_is_located(
    small: IndicatorSystem, table: str, column: str, value: object, problem: tuple[str, str, str]
) -> None:
    frame = with_value({"yearly": YEARLY, "nodes": NODES, "consortia": CONSORTIA}[table], column, value)
    found = problems(small, **{table: frame})
    assert any(item[:2] == problem[:2] and (item[2] == problem[2] or column == "unit") for item in found), found


def test_all_duplicate_rows_are_reported(small: IndicatorSystem) -> None:
    found = problems(small, yearly=pl.concat([YEARLY, YEARLY.head(1)]))
    assert [item for item in found if item[0] == "duplicate_key"] == [
        ("duplicate_key", "year", cell) for cell in ("B2", "B4")
    ]


def test_units_without_rows(small: IndicatorSystem) -> None:
    assert problems(small, nodes=NODES.head(2)) == [("no_rows_not_applicable", "", "")]
    assert problems(small, yearly=YEARLY.head(1)) == [("no_rows_required", "", "")]


def test_a_nil_return_explains_missing_rows(small: IndicatorSystem) -> None:
    declared = YEARLY.with_columns(nil_returns=pl.Series([None, "节点； "]))
    assert problems(small, yearly=declared, nodes=NODES.head(2)) == []
    assert problems(small, yearly=declared) == [("nil_with_rows", "nil_returns", "G3")]
    unknown = YEARLY.with_columns(nil_returns=pl.Series([None, "节点;结点"]))
    assert ("nil_unknown", "nil_returns", "G3") in problems(small, yearly=unknown)


def test_environment_variables_switch_nothing_off() -> None:
    script = (
        "import math, polars as pl, evalengine as ee\n"
        "system = ee.load_indicators('innovation-consortium')\n"
        "frame = pl.DataFrame({'unit': ['A'], 'year': [2025], 'funds_total': [math.inf], 'rd_personnel': [-1.5]})\n"
        "print(sorted({p.code for p in ee.Dataset.from_fields(frame, system).problems if p.severity == 'error'}))\n"
    )
    for variables in ({"PANDERA_VALIDATION_ENABLED": "False"}, {"PANDERA_VALIDATION_DEPTH": "SCHEMA_ONLY"}):
        environment = {"PATH": "", "PYTHONPATH": ":".join(sys.path), **variables}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "['not_finite', 'not_whole', 'out_of_range']"


def test_the_number_parser_alone_loads_nothing_heavy() -> None:
    script = (
        "import sys, evalengine.intake.numbers; print({'polars', 'pandera', 'openpyxl', 'numba'} & set(sys.modules))"
    )
    environment = {"PATH": "", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# figures per unit and year: funds_own is part of funds; funds = funds_own + share within 1 %


def figures(small: IndicatorSystem, *rows: tuple[object, ...], cell: str = "") -> list[Problem]:
    names = ["unit", "year", "funds", "funds_own", "patents", "share"]
    frame = pl.DataFrame(rows, names, orient="row", strict=False).with_columns(pl.col(names[2:]).cast(pl.Float64))
    return check_fields(frame, small, locate=lambda unit, _year, _field: (unit, "", cell))


def codes(found: list[Problem]) -> list[tuple[str, str]]:
    return [(item.code, f"{item.unit}!{item.year}!{item.field}") for item in found]


def test_figures_in_order(small: IndicatorSystem) -> None:
    assert figures(small, ("A", 2024, 10, 8, 5, 2), ("A", 2025, 14, 12, 6, 2), ("B", 2025, 3, None, 0, None)) == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ((math.inf, 0, 0, 0), ("not_finite", "A!2025!funds")),
        ((-1, -2, 0, 1), ("out_of_range", "A!2025!funds")),
        ((1, 1, 0.5, 0), ("not_whole", "A!2025!patents")),
        ((100, 0, 0, 101), ("out_of_range", "A!2025!share")),
        ((1, 1.1, 0, 0), ("part_above_total", "A!2025!funds_own")),
        ((100, 60, 0, 38.9), ("sum_differs", "A!2025!funds")),
    ],
)
def test_figures_that_break_a_rule(small: IndicatorSystem, row: tuple[float, ...], problem: tuple[str, str]) -> None:
    assert problem in codes(figures(small, ("A", 2025, *row)))


def test_a_figure_with_a_cell_of_its_own_was_checked_when_read(small: IndicatorSystem) -> None:
    assert [item.code for item in figures(small, ("A", 2025, -1, -2, 0.5, 1))] == ["out_of_range"] * 2 + ["not_whole"]
    found = figures(small, ("A", 2025, -1, 5, 0.5, 1), cell="C2")
    assert [(item.code, item.where()) for item in found] == [("part_above_total", "A!C2"), ("sum_differs", "A!C2")]


def test_a_system_without_checks_between_figures(small: IndicatorSystem) -> None:
    assert figures(dataclasses.replace(small, checks=Checks()), ("A", 2025, 1, 5, 0, 0)) == []


def test_noise_of_a_sum_is_no_difference(small: IndicatorSystem) -> None:
    assert figures(small, ("A", 2025, 0.3, 0.1 + 0.2, 0, 0)) == []  # 0.30000000000000004 > 0.3 by noise only
    assert figures(small, ("A", 2025, 100, 60, 0, 39)) == []  # exactly the tolerance of 1 %


@pytest.mark.parametrize(
    ("before", "now", "jumps"), [(10, 15, False), (10, 15.1, True), (10, 4.9, True), (0, 9, False), (None, 9, False)]
)
def test_jumps(small: IndicatorSystem, before: float | None, now: float, jumps: bool) -> None:
    years = [("A", 2024, before, None, 0, None), ("A", 2025, now, None, 0, None)]
    assert (("jump", "A!2025!funds") in codes(figures(small, *years, cell="C2"))) is jumps
    assert figures(small, *years) == []  # computed from records, not typed


def test_jumps_of_small_counts_and_of_earlier_years_are_no_news(small: IndicatorSystem) -> None:
    years = [("A", 2023, 1, None, 1, None), ("A", 2024, 9, None, 9, None), ("A", 2025, 9, None, 2, None)]
    assert figures(small, *years, cell="C2") == []


@pytest.mark.parametrize(
    ("factor", "slips"),
    [(499, False), (500, True), (1000, True), (2000, True), (2001, False), (5000, True), (20000, True), (20001, False)],
)
@pytest.mark.parametrize("inverse", [False, True])
def test_slips_against_the_year_before(small: IndicatorSystem, factor: int, slips: bool, inverse: bool) -> None:
    before, now = (factor, 1) if inverse else (1, factor)
    found = figures(small, ("A", 2024, before, None, 0, None), ("A", 2025, now, None, 0, None), cell="C2")
    assert (("unit_slip", "A!2025!funds") in codes(found)) is slips
    assert (("jump", "A!2025!funds") in codes(found)) is not slips


def test_slips_against_the_group(small: IndicatorSystem) -> None:
    rows = [(unit, 2025, funds, None, 0, None) for unit, funds in (("A", 3e7), ("B", 3e3), ("C", 2e3), ("D", 4e3))]
    assert codes(figures(small, *rows)) == [("unit_slip", "A!2025!funds")]


def test_noise_of_a_formula_is_within_limits(small: IndicatorSystem) -> None:
    assert figures(small, ("A", 2025, 100, 0, 0, 100.00000000000001)) == []
    assert codes(figures(small, ("A", 2025, 100, 0, 0, 100.0001))) == [("out_of_range", "A!2025!share")]


@pytest.mark.parametrize(("value", "wrong"), [(1e15, False), (1.1e15, True), (1e300, True)])
def test_figures_of_impossible_size(small: IndicatorSystem, value: float, wrong: bool) -> None:
    for cell in ("", "C2"):
        found = codes(figures(small, ("A", 2025, value, None, 0, None), cell=cell))
        assert (("implausible", "A!2025!funds") in found) is wrong


@pytest.mark.parametrize("year", [1e300, 1e20, -1e20, 2025.5, 10**400, 12345, -1])
def test_no_year_at_all(small: IndicatorSystem, tmp_path: Path, year: float) -> None:
    assert parse_year(year).code in {"not_a_year", "not_finite"}
    if isinstance(year, float):
        given = pl.DataFrame({"unit": ["A"], "year": [year], "funds": [1.0]})
        given.write_parquet(tmp_path / "x.parquet")
        found = read_dataset(tmp_path / "x.parquet", small).problems
        assert ("not_a_year", "B2") in [(item.code, item.cell) for item in found]


@pytest.mark.parametrize(("year", "code"), [(1989, "out_of_range"), (2101, "out_of_range"), (1990, ""), (2100, "")])
def test_years_of_another_age(small: IndicatorSystem, year: int, code: str) -> None:
    found = [item[0] for item in problems(small, yearly=YEARLY.with_columns(year=pl.lit(year)))]
    assert found == [code] * 2 if code else found == []


def test_a_blank_group_beside_others(small: IndicatorSystem) -> None:
    assert problems(small, consortia=CONSORTIA.with_columns(group=pl.Series(["g", None]))) == [
        ("group_blank", "group", "C3")
    ]
    assert problems(small, consortia=CONSORTIA.with_columns(group=pl.lit(None, pl.String))) == []
    flat = pl.DataFrame({"unit": ["A", "B"], "year": [2025, 2025], "funds": [1.0, 2.0], "group": [" ", "g"]})
    found = [(item.code, item.cell) for item in Dataset.from_fields(flat, small).problems]
    assert ("group_blank", "D2") in found


@pytest.mark.parametrize(
    ("amount", "slips"),
    [
        (499, False),
        (500, True),
        (2000, True),
        (2001, False),
        (5000, True),
        (20000, True),
        (20001, False),
        (0.001, False),
    ],
)
def test_amounts_of_records_in_another_unit(system: IndicatorSystem, amount: float, slips: bool) -> None:
    amounts = [1.0] * 5 + [amount]
    contracts = pl.DataFrame({"unit": ["A"] * 6, "contract_id": list("abcdef"), "year": [2025] * 6, "amount": amounts})
    found = Dataset.from_tables({"contracts": contracts}, system).problems
    assert [item.cell for item in found if item.code == "record_slip"] == ["D7"] * slips
    few = Dataset.from_tables({"contracts": contracts.tail(4)}, system).problems
    assert "record_slip" not in [item.code for item in few]


@pytest.mark.parametrize(
    ("item", "count", "wrong"), [("V4", 2, False), ("V4", 3, True), ("V1", 3, False), ("P1", 3, False)]
)
def test_a_capping_veto_is_ordinary_or_severe(system: IndicatorSystem, item: str, count: int, wrong: bool) -> None:
    events = pl.DataFrame({"unit": ["A"], "year": [2025], "item": [item], "count": [count]})
    found = Dataset.from_tables({"events": events}, system).problems
    assert [problem.cell for problem in found if problem.code == "out_of_range"] == ["D2"] * wrong


# every problem, its place and its sentence, in the order told


def told(found: Iterable[Problem]) -> list[tuple[str, str]]:
    return [(item.where(), item.message("en")) for item in found]


def test_problems_of_a_bad_table_in_order(small: IndicatorSystem) -> None:
    rows = [
        ("A", 2025, -1.0, 1.0, 1.5, 2.0),
        ("A", 2025, -1.0, 1.0, 1.5, 101.0),
        ("A", 2025, -1.0, None, 1.5, 2.0),
        ("B", 2025, math.nan, 1.0, 2.0, 2.0),
        ("Z", 1989, 3.0, 1.0, 2.0, -4.0),
    ]
    yearly = pl.DataFrame(rows, YEARLY.columns, orient="row")
    found = Dataset.from_tables({"consortia": CONSORTIA, "yearly": yearly, "nodes": NODES}, small).problems
    assert told(found) == [
        (
            "yearly!B2",
            "This row is a duplicate: Unit, Year are those of the row at yearly!B4; what differs: Own funds.",
        ),
        ("yearly!C2", "'Funds' is -1.0, outside what is allowed (at least 0)."),
        ("yearly!E2", "'Patents' has to be a whole number and is 1.5."),
        (
            "yearly!B3",
            "This row is a duplicate: Unit, Year are those of the row at yearly!B4; what differs: Own funds, Share.",
        ),
        ("yearly!C3", "'Funds' is -1.0, outside what is allowed (at least 0)."),
        ("yearly!E3", "'Patents' has to be a whole number and is 1.5."),
        ("yearly!F3", "'Share' is 101.0, outside what is allowed (0 to 100)."),
        (
            "yearly!B4",
            "This row is a duplicate: Unit, Year are those of the row at yearly!B2; what differs: Own funds.",
        ),
        ("yearly!C4", "'Funds' is -1.0, outside what is allowed (at least 0)."),
        ("yearly!D4", "'Own funds' is blank; indicators that use it count as missing."),
        ("yearly!E4", "'Patents' has to be a whole number and is 1.5."),
        ("yearly!C5", "'funds': 'nan' is not a finite number."),
        ("yearly!A6", "'Z' is not in the table of consortia."),
        ("yearly!B6", "'Year' is 1989, outside what is allowed (1990 to 2100)."),
        ("yearly!F6", "'Share' is -4.0, outside what is allowed (0 to 100)."),
    ]
    assert [(item.severity, item.unit, item.year, item.value) for item in found[8:12]] == [
        ("error", "A", 2025, "-1.0"),
        ("warning", "A", 2025, ""),
        ("error", "A", 2025, "1.5"),
        ("error", "B", 2025, "nan"),
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (
            "",
            [
                ("B", "'Funds' is -3, outside what is allowed (at least 0)."),
                ("A", "'Share' is 101, outside what is allowed (0 to 100)."),
                ("B", "'Patents' is 1e+16, too large to be true."),
                ("A", "'Patents' has to be a whole number and is 1.5."),
                ("A", "'Funds' is 10000 (year before 10, median of the group -): the unit may be wrong."),
                ("A", "'Own funds' is 10001, more than 'Funds' (10000), of which it is a part."),
                ("A", "'Funds' is 10000 and differs by more than 1 % from the sum of Own funds + Share (10102)."),
            ],
        ),
        (
            "C7",
            [
                ("B!C7", "'Patents' is 1e+16, too large to be true."),
                ("A!C7", "'Funds' is 10000 (year before 10 [C7], median of the group -): the unit may be wrong."),
                ("A!C7", "'Own funds' is 10001 after 8 [C7] the year before, a larger change than the stated limit."),
                ("A!C7", "'Share' is 101 after 2 [C7] the year before, a larger change than the stated limit."),
                ("A!C7", "'Own funds' is 10001, more than 'Funds' (10000), of which it is a part."),
                ("A!C7", "'Funds' is 10000 and differs by more than 1 % from the sum of Own funds + Share (10102)."),
            ],
        ),
    ],
)
def test_problems_of_bad_figures_in_order(small: IndicatorSystem, cell: str, expected: list[tuple[str, str]]) -> None:
    rows = (("A", 2024, 10, 8, 1, 2), ("A", 2025, 10_000, 10_001, 1.5, 101), ("B", 2025, -3, None, 1e16, None))
    assert told(figures(small, *rows, cell=cell)) == expected
