"""The page-set of each unit: what it says, what it leaves out, how it stands on pages."""

from __future__ import annotations

import dataclasses
import itertools
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import polars as pl
import pytest

from evalengine import Assessment, explanations, write_cards
from evalengine.reports.cards.content import Card, cards
from evalengine.reports.sheets.cards import sheets as cards_of_the_office
from evalengine.reports.words import Words
from evalengine.reports.workbook import save, write_workbook

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture(scope="session")
def made(sample: Assessment) -> dict[str, Card]:
    return {card.unit: card for card in cards(sample, Words(sample.system, "zh"), explanations(sample))}


@pytest.fixture(scope="session")
def book(sample: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cards") / "ranking.xlsx"
    write_workbook(sample, path, "zh")
    return path


def test_a_card_names_its_unit_and_no_other_and_no_person(sample: Assessment, made: dict[str, Card]) -> None:
    people = {*sample.adjustments["verifier"].drop_nulls(), *sample.evidence["verifier"].drop_nulls()}
    names = dict(sample.ranking.select("unit", "name").iter_rows())
    for unit, card in made.items():
        text = repr(card)
        assert names[unit] in text
        others = {other for pair in names.items() for other in pair if pair[0] != unit}
        assert not [word for word in (*people, *others) if word in text]


def test_the_sums_of_a_card_are_those_of_the_ranking(sample: Assessment, made: dict[str, Card]) -> None:
    for row in sample.ranking.iter_rows(named=True):
        last = made[row["unit"]].indicators.rows[-1]
        assert last[5][1] == row["weighted"]
        assert last[7][1] == pytest.approx(row["weighted"], abs=1e-9)
        assert last[8][1] == pytest.approx(100 - row["weighted"], abs=1e-9)


def test_what_raises_the_score_is_said_with_value_and_points(made: dict[str, Card]) -> None:
    first = made["JS06"].shortfalls.rows[0]
    assert first[0][1] == "关键核心技术攻关任务完成率"
    assert first[4][1] == "现为80%；达到100%（满分）可增2.32分"  # weight .0581 × 40


def test_evidence_adjustments_and_vetoes_are_on_the_card(made: dict[str, Card]) -> None:
    notes = [row[9][1] for row in made["JS06"].indicators.rows]
    assert "佐证不予采信；申报5.38" in notes
    assert any("V5" in remark for remark in made["JS06"].remarks)
    assert [row[3][1] for row in made["JS02"].adjustments.rows] == ["投产超过三年的产品不计入新产品，予以核减"]
    assert made["JS06"].standing.rows[0][1][1] == "不排"


def test_two_units_are_not_compared(many: Callable[[int], Assessment]) -> None:
    assessment = many(2)
    card = next(cards(assessment, Words(assessment.system, "en"), explanations(assessment)))
    assert [series.name for series in card.radar.series] == ["This unit"]
    assert card.notes[0].startswith("Fewer than 3")


def _charts(archive: zipfile.ZipFile, book: Path) -> list[str]:
    """Return the chart parts of the sheet of score cards."""
    place = openpyxl.load_workbook(book, read_only=True).sheetnames.index("一企一表") + 1
    links = ET.fromstring(archive.read(f"xl/drawings/_rels/drawing{place}.xml.rels"))
    return [item.attrib["Target"].lstrip("/") for item in links]


def test_charts_read_the_cells_that_hold_their_numbers(book: Path, sample: Assessment) -> None:
    sheet = openpyxl.load_workbook(book)["一企一表"]
    with zipfile.ZipFile(book) as archive:
        charts = _charts(archive, book)
        assert len(charts) == 2 * sample.ranking.height
        for name in charts:
            root = ET.fromstring(archive.read(name))
            assert [item.get("val") for item in root.iter(f"{CHART}delete")] == ["0", "0"]
            for kind in ("strRef", "numRef"):
                for reference in root.iter(f"{CHART}{kind}"):
                    area = (reference.findtext(f"{CHART}f") or "").rpartition("!")[2].replace("$", "")
                    shown = [cell.value for row in sheet[area] for cell in row]
                    cached = [point.findtext(f"{CHART}v") for point in reference.iter(f"{CHART}pt")]
                    assert cached == [str(value) for value in shown if value is not None and value != "—"]


def test_dashes_markers_and_patterns_tell_series_apart(book: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        names = _charts(archive, book)
        radar, bars = (
            next(xml for xml in (archive.read(name).decode() for name in names) if f"<c:{kind}Chart>" in xml)
            for kind in ("radar", "bar")
        )
    assert {"circle", "diamond", "triangle"} <= set(re.findall(r'symbol val="(\w+)"', radar))
    assert {"solid", "dash", "sysDot"} <= set(re.findall(r'prstDash val="(\w+)"', radar))
    assert "pattFill" in bars


@pytest.mark.parametrize("count", [1, 60])
def test_every_unit_starts_a_page(many: Callable[[int], Assessment], tmp_path: Path, count: int) -> None:
    assessment = many(count)
    write_workbook(dataclasses.replace(assessment, problems=()), tmp_path / "ranking.xlsx", "zh")
    book, found = openpyxl.load_workbook(tmp_path / "ranking.xlsx"), 0
    for sheet in (sheet for sheet in book if sheet.title.startswith("一企一表")):
        breaks = {entry.id for entry in sheet.row_breaks.brk} | {1}  # row 1 is not printed
        titles = [cell.row for cell in sheet["A"] if cell.value == "2025年度绩效评价得分表"]
        assert {row - 1 for row in titles} <= breaks
        found += len(titles)
    assert found == count


@pytest.mark.parametrize(("units", "titles"), [(50, ["一企一表"]), (60, ["一企一表1～50", "一企一表51～60"])])
def test_no_sheet_holds_more_cards_than_can_be_printed(
    many: Callable[[int], Assessment], tmp_path: Path, units: int, titles: list[str]
) -> None:
    write_workbook(dataclasses.replace(many(units), problems=()), tmp_path / "ranking.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "ranking.xlsx")
    sheets = [sheet for sheet in book if sheet.title.startswith("一企一表")]
    assert [sheet.title for sheet in sheets] == titles
    shown = [cell.value for sheet in sheets for cell in sheet["A"] if str(cell.value).startswith("U00")]
    assert len(set(shown)) == units


def test_the_indicators_are_spread_evenly_over_their_pages(many: Callable[[int], Assessment], tmp_path: Path) -> None:
    """Rather than one row alone on a last page."""
    write_workbook(dataclasses.replace(many(1), problems=()), tmp_path / "ranking.xlsx", "zh")
    sheet = openpyxl.load_workbook(tmp_path / "ranking.xlsx")["一企一表"]
    breaks = [0, *(entry.id for entry in sheet.row_breaks.brk), sheet.max_row]
    rows = [last - first for first, last in itertools.pairwise(breaks)][1:]  # without the page that says it all
    assert min(rows) > 0.7 * max(rows)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_card_of_forty_indicators_takes_two_pages(sample: Assessment, tmp_path: Path, language: str) -> None:
    for path in write_cards(sample, tmp_path / "cards", language):
        sheet = openpyxl.load_workbook(path).worksheets[0]
        assert len(sheet.row_breaks.brk) == 1


def test_too_many_units_are_referred_to_files(sample: Assessment, tmp_path: Path) -> None:
    rows = [sample.ranking.with_columns(pl.col("unit") + str(copy)) for copy in range(51)]
    many = dataclasses.replace(sample, ranking=pl.concat(rows), problems=())
    words, path = Words(many.system, "en"), tmp_path / "cards.xlsx"
    save(dict(cards_of_the_office(many, words, ())), words, path, "")
    sheet = openpyxl.load_workbook(path).active
    assert sheet.title == "Score cards"
    assert "More than 500 units" in str(sheet["A3"].value)
