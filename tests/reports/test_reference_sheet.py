"""The reference sheet: everything on it is marked as reference, and nothing is left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from evalengine import text
from evalengine.analysis.reference import reference
from evalengine.assessment import Assessment
from evalengine.methods.registry import methods
from evalengine.reports.sheets.reference import MOST_NAMED
from evalengine.reports.workbook import write_workbook
from evalengine.scheme.model import Reference
from evalengine.scheme.reference import RANKING_KINDS


def asking(assessment: Assessment, **asked: Any) -> Assessment:
    return dataclasses.replace(assessment, system=dataclasses.replace(assessment.system, reference=Reference(**asked)))


def rows(assessment: Assessment, target: Path, language: str = "zh", name: str = "reference") -> list[list[Any]]:
    write_workbook(assessment, target, language)
    sheet = openpyxl.load_workbook(target)[text.sentence(f"report.{name}.sheet", language)]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def said(shown: list[list[Any]]) -> str:
    return "\n".join(str(row[0]) for row in shown if row[0] is not None)


def test_no_sheet_where_the_scheme_asks_for_none(sample: Assessment, target: Path) -> None:
    write_workbook(asking(sample), target, "zh")
    assert not {"参考", "参考方法"} & set(openpyxl.load_workbook(target).sheetnames)


def test_ranks_and_grades_stand_beside_the_official_ones(sample: Assessment, target: Path) -> None:
    shown = rows(sample, target)
    found = reference(sample)
    by_unit = {row[1]: row for row in shown if row[1] in set(sample.ranking["unit"])}
    ranked = sample.ranking.filter(pl.col("rank").is_not_null())
    assert list(by_unit) == ranked["unit"].to_list()
    spread = {row["unit"]: row for row in found.dependence.to_dicts()}
    count = len(found.methods)
    for row in ranked.to_dicts():
        own, unit = by_unit[row["unit"]], row["unit"]
        assert own[0] == row["rank"]
        assert own[3 : 3 + count] == found.ranks.filter(pl.col("unit") == unit)["rank"].to_list()
        assert own[3 + count : 5 + count] == [spread[unit]["best_rank"], spread[unit]["worst_rank"]]
        assert own[5 + count].startswith("是") == spread[unit]["depends"]
        codes = [row["grade"], *found.grades.filter(pl.col("unit") == unit)["grade"]]
        labels = {level.code: level.label.zh for level in sample.system.grades.levels}
        assert own[6 + count :] == [labels[code] for code in codes]


def test_agreement_stands_below_each_group(sample: Assessment, target: Path) -> None:
    shown = rows(sample, target)
    found = reference(sample)
    for label, column in (("斯皮尔曼", "spearman"), ("肯德尔", "kendall_tau_b"), ("平均名次变动", "mean_rank_shift")):
        lines = [row[3 : 3 + len(found.methods)] for row in shown if row[2] and label in str(row[2])]
        assert [value for line in lines for value in line] == found.agreement[column].to_list()


@pytest.mark.parametrize(("language", "word"), [("zh", "参考"), ("en", "eference")])
def test_it_is_marked_as_reference(sample: Assessment, target: Path, language: str, word: str) -> None:
    shown = rows(sample, target, language)
    shown = [row for row in shown if row[0] not in {"返回目录", "Contents"}]  # the way back stands above
    assert word in shown[0][0]
    assert word in shown[1][0]
    headings = [value for value in shown[2] if value]
    assert sum(word in heading for heading in headings) == 2  # over the ranks and over the grades


def test_parameters_are_stated(sample: Assessment, target: Path) -> None:
    stated = "\n".join(str(row[4]) for row in rows(sample, target, name="reference_methods")[4:])
    for part in ("群体效用权重v 0.5", "分辨系数ρ 0.5", "无差异阈值q 2", "完全优先阈值p 10", "截断水平λ 0.65"):
        assert part in stated
    everything = said(rows(sample, target))
    depending = reference(sample).dependence.filter(pl.col("depends"))["unit"].to_list()
    assert f"（{len(depending)}家）：{'、'.join(depending)}。" in everything


def test_many_units_whose_rank_depends_on_the_method_are_counted_and_not_listed(
    many: Callable[[int], Assessment], target: Path
) -> None:
    made = many(80)
    depending = reference(made).dependence.filter(pl.col("depends"))["unit"].to_list()
    assert len(depending) > MOST_NAMED
    everything = said(rows(made, target))
    assert f"名次随方法变化的单位共{len(depending)}家" in everything
    assert "、U0" not in everything


def test_each_method_has_a_row_on_a_sheet_whose_heading_is_its_own(sample: Assessment, target: Path) -> None:
    shown = rows(sample, target, name="reference_methods")
    found = reference(sample)
    heading = next(place for place, row in enumerate(shown) if row[0] == "序号")
    body = shown[heading + 1 : heading + 1 + len(found.methods) + len(found.grading)]
    assert [row[0] for row in body] == [str(number) for number in range(1, len(body) + 1)]
    assert [row[2] for row in body] == ["名次"] * len(found.methods) + ["等级"] * len(found.grading)
    book = openpyxl.load_workbook(target)
    assert book["参考方法"].print_title_rows == f"${heading + 1}:${heading + 1}"


def test_one_method_under_two_names_is_said_to_be_one(sample: Assessment, target: Path) -> None:
    made = asking(sample, methods=("rank_sum_ratio", "topsis", "borda"))
    assert "方法1、3按代数推导是同一种排序" in said(rows(made, target))
    made = asking(sample, methods=("rank_sum_ratio", "topsis"))
    assert "同一种排序" not in said(rows(made, target))


def test_a_method_without_an_answer_is_named_with_its_reason(sample: Assessment, target: Path) -> None:
    scores = sample.scores.with_columns(
        pl.when(pl.col("node") == "rd_intensity").then(0.0).otherwise("score").alias("score")
    )
    made = dataclasses.replace(asking(sample, methods=("weighted_product", "topsis")), scores=scores)
    shown, methods_shown = rows(made, target), rows(made, target, name="reference_methods")
    label = sample.system.indicators["rd_intensity"].label.zh
    lines = [row[0] for row in methods_shown if row[0] and "加权乘积" in str(row[0]) and label in str(row[0])]
    assert len(lines) == 2  # one for each group
    assert [row[3] for row in shown if row[1] in set(sample.ranking["unit"])] == ["—"] * 9


def test_small_groups_are_listed_with_their_grades_only(sample: Assessment, target: Path) -> None:
    made = asking(sample, methods=("topsis",), grades=("flowsort", "rank_sum_ratio"), minimum_group=5)
    shown = rows(made, target)
    assert "排名单位不足5家的组不作相互比较：生物医药与新材料组。" in said(shown)
    small = {row["unit"] for row in sample.ranking.to_dicts() if row["group"] == "生物医药与新材料组"}
    own = [row for row in shown if row[1] in small]
    assert [row[3:7] for row in own] == [["—"] * 4] * 4
    assert all(row[8] != "—" and row[9] == "—" for row in own)


@pytest.mark.parametrize("asked", [{"methods": ("topsis",)}, {"grades": ("flowsort",)}])
def test_ranks_or_grades_alone(sample: Assessment, target: Path, asked: dict[str, Any]) -> None:
    shown = rows(asking(sample, **asked), target)
    assert len(shown[3]) == (7 if "methods" in asked else 5)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_method_can_be_shown(sample: Assessment, target: Path, language: str) -> None:
    names = tuple(item.name for item in methods() if item.kind in RANKING_KINDS)
    made = asking(sample, methods=names, grades=("electre_tri", "flowsort", "rank_sum_ratio"))
    shown = rows(made, target, language)
    answered = set(reference(made).ranks["method"])
    missed = {item.chosen.method.name for item in reference(made).unanswered}
    assert answered | missed == set(names)
    assert len(shown[3]) == 3 + len(names) + 3 + 4
