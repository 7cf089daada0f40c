"""Put a workbook's parts into one file, the same bytes for the same content."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import canonicalize

from openpyxl.writer.excel import ExcelWriter

from evalengine.reports.cells import Content, SharedStrings

EPOCH = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - document times are fixed: no clock in outputs
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
STRINGS = "xl/sharedStrings.xml"
STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
STRINGS_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
NO_ROWS = b"<sheetData></sheetData>"
MERGES = re.compile(rb"<mergeCells.*?</mergeCells>")
DIMENSION = re.compile(rb'<dimension ref="[^"]*"></dimension>')


def save(workbook: Any, contents: Sequence[Content], strings: SharedStrings, path: Path) -> None:  # noqa: ANN401 - openpyxl is untyped
    """Write a workbook whose sheets openpyxl made and whose cells were made here.

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
    for position, content in enumerate(contents, start=1):
        name = f"xl/worksheets/sheet{position}.xml"
        parts[name] = _filled(parts[name], content)
    parts[STRINGS] = strings.xml()
    override = f'<Override PartName="/{STRINGS}" ContentType="{STRINGS_TYPE}"/></Types>'
    _insert(parts, "[Content_Types].xml", "</Types>", override)
    relation = f'<Relationship Type="{STRINGS_RELATION}" Target="sharedStrings.xml" Id="rIdStrings"/></Relationships>'
    _insert(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", relation)
    path.write_bytes(_zipped(parts))


def save_plain(workbook: Any, path: Path) -> None:  # noqa: ANN401 - openpyxl is untyped
    """Write a workbook with the cells openpyxl holds, formulas among them."""
    path.write_bytes(_zipped(_parts(workbook)))


def _filled(xml: bytes, content: Content) -> bytes:
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in content.merges)
    sized = DIMENSION.sub(f'<dimension ref="{content.area}"/>'.encode(), xml)
    with_merges = MERGES.sub(f'<mergeCells count="{len(content.merges)}">{merged}</mergeCells>'.encode(), sized)
    before, found, after = with_merges.partition(NO_ROWS)
    if not found:
        raise ValueError("openpyxl wrote a sheet with cells, or wrote it in another form")
    return b"".join((before, b"<sheetData>", content.rows, b"</sheetData>", after))


def _parts(workbook: Any) -> dict[str, bytes]:  # noqa: ANN401 - openpyxl is untyped
    workbook.properties.creator = "evalengine"
    workbook.properties.created = workbook.properties.modified = EPOCH
    buffer = io.BytesIO()
    ExcelWriter(workbook, zipfile.ZipFile(buffer, "w")).save()
    with zipfile.ZipFile(buffer) as archive:
        # canonical, so that it does not matter whether openpyxl found lxml, which writes the same elements otherwise
        return {name: canonicalize(archive.read(name)).encode() for name in archive.namelist()}


def _insert(parts: dict[str, bytes], name: str, end: str, content: str) -> None:
    parts[name] = parts[name].replace(end.encode(), content.encode())


def _zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):  # [Content_Types].xml comes first, as readers expect
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, parts[name])
    return buffer.getvalue()
