"""Page-sets as files: names, formats, equal bytes, pictures with characters, refusals."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn

import evalengine as ee
from evalengine import Assessment
from evalengine.reports.cards import pdf, picture
from evalengine.reports.cards.figures import Figure, Series
from evalengine.reports.cards.names import file_stems
from evalengine.reports.cards.svg import svg

FONT = "Noto Sans CJK SC, sans-serif"
SOFFICE = shutil.which("soffice") is not None or bool(os.environ.get("CI"))  # CI fails where it is missing


@pytest.mark.parametrize(
    "unit",
    [
        "../../x",
        "CON",
        "a/b",
        "长" * 200,
        "a\x00b",
        "x.",
        "nul",
        "",
        "js01",
        "JS01",
        "e\u0301",
        "\u00e9",
        "=1+1",
        "A" * 99,
    ],
)
def test_file_names_are_safe_short_and_different(unit: str) -> None:
    units = ("JS01", "js01", "e\u0301", "\u00e9", "Ａ1", "A1", unit)
    stems = file_stems(dict.fromkeys(units))
    assert len({stem.casefold() for stem in stems.values()}) == len(set(units))
    name = f"{stems[unit]}-radar.svg"
    assert len(name.encode()) <= 80
    assert name.isascii()
    assert "/" not in name
    assert not name.startswith((".", "-"))
    assert name.upper().partition("-")[0] not in {"", "CON", "NUL"} or "-" in stems[unit]
    assert file_stems(["JS01"]) == {"JS01": "JS01"}


def test_a_file_for_each_unit_names_no_other(sample: Assessment, tmp_path: Path) -> None:
    written = ee.write_cards(sample, tmp_path / "cards")
    assert [path.name for path in written] == sorted(f"{unit}.xlsx" for unit in sample.ranking["unit"])
    names = dict(sample.ranking.select("unit", "name").iter_rows())
    for path in written:
        with zipfile.ZipFile(path) as archive:
            text = "".join(archive.read(name).decode() for name in archive.namelist())
        others = {other for unit, name in names.items() if unit != path.stem for other in (unit, name)}
        assert names[path.stem] in text
        assert not [other for other in others if other in text]
        assert openpyxl.load_workbook(path).sheetnames == ["一企一表"]


def test_files_look_as_the_office_wants_it(sample: Assessment, tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text(
        '[fonts.zh]\nbody = "仿宋_GB2312"\n[margins]\nleft = 2.54\n', encoding="utf-8"
    )
    theme = ee.load_theme(tmp_path / "office.toml")
    for path in ee.write_cards(sample, tmp_path / "cards", formats=("xlsx", "docx"), theme=theme):
        with zipfile.ZipFile(path) as archive:
            part = "xl/styles.xml" if path.suffix == ".xlsx" else "word/document.xml"
            assert "仿宋_GB2312" in archive.read(part).decode(), path.name
        if path.suffix == ".xlsx":
            assert openpyxl.load_workbook(path).worksheets[0].page_margins.left == 1.0, path.name
        else:
            assert Document(path).sections[0].left_margin.inches == pytest.approx(1.0, abs=1e-3), path.name


def test_equal_assessments_give_equal_files(sample: Assessment, tmp_path: Path) -> None:
    formats = ("xlsx", "docx", "svg", "png")
    hashes = [
        [
            hashlib.sha256(path.read_bytes()).hexdigest()
            for path in ee.write_cards(sample, tmp_path / run, formats=formats)
        ]
        for run in ("first", "second")
    ]
    assert hashes[0] == hashes[1]
    assert len(hashes[0]) == sample.ranking.height * (1 + 1 + 2 + 2)


@pytest.mark.skipif(not SOFFICE, reason="needs LibreOffice")
def test_pdf_has_the_pages_and_no_day(sample: Assessment, tmp_path: Path) -> None:
    card = ee.write_cards(sample, tmp_path / "cards")[0]
    made = [pdf.convert([card], folder)[0] for folder in (tmp_path / "a", tmp_path / "b")]
    contents = [path.read_bytes() for path in made]
    assert contents[0].startswith(b"%PDF")
    assert contents[0] == contents[1]


def test_without_libreoffice_a_sentence_says_so(
    sample: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(ee.UsageError, match="LibreOffice"):
        ee.write_cards(sample, tmp_path / "cards", formats=["pdf"])
    assert not list(tmp_path.iterdir())


def test_without_a_font_nothing_is_drawn(sample: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "png", lambda _: b"boxes")
    with pytest.raises(ee.UsageError, match="fonts-noto-cjk"):
        ee.write_cards(sample, tmp_path / "cards", formats=["png"])
    assert not list(tmp_path.iterdir())


def test_unknown_formats_and_existing_folders_are_refused(sample: Assessment, tmp_path: Path) -> None:
    with pytest.raises(ee.UsageError, match="odt"):
        ee.write_cards(sample, tmp_path / "cards", formats=["odt"])
    with pytest.raises(ee.OutputError):
        ee.write_cards(sample, tmp_path)


def test_a_document_has_east_asian_fonts_repeated_headings_and_described_pictures(
    sample: Assessment, tmp_path: Path
) -> None:
    path = ee.write_cards(sample, tmp_path / "cards", formats=["docx"])[0]
    made = Document(io.BytesIO(path.read_bytes()))
    fonts = {element.get(qn("w:eastAsia")) for element in made.element.body.iter(qn("w:rFonts"))}
    assert fonts == {"宋体", "黑体"}
    indicators = made.tables[4]
    assert len(indicators.rows) == 1 + 40 + 1
    assert indicators.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    described = [element.get("descr") for element in made.element.body.iter(qn("wp:docPr"))]
    assert len(described) == 2
    assert all(described)


def test_svg_is_text_that_escapes_what_it_shows() -> None:
    figure = Figure(
        title="<script>&",
        description="d",
        names=("a", "b<", "长" * 40),
        series=(Series(name="s", values=(1.0, None, 50.0)),),
    )
    drawn = svg(figure, FONT, radar=True)
    assert "<script>" not in drawn
    assert "&lt;script&gt;&amp;" in drawn
    assert "…" in drawn
    assert picture.png(drawn).startswith(b"\x89PNG")


def test_two_axes_are_bars_and_negative_scores_stay_inside() -> None:
    figure = Figure(title="t", description="d", names=("a", "b"), series=(Series(name="s", values=(-5.0, 120.0)),))
    drawn = svg(figure, FONT, radar=True)
    assert "<polygon" not in drawn
    assert 'width="-' not in drawn
