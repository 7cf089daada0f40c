"""Reported and verified figures → those that count: rejected ones are unverified; a struck list is an empty one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from evalengine.derivation import Fields, State, columns_read
from evalengine.scheme.model import FLAT, IndicatorSystem

NO_ROWS = (State.ABSENT, State.NOT_APPLICABLE)  # of a table whose absence means that it does not apply


def verify_fields(
    reported: Fields, derived: Fields, system: IndicatorSystem, rejected: Iterable[tuple[str, str, str]]
) -> Fields:
    """Return the fields as verified.

    A figure that a rejected cell goes into is unverified. Where verification left no row of a table that had some, the
    figure is that of an empty list, not an absent one: a year whose records are all struck stays in its window.

    Args:
        reported: figures before adjustments.
        derived: figures of the adjusted tables.
        system: the indicator system.
        rejected: (unit, table, column) of the cells an adjustment rejected; for flat data the table is `fields` and the
            column a field.
    """
    cells = set(rejected)
    values, states = derived.values.copy(), derived.states.copy()
    gone = np.isin(derived.states, NO_ROWS) & ~np.isin(reported.states, NO_ROWS)
    same = (reported.values == values) & (reported.states == states)
    for row, (code, item) in enumerate(system.fields.items()):
        values[row][gone[row]] = np.nan if item.experts else item.empty
        states[row][gone[row]] = State.MISSING if item.experts else State.OK
        columns = columns_read(code, item)
        for place, unit in enumerate(derived.units):
            if (unit, FLAT, code) in cells or any((unit, item.table, name) in cells for name in columns):
                changed = ~same[row, :, place] & (reported.states[row, :, place] == State.OK)
                values[row, changed, place], states[row, changed, place] = np.nan, State.UNVERIFIED
    return Fields(units=derived.units, years=derived.years, values=values, states=states)
