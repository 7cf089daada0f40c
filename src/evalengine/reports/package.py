"""Put a workbook's parts into one file, the same bytes for the same content."""

from __future__ import annotations

import datetime as dt
import functools
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import canonicalize
from xml.sax.saxutils import quoteattr, unescape

from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.functions import tostring

from evalengine.reports.cells import Content, SharedStrings
from evalengine.reports.drawings import add_charts

EPOCH = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - document times are fixed: no clock in outputs
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
MADE_HERE = "openpyxl"  # its author of workbooks that were not read from a file
XML = (".xml", ".rels")
STYLES = "xl/styles.xml"
STRINGS = "xl/sharedStrings.xml"
STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
STRINGS_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
NO_ROWS = b"<sheetData></sheetData>"
BEHIND_LINKS = b"<printOptions"
MERGES = re.compile(rb"<mergeCells.*?</mergeCells>")
FONT = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name", "family",
    "charset", "scheme",
)  # fmt: skip
INLINE = re.compile(r' t="inlineStr"><is><t(?: xml:space="preserve")?>([^<]*)</t></is></c>')  # openpyxl's only form
NO_TEXT = ' t="inlineStr"></c>'
NO_RESULT = "<v></v>"  # openpyxl computes nothing
ENTITIES = {"&#xD;": "\r"}
ROWS_TOGETHER = 100  # a call for every row costs more than the memory of a hundred
DIMENSION = re.compile(rb'<dimension ref="[^"]*"></dimension>')


def save(workbook: Any, contents: Sequence[Content], strings: SharedStrings, path: Path) -> None:  # noqa: ANN401 - openpyxl is untyped
    """Write a workbook whose sheets openpyxl made and whose cells were made here.

    Rows go into the file as they are made: the cells of a large book are never in memory together.

    Args:
        workbook: an openpyxl workbook without cells.
        contents: the cells of each sheet.
        strings: the texts the cells point at.
        path: where to write.
    """
    for worksheet, content in zip(workbook.worksheets, contents, strict=True):
        if content.merges:  # a place for all of them: openpyxl adds merges in quadratic time
            worksheet.merged_cells.add(content.merges[0])
    parts = _parts(workbook)
    del parts[STYLES]
    sheets = {f"xl/worksheets/sheet{place}.xml": content for place, content in enumerate(contents, start=1)}
    add_charts(parts, sheets)
    shells = {name: parts.pop(name) for name in sheets}
    _announce_strings(parts)
    with zipfile.ZipFile(path, "w") as archive:
        _write(archive, parts)
        for name, content in sheets.items():
            with archive.open(entry(name), "w") as target:
                for piece in _filled(shells[name], content):
                    target.write(piece)
        # complete only now: the cells asked for them as they were written
        archive.writestr(entry(STRINGS), strings.xml())
        archive.writestr(entry(STYLES), _styles(workbook))


def save_plain(workbook: Any, target: Path | IO[bytes]) -> None:  # noqa: ANN401 - openpyxl is untyped
    """Write a workbook with the cells openpyxl holds, formulas among them; their texts become shared strings."""
    parts, strings = {**_parts(workbook), STYLES: _styles(workbook)}, SharedStrings()

    def shared(match: re.Match[str]) -> str:
        return f' t="s"><v>{strings.position(unescape(match[1], ENTITIES))}</v></c>'

    for name, xml in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            texts = INLINE.sub(shared, xml.decode()).replace(NO_TEXT, "></c>")
            parts[name] = texts.replace(NO_RESULT, "").encode()
    _announce_strings(parts)
    with zipfile.ZipFile(target, "w") as archive:
        _write(archive, {**parts, STRINGS: strings.xml()})


def _filled(xml: bytes, content: Content) -> Iterator[bytes]:
    """Yield a sheet's part piece by piece: what openpyxl made, and the rows in their place."""
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in content.merges)
    sized = DIMENSION.sub(f'<dimension ref="{content.area}"/>'.encode(), xml)
    with_merges = MERGES.sub(f'<mergeCells count="{len(content.merges)}">{merged}</mergeCells>'.encode(), sized)
    before, found, after = _linked(with_merges, content).partition(NO_ROWS)
    if not found:
        raise ValueError("openpyxl wrote a sheet with cells, or wrote it in another form")
    yield before + _columns(content.widths) + b"<sheetData>"
    rows = iter(content.rows)
    while piece := "".join(islice(rows, ROWS_TOGETHER)):
        yield piece.encode()
    yield b"</sheetData>" + after


def _columns(widths: Sequence[float]) -> bytes:
    each = (
        f'<col customWidth="1" max="{place}" min="{place}" width="{width:.16g}"></col>'
        for place, width in enumerate(widths, start=1)
    )
    return f"<cols>{''.join(each)}</cols>".encode()


def _linked(xml: bytes, content: Content) -> bytes:
    """Return a sheet's part with its links, which openpyxl would take from cells."""
    if not content.links:
        return xml
    listed = "".join(f"<hyperlink ref={quoteattr(at)} location={quoteattr(to)}/>" for at, to in content.links)
    before, found, after = xml.partition(BEHIND_LINKS)
    if not found:
        raise ValueError("openpyxl wrote a sheet without print options, or wrote it in another form")
    return before + f"<hyperlinks>{listed}</hyperlinks>".encode() + found + after


def _parts(workbook: Any) -> dict[str, bytes]:  # noqa: ANN401 - openpyxl is untyped
    if workbook.properties.creator == MADE_HERE:  # an office's own keeps its author and days
        workbook.properties.creator = "evalengine"
        workbook.properties.created = workbook.properties.modified = EPOCH
    buffer = io.BytesIO()
    ExcelWriter(workbook, zipfile.ZipFile(buffer, "w")).save()
    with zipfile.ZipFile(buffer) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return {name: _canonical(content) if name.endswith(XML) else content for name, content in contents.items()}


def _styles(workbook: Any) -> bytes:  # noqa: ANN401 - openpyxl is untyped
    """Return the styles part, what fonts hold in the order of the schema: openpyxl writes it in another one."""
    sheet = write_stylesheet(workbook)
    for font in sheet.iter():
        if font.tag.rpartition("}")[2] == "font":
            font[:] = sorted(font, key=lambda child: FONT.index(child.tag.rpartition("}")[2]))
    return _canonical(tostring(sheet))


@functools.lru_cache(maxsize=32)
def _canonical(xml: bytes) -> bytes:
    """Return the same elements in one form: openpyxl writes them otherwise where it finds lxml.

    Most parts of five hundred files of cards are the same: remembered, they cost half as much.
    """
    return canonicalize(xml).encode()


def _announce_strings(parts: dict[str, bytes]) -> None:
    """Add the shared strings to what the package says it holds."""
    override = f'<Override PartName="/{STRINGS}" ContentType="{STRINGS_TYPE}"/></Types>'
    _insert(parts, "[Content_Types].xml", "</Types>", override)
    relation = f'<Relationship Type="{STRINGS_RELATION}" Target="sharedStrings.xml" Id="rIdStrings"/></Relationships>'
    _insert(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", relation)


def _insert(parts: dict[str, bytes], name: str, end: str, content: str) -> None:
    parts[name] = parts[name].replace(end.encode(), content.encode())


def _write(archive: zipfile.ZipFile, parts: dict[str, bytes]) -> None:
    for name in sorted(parts):  # [Content_Types].xml comes first, as readers expect
        archive.writestr(entry(name), parts[name])


def entry(name: str) -> zipfile.ZipInfo:
    """Return an entry without anything of the day or the machine."""
    entry = zipfile.ZipInfo(name, ZIP_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry
