"""OpenDocument spreadsheets (ods): one pass over the content, cells as they stand.

LibreOffice states the blank rest of a sheet as a repetition up to its last row and column, so a repetition is harmless
only where nothing is repeated: what holds something is held against the limits here, not by the guard.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from evalengine.errors import UnreadableError
from evalengine.intake.numbers import ErrorCell, Percent, Scaled, Uncached
from evalengine.intake.parts import LAST_COLUMN, LAST_ROW, MOST_CELLS, MOST_MERGED, MOST_SHEETS
from evalengine.intake.sheets import Area, Sheet, rows_from
from evalengine.intake.shown import stored_number

CONTENT = "content.xml"
MANIFEST = "META-INF/manifest.xml"
CELLS = {"table-cell", "covered-table-cell"}
LINKS_OUT = {"cell-range-source", "table-source", "dde-source", "dde-link", "database-source-table"}
REPEATED = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
DURATION = re.compile(r"PT([0-9]{1,6})H([0-9]{1,2})M([0-9]{1,2})(?:[.,]([0-9]{1,9}))?S", re.ASCII)


@dataclass(slots=True, kw_only=True)
class _Table:
    """One sheet as far as it was read."""

    title: str
    hidden: bool
    rows: dict[int, dict[int, object]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Area] = field(default_factory=list)
    row: int = 0
    column: int = 0
    cells: int = 0
    area: int = 0


def read_ods(name: str, archive: zipfile.ZipFile) -> list[Sheet]:
    """Return the sheets of a workbook, in its order.

    Raises:
        UnreadableError: it is encrypted, refers to other files, breaks a limit or is broken.
    """
    _refuse_encrypted(name, archive)
    content = _Content(name)
    path: list[str] = []
    for event, element in _events(name, archive, CONTENT):
        tag = _local(element.tag)
        if event == "start":
            path.append(tag)
            content.begin(tag, element, path)
        else:
            path.pop()
            content.end(tag, element, path)
    if not content.tables:
        raise UnreadableError("broken_workbook", file=name)
    return [_sheet(name, table) for table in content.tables]


class _Content:
    """The content as far as it was read: styles come before the tables that use them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tables: list[_Table] = []
        self.hidden_styles: set[str] = set()
        self.scaled = _Scaled()

    def begin(self, tag: str, element: ET.Element, path: list[str]) -> None:
        if tag in LINKS_OUT:
            raise UnreadableError("holds_external_links", file=self.name)
        if tag == "table" and path[-2:-1] == ["spreadsheet"]:
            hidden = _get(element, "style-name") in self.hidden_styles
            self.tables.append(_Table(title=_get(element, "name"), hidden=hidden))
            if len(self.tables) > MOST_SHEETS:
                raise UnreadableError("too_many_sheets", file=self.name, part=CONTENT, limit=MOST_SHEETS)

    def end(self, tag: str, element: ET.Element, path: list[str]) -> None:
        self.scaled.note(tag, element)
        if tag == "style" and _get(element, "family") == "table":
            if any(_get(part, "display") == "false" for part in element):
                self.hidden_styles.add(_get(element, "name"))
        elif path.count("table") != 1 or "spreadsheet" not in path or "tracked-changes" in path:
            return  # what was deleted, and tables drawn into cells, are not the sheet's
        elif tag == "table-column":
            _read_column(self.tables[-1], element)
        elif tag == "table-row":
            _read_row(self.name, self.tables[-1], element, self.scaled)
            element.clear()


class _Scaled:
    """The cell styles that show a number divided by a thousand, or more."""

    def __init__(self) -> None:
        self.formats: set[str] = set()
        self.styles: set[str] = set()
        self.factor = False

    def note(self, tag: str, element: ET.Element) -> None:
        if tag == "number":
            self.factor |= _get(element, "display-factor") not in {"", "1"}
        elif tag.endswith("-style"):
            if self.factor:
                self.formats.add(_get(element, "name"))
            self.factor = False
        elif tag == "style" and _get(element, "data-style-name") in self.formats:
            self.styles.add(_get(element, "name"))


def _refuse_encrypted(name: str, archive: zipfile.ZipFile) -> None:
    if MANIFEST in archive.namelist():
        for _, element in _events(name, archive, MANIFEST):
            if _local(element.tag) == "encryption-data":
                raise UnreadableError("encrypted", file=name)


def _events(name: str, archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, ET.Element]]:
    with archive.open(part) as stream:
        try:
            yield from ET.iterparse(stream, ("start", "end"))  # noqa: S314 - the guard has refused every document type
        except ET.ParseError as error:
            raise UnreadableError("broken_part", file=name, part=part) from error


def _sheet(name: str, table: _Table) -> Sheet:
    return Sheet(
        file=name,
        name=table.title,
        title=table.title,
        rows=rows_from(table.rows),
        hidden=table.hidden,
        hidden_rows=frozenset(table.hidden_rows),
        hidden_columns=frozenset(table.hidden_columns),
        merged=tuple(sorted(table.merged)),
    )


def _read_column(table: _Table, element: ET.Element) -> None:
    first = table.column + 1
    table.column += _repeated(element, "number-columns-repeated")
    if _get(element, "visibility") in {"collapse", "filter"}:
        table.hidden_columns.update(range(first, min(table.column, LAST_COLUMN) + 1))


def _read_row(name: str, table: _Table, element: ET.Element, scaled: _Scaled) -> None:
    first = table.row + 1
    table.row += _repeated(element, "number-rows-repeated")
    if _get(element, "visibility") in {"collapse", "filter"}:
        table.hidden_rows.update(range(first, min(table.row, LAST_ROW) + 1))
    cells: dict[int, object] = {}
    column = 0
    for cell in element:
        if _local(cell.tag) not in CELLS:
            continue
        begin, column = column + 1, column + _repeated(cell, "number-columns-repeated")
        value = _value(cell, scaled)
        if value is not None:
            _within(name, table, table.row, column)
            cells.update(dict.fromkeys(range(begin, column + 1), value))
        _merge(name, table, cell, first, begin)
    if not cells:
        return
    table.cells += (table.row - first + 1) * len(cells)
    if table.cells > MOST_CELLS:
        raise UnreadableError("too_many_cells", file=name, part=table.title, limit=MOST_CELLS)
    for row in range(first, table.row + 1):
        table.rows[row] = cells


def _within(name: str, table: _Table, row: int, column: int) -> None:
    if row > LAST_ROW or column > LAST_COLUMN:
        raise UnreadableError("area_too_large", file=name, part=table.title, rows=LAST_ROW, columns=LAST_COLUMN)


def _merge(name: str, table: _Table, cell: ET.Element, row: int, column: int) -> None:
    height, width = _repeated(cell, "number-rows-spanned"), _repeated(cell, "number-columns-spanned")
    if height * width == 1:
        return
    table.area += height * width
    if table.area > MOST_MERGED:
        raise UnreadableError("merged_too_large", file=name, part=table.title, limit=MOST_MERGED)
    table.merged.append((row, row + height - 1, column, column + width - 1))


def _value(cell: ET.Element, scaled: _Scaled) -> object:  # noqa: PLR0911 - one kind, one line
    kinds = [value for key, value in cell.items() if _local(key) == "value-type"]
    if "error" in kinds:  # stated besides the type text, by LibreOffice
        return ErrorCell(_text(cell))
    if not kinds or kinds[0] == "void":
        return Uncached("=") if _get(cell, "formula") else None
    kind = kinds[0]
    if kind == "string":
        stated = [value for key, value in cell.items() if _local(key) == "string-value"]
        return stated[0] if stated else _text(cell)
    if kind == "boolean":
        return _get(cell, "boolean-value") == "true"
    if kind == "date":
        return _date(_get(cell, "date-value"))
    if kind == "time":
        return _duration(_get(cell, "time-value"))
    number = stored_number(_get(cell, "value"), "")
    if not isinstance(number, int | float) or kind not in {"percentage", "float", "currency"}:
        return ErrorCell(_get(cell, "value") or kind)
    if kind == "percentage":
        return Percent(number)
    return Scaled(number) if _get(cell, "style-name") in scaled.styles else number


def _date(stored: str) -> object:
    try:
        return dt.datetime.fromisoformat(stored).replace(tzinfo=None)
    except ValueError:
        return ErrorCell(stored)


def _duration(stored: str) -> object:
    match = DURATION.fullmatch(stored)
    if match is None:
        return ErrorCell(stored)
    fraction = float(f"0.{match[4] or 0}")
    return dt.timedelta(hours=int(match[1]), minutes=int(match[2]), seconds=int(match[3]) + fraction)


def _text(cell: ET.Element) -> str:
    """Return the paragraphs of a cell; its notes and drawings are not its content."""
    return "\n".join(_paragraph(part) for part in cell if _local(part.tag) == "p")


def _paragraph(element: ET.Element) -> str:
    pieces = [element.text or ""]
    for part in element:
        tag = _local(part.tag)
        if tag == "s":
            pieces.append(" " * min(_repeated(part, "c"), LAST_COLUMN))
        elif tag in {"tab", "line-break"}:
            pieces.append("\t" if tag == "tab" else "\n")
        elif tag in {"span", "a"}:
            pieces.append(_paragraph(part))
        pieces.append(part.tail or "")
    return "".join(pieces)


def _repeated(element: ET.Element, name: str) -> int:
    stated = _get(element, name)
    return int(stated) if REPEATED.fullmatch(stated) else 1


def _get(element: ET.Element, name: str) -> str:
    return next((value for key, value in element.items() if _local(key) == name), "")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
