"""What verified veto, bonus and penalty items add to the totals of units, under limits and caps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from evalengine.grading import totals
from evalengine.intake.columns import items_of
from evalengine.items import Occurrence, count_items
from evalengine.scheme.model import IndicatorSystem


def item_points(
    reported: pl.DataFrame, verified: pl.DataFrame, units: Sequence[str], system: IndicatorSystem
) -> dict[tuple[str, str], float]:
    """Return what each item that occurs, reported or verified, adds to the totals of these units.

    Items change one after the other, in the order of the system, so that their effects add up.

    Args:
        reported: what every occurrence counted for as reported, as `count_items` returns it.
        verified: likewise, as verified.
        units: ids of the units.
        system: the indicator system.
    """
    points: dict[tuple[str, str], float] = {}
    states = [_by_unit(state) for state in (reported, verified)]
    for unit in units:
        before, after = (state.get(unit, []) for state in states)
        codes = [code for code in items_of(system) if any(event.item == code for event in (*before, *after))]
        worth = _worth(before, unit, system)
        for place, code in enumerate(codes, start=1):
            points[unit, code] = 0.0
            if [event for event in before if event.item == code] != [event for event in after if event.item == code]:
                done = codes[:place]
                now = _worth(
                    [
                        *(event for event in before if event.item not in done),
                        *(event for event in after if event.item in done),
                    ],
                    unit,
                    system,
                )
                points[unit, code], worth = now - worth, now
    return points


def _by_unit(items: pl.DataFrame) -> dict[str, list[Occurrence]]:
    found: dict[str, list[Occurrence]] = {}
    for unit, item, count, matter in items.select("unit", "item", "count", "matter").iter_rows():
        found.setdefault(unit, []).append(Occurrence(unit=unit, item=item, count=count, matter=matter))
    return found


def _worth(events: Sequence[Occurrence], unit: str, system: IndicatorSystem) -> float:
    """Return the points of a unit's items together, after limits and caps."""
    made = totals([unit], np.zeros(1), count_items(events, system), system)
    return float(made.bonus[0] - made.penalty[0])
