"""One streaming pass over one part of a workbook: limits and refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from xml.parsers import expat

MOST_CELLS = 300_000
MOST_CELLS_OF_FILE = 5_000_000  # of all sheets, or of a CSV or Parquet table
LAST_ROW = 20_000
LAST_COLUMN = 500
MOST_SHEETS = 200
MOST_MERGED = 50_000
DEEPEST = 100
REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})", re.ASCII)
LINKS_OUT = {"attachedTemplate", "externalLink", "oleObject", "package", "frame"}


class UnsafeError(Exception):
    """A part breaks a limit or holds something refused."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def scan(name: str, chunks: Iterator[bytes]) -> None:
    """Look at all of a part; one that is no XML (a picture) is only read to its end.

    Raises:
        UnsafeError: the part breaks a limit or holds something refused.
        expat.ExpatError: it is not well-formed XML in UTF-8.
    """
    first = next(chunks, b"")
    looks_like_xml = first.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")
    if not looks_like_xml and not name.lower().endswith((".xml", ".rels")):
        for _ in chunks:
            pass
        return
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnsafeError("not_utf8")
    reader = _Reader()
    try:
        reader.feed(first, chunks)
    except expat.ExpatError:
        # Drawings of comments are often not well formed; whoever reads them stops at the same place.
        if not name.lower().endswith(".vml"):
            raise


def column_number(letters: str) -> int:
    """Return the 1-based number of a column: A is 1, XFD is 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@cache
def column_letters(number: int) -> str:
    """Return the letters of a 1-based column: 1 is A, 16384 is XFD."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _Reader:
    """The state of a pass: where the cell cursor is and how much there was."""

    def __init__(self) -> None:
        self.cells = self.row = self.column = self.area = self.depth = self.sheets = 0
        # Naming the encoding overrides what the part declares: a part in UTF-16 is then not well formed.
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.XmlDeclHandler = self.declaration
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype
        self.parser.EntityDeclHandler = self.refuse_doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.handlers = {
            "c": self.cell,
            "row": self.start_row,
            "mergeCell": self.merge,
            "hyperlink": self.merge,
            "comment": self.note,
            "sheet": self.sheet,
            "Relationship": self.relationship,
        }

    def feed(self, first: bytes, chunks: Iterator[bytes]) -> None:
        self.parser.Parse(first)
        for chunk in chunks:
            self.parser.Parse(chunk)
        self.parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by position only

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.upper() not in {"UTF-8", "US-ASCII", "ASCII"}:
            raise UnsafeError("not_utf8")

    def refuse_doctype(self, *_: object) -> None:
        raise UnsafeError("holds_doctype")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnsafeError("nested_too_deep")
        handler = self.handlers.get(tag.rpartition(":")[2])
        if handler is not None:
            handler(attributes)

    def end(self, _tag: str) -> None:
        self.depth -= 1

    def start_row(self, attributes: dict[str, str]) -> None:
        self.row = _whole(attributes.get("r"), self.row + 1)
        self.column = 0
        self.within(self.row, 1)

    def cell(self, attributes: dict[str, str]) -> None:
        row, self.column = _position(attributes["r"]) if "r" in attributes else (self.row, self.column + 1)
        self.within(row, self.column)
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise UnsafeError("too_many_cells", limit=MOST_CELLS)

    def merge(self, attributes: dict[str, str]) -> None:
        """Count the cells of a merge or of a link, which libraries walk one by one."""
        first, _, last = attributes.get("ref", "A1").partition(":")
        (top, left), (bottom, right) = _position(first), _position(last or first)
        self.area += (abs(bottom - top) + 1) * (abs(right - left) + 1)
        if self.area > MOST_MERGED:
            raise UnsafeError("merged_too_large", limit=MOST_MERGED)
        self.within(max(top, bottom), max(left, right))

    def note(self, attributes: dict[str, str]) -> None:
        if "ref" in attributes:
            self.within(*_position(attributes["ref"]))

    def within(self, row: int, column: int) -> None:
        if not (0 < row <= LAST_ROW and 0 < column <= LAST_COLUMN):
            raise UnsafeError("area_too_large", rows=LAST_ROW, columns=LAST_COLUMN)

    def sheet(self, _attributes: dict[str, str]) -> None:
        self.sheets += 1
        if self.sheets > MOST_SHEETS:
            raise UnsafeError("too_many_sheets", limit=MOST_SHEETS)

    def relationship(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        if attributes.get("TargetMode") == "External" and kind in LINKS_OUT:
            raise UnsafeError("holds_external_links")


def _position(reference: str) -> tuple[int, int]:
    match = REFERENCE.fullmatch(reference)
    if match is None:
        raise UnsafeError("bad_reference", reference=reference[:20])
    return int(match[2]), column_number(match[1])


def _whole(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= 7):  # noqa: PLR2004 - no sheet has more rows than that
        raise UnsafeError("bad_reference", reference=text[:20])
    return int(text)
