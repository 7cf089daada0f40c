"""The columns of a template's sheets: heading, width, format, what may be entered and what it is for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from openpyxl.worksheet.datavalidation import DataValidation

from evalengine import text
from evalengine.derivation import LONGEST_WINDOW, columns_read
from evalengine.intake.columns import columns_of, is_expert, is_whole, items_of, key_of, year_of
from evalengine.intake.presence import NIL, YEARLY
from evalengine.reports.words import Words, plain
from evalengine.scheme.expressions import roots
from evalengine.scheme.model import CONSORTIA, FLAT, Column, Indicator, IndicatorSystem

LONGEST_PROMPT, LONGEST_ERROR, LONGEST_TITLE = 255, 225, 32  # beyond these Excel calls the file damaged
LONGEST_LIST = 255  # of a drop-down written into the cell's rule; longer ones stand on the hidden sheet
LARGEST = "1E+15"  # numbers beyond it are not exact
MONEY, WHOLE, NUMBER, YEAR, DAY, TEXT = "#,##0.00####", "#,##0", "General", "0", "yyyy-mm-dd", "@"
WIDE, NARROW = 24.0, 12.0
LAST_SCORE = "last_score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A column of a sheet.

    Attributes:
        code: of the column.
        column: the scheme's column.
        heading: its heading, unit in brackets on a line of its own; an asterisk marks what must not stay blank.
        unit: the unit's name; empty if it has none.
        how: how to fill it in, one sentence.
        used_for: names of the indicators computed from it.
        choices: what its drop-down offers; empty if it has none.
        number_format: Excel's format of its cells.
        width: of the column.
    """

    code: str
    column: Column
    heading: str
    unit: str
    how: str
    used_for: tuple[str, ...]
    choices: tuple[str, ...]
    number_format: str
    width: float

    def prompt(self, words: Words) -> str:
        """Return what a spreadsheet shows beside a selected cell."""
        said = [self.how]
        if self.used_for:
            said.append(words.say("template.used_for", names=words.say("between_items").join(self.used_for)))
        return _cut(words.joined(said), LONGEST_PROMPT)


def tables_of(system: IndicatorSystem, filler: str) -> list[str]:
    """Return the tables of a workbook: those its filler fills in; the flat fields table where the scheme has none."""
    listed = [code for code, table in system.tables.items() if table.filled_by == filler]
    return listed or ([FLAT] if filler == "unit" else [])


def entries(system: IndicatorSystem, table: str, filler: str, year: int, words: Words) -> list[Entry]:
    """Return the columns of a sheet; the unit's id stands once, on the sheet of the consortia, in a unit's workbook."""
    columns = columns_of(system, table)
    left = {LAST_SCORE, *items_of(system)} if table == FLAT else set()
    if filler == "unit" and table != CONSORTIA and CONSORTIA in system.tables:
        left.add("unit")
    codes = [code for code in columns if code not in left and code != NIL] + [NIL] * (NIL in columns)
    return [_entry(system, table, code, columns[code], year, words) for code in codes]


def is_dated_by_key(system: IndicatorSystem, table: str) -> bool:
    """Return whether a table has one row for each year of a unit."""
    year = year_of(system, table)
    return bool(year) and set(key_of(system, table)) <= {"unit", year}


def years_asked(year: int) -> range:
    """Return the years a table of yearly figures asks for."""
    return range(year - LONGEST_WINDOW + 1, year + 1)


def indicators_fed(system: IndicatorSystem, tables: Iterable[str]) -> dict[str, Indicator]:
    """Return the indicators computed from one of these tables."""
    fields = {code for table in tables for code in (system.fields if table == FLAT else system.fields_of(table))}
    return {code: item for code, item in system.indicators.items() if fields.intersection(roots(item.formula))}


def shown(value: object, column: Column, words: Words) -> object:
    """Return a value as it is typed: choices by their label, truth as the language's word."""
    if isinstance(value, bool):
        return words.say("template.yes" if value else "template.no")
    if isinstance(value, str) and value in column.choices:
        return words.label(column.choices[value])
    return value


def accepted(entry: Entry, table: str, system: IndicatorSystem, year: int, words: Words) -> DataValidation:
    """Return what a spreadsheet accepts in the cells of a column, and what it says beside them."""
    made = _accepted(entry, table, system, year)
    if made.type is not None:
        made.showErrorMessage = True
        made.error = _cut(entry.how, LONGEST_ERROR)
        made.errorTitle = _cut(words.say("template.refused"), LONGEST_TITLE)
    return _explaining(made, entry, words)


def explained(entry: Entry, words: Words) -> DataValidation:
    """Return the same explanation for the heading, where nothing is entered."""
    return _explaining(DataValidation(), entry, words)


def _explaining(made: DataValidation, entry: Entry, words: Words) -> DataValidation:
    made.promptTitle = _cut(entry.heading.partition("\n")[0], LONGEST_TITLE)
    made.prompt = entry.prompt(words)
    made.showInputMessage = True
    made.allow_blank = True
    return made


def list_name(table: str, code: str) -> str:
    """Return the name of a drop-down that stands on the hidden sheet."""
    return f"list_{table}_{code}"


def fits_in_rule(choices: Sequence[str]) -> bool:
    """Return whether a drop-down can be written into the cell's rule itself."""
    return len(",".join(choices)) <= LONGEST_LIST and not any(set(choice) & set(',"') for choice in choices)


def _entry(system: IndicatorSystem, table: str, code: str, column: Column, year: int, words: Words) -> Entry:
    label = words.label(column.label) or code
    unit = words.unit(column.unit) if column.unit else ""
    heading = f"{'*' if column.required else ''}{label}"
    choices = tuple(words.label(choice) for choice in column.choices.values())
    if column.type == "boolean":
        choices = (words.say("template.yes"), words.say("template.no"))
    elif code == year_of(system, table) and is_dated_by_key(system, table):
        choices = tuple(str(each) for each in years_asked(year))
    return Entry(
        code=code,
        column=column,
        heading=words.say("template.with_unit", label=heading, unit=unit) if unit else heading,
        unit=unit,
        how=_how(system, table, code, column, year, words),
        used_for=_used_for(system, table, code, words),
        choices=choices,
        number_format=_format(system, table, code, column),
        width=_width(column, choices),
    )


def _how(system: IndicatorSystem, table: str, code: str, column: Column, year: int, words: Words) -> str:
    """Return how a column is filled in."""
    said = []
    if (table, code) == (YEARLY, NIL):
        said.append(words.say("template.how.nil_returns"))
    elif code == year_of(system, table):
        said.append(words.say("template.how.year", year=year))
    elif is_expert(system, table, code):
        said.append(words.say("template.how.experts"))
    elif column.type in {"number", "integer"}:
        kind = "whole" if is_whole(system, table, code, column) else "number"
        said.append(words.say(f"template.how.{kind}"))
        low, high = _limits(column)
        if low is not None and high is not None:
            said.append(words.say("template.how.between", low=plain(low), high=plain(high)))
        elif low is not None or high is not None:
            key = "at_least" if high is None else "at_most"
            said.append(words.say(f"template.how.{key}", limit=plain(low if high is None else high)))
    else:
        said.append(words.say(f"template.how.{column.type}"))
    if column.references:
        target, _, name = column.references.partition(".")
        said.append(words.say("template.how.references", place=words.place(target, name)))
    blank = "blank_or_zero" if column.type in {"number", "integer"} else "blank"
    key = "required" if column.required else "optional" if column.optional else blank
    said.append(words.say(f"template.how.{key}"))
    return words.joined(said)


def _used_for(system: IndicatorSystem, table: str, code: str, words: Words) -> tuple[str, ...]:
    if code in {"unit", year_of(system, table)}:
        return ()
    held = system.fields if table == FLAT else system.fields_of(table)
    read = {name for name, item in held.items() if code in ({name} if table == FLAT else columns_read(name, item))}
    return tuple(
        words.label(item.label) for item in system.indicators.values() if read.intersection(roots(item.formula))
    )


def _accepted(entry: Entry, table: str, system: IndicatorSystem, year: int) -> DataValidation:
    column = entry.column
    if entry.choices:
        listed = f'"{",".join(entry.choices)}"' if fits_in_rule(entry.choices) else list_name(table, entry.code)
        return DataValidation(type="list", formula1=listed)
    low, high = (None if limit is None else plain(limit) for limit in _limits(column))
    if entry.code == year_of(system, table):
        return DataValidation(type="whole", operator="between", formula1=low or "1990", formula2=str(year))
    if column.type in {"number", "integer"} and not is_expert(system, table, entry.code):
        kind = "whole" if is_whole(system, table, entry.code, column) else "decimal"
        return DataValidation(type=kind, operator="between", formula1=low or f"-{LARGEST}", formula2=high or LARGEST)
    if column.type == "date":
        return DataValidation(type="date", operator="greaterThan", formula1="1")
    return DataValidation()


def _limits(column: Column) -> tuple[float | None, float | None]:
    """Return the limits of a number, None where there is none."""
    low, high = column.minimum, column.maximum
    return (
        None if low is None or math.isinf(low) else low,
        None if high is None or math.isinf(high) else high,
    )


def _format(system: IndicatorSystem, table: str, code: str, column: Column) -> str:
    if code == year_of(system, table):
        return YEAR
    if column.type == "date":
        return DAY
    if column.type in {"number", "integer"} and not is_expert(system, table, code):
        if is_whole(system, table, code, column):
            return YEAR if column.minimum is not None and column.minimum >= 1000 else WHOLE  # noqa: PLR2004 - a year
        return MONEY if column.unit.endswith("yuan") else NUMBER
    return TEXT


def _width(column: Column, choices: Sequence[str]) -> float:
    longest = max(chain((text.width(choice) for choice in choices), (0,)))
    if choices:
        return min(WIDE, max(NARROW, longest + 5.0))
    return WIDE if column.type == "text" and not column.place else NARROW


def _cut(sentence: str, limit: int) -> str:
    """Return a sentence of at most so many UTF-16 units, which is how Excel counts."""
    if len(sentence.encode("utf-16-le")) // 2 <= limit:
        return sentence
    return sentence.encode("utf-16-le")[: 2 * (limit - 1)].decode("utf-16-le", errors="ignore") + "…"
