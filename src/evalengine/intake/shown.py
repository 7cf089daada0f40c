"""What a number format makes of a number: a percentage, a date, a length of time, or a figure in other units."""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import cache
from typing import Literal

from evalengine.intake.numbers import ErrorCell, Percent, Scaled

Shown = Literal["", "percent", "date", "duration", "scaled"]
LITERAL = re.compile(r'"[^"]*"|[\\!_*].')  # quoted, escaped, a space as wide as, a fill of
BRACKETED = re.compile(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]", re.IGNORECASE)  # colours, conditions and locales
DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
DATE = re.compile(r"[dmyhse]", re.IGNORECASE)
GENERAL = re.compile(r"general|standard", re.IGNORECASE)
SCIENTIFIC = re.compile(r"e[+-]", re.IGNORECASE)
SCALED = re.compile(r"[#0?],+(?![#0?,])")  # a comma behind the last digit divides by a thousand
MOVED_POINT = re.compile(r'[#0?](?:[\\!]\.|"\.")[#0?]')  # a point that is only a sign: 12345 as 1.2345
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?", re.ASCII)
WHOLE = re.compile(r"-?[0-9]{1,400}", re.ASCII)
DAYS_1900 = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no time zones
DAYS_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - likewise
LEAP_DAY = 60  # 29 February 1900, which the first spreadsheet believed in
MILLISECONDS = 86_400_000
# The formats a file may name without writing them out; those from 27 on are dates in China, Japan and Korea.
BUILT_IN: dict[int, Shown] = {
    **dict.fromkeys((9, 10), "percent"),
    **dict.fromkeys((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)), "date"),
    46: "duration",
}


@cache
def shown_by(code: str) -> Shown:
    """Return what a format shows a number as; quoted and escaped signs are only text."""
    bare = LITERAL.sub("", code)
    if "%" in bare:
        return "percent"
    first = BRACKETED.sub("", bare.partition(";")[0])
    if DURATION.search(first):
        return "duration"
    if DATE.search(SCIENTIFIC.sub("", GENERAL.sub("", first))):
        return "date"
    moved = MOVED_POINT.search(code.partition(";")[0])
    return "scaled" if moved or SCALED.search(first) else ""


def stored_number(stored: str, shown: Shown, *, since_1904: bool = False) -> object:
    """Return a number a file holds as text; whatever else stands in its place is an error of the cell, not a guess."""
    if not NUMBER.fullmatch(stored):
        return ErrorCell(stored)
    if not shown and WHOLE.fullmatch(stored):
        return int(stored)
    return as_shown(float(stored), shown, since_1904=since_1904)


def as_shown(number: float, shown: Shown, *, since_1904: bool = False) -> object:
    """Return a number as the cell shows it; a date no calendar has is what the cell shows then, an error."""
    if not shown or not math.isfinite(number):
        return number
    if shown == "percent":
        return Percent(number)
    if shown == "scaled":
        return Scaled(number)
    try:
        if shown == "duration":
            return dt.timedelta(milliseconds=round(number * MILLISECONDS))
        return _moment(number, since_1904=since_1904)
    except (OverflowError, ValueError):
        return ErrorCell("#" * 8)


def _moment(number: float, *, since_1904: bool) -> dt.datetime | dt.time:
    days, milliseconds = divmod(round(number * MILLISECONDS), MILLISECONDS)
    if days < 0 or (not since_1904 and days == LEAP_DAY):
        raise ValueError
    if days == 0:
        return (DAYS_1900 + dt.timedelta(milliseconds=milliseconds)).time()
    epoch = DAYS_1904 if since_1904 else DAYS_1900
    if not since_1904 and days < LEAP_DAY:
        days += 1
    return epoch + dt.timedelta(days=days, milliseconds=milliseconds)
