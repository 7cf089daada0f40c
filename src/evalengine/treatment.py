"""Outlying indicator values are drawn in before scoring, where an indicator system asks for it; every move is kept."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from evalengine.derivation import State, Values
from evalengine.methods.registry import method
from evalengine.scheme.model import IndicatorSystem


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A value that a treatment changed.

    Attributes:
        unit: position of the unit.
        indicator: position of the indicator.
        rule: what was applied, as the method reports it.
        before: the verified value.
        after: the value that is scored.
    """

    unit: int
    indicator: int
    rule: str
    before: float
    after: float


def treat(values: Values, system: IndicatorSystem) -> tuple[Values, tuple[Move, ...]]:
    """Return the values to score and what was moved, indicator by indicator, units in order.

    A treatment looks at all units, whatever their group, and at the values before industry coefficients. Values that
    are missing or do not apply stay so and do not count.

    Args:
        values: verified indicator values.
        system: the indicator system, whose `treatment` says what to do.

    Raises:
        MethodError: the treatment has no answer for a column; names the indicator.
    """
    rules = system.treatments()
    if not rules:
        return values, ()
    matrix, moves = values.matrix.copy(), []
    for row, code in enumerate(system.indicators):
        rule = rules.get(code, {})
        known = np.flatnonzero(values.states[row] == State.OK)
        if not rule or known.size == 0:
            continue
        parameters = {name: value for name, value in rule.items() if name != "rule"}
        column = matrix[row, known][:, np.newaxis]
        treated = method("treatment", rule["rule"]).function(column, **parameters, columns=[code])
        matrix[row, known] = treated.values[:, 0]
        applied = treated.reports[0].rule
        moves += [
            Move(unit=int(known[place]), indicator=row, rule=applied, before=float(before), after=float(after))
            for place, before, after in zip(treated.moves.unit, treated.moves.before, treated.moves.after, strict=True)
        ]
    return dataclasses.replace(values, matrix=matrix), tuple(moves)
