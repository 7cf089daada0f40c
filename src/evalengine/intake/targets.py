"""Which cells one adjustment means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from evalengine.errors import Severity
from evalengine.intake.columns import ADJUSTMENTS, columns_of, key_of, left_out_of, named, year_of
from evalengine.intake.dataset import Dataset
from evalengine.intake.headings import code_named, table_named
from evalengine.intake.numbers import canonical
from evalengine.intake.words import folded, words
from evalengine.scheme.model import FLAT, Column, IndicatorSystem

BETWEEN = "/"
WHOLE_ROW = "*"  # in place of a column: the whole record is struck
WITHOUT_EFFECT = "adjustment_without_effect"  # of a column only the whole system uses: a remark, not an error


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Target:
    """The cells one adjustment means; more than one row where a column belongs to an entry of several rows."""

    table: str
    rows: Sequence[int]
    code: str
    column: Column | None  # None: the whole row
    key: Sequence[str]


class RefusedError(Exception):
    """An adjustment does not fit: the problem's code, the adjustment's own column at fault and facts."""

    def __init__(self, code: str, at: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.severity: Severity = "warning" if code == WITHOUT_EFFECT else "error"
        self.at = at
        self.facts = facts


def target_of(row: Mapping[str, object], dataset: Dataset, system: IndicatorSystem, year: int) -> Target:
    """Return the cells an adjustment means.

    Args:
        row: the adjustment.
        dataset: the reported tables.
        system: the indicator system.
        year: the assessed year, meant where the adjustment names no row of a table with years.

    Raises:
        RefusedError: it names no cell, several entries, or one that is no figure.
    """
    own = columns_of(system, ADJUSTMENTS)
    for name in ("unit", "table", "column"):
        if not row[name]:  # the same problem as that of the checked table, so that it is reported once
            raise RefusedError("blank_required", name, **named("label", [(name, own[name].label)]))
    if not row["reason"]:
        raise RefusedError("adjustment_without_reason", "reason")
    table = table_named(str(row["table"]), system)
    if table not in dataset.tables or table == ADJUSTMENTS:
        raise RefusedError("adjustment_unknown_table", "table")
    columns, key = columns_of(system, table), key_of(system, table)
    whole = folded(str(row["column"])) in words("whole_row")
    code = WHOLE_ROW if whole else code_named(str(row["column"]), columns)
    if not code and code_named(str(row["column"]), left_out_of(system, table)):
        raise RefusedError(WITHOUT_EFFECT, "column")
    if not code:
        raise RefusedError("adjustment_unknown_column", "column")
    if code == "unit" or (code in key and code == year_of(system, table)):
        raise RefusedError("adjustment_of_key", "column")
    if whole and not set(key) - {"unit", year_of(system, table)}:
        raise RefusedError("adjustment_no_record", "table")
    shared = table != FLAT and code in system.tables[table].same
    key = system.tables[table].distinct if shared else key
    rows = _rows(row, dataset.tables[table], table, key, system, year)
    if len(rows) > 1 and not shared:
        raise RefusedError("adjustment_row_not_unique", "key", count=str(len(rows)))
    return Target(table=table, rows=rows, code=code, column=None if whole else columns[code], key=key)


def as_text(value: object) -> str:
    """Return what a cell holds as text; nothing for a blank one."""
    return "" if value is None else canonical(value) if isinstance(value, float) else str(value)


def _form(key: Sequence[str], columns: Mapping[str, Column]) -> dict[str, str]:
    return named("form", [(name, columns[name].label) for name in key if name != "unit"], BETWEEN)


def _rows(
    row: Mapping[str, object],
    frame: pl.DataFrame,
    table: str,
    key: Sequence[str],
    system: IndicatorSystem,
    year: int,
) -> list[int]:
    """Return the positions of the unit's rows with the named key; a blank key of a table by year is the year."""
    parts = [name for name in key if name != "unit"]
    wanted = str(row["key"] or "")
    if not wanted and parts == [year_of(system, table)]:
        wanted = str(row["year"] or year)
    if not parts and folded(wanted) == folded(str(row["unit"])):
        wanted = ""
    found = []
    columns = columns_of(system, table)
    own = frame.with_row_index("_position").filter(pl.col("unit") == row["unit"])
    for position, *values in own.select("_position", *parts).iter_rows():
        spelt = zip(*(_spellings(value, columns[name]) for name, value in zip(parts, values, strict=True)), strict=True)
        spellings = {folded(BETWEEN.join(typed).rstrip(BETWEEN)) for typed in spelt} or {""}
        if folded(wanted.rstrip(BETWEEN)) in spellings:
            found.append(int(position))
    if not found and parts and not wanted:
        raise RefusedError("adjustment_without_key", "key", **_form(key, columns))
    if not found:
        raise RefusedError("adjustment_unknown_row", "key", value=wanted or str(row["unit"]), **_form(key, columns))
    return found


def _spellings(value: object, column: Column) -> tuple[str, str, str]:
    """Return a key value as code and as its labels."""
    text = as_text(value)
    label = column.choices.get(text)
    return (text, label.zh, label.en) if label else (text, text, text)
