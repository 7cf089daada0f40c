"""Dates and years as people type them."""

from __future__ import annotations

import datetime as dt
import re

from evalengine import text
from evalengine.intake.numbers import Parsed, Unit, narrowed, parse_number, special
from evalengine.intake.words import folded, words

ISO = re.compile(r"(?P<year>[0-9]{4})([-/.])(?P<month>[0-9]{1,2})(?:\2(?P<day>[0-9]{1,2}))?", re.ASCII)
COMPACT = re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})", re.ASCII)
MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?")
LAST_YEAR = 9999  # rules say which years are allowed; beyond four digits it is no year at all
YEAR = re.compile(r"([0-9]{4})(.*)", re.ASCII)
NO_UNIT = Unit()
NOT_A_DATE = Parsed(None, "error", "not_a_date")
TEN = 10


def parse_date(raw: object) -> Parsed:
    """Read a date cell, 2025-03-01, 2025/3/1, 2025.3.1, 20250301 or a language's own marks for year, month and day.

    A month without a day is read as its first day, as a question.
    """
    if isinstance(raw, dt.datetime):
        midnight = raw.time() == dt.time.min
        return Parsed(raw.date()) if midnight else Parsed(raw.date(), "warning", "rewritten", raw.date().isoformat())
    if isinstance(raw, dt.date):
        return Parsed(raw)
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _date_from_text(str(raw).removesuffix(".0"))
    return special(raw) or (_date_from_text(raw) if isinstance(raw, str) else NOT_A_DATE)


def parse_year(raw: object, *, typed: bool = False) -> Parsed:
    """Read a year: 2025, or the same with the language's word for year behind it, in digits or numerals."""
    if isinstance(raw, str) and special(raw) is None:
        match = YEAR.fullmatch(_in_digits(narrowed(raw)))
        if match is None or (match[2] and folded(match[2]) not in words("year")):
            return Parsed(None, "error", "not_a_year")
        year = int(match[1])
        if match[0] != raw or match[2]:
            return Parsed(year, "warning", "rewritten", str(year))
        return Parsed(year, "warning", "number_as_text") if typed else Parsed(year)
    number = parse_number(raw, NO_UNIT)
    if isinstance(number.value, float):
        is_year = number.value.is_integer() and 0 <= number.value <= LAST_YEAR
        return Parsed(int(number.value)) if is_year else Parsed(None, "error", "not_a_year")
    return Parsed(None, "error", "not_a_year") if number.code == "not_a_number" else number


def _date_from_text(raw: str) -> Parsed:
    typed = MIDNIGHT.sub("", narrowed(raw)).replace(" ", "")
    plain = _without_marks(_in_digits(typed))
    iso = ISO.fullmatch(plain)
    match = iso or COMPACT.fullmatch(plain)
    if match is None:
        return NOT_A_DATE
    year, month, day = match.group("year", "month", "day")
    try:
        found = dt.date(int(year), int(month), int(day or 1))
    except ValueError:
        return NOT_A_DATE
    if day is None:
        return Parsed(found, "warning", "day_missing", found.isoformat())
    same = iso is not None and typed == raw.strip() and _in_digits(typed) == typed
    return Parsed(found) if same else Parsed(found, "warning", "rewritten", found.isoformat())


def _without_marks(typed: str) -> str:
    """Return a date in a language's own marks with hyphens between its numbers."""
    for language in text.LANGUAGES:
        year, month, days = text.catalogue("words", language)["words.date"].split("|")
        if days and typed.endswith((*days, month)):
            return typed[:-1].replace(year, "-", 1).replace(month, "-", 1)
    return typed


def _in_digits(typed: str) -> str:
    """Return text with the numerals of a language's dates as digits; anything else stays as it is."""
    numerals = text.catalogue("words", "zh")["words.numerals"].split("|")
    digit = {sign: str(value) for value, signs in enumerate(numerals[:TEN]) for sign in signs}
    ten = numerals[TEN]

    def written(match: re.Match[str]) -> str:
        word = match[0]
        if ten not in word:
            return "".join(digit[sign] for sign in word)
        tens, _, ones = word.partition(ten)
        if ten in ones or len(tens) > 1 or len(ones) > 1 or "0" in {digit.get(tens), digit.get(ones)}:
            return word
        return str(int(digit.get(tens, "1")) * TEN + int(digit.get(ones, "0")))

    return re.sub(f"[{''.join(digit)}{ten}]+", written, typed)
