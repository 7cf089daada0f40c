"""What an official would expect and no formula says: floors without a figure, vetoes by condition, ordinary ranges,
names of what is blank, and data for a system that is cut down."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import polars as pl
import pytest

import evalengine as ee
from evalengine.scheme.model import Floor, Veto
from evalengine.scheme.shipped import shipped
from tests.small import DATA, YEAR, assess_flat, codes, row_of, small

CITY = {"city": pl.String}
CORE = "innovation-consortium-core"


# ---------------------------------------------------------------- floors
@pytest.mark.parametrize(
    ("spent", "missing", "vetoed"),
    [
        (30.0, "below", False), (29.9, "below", True), (None, "below", True), (None, "passes", False),
        (29.9, "passes", True),
    ],
)  # fmt: skip
def test_a_floor_without_a_figure(spent, missing, vetoed):
    system = dataclasses.replace(small()[0], floors=(Floor(field="spent", veto="V3", minimum=30.0, missing=missing),))
    result = assess_flat({"spent": spent}, system=system)
    assert (row_of(result)["veto"] == "V3") is vetoed
    assert (row_of(result)["rank"] is None) is vetoed
    assert ("floor_unknown" in codes(result)) is (spent is None and vetoed)


def test_a_floor_of_what_does_not_apply_is_not_missed():
    """No node list: the weight of the list does not apply, so nobody is below its floor."""
    floor = Floor(field="listed", veto="V3", minimum=1.0)
    result = records({}, system=dataclasses.replace(small()[0], floors=(floor,)))
    assert row_of(result)["veto"] == ""


# ---------------------------------------------------------------- vetoes by condition
def records(consortium: Mapping[str, object], **tables: object) -> ee.Assessment:
    """Return the assessment of one unit with records and without a node list."""
    system, profile = small()
    system = tables.pop("system", system)
    own = {"unit": ["U1"], "year": [YEAR]}
    given = {
        "consortia": pl.DataFrame([{"unit": "U1", "name": "N", "city": "X", **consortium}], schema_overrides=CITY),
        "projects": pl.DataFrame({**own, "project_id": ["p"], "city": ["X"], "budget": [100.0], "done": [True]}),
        "yearly": pl.DataFrame({**own, "spent": [30.0], "revenue": [1000.0]}),
        **tables,
    }  # fmt: skip
    return ee.assess(ee.Dataset.from_tables(given, system), system, profile, year=YEAR)


@pytest.mark.parametrize(("city", "vetoed"), [("X", True), ("Y", False), (None, False)])
def test_a_veto_by_condition(city, vetoed):
    system = small()[0]
    ended = Veto(label=system.vetoes["V1"].label, where="city = 'X'")
    result = records({"city": city}, system=dataclasses.replace(system, vetoes={**system.vetoes, "V1": ended}))
    assert row_of(result)["veto"] == ("V1" if vetoed else "")
    assert (row_of(result)["rank"] is None) is vetoed
    assert ("veto_by_condition" in codes(result)) is vetoed
    assert result.items.filter(item="V1").height == vetoed


def test_a_veto_that_is_recorded_too_is_listed_once():
    system = small()[0]
    ended = Veto(label=system.vetoes["V1"].label, where="city = 'X'")
    events = pl.DataFrame({"unit": ["U1"], "year": [YEAR], "item": ["V1"], "count": [1]})
    result = records({}, system=dataclasses.replace(system, vetoes={**system.vetoes, "V1": ended}), events=events)
    assert result.items["item"].to_list() == ["V1"]


@pytest.mark.parametrize(("column", "value"), [("status", "ended"), ("lead_type", "university")])
def test_an_ended_consortium_and_one_no_longer_led_by_an_enterprise_are_vetoed(column, value):
    system = ee.load_indicators()
    tables = {
        name: frame.drop("_file", "_sheet", "_row")
        for name, frame in ee.read_dataset(shipped("sample_data") / "2025", system).tables.items()
    }
    changed = pl.when(pl.col("unit") == "JS03").then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    tables["consortia"] = tables["consortia"].with_columns(changed)
    result = ee.assess(ee.Dataset.from_tables(tables, system), system, ee.load_weights("jiangsu", system))
    assert (row_of(result, "JS03")["veto"], row_of(result, "JS03")["rank"]) == ("V6", None)


def test_a_condition_that_names_no_column_is_refused(tmp_path):
    path = tmp_path / "wrong.toml"
    wrong = (DATA / "small.toml").read_text("utf-8").replace("[vetoes.V3]", '[vetoes.V3]\nwhere = "state = 1"')
    path.write_text(wrong, "utf-8")
    with pytest.raises(ee.SchemeError) as caught:
        ee.load_indicators(path)
    assert [(p.field, p.value) for p in caught.value.problems] == [("vetoes.V3.where", "state")]


# ---------------------------------------------------------------- ordinary ranges
@pytest.mark.parametrize(
    ("budget", "asked"), [(500.0, False), (100.0, False), (600.0, False), (99.0, True), (601.0, True), (None, False)]
)
def test_a_value_outside_its_ordinary_range_is_a_question(budget, asked):
    system = small()[0]
    money = dataclasses.replace(system.indicators["money"], plausible=(100.0, 600.0))
    system = dataclasses.replace(system, indicators={**system.indicators, "money": money})
    result = assess_flat({"budget": budget}, system=system)
    found = [problem for problem in result.problems if problem.code == "indicator_implausible"]
    assert [(problem.unit, problem.field, problem.severity) for problem in found] == [
        ("U1", "money", "warning")
    ] * asked


# ---------------------------------------------------------------- what is blank
@pytest.mark.parametrize(
    ("figures", "indicator", "said"),
    [
        ({"spent": None}, "intensity", f"研发支出 {YEAR} [fields!J2]"),
        ({"spent": None, "revenue": None}, "intensity", f"研发支出 {YEAR} [fields!J2]; 营业收入 {YEAR} [fields!K2]"),
        ({"opinions": None}, "opinion", f"专家评分 {YEAR} [fields!"),
    ],
)
def test_a_missing_indicator_names_what_is_blank_and_its_cell(figures, indicator, said):
    found = [p for p in assess_flat(figures).problems if p.code == "indicator_missing"]
    assert [problem.field for problem in found] == [indicator]
    blank = str(found[0].facts["blanks_zh"])
    for part in said.split("; "):
        assert part.split("[")[0] in blank
    assert blank.count("[fields!") == said.count("[fields!")


# ---------------------------------------------------------------- data of a whole system under one that is cut down
@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_the_sample_under_the_core_system(year):
    system = ee.load_indicators(CORE)
    assert {"smes_engaged", "talent_exchanges"} <= system.left_out.fields.keys()
    assert len(system.left_out.indicators) == 20
    data = ee.read_dataset(shipped("sample_data") / str(year), system)
    result = ee.assess(data, system, ee.load_weights(system.weights, system))
    assert result.ranking.height == 10
    found = codes(result)
    assert "unknown_column" not in found  # 14 columns of ten workbooks, which the whole system asks for
    without = [problem for problem in result.problems if problem.code == "adjustment_without_effect"]
    assert [problem.unit for problem in without] == {2023: [], 2024: ["JS06"], 2025: []}[year]


def test_a_system_that_is_not_cut_down_leaves_nothing_out():
    assert ee.load_indicators().left_out.fields == {}
    assert ee.load_indicators().left_out.indicators == {}
