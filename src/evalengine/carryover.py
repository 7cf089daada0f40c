"""What the run of an earlier year knows that need not be reported again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from evalengine.derivation import WINDOW_YEARS
from evalengine.errors import DataError, UsageError
from evalengine.intake.adjustments import apply_adjustments
from evalengine.intake.columns import columns_of, year_of
from evalengine.intake.presence import known_units
from evalengine.intake.reading import read_dataset
from evalengine.intake.words import folded
from evalengine.runs import run_facts, run_table
from evalengine.scheme.expressions import roots
from evalengine.scheme.model import IndicatorSystem

HISTORY = "history"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Carried:
    """Rows to start a template with.

    Attributes:
        year: the assessed year of the run.
        unit: the unit they belong to, as the run spells it; empty for all units.
        tables: rows by table code, verified figures where there are any; columns stated anew every year are blank.
    """

    year: int
    unit: str
    tables: Mapping[str, pl.DataFrame]


def carried_over(run: Path, system: IndicatorSystem, *, year: int | None = None, unit: str = "") -> Carried:
    """Return what a run knows for the template of a later year.

    Tables that are not dated (members, chain nodes) come whole. Dated ones come as far back as the windows of the
    indicators computed from them reach, whole where a figure counts rows of all years. What no window needs, and
    what is stated anew every year, does not come.

    Args:
        run: the run folder of the earlier year; its archived inputs are read under `system`.
        system: the indicator system of the template.
        year: the year of the template; by default the one after the run's.
        unit: whose workbook it is for; the office's tables, of all units, if empty.

    Raises:
        UsageError: no run folder, or the run has no such unit.
        DataError: the archived inputs have errors under this system.
        UnreadableError: they cannot be read.
    """
    manifest = run_facts(run)
    assessed = int(manifest["options"]["year"])
    dataset = read_dataset(run / "inputs" / "data", system)
    adjusted = apply_adjustments(dataset, system, assessed)
    problems = [item for item in (*dataset.problems, *adjusted.problems) if item.severity == "error"]
    if problems:
        raise DataError("run_not_readable_now", problems, folder=str(run))
    units = known_units(adjusted.tables)
    found = [known for known in units if folded(known) == folded(unit)]
    if unit and not found:
        raise UsageError("unknown_unit", unit=unit, known=", ".join(units[:10]))
    own = found[0] if unit else ""
    filler = "unit" if unit else "office"
    tables = {}
    for code, table in system.tables.items():
        if table.filled_by != filler or code not in adjusted.tables or code == HISTORY:
            continue
        rows = _needed(adjusted.tables[code], code, system, (year or assessed + 1))
        tables[code] = rows.filter(pl.col("unit") == own) if unit else rows
    if not unit and HISTORY in system.tables:
        tables[HISTORY] = _published(run, adjusted.tables.get(HISTORY), system)
    return Carried(year=assessed, unit=own, tables={code: rows for code, rows in tables.items() if rows.height})


def _needed(rows: pl.DataFrame, table: str, system: IndicatorSystem, year: int) -> pl.DataFrame:
    """Return the rows a later assessment still needs, in the order of their file."""
    dated = year_of(system, table)
    if dated:
        before = pl.col(dated) < year
        reach = _reach(table, system)
        rows = rows.filter(before if reach is None else before & (pl.col(dated) > year - reach))
    columns = columns_of(system, table)
    blank = [code for code, column in columns.items() if column.restated]
    rows = rows.sort("unit", "_file", "_sheet", "_row").select(list(columns))
    return rows.with_columns(pl.lit(None, dtype=rows.schema[code]).alias(code) for code in blank)


def _reach(table: str, system: IndicatorSystem) -> int | None:
    """Return how many years the figures of a table reach back, the assessed one included; None for all."""
    fields = system.fields_of(table)
    if any(item.period == "to_date" for item in fields.values()):
        return None
    windows = [item.window for item in system.indicators.values() if not fields.keys().isdisjoint(roots(item.formula))]
    return max((WINDOW_YEARS[window] for window in windows), default=1)


def _published(run: Path, earlier: pl.DataFrame | None, system: IndicatorSystem) -> pl.DataFrame:
    """Return the published scores and ranks: those the run was given and its own."""
    ranking = run_table(run, "ranking", run_facts(run))
    columns = list(columns_of(system, HISTORY))
    own = ranking.filter(pl.col("score").is_not_null()).select("unit", "year", "score", "rank")
    listed = (
        own
        if earlier is None
        else pl.concat([earlier.select(name for name in columns if name in earlier.columns), own], how="diagonal")
    )
    known = listed.sort("unit", "year").unique(["unit", "year"], keep="last", maintain_order=True)
    return known.select(name for name in columns if name in known.columns)
