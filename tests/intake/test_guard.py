# ruff: noqa: E501 - one case, one line
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from evalengine.errors import UnreadableError
from evalengine.intake.guard import check_file

SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows or ([1, "a"],):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_part(name: str, content: bytes | str, *, twice: bool = False) -> bytes:
    """Return an ordinary workbook with one part replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
        if twice:
            new.writestr(name.upper(), content)
    return target.getvalue()


def sheet(cells: str, after: str = "", before: str = "") -> bytes:
    return with_part(SHEET, f"{before}<worksheet {MAIN}><sheetData><row>{cells}</row></sheetData>{after}</worksheet>")


def encrypted() -> bytes:
    content = bytearray(workbook())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        content[at + offset] |= 1
    return bytes(content)


def damaged() -> bytes:
    content = bytearray(workbook())
    content[200:260] = b"\x00" * 60
    return bytes(content)


HOSTILE: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("empty", "a.xlsx", lambda: b"", "empty_file"),
    ("only white space", "a.csv", lambda: b" \n ", "empty_file"),
    ("truncated", "a.xlsx", lambda: workbook()[:-200], "broken_workbook"),
    ("bytes changed", "a.xlsx", damaged, "broken_workbook"),
    ("html named xlsx", "a.xlsx", lambda: b"<html><table/></html>", "not_what_it_says"),
    ("html named csv", "a.csv", lambda: b"<html><table/></html>", "not_what_it_says"),
    ("csv named xlsx", "a.xlsx", lambda: b"a,b\n1,2\n", "not_what_it_says"),
    ("binary named csv", "a.csv", lambda: b"a\x00b\x01", "not_what_it_says"),
    ("old workbook", "a.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "old_or_encrypted"),
    ("broken parquet", "a.parquet", lambda: b"PAR1" + b"0" * 50, "broken_table"),
    ("a zip of something else", "a.xlsx", lambda: zipped({"mimetype": b"x"}), "not_a_workbook"),
    ("too large", "a.xlsx", lambda: b"PK\x03\x04" + b"0" * (21 * 2**20), "file_too_large"),
    ("300 MB of spaces", "a.xlsx", lambda: with_part("xl/x.xml", b"<a>" + b" " * (300 * 2**20) + b"</a>"), "content_too_large"),
    ("ratio above 200", "a.xlsx", lambda: with_part("xl/x.xml", b"<a>" + b" " * (9 * 2**20) + b"</a>"), "content_too_large"),
    ("too many entries", "a.xlsx", lambda: zipped({f"{k}": b"" for k in range(2001)} | {"xl/workbook.xml": b"<a/>"}), "unsafe_archive"),
    ("path out of the archive", "a.xlsx", lambda: with_part("../../evil.txt", b"x"), "unsafe_archive"),
    ("absolute path", "a.xlsx", lambda: with_part("/etc/x", b"x"), "unsafe_archive"),
    ("duplicate entry", "a.xlsx", lambda: with_part("xl/x.xml", b"<a/>", twice=True), "unsafe_archive"),
    ("encrypted entry", "a.xlsx", encrypted, "unsafe_archive"),
    ("macros", "a.xlsx", lambda: with_part("xl/vbaProject.bin", b"x"), "holds_macros"),
    ("external links", "a.xlsx", lambda: with_part("xl/externalLinks/externalLink1.xml", b"<a/>"), "holds_external_links"),
    ("data connections", "a.xlsx", lambda: with_part("xl/connections.xml", b"<a/>"), "holds_external_links"),
    ("embedded file", "a.xlsx", lambda: with_part("xl/embeddings/o.bin", b"x"), "holds_embedded_objects"),
    ("controls", "a.xlsx", lambda: with_part("xl/activeX/a.xml", b"<a/>"), "holds_active_controls"),
    ("macro sheet", "a.xlsx", lambda: with_part("xl/macrosheets/s.xml", b"<a/>"), "holds_macros"),
    ("custom ribbon", "a.xlsx", lambda: with_part("customUI/customUI.xml", b"<a/>"), "holds_macros"),
    ("entity", "a.xlsx", lambda: with_part("docProps/core.xml", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'), "holds_doctype"),
    ("external entity", "a.xlsx", lambda: with_part(SHEET, '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'), "holds_doctype"),
    ("doctype after a long comment", "a.xlsx", lambda: sheet("", before=f"<!--{'x' * 70_000}--><!DOCTYPE a>"), "holds_doctype"),
    ("far cell", "a.xlsx", lambda: sheet('<c r="XFD1048576"><v>1</v></c>'), "area_too_large"),
    ("far cell in single quotes", "a.xlsx", lambda: sheet("<c r='XFD1048576'><v>1</v></c>"), "area_too_large"),
    ("far row", "a.xlsx", lambda: with_part(SHEET, f'<worksheet {MAIN}><sheetData><row r="1048576"/></sheetData></worksheet>'), "area_too_large"),
    ("cells without addresses", "a.xlsx", lambda: sheet("<c/>" * 501), "area_too_large"),
    ("a million blank rows", "a.xlsx", lambda: with_part(SHEET, f"<worksheet {MAIN}><sheetData>{'<row/>' * 20_001}</sheetData></worksheet>"), "area_too_large"),
    ("a prefix before every tag", "a.xlsx", lambda: with_part(SHEET, f'<x:worksheet xmlns:x="{MAIN[7:-1]}"><x:sheetData><x:row><x:c r="XFD1"/></x:row></x:sheetData></x:worksheet>'), "area_too_large"),
    ("too many cells", "a.xlsx", lambda: sheet("</row><row>".join("".join(f'<c s="{row * 7919 % 10007}{k * k}"/>' for k in range(500)) for row in range(601))), "too_many_cells"),
    ("huge merge", "a.xlsx", lambda: sheet("", '<mergeCells><mergeCell ref="A1:ZZ20000"/></mergeCells>'), "merged_too_large"),
    ("huge merge with spaces", "a.xlsx", lambda: sheet("", '<mergeCells><mergeCell ref = "A1:SF20000"/></mergeCells>'), "merged_too_large"),
    ("huge link", "a.xlsx", lambda: sheet("", '<hyperlinks><hyperlink ref="A1:SF20000" location="a"/></hyperlinks>'), "merged_too_large"),
    ("far comment", "a.xlsx", lambda: with_part("xl/comments1.xml", f'<comments {MAIN}><commentList><comment ref="XFD9"/></commentList></comments>'), "area_too_large"),
    ("no address", "a.xlsx", lambda: sheet('<c r="1A"/>'), "bad_reference"),
    ("sheet in UTF-16", "a.xlsx", lambda: with_part(SHEET, '<?xml version="1.0" encoding="UTF-16"?><worksheet/>'.encode("utf-16")), "not_utf8"),
    ("another encoding declared", "a.xlsx", lambda: with_part(SHEET, '<?xml version="1.0" encoding="GBK"?><worksheet/>'), "not_utf8"),
    ("not well formed", "a.xlsx", lambda: with_part(SHEET, "<worksheet><sheetData></worksheet>"), "broken_part"),
    ("a sheet under a picture's name", "a.xlsx", lambda: with_part("xl/media/a.png", f'<worksheet {MAIN}><sheetData><row><c r="XFD1"/></row></sheetData></worksheet>'), "area_too_large"),
    ("deep nesting", "a.xlsx", lambda: with_part("xl/x.xml", "<a>" * 101 + "</a>" * 101), "nested_too_deep"),
    ("a thousand sheets", "a.xlsx", lambda: with_part("xl/workbook.xml", "<workbook>" + "".join(f'<sheet name="{k}"/>' for k in range(201)) + "</workbook>"), "too_many_sheets"),
]  # fmt: skip


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(("name", "make", "code"), [item[1:] for item in HOSTILE], ids=[item[0] for item in HOSTILE])
def test_what_is_unsafe_is_refused_with_one_sentence(name: str, make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        check_file(name, make())
    assert refused.value.code == code
    assert refused.value.exit_code == 3
    assert refused.value.message("zh").startswith(name)
    assert name in refused.value.message("en")


def test_an_ordinary_workbook_passes() -> None:
    checked = check_file("a.xlsx", workbook([1, "甲"], [None, 2.5]))
    assert (checked.kind, checked.uncached) == ("workbook", {})


def test_formulas_without_a_result_are_found_by_sheet() -> None:
    assert check_file("a.xlsx", workbook(["=1+1", 2])).uncached == {"Sheet": frozenset({"A1"})}


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('<c r="B1"><f>A1</f><v>2</v></c>', False),
        ('<c r="B1" t="str"><f>A1</f><v></v></c>', False),
        ('<c r="B1"><f>A1</f><v></v></c>', True),
        ('<c r="B1"><f>A1</f></c>', True),
        ('<c r="B1"><f>A1</f><v></v></c><c r="C1"><v>1</v></c>', True),
        ('<c r="B1"><v></v></c>', False),
    ],
)
def test_a_result_is_what_a_formula_left(cell: str, found: bool) -> None:
    assert check_file("a.xlsx", sheet(cell)).uncached == ({"Sheet": frozenset({"B1"})} if found else {})


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_text_is_told_by_its_content(name: str) -> None:
    assert check_file(name, "a,b\n1,甲".encode("gb18030")).kind == "text"


def test_a_workbook_is_told_by_its_content() -> None:
    assert check_file("a.csv", workbook()).kind == "workbook"
