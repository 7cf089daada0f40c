# ruff: noqa: E501 - one file, one line
"""Hostile files: each is refused with one sentence; none takes its reader along, or long, or much memory."""

from __future__ import annotations

import base64
import io
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from tests.intake.corpus import biff, books
from tests.intake.corpus.books import MAIN, zipped

SHEET = "xl/worksheets/sheet1.xml"
MEGABYTE = 2**20
GOOD = [["unit", "year"], ["A", 2025]]


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file and the code of its refusal."""

    title: str
    file: str
    make: Callable[[], bytes]
    code: str


def workbook() -> bytes:
    return books.xlsx({"yearly": GOOD})


def with_part(name: str, content: bytes | str, *, twice: bool = False) -> bytes:
    """Return an ordinary workbook with one part replaced or added."""
    parts = {**books.xlsx_parts({"yearly": books.sheet_xml(GOOD)}), name: content}
    return zipped({**parts, name.upper(): content} if twice else parts)


def sheet(cells: str, after: str = "", before: str = "") -> bytes:
    return with_part(
        SHEET, f'{before}<worksheet xmlns="{MAIN}"><sheetData><row>{cells}</row></sheetData>{after}</worksheet>'
    )


def encrypted_entry() -> bytes:
    content = bytearray(workbook())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + offset] |= 1
    return bytes(content)


def damaged() -> bytes:
    content = bytearray(workbook())
    content[200:260] = b"\x00" * 60
    return bytes(content)


def lying_size() -> bytes:
    """Return an archive whose directory says a part of a megabyte has ten bytes."""
    content = bytearray(with_part("xl/big.xml", f"<a>{'x' * MEGABYTE}</a>"))
    at = content.rfind(b"xl/big.xml") - 46
    struct.pack_into("<I", content, at + 24, 10)
    return bytes(content)


def noise(length: int) -> str:
    """Return letters that hardly pack."""
    return random.Random(1).randbytes(length // 2).hex()


def many_strings() -> bytes:
    """Return 40,000 cells that refer to one string of a megabyte, which a copy for each would make 40 GB."""
    parts = books.xlsx_parts(
        {
            "yearly": f'<worksheet xmlns="{MAIN}"><sheetData>{("<row>" + "".join("<c t=" + chr(34) + "s" + chr(34) + "><v>0</v></c>" for _ in range(500)) + "</row>") * 80}</sheetData></worksheet>'
        }
    )
    return zipped({**parts, "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{noise(MEGABYTE)}</t></si></sst>'})


def many_elements() -> bytes:
    """Return a sheet of two and a half million elements that are no cells."""
    numbers = random.Random(1)
    return with_part(
        SHEET,
        f'<worksheet xmlns="{MAIN}"><sheetData/><extLst>'
        + "".join(f'<x a="{numbers.randrange(10**6)}"/>' for _ in range(2_500_000))
        + "</extLst></worksheet>",
    )


def ods(tables: str, **options: str) -> bytes:
    return zipped(books.ods_parts(tables, **options))


def ods_row(cell: str, row: str = "") -> bytes:
    return ods(f'<table:table table:name="t"><table:table-row {row}>{cell}</table:table-row></table:table>')


def ods_with(name: str, content: str) -> bytes:
    return zipped({**books.ods_parts(books.ods_table("t", GOOD)), name: content})


def xls(extra: bytes = b"", **options: object) -> bytes:
    return biff.xls({"yearly": GOOD}, globals_extra=extra, **options)


def xls_with(*storages: str) -> bytes:
    return biff.ole({"Workbook": biff.book({"yearly": GOOD})}, storages)


def looped_chain() -> bytes:
    """Return a container whose first chain of sectors is a ring."""
    content = bytearray(xls())
    table = struct.unpack_from("<I", content, 76)[0]
    struct.pack_into("<I", content, 512 * (table + 1) + 4, 0)
    return bytes(content)


def parquet(frame: pl.DataFrame) -> bytes:
    target = io.BytesIO()
    frame.write_parquet(target)
    return target.getvalue()


# a small Parquet file of polars 1, uncompressed, without statistics
PARQUET = (
    "c-nnZ%}(1u5Z*PbltT^?%B*6^2Vby2jUd@V9HU+~D1wNn*ireZ#Koy&h?>SIKcwlC^w?7$fny&aZ_#6=J_IxCz@-u+?ab`=ef#Z5"
    "yP@vYK|mSGT`Y_-j!RQ&0fQ~rsv=y10u&gt5EYznSWvVNS)pWC#C$xQ0h2=ZW#4Ofo6M+7U9iaO?;B<Uoe=!biEV&*Hd+qii7~p7"
    "H{ObSKRL4<*?<FyQtVb76t!U4?@z@f%Vr=L6t}H>hHch$h!q5o7h2hlUG;u&=ap&YqXlK={j!`_Cy^@)B$L0n6y7G5GL2Lz>R#{s"
    ">S+4;Ztyj({Nwu+jV~IbO{w{S`)|>DZ=f@+r~25`NWTq{Un~gkXnniZVXIrz=ehe4Ma}HRG}pEAf)NrQ<b9O$#}P?y^Yf>p(WmQ<"
    "p?$h<xp*--F=+e3oNRSSkF`znVJz1E-|7Cgp^V?<Jid-Jt9%HvQ9PNtJNL`kT{hlz9|n`@FdMsSufA7vclz_;C~^HXsHuMPE=?2V"
    "r)g6q^#kQM<601_;4n>9>c@j5P`h>&-;bW~5B|LnKjjmLs)*e"
)


def damaged_parquet(**places: int) -> bytes:
    """Return the small Parquet file with other bytes at `at<position>`.

    Damage that makes polars panic (209 at 122) is no case: polars then hangs now and again, and ends by the limit of time.
    """
    content = bytearray(zlib.decompress(base64.b85decode(PARQUET)))
    for place, byte in places.items():
        content[int(place.removeprefix("at"))] = byte
    return bytes(content)


FULL = '<table:table-cell office:value-type="float" office:value="1"/>'
MANIFEST = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry></m:manifest>'
LINK = struct.pack("<HH", 1, 9) + b"\x00\x01evil.xls"

HOSTILE: list[Hostile] = [
    # ---- not what it says
    Hostile("empty", "a.xlsx", lambda: b"", "empty_file"),
    Hostile("only white space", "a.csv", lambda: b" \n ", "empty_file"),
    Hostile("truncated", "a.xlsx", lambda: workbook()[:-200], "broken_workbook"),
    Hostile("bytes changed", "a.xlsx", damaged, "broken_workbook"),
    Hostile("html named xlsx", "a.xlsx", lambda: b"<html><table/></html>", "not_what_it_says"),
    Hostile("html named xls", "a.xls", lambda: b"<html><table/></html>", "not_what_it_says"),
    Hostile("html named csv", "a.csv", lambda: b"<html><table/></html>", "not_what_it_says"),
    Hostile("csv named xlsx", "a.xlsx", lambda: b"a,b\n1,2\n", "not_what_it_says"),
    Hostile("a program", "a.xlsx", lambda: b"MZ" + b"\x00" * 600, "not_what_it_says"),
    Hostile("binary named csv", "a.csv", lambda: b"a\x00b\x01", "not_what_it_says"),
    Hostile("a zip of something else", "a.xlsx", lambda: zipped({"mimetype": b"x"}), "not_a_workbook"),
    Hostile("a text document", "a.ods", lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}), "not_a_workbook"),
    Hostile("an empty zip", "a.xlsx", lambda: b"PK\x05\x06" + bytes(18), "not_what_it_says"),
    Hostile("no sheets", "a.xlsx", lambda: with_part("xl/workbook.xml", f'<workbook xmlns="{MAIN}"/>'), "broken_workbook"),
    Hostile("a part that is missing", "a.xlsx", lambda: with_part("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{books.PACKAGE}"><Relationship Id="r1" Type="{books.OFFICE}/worksheet" Target="../../etc/passwd"/></Relationships>'), "broken_part"),
    # ---- too much
    Hostile("too large", "a.xlsx", lambda: b"PK\x03\x04" + b"0" * (21 * MEGABYTE), "file_too_large"),
    Hostile("300 MB of spaces", "a.xlsx", lambda: with_part("xl/x.xml", b"<a>" + b" " * (300 * MEGABYTE) + b"</a>"), "content_too_large"),
    Hostile("ratio above 200", "a.xlsx", lambda: with_part("xl/x.xml", b"<a>" + b" " * (9 * MEGABYTE) + b"</a>"), "content_too_large"),
    Hostile("a size that lies", "a.xlsx", lying_size, "broken_workbook"),
    Hostile("too many entries", "a.xlsx", lambda: zipped({f"{k}": b"" for k in range(2001)} | {"xl/workbook.xml": b"<a/>"}), "unsafe_archive"),
    Hostile("far cell", "a.xlsx", lambda: sheet('<c r="XFD1048576"><v>1</v></c>'), "area_too_large"),
    Hostile("far cell in single quotes", "a.xlsx", lambda: sheet("<c r='XFD1048576'><v>1</v></c>"), "area_too_large"),
    Hostile("far row", "a.xlsx", lambda: with_part(SHEET, f'<worksheet xmlns="{MAIN}"><sheetData><row r="1048576"/></sheetData></worksheet>'), "area_too_large"),
    Hostile("cells without addresses", "a.xlsx", lambda: sheet("<c/>" * 501), "area_too_large"),
    Hostile("a million blank rows", "a.xlsx", lambda: with_part(SHEET, f'<worksheet xmlns="{MAIN}"><sheetData>{"<row/>" * 1_000_000}</sheetData></worksheet>'), "content_too_large"),
    Hostile("twenty thousand blank rows and one", "a.xlsx", lambda: with_part(SHEET, f'<worksheet xmlns="{MAIN}"><sheetData>{"<row/>" * 20_001}</sheetData></worksheet>'), "area_too_large"),
    Hostile("a prefix before every tag", "a.xlsx", lambda: with_part(SHEET, f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row><x:c r="XFD1"/></x:row></x:sheetData></x:worksheet>'), "area_too_large"),
    Hostile("too many cells", "a.xlsx", lambda: sheet("</row><row>".join("".join(f'<c s="{row * 7919 % 10007}{k * k}"/>' for k in range(500)) for row in range(601))), "too_many_cells"),
    Hostile("one string for forty thousand cells", "a.xlsx", many_strings, "reader_memory"),
    Hostile("millions of elements", "a.xlsx", many_elements, "reader_memory"),
    Hostile("huge merge", "a.xlsx", lambda: sheet("", '<mergeCells><mergeCell ref="A1:ZZ20000"/></mergeCells>'), "merged_too_large"),
    Hostile("huge merge with spaces", "a.xlsx", lambda: sheet("", '<mergeCells><mergeCell ref = "A1:SF20000"/></mergeCells>'), "merged_too_large"),
    Hostile("huge link", "a.xlsx", lambda: sheet("", '<hyperlinks><hyperlink ref="A1:SF20000" location="a"/></hyperlinks>'), "merged_too_large"),
    Hostile("far comment", "a.xlsx", lambda: with_part("xl/comments1.xml", f'<comments xmlns="{MAIN}"><commentList><comment ref="XFD9"/></commentList></comments>'), "area_too_large"),
    Hostile("a thousand sheets", "a.xlsx", lambda: books.xlsx({f"s{k}": GOOD for k in range(1_000)}), "too_many_sheets"),
    Hostile("deep nesting", "a.xlsx", lambda: with_part("xl/x.xml", "<a>" * 101 + "</a>" * 101), "nested_too_deep"),
    # ---- tricks of archives
    Hostile("path out of the archive", "a.xlsx", lambda: with_part("../../evil.txt", b"x"), "unsafe_archive"),
    Hostile("path out with backslashes", "a.xlsx", lambda: with_part("..\\..\\evil.txt", b"x"), "unsafe_archive"),
    Hostile("absolute path", "a.xlsx", lambda: with_part("/etc/x", b"x"), "unsafe_archive"),
    Hostile("path with a drive", "a.xlsx", lambda: with_part("C:x", b"x"), "unsafe_archive"),
    Hostile("duplicate entry", "a.xlsx", lambda: with_part("xl/x.xml", b"<a/>", twice=True), "unsafe_archive"),
    Hostile("encrypted entry", "a.xlsx", encrypted_entry, "unsafe_archive"),
    # ---- what acts
    Hostile("macros", "a.xlsx", lambda: with_part("xl/vbaProject.bin", b"x"), "holds_macros"),
    Hostile("macro sheet", "a.xlsx", lambda: with_part("xl/macrosheets/s.xml", b"<a/>"), "holds_macros"),
    Hostile("custom ribbon", "a.xlsx", lambda: with_part("customUI/customUI.xml", b"<a/>"), "holds_macros"),
    Hostile("controls", "a.xlsx", lambda: with_part("xl/activeX/a.xml", b"<a/>"), "holds_active_controls"),
    Hostile("external links", "a.xlsx", lambda: with_part("xl/externalLinks/externalLink1.xml", b"<a/>"), "holds_external_links"),
    Hostile("a link to a template", "a.xlsx", lambda: with_part("xl/_rels/x.rels", f'<Relationships><Relationship Id="x" Type="{books.OFFICE}/attachedTemplate" Target="http://evil.example/x" TargetMode="External"/></Relationships>'), "holds_external_links"),
    Hostile("data connections", "a.xlsx", lambda: with_part("xl/connections.xml", b"<a/>"), "holds_external_links"),
    Hostile("embedded file", "a.xlsx", lambda: with_part("xl/embeddings/o.bin", b"x"), "holds_embedded_objects"),
    # ---- tricks of markup
    Hostile("entity", "a.xlsx", lambda: with_part("docProps/core.xml", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'), "holds_doctype"),
    Hostile("entities of entities", "a.xlsx", lambda: with_part("xl/sharedStrings.xml", "<!DOCTYPE a [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{k} '{f'&a{k - 1};' * 10}'>" for k in range(1, 12)) + "]><sst>&a11;</sst>"), "holds_doctype"),
    Hostile("external entity", "a.xlsx", lambda: with_part(SHEET, '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'), "holds_doctype"),
    Hostile("doctype after a long comment", "a.xlsx", lambda: sheet("", before=f"<!--{'x' * 70_000}--><!DOCTYPE a>"), "holds_doctype"),
    Hostile("no address", "a.xlsx", lambda: sheet('<c r="1A"/>'), "bad_reference"),
    Hostile("a cell twice", "a.xlsx", lambda: sheet('<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>'), "broken_part"),
    Hostile("a cell of another row", "a.xlsx", lambda: sheet('<c r="A5"><v>1</v></c>'), "broken_part"),
    Hostile("a row twice", "a.xlsx", lambda: sheet('</row><row r="1">'), "broken_part"),
    Hostile("two bodies", "a.xlsx", lambda: with_part(SHEET, f'<worksheet xmlns="{MAIN}"><sheetData/><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>'), "broken_part"),
    Hostile("sheet in UTF-16", "a.xlsx", lambda: with_part(SHEET, '<?xml version="1.0" encoding="UTF-16"?><worksheet/>'.encode("utf-16")), "not_utf8"),
    Hostile("another encoding declared", "a.xlsx", lambda: with_part(SHEET, '<?xml version="1.0" encoding="GBK"?><worksheet/>'), "not_utf8"),
    Hostile("not well formed", "a.xlsx", lambda: with_part(SHEET, "<worksheet><sheetData></worksheet>"), "broken_part"),
    Hostile("a sheet under a picture's name", "a.xlsx", lambda: with_part("xl/media/a.png", f'<worksheet xmlns="{MAIN}"><sheetData><row><c r="XFD1"/></row></sheetData></worksheet>'), "area_too_large"),
    # ---- OpenDocument
    Hostile("ods: a cell repeated over the whole sheet", "a.ods", lambda: ods_row(FULL.replace("/>", ' table:number-columns-repeated="16384"/>'), 'table:number-rows-repeated="1048576"'), "area_too_large"),
    Hostile("ods: a row repeated", "a.ods", lambda: ods_row(FULL, 'table:number-rows-repeated="999999999"'), "area_too_large"),
    Hostile("ods: repetitions within the area", "a.ods", lambda: ods_row(FULL.replace("/>", ' table:number-columns-repeated="500"/>'), 'table:number-rows-repeated="20000"'), "too_many_cells"),
    Hostile("ods: far cell", "a.ods", lambda: ods_row('<table:table-cell table:number-columns-repeated="16383"/>' + FULL), "area_too_large"),
    Hostile("ods: huge merge", "a.ods", lambda: ods_row(FULL.replace("/>", ' table:number-columns-spanned="16384" table:number-rows-spanned="9999"/>')), "merged_too_large"),
    Hostile("ods: a thousand sheets", "a.ods", lambda: ods("".join(books.ods_table(f"t{k}", GOOD) for k in range(1_000))), "too_many_sheets"),
    Hostile("ods: entity", "a.ods", lambda: ods_with("styles.xml", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"), "holds_doctype"),
    Hostile("ods: password", "a.ods", lambda: ods_with("META-INF/manifest.xml", MANIFEST), "encrypted"),
    Hostile("ods: macros", "a.ods", lambda: ods_with("Basic/Standard/Module1.xml", "<a/>"), "holds_macros"),
    Hostile("ods: scripts", "a.ods", lambda: ods_with("Scripts/python/evil.py", "import os"), "holds_macros"),
    Hostile("ods: another file's cells", "a.ods", lambda: ods_row('<table:table-cell><table:cell-range-source table:name="a" xlink:href="file:///etc/passwd"/></table:table-cell>'), "holds_external_links"),
    Hostile("ods: DDE", "a.ods", lambda: ods(books.ods_table("t", GOOD), before='<table:dde-links><table:dde-link><office:dde-source office:dde-application="cmd"/></table:dde-link></table:dde-links>'), "holds_external_links"),
    Hostile("ods: no tables", "a.ods", lambda: ods(""), "broken_workbook"),
    Hostile("ods: not well formed", "a.ods", lambda: ods("<table:table>"), "broken_part"),
    # ---- Excel 97 and WPS
    Hostile("xls: garbage behind the mark", "a.xls", lambda: biff.ole({"x": b""})[:8] + b"0" * 600, "broken_workbook"),
    Hostile("xls: truncated", "a.xls", lambda: xls()[:1500], "broken_workbook"),
    Hostile("xls: a ring of sectors", "a.xls", looped_chain, "broken_workbook"),
    Hostile("xls: password", "a.xls", lambda: xls(biff.record(0x002F, bytes(54))), "encrypted"),
    Hostile("xlsx with a password", "a.xlsx", lambda: biff.ole({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "encrypted"),
    Hostile("xls: macros", "a.xls", lambda: xls_with("_VBA_PROJECT_CUR", "VBA"), "holds_macros"),
    Hostile("xls: a sheet of macros", "a.xls", lambda: biff.xls({"yearly": GOOD, "m": [["x"]]}, kinds={"m": 1}), "holds_macros"),
    Hostile("xls: embedded file", "a.xls", lambda: xls_with("MBD00A1B2C3"), "holds_embedded_objects"),
    Hostile("xls: another file's cells", "a.xls", lambda: xls(biff.record(0x01AE, LINK)), "holds_external_links"),
    Hostile("xls: far cell", "a.xls", lambda: biff.xls({"yearly": GOOD}, sheet_extra=biff.record(0x0203, struct.pack("<HHHd", 65535, 255, 15, 1.0))), "area_too_large"),
    Hostile("xls: huge merge", "a.xls", lambda: biff.xls({"yearly": GOOD}, sheet_extra=biff.record(0x00E5, struct.pack("<HHHHH", 1, 0, 65535, 0, 255))), "area_too_large"),
    Hostile("xls: a thousand sheets", "a.xls", lambda: biff.xls({f"s{k}": GOOD for k in range(1_000)}), "too_many_sheets"),
    Hostile("xls: Excel 95", "a.xls", lambda: biff.ole({"Book": biff.book({"yearly": GOOD})}), "older_workbook"),
    Hostile("a document named xls", "a.xls", lambda: biff.ole({"WordDocument": b"x"}), "not_a_workbook"),
    Hostile("xls: strings that are not there", "a.xls", lambda: xls(biff.record(0x00FC, struct.pack("<II", 2**31 - 1, 2**31 - 1) + b"\xff\xff\x01" * 8)), "broken_workbook"),
    # ---- tables
    Hostile("CSV of a hundred million commas", "a.csv", lambda: b"a" + b"," * (99 * MEGABYTE), "broken_table"),
    Hostile("CSV of lines of ten million commas", "a.csv", lambda: (b"a" + b"," * (10 * MEGABYTE) + b"\n") * 9, "too_many_cells"),
    Hostile("CSV of a hundred million lines", "a.csv", lambda: b"a" + b"\n" * (99 * MEGABYTE), "too_many_cells"),
    Hostile("CSV above the limit", "a.csv", lambda: b"a," * (51 * MEGABYTE), "file_too_large"),
    Hostile("CSV with a cell of two megabytes", "a.csv", lambda: b'unit\n"' + b"x" * (2 * MEGABYTE) + b'"\n', "broken_table"),
    Hostile("CSV with a quote that does not close", "a.csv", lambda: b'unit,year\nA,"2025\n', "broken_table"),
    Hostile("CSV in no encoding", "a.csv", lambda: b"unit,\xff\xff\n", "unknown_encoding"),
    Hostile("broken Parquet", "a.parquet", lambda: b"PAR1" + b"0" * 50, "broken_table"),
    Hostile("Parquet of noise", "a.parquet", lambda: b"PAR1" + random.Random(1).randbytes(5_000) + struct.pack("<I", 4_000) + b"PAR1", "broken_table"),
    Hostile("Parquet whose damage makes polars end the process", "a.parquet", lambda: damaged_parquet(at35=33, at93=219), "reader_stopped"),
    Hostile("Parquet of lists", "a.parquet", lambda: parquet(pl.DataFrame({"unit": [["A"]]})), "unreadable_column"),
    Hostile("Parquet of six million rows in a few bytes", "a.parquet", lambda: parquet(pl.DataFrame({"unit": pl.repeat(0, 6_000_000, eager=True)})), "too_many_cells"),
]  # fmt: skip
