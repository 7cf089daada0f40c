"""How the cells of each column are read."""

from __future__ import annotations

from functools import partial

from evalengine.intake import cells
from evalengine.intake.columns import ADJUSTMENTS, declared_unit, is_expert
from evalengine.intake.dates import parse_date, parse_year
from evalengine.intake.numbers import Parsed, parse_number
from evalengine.intake.presence import NIL, YEARLY, nil_returns
from evalengine.scheme.model import Column, IndicatorSystem

VERBATIM = {(ADJUSTMENTS, "key"), (ADJUSTMENTS, "reported"), (ADJUSTMENTS, "verified")}


def parser_of(
    system: IndicatorSystem, table: str, code: str, column: Column, *, year: str, typed: bool
) -> cells.Parser:
    """Return the reader of a column's cells; `year` dates the rows, `typed` files tell numbers from text."""
    if (table, code) in VERBATIM:
        return cells.parse_verbatim
    if (table, code) == (YEARLY, NIL):
        return partial(parse_nil_returns, system)
    if code == year:
        return partial(parse_year, typed=typed)
    if is_expert(system, table, code):
        return cells.expert_parser(declared_unit(system, column), column.minimum, column.maximum)
    readers: dict[str, cells.Parser] = {
        "choice": cells.choice_parser(column.choices),
        "text": cells.parse_place if column.place else cells.parse_text,
        "boolean": cells.parse_boolean,
        "date": parse_date,
    }
    return readers.get(column.type) or partial(parse_number, unit=declared_unit(system, column), typed=typed)


def parse_nil_returns(system: IndicatorSystem, raw: object) -> Parsed:
    """Read a list of tables as their codes joined by ";"; what names no table stays as typed, to be reported."""
    found = cells.parse_text(raw)
    if not isinstance(found.value, str):
        return found
    listed = ";".join(code or name for name, code in nil_returns(found.value, system))
    return found._replace(value=listed or None)
