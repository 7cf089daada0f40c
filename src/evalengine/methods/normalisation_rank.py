"""Normalisation by place: rank, Borda, percentile rank, bands of percentiles.

Values are equal, and share a place, if they differ by at most `tolerance` times the larger of their absolute values:
5.1 read from one file and 17·0.3 computed in another are one value. Equality is passed on along a chain of neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_vector
from evalengine.methods.checks import check_choice, check_number
from evalengine.methods.normalisation import ANY, NAN, Columns, NanPolicy, columns_of, extremes, ranges
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.results import SAME, Tie

TieRule = Literal["min", "average", "max"]
RULES: Mapping[str, Tie] = {"min": "competition", "average": "fractional", "max": "modified"}
_TIES = "equal within tolerance; share the smallest place (min), the mean (average) or the largest (max)"
_PERCENT = 100.0


def places(given: Columns, ties: str, tolerance: float) -> Array:
    """Return places from 1 = worst, (indicators, units); NaN where the value is missing."""
    from evalengine.methods.ties import ranks_from_below  # noqa: PLC0415 -- numba is loaded when it is needed

    check_choice(ties, tuple(RULES), method=given.method, name="ties")
    check_number(tolerance, 0 <= tolerance < 1, method=given.method, name="tolerance", rule="0 <= tolerance < 1")
    values = given.oriented()
    result = np.full(values.shape, np.nan)
    for row, ranks in zip(values, result, strict=True):
        known = ~np.isnan(row)
        if known.any():
            ranks[known] = ranks_from_below(row[known], rule=RULES[ties], same=tolerance)
    return result


@register(
    "normalisation",
    formula="z = place from below: 1 = worst ... N = best",
    source="OECD/JRC, Handbook, 2008, section 5; COINr 1.1.14, n_rank (ties min)",
    complexity="O(N log N M)",
    behaviour=Behaviour(nan=NAN, ties=_TIES, constant="everybody ties", zeros=ANY, negatives=ANY),
)
def rank(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    ties: TieRule = "min",
    tolerance: float = SAME,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Rank from below: the worst unit gets 1, so that more is better.

    Args:
        values: (units, indicators).
        directions: as for `min_max`.
        ties: place of equal values: `min` (COINr), `average`, `max`.
        tolerance: relative difference up to which neighbouring values are equal.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), between 1 and the number of units.

    Raises:
        MethodError: faulty arguments.
    """
    given = columns_of(values, directions, method="rank", nan=nan, columns=columns)
    return given.finished(places(given, ties, tolerance))


@register(
    "normalisation",
    formula="z = place from below - 1",
    source="J.-C. de Borda, 1781; COINr 1.1.14, n_borda (ties min)",
    complexity="O(N log N M)",
    behaviour=Behaviour(nan=NAN, ties=_TIES, constant="everybody ties", zeros=ANY, negatives=ANY),
)
def borda(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    ties: TieRule = "min",
    tolerance: float = SAME,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Borda points: the number of units that are worse.

    Args:
        values: (units, indicators).
        directions: as for `min_max`.
        ties: `min` counts worse units only (COINr), `average` half of the equal ones too, `max` all of them.
        tolerance: as for `rank`.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), between 0 and the number of units less 1.

    Raises:
        MethodError: faulty arguments.
    """
    given = columns_of(values, directions, method="borda", nan=nan, columns=columns)
    return given.finished(places(given, ties, tolerance) - 1.0)


@register(
    "normalisation",
    formula="z = (place from below - 1) / (n - 1), n = number of known values",
    source="COINr 1.1.14, n_prank (ties min)",
    complexity="O(N log N M)",
    behaviour=Behaviour(
        nan=NAN, ties=_TIES, constant="everybody ties", zeros=ANY, negatives=ANY, small="fewer than two values raise"
    ),
)
def percentile(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    ties: TieRule = "min",
    tolerance: float = SAME,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Percentile rank: the share of the other units that are worse.

    Args:
        values: (units, indicators).
        directions: as for `min_max`.
        ties: as for `borda`.
        tolerance: as for `rank`.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), between 0 and 1.

    Raises:
        MethodError: an indicator has fewer than two values, or faulty arguments.
    """
    given = columns_of(values, directions, method="percentile", nan=nan, columns=columns)
    known = (~np.isnan(given.values)).sum(axis=1, keepdims=True)
    given.refuse(known[:, 0] == 1, "one_value")
    return given.finished((places(given, ties, tolerance) - 1.0) / (known - 1))


@register(
    "normalisation",
    formula="z = score of the band P_k <= x < P_(k+1); quantiles linear between order statistics (type 7)",
    source="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, section 5 (categorical scale)",
    complexity="O(N log N M)",
    behaviour=Behaviour(
        nan=NAN,
        ties="equal values share a band; a value within 1e-12 of a bound belongs to the upper band",
        constant="range within 1e-12 of the largest absolute value: raises",
        zeros=ANY,
        negatives=ANY,
        small="one unit is constant; bands stay empty below about 20 units",
    ),
)
def categorical(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    percentiles: ArrayLike = (15.0, 25.0, 65.0, 85.0, 95.0),
    scores: ArrayLike = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0),
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Categorical scale: a score for each band between percentiles of the indicator.

    Args:
        values: (units, indicators).
        directions: as for `min_max`; percentiles count from the worst value upwards.
        percentiles: rising, between 0 and 100; the lower bounds of all bands but the first.
        scores: one more than percentiles, not falling.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), the scores given.

    Raises:
        MethodError: a constant column, percentiles or scores out of order or number, or faulty arguments.
    """
    given = columns_of(values, directions, method="categorical", nan=nan, columns=columns)
    cuts = as_vector(percentiles, method="categorical", what="percentiles")
    marks = as_vector(scores, method="categorical", what="scores", length=cuts.size + 1)
    if cuts.size == 0 or (np.diff(cuts) <= 0).any() or cuts[0] <= 0 or cuts[-1] >= _PERCENT:
        raise MethodError(
            "out_of_range", method="categorical", name="percentiles", value=str(cuts), rule="0 < p1 < p2 < … < 100"
        )
    if (np.diff(marks) < 0).any():
        raise MethodError("out_of_range", method="categorical", name="scores", value=str(marks), rule="s1 <= s2 <= …")
    table = given.oriented()
    lowest, highest = extremes(table)
    span = ranges(lowest, highest)[:, 0]
    given.refuse(span == 0, "constant_column")
    given.refuse(np.isinf(span), "overflow")
    bounds = np.nanquantile(table, cuts / _PERCENT, axis=1)
    band = np.zeros(table.shape, dtype=np.intp)
    for bound in bounds:
        band += table >= (bound - SAME * np.abs(bound))[:, np.newaxis]
    result = marks[band]
    result[np.isnan(table)] = np.nan
    return given.finished(result)
