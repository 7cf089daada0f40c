"""Every workbook that is written opens everywhere: the schema, a strict reader, nothing younger than Excel 2007."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest
from openxml_audit import FileFormat, OpenXmlValidator

from evalengine import Assessment, write_run
from evalengine.analysis.spot_check import Plan, spot_check
from evalengine.carryover import carried_over
from evalengine.collection import collect
from evalengine.errors import Problem
from evalengine.reports.adjustment_file import with_row
from evalengine.reports.calculation import write_calculation
from evalengine.reports.collection import write_collection
from evalengine.reports.judgements import write_judgements
from evalengine.reports.spot_check import write_spot_check
from evalengine.reports.template import write_template
from evalengine.reports.workbook import write_problems
from evalengine.scheme.shipped import shipped
from tests.reports.parts import Package, features, functions
from tests.reports.random_schemes import assessed, scheme
from tests.reports.recalculation import recalculate, require_program
from tests.reports.strict import faults
from tests.small import assess_flat

# Excel 2007, WPS Office and LibreOffice have these functions, with the same meaning
FUNCTIONS = frozenset({
    "ABS", "AND", "AVERAGE", "CHOOSE", "COUNT", "COUNTIF", "EXP", "IF", "IFERROR", "INDEX", "INT", "ISERROR",
    "ISNUMBER", "LN", "MATCH", "MAX", "MIN", "N", "NOT", "OR", "POWER", "ROUND", "ROW", "SQRT", "SUM", "SUMPRODUCT",
    "GEOMEAN", "LEFT", "LEN", "MID", "MMULT", "PRODUCT", "FIND", "TRIM", "VALUE", "SUBSTITUTE",
})  # fmt: skip
SCHEMAS = "http://schemas.openxmlformats.org"
# and these features: no extensions (x14, mc), no macros, links out, inline strings, shapes beside charts
FEATURES = frozenset({
    "[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml", "xl/_rels/workbook.xml.rels",
    "xl/sharedStrings.xml", "xl/styles.xml", "xl/theme/theme.xml", "xl/workbook.xml", "xl/worksheets/sheet.xml",
    "xl/worksheets/_rels/sheet.xml.rels", "xl/charts/chart.xml", "xl/drawings/drawing.xml",
    "xl/drawings/_rels/drawing.xml.rels",
    "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/",
    *(f"{SCHEMAS}/{name}" for name in (
        "spreadsheetml/2006/main", "drawingml/2006/main", "drawingml/2006/chart", "drawingml/2006/spreadsheetDrawing",
        "officeDocument/2006/extended-properties", "package/2006/content-types",
        "package/2006/metadata/core-properties", "package/2006/relationships",
    )),
    "workbook", "workbookPr", "workbookProtection", "bookViews", "workbookView", "sheets", "sheet", "definedNames",
    "definedName", "calcPr",
    "worksheet", "sheetPr", "outlinePr", "pageSetUpPr", "tabColor", "dimension", "sheetViews", "sheetView", "pane",
    "selection", "sheetFormatPr", "cols", "col", "sheetData", "row", "c", "f", "v", "sheetProtection", "autoFilter",
    "mergeCells", "mergeCell", "conditionalFormatting", "cfRule", "formula", "dataValidations", "dataValidation",
    "formula1", "formula2", "hyperlinks", "hyperlink", "printOptions", "pageMargins", "pageSetup", "headerFooter",
    "oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter", "rowBreaks", "colBreaks", "brk",
    "drawing",
    "barChart", "lineChart", "radarChart", "scatterChart", "pieChart",
})  # fmt: skip
SAMPLE = shipped("sample_data") / "2025"
TWO = ("ranking.xlsx", "calculation.xlsx")  # of a run, whatever else it holds


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory, sample: Assessment) -> Mapping[str, Path]:
    """Return one workbook of every kind, by name."""
    folder = tmp_path_factory.mktemp("books")
    made: dict[str, Path] = {}
    for language in ("zh", "en"):
        run = write_run(sample, folder / f"run-{language}", language=language)
        made |= {f"{path.stem}-{language}": path for path in run.rglob("*.xlsx") if "inputs" not in path.parts}
    facts = {"column": "=1+1"}
    found = [Problem(severity="error", code="number_as_text", file="=1+1", cell="B2", value="-\x07", facts=facts)]
    made["problems"] = folder / "problems.xlsx"
    write_problems(found, sample.system, made["problems"], "zh")
    for kind in ("ahp", "best_worst", "budget"):
        made[kind] = folder / f"{kind}.xlsx"
        write_judgements(sample.system, kind, made[kind], "zh")
    for seed in (0, 12):
        made[f"random-{seed}"] = folder / f"random-{seed}.xlsx"
        write_calculation(assessed(seed, *scheme(seed)), made[f"random-{seed}"], "zh")
    odd = assess_flat({"unit": "=1+1", "name": "'A\"<&" * 60, "group": "'G\"<&"}, {"unit": "U2"})
    run = write_run(odd, folder / "run-odd", cards=("xlsx",))
    made |= {f"odd-{path.stem}": path for path in run.rglob("*.xlsx")}
    return made | _of_a_round(sample, folder)


def _of_a_round(sample: Assessment, folder: Path) -> dict[str, Path]:
    """Return the workbooks of a round of collection: forms, problems, letters; a record, a list of what to check."""
    made: dict[str, Path] = {}
    carried = carried_over(folder / "run-zh", sample.system, unit="JS01")
    for filler, rows in (("unit", None), ("office", None), ("unit", carried)):
        name = f"form-{filler}{'-filled' if rows else ''}"
        made[name] = folder / f"{name}.xlsx"
        write_template(sample.system, 2026, made[name], "zh", filler=filler, carried=rows)
    returned = folder / "returned"
    returned.mkdir()
    right, wrong = sorted(SAMPLE.glob("*.xlsx"))[:2]
    shutil.copy(right, returned)
    (returned / "broken.xlsx").write_bytes(b"PK")
    _with_a_fault(wrong, returned / wrong.name)
    write_collection(collect(returned, sample.system), folder / "collected", "zh")
    made |= {f"collected-{path.stem}": path for path in (folder / "collected").rglob("*.xlsx")}
    adjustments, _ = with_row(None, {"unit": "=1+1"}, sample.system, kind=".xlsx", name="a.xlsx", language="zh")
    made["adjustments"] = folder / "adjustments.xlsx"
    made["adjustments"].write_bytes(adjustments)
    made["spot-check"] = folder / "spot-check.xlsx"
    write_spot_check(spot_check(folder / "run-zh", Plan(seed="7")), made["spot-check"], "zh")
    return made


def _with_a_fault(path: Path, target: Path) -> None:
    book = openpyxl.load_workbook(path)
    cell = next(cell for cell in book["年度数据"][book["年度数据"].max_row] if isinstance(cell.value, float))
    cell.value = "about 10"
    book.save(target)


def test_there_is_one_of_every_kind(books):
    names = {f"{name.removesuffix('.xlsx')}-{language}" for name in TWO for language in ("zh", "en")}
    forms = {"problems", "ahp", "best_worst", "budget", "form-unit", "form-office", "form-unit-filled"}
    others = {"adjustments", "spot-check", "collected-problems", "random-0", "odd-calculation", "odd-notice", "odd-U2"}
    assert names | forms | others <= set(books)
    assert any(name.startswith("collected-JS02") for name in books), sorted(books)


def test_they_follow_the_schema_of_excel_2007(books):
    validator = OpenXmlValidator(FileFormat.OFFICE_2007)
    found = {name: [str(error) for error in validator.validate(path).errors] for name, path in books.items()}
    assert {name: errors for name, errors in found.items() if errors} == {}


def test_a_strict_reader_finds_nothing(books):
    found = {name: faults(path)[:5] for name, path in books.items()}
    assert {name: errors for name, errors in found.items() if errors} == {}


def test_they_use_only_what_excel_2007_and_wps_office_have(books):
    used = {name: (functions(package), features(package)) for name, package in _packages(books).items()}
    assert {name: own - FUNCTIONS for name, (own, _) in used.items() if own - FUNCTIONS} == {}
    assert {name: own - FEATURES for name, (_, own) in used.items() if own - FEATURES} == {}
    everywhere = set().union(*(own for _, own in used.values()))
    assert {"f", "mergeCell", "cfRule", "dataValidation", "brk", "sheetProtection"} <= everywhere


def test_libreoffice_opens_them_without_repair_and_reads_the_same(books, tmp_path):
    """Without a screen it repairs nothing: what it cannot read is left out, and missed here."""
    require_program()
    damaged = tmp_path / "damaged.xlsx"
    _changed(books["problems"], damaged, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</row>", b"", 1))
    copies = [damaged]
    for name, path in books.items():  # one name each
        copies.append(tmp_path / f"{name}.xlsx")
        shutil.copy(path, copies[-1])
    converted = recalculate(copies, tmp_path)
    assert {path.name for path in converted.iterdir()} == {path.name for path in copies}
    assert _texts(converted / damaged.name) != _texts(books["problems"])
    for copy in copies[1:]:
        assert _texts(converted / copy.name) == _texts(copy), copy.name


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        ("sheet", r'(<c r="A3" s=")\d+"', r'\g<1>999"', "A3: style 999 does not exist"),
        ("sheet", r'(<c r="A1"[^>]*><v>)\d+', r"\g<1>9999", "A1: string 9999 does not exist"),
        ("sheet", r'<c r="B3"', r'<c r="A3"', "A3 stands in row 3 after column 1"),
        ("sheet", r'<row r="3"', r'<row r="2"', "row 2 comes after row 2"),
        ("sheet", r'(<c r="A1"[^>]*) t="s"><v>\d+</v>', r'\1 t="inlineStr"><is><t>a</t></is>', "it holds inlineStr"),
        ("sheet", r"(<mergeCell )", r'<mergeCell ref="A1:A2"/>\1', "overlaps A1:A2"),
        ("sheet", r"(<dimension[^>]*/>)(<sheetViews>.*?</sheetViews>)", r"\2\1", "out of order"),
        ("sheet", r"</worksheet>", r"<extLst/></worksheet>", "extLst is no part of a worksheet"),
        ("sheet", r'<dimension ref="A1:', r'<dimension ref="A1:A', "it says to end at"),
        ("sheet", r'<c r="(B3" s="\d+")(/>|[^>]*><v>\d+</v></c>)', r'<c r="\1><f>_xlfn.CONCAT(A1)</f><v>1</v></c>',
         "Excel 2007 would refuse"),
        ("sheet", r' ht="[\d.]+"', r' ht="500"', "row 1 is 500 high"),
        ("workbook", r'(<sheet [^>]*name=")[^"]*', r"\g<1>a/b", "a/b is no name for a sheet"),
        ("workbook", r"</definedNames>", r'<definedName name="x">gone!$A$1</definedName></definedNames>',
         "x leads to gone, which is no sheet"),
        ("strings", r'uniqueCount="\d+"', r'uniqueCount="3"', "3 strings are said"),
        ("strings", r"<si><t[^>]*>[^<]*", "<si><t>" + "a" * 40_000, "string 0 has 40000 characters"),
        ("types", r"</Types>", r'<Override PartName="/xl/gone.xml" ContentType="a"/></Types>', "does not exist"),
        ("types", r'PartName="/xl/worksheets/sheet1.xml"', r'PartName="/xl/styles.xml"',
         "/xl/styles.xml has two types"),
        ("relations", r"</Relationships>",
         r'<Relationship Id="x" Type="a" Target="http://a/" TargetMode="External"/></Relationships>',
         "leads out of the file"),
    ],
)  # fmt: skip
def test_the_strict_reader_is_strict(books, tmp_path, part, old, new, said):
    name = {
        "sheet": "xl/worksheets/sheet1.xml",
        "workbook": "xl/workbook.xml",
        "strings": "xl/sharedStrings.xml",
        "types": "[Content_Types].xml",
        "relations": "xl/_rels/workbook.xml.rels",
    }[part]
    target = tmp_path / "changed.xlsx"
    _changed(books["problems"], target, name, lambda xml: re.sub(old, new, xml.decode(), count=1).encode())
    assert any(said in fault for fault in faults(target)), faults(target)[:5]


def test_the_schema_check_is_one(books, tmp_path):
    target = tmp_path / "changed.xlsx"
    _changed(
        books["problems"], target, "xl/styles.xml", lambda xml: xml.replace(b"</fonts>", b"<fount></fount></fonts>")
    )
    assert OpenXmlValidator(FileFormat.OFFICE_2007).validate(target).errors


def _texts(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the texts of a workbook's cells, but for those of formulas, by sheet."""
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "s"}
        for sheet in book
    }


def _packages(books: Mapping[str, Path]) -> Mapping[str, Package]:
    return {name: Package(path) for name, path in books.items()}


def _changed(path: Path, target: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """Write a copy of a workbook with one part changed."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == part:
                changed = change(content)
                assert changed != content
                content = changed
            archive.writestr(entry, content)
