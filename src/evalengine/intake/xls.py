"""Workbooks of Excel 97 to 2003 (xls) and of WPS (et), which are the same: streams of records in an OLE container.

xlrd reads the cells with their formats; it is told nothing of what it does not know to refuse, so the records are
walked once before: passwords, macro sheets, links to other files, and formulas whose result is not to be trusted.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

from evalengine.errors import UnreadableError
from evalengine.intake.numbers import ErrorCell, Uncached
from evalengine.intake.parts import LAST_COLUMN, LAST_ROW, MOST_CELLS, MOST_MERGED, MOST_SHEETS
from evalengine.intake.sheets import Sheet, without_blank_end
from evalengine.intake.shown import BUILT_IN, Shown, as_shown, shown_by

STREAM = "Workbook"
OLDER_STREAM = "Book"  # Excel 5 and 95
REFUSED_STORES = {
    "encryptedpackage": "encrypted",
    "encryptioninfo": "encrypted",
    "_vba_project_cur": "holds_macros",
    "vba": "holds_macros",
    "macros": "holds_macros",
    "objectpool": "holds_embedded_objects",
    "mbd": "holds_embedded_objects",
}
BOF, EOF, FORMULA, FILEPASS, BOUNDSHEET, SUPBOOK = 0x0809, 0x000A, 0x0006, 0x002F, 0x0085, 0x01AE
MACROS = {b"\x01", b"\x06"}  # kinds of sheets: macros of Excel 4, Visual Basic
OF_THIS_BOOK, OF_ADD_INS = 0x0401, 0x3A01
RECALCULATE = 0x3  # always, or when the file is opened: what stands there is no result
TEXT, NUMBER, DATE, BOOLEAN, ERROR = 1, 2, 3, 4, 5  # xlrd's kinds of cells
EXACT = 2**53


def read_xls(name: str, content: bytes) -> list[Sheet]:
    """Return the sheets of a workbook, in its order.

    Raises:
        UnreadableError: it has a password, macros or links to other files, breaks a limit, or is older or broken.
    """
    import xlrd  # noqa: PLC0415 - few files need it
    from xlrd.compdoc import CompDoc  # noqa: PLC0415 - likewise

    try:
        stream = _stream(name, CompDoc(content, logfile=io.StringIO()))
        uncached = _without_result(name, stream)
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), formatting_info=True, ragged_rows=True)
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:  # xlrd checks little: besides its own errors a broken file raises any other
        raise UnreadableError("broken_workbook", file=name) from error
    if not book.nsheets:
        raise UnreadableError("broken_workbook", file=name)
    if book.nsheets > MOST_SHEETS:
        raise UnreadableError("too_many_sheets", file=name, part=STREAM, limit=MOST_SHEETS)
    formats = {key: shown_by(style.format_str or "") for key, style in book.format_map.items()}
    formats.update({key: shown for key, shown in BUILT_IN.items() if not formats.get(key)})
    shown = [formats.get(style.format_key, "") for style in book.xf_list]
    if len(uncached) != book.nsheets:
        raise UnreadableError("broken_workbook", file=name)
    return [
        _sheet(name, sheet, shown, cells, since_1904=book.datemode == 1)
        for sheet, cells in zip(book.sheets(), uncached, strict=True)
    ]


def _stream(name: str, container: Any) -> bytes:  # noqa: ANN401 - xlrd is not typed
    """Return the stream of records."""
    stores = [entry.name.lower() for entry in container.dirlist if entry.etype]
    for store in stores:
        for refused, code in REFUSED_STORES.items():
            if store == refused or (refused == "mbd" and store.startswith(refused)):
                raise UnreadableError(code, file=name)
    content = container.get_named_stream(STREAM)
    if content is None:
        code = "older_workbook" if OLDER_STREAM.lower() in stores else "not_a_workbook"
        raise UnreadableError(code, file=name)
    return bytes(content)


def _without_result(name: str, stream: bytes) -> list[set[tuple[int, int]]]:
    """Return, by sheet, the 0-based cells of formulas without a result.

    Raises:
        UnreadableError: the records ask for a password, or speak of macros or other files.
    """
    sheets: dict[int, set[tuple[int, int]]] = {}
    cells: set[tuple[int, int]] = set()
    depth = 0
    for offset, kind, body in _records(stream):
        if kind == BOF:
            depth += 1
            cells = sheets.get(offset, set()) if depth == 1 else cells
        elif kind == EOF:
            depth -= 1
        elif kind == BOUNDSHEET and len(body) >= 6 and body[5] == 0:  # noqa: PLR2004 - a worksheet
            sheets[int.from_bytes(body[:4], "little")] = set()
        elif kind == FORMULA and depth == 1 and len(body) >= 16:  # noqa: PLR2004 - place, style, result, options
            row, column, options = struct.unpack_from("<HH10xH", body)
            if options & RECALCULATE == RECALCULATE:
                cells.add((row, column))
        else:
            _refuse(name, kind, body)
    return list(sheets.values())


def _refuse(name: str, kind: int, body: bytes) -> None:
    if kind == FILEPASS:
        raise UnreadableError("encrypted", file=name)
    if kind == BOUNDSHEET and body[5:6] in MACROS:
        raise UnreadableError("holds_macros", file=name)
    if kind == SUPBOOK and int.from_bytes(body[2:4], "little") not in {OF_THIS_BOOK, OF_ADD_INS}:
        raise UnreadableError("holds_external_links", file=name)


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    offset = 0
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        if kind == 0 and length == 0:  # the rest of the last sector
            return
        yield offset, kind, stream[offset + 4 : offset + 4 + length]
        offset += 4 + length


def _sheet(  # xlrd is not typed
    name: str,
    sheet: Any,  # noqa: ANN401
    shown: list[Shown],
    uncached: set[tuple[int, int]],
    *,
    since_1904: bool,
) -> Sheet:
    if sheet.nrows > LAST_ROW or sheet.ncols > LAST_COLUMN:
        raise UnreadableError("area_too_large", file=name, part=sheet.name, rows=LAST_ROW, columns=LAST_COLUMN)
    rows: list[list[object]] = []
    for row in range(sheet.nrows):
        styles = [sheet.cell_xf_index(row, column) for column in range(sheet.row_len(row))]
        stored = zip(sheet.row_types(row), sheet.row_values(row), styles, strict=True)
        rows.append(
            [
                Uncached("=") if (row, column) in uncached else _cell(kind, value, shown[style], since_1904=since_1904)
                for column, (kind, value, style) in enumerate(stored)
            ]
        )
    if sum(map(len, rows)) > MOST_CELLS:
        raise UnreadableError("too_many_cells", file=name, part=sheet.name, limit=MOST_CELLS)
    if sum((bottom - top) * (right - left) for top, bottom, left, right in sheet.merged_cells) > MOST_MERGED:
        raise UnreadableError("merged_too_large", file=name, part=sheet.name, limit=MOST_MERGED)
    return Sheet(
        file=name,
        name=sheet.name,
        title=sheet.name,
        rows=without_blank_end(rows),
        hidden=bool(sheet.visibility),
        hidden_rows=frozenset(row + 1 for row, facts in sheet.rowinfo_map.items() if facts.hidden),
        hidden_columns=frozenset(column + 1 for column, facts in sheet.colinfo_map.items() if facts.hidden),
        merged=tuple(sorted((top + 1, bottom, left + 1, right) for top, bottom, left, right in sheet.merged_cells)),
    )


def _cell(kind: int, value: Any, shows: Shown, *, since_1904: bool) -> object:  # noqa: ANN401 - likewise
    if kind == TEXT:
        return str(value)
    if kind in {NUMBER, DATE}:
        number = float(value)
        if not shows and number.is_integer() and abs(number) < EXACT:
            return int(number)
        return as_shown(number, shows, since_1904=since_1904)
    if kind == BOOLEAN:
        return bool(value)
    if kind == ERROR:
        from xlrd import error_text_from_code  # noqa: PLC0415 - few files need it

        return ErrorCell(error_text_from_code.get(value, value))
    return None
