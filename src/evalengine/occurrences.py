"""Which veto, bonus and penalty items occur: recorded, by condition or for want of evidence; floors not reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evalengine.derivation import UNKNOWN, Fields
from evalengine.errors import Problem
from evalengine.intake.columns import EVENTS, items_of
from evalengine.items import Occurrence
from evalengine.scheme.expressions import parse, substitute
from evalengine.scheme.model import CONSORTIA, FLAT, Floor, IndicatorSystem


def occurrences(
    tables: Mapping[str, pl.DataFrame], evidence: pl.DataFrame, system: IndicatorSystem, year: int, *, flat: bool
) -> list[Occurrence]:
    """Return the veto, bonus and penalty items of the assessed year, in a stated order.

    Args:
        tables: the tables, reported or verified.
        evidence: the evidence that costs penalty items, as `evidence.Tracked` has it; its items come last.
        system: the indicator system.
        year: the assessed year.
        flat: whether the figures come from a flat fields table.
    """
    recorded = _recorded(tables, system, year, flat=flat)
    known = {(event.unit, event.item) for event in recorded}
    unproved = evidence.filter(pl.col("penalty") != "").select("unit", "penalty", "indicator")
    return [
        *recorded,
        *(event for event in _by_condition(tables, system, year) if (event.unit, event.item) not in known),
        *(
            Occurrence(unit=unit, item=item, count=1.0, matter=indicator)
            for unit, item, indicator in unproved.iter_rows()
        ),
    ]


def _recorded(
    tables: Mapping[str, pl.DataFrame], system: IndicatorSystem, year: int, *, flat: bool
) -> list[Occurrence]:
    name = FLAT if flat else EVENTS
    if name not in tables:
        return []
    rows = tables[name].filter(pl.col("year") == year)
    if not flat:
        rows = rows.filter(pl.col("count") > 0).sort("unit", "item", "matter", "evidence", maintain_order=True)
        return [
            Occurrence(unit=unit, item=item, count=count, matter=matter or "")
            for unit, item, count, matter in rows.select("unit", "item", "count", "matter").iter_rows()
        ]
    return [
        Occurrence(unit=unit, item=code, count=count)
        for code in items_of(system)
        if code in rows.columns
        for unit, count in rows.select("unit", code).drop_nulls().sort("unit").iter_rows()
        if count > 0
    ]


def _by_condition(tables: Mapping[str, pl.DataFrame], system: IndicatorSystem, year: int) -> Iterator[Occurrence]:
    """Yield the vetoes that a unit's own row of the table of consortia brings, such as an agreement that has ended."""
    if CONSORTIA not in tables:
        return
    for code, veto in system.vetoes.items():
        if veto.where:
            condition = parse(substitute(veto.where, {**system.assessment, "year": year}))
            for unit in tables[CONSORTIA].filter(condition)["unit"].unique().drop_nulls().sort():
                yield Occurrence(unit=unit, item=code, count=1.0)


def conditional_vetoes(
    tables: Mapping[str, pl.DataFrame], system: IndicatorSystem, year: int, units: Sequence[str]
) -> list[Problem]:
    """Return a warning for each veto that a unit's own row of the table of consortia brings."""
    return [
        Problem(
            severity="warning",
            code="veto_by_condition",
            table=CONSORTIA,
            unit=event.unit,
            value=event.item,
            facts=system.vetoes[event.item].label.facts("label"),
        )
        for event in _by_condition(tables, system, year)
        if event.unit in units
    ]


def below_floors(fields: Fields, system: IndicatorSystem) -> dict[str, list[str]]:
    """Return the veto codes of units whose verified figure of the assessed year does not reach a floor."""
    found: dict[str, list[str]] = {}
    for floor, missed in missed_floors(fields, system):
        for place in np.flatnonzero(missed):
            found.setdefault(fields.units[place], []).append(floor.veto)
    return found


def missed_floors(fields: Fields, system: IndicatorSystem) -> Iterator[tuple[Floor, NDArray[np.bool_]]]:
    """Yield each floor that asks for something, and for every unit whether the assessed year's figure is below it.

    What is missing or unverified is below it unless the floor lets that pass; what does not apply is not below it.
    """
    codes = list(system.fields)
    for floor in system.floors:
        if floor.minimum is not None:
            row = codes.index(floor.field)
            missed = fields.values[row, -1] < floor.minimum
            if floor.missing == "below":
                missed |= np.isin(fields.states[row, -1], UNKNOWN)
            yield floor, missed


def unknown_floors(fields: Fields, system: IndicatorSystem) -> Iterator[Problem]:
    """Yield a warning for each unit that is below a floor because its figure is missing or unverified."""
    codes = list(system.fields)
    for floor in system.floors:
        if floor.minimum is None or floor.missing == "passes":
            continue
        label = system.fields[floor.field].label
        for place in np.flatnonzero(np.isin(fields.states[codes.index(floor.field), -1], UNKNOWN)):
            yield Problem(
                severity="warning",
                code="floor_unknown",
                field=floor.field,
                unit=fields.units[place],
                value=floor.veto,
                facts={**label.facts("label"), "minimum": f"{floor.minimum:g}"},
            )
