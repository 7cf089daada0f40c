"""Workbooks of Excel 97 to 2003, record by record, in the smallest OLE container that holds them."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
STORAGE, STREAM, ROOT = 1, 2, 5
# Cell styles by position; the first sixteen are those every workbook has.
FORMATS = {"": 0, "0.00%": 10, "yyyy-mm-dd": 164, "0.0,": 165}
GENERAL, PERCENT, DATE, SCALED = range(15, 19)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: a number with a style, a formula with options, or an error."""

    number: float = 0.0
    style: int = GENERAL
    options: int | None = None
    error: int | None = None


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def string(text: str, *, long: bool = False) -> bytes:
    """Return a string of 16-bit characters with its length in one byte, or in two."""
    return struct.pack("<HB" if long else "<BB", len(text), 1) + text.encode("utf-16-le")


def book(
    sheets: Mapping[str, Sequence[Sequence[object]]],
    *,
    globals_extra: bytes = b"",
    sheet_extra: bytes = b"",
    kinds: Mapping[str, int] | None = None,
    hidden: Sequence[str] = (),
) -> bytes:
    """Return the stream of a workbook."""
    codes = [code for code in FORMATS if code and FORMATS[code] >= 164]
    head = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)) + record(0x0042, struct.pack("<H", 1200))
    fonts = record(0x0031, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + string("宋体")) * 4
    formats = b"".join(record(0x041E, struct.pack("<H", FORMATS[code]) + string(code, long=True)) for code in codes)
    styles = [0] * 16 + [FORMATS[code] for code in FORMATS if code]
    formats += b"".join(record(0x00E0, struct.pack("<HHH", 0, key, 1) + bytes(14)) for key in styles)
    bodies = [_sheet(rows, sheet_extra) for rows in sheets.values()]
    names = list(sheets)
    sizes = [len(record(0x0085, bytes(6) + string(name))) for name in names]
    start = len(head + fonts + formats + globals_extra) + sum(sizes) + len(record(0x000A))
    listed = b""
    for name, body in zip(names, bodies, strict=True):
        kind = (kinds or {}).get(name, 0)
        listed += record(0x0085, struct.pack("<IBB", start, int(name in hidden), kind) + string(name))
        start += len(body)
    return head + fonts + formats + globals_extra + listed + record(0x000A) + b"".join(bodies)


def _sheet(rows: Sequence[Sequence[object]], extra: bytes) -> bytes:
    written = [record(0x0809, struct.pack("<HHHHII", 0x0600, 16, 0, 0, 0, 0))]
    for number, row in enumerate(rows):
        written += [_cell(number, place, value) for place, value in enumerate(row) if value is not None]
    return b"".join([*written, extra, record(0x000A)])


def _cell(row: int, column: int, value: object) -> bytes:
    if isinstance(value, str):
        return record(0x0204, struct.pack("<HHH", row, column, GENERAL) + string(value, long=True))
    if isinstance(value, bool):
        return record(0x0205, struct.pack("<HHHBB", row, column, GENERAL, int(value), 0))
    cell = value if isinstance(value, Cell) else Cell(float(str(value)))
    if cell.error is not None:
        return record(0x0205, struct.pack("<HHHBB", row, column, cell.style, cell.error, 1))
    if cell.options is not None:
        tokens = b"\x1e\x01\x00"  # the number 1
        body = struct.pack("<HHHdHI", row, column, cell.style, cell.number, cell.options, 0)
        return record(0x0006, body + struct.pack("<H", len(tokens)) + tokens)
    return record(0x0203, struct.pack("<HHHd", row, column, cell.style, cell.number))


def ole(streams: Mapping[str, bytes], storages: Sequence[str] = ()) -> bytes:
    """Return a container of streams; short ones are filled up, so that no second kind of sectors is needed."""
    content, chains, starts = b"", [], {}
    for name, stream in streams.items():
        padded = stream.ljust(4096, b"\x00")
        padded += bytes(-len(padded) % SECTOR)
        starts[name] = (len(content) // SECTOR, len(padded))
        content += padded
    used = len(content) // SECTOR
    entries = [_entry("Root Entry", ROOT, child=1, start=END, size=0)]
    listed = [(name, STREAM, *starts[name]) for name in streams] + [(name, STORAGE, 0, 0) for name in storages]
    for number, (name, kind, start, size) in enumerate(listed, start=1):
        right = number + 1 if number < len(listed) else FREE
        entries.append(_entry(name, kind, right=right, start=start, size=size))
    directory = b"".join(entries)
    directory += bytes(-len(directory) % SECTOR)
    sectors = used + len(directory) // SECTOR
    tables = 1
    while tables * 128 < sectors + tables:
        tables += 1
    for start, size in starts.values():
        last = start + size // SECTOR - 1
        chains += [(sector, END if sector == last else sector + 1) for sector in range(start, last + 1)]
    chains += [(sector, END if sector == sectors - 1 else sector + 1) for sector in range(used, sectors)]
    chains += [(sector, FAT) for sector in range(sectors, sectors + tables)]
    links = [FREE] * (tables * 128)
    for sector, link in chains:
        links[sector] = link
    head = struct.pack(
        "<8s16sHHHHHHIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0,
        tables, used, 0, 4096, END, 0, END, 0,
    )  # fmt: skip
    places = [sectors + number for number in range(tables)] + [FREE] * (109 - tables)
    return head + struct.pack("<109I", *places) + content + directory + struct.pack(f"<{len(links)}I", *links)


def _entry(name: str, kind: int, *, child: int = FREE, right: int = FREE, start: int = 0, size: int = 0) -> bytes:
    written = name.encode("utf-16-le") + b"\x00\x00"
    facts = struct.pack("<HBBIII", len(written), kind, 1, FREE, right, child)
    return written.ljust(64, b"\x00") + facts + bytes(36) + struct.pack("<III", start, size, 0)


def xls(sheets: Mapping[str, Sequence[Sequence[object]]], **options: Any) -> bytes:
    """Return a workbook of sheets given as rows of cells."""
    return ole({"Workbook": book(sheets, **options)})
