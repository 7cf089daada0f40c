"""Imputation over years: a gap is filled from the same unit's other years.

Rows are unit-years in any order; years are compared as numbers, so that a missing year in between counts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix, as_vector
from evalengine.methods.checks import Flags, as_labels
from evalengine.methods.imputation_reliability import HANDBOOK, ROUNDS, Imputed, complete
from evalengine.methods.registry import Behaviour, register

_BEHAVIOUR = Behaviour(
    nan="filled and flagged; raises where the unit has no year to answer from",
    ties="a unit-year that appears twice raises",
    constant="gaps take the constant",
    zeros="any value",
    negatives="any value",
    small="needs another year of the unit",
)


def _series(
    units: Sequence[str | int], times: ArrayLike, count: int, method: str
) -> tuple[list[NDArray[np.intp]], Array]:
    """Return the rows of each unit, earliest first, and the times of all rows."""
    labels = as_labels(units, count, method=method, what="units")
    moments = as_vector(times, method=method, what="times", length=count)
    found: dict[Hashable, list[int]] = {}
    for row, unit in enumerate(labels):
        found.setdefault(unit, []).append(row)
    series = []
    for unit, rows in found.items():
        ordered = np.array(rows, dtype=np.intp)[np.argsort(moments[rows], kind="stable")]
        if (np.diff(moments[ordered]) == 0).any():
            raise MethodError("twice", method=method, unit=str(unit))
        series.append(ordered)
    return series, moments


def _over_time(
    values: ArrayLike,
    units: Sequence[str | int],
    times: ArrayLike,
    answer: Callable[[Array, Array, Array], Array],
    *,
    method: str,
    rounds: int,
    columns: Sequence[str] | None,
) -> Imputed:
    """Complete each unit's series by `answer(times of gaps, times of known values, known values)`."""
    given = as_matrix(values, method=method, columns=columns, allow_nan=True)
    series, moments = _series(units, times, given.shape[0], method)

    def fill(matrix: Array, wanted: Flags) -> Array:
        result = matrix.copy()
        missing = np.isnan(matrix)
        for rows in series:
            for column in np.flatnonzero((missing[rows] & wanted[rows]).any(axis=0)):
                gaps, known = rows[missing[rows, column]], rows[~missing[rows, column]]
                if known.size:
                    result[gaps, column] = answer(moments[gaps], moments[known], matrix[known, column])
        return result

    return complete(given, fill, method=method, rounds=rounds, columns=columns)


@register(
    "imputation",
    formula="x(t) = x(s), s = latest earlier year with a value; backfill: earliest later year where there is none",
    source=HANDBOOK + '; COINr 1.1.14, impute_panel("latest"; backfill: "constant")',
    complexity="O(N M) a round",
    behaviour=_BEHAVIOUR,
)
def last_observation(
    values: ArrayLike,
    *,
    units: Sequence[str | int],
    times: ArrayLike,
    backfill: bool = False,
    rounds: int = ROUNDS,
    columns: Sequence[str] | None = None,
) -> Imputed:
    """Last observation carried forward within each unit.

    Args:
        values: (unit-years, indicators), NaN = missing, rows in any order.
        units: (unit-years,), the unit of each row.
        times: (unit-years,), the year of each row.
        backfill: whether a gap before the first value takes that first value; otherwise it raises.
        rounds: as for `mean`.
        columns: names of the indicators for messages.

    Returns:
        The completed matrix, its flags and its reliability.

    Raises:
        MethodError: nothing to carry, a unit-year appears twice, or faulty arguments.
    """

    def carried(gaps: Array, known: Array, found: Array) -> Array:
        place = np.searchsorted(known, gaps) - 1
        earliest = found[0] if backfill else np.nan
        return np.where(place >= 0, found[np.maximum(place, 0)], earliest)

    return _over_time(values, units, times, carried, method="last_observation", rounds=rounds, columns=columns)


@register(
    "imputation",
    formula="x(t) = straight line between the nearest years with a value; beyond them the nearest value",
    source='COINr 1.1.14, impute_panel("linear"; a single value: "linear-constant")',
    complexity="O(N M) a round",
    behaviour=_BEHAVIOUR,
)
def linear(
    values: ArrayLike,
    *,
    units: Sequence[str | int],
    times: ArrayLike,
    rounds: int = ROUNDS,
    columns: Sequence[str] | None = None,
) -> Imputed:
    """Linear interpolation over the years of each unit; before the first and after the last value it stays constant.

    Args:
        values: (unit-years, indicators), NaN = missing, rows in any order.
        units: (unit-years,), the unit of each row.
        times: (unit-years,), the year of each row.
        rounds: as for `mean`.
        columns: names of the indicators for messages.

    Returns:
        The completed matrix, its flags and its reliability.

    Raises:
        MethodError: a unit has no value at all in a column, a unit-year appears twice, or faulty arguments.
    """
    return _over_time(values, units, times, np.interp, method="linear", rounds=rounds, columns=columns)
