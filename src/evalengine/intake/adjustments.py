"""Apply verified figures to reported ones; an adjustment that does not fit the data is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from evalengine.errors import Problem, Severity
from evalengine.intake.cells import parse_verbatim
from evalengine.intake.columns import (
    ADJUSTMENTS,
    EVENTS,
    PROVENANCE,
    capping,
    columns_of,
    is_whole,
    key_of,
    left_out_of,
    named,
    year_of,
)
from evalengine.intake.dataset import Dataset
from evalengine.intake.headings import code_named, table_named
from evalengine.intake.numbers import Parsed, canonical
from evalengine.intake.parsers import parser_of
from evalengine.intake.references import dangling
from evalengine.intake.words import folded, words
from evalengine.scheme.model import FLAT, SEVERE, Column, IndicatorSystem

BETWEEN = "/"
WHOLE_ROW = "*"  # in place of a column: the whole record is struck
WITHOUT_EFFECT = "adjustment_without_effect"  # of a column only the whole system uses: a remark, not an error
SCHEMA: Mapping[str, type[pl.DataType]] = {
    "unit": pl.String,
    "year": pl.Int64,
    "table": pl.String,
    "key": pl.String,
    "column": pl.String,
    "reported": pl.String,
    "verified": pl.String,
    "reason": pl.String,
    "evidence": pl.String,
    "verifier": pl.String,
    "date": pl.Date,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one adjustment changed.

    Attributes:
        position: its position among the adjustments handed in.
        rows: positions of its rows in the reported table.
        reported: the value there, as read.
        verified: the value now; None also for a record struck as a whole.
    """

    position: int
    rows: tuple[int, ...]
    reported: object
    verified: object


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Adjusted:
    """The tables with their verified figures.

    Attributes:
        tables: the verified tables; the reported ones stay in the dataset.
        frame: the adjustments applied, by code; the column of a record struck as a whole is `*`.
        changes: for each of these what it changed.
        problems: the adjustments refused, and what was rewritten in the others.
        unverified: unit, table and column of every cell that is now blank because it could not be verified.
    """

    tables: Mapping[str, pl.DataFrame]
    frame: pl.DataFrame
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    unverified: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Target:
    """The cells one adjustment means; more than one row where a column belongs to an entry of several rows."""

    table: str
    rows: Sequence[int]
    code: str
    column: Column | None  # None: the whole row
    key: Sequence[str]


class _RefusedError(Exception):
    """An adjustment does not fit: the problem's code, the adjustment's own column at fault and facts."""

    def __init__(self, code: str, at: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.severity: Severity = "warning" if code == WITHOUT_EFFECT else "error"
        self.at = at
        self.facts = facts


def apply_adjustments(dataset: Dataset, system: IndicatorSystem, year: int) -> Adjusted:
    """Return the tables with every adjustment applied that fits the reported data.

    Args:
        dataset: the reported tables.
        system: the indicator system.
        year: the assessed year, meant where an adjustment names no row of a table with years.
    """
    tables = dict(dataset.tables)
    listed = tables.get(ADJUSTMENTS)
    rows = [] if listed is None else list(listed.drop(PROVENANCE).iter_rows(named=True))
    applied: list[dict[str, object]] = []
    changes: list[Change] = []
    problems: list[Problem] = []
    unverified: dict[tuple[str, str, str], None] = {}
    taken: set[tuple[str, int, str]] = set()
    for position, row in enumerate(rows):
        try:
            target = _target(row, dataset, system, year)
            verified = _values(row, target, dataset, system)
            _check_fit(verified.value, target, tables, system)
            taken |= _cells(target, taken)
        except _RefusedError as refused:
            problems.append(_problem(refused.severity, refused.code, position, refused.at, row, dataset, refused.facts))
            continue
        if verified.severity:
            facts = {"column": "verified", "detail": verified.detail}
            problems.append(_problem("warning", verified.code, position, "verified", row, dataset, facts))
        if target.column is not None:
            tables[target.table] = _changed(tables[target.table], target, verified.value)
        held = None if target.column is None else dataset.tables[target.table][target.code][target.rows[0]]
        changes.append(Change(position=position, rows=tuple(target.rows), reported=held, verified=verified.value))
        applied.append({**row, "year": row["year"] or year, "table": target.table, "column": target.code})
        # A blank part of the key says that there is none, such as no member that covers the node.
        if verified.value is None and target.column is not None and target.code not in target.key:
            unverified[str(row["unit"]), target.table, target.code] = None
    for table in {name: None for name, _, code in sorted(taken) if code == WHOLE_ROW}:
        struck = [number for name, number, code in taken if name == table and code == WHOLE_ROW]
        tables[table] = tables[table].filter(~pl.int_range(pl.len()).is_in(struck))
    problems += dangling(dataset, tables, system)
    frame = pl.DataFrame(applied, schema=SCHEMA) if applied else pl.DataFrame(schema=SCHEMA)
    return Adjusted(
        tables=tables, frame=frame, changes=tuple(changes), problems=tuple(problems), unverified=tuple(unverified)
    )


def _cells(target: _Target, taken: set[tuple[str, int, str]]) -> set[tuple[str, int, str]]:
    """Return the cells an adjustment takes; a row struck as a whole takes all of its own."""
    for table, number, code in taken:
        whole = WHOLE_ROW in {code, target.code}
        if table == target.table and number in target.rows and (whole or code == target.code):
            raise _RefusedError("adjustment_twice", "column")
    return {(target.table, number, target.code) for number in target.rows}


def _target(row: Mapping[str, object], dataset: Dataset, system: IndicatorSystem, year: int) -> _Target:
    own = columns_of(system, ADJUSTMENTS)
    for name in ("unit", "table", "column"):
        if not row[name]:  # the same problem as that of the checked table, so that it is reported once
            raise _RefusedError("blank_required", name, **named("label", [(name, own[name].label)]))
    if not row["reason"]:
        raise _RefusedError("adjustment_without_reason", "reason")
    table = table_named(str(row["table"]), system)
    if table not in dataset.tables or table == ADJUSTMENTS:
        raise _RefusedError("adjustment_unknown_table", "table")
    columns, key = columns_of(system, table), key_of(system, table)
    whole = folded(str(row["column"])) in words("whole_row")
    code = WHOLE_ROW if whole else code_named(str(row["column"]), columns)
    if not code and code_named(str(row["column"]), left_out_of(system, table)):
        raise _RefusedError(WITHOUT_EFFECT, "column")
    if not code:
        raise _RefusedError("adjustment_unknown_column", "column")
    if code == "unit" or (code in key and code == year_of(system, table)):
        raise _RefusedError("adjustment_of_key", "column")
    if whole and not set(key) - {"unit", year_of(system, table)}:
        raise _RefusedError("adjustment_no_record", "table")
    shared = table != FLAT and code in system.tables[table].same
    key = system.tables[table].distinct if shared else key
    rows = _rows(row, dataset.tables[table], table, key, system, year)
    if len(rows) > 1 and not shared:
        raise _RefusedError("adjustment_row_not_unique", "key", count=str(len(rows)))
    return _Target(table=table, rows=rows, code=code, column=None if whole else columns[code], key=key)


def _check_fit(value: object, target: _Target, tables: Mapping[str, pl.DataFrame], system: IndicatorSystem) -> None:
    """Refuse a blank where none is allowed, and a key that is taken or leads nowhere."""
    column = target.column
    if value is None and column is not None and column.required:  # a record without its year would drop out unseen
        raise _RefusedError("blank_required", "verified", **named("label", [(target.code, column.label)]))
    if column is None or target.code not in target.key:
        return
    frame = _changed(tables[target.table], target, value)
    if frame.select(pl.struct(target.key).is_duplicated()).to_series()[target.rows[0]]:
        raise _RefusedError("adjustment_key_taken", "verified")
    table, _, name = column.references.partition(".")
    if value is not None and table in tables:
        unit = frame.get_column("unit")[target.rows[0]]
        if value not in tables[table].filter(pl.col("unit") == unit).get_column(name).to_list():
            place = [(table, system.tables[table].label), (name, columns_of(system, table)[name].label)]
            facts = named("label", [(target.code, column.label)]) | named("target", place, ": ")
            raise _RefusedError("reference_missing", "verified", **facts)


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
        raise _RefusedError("adjustment_without_key", "key", **_form(key, columns))
    if not found:
        raise _RefusedError("adjustment_unknown_row", "key", value=wanted or str(row["unit"]), **_form(key, columns))
    return found


def _spellings(value: object, column: Column) -> tuple[str, str, str]:
    """Return a key value as code and as its labels."""
    text = "" if value is None else canonical(value) if isinstance(value, float) else str(value)
    label = column.choices.get(text)
    return (text, label.zh, label.en) if label else (text, text, text)


def _values(row: Mapping[str, object], target: _Target, dataset: Dataset, system: IndicatorSystem) -> Parsed:
    """Return the verified value, after making sure that the reported one is what the data hold."""
    if target.column is None:
        if not parse_verbatim(row["verified"]).value:
            return Parsed(None)
        raise _RefusedError("adjustment_bad_value", "verified", column=str(row["column"]))
    parse = parser_of(system, target.table, target.code, target.column, typed=False)
    reported, verified = parse(row["reported"]), parse(row["verified"])
    held = dataset.tables[target.table].get_column(target.code)[target.rows[0]]
    if reported.severity == "error" or not _same(reported.value, held):
        shown = "" if held is None else canonical(held) if isinstance(held, float) else str(held)
        code = "adjustment_outdated" if shown else "adjustment_of_blank"
        raise _RefusedError(code if row["reported"] else "adjustment_without_reported", "reported", held=shown)
    if verified.severity == "error":
        raise _RefusedError("adjustment_bad_value", "verified", column=str(row["column"]))
    frame = dataset.tables[target.table]
    if isinstance(verified.value, float) and not _allowed(verified.value, target.column, target, frame, system):
        raise _RefusedError("adjustment_out_of_range", "verified", column=str(row["column"]))
    return verified


def _same(reported: object, held: object) -> bool:
    """Return whether the reported value is what the data hold; text as it is compared everywhere."""
    if isinstance(reported, str) and isinstance(held, str):
        return folded(reported) == folded(held)
    return reported == held


def _allowed(value: float, column: Column, target: _Target, frame: pl.DataFrame, system: IndicatorSystem) -> bool:
    low = -math.inf if column.minimum is None else column.minimum
    high = math.inf if column.maximum is None else column.maximum
    if (target.table, target.code) == (EVENTS, "count") and frame.get_column("item")[target.rows[0]] in capping(system):
        high = SEVERE
    whole = is_whole(system, target.table, target.code, column)
    return low <= value <= high and (not whole or value.is_integer())


def _changed(frame: pl.DataFrame, target: _Target, value: object) -> pl.DataFrame:
    dtype = frame.schema[target.code]
    here = pl.int_range(pl.len()).is_in(list(target.rows))
    new = pl.when(here).then(pl.lit(value, dtype=dtype)).otherwise(pl.col(target.code))
    return frame.with_columns(new.alias(target.code))


def _problem(
    severity: Severity,
    code: str,
    position: int,
    column: str,
    row: Mapping[str, object],
    dataset: Dataset,
    facts: Mapping[str, str],
) -> Problem:
    file, sheet, cell = dataset.cell(ADJUSTMENTS, position, column)
    if not cell:  # the sheet lacks the column: point at the row's unit
        file, sheet, cell = dataset.cell(ADJUSTMENTS, position, "unit")
    dated = row["year"]
    return Problem(
        severity=severity,
        code=code,
        file=file,
        sheet=sheet,
        cell=cell,
        table=ADJUSTMENTS,
        field=column,
        unit=str(row["unit"] or ""),
        year=dated if isinstance(dated, int) else None,
        value=str(row[column] or ""),
        facts=facts,
    )
