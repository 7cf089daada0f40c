"""How numbers, ranks and dates become the entries of a row."""

from __future__ import annotations

import datetime as dt
import math

from evalengine.reports import style
from evalengine.reports.cells import NOT_A_NUMBER
from evalengine.reports.layout import Entry


def figure(value: float | None, kind: str = "", *, absent: str = NOT_A_NUMBER, whole: bool = True) -> Entry:
    """Return a number as a cell; what is not a finite number is printed as text."""
    if value is None or not math.isfinite(value):
        return ("centre", absent)
    return (kind or style.kind_of(value, whole=whole), value)


def day(value: dt.date | None) -> Entry:
    """Return a date as a cell."""
    return ("centre", NOT_A_NUMBER if value is None else value.isoformat())


def rank(value: float | None) -> Entry:
    """Return a rank as a cell; shared ranks may be halves."""
    return figure(value, "rank" if value is None or value == int(value) else "rank_half")
