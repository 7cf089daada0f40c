"""The sample in `sample_data/`: reproducible, assessable year by year, and showing the cases its README promises."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

import evalengine as ee

SAMPLE = Path(__file__).parents[1] / "sample_data"
YEARS = (2023, 2024, 2025)
UNITS = tuple(f"JS{number:02d}" for number in range(1, 11))
SYSTEM = ee.load_indicators("innovation-consortium")
# what the sample shows on purpose: a genuine jump, an industry without a node list, indicators without due evidence,
# poor expert scores
ORDINARY = {"jump", "no_rows_not_applicable", "evidence_unverified", "indicator_implausible"}

UNPROVED = [("JS06", "talent_mobility_rate"), ("JS10", "digital_collab_level")]


@cache
def dataset(year: int) -> ee.Dataset:
    return ee.read_dataset(SAMPLE / str(year), SYSTEM)


@cache
def assessment(year: int) -> ee.Assessment:
    return ee.assess(dataset(year), SYSTEM, ee.load_weights("jiangsu", SYSTEM))


def ranked(year: int, unit: str) -> dict[str, Any]:
    return assessment(year).ranking.row(by_predicate=pl.col("unit") == unit, named=True)


def of_unit(frame: pl.DataFrame, unit: str, **wanted: object) -> pl.DataFrame:
    return frame.filter(unit=unit, **wanted)


# ---------------------------------------------------------------- the generator
def contents(path: Path) -> object:
    """Return what a file holds; of a workbook every part with its time, as compressors differ between machines."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return [(entry.filename, entry.date_time, archive.read(entry)) for entry in archive.infolist()]


def test_a_fresh_run_of_the_generator_equals_the_committed_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SAMPLE / "generate.py", tmp_path], check=True)
    made = {path.relative_to(tmp_path) for path in tmp_path.rglob("*.*")}
    kept = {path.relative_to(SAMPLE) for year in YEARS for path in (SAMPLE / str(year)).iterdir()}
    assert made == kept | {Path("worked-example.csv")}
    assert [str(name) for name in sorted(made) if contents(tmp_path / name) != contents(SAMPLE / name)] == []


# ---------------------------------------------------------------- the files
@pytest.mark.parametrize("year", YEARS)
def test_a_folder_holds_ten_modest_workbooks_that_say_they_are_fictional(year: int) -> None:
    paths = sorted((SAMPLE / str(year)).iterdir())
    assert [path.name[:4] for path in paths] == [*UNITS, "offi"]
    for path in paths:
        book = openpyxl.load_workbook(path)
        assert "虚构示例" in book.properties.title
        assert all("虚构示例" in str(sheet["A1"].value) for sheet in book)
        filled = sum(cell.value is not None for sheet in book for row in sheet.iter_rows() for cell in row)
        assert filled <= 2500


@pytest.mark.parametrize("year", YEARS)
def test_names_and_credit_codes_are_plainly_fictional(year: int) -> None:
    tables = dataset(year).tables
    assert tables["consortia"]["name"].str.contains("示例").all()
    members = tables["members"]
    assert members["member"].str.contains("示例").all()
    assert members["member_id"].str.contains(r"^(91|12)\d{6}EXAMP\d{4}[0-9A-HJ-NP-RT-UW-Y]$").all()
    assert members["member_id"].is_unique().all()
    assert (tables["experts"]["expert"].str.contains(r"^E\d{2}$")).all()


@pytest.mark.parametrize("year", YEARS)
def test_covering_members_are_enterprises_of_the_consortium(year: int) -> None:
    tables = dataset(year).tables
    covering = tables["chain_nodes"].drop_nulls("member_id").select("unit", "member_id").unique()
    enterprises = tables["members"].filter(type="enterprise")
    assert covering.join(enterprises, on=["unit", "member_id"], how="anti").is_empty()


# the same record in two folders: what cannot change from one year end to the next
LASTING = {
    "members": ["member", "type", "province", "city"],
    "projects": [
        *("project", "start_year", "level", "role", "demand", "lead_type", "tech_field", "budget", "strategic"),
        *("cross_region", "key_task", "due_year", "trl_start"),
    ],
    "achievements": ["title", "kind", "year", "joint", "standard_level", "standard_role"],
    "yearly": [column for column in SYSTEM.columns_of("yearly") if column not in {"unit", "year", "nil_returns"}],
}


@pytest.mark.parametrize("table", LASTING)
def test_the_same_record_in_two_folders_is_the_same(table: str) -> None:
    key, lasting = list(SYSTEM.tables[table].key), LASTING[table]
    for earlier, later in ((2023, 2024), (2024, 2025), (2023, 2025)):
        both = (
            dataset(earlier)
            .tables[table]
            .select(*key, pl.struct(lasting).alias("then"))
            .join(dataset(later).tables[table].select(*key, pl.struct(lasting).alias("now")), on=key)
        )
        assert both.height > 0
        assert both.filter(pl.col("then").ne_missing(pl.col("now"))).is_empty()


def test_what_is_settled_stays_settled() -> None:
    for earlier, later in ((2023, 2024), (2024, 2025)):
        then, now = dataset(earlier).tables, dataset(later).tables
        key = ["unit", "project_id"]
        ended = then["projects"].filter(pl.col("status") != "ongoing").join(now["projects"], on=key, suffix="_now")
        assert (ended["status"] == ended["status_now"]).all()
        assert (ended["trl_end"] == ended["trl_end_now"]).all()
        key = ["unit", "achievement_id"]
        converted = then["achievements"].filter(converted=True).join(now["achievements"], on=key, suffix="_now")
        assert converted["converted_now"].all()
        assert (converted["conversion_months"] == converted["conversion_months_now"]).all()


# ---------------------------------------------------------------- the assessments
@pytest.mark.parametrize("year", YEARS)
def test_every_year_is_assessable_alone(year: int) -> None:
    assert {problem.code for problem in dataset(year).problems} <= ORDINARY
    made = assessment(year)
    assert made.year == year
    assert {problem.code for problem in made.problems} <= ORDINARY
    assert sorted(made.ranking["unit"]) == list(UNITS)
    assert made.ranking["group"].value_counts()["count"].sort().to_list() == [4, 6]
    unproved = made.evidence.filter("unverified").select("unit", "indicator").rows()
    assert unproved == (UNPROVED if year == 2025 else [])
    assert made.values.filter(status="unverified").select("unit", "indicator").sort("unit").rows() == unproved
    assert set(made.values["status"]) <= {"ok", "not_applicable", "unverified"}


@pytest.mark.parametrize("year", YEARS[1:])
def test_last_results_are_what_the_previous_folder_publishes(year: int) -> None:
    stated = assessment(year).ranking.select("unit", "last_score", "last_rank").sort("unit").rows()
    assert stated == assessment(year - 1).ranking.select("unit", "score", "rank").sort("unit").rows()


def test_the_scores_of_2025_are_spread() -> None:
    scores = assessment(2025).ranking["score"].sort().to_list()
    assert 45 <= scores[0] < 60
    assert 85 <= scores[-1] < 95
    assert scores[-2] < 85


def test_one_consortium_is_excellent_at_rank_1_of_six() -> None:
    row = ranked(2025, "JS01")
    assert (row["grade"], row["rank"], row["group_size"]) == ("excellent", 1, 6)
    assert assessment(2025).ranking.filter(grade="excellent").height == 1


def test_two_bonus_items_on_one_matter_count_once() -> None:
    items = of_unit(assessment(2025).items, "JS01", kind="bonus").sort("item")
    assert items.select("item", "counted", "points").rows() == [("P2", 1.0, 1.5), ("P3", 0.0, 0.0)]
    assert items["matter"].n_unique() == 1
    assert ranked(2025, "JS01")["bonus"] == 1.5


def test_a_tie_on_the_published_score_is_settled_by_the_second_tie_break() -> None:
    first, second = ranked(2025, "JS05"), ranked(2025, "JS03")
    assert first["score"] == second["score"]
    assert first["total"] < second["total"]  # unrounded, the order would be the other one
    assert (first["rank"], second["rank"]) == (3, 4)
    nodes = assessment(2025).scores
    tie_breaks = [
        [of_unit(nodes, unit, node=code)["score"].item() for code in SYSTEM.ranking.tie_breaks[:2]]
        for unit in ("JS05", "JS03")
    ]
    assert tie_breaks[0][0] == tie_breaks[1][0]
    assert tie_breaks[0][1] > tie_breaks[1][1]


def test_the_two_year_rule_reaches_one_consortium() -> None:
    results = {row["unit"]: row for row in assessment(2025).ranking.iter_rows(named=True) if row["two_year_result"]}
    assert list(results) == ["JS04"]
    assert 60 <= results["JS04"]["last_score"] <= 65
    assert 60 <= results["JS04"]["score"] <= 65
    assert (results["JS04"]["grade"], results["JS04"]["penalty"]) == ("pass", 1.0)


def test_no_node_list_is_not_applicable() -> None:
    values = of_unit(assessment(2025).values, "JS05", status="not_applicable")
    assert sorted(values["indicator"]) == ["breakpoint_closed_rate", "chain_coverage", "external_dependence"]
    assert assessment(2025).values.filter(status="not_applicable")["unit"].unique().to_list() == ["JS05"]


def test_a_veto_fails_and_takes_the_rank() -> None:
    row = ranked(2025, "JS06")
    assert (row["veto"], row["grade"], row["rank"]) == ("V5", "fail", None)
    assert row["score"] > 60


def test_one_consortium_fails_by_its_score_with_a_nil_return() -> None:
    row = ranked(2025, "JS10")
    assert (row["grade"], row["veto"]) == ("fail", "")
    assert row["score"] < 60
    fields = of_unit(assessment(2025).fields, "JS10", year=2025, field="tech_contract_value_reg")
    assert fields["value"].item() == 0.0
    assert row["penalty"] == 3 * 0.5 + 2


def test_a_group_of_four_is_left_to_the_office() -> None:
    small = assessment(2025).ranking.filter(group_size=4)
    assert sorted(small["unit"]) == ["JS07", "JS08", "JS09", "JS10"]
    assert small["needs_decision"].all()


def test_a_recused_expert_does_not_count() -> None:
    scores = of_unit(dataset(2025).tables["experts"], "JS08", item="ip")
    assert scores.filter(recused=True).select("expert", "score").rows() == [("E07", None)]
    heard = scores.filter(recused=False)["score"].to_list()
    value = of_unit(assessment(2025).values, "JS08", indicator="ip_protection_mechanism")["value"].item()
    assert len(heard) == 4
    assert value == sum(heard) / 4  # four scores: a plain mean


ADJUSTED = (
    ("JS02", "new_product_revenue_share"),
    ("JS05", "tech_contract_value"),
    ("JS09", "conversion_rate"),
)


@pytest.mark.parametrize(("unit", "indicator"), ADJUSTED)
def test_an_adjustment_lowers_what_was_reported(unit: str, indicator: str) -> None:
    made = assessment(2025)
    value = of_unit(made.values, unit, indicator=indicator)
    assert value["value"].item() < value["reported"].item()
    row = of_unit(made.adjustments, unit).row(0, named=True)
    assert all(row[name] for name in ("reported", "verified", "reason", "evidence", "verifier", "date"))


def test_an_adjustment_changes_a_score() -> None:
    tables = {code: frame for code, frame in dataset(2025).tables.items() if code != "adjustments"}
    unadjusted = ee.Dataset.from_tables(tables, SYSTEM)
    before = ee.assess(unadjusted, SYSTEM, ee.load_weights("jiangsu", SYSTEM)).ranking
    changed = before.join(assessment(2025).ranking, on="unit", suffix="_now").filter(
        pl.col("score") != pl.col("score_now")
    )
    assert sorted(changed["unit"]) == [unit for unit, _ in ADJUSTED]
    assert (changed["score_now"] < changed["score"]).all()


def test_the_reported_jump_is_the_one_made() -> None:
    jumps = [(p.unit, p.field, p.value) for p in assessment(2025).problems if p.code == "jump"]
    assert jumps == [("JS08", "smes_engaged", "33")]


# ---------------------------------------------------------------- the worked example
TOTALS = {"jiangsu": 82.43, "beijing": 83.69, "shanghai": 81.29, "shenzhen": 83.17}


@pytest.mark.parametrize("profile", TOTALS)
def test_the_worked_example_has_its_known_totals(profile: str) -> None:
    data = ee.read_dataset(SAMPLE / "worked-example.csv", SYSTEM)
    made = ee.assess(data, SYSTEM, ee.load_weights(profile, SYSTEM))
    assert made.ranking["score"].to_list() == [TOTALS[profile]]
