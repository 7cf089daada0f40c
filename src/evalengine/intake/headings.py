"""Match sheet names and headings to codes by code, label or synonym; position never counts."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from evalengine.intake.columns import columns_of
from evalengine.intake.numbers import is_blank, money
from evalengine.intake.words import folded, words
from evalengine.scheme.model import FLAT, Column, IndicatorSystem, Table

SEARCHED_ROWS = 15
FIELDS_OF_FLAT = 3  # so many headings of fields are no accident
NO_NAME = "-"  # where no known name is near an unknown one
LISTED = re.compile(r"[,/\u3001]")
NUMBERED = re.compile(
    r"\(?(?:[0-9]{1,2}|[\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341]{1,3})[).\u3001:]+"
)
BRACKETS = re.compile(r"(.+?)[(\[]([^()\[\]]*)[)\]]$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as typed.

    Attributes:
        position: 0-based column.
        text: as typed.
        code: code of the column it means; empty if unknown.
        nearest: the label of the nearest known column, or `-`.
    """

    position: int
    text: str
    code: str
    nearest: str


def heading_key(typed: str) -> str:
    """Return a heading as it is compared."""
    return folded(typed).strip("*:")


def bracketed(typed: str) -> str:
    """Return what a heading states in brackets at its end, folded; offices put the unit there."""
    match = BRACKETS.fullmatch(heading_key(typed))
    return match[2] if match else ""


def table_named(name: str, system: IndicatorSystem) -> str:
    """Return the code of the table a sheet or file name means: its code, label or synonym; empty if none."""
    wanted = folded(name)
    for code, table in system.tables.items():
        if wanted in _names(code, table):
            return code
    return FLAT if wanted == FLAT else ""


def code_named(name: str, columns: Mapping[str, Column]) -> str:
    """Return the code of the column a name means: its code, label or synonym; empty if none."""
    return code_in(name, index_of(columns))


def nearest_table(name: str, system: IndicatorSystem) -> str:
    """Return the table name nearest to an unknown one, or an empty string."""
    tables = system.tables.items()
    names = [known for code, table in tables for known in (table.label.zh, table.label.en, code) if known]
    return _nearest(name, names)


def is_ignored(name: str, system: IndicatorSystem) -> bool:
    """Return whether a sheet of that name holds no data: the scheme says so, or every template has one."""
    return folded(name) in {*words("form_sheets"), *map(folded, system.ignored_sheets)}


def is_flat(header: Sequence[object], system: IndicatorSystem) -> bool:
    """Return whether a row is the heading of a flat fields table: unit, year and at least one field code."""
    found = {heading.code for heading in headings_in(header, columns_of(system, FLAT))}
    return {"unit", "year"} <= found and any(code in system.fields for code in found)


def missing_of_flat(header: Sequence[object], system: IndicatorSystem) -> list[str]:
    """Return what a row of several field headings lacks to be that of a flat fields table."""
    found = {heading.code for heading in headings_in(header, columns_of(system, FLAT))}
    if len(found & set(system.fields)) < FIELDS_OF_FLAT:
        return []
    return [code for code in ("unit", "year") if code not in found]


def stated_scale(rows: Sequence[Sequence[object]]) -> list[tuple[int, int, str, int]]:
    """Return where notes above the headings state a unit of money: 0-based row and column, text, yuan."""
    found = []
    for number, row in enumerate(rows):
        for position, cell in enumerate(row):
            typed = unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else ""
            stated = {folded(part) for listed in _note().findall(typed) for part in LISTED.split(listed)}
            found += [(number, position, typed.strip(), money()[word]) for word in sorted(stated & set(money()))]
    return found


@cache
def _note() -> re.Pattern[str]:
    """Return what finds the words for units behind "unit:", up to the next space, bracket or colon."""
    begin = "|".join(map(re.escape, sorted(words("stated_unit"))))
    return re.compile(rf"(?:{begin})\s*:?\s*(?=([^\s()\[\]:;]+))")


def find_header(rows: Sequence[Sequence[object]], columns: Mapping[str, Column]) -> int | None:
    """Return the position of the heading row: of the first rows the one with most known headings, at least two."""
    index = index_of(columns)
    needed = min(2, len(columns))
    best, most = None, needed - 1
    for position, row in enumerate(rows[:SEARCHED_ROWS]):
        known = {code_in(cell, index) for cell in row if isinstance(cell, str)} - {""}
        if len(known) > most:
            best, most = position, len(known)
    return best


def headings_in(row: Sequence[object], columns: Mapping[str, Column]) -> list[Heading]:
    """Return the headings of a row; cells without text are left out."""
    index = index_of(columns)
    names = [name for code, column in columns.items() for name in (column.label.zh, column.label.en, code) if name]
    found = []
    for position, cell in enumerate(row):
        if is_blank(cell):
            continue
        typed = str(cell).strip()
        code = code_in(typed, index)
        found.append(Heading(position, typed, code, "" if code else _nearest(typed, names) or NO_NAME))
    return found


def states_other_unit(heading: Heading, yuan: int | None) -> bool:
    """Return whether the heading's brackets state another scale of money than the declared one."""
    stated = money().get(bracketed(heading.text))
    return yuan is not None and stated is not None and stated != yuan


def _names(code: str, named: Table | Column) -> set[str]:
    return {heading_key(name) for name in (code, named.label.zh, named.label.en, *named.synonyms) if name}


def index_of(columns: Mapping[str, Column]) -> dict[str, str]:
    """Return folded names to codes; where two columns share a name without its brackets, only whole names count."""
    whole = {name: code for code, column in reversed(list(columns.items())) for name in _names(code, column)}
    short: dict[str, set[str]] = {}
    for name, code in whole.items():
        match = BRACKETS.fullmatch(name)
        if match:
            short.setdefault(match[1], set()).add(code)
    unambiguous = {name: next(iter(codes)) for name, codes in short.items() if len(codes) == 1}
    return {**unambiguous, **whole}


def code_in(typed: str, index: Mapping[str, str]) -> str:
    """Return the code a name has in an index; numbers before it and a unit in brackets behind it do not count."""
    key = heading_key(typed)
    for name in (key, NUMBERED.sub("", key, count=1) if NUMBERED.match(key) else "", _without_lead(key)):
        if name in index:
            return index[name]
        match = BRACKETS.fullmatch(name)
        if match and match[1] in index:
            return index[match[1]]
    return ""


def _without_lead(key: str) -> str:
    """Return a heading without the words that say it is a part of the one before."""
    lead = next((word for word in words("of_which") if key.startswith(word)), "")
    return key[len(lead) :].lstrip(":") if lead else ""


def _nearest(typed: str, names: Sequence[str]) -> str:
    folded_names = {heading_key(name): name for name in reversed(names)}
    close = difflib.get_close_matches(heading_key(typed), list(folded_names), n=1, cutoff=0.5)
    return folded_names[close[0]] if close else ""
