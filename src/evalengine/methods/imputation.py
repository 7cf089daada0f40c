"""Imputation from the same column, the same group or the same row; every filled cell is flagged."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.methods.arrays import Array, as_directions, as_matrix, as_vector
from evalengine.methods.checks import Flags, as_labels, check_choice
from evalengine.methods.imputation_reliability import HANDBOOK, ROUNDS, Imputed, complete
from evalengine.methods.registry import Behaviour, register

Statistic = Literal["mean", "median"]


def _fill_columns(matrix: Array, statistic: Callable[[Array], float]) -> Array:
    result = matrix.copy()
    for j in np.flatnonzero(np.isnan(matrix).any(axis=0)):
        column = matrix[:, j]
        known = column[~np.isnan(column)]
        if known.size:
            result[np.isnan(column), j] = statistic(known)
    return result


def _mean(known: Array) -> float:
    size = np.abs(known).max() or 1.0
    return float((known / size).mean() * size)


def _median(known: Array) -> float:
    return float(np.median(known))


_STATISTICS: dict[str, Callable[[Array], float]] = {"mean": _mean, "median": _median}


def _column_behaviour(small: str) -> Behaviour:
    return Behaviour(
        nan="filled and flagged; raises where no known value can answer",
        ties="no effect",
        constant="gaps take the constant",
        zeros="any value",
        negatives="any value",
        small=small,
    )


@register(
    "imputation",
    formula="x = mean of the known values of the column",
    source=HANDBOOK + "; COINr 1.1.14, i_mean",
    complexity="O(N M) a round",
    behaviour=_column_behaviour("needs one known value in the column"),
)
def mean(values: ArrayLike, *, rounds: int = ROUNDS, columns: Sequence[str] | None = None) -> Imputed:
    """Column mean: keeps the mean, shrinks the variance.

    Args:
        values: (units, indicators), NaN = missing.
        rounds: known values of each incomplete column tested for reliability, evenly spread; 0 = none.
        columns: names of the indicators for messages.

    Returns:
        The completed matrix, its flags and its reliability.

    Raises:
        MethodError: a column without any known value, or faulty arguments.
    """
    return complete(values, lambda x, _: _fill_columns(x, _mean), method="mean", rounds=rounds, columns=columns)


@register(
    "imputation",
    formula="x = median of the known values of the column",
    source=HANDBOOK + "; COINr 1.1.14, i_median",
    complexity="O(N M) a round",
    behaviour=_column_behaviour("needs one known value in the column"),
)
def median(values: ArrayLike, *, rounds: int = ROUNDS, columns: Sequence[str] | None = None) -> Imputed:
    """Column median: as the mean, but not drawn by outliers.

    Args:
        values: (units, indicators), NaN = missing.
        rounds: as for `mean`.
        columns: names of the indicators for messages.

    Returns:
        The completed matrix, its flags and its reliability.

    Raises:
        MethodError: a column without any known value, or faulty arguments.
    """
    return complete(values, lambda x, _: _fill_columns(x, _median), method="median", rounds=rounds, columns=columns)


@register(
    "imputation",
    formula="x = mean or median of the known values of the column among the units of the same group",
    source=HANDBOOK + "; COINr 1.1.14, i_mean_grp, i_median_grp",
    complexity="O(N M) a round",
    behaviour=_column_behaviour("needs one known value in the group"),
)
def by_group(
    values: ArrayLike,
    *,
    groups: Sequence[str | int],
    statistic: Statistic = "mean",
    rounds: int = ROUNDS,
    columns: Sequence[str] | None = None,
) -> Imputed:
    """Group mean or median: a gap is filled from the units of the same group.

    Args:
        values: (units, indicators), NaN = missing.
        groups: (units,), the group of each unit.
        statistic: `mean` or `median`.
        rounds: as for `mean`.
        columns: names of the indicators for messages.

    Returns:
        The completed matrix, its flags and its reliability.

    Raises:
        MethodError: a group without any known value in a column, or faulty arguments.
    """
    check_choice(statistic, tuple(_STATISTICS), method="by_group", name="statistic")
    given = as_matrix(values, method="by_group", columns=columns, allow_nan=True)
    members = _members(groups, given.shape[0], method="by_group", what="groups")

    def fill(matrix: Array, _: Flags) -> Array:
        result = matrix.copy()
        for rows in members:
            result[rows] = _fill_columns(matrix[rows], _STATISTICS[statistic])
        return result

    return complete(given, fill, method="by_group", rounds=rounds, columns=columns)


def _members(labels: Sequence[str | int], count: int, *, method: str, what: str) -> list[NDArray[np.intp]]:
    places: dict[Hashable, list[int]] = {}  # in the order of first appearance
    for place, label in enumerate(as_labels(labels, count, method=method, what=what)):
        places.setdefault(label, []).append(place)
    return [np.array(found, dtype=np.intp) for found in places.values()]


@register(
    "imputation",
    formula="x = min + (max - min) mean of the unit's other scores (x - min) / (max - min); costs mirrored",
    source=HANDBOOK + '; COINr 1.1.14, Impute(impute_by = "row")',
    complexity="O(N M) a round",
    behaviour=Behaviour(
        nan="filled and flagged; raises for a unit without any other value in the dimension",
        ties="no effect",
        constant="gaps take the constant; a constant column says nothing about the others",
        zeros="any value",
        negatives="any value",
        small="needs another known value of the unit",
    ),
)
def by_row(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    dimensions: Sequence[str | int] | None = None,
    statistic: Statistic = "mean",
    rounds: int = ROUNDS,
    columns: Sequence[str] | None = None,
) -> Imputed:
    """Row mean or median: a unit's gap is filled from its own other indicators, direction taken into account.

    Args:
        values: (units, indicators), NaN = missing.
        directions: (indicators,), +1 or −1; all +1 if None. A unit that is good elsewhere gets a *low* cost.
        dimensions: (indicators,), the dimension of each indicator; only indicators of the same one answer. None: all.
        statistic: `mean` or `median`.
        rounds: as for `mean`.
        columns: names of the indicators for messages.

    Returns:
        The completed matrix, its flags and its reliability.

    Raises:
        MethodError: a unit without any other known value, a column without any, or faulty arguments.
    """
    check_choice(statistic, tuple(_STATISTICS), method="by_row", name="statistic")
    given = as_matrix(values, method="by_row", columns=columns, allow_nan=True)
    width = given.shape[1]
    signs = as_directions(directions, width, method="by_row")
    labels = [0] * width if dimensions is None else dimensions
    members = _members(labels, width, method="by_row", what="dimensions")

    def fill(matrix: Array, wanted: Flags) -> Array:
        known = ~np.isnan(matrix)
        lowest: Array = np.fmin.reduce(matrix, axis=0)
        highest: Array = np.fmax.reduce(matrix, axis=0)
        worst = np.where(signs > 0, lowest, highest)
        span = (highest - lowest) * signs
        scores = (matrix - worst) / np.where(span == 0, np.nan, span)
        result = matrix.copy()
        for unit in np.flatnonzero((~known & wanted).any(axis=1)):
            for cols in members:
                others = scores[unit, cols][~np.isnan(scores[unit, cols])]
                gaps = cols[~known[unit, cols]]
                if others.size:
                    result[unit, gaps] = worst[gaps] + span[gaps] * _STATISTICS[statistic](others)
                else:
                    result[unit, gaps] = np.where(span[gaps] == 0, worst[gaps], np.nan)
        return result

    return complete(given, fill, method="by_row", rounds=rounds, columns=columns)


@register(
    "imputation",
    formula="x = stated value",
    source=HANDBOOK,
    complexity="O(N M) a round",
    relative=False,
    behaviour=_column_behaviour("any size"),
)
def constant(
    values: ArrayLike, *, value: ArrayLike, rounds: int = ROUNDS, columns: Sequence[str] | None = None
) -> Imputed:
    """Stated value: for all columns or for each.

    Args:
        values: (units, indicators), NaN = missing.
        value: the value that fills gaps, one for all columns or one for each.
        rounds: as for `mean`.
        columns: names of the indicators for messages.

    Returns:
        The completed matrix, its flags and its reliability.

    Raises:
        MethodError: faulty arguments.
    """
    matrix = as_matrix(values, method="constant", columns=columns, allow_nan=True)
    width = matrix.shape[1]
    one = np.isscalar(value) or (isinstance(value, np.ndarray) and value.ndim == 0)
    each: Any = [value] * width if one else value
    stated = as_vector(each, method="constant", what="value", length=width)
    return complete(
        matrix,
        lambda matrix, _: np.where(np.isnan(matrix), stated, matrix),
        method="constant",
        rounds=rounds,
        columns=columns,
    )
