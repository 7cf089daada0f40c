"""How much data-driven weights hang on single units: the warning figure for small samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix
from evalengine.methods.weighting import Weights

LEAST_UNITS = 3


@dataclass(frozen=True, slots=True, eq=False)
class WeightStability:
    """Weights with all units and with each one left out.

    Attributes:
        weights: with all units, shape (indicators,).
        without: without unit i, shape (units, indicators).
        lowest: smallest weight over the removals and the full sample, shape (indicators,).
        highest: largest weight over the removals and the full sample, shape (indicators,).
        largest_shift: largest change of one weight by one removal, in units of the equal weight 1/n.
        unit: position of the unit whose removal does that.
        indicator: position of the indicator it happens to.
    """

    weights: Array
    without: Array
    lowest: Array
    highest: Array
    largest_shift: float
    unit: int
    indicator: int


def leave_one_out(weigh: Callable[[Array], Weights], matrix: ArrayLike) -> WeightStability:
    """Return the range of weights as each unit in turn is left out.

    Ten units and forty indicators of pure noise give entropy weights from a third to three times the equal weight,
    and one removal shifts a weight by the whole of it: such weights describe the sample, not the indicators.

    Args:
        weigh: a weighting with its settings, for instance `lambda rows: entropy(rows, directions)`.
        matrix: shape (units, indicators), at least three units.

    Raises:
        MethodError: too few units, or what `weigh` raises for the sample or for a part of it.
    """
    method = "leave_one_out"
    given = as_matrix(matrix, method=method)
    units = given.shape[0]
    if units < LEAST_UNITS:
        raise MethodError("weights_few_units", method=method, needed=LEAST_UNITS, units=units)
    full = weigh(given).weights
    without = np.stack([weigh(np.delete(given, unit, axis=0)).weights for unit in range(units)])
    shift = np.abs(without - full)
    unit, indicator = (int(k) for k in np.unravel_index(int(np.argmax(shift)), shift.shape))
    return WeightStability(
        weights=full,
        without=without,
        lowest=np.minimum(without.min(axis=0), full),
        highest=np.maximum(without.max(axis=0), full),
        largest_shift=float(shift[unit, indicator] * full.size),
        unit=unit,
        indicator=indicator,
    )
