"""What is not there: tables no file brings, units without rows, and what nil returns say about both."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

import polars as pl

from evalengine.errors import Problem
from evalengine.intake.columns import named
from evalengine.intake.headings import table_named
from evalengine.scheme.model import CONSORTIA, FLAT, IndicatorSystem

Cell = Callable[[str, int, str], tuple[str, str, str]]
LISTED = re.compile(r"[;,\u3001|\n]")  # between the tables of a nil return
YEARLY, NIL = "yearly", "nil_returns"


def known_units(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """Return the units that take part, sorted."""
    source = tables.get(CONSORTIA, tables.get(FLAT))
    return [] if source is None else source.get_column("unit").drop_nulls().unique().sort().to_list()


def check_presence(tables: Mapping[str, pl.DataFrame], system: IndicatorSystem, cell: Cell) -> Iterator[Problem]:
    """Yield missing tables, units without rows and nil returns that name no table or contradict the rows."""
    if FLAT in tables:
        return
    declared: set[tuple[str, str]] = set()
    for problem, pair in _declarations(tables, system, cell):
        if problem is not None:
            yield problem
        if pair is not None:
            declared.add(pair)
    for code, table in system.tables.items():
        frame = tables.get(code)
        fed = bool(system.fields_of(code)) and code != CONSORTIA
        if frame is None or frame.is_empty():
            if table.required:
                yield Problem(
                    severity="error", code="missing_table", table=code, facts=named("label", [(code, table.label)])
                )
            elif fed and not all((unit, code) in declared for unit in known_units(tables)):
                yield Problem(
                    severity="warning", code="no_table", table=code, facts=named("label", [(code, table.label)])
                )
        elif fed:
            yield from _without_rows(frame, code, system, known_units(tables), declared)


def _without_rows(
    frame: pl.DataFrame, code: str, system: IndicatorSystem, units: list[str], declared: set[tuple[str, str]]
) -> Iterator[Problem]:
    table = system.tables[code]
    present = set(frame.get_column("unit").to_list())
    for unit in units:
        if unit in present or (unit, code) in declared:
            continue
        if table.required:
            yield Problem(
                severity="error",
                code="no_rows_required",
                table=code,
                unit=unit,
                facts=named("label", [(code, table.label)]),
            )
        else:
            kind = "no_rows" if table.absent == "missing" else "no_rows_not_applicable"
            yield Problem(
                severity="warning", code=kind, table=code, unit=unit, facts=named("label", [(code, table.label)])
            )


def nil_returns(text: str, system: IndicatorSystem) -> list[tuple[str, str]]:
    """Return what a list of nil returns names: each name as typed and its table's code, empty if there is none."""
    names = [name.strip() for name in LISTED.split(unicodedata.normalize("NFKC", text))]
    return [(name, table_named(name, system)) for name in names if name]


def _declarations(
    tables: Mapping[str, pl.DataFrame], system: IndicatorSystem, cell: Cell
) -> Iterator[tuple[Problem | None, tuple[str, str] | None]]:
    frame = tables.get(YEARLY)
    if frame is None or NIL not in frame.columns:
        return
    dated = {code: table.year for code, table in system.tables.items()}
    for row, (unit, year, listed) in enumerate(frame.select("unit", "year", NIL).rows()):
        for name, code in nil_returns(listed or "", system):
            file, sheet, address = cell(YEARLY, row, NIL)
            unknown = code in {"", FLAT}
            if unknown or _has_rows(tables, code, unit, dated[code], year):
                yield (
                    Problem(
                        severity="error" if unknown else "warning",
                        code="nil_unknown" if unknown else "nil_with_rows",
                        file=file,
                        sheet=sheet,
                        cell=address,
                        table=YEARLY,
                        field=NIL,
                        unit=unit or "",
                        year=year,
                        value=name,
                        facts={} if unknown else named("label", [(code, system.tables[code].label)]),
                    ),
                    None,
                )
            if not unknown:
                yield None, (unit or "", code)


def _has_rows(tables: Mapping[str, pl.DataFrame], table: str, unit: str, dated: str, year: int) -> bool:
    if table not in tables:
        return False
    rows = tables[table].filter(pl.col("unit") == unit)
    return not (rows.filter(pl.col(dated) == year) if dated else rows).is_empty()
