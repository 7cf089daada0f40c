"""Workbooks of Office Open XML (xlsx): one pass over each sheet, cells as they stand.

Only what was stored counts: dimensions a file states are not looked at, formulas are not evaluated. The guard has been
over every part before: there are no document types, no far cells, no parts of unbounded size.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from evalengine.errors import UnreadableError
from evalengine.intake.numbers import ErrorCell, Uncached
from evalengine.intake.parts import LAST_COLUMN, column_number
from evalengine.intake.sheets import Area, Sheet, rows_from
from evalengine.intake.shown import BUILT_IN, Shown, shown_by, stored_number

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII | re.IGNORECASE)
ESCAPED = re.compile("_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_", re.ASCII)  # half a pair of UTF-16 is no character
TRUE = {"1", "true"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """What the cells of all sheets refer to."""

    strings: Sequence[str]
    styles: Sequence[Shown]
    since_1904: bool


@dataclass(slots=True, kw_only=True)
class _Rows:
    """The rows of a sheet so far."""

    cells: dict[int, dict[int, object]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    row: int = 0


def read_xlsx(name: str, archive: zipfile.ZipFile) -> list[Sheet]:
    """Return the sheets of a workbook, in its order.

    Raises:
        UnreadableError: a part is missing, broken or contradicts itself.
    """
    parts = _Parts(name, archive, {entry.lower(): entry for entry in archive.namelist()})
    relations = {item.get("Id", ""): item for item in parts.root(RELATIONS)}
    workbook = list(parts.root(WORKBOOK).iter())
    book = _Book(
        strings=_strings(parts.root(_target_of(relations, "sharedStrings"))),
        styles=_styles(parts.root(_target_of(relations, "styles"))),
        since_1904=any(item.get("date1904", "").lower() in TRUE for item in workbook),
    )
    sheets = []
    for item in workbook:
        if _local(item.tag) != "sheet":
            continue
        relation = relations.get(next((value for key, value in item.items() if _local(key) == "id"), ""))
        if relation is not None and relation.get("Type", "").endswith("/worksheet"):
            hidden = item.get("state", "visible") != "visible"
            sheets.append(_sheet(parts, _target(relation), item.get("name", ""), book, hidden=hidden))
    if not sheets:
        raise UnreadableError("broken_workbook", file=name)
    return sheets


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a workbook."""

    name: str
    archive: zipfile.ZipFile
    entries: Mapping[str, str]

    def broken(self, path: str) -> UnreadableError:
        return UnreadableError("broken_part", file=self.name, part=path)

    def root(self, path: str) -> ET.Element:
        """Return a part; nothing if no path is given."""
        if not path:
            return ET.Element("")
        if path.lower() not in self.entries:
            raise self.broken(path)
        with self.archive.open(self.entries[path.lower()]) as part:
            try:
                return ET.parse(part).getroot()  # noqa: S314 - the guard has refused every document type
            except ET.ParseError as error:
                raise self.broken(path) from error


def _strings(root: ET.Element) -> list[str]:
    """Return the shared strings."""
    return [_text(item) for item in root if _local(item.tag) == "si"]


def _styles(root: ET.Element) -> list[Shown]:
    """Return what each cell style shows a number as."""
    formats: dict[int, Shown] = dict(BUILT_IN)
    for item in root.iter():
        if _local(item.tag) == "numFmt":
            formats[_index(item.get("numFmtId"))] = shown_by(item.get("formatCode", ""))
    listed = next((item for item in root if _local(item.tag) == "cellXfs"), ())
    return [formats.get(_index(item.get("numFmtId")), "") for item in listed]


def _sheet(parts: _Parts, path: str, title: str, book: _Book, *, hidden: bool) -> Sheet:
    rows = _Rows()
    merged: list[Area] = []
    hidden_columns: set[int] = set()
    seen: set[str] = set()
    for block in parts.root(path):
        tag = _local(block.tag)
        if tag in seen and tag in {"sheetData", "cols", "mergeCells"}:
            raise parts.broken(path)
        seen.add(tag)
        if tag == "sheetData":
            if not all(_read_row(rows, row, book) for row in block if _local(row.tag) == "row"):
                raise parts.broken(path)
        elif tag == "mergeCells":
            merged += [_area(item.get("ref", "A1")) for item in block]
        elif tag == "cols":
            for item in block:
                if item.get("hidden", "").lower() in TRUE:
                    last = min(_index(item.get("max")), LAST_COLUMN)
                    hidden_columns.update(range(_index(item.get("min")), last + 1))
    return Sheet(
        file=parts.name,
        name=title,
        title=title,
        rows=rows_from(rows.cells),
        hidden=hidden,
        hidden_rows=frozenset(rows.hidden),
        hidden_columns=frozenset(hidden_columns),
        merged=tuple(sorted(merged)),
    )


def _read_row(rows: _Rows, element: ET.Element, book: _Book) -> bool:
    """Read one row; return whether no row and no cell of it was there before."""
    rows.row = _index(element.get("r"), rows.row + 1)
    if rows.row in rows.cells:
        return False
    cells = rows.cells[rows.row] = {}
    if element.get("hidden", "").lower() in TRUE:
        rows.hidden.add(rows.row)
    column = 0
    for cell in element:
        if _local(cell.tag) != "c":
            continue
        column += 1
        address = cell.get("r")
        if address is not None:
            match = ADDRESS.fullmatch(address)
            if match is None or int(match[2]) != rows.row:
                return False
            column = column_number(match[1])
        if column in cells:
            return False
        value = _value(cell, book)
        if value is not None:
            cells[column] = value
    return True


def _value(cell: ET.Element, book: _Book) -> object:
    formula = False
    stored: str | None = None
    inline: ET.Element | None = None
    for part in cell:
        tag = _local(part.tag)
        if tag == "v":
            stored = part.text or ""
        elif tag == "f":
            formula = True
        elif tag == "is":
            inline = part
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return None if inline is None else _text(inline)
    if stored is None or (not stored and kind != "str"):
        return Uncached("=") if formula else None
    return _stored(stored, kind, cell.get("s"), book)


def _stored(stored: str, kind: str, style: str | None, book: _Book) -> object:  # noqa: PLR0911 - one kind, one line
    if kind == "n":
        position = _index(style)
        shown = book.styles[position] if position < len(book.styles) else ""
        return stored_number(stored.strip(), shown, since_1904=book.since_1904)
    if kind == "s":
        position = _index(stored.strip(), -1)
        return book.strings[position] if 0 <= position < len(book.strings) else ErrorCell(stored)
    if kind == "str":
        return _unescaped(stored)
    if kind == "b":
        return stored.strip().lower() in TRUE
    if kind == "d":
        try:
            return dt.datetime.fromisoformat(stored).replace(tzinfo=None)
        except ValueError:
            return ErrorCell(stored)
    return ErrorCell(stored)  # kind "e", or one nobody knows


def _text(element: ET.Element) -> str:
    """Return the text of a string with its runs, without the reading aids of Japanese and Chinese."""
    pieces = []
    for part in element:
        tag = _local(part.tag)
        if tag == "t":
            pieces.append(part.text or "")
        elif tag == "r":
            pieces += [piece.text or "" for piece in part if _local(piece.tag) == "t"]
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    """Return text with characters XML has no place for, which are written _x000D_."""
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _area(reference: str) -> Area:
    """Return (first row, last row, first column, last column); the guard has read the reference before."""
    ends = [part.replace("$", "") for part in reference.split(":")]
    places = [(int(match[2]), column_number(match[1])) for match in map(ADDRESS.fullmatch, ends) if match]
    rows, columns = zip(*places, strict=True) if places else ((1,), (1,))
    return min(rows), max(rows), min(columns), max(columns)


def _target_of(relations: Mapping[str, ET.Element], kind: str) -> str:
    return next((_target(item) for item in relations.values() if item.get("Type", "").endswith(f"/{kind}")), "")


def _target(relation: ET.Element) -> str:
    target = relation.get("Target", "")
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _index(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 7 else otherwise  # noqa: PLR2004 - the guard's limits are below that
