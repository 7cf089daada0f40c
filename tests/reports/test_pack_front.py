"""Cover, contents and links; the overall ranking, the items and the evidence against where they come from."""

from __future__ import annotations

import dataclasses
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

import evalengine as ee
from evalengine.analysis.explanation import evidence_cost
from evalengine.reports import style
from evalengine.reports.workbook import write_workbook
from evalengine.scheme.loading import load_theme
from evalengine.text import Label
from tests.small import assess_flat, small

SMALLEST = 55  # per cent: ten points are printed as five and a half
EACH = 4  # indicators of a dimension
PERSON, VERIFIER = "欧阳专家某某", "司徒核定某某"


@pytest.fixture(scope="module", params=["zh", "en"])
def book(sample: ee.Assessment, tmp_path_factory: pytest.TempPathFactory, request) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("front") / "ranking.xlsx"
    write_workbook(sample, path, request.param)
    return openpyxl.load_workbook(path)


def test_the_contents_lead_to_every_sheet_and_back(book: openpyxl.Workbook) -> None:
    cover, contents, *rest = book.worksheets
    assert _links(contents) == [(sheet.title, f"'{sheet.title}'!A1") for sheet in rest]
    for sheet in rest:
        back = f"'{contents.title}'!A1"
        assert _links(sheet)[0] in (("返回目录", back), ("Contents", back))
        assert sheet["A1"].hyperlink
        assert sheet.print_area.partition("!")[2].startswith("$A$2:")  # the way back is not printed
    assert not _links(cover)


def test_the_cover_names_what_is_signed(sample: ee.Assessment, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        'attachment = "2"\noffice = { zh = "某厅" }\n[cover]\ntitle = { zh = "{office}{year}年结果" }\n',
        encoding="utf-8",
    )
    write_workbook(sample, tmp_path / "ranking.xlsx", "zh", load_theme(tmp_path / "own.toml"))
    cover, contents, first, *_ = openpyxl.load_workbook(tmp_path / "ranking.xlsx").worksheets
    lines = [row[0] for row in cover.iter_rows(values_only=True) if row[0]]
    assert lines[:2] == ["附件2", "某厅2025年结果"]
    assert any(sample.provenance.run_id in line for line in lines)
    assert "某厅" in lines
    assert "负责人（签字）：" in lines[-1]
    assert contents["A1"].value != "附件2"
    assert first["A2"].value == "附件2-1"


def test_the_overall_ranking_lists_all_groups_by_rank(sample: ee.Assessment, book: openpyxl.Workbook) -> None:
    sheet = book.worksheets[3]
    top = int(sheet.print_title_rows.split("$")[-1])
    rows = [row[:5] for row in sheet.iter_rows(min_row=top + 1, max_row=top + 10, values_only=True)]
    expected = sample.ranking.sort("overall_rank", nulls_last=True).select(
        "overall_rank", "unit", "name", "group", "rank"
    )
    assert rows == [tuple("—" if value is None else value for value in row) for row in expected.rows()]


def test_one_group_needs_no_overall_ranking(tmp_path: Path) -> None:
    write_workbook(assess_flat({"unit": "U1"}, {"unit": "U2"}), tmp_path / "ranking.xlsx", "zh")
    assert not {"总排名", "佐证情况"} & set(openpyxl.load_workbook(tmp_path / "ranking.xlsx").sheetnames)


def test_missing_evidence_costs_what_the_score_would_be_with_it(sample: ee.Assessment, tmp_path: Path) -> None:
    cost = evidence_cost(sample)
    assert set(cost) == {("JS06", "talent_mobility_rate"), ("JS10", "digital_collab_level")}
    tables = {**sample.dataset.tables, "evidence": sample.dataset.tables["evidence"].filter(status="present")}
    data = dataclasses.replace(sample.dataset, tables=tables)
    proved = ee.assess(data, sample.system, sample.profile).ranking
    before, after = (dict(ranking.select("unit", "weighted").iter_rows()) for ranking in (sample.ranking, proved))
    for (unit, _), points in cost.items():
        assert points == pytest.approx(after[unit] - before[unit], abs=1e-9)
        assert points > 1
    write_workbook(sample, tmp_path / "ranking.xlsx", "zh")
    sheet = openpyxl.load_workbook(tmp_path / "ranking.xlsx")["佐证情况"]
    shown = {row[1]: row[6] for row in sheet.iter_rows(values_only=True) if isinstance(row[6], float)}
    assert shown == {unit: points for (unit, _), points in cost.items()}


@pytest.mark.parametrize("count", [8, 80])
def test_few_and_many_indicators_fit_pages_that_can_be_read(count: int, tmp_path: Path) -> None:
    write_workbook(_of_indicators(count), tmp_path / "ranking.xlsx", "zh")
    for sheet in openpyxl.load_workbook(tmp_path / "ranking.xlsx"):
        widths = [sheet.column_dimensions[get_column_letter(place + 1)].width for place in range(sheet.max_column)]
        page = style.page_columns(sheet.page_setup.orientation, load_theme())
        ends = [*(entry.id for entry in sheet.col_breaks.brk), len(widths)]
        fixed = sum(widths[: _repeated(sheet)])
        for start, end in zip([0, *ends], ends, strict=False):
            printed = sum(widths[start:end]) + (fixed if start else 0.0)
            scale = style.PAGE_SCALE * page / printed
            assert scale >= SMALLEST, (sheet.title, start, end)
            assert len(ends) == 1 or sheet.page_setup.scale <= scale + 1, (sheet.title, start, end)


def test_what_is_published_or_sent_back_names_no_person(sample: ee.Assessment, tmp_path: Path) -> None:
    renamed = {
        "experts": ("expert", PERSON),
        "adjustments": ("verifier", VERIFIER),
        "evidence": ("verifier", VERIFIER),
    }
    tables = dict(sample.dataset.tables)
    for table, (column, name) in renamed.items():
        tables[table] = tables[table].with_columns((pl.lit(name) + pl.col(column)).alias(column))
    data = dataclasses.replace(sample.dataset, tables=tables)
    result = ee.assess(data, sample.system, sample.profile)
    run = ee.write_run(result, tmp_path / "run", cards=("xlsx", "docx", "svg"))
    public = [run / "notice.xlsx", run / "report.html", run / "ranking.csv", *(run / "cards").rglob("*.*")]
    assert {path.suffix for path in public} == {".xlsx", ".html", ".csv", ".docx", ".svg"}
    assert [path.name for path in public if PERSON in _content(path) or VERIFIER in _content(path)] == []
    assert PERSON not in _content(run / "ranking.xlsx")
    assert PERSON not in _content(run / "calculation.xlsx")
    assert VERIFIER in _content(run / "ranking.xlsx")  # the office has to know who verified


def _repeated(sheet: Worksheet) -> int:
    return column_index_from_string(sheet.print_title_cols.split("$")[-1]) if sheet.print_title_cols else 0


def _of_indicators(count: int) -> ee.Assessment:
    """Return an assessment under so many indicators, four to a dimension, every dimension a column of the ranking."""
    system, profile = small()
    like, above = system.indicators["money"], next(iter(system.dimensions.values()))
    tops = [f"D{place}" for place in range(count // EACH)]
    labels = {
        top: Label(f"第{place + 1}个很长的一级指标名称", f"Dimension {place + 1}") for place, top in enumerate(tops)
    }
    leaves = {f"I{place}": dataclasses.replace(like, parent=tops[place // EACH]) for place in range(count)}
    system = dataclasses.replace(
        system,
        dimensions={top: dataclasses.replace(above, label=labels[top], parent="") for top in tops},
        indicators=leaves,
        ranking=dataclasses.replace(system.ranking, tie_breaks=()),
    )
    share = Decimal(1) / len(tops)
    profile = dataclasses.replace(
        profile, dimensions=dict.fromkeys(tops, share), weights=dict.fromkeys(leaves, share / EACH)
    )
    units = ({"unit": f"U{place}", "name": "很长的联合体名称" * 10, "group": f"G{place % 2}"} for place in range(12))
    return assess_flat(*units, system=system, profile=profile)


def _links(sheet: Worksheet) -> list[tuple[str, str]]:
    cells = (cell for row in sheet.iter_rows() for cell in row if cell.hyperlink)
    return [(cell.value, cell.hyperlink.location) for cell in cells]


def _content(path: Path) -> str:
    if not zipfile.is_zipfile(path):
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
