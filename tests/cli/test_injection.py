"""Text from outside that a spreadsheet or browser would run, through every command that writes: it stays text."""

import csv
import re
import xml.etree.ElementTree as ET
import zipfile
from itertools import cycle
from pathlib import Path

import pytest

from evalengine.cli.group import cli
from evalengine.scheme.shipped import shipped
from tests.reports.parts import LITERAL, Package

MARK = "evil"
LEADS = [
    f'=HYPERLINK("http://{MARK}","x")',
    f"=cmd|' /C {MARK}'!A0",
    f"+{MARK}",
    f"-{MARK}",
    f"@{MARK}",
    f"<script>{MARK}</script>",
    f"' onload={MARK} ",
    f"=DDE({MARK})",
]
NAMED = re.compile(r"(?<=>)[^<>]*示例[^<>]*(?=</t>)")  # names and ids of units, members, projects, contracts, results
SAID = re.compile(r"(?<=>)(?:核定员[^<>]*|[^<>]*，[^<>]*)(?=</t>)")  # verifiers and reasons
RUNS = re.compile(r"^\s*[=+\-@]|^[\t\r]")


def escaped(string: str) -> str:
    return string.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with everything the commands write about hostile data."""
    folder = tmp_path_factory.mktemp("injection")
    data = folder / "data"
    data.mkdir()
    leads = cycle(map(escaped, LEADS))
    met: dict[str, str] = {}  # the same text becomes the same text in every file

    def hostile(match: re.Match[str]) -> str:
        return met.setdefault(match[0], next(leads)) + match[0]

    for path in sorted((shipped("sample_data") / "2025").glob("*.xlsx")):
        name = f"={MARK}+{path.name}" if path.name.startswith("JS01") else path.name
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(data / name, "w") as archive:
            for part in source.namelist():
                content = source.read(part).decode()
                if part.startswith("xl/worksheets/"):
                    content = SAID.sub(hostile, NAMED.sub(hostile, content))
                archive.writestr(part, content)
    assert len(met) > 1_000
    bad = data / "yearly.csv"
    bad.write_text(f"unit,year,rd_expenditure,=1+{MARK}\n=1+{MARK},2025,@{MARK},+{MARK}\n", encoding="utf-8")
    run, collected = folder / "run", folder / "collected"
    call("check", data, "--report", folder / "problems.xlsx", code=1)
    call("collect", data, "-o", collected, code=1)
    bad.unlink()
    formats = [argument for kind in ("xlsx", "docx", "svg") for argument in ("--format", kind)]
    call("assess", data, "-o", run, "--compare", "beijing", *formats)
    call("spot-check", run, "-o", folder / "review.xlsx", "--seed", f"={MARK}")
    call("template", "-o", folder / "JS01.xlsx", "--for", "JS01", "--last", run)
    call("template", "-o", folder / "office.xlsx", "--office", "--last", run)
    row = ("--unit", "JS03", "--table", "yearly", "--key", "2025", "--column", "rd_expenditure")
    figures = ("--reported", "7221.84", "--verified", "7000")
    said = ("--reason", LEADS[0], "--evidence", LEADS[1], "--verifier", LEADS[4])
    for kind in ("csv", "xlsx"):
        call("adjust", data, "--file", folder / f"adjustments.{kind}", *row, *figures, *said)
    return folder


def call(*arguments: object, code: int = 0) -> None:
    """Run a command in this process."""
    assert (cli.main(list(map(str, arguments)), standalone_mode=False) or 0) == code, arguments


def outputs(made: Path, suffix: str) -> list[Path]:
    """Return what was written, but for the submitted files a run keeps as they came."""
    return [
        path for path in sorted(made.rglob(f"*{suffix}")) if not {"inputs", "data"} & set(path.relative_to(made).parts)
    ]


def test_no_formula_of_a_workbook_holds_text_from_outside(made: Path) -> None:
    seen = 0
    for path in outputs(made, ".xlsx"):
        package = Package(path)
        assert [place for place, formula in package.formulas() if MARK in LITERAL.sub("", formula)] == [], path
        assert not any(outside for part in package.names for *_, outside in package.relations(part)), path
        seen += any(MARK.encode() in part for part in package.parts.values())
    assert seen >= 18  # ten cards and the workbooks of every command


def test_no_cell_of_a_csv_is_one_a_spreadsheet_runs(made: Path) -> None:
    files = outputs(made, ".csv")
    assert {path.name for path in files} >= {"ranking.csv", "adjustments.csv"}
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert any(MARK in cell for cell in cells), path
        assert [cell for cell in cells if MARK in cell and RUNS.search(cell)] == [], path


def test_no_markup_of_a_page_or_picture_comes_from_outside(made: Path) -> None:
    (page,) = outputs(made, ".html")
    # the names are in packed data; what the page makes of them is tested in the browser
    assert f"<script>{MARK}" not in page.read_text(encoding="utf-8")
    pictures = outputs(made, ".svg")
    assert len(pictures) == 20
    for path in pictures:
        root = ET.fromstring(path.read_bytes())
        assert not [element for element in root.iter() if element.tag.endswith("script")]
        assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]


def test_no_field_of_a_document_comes_from_outside(made: Path) -> None:
    documents = outputs(made, ".docx")
    assert len(documents) == 10
    for path in documents:
        with zipfile.ZipFile(path) as archive:
            body = archive.read("word/document.xml").decode()
        assert MARK in body
        assert "instrText" not in body or MARK not in "".join(re.findall(r"<w:instrText[^>]*>([^<]*)", body))
        assert "fldSimple" not in body or MARK not in "".join(re.findall(r'w:instr="([^"]*)', body))
