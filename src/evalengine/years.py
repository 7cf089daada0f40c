"""Years: the one that is assessed, what it lacks, what is dated after it, and years a window had to do without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from evalengine.derivation import Values
from evalengine.errors import Fact, Problem, Severity
from evalengine.intake.dataset import Dataset
from evalengine.scheme.model import FLAT, IndicatorSystem
from evalengine.text import Label


def usual_year(data: Dataset, system: IndicatorSystem) -> int:
    """Return the year most units have a row for, the latest such year: one mistyped year does not choose it."""
    name, column = _dated_table(data, system)
    table = data.tables.get(name)
    if table is None or not table.height:
        return 0
    counts = table.drop_nulls(column).group_by(column).agg(pl.col("unit").n_unique().alias("units"))
    usual = counts.sort("units", column, descending=True)[column]
    return int(usual[0]) if len(usual) else 0


def years_absent(data: Dataset, system: IndicatorSystem, units: Sequence[str], year: int) -> list[Problem]:
    """Return what the assessed year lacks: units without a row, rows dated after it, tables that tell a later state."""
    name, column = _dated_table(data, system)
    table = data.tables.get(name)
    if table is None or not table.height:
        return []
    present = set(table.filter(pl.col(column) == year)["unit"].to_list())
    known: Sequence[str] = units if not data.flat else table["unit"].drop_nulls().unique().sort().to_list()
    severity: Severity = "warning" if data.flat else "error"
    labels = (system.tables[name].label if name in system.tables else Label("", "")).facts("label")
    code = "unit_without_row" if data.flat else "unit_without_year"
    found = [
        Problem(severity=severity, code=code, table=name, unit=unit, year=year, facts=labels)
        for unit in known
        if unit not in present
    ]
    later = table.filter(pl.col(column) > year).select("unit", column).unique().sort("unit", column).rows()
    found += [
        Problem(severity="warning", code="later_year", table=name, unit=unit, year=when, facts={"assessed": year})
        for unit, when in later
    ]
    if later and not data.flat:
        undated = [table for code, table in system.tables.items() if not table.year and code in data.tables]
        named = {f"tables_{lang}": ", ".join(table.label.get(lang) for table in undated) for lang in ("zh", "en")}
        found.append(Problem(severity="warning", code="undated_tables", year=year, facts=named))
    return found


def later_records(
    data: Dataset, tables: Mapping[str, pl.DataFrame], system: IndicatorSystem, year: int
) -> Iterator[Problem]:
    """Yield the records dated after the assessed year and all years their unit reported: mistyped, they go unseen."""
    name, column = _dated_table(data, system)
    if data.flat or name not in tables or not tables[name].height:
        return
    newest = dict(tables[name].drop_nulls(column).group_by("unit").agg(pl.col(column).max()).iter_rows())
    for code, table in system.tables.items():
        if code not in tables or code == name or not table.year:
            continue
        facts: dict[str, Fact] = {**table.label.facts("label"), "assessed": year}
        for row in tables[code].filter(pl.col(table.year) > year).iter_rows(named=True):
            if row[table.year] <= newest.get(row["unit"], year):
                continue
            file, sheet, cell = data.place(row, table.year)
            yield Problem(
                severity="warning",
                code="later_record",
                file=file,
                sheet=sheet,
                cell=cell,
                table=code,
                field=table.year,
                unit=row["unit"] or "",
                year=row[table.year],
                facts=facts,
            )


def years_left(values: Values, system: IndicatorSystem, *, flat: bool) -> list[Problem]:
    """Return one warning for each unit, table and year whose absence shortened a window."""
    if flat:
        rows = dict.fromkeys((unit, when) for unit, _, when in values.left)
        return [Problem(severity="warning", code="year_left_flat", unit=unit, year=when) for unit, when in rows]
    left = dict.fromkeys((unit, system.fields[name].table, when) for unit, name, when in values.left)
    labels = {code: table.label.facts("label") for code, table in system.tables.items()}
    return [
        Problem(severity="warning", code="year_left_window", table=table, unit=unit, year=when, facts=labels[table])
        for unit, table, when in left
    ]


def _dated_table(data: Dataset, system: IndicatorSystem) -> tuple[str, str]:
    """Return the table every assessed unit has a row in for every year, and its year column."""
    if data.flat:
        return FLAT, "year"
    required = [(code, table.year) for code, table in system.tables.items() if table.required and table.year]
    return required[0] if required else ("", "")
