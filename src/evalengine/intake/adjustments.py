"""Apply verified figures to reported ones; an adjustment that does not fit the data is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from evalengine.errors import Problem, Severity
from evalengine.intake.columns import ADJUSTMENTS, PROVENANCE
from evalengine.intake.dataset import Dataset
from evalengine.intake.references import dangling
from evalengine.intake.targets import WHOLE_ROW, RefusedError, Target, target_of
from evalengine.intake.verified_values import changed, check_fit, verified_value
from evalengine.scheme.model import IndicatorSystem

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
            target = target_of(row, dataset, system, year)
            verified = verified_value(row, target, dataset, system)
            check_fit(verified.value, target, tables, system)
            taken |= _cells(target, taken)
        except RefusedError as refused:
            problems.append(_problem(refused.severity, refused.code, position, refused.at, row, dataset, refused.facts))
            continue
        if verified.severity:
            facts = {"column": "verified", "detail": verified.detail}
            problems.append(_problem("warning", verified.code, position, "verified", row, dataset, facts))
        if target.column is not None:
            tables[target.table] = changed(tables[target.table], target, verified.value)
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


def _cells(target: Target, taken: set[tuple[str, int, str]]) -> set[tuple[str, int, str]]:
    """Return the cells an adjustment takes; a row struck as a whole takes all of its own."""
    for table, number, code in taken:
        whole = WHOLE_ROW in {code, target.code}
        if table == target.table and number in target.rows and (whole or code == target.code):
            raise RefusedError("adjustment_twice", "column")
    return {(target.table, number, target.code) for number in target.rows}


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
