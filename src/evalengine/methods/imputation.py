"""Imputation: gaps filled from the same column, the same group or the same row; every filled cell is flagged.

Reliability is measured, not assumed. In each round one known value of every incomplete column is hidden and imputed
again by the same method; the errors give the typical error and the skill against the plain column mean. Imputing from
a column mean has skill 0 by construction; a method with a skill below 0 does worse than that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_directions, as_matrix, as_vector, column_name
from evalengine.methods.checks import Flags, check_choice, check_number
from evalengine.methods.registry import Behaviour, register

Statistic = Literal["mean", "median"]
Fill = Callable[[Array], Array]
ROUNDS = 50
HANDBOOK = "OECD/JRC, Handbook on Constructing Composite Indicators, 2008, section 3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How well a column was imputed where the truth is known.

    Attributes:
        column: position of the column.
        imputed: number of cells filled.
        tested: number of known values that were hidden and imputed again.
        error: root mean square error of those, in the unit of the column; None if none could be tested.
        skill: 1 − squared errors / squared errors of the mean of the other known values: 1 = exact, 0 = no better
            than the column mean, below 0 = worse; None if nothing could be tested or all tested values are equal.
    """

    column: int
    imputed: int
    tested: int
    error: float | None
    skill: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Imputed:
    """A completed matrix.

    Attributes:
        values: (units, indicators) without gaps; known cells unchanged.
        flags: (units, indicators), true where the cell was imputed.
        reliability: one entry for each column that had gaps, in column order.
    """

    values: Array
    flags: Flags
    reliability: tuple[Reliability, ...]


def complete(values: ArrayLike, fill: Fill, *, method: str, rounds: int, columns: Sequence[str] | None) -> Imputed:
    """Fill the gaps and measure the reliability; `fill` leaves NaN where it has no answer.

    Raises:
        MethodError: faulty arguments, or a gap that cannot be filled.
    """
    check_number(rounds, rounds >= 0 and rounds == int(rounds), method=method, name="rounds", rule="0, 1, 2, …")
    matrix = as_matrix(values, method=method, columns=columns, allow_nan=True)
    gaps = np.isnan(matrix)
    filled = np.where(gaps, fill(matrix), matrix) if gaps.any() else matrix.copy()
    left = np.argwhere(~np.isfinite(filled))
    if left.size:
        unit, column = (int(k) for k in left[0])
        raise MethodError("cannot_impute", method=method, column=column_name(columns, column), unit=unit + 1)
    return Imputed(values=filled, flags=gaps, reliability=_reliability(matrix, gaps, fill, rounds))


def _reliability(matrix: Array, gaps: Flags, fill: Fill, rounds: int) -> tuple[Reliability, ...]:
    incomplete = np.flatnonzero(gaps.any(axis=0))
    tests = {int(j): _evenly(np.flatnonzero(~gaps[:, j]), rounds) for j in incomplete}
    guesses: dict[int, list[tuple[float, float, float]]] = {j: [] for j in tests}
    for turn in range(max((len(units) for units in tests.values()), default=0)):
        hidden = matrix.copy()
        # columns take their turns shifted, so that one round does not empty one unit's row
        chosen = {j: int(units[(turn + j) % len(units)]) for j, units in tests.items() if turn < len(units)}
        for j, unit in chosen.items():
            hidden[unit, j] = np.nan
        answer = fill(hidden)
        for j, unit in chosen.items():
            others = hidden[:, j][~np.isnan(hidden[:, j])]
            if others.size and np.isfinite(answer[unit, j]):
                guesses[j].append((matrix[unit, j], answer[unit, j], others.mean()))
    return tuple(_judged(j, int(gaps[:, j].sum()), guesses[j]) for j in tests)


def _evenly(units: NDArray[np.intp], rounds: int) -> NDArray[np.intp]:
    if units.size <= rounds:
        return units
    return units[np.arange(rounds) * units.size // rounds]


def _judged(column: int, imputed: int, guesses: list[tuple[float, float, float]]) -> Reliability:
    if not guesses:
        return Reliability(column=column, imputed=imputed, tested=0, error=None, skill=None)
    truth, answer, mean = np.array(guesses).T
    size = max(np.abs(truth - answer).max(), np.abs(truth - mean).max()) or 1.0  # no square leaves double precision
    squares = float((((truth - answer) / size) ** 2).sum())
    baseline = float((((truth - mean) / size) ** 2).sum())
    return Reliability(
        column=column,
        imputed=imputed,
        tested=truth.size,
        error=float(size * np.sqrt(squares / truth.size)),
        skill=1.0 - squares / baseline if np.ptp(truth) > 0 and baseline > 0 else None,
    )


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
    return complete(values, lambda x: _fill_columns(x, _mean), method="mean", rounds=rounds, columns=columns)


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
    return complete(values, lambda x: _fill_columns(x, _median), method="median", rounds=rounds, columns=columns)


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
    members = _members(groups, np.shape(values)[0] if np.ndim(values) else 0, method="by_group", what="groups")

    def fill(matrix: Array) -> Array:
        result = matrix.copy()
        for rows in members:
            result[rows] = _fill_columns(matrix[rows], _STATISTICS[statistic])
        return result

    return complete(values, fill, method="by_group", rounds=rounds, columns=columns)


def _members(labels: Sequence[str | int], count: int, *, method: str, what: str) -> list[NDArray[np.intp]]:
    if len(labels) != count:
        raise MethodError("wrong_length", method=method, what=what, length=len(labels), expected=count)
    order = dict.fromkeys(labels)  # keeps the order of first appearance
    places: dict[str | int, list[int]] = {label: [] for label in order}
    for place, label in enumerate(labels):
        places[label].append(place)
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
    width = as_matrix(values, method="by_row", columns=columns, allow_nan=True).shape[1]
    signs = as_directions(directions, width, method="by_row")
    labels = [0] * width if dimensions is None else dimensions
    members = _members(labels, width, method="by_row", what="dimensions")

    def fill(matrix: Array) -> Array:
        known = ~np.isnan(matrix)
        lowest: Array = np.fmin.reduce(matrix, axis=0)
        highest: Array = np.fmax.reduce(matrix, axis=0)
        worst = np.where(signs > 0, lowest, highest)
        span = (highest - lowest) * signs
        scores = (matrix - worst) / np.where(span == 0, np.nan, span)
        result = matrix.copy()
        for unit in np.flatnonzero(~known.all(axis=1)):
            for cols in members:
                others = scores[unit, cols][~np.isnan(scores[unit, cols])]
                gaps = cols[~known[unit, cols]]
                if others.size:
                    result[unit, gaps] = worst[gaps] + span[gaps] * _STATISTICS[statistic](others)
                else:
                    result[unit, gaps] = np.where(span[gaps] == 0, worst[gaps], np.nan)
        return result

    return complete(values, fill, method="by_row", rounds=rounds, columns=columns)


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
    width = as_matrix(values, method="constant", columns=columns, allow_nan=True).shape[1]
    given = np.full(width, value) if np.ndim(value) == 0 else value
    stated = as_vector(given, method="constant", what="value", length=width)
    return complete(
        values,
        lambda matrix: np.where(np.isnan(matrix), stated, matrix),
        method="constant",
        rounds=rounds,
        columns=columns,
    )
