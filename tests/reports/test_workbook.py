from __future__ import annotations

import dataclasses
import math
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from evalengine import text
from evalengine.assessment import Assessment, assess
from evalengine.reports.workbook import write_workbook
from evalengine.scheme.model import Made, Ranking, Treatment
from evalengine.text import Label
from tests.small import assess_flat, small

ZH = ["封面", "目录", "排名", "总排名", "维度", "等级分布", "短板分析", "单位短板", "加减分与否决", "加扣分合计"]
ZH += ["佐证情况", "核减情况表", "得分明细", "一企一表", "指标与权重", "参考", "参考方法", "问题", "方法与来源"]
EN = [
    "Cover",
    "Contents",
    "Ranking",
    "Overall ranking",
    "Dimensions",
    "Grades",
    "Shortfalls",
    "Unit shortfalls",
    "Bonus, penalty, veto",
    "Bonus, penalty by unit",
    "Evidence",
    "Differences",
    "Score details",
    "Score cards",
    "Indicators and weights",
    "Reference",
    "Reference methods",
    "Problems",
    "Method and sources",
]
HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "#N/A",
    "<b>&\"'",
    "a\x00\x0bb",
]


def _read(assessment: Assessment, path: Path, language: str = "zh") -> Any:
    write_workbook(assessment, path, language)
    return openpyxl.load_workbook(path)


def _bands(sheet: Any) -> list[int]:
    """Return the rows across all columns below the heading: those that start a group or a unit."""
    across = {area.min_row for area in sheet.merged_cells.ranges if area.min_col == 1 and area.max_col > 2}
    return sorted(row for row in across if sheet.cell(row, 1).border.left.style == "thin")


def _texts(book: Any) -> list[str]:
    return [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def _columns(sheet: Any) -> dict[str, list[Any]]:
    """Return the cells below each heading of a sheet, by heading."""
    first, last = (int(part) for part in re.findall(r"\d+", sheet.print_title_rows)[:2])
    headings = [
        sheet.cell(last, column).value or sheet.cell(first, column).value for column in range(1, sheet.max_column + 1)
    ]
    rows = list(sheet.iter_rows(min_row=last + 1))
    return {heading.replace("\n", ""): [row[place] for row in rows] for place, heading in enumerate(headings)}


@pytest.mark.parametrize(("language", "names"), [("zh", ZH), ("en", EN)])
def test_the_sheets_and_their_order(sample: Assessment, target: Path, language: str, names: list[str]) -> None:
    assert _read(sample, target, language).sheetnames == names


def test_every_printed_number_reads_back_bit_for_bit(sample: Assessment, target: Path) -> None:
    columns = _columns(_read(sample, target)["排名"])
    shown = [cell.value for cell in columns["加权得分"] if isinstance(cell.value, int | float)]
    expected = sample.ranking["weighted"].to_list()
    assert [struct.pack("d", value) for value in shown] == [struct.pack("d", value) for value in expected]


def test_details_hold_every_score_and_contribution_unrounded(sample: Assessment, target: Path) -> None:
    columns = _columns(_read(sample, target)["得分明细"])
    names = {code: item.label.zh for code, item in sample.system.indicators.items()}
    shown = {
        (unit.value, indicator.value): (score.value, contribution.value)
        for unit, indicator, score, contribution in zip(
            columns["编号"], columns["指标"], columns["得分"], columns["加权得分"], strict=True
        )
    }
    leaves = sample.scores.filter(pl.col("node").is_in(list(names)))
    for unit, node, score, contribution in leaves.select("unit", "node", "score", "contribution").iter_rows():
        expected = tuple("—" if value is None else value for value in (score, contribution))
        assert shown[unit, names[node]] == expected


def test_ranking_lists_every_unit_by_group_and_vetoed_ones_without_rank(sample: Assessment, target: Path) -> None:
    columns = _columns(_read(sample, target)["排名"])
    known = set(sample.ranking["unit"])
    rows = [place for place, cell in enumerate(columns["编号"]) if cell.value in known]
    assert [columns["编号"][place].value for place in rows] == sample.ranking["unit"].to_list()
    ranks = [columns["组内名次"][place].value for place in rows]
    assert ranks == ["—" if rank is None else rank for rank in sample.ranking["rank"]]
    notes = {columns["编号"][place].value: columns["备注"][place].value or "" for place in rows}
    for unit, veto, decision in sample.ranking.select("unit", "veto", "needs_decision").iter_rows():
        assert ("一票否决" in notes[unit] or "等级不高于" in notes[unit]) == bool(veto)
        assert ("主管部门审定" in notes[unit] and "不足5家" in notes[unit]) == decision


def test_published_weights_stand_in_the_indicator_sheet(sample: Assessment, target: Path) -> None:
    columns = _columns(_read(sample, target)["指标与权重"])
    shown = {name.value: weight.value for name, weight in zip(columns["维度和指标"], columns["权重"], strict=True)}
    for code, weight in sample.profile.weights.items():
        assert shown[sample.system.indicators[code].label.zh] == float(weight)
    for code, weight in sample.profile.dimensions.items():
        assert shown[sample.system.dimensions[code].label.zh] == float(weight)
    assert shown["合计"] == 1


def test_adjustments_show_reported_verified_and_difference(sample: Assessment, target: Path) -> None:
    sheet = _read(sample, target)["核减情况表"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    listed = [row for row in rows if str(row[0]).isdecimal()]
    assert {(row[1], row[16]) for row in listed} == set(sample.adjustments.select("unit", "verifier").iter_rows())
    assert [row[5] for row in listed] == [row[4] - row[3] if isinstance(row[3], int | float) else "—" for row in listed]


def test_every_problem_is_listed_with_its_place(sample: Assessment, target: Path) -> None:
    sheet = _read(sample, target)["问题"]
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    listed = {(row[8] or "", row[9] or "", row[6], row[7]) for row in rows}
    for problem in sample.problems:
        cell = "!".join(part for part in (problem.sheet, problem.cell) if part)
        assert (problem.file, cell, problem.message("zh"), problem.remedy("zh")) in listed


def test_method_names_scheme_hashes_files_and_run(sample: Assessment, target: Path) -> None:
    whole = "\n".join(_texts(_read(sample, target)["方法与来源"].parent))
    made = sample.provenance
    wanted = [made.run_id, sample.system.sha256, sample.profile.sha256, *(source.sha256 for source in made.sources)]
    wanted += [source.name for source in made.sources] + [sample.system.status.zh, sample.profile.decided_by.zh]
    assert [item for item in wanted if item not in whole] == []


def test_no_cell_is_ever_a_formula_or_an_error(
    sample: Assessment, renamed: Callable[[Assessment, Sequence[str]], Assessment], target: Path
) -> None:
    units = sample.ranking.height
    book = _read(renamed(sample, [HOSTILE[place % len(HOSTILE)] for place in range(units)]), target)
    with zipfile.ZipFile(target) as archive:
        sheets = [archive.read(part) for part in archive.namelist() if part.startswith("xl/worksheets/")]
    assert not any(b"<f>" in xml or b"<f " in xml or b't="e"' in xml for xml in sheets)
    for sheet in (book["排名"], book["维度"]):
        cells = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
        for name in HOSTILE:
            cell = cells[re.sub("[\x00\x0b]", "", name)]
            assert cell.data_type == "s" or name == "#N/A"  # openpyxl reads this text as an error code
            assert bool(cell.quotePrefix) is (name[0] in "=+-@")


def test_two_writes_are_byte_identical(sample: Assessment, tmp_path: Path) -> None:
    for name in ("first.xlsx", "second.xlsx"):
        write_workbook(sample, tmp_path / name, "zh")
    assert (tmp_path / "first.xlsx").read_bytes() == (tmp_path / "second.xlsx").read_bytes()


def test_english_has_english_words_only_but_for_names_and_quotes(sample: Assessment, target: Path) -> None:
    """Names of units, groups, people and files, quotes of the article and cells submitted stay as they are."""
    chinese = {v for k, v in text.catalogue("report", "zh").items() if not v.isascii()} - {"—"}
    lines = {line for string in _texts(_read(sample, target, "en")) for line in string.split("\n")}
    assert chinese & lines <= {"是", "否"}  # cells submitted, in adjustments


def test_both_languages_hold_the_same_sentences() -> None:
    zh, en = (text.catalogue("report", language) for language in ("zh", "en"))
    assert list(zh) == list(en)
    placeholders = re.compile(r"\{(\w+)\}")
    assert {key: set(placeholders.findall(zh[key])) for key in zh} == {
        key: set(placeholders.findall(en[key])) for key in en
    }


def test_nothing_that_is_not_finite_reaches_a_cell(sample: Assessment, target: Path) -> None:
    frame = sample.values.with_columns(pl.lit(math.nan).alias("value"), pl.lit(math.inf).alias("reported"))
    book = _read(dataclasses.replace(sample, values=frame), target)
    assert not any(word in {"nan", "inf", "NaN"} for word in _texts(book))
    columns = _columns(book["得分明细"])
    assert "—" in {cell.value for cell in columns["申报值"]}


@pytest.mark.parametrize("count", [1, 300])
def test_few_and_many_units_with_long_names(many: Callable[[int], Assessment], target: Path, count: int) -> None:
    made = many(count)
    book = _read(dataclasses.replace(made, problems=made.problems[:100]), target)
    for sheet in book:
        upright = sheet.title.startswith(("得分明细", "一企一表", "方法与来源"))
        assert sheet.page_setup.orientation == ("portrait" if upright else "landscape")
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.page_setup.paperSize) == (1, 0, 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P" in sheet.oddFooter.right.text
        assert max(dimension.height for dimension in sheet.row_dimensions.values()) <= 409
    details = book["得分明细"]
    assert len(details.row_breaks.brk) == count - 1
    assert len([row for row in details.iter_rows(max_col=1) if row[0].value]) >= 41 * count
    groups = _bands(book["排名"])
    assert len(groups) == math.ceil(count / 40)
    assert [entry.id + 1 for entry in book["排名"].row_breaks.brk] == groups[1:]  # forty long names take several pages


@pytest.mark.parametrize("count", [8, 80])
def test_few_and_many_indicators(sample: Assessment, target: Path, count: int) -> None:
    codes = list(sample.system.indicators)
    chosen = {
        f"{codes[place % len(codes)]}_{place}": sample.system.indicators[codes[place % len(codes)]]
        for place in range(count)
    }
    used = {item.parent for item in chosen.values()} | {item.parent[0] for item in chosen.values()}
    kept = {code: item for code, item in sample.system.dimensions.items() if code in used}
    system = dataclasses.replace(sample.system, indicators=chosen, dimensions=kept, ranking=Ranking())
    weights = dict.fromkeys(chosen, Decimal(1) / count)
    profile = dataclasses.replace(sample.profile, weights=weights, scoring={})
    book = _read(assess(sample.dataset, system, profile), target)
    details = book["得分明细"]
    units = _bands(details)
    broken = [entry.id + 1 for entry in details.row_breaks.brk]
    assert broken == (units[1:] if count == 80 else units[3::4])  # a page has room for three or four units of ten rows
    columns = _columns(details)
    assert columns["编号"][: count + 2][1].value == columns["编号"][: count + 2][-1].value
    assert columns["指标"][count + 1].value == "合计"


def test_numbers_are_never_wider_than_their_column(many: Callable[[int], Assessment], target: Path) -> None:
    made = many(2)
    frame = made.values.with_columns(pl.lit(-123_456_789_012.345).alias("reported"))
    book = _read(dataclasses.replace(made, values=frame), target)
    details = book["得分明细"]
    assert details.column_dimensions["E"].width > len("-123,456,789,012.35")


def test_scores_are_shown_with_the_published_decimals(sample: Assessment, target: Path) -> None:
    system = dataclasses.replace(sample.system, ranking=dataclasses.replace(sample.system.ranking, decimals=3))
    columns = _columns(_read(dataclasses.replace(sample, system=system), target)["排名"])
    formats = {cell.number_format for cell in columns["总分"] if isinstance(cell.value, float)}
    assert formats == {"0.000"}


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"grade_reason": "quota", "grade": "good", "score": 90.0}, "优秀名额1个已满，定为良好"),
        ({"grade_reason": "cap", "grade": "good", "veto": "V4"}, "V4"),
        (
            {"grade_reason": "threshold", "grade": "fail", "veto": "V4"},
            "，等级不高于良好，定为不合格",
        ),  # not by the veto
        ({"grade_reason": "veto", "veto": "V1;V5"}, "一票否决：V1 提供虚假材料或数据造假、V5"),
        ({"two_year_result": "fail"}, "按规定应为不合格"),
        ({"tie": True}, "同分并列"),
        ({"needs_decision": True}, "不足5家"),
    ],
)
def test_notes_say_what_decided(sample: Assessment, target: Path, changes: dict[str, Any], note: str) -> None:
    plain = {"grade_reason": "threshold", "veto": "", "two_year_result": None, "tie": False, "needs_decision": False}
    literals = [pl.lit(value).alias(name) for name, value in {**plain, "group_size": 6, **changes}.items()]
    made = dataclasses.replace(sample, ranking=sample.ranking.with_columns(literals))
    columns = _columns(_read(made, target)["排名"])
    known = set(sample.ranking["unit"])
    notes = [
        text.value or "" for unit, text in zip(columns["编号"], columns["备注"], strict=True) if unit.value in known
    ]
    assert all(note in shown for shown in notes)


def test_counts_of_missing_and_inapplicable_indicators_are_noted(sample: Assessment, target: Path) -> None:
    statuses = ["missing", "missing", "not_applicable", *["ok"] * (len(sample.system.indicators) - 3)]
    frame = sample.values.with_columns(pl.Series("status", statuses * sample.ranking.height))
    columns = _columns(_read(dataclasses.replace(sample, values=frame), target)["排名"])
    known = set(sample.ranking["unit"])
    notes = [text.value for unit, text in zip(columns["编号"], columns["备注"], strict=True) if unit.value in known]
    assert all("缺项2项。不适用1项。" in note for note in notes)


def test_headings_repeat_and_stay_in_view(sample: Assessment, target: Path) -> None:
    book = _read(sample, target)
    assert book["排名"].print_title_rows == "$4:$4"
    assert book["排名"].freeze_panes == "E5"
    assert book["维度"].print_title_rows == "$4:$5"
    assert book["维度"].freeze_panes == "D6"


def test_the_file_is_what_a_strict_reader_expects(sample: Assessment, target: Path) -> None:
    write_workbook(sample, target, "zh")
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        assert names[0] == "[Content_Types].xml"
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"sharedStrings.xml" in archive.read("xl/_rels/workbook.xml.rels")
        for place in range(1, len(ZH) + 1):
            xml = archive.read(f"xl/worksheets/sheet{place}.xml")
            order = [
                xml.find(tag)
                for tag in (b"<sheetData>", b"<mergeCells ", b"<printOptions", b"<pageSetup", b"<headerFooter")
            ]
            assert order == sorted(order)
            assert -1 not in order


def test_the_method_sheet_tells_computed_weights_and_treated_outliers(tmp_path: Path) -> None:
    made = Made(method="entropy", date="2026-03-01", scope="overall", warnings=(Label("小样本", "small sample"),))
    system, profile = small()
    treatment = Treatment(override={"money": {"rule": "percentile_caps", "lower": 20, "upper": 80}})
    rows = [{"unit": f"U{k}", "budget": 100.0 * k} for k in range(1, 6)]
    result = assess_flat(
        *rows, system=dataclasses.replace(system, treatment=treatment), profile=dataclasses.replace(profile, made=made)
    )
    write_workbook(result, tmp_path / "ranking.xlsx", "en")
    shown = "\n".join(
        str(cell.value) for sheet in openpyxl.load_workbook(tmp_path / "ranking.xlsx") for row in sheet for cell in row
    )
    assert "Entropy" in shown
    assert "(entropy), 2026-03-01; all indicators at once" in shown
    assert "small sample" in shown
    assert "treated by percentile_caps before scoring; 2 values moved" in shown
