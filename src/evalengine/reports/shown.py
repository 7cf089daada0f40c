"""How figures are shown wherever they are shown: as submitted, whole, or with the digits that matter."""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from typing import Any

import polars as pl

from evalengine.reports import style
from evalengine.reports.cells import NOT_A_NUMBER
from evalengine.reports.entries import figure
from evalengine.reports.layout import Entry
from evalengine.reports.words import Words

INNER_DECIMALS = 9  # as `half_up` takes noise off scores


def whole_indicators(values: pl.DataFrame) -> set[str]:
    """Return the indicators whose figures are all whole numbers: they are shown without decimals."""
    fractions = values.filter((pl.col("value") % 1 != 0) | (pl.col("reported") % 1 != 0))
    return set(values["indicator"]) - set(fractions["indicator"])


def as_text(entry: Entry) -> str:
    """Return a cell as a reader sees it."""
    kind, value = entry
    if value is None or isinstance(value, str):
        return value or ""
    shown = style.KINDS[kind].shown
    return rounded(value, shown) if shown else str(value)


def rounded(value: float, form: str) -> str:
    """Return a number in a format, halves away from zero, as a spreadsheet shows it: 82.125 is 82.13.

    Noise behind the ninth decimal is taken off first, as it is before scores are published; very small figures, in
    powers of ten, are left whole.
    """
    plain = value if form.endswith("E") else round(value, INNER_DECIMALS)
    with decimal.localcontext(rounding=decimal.ROUND_HALF_UP):
        return format(decimal.Decimal(repr(float(plain))), form)


def adjusted_place(row: Mapping[str, Any], words: Words) -> str:
    """Return which figure an adjustment is about."""
    place = words.place(row["table"] or "", row["column"] or "")
    year = "" if row["year"] is None else str(row["year"])
    key = row["key"] or ""
    return words.say("differences.adjusted_place", place=place, row="" if key == year else key, year=year).strip()


def adjusted_figures(row: Mapping[str, Any]) -> tuple[Entry, Entry, Entry]:
    """Return what an adjustment changed: reported, verified, their difference."""
    reported, verified = _number(row["reported"]), _number(row["verified"])
    difference = None if reported is None or verified is None else verified - reported
    whole = all(value is None or value == int(value) for value in (reported, verified))
    return (
        _as_submitted(row["reported"], reported, whole=whole),
        _as_submitted(row["verified"], verified, whole=whole),
        figure(difference, whole=whole),
    )


def _number(value: str | float | None) -> float | None:
    """Return an adjusted figure as a number, if it is one."""
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def _as_submitted(value: str | float | None, number: float | None, *, whole: bool) -> Entry:
    if number is None:
        return ("centre", NOT_A_NUMBER if value is None else str(value))
    return figure(number, whole=whole)
