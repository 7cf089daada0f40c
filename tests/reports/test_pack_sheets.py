"""The sheets that look at all units, and the public notice, against the tables they are made from."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

import evalengine as ee
from evalengine.reports.occurrences import occurrences
from evalengine.reports.workbook import write_notice, write_workbook
from evalengine.scheme.model import Evidence, EvidenceCost, Floor
from tests.small import PLAIN_TOTAL, YEAR, assess_flat, flat, small


@pytest.fixture(scope="module")
def book(sample: ee.Assessment, tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("pack") / "ranking.xlsx"
    write_workbook(sample, path, "zh")
    return openpyxl.load_workbook(path)


def table(sheet: Worksheet, heading: str) -> list[dict[str, object]]:
    """Return the rows below the first row that starts with a heading, up to the notes."""
    rows = list(sheet.iter_rows(values_only=True))
    head = next(place for place, row in enumerate(rows) if row[0] == heading)
    names = [str(name) for name in rows[head]]
    body = [row for row in rows[head + 1 :] if row[0] is not None and not str(row[0]).startswith("注")]
    return [dict(zip(names, row, strict=True)) for row in body]


def test_the_distribution_counts_every_unit_once(sample: ee.Assessment, book: openpyxl.Workbook) -> None:
    rows = table(book["等级分布"], "评价分组")
    names = {"优秀": "excellent", "良好": "good", "合格": "pass", "不合格": "fail"}
    assert [row["评价分组"] for row in rows] == ["全部", *sample.ranking["group"].unique(maintain_order=True)]
    for row in rows:
        own = sample.ranking if row["评价分组"] == "全部" else sample.ranking.filter(group=row["评价分组"])
        assert {name: row[name] for name in names} == {n: own.filter(grade=code).height for n, code in names.items()}
        assert row["家数"] == own.height == sum(row[name] for name in names)
        ranked = own.filter(pl.col("rank").is_not_null())["score"]
        assert (row["最高分"], row["最低分"]) == (ranked.max(), ranked.min())
    assert rows[0]["否决"] == 1
    assert rows[0]["待\n审定"] == sample.ranking["needs_decision"].sum() == 4


def test_a_capped_grade_is_no_veto(tmp_path: Path) -> None:
    failed, capped = {"unit": "U1", "V1": 1.0}, {"unit": "U2", "V4": 1.0}
    result = assess_flat(failed, capped, {"unit": "U3"})
    assert dict(result.ranking.select("unit", "veto").iter_rows()) == {"U1": "V1", "U2": "V4", "U3": ""}
    write_workbook(result, tmp_path / "ranking.xlsx", "zh")
    rows = table(openpyxl.load_workbook(tmp_path / "ranking.xlsx")["等级分布"], "评价分组")
    assert [row["否决"] for row in rows] == [1, 1]  # all units, their only group
    assert [row["待\n审定"] for row in rows] == [2, 2]  # a veto has decided already


def test_the_difference_list_is_the_table_of_the_result(sample: ee.Assessment, book: openpyxl.Workbook) -> None:
    rows = table(book["核减情况表"], "序号")
    assert [row["编号"] for row in rows] == sample.differences["unit"].to_list()
    for name, column in (("影响\n分数", "points"), ("公布分\n申报", "total_reported"), ("公布分\n核定", "total")):
        assert [row[name] for row in rows] == sample.differences[column].to_list()
    assert [row["理由"] for row in rows] == sample.differences["reason"].to_list()


def test_published_scores_have_the_decimals_they_are_published_with(tmp_path: Path) -> None:
    system, _ = small()
    exact = dataclasses.replace(system, ranking=dataclasses.replace(system.ranking, decimals=3))
    result = assess_flat({"unit": "U1", "budget": 499.96, "P1": 1.0}, system=exact)
    assert result.ranking["weighted"].to_list() == pytest.approx([PLAIN_TOTAL - 0.1 * 0.004])
    write_workbook(result, tmp_path / "ranking.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "ranking.xlsx")
    [published] = result.ranking["score"]
    assert any(f"总分{published:.3f}，" in str(cell.value) for row in book["得分明细"] for cell in row)
    for sheet in ("加扣分合计", "等级分布"):
        scores = [cell for row in book[sheet] for cell in row if cell.value == published]
        assert scores
        assert "0.00" not in {cell.number_format for cell in scores} or sheet == "等级分布"  # their mean has two
        assert "0.000" in {cell.number_format for cell in scores}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "未达限定性指标：研发支出不低于20，适用V3 底线；等级合格→不合格，名次1→—"),
        ("en", "Floor missed: Spent not below 20; V3 Floor applies; grade Pass → Fail, rank 1 → —"),
    ],
)
def test_a_floor_missed_because_of_an_adjustment_is_in_the_difference_list(tmp_path, language, said):
    system, profile = small()
    system = dataclasses.replace(system, floors=(Floor(field="spent", veto="V3", minimum=20),))
    row = {"unit": "U1", "table": "fields", "column": "spent", "reported": "30", "verified": "15"}
    listed = pl.DataFrame([{**row, "reason": "r", "verifier": "v", "date": "2026-03-01"}])
    data = ee.Dataset.from_tables({"fields": flat({}, {"unit": "U2"}), "adjustments": listed}, system)
    write_workbook(ee.assess(data, system, profile), tmp_path / "ranking.xlsx", language)
    sheet = openpyxl.load_workbook(tmp_path / "ranking.xlsx")[{"zh": "核减情况表", "en": "Differences"}[language]]
    assert said in {cell.value for row in sheet.iter_rows() for cell in row}


def test_every_item_says_what_it_counts_for(sample: ee.Assessment, book: openpyxl.Workbook) -> None:
    found, sums = table(book["加减分与否决"], "序号"), table(book["加扣分合计"], "序号")
    assert [row["编号"] for row in found] == sample.items["unit"].to_list()
    assert [row["计入\n次数"] for row in found] == sample.items["counted"].to_list()
    signs = {"bonus": 1, "penalty": -1}
    points = [
        signs[kind] * points if kind in signs else "—"
        for kind, points in sample.items.select("kind", "points").iter_rows()
    ]
    assert [row["分值"] for row in found] == points
    results = {(row["编号"], str(row["事项"])[:2]): row["结果"] for row in found}
    assert results["JS01", "P2"] == "计入"
    assert results["JS01", "P3"] == "不计：同一事由只计最高一项，或已超过限次"
    assert results["JS06", "V5"] == "一票否决，不参加排名，等级为最低一档"
    own = sample.ranking.filter(pl.col("unit").is_in(sample.items["unit"].to_list())).sort("unit")
    for name, column in (
        ("加权\n得分", "weighted"),
        ("实计\n加分", "bonus"),
        ("实计\n扣分", "penalty"),
        ("总分", "score"),
    ):
        assert [row[name] for row in sums] == own[column].to_list()
    assert sums[-1]["扣分和否决事项"] == "N2 1.50、N4 2.00、合计3.50"


def test_a_floor_that_is_missed_is_among_the_items() -> None:
    system = dataclasses.replace(small()[0], floors=(Floor(field="spent", veto="V1", minimum=30.0),))
    (row,) = occurrences(assess_flat({"unit": "U1", "spent": 20.0}, {"unit": "U2"}, system=system))
    assert (row["unit"], row["item"], row["kind"], row["count"]) == ("U1", "V1", "veto", None)


def test_every_table_of_items_repeats_its_own_heading(book: openpyxl.Workbook) -> None:
    for name in ("加减分与否决", "加扣分合计"):
        sheet = book[name]
        (first, last) = (int(part.strip("$")) for part in sheet.print_title_rows.split(":"))
        assert first == last
        assert sheet.cell(first, 1).value == "序号"
        assert sum(sheet.cell(row, 1).value == "序号" for row in range(1, sheet.max_row + 1)) == 1


@pytest.mark.parametrize(
    ("language", "sheet", "money"), [("zh", "加减分与否决", "经费"), ("en", "Bonus, penalty, veto", "Money")]
)
def test_a_penalty_for_missing_evidence_names_its_indicator(
    language: str, sheet: str, money: str, tmp_path: Path
) -> None:
    system, profile = small()
    system = dataclasses.replace(system, evidence=Evidence(missing=EvidenceCost(penalty="N1")))
    evidence = pl.DataFrame({"unit": ["U1"], "year": [YEAR], "indicator": ["money"], "status": ["missing"]})
    data = ee.Dataset.from_tables({"fields": flat({}), "evidence": evidence}, system)
    write_workbook(ee.assess(data, system, profile, year=YEAR), tmp_path / "ranking.xlsx", language)
    rows = openpyxl.load_workbook(tmp_path / "ranking.xlsx")[sheet].iter_rows(values_only=True)
    assert next(row[5] for row in rows if row[1] == "U1") == money


def test_the_evidence_sheet_is_the_table_of_the_result(sample: ee.Assessment, book: openpyxl.Workbook) -> None:
    rows = table(book["佐证情况"], "序号")
    names = {"present": "佐证齐全", "missing": "佐证缺失", "rejected": "佐证不予采信"}
    assert [row["佐证情况"] for row in rows] == [names[status] for status in sample.evidence["status"]]
    costs = ["按未核实计0分" if unverified else "不影响得分" for unverified in sample.evidence["unverified"]]
    assert [row["计分影响"] for row in rows] == costs
    assert [row["说明"] for row in rows] == [note or "—" for note in sample.evidence["note"]]


def test_the_notice_has_grades_and_no_score_rank_or_person(sample: ee.Assessment, tmp_path: Path) -> None:
    write_notice(sample, tmp_path / "notice.xlsx", "zh")
    (sheet,) = openpyxl.load_workbook(tmp_path / "notice.xlsx")
    cells = [value for row in sheet.iter_rows(values_only=True) for value in row if value is not None]
    assert set(sample.ranking["name"]) <= set(cells)
    numbers = {value for value in cells if isinstance(value, float)}
    assert not numbers & set(sample.ranking["score"])
    text = "\n".join(map(str, cells))
    people = set(sample.adjustments["verifier"]) | set(sample.evidence["verifier"].drop_nulls())
    people |= set(sample.dataset.tables["experts"]["expert"])
    assert people
    assert not [name for name in people if name in text]
    for score in sample.ranking["score"]:
        assert f"{score:.2f}" not in text
    sections = [str(value) for value in cells if str(value).startswith(("优秀", "良好", "合格", "不合格"))]
    assert [section.partition("（")[0] for section in sections] == ["优秀", "良好", "合格", "不合格"]


def test_a_unit_loses_what_its_score_lacks_also_under_other_means(tmp_path: Path) -> None:
    """With two indicators at 0 under a geometric mean neither alone would raise it, yet all points are lost."""
    system = small()[0]
    means = {code: dataclasses.replace(item, aggregation="geometric") for code, item in system.dimensions.items()}
    system = dataclasses.replace(system, dimensions=means)
    nothing = {"spent": 0.0, "budget": 0.0, "done": 0.0, "away": 0.0, "covered": 0.0}
    result = assess_flat({"unit": "U1", **nothing}, {"unit": "U2"}, system=system)
    write_workbook(result, tmp_path / "ranking.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "ranking.xlsx")
    rows = table(book["单位短板"], "组内\n名次")
    lost = {row["编号"]: row["失分\n合计"] for row in rows if row["编号"]}
    assert lost == {
        unit: pytest.approx(100 - own) for unit, own in result.ranking.select("unit", "weighted").iter_rows()
    }
    assert lost["U1"] > lost["U2"]


def test_shortfalls_add_up_to_the_points_lost(sample: ee.Assessment, book: openpyxl.Workbook) -> None:
    sheet = book["短板分析"]
    rows = table(sheet, "序号")
    rows = [row for row in rows if str(row["序号"]).isdigit() and row["失分\n占比"] is not None][
        : len(sample.system.indicators)
    ]
    ranked = sample.ranking.filter(pl.col("rank").is_not_null())
    lost = sum(100 - score for score in ranked["weighted"]) / ranked.height
    assert sum(row["平均\n失分"] for row in rows) == pytest.approx(lost, abs=1e-9)
    assert sum(row["失分\n占比"] for row in rows) == pytest.approx(1, abs=1e-12)


def test_no_chart_reaches_out_of_the_print_area(book: openpyxl.Workbook) -> None:
    charts = [(sheet, chart.anchor.to) for sheet in book for chart in sheet._charts]
    assert len(charts) > 2
    for sheet, corner in charts:
        right = range_boundaries(sheet.print_area.rpartition("!")[2])[2]
        assert corner.col + (corner.colOff > 0) <= right
