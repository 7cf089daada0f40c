"""Numbers written exactly, text written safely: the XML of a sheet's cells.

openpyxl rounds numbers to sixteen digits, turns text that starts with an equals sign into a formula and costs tens of
microseconds per cell, and per column. It therefore makes everything of a sheet but these; they are made here, cells as
shared strings and shortest round-trip numbers.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from evalengine import text

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
FORMULA_STARTS = ("=", "+", "-", "@")
LONGEST = 32_767
NOT_A_NUMBER = "\N{EM DASH}"  # what is printed where there is no number
WHOLE_BELOW = 1e15
# Letters of Times New Roman and of Arial, the wider of the two, in digits of their own font; others are one digit wide.
LETTERS = {
    letter: size
    for letters, size in (
        (" .,", 0.5),
        ("ijl:;'|/\\", 0.56),
        ("Ifrt()[]-!", 0.67),
        ("cszJ", 0.91),
        ("LSPEFTZ", 1.25),
        ("ABCDGHKNOQRUVXYw", 1.46),
        ("mM%W@&", 1.9),
        ("+=<>\N{MULTIPLICATION SIGN}\N{DIVISION SIGN}\N{MINUS SIGN}", 1.14),
        ("\N{EM DASH}\N{HORIZONTAL ELLIPSIS}\N{RIGHTWARDS ARROW}", 2.0),
    )
    for letter in letters
}

Value = str | float | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart on a sheet.

    Attributes:
        xml: its chart part.
        area: column and row, from 0, of the cell it starts in and of the one it ends in.
        description: what it shows, for readers who do not see it.
    """

    xml: str
    area: tuple[int, int, int, int]
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The cells of a sheet.

    Attributes:
        rows: its `<row>` elements, made as they are asked for.
        widths: of its columns.
        area: its used area, as `A1:H20`.
        merges: its merged areas.
        charts: its charts.
        links: cells and the places in the workbook they lead to, as `'sheet'!B5`.
    """

    rows: Iterable[str]
    widths: tuple[float, ...]
    area: str
    merges: tuple[str, ...]
    charts: tuple[Chart, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


class SharedStrings:
    """The texts of a workbook, each once."""

    def __init__(self) -> None:
        self._positions: dict[str, int] = {}
        self._uses = 0

    def position(self, string: str) -> int:
        """Return the position of a text, adding it if it is new."""
        self._uses += 1
        return self._positions.setdefault(string, len(self._positions))

    def xml(self) -> bytes:
        """Return the shared strings part."""
        items = "".join(f'<si><t xml:space="preserve">{_xml_text(string)}</t></si>' for string in self._positions)
        counts = f'count="{self._uses}" uniqueCount="{len(self._positions)}"'
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        return f'{head}<sst xmlns="{main}" {counts}>{items}</sst>'.encode()


def number(value: float) -> str:
    """Return a finite number so that reading it back gives the same bits; negative zero becomes zero.

    Raises:
        ValueError: the number is NaN or infinite, which a cell cannot hold.
    """
    if not math.isfinite(value):
        raise ValueError(f"a cell cannot hold {value}")
    if value == int(value) and abs(value) < WHOLE_BELOW:
        return str(int(value))
    return repr(float(value))


def clean(string: str) -> str:
    """Return a text without control characters, its line ends as line feeds, no longer than a cell can hold."""
    lines = string.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return CONTROL.sub("", lines)[:LONGEST]


def starts_like_formula(string: str) -> bool:
    """Return whether a spreadsheet would take the text for a formula when somebody edits its cell."""
    return string.startswith(FORMULA_STARTS)


def cell(address: str, style: int, value: Value, strings: SharedStrings) -> str:
    """Return the XML of one cell; its text is never a formula."""
    if value is None or value == "":
        return f'<c r="{address}" s="{style}"/>'
    if isinstance(value, str):
        return f'<c r="{address}" s="{style}" t="s"><v>{strings.position(value)}</v></c>'
    return f'<c r="{address}" s="{style}"><v>{number(value)}</v></c>'


@functools.lru_cache(maxsize=100_000)
def width(string: str, *, proportional: bool = False) -> float:
    """Return the columns the widest line of a text takes.

    Args:
        string: the text.
        proportional: whether its letters have the widths of `LETTERS`; if not, each is as wide as a digit.
    """
    return max(_size(line, proportional=proportional) for line in string.split("\n"))


@functools.lru_cache(maxsize=100_000)
def lines(string: str, columns: float, *, proportional: bool = False) -> int:
    """Return the lines a text takes when wrapped in a cell of so many columns; letters as for `width`."""
    return sum(_wrapped(paragraph, max(2.0, columns), proportional=proportional) for paragraph in string.split("\n"))


@functools.lru_cache(maxsize=100_000)
def longest_word(string: str, *, proportional: bool = False) -> float:
    """Return the width of the longest piece of a text that does not wrap; letters as for `width`."""
    pieces = (word.rstrip() for line in string.split("\n") for word in words(line))
    return max((_size(piece, proportional=proportional) for piece in pieces), default=0)


def _size(line: str, *, proportional: bool) -> float:
    if not proportional:
        return text.width(line)
    return sum(LETTERS[char] if char in LETTERS else text.width(char) for char in line)


def _wrapped(paragraph: str, columns: float, *, proportional: bool) -> int:
    if _size(paragraph, proportional=proportional) <= columns:
        return 1
    count, used = 1, 0.0
    for word in words(paragraph):
        size = _size(word, proportional=proportional)
        if used and used + _size(word.rstrip(), proportional=proportional) > columns:
            count, used = count + 1, 0.0
        used += size
        if used > columns:  # a word longer than the line is broken
            more = math.ceil(used / columns) - 1
            count, used = count + more, used - more * columns
    return count


def words(paragraph: str) -> Iterator[str]:
    """Yield the pieces between which a line may break: wide characters alone, narrow ones up to a space."""
    piece = ""
    for char in paragraph:
        if unicodedata.east_asian_width(char) in "WF":
            if piece:
                yield piece
            yield char
            piece = ""
        else:
            piece += char
            if char == " ":
                yield piece
                piece = ""
    if piece:
        yield piece


def _xml_text(string: str) -> str:
    """Escape for XML and for the `_xHHHH_` notation of shared strings."""
    return escape(ESCAPED.sub("_x005F_", string))
