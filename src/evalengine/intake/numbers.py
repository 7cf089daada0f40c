"""Numbers as people type them: what is certain is read, what is rewritten is said, everything else is refused."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from evalengine.intake.words import folded, words
from evalengine.text import Label

PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)
UNSEPARATED = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)
SEPARATED = re.compile(r"-?[0-9]{1,3}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+)(?:\.[0-9]+)?", re.ASCII)
LEADING = re.compile(r"(-?[0-9][0-9, .]*(?:[eE][+-]?[0-9]{1,4})?)(.*)", re.ASCII | re.DOTALL)
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
# Full-width ASCII, the minus sign and the spaces of other widths. NFKC would also turn superscripts and circled
# digits into digits (10 to the power 2 into 102), so it is not used.
REWRITTEN = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys((0x00A0, 0x2002, 0x2003, 0x2007, 0x2009, 0x202F, 0x3000, 0x0009, 0x000A, 0x000D), " "),
    **dict.fromkeys(map(ord, ZERO_WIDTH)),
    0x2212: "-",
}
LONGEST_NUMBER = 64
IMPLAUSIBLE_PERCENT = 1_000  # 35 typed into a cell with a percent format may mean 35 %, and shows 3500%


class Parsed(NamedTuple):
    """What a cell holds once read.

    Attributes:
        value: the typed value; None if the cell is blank or wrong.
        severity: empty if the cell was read as it stands.
        code: the problem's code.
        detail: what the sentence names besides the cell's content.
    """

    value: object
    severity: Literal["", "warning", "error"] = ""
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """The declared unit of a column.

    Attributes:
        names: its names, folded.
        percent: numbers are percentages, 0 to 100.
        yuan: how many yuan one of it is; None if it is no amount of money.
    """

    names: frozenset[str] = field(default_factory=frozenset)
    percent: bool = False
    yuan: int | None = None


class Percent(float):
    """The number of a cell that Excel shows as a percentage: 0.05 under the format 0%."""

    __slots__ = ()


class Scaled(float):
    """The number of a cell whose format shows it in other units: 12345 as 12 under the format 0, or as 1.2345."""

    __slots__ = ()


class ErrorCell(str):
    """The content of an error cell, such as #N/A."""

    __slots__ = ()


class Uncached(str):
    """A formula whose result the file does not hold."""

    __slots__ = ()


BLANK = Parsed(None)


@cache
def money() -> dict[str, int]:
    """Return the words for amounts of money and how many yuan each is."""
    scales = {"yuan": 1, "ten_thousand_yuan": 10_000, "hundred_million_yuan": 100_000_000}
    return {word: yuan for key, yuan in scales.items() for word in words(key)}


def unit_of(label: Label | None) -> Unit:
    """Return what a unit's label declares."""
    if label is None:
        return Unit()
    whole = [folded(name) for name in (label.zh, label.en) if name]
    parts = [part for name in whole for part in name.split("/")]  # a label for several things: pieces/items
    names = frozenset(whole if any(part in money() for part in parts) else [*whole, *parts])
    scales = {money()[name] for name in names if name in money()}
    return Unit(names, bool(names & words("percent")), min(scales) if scales else None)


def narrowed(typed: str) -> str:
    """Return text with digits, signs and spaces of full width as their plain ones, without zero-width characters."""
    return typed.translate(REWRITTEN).strip()


def is_blank(raw: object) -> bool:
    """Return whether a cell holds nothing but white space."""
    return raw is None or (isinstance(raw, str) and not narrowed(raw))


def special(raw: object) -> Parsed | None:
    """Return what a blank, an error cell, a formula without a result or a word for "none" is in any column."""
    if is_blank(raw):
        return BLANK
    if isinstance(raw, ErrorCell):
        return Parsed(None, "error", "error_cell")
    if isinstance(raw, Uncached):
        return Parsed(None, "error", "formula_without_result")
    if isinstance(raw, str):
        word = folded(raw)
        if word in words("missing"):
            return Parsed(None, "warning", "read_as_blank")
        if word in words("error"):
            return Parsed(None, "error", "error_cell")
    return None


def parse_number(raw: object, unit: Unit, *, typed: bool = False) -> Parsed:
    """Read a number.

    Args:
        raw: the cell.
        unit: the declared unit.
        typed: the file tells numbers from text, so a number stored as text is a rewrite.
    """
    if raw is None:
        return BLANK
    if isinstance(raw, str):
        found = special(raw) or _from_text(raw, unit)
        stored_as_text = typed and found.value is not None and not found.code
        return Parsed(found.value, "warning", "number_as_text") if stored_as_text else found
    if isinstance(raw, Percent):
        return _from_percent_cell(raw, unit)
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal)):
        return Parsed(None, "error", "not_a_number")
    if isinstance(raw, Scaled):
        return Parsed(raw + 0.0, "warning", "shown_scaled", canonical(raw))
    return _finite(_as_float(raw))


def canonical(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    return repr(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def _as_float(number: float | Decimal) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer of more than 308 digits
        return math.inf


def times_hundred(share: float) -> float:
    """Return a share of one as a percentage, without the noise of a binary product: 0.07 is 7."""
    return float(Decimal(repr(float(share))) * 100)


def is_small_percentage(raw: object, found: Parsed) -> bool:
    """Return whether a figure of a percent column may be a share of one: 0.35 may mean 35; 0.35% does not."""
    value = found.value
    stated = isinstance(raw, Percent) or (isinstance(raw, str) and not folded(raw)[-1:].isdigit())
    return isinstance(value, float) and 0 < abs(value) <= 1 and not stated


def _from_percent_cell(raw: Percent, unit: Unit) -> Parsed:
    shown = times_hundred(raw)
    if not unit.percent:
        return Parsed(None, "error", "percent_elsewhere")
    if abs(shown) >= IMPLAUSIBLE_PERCENT:
        return Parsed(shown, "warning", "percent_large", canonical(shown))
    return Parsed(shown, "warning", "percent_read", canonical(shown))


def _from_text(raw: str, unit: Unit) -> Parsed:
    if len(raw) > LONGEST_NUMBER:
        return Parsed(None, "error", "not_a_number")
    if PLAIN.fullmatch(raw):
        return _finite(float(raw))
    cleaned = narrowed(raw)
    negative = cleaned.startswith("(") and cleaned.endswith(")")
    if negative:
        cleaned = cleaned[1:-1].strip()
        if cleaned.startswith("-"):
            return Parsed(None, "error", "not_a_number")
    split = LEADING.fullmatch(cleaned)
    if split is None:
        return Parsed(None, "error", "not_a_number")
    digits, suffix = split[1].strip(), folded(split[2])
    if SEPARATED.fullmatch(digits):
        digits = digits.replace(",", "").replace(" ", "")
    elif not UNSEPARATED.fullmatch(digits):
        return Parsed(None, "error", "not_a_number")
    value = -Decimal(digits) if negative else Decimal(digits)
    return _in_unit(value, suffix, unit)


def _in_unit(value: Decimal, suffix: str, unit: Unit) -> Parsed:
    if suffix in words("percent"):
        return _rewritten(value) if unit.percent else Parsed(None, "error", "percent_elsewhere")
    if not suffix or suffix in unit.names:
        return _rewritten(value)
    if suffix in money() and unit.yuan is not None:
        if money()[suffix] == unit.yuan:
            return _rewritten(value)
        return _rewritten(value * money()[suffix] / unit.yuan, "scaled")
    return Parsed(None, "error", "unknown_suffix", suffix)


def _rewritten(value: Decimal, code: str = "rewritten") -> Parsed:
    number = float(value)  # correctly rounded, as float() of the text is
    found = _finite(number)
    return found if found.severity else Parsed(found.value, "warning", code, canonical(number))


def _finite(number: float) -> Parsed:
    # Adding zero turns -0.0 into 0.0.
    return Parsed(number + 0.0) if math.isfinite(number) else Parsed(None, "error", "not_finite")
