"""Record tables → fields → values: what is counted, what is missing, what does not apply."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest

from evalengine import DataError, Dataset, assess
from evalengine.scheme.model import Field
from evalengine.text import Label
from tests.small import YEAR, score_of, small, status_of


def tables(**changes: pl.DataFrame | None) -> dict[str, pl.DataFrame]:
    """Return record tables of one plain unit; a changed table replaces its own, None takes it away."""
    given: dict[str, pl.DataFrame | None] = {
        "consortia": pl.DataFrame({"unit": ["U1"], "name": ["Unit 1"], "group": ["G"], "city": ["Nanjing"]}),
        "projects": projects(),
        "nodes": pl.DataFrame(
            {"unit": ["U1"] * 3, "node_id": ["N1", "N2", "N3"], "weight": [2.0, 1.0, 1.0], "member": ["M1", "M2", None]}
        ),
        "yearly": yearly(),
        "experts": experts([70.0, 80.0, 90.0]),
        **changes,
    }
    return {name: table for name, table in given.items() if table is not None}


def projects(**changes):
    base = {
        "unit": ["U1"] * 5,
        "project_id": [f"P{k}" for k in range(5)],
        "year": [YEAR] * 5,
        "city": ["Nanjing", "Nanjing", "Suzhou", "Nanjing", "Nanjing"],
        "budget": [100.0] * 5,
        "done": [True, True, True, True, False],
    }
    return pl.DataFrame({**base, **changes})


def yearly(**changes):
    base = {"unit": ["U1"], "year": [YEAR], "nil_returns": [None], "spent": [30.0], "revenue": [1000.0]}
    return pl.DataFrame({**base, **changes}, schema_overrides={"nil_returns": pl.String})


def experts(scores, recused=None):
    return pl.DataFrame(
        {
            "unit": ["U1"] * len(scores),
            "year": [YEAR] * len(scores),
            "expert": [f"E{k}" for k in range(len(scores))],
            "score": scores,
            "recused": recused or [False] * len(scores),
        },
        schema_overrides={"score": pl.Float64},
    )


def run(system=None, **changes):
    own, profile = small()
    chosen = system or own
    return assess(Dataset.from_tables(tables(**changes), chosen), chosen, profile, year=YEAR)


def test_records_give_the_plain_unit():
    result = run()
    assert {code: score_of(result, code) for code in result.system.indicators} == pytest.approx(
        {"intensity": 60, "money": 50, "coverage": 75, "completion": 80, "capped": 50, "opinion": 80}, abs=1e-12
    )


def test_a_node_covered_twice_counts_once():
    nodes = pl.DataFrame(
        {
            "unit": ["U1"] * 4,
            "node_id": ["N1", "N1", "N1", "N2"],
            "weight": [3.0, 3.0, 3.0, 1.0],
            "member": ["M1", "M2", "M3", None],
        }
    )
    assert score_of(run(nodes=nodes), "coverage") == pytest.approx(100 * 3 / (3 + 1), abs=1e-12)


@pytest.mark.parametrize(
    "nodes", [None, pl.DataFrame({"unit": ["U2"], "node_id": ["N1"], "weight": [1.0], "member": ["M"]})]
)
def test_an_absent_node_list_does_not_apply_and_is_never_zero(nodes):
    changes = {"nodes": nodes}
    if nodes is not None:
        changes["yearly"] = pl.concat([yearly(), yearly(unit=["U2"])])
        changes["consortia"] = pl.DataFrame(
            {"unit": ["U1", "U2"], "name": ["1", "2"], "group": ["G"] * 2, "city": ["N"] * 2}
        )
    result = run(**changes)
    assert status_of(result, "coverage") == "not_applicable"
    assert score_of(result, "coverage") is None


def test_a_unit_without_rows_in_a_table_is_missing_there():
    result = run(projects=None)
    assert {code: status_of(result, code) for code in ("money", "completion", "capped")} == dict.fromkeys(
        ("money", "completion", "capped"), "missing"
    )


def test_a_nil_return_means_none():
    result = run(projects=None, yearly=yearly(nil_returns=["项目"]))
    assert status_of(result, "money") == "ok"
    assert score_of(result, "money") == 0.0
    assert status_of(result, "completion") == "not_applicable"  # 0 of 0


def test_rows_of_which_none_counts_give_zero_not_missing():
    result = run(projects=projects(done=[False] * 5))
    assert (status_of(result, "completion"), score_of(result, "completion")) == ("ok", 0.0)


def test_a_blank_in_a_summed_column_makes_the_sum_missing():
    result = run(projects=projects(budget=[100.0, None, 100.0, 100.0, 100.0]))
    assert status_of(result, "money") == "missing"
    assert status_of(result, "completion") == "ok"


def test_a_condition_that_cannot_be_decided_makes_the_count_missing():
    result = run(projects=projects(city=["Nanjing", None, "Suzhou", "Nanjing", "Nanjing"]))
    assert status_of(result, "capped") == "missing"


def test_a_recused_expert_does_not_count():
    result = run(experts=experts([10.0, 70.0, 80.0, 90.0], [True, False, False, False]))
    assert score_of(result, "opinion") == pytest.approx((70 + 80 + 90) / 3, abs=1e-12)


def test_a_figure_of_the_year_takes_that_years_rows_and_a_stock_all_until_then():
    result = run(projects=projects(year=[YEAR - 4, YEAR - 3, YEAR, YEAR, YEAR]))
    money = result.values.filter(indicator="money")["value"][0]
    assert money == 5 * 100.0  # to date
    assert score_of(result, "completion") == pytest.approx(100 * 2 / 3, abs=1e-12)  # the three of the window


def test_conditions_may_name_the_year_and_facts_of_the_assessment():
    system, profile = small()
    fields = {
        **system.fields,
        "away": Field(
            label=Label("a", "a"),
            table="projects",
            expr="COUNT(*)",
            where="year = $year AND city = $home_province",
            period="to_date",
        ),
    }
    system = dataclasses.replace(system, fields=fields, assessment={"home_province": "Suzhou"})
    result = assess(Dataset.from_tables(tables(), system), system, profile, year=YEAR)
    assert result.values.filter(indicator="capped")["value"][0] == 1.0


def test_row_and_table_order_never_change_a_bit():
    first = run(projects=projects(budget=[0.1, 0.2, 0.3, 1e-9, 1e9]))
    shuffled = projects(budget=[0.1, 0.2, 0.3, 1e-9, 1e9]).reverse()
    assert run(projects=shuffled).scores.equals(first.scores)


def test_an_undated_table_describes_the_assessed_year_only():
    system, profile = small()
    coverage = dataclasses.replace(system.indicators["coverage"], formula="covered", window="sum3")
    system = dataclasses.replace(system, indicators={**system.indicators, "coverage": coverage})
    result = assess(Dataset.from_tables(tables(), system), system, profile, year=YEAR)
    assert result.values.filter(indicator="coverage")["value"][0] == 3.0  # not three times three


def test_bonus_items_on_one_matter_count_once_the_highest():
    events = pl.DataFrame(
        {
            "unit": ["U1"] * 4,
            "year": [YEAR] * 4,
            "item": ["P2", "P1", "P2", "P1"],
            "count": [1, 1, 1, 1],
            "matter": ["A", "A", "B", "B"],
        }
    )
    result = run(events=events)
    # A: P1 (3 points); B: P1's limit of one is used up, so P2 (1.5 points)
    assert result.ranking["bonus"][0] == 3 + 1.5
    counted = result.items.select("item", "matter", "counted").rows()
    assert counted == [("P1", "A", 1.0), ("P1", "B", 0.0), ("P2", "A", 0.0), ("P2", "B", 1.0)]


@pytest.mark.parametrize("matters", [("A", "B"), ("B", "A")])
def test_the_choice_of_bonus_items_does_not_depend_on_names(matters):
    # the first matter has only P1 (3), the second P1 or P2 (1.5); P1 counts once: P1 for the first, P2 for the second
    first, second = matters
    events = pl.DataFrame(
        {
            "unit": ["U1"] * 3,
            "year": [YEAR] * 3,
            "item": ["P1", "P1", "P2"],
            "count": [1] * 3,
            "matter": [first, second, second],
        }
    )
    assert run(events=events).ranking["bonus"][0] == 3 + 1.5


def test_bonus_items_without_a_matter_are_apart():
    events = pl.DataFrame(
        {"unit": ["U1"] * 2, "year": [YEAR] * 2, "item": ["P2", "P1"], "count": [2, 1], "matter": [None, None]},
        schema_overrides={"matter": pl.String},
    )
    assert run(events=events).ranking["bonus"][0] == 5.0  # 2*1.5 + 3 = 6, capped at 5


def test_events_of_other_years_do_not_count():
    events = pl.DataFrame(
        {"unit": ["U1"], "year": [YEAR - 1], "item": ["V1"], "count": [1], "matter": [None]},
        schema_overrides={"matter": pl.String},
    )
    assert run(events=events).ranking["veto"][0] == ""


def test_a_blank_in_an_optional_column_the_aggregate_uses_is_missing_too():
    system, _ = small()
    columns = {**system.tables["projects"].columns}
    columns["budget"] = dataclasses.replace(columns["budget"], optional=True)
    table = dataclasses.replace(system.tables["projects"], columns=columns)
    system = dataclasses.replace(system, tables={**system.tables, "projects": table})
    assert status_of(run(system, projects=projects(budget=[1.0, None, 1.0, 1.0, 1.0])), "money") == "missing"


def test_a_blank_beside_an_absent_list_is_missing():
    system, _ = small()
    coverage = dataclasses.replace(system.indicators["coverage"], formula="covered / listed + spent")
    system = dataclasses.replace(system, indicators={**system.indicators, "coverage": coverage})
    result = run(system, nodes=None, yearly=yearly(spent=[None]))
    assert status_of(result, "coverage") == "missing"


def test_every_unit_needs_the_assessed_year():
    consortia = pl.DataFrame({"unit": ["U1", "U2"], "name": ["1", "2"], "group": ["G"] * 2, "city": ["N"] * 2})
    with pytest.raises(DataError) as caught:
        run(consortia=consortia, yearly=pl.concat([yearly(), yearly(unit=["U2"], year=[YEAR - 1])]))
    assert ("unit_without_year", "U2") in {(problem.code, problem.unit) for problem in caught.value.problems}


def test_one_mistyped_year_does_not_choose_the_year():
    system, profile = small()
    consortia = pl.DataFrame(
        {"unit": ["U1", "U2", "U3"], "name": ["1", "2", "3"], "group": ["G"] * 3, "city": ["N"] * 3}
    )
    rows = pl.concat([yearly(), yearly(unit=["U2"]), yearly(unit=["U3"], year=[2052])])
    data = Dataset.from_tables(tables(consortia=consortia, yearly=rows), system)
    with pytest.raises(DataError) as caught:
        assess(data, system, profile)
    found = {(problem.code, problem.unit, problem.year) for problem in caught.value.problems}
    assert {("unit_without_year", "U3", YEAR), ("later_year", "U3", 2052)} <= found


def test_a_record_dated_after_every_reported_year_is_told():
    """A contract of 2052 is in no window: without a word its amount would be gone."""
    result = run(projects=projects(year=[YEAR] * 4 + [2052]))
    found = [(item.unit, item.year, item.where()) for item in result.problems if item.code == "later_record"]
    assert found == [("U1", 2052, "projects!C6")]
    assert "later_record" not in {item.code for item in run().problems}
    consortia = pl.DataFrame({"unit": ["U1", "U2"], "name": ["1", "2"], "group": ["G"] * 2, "city": ["Nanjing"] * 2})
    own = pl.concat([yearly(), yearly(unit=["U2"]), yearly(unit=["U2"], year=[2052])])  # of another unit: no excuse
    result = run(consortia=consortia, yearly=own, projects=projects(year=[YEAR] * 4 + [2052]))
    assert [item.unit for item in result.problems if item.code == "later_record"] == ["U1"]


def test_an_earlier_year_warns_of_tables_that_tell_a_later_state():
    system, profile = small()
    both = pl.concat([yearly(), yearly(year=[YEAR - 1])])
    data = Dataset.from_tables(tables(yearly=both), system)
    result = assess(data, system, profile, year=YEAR - 1)
    assert {"later_year", "undated_tables"} <= {problem.code for problem in result.problems}
