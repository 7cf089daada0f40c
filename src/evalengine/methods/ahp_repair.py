"""Where a matrix of judgements contradicts itself, and which judgement to reconsider first."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.ahp import RandomIndex, connected, consistency, principal_eigenvector, read_judgements
from evalengine.methods.arrays import Array
from evalengine.methods.checks import as_whole
from evalengine.methods.weighting import choose, within

# Saaty's scale 1/9, 1/8 … 1, 2 … 9
SCALE = np.concatenate([1.0 / np.arange(9.0, 1.0, -1.0), np.arange(1.0, 10.0)])


@dataclass(frozen=True, slots=True)
class Triad:
    """Three indicators whose three judgements contradict one another.

    Attributes:
        first: position of i, from 0; i < j < k.
        second: position of j.
        third: position of k.
        direct: the judgement a_ik.
        implied: a_ij·a_jk, what a_ik would have to be.
        inconsistency: Koczkodaj's 1 − min(direct/implied, implied/direct), from 0 to below 1.
    """

    first: int
    second: int
    third: int
    direct: float
    implied: float
    inconsistency: float


@dataclass(frozen=True, slots=True)
class Repair:
    """One judgement to reconsider; never applied by anything but the expert.

    Attributes:
        row: position of i, from 0; i < j.
        column: position of j.
        given: the judgement a_ij as it stands.
        implied: what the other judgements imply for it.
        suggested: the value of the scale 1/9 … 9 that makes the matrix most consistent.
        ratio_before: CR before the change.
        ratio_after: CR with this change, after those listed before it.
    """

    row: int
    column: int
    given: float
    implied: float
    suggested: float
    ratio_before: float
    ratio_after: float


def inconsistent_triads(
    judgements: ArrayLike, *, count: int = 3, tolerance: float = 1e-6, columns: Sequence[str] | None = None
) -> tuple[Triad, ...]:
    """Return the most inconsistent triads of a matrix of judgements, worst first (Koczkodaj 1993).

    Triads with a pair not judged are left out, and so are those that agree to 1e-9. Equally bad triads come in the
    order of their positions.

    Args:
        judgements: as in `ahp`.
        count: how many to return at most.
        tolerance: as in `ahp`.
        columns: names of the indicators for messages.

    Raises:
        MethodError: what `ahp` refuses.
    """
    method = "inconsistent_triads"
    count = as_whole(count, 1, method=method, name="count")
    matrix = read_judgements(judgements, tolerance=tolerance, method=method, columns=columns)
    found = []
    for i, j, k in itertools.combinations(range(matrix.shape[0]), 3):
        direct, implied = float(matrix[i, k]), float(matrix[i, j] * matrix[j, k])
        inconsistency = 1.0 - min(direct / implied, implied / direct)
        if inconsistency > 1e-9:  # noqa: PLR2004 -- rounding of 1/3·3; NaN (a pair not judged) is not above it
            found.append(Triad(i, j, k, direct, implied, inconsistency))
    found.sort(key=lambda triad: (-round(triad.inconsistency, 12), triad.first, triad.second, triad.third))
    return tuple(found[:count])


def suggest_repairs(
    judgements: ArrayLike,
    *,
    limit: float = 0.1,
    most: int = 3,
    random_index: RandomIndex = "saaty",
    tolerance: float = 1e-6,
    columns: Sequence[str] | None = None,
) -> tuple[Repair, ...]:
    """Return single judgements to change, one after the other, until CR is below the limit.

    Each step tries every judgement at every value of the scale and takes the change that lowers CR most; at equal CR
    the smaller change, then the earlier pair. Nothing is returned if the matrix is consistent already. The steps are
    greedy: they need not be the fewest possible.

    Args:
        judgements: as in `ahp`.
        limit: the CR to get below.
        most: how many changes to suggest at most; CR may still be above the limit after them.
        random_index: as in `ahp`.
        tolerance: as in `ahp`.
        columns: names of the indicators for messages.

    Raises:
        MethodError: what `ahp` refuses.
    """
    method = "suggest_repairs"
    choose(random_index, RandomIndex, option="random_index", method=method)
    limit = within(limit, 0.0, 1.0, option="limit", method=method)
    most = as_whole(most, 1, method=method, name="most")
    matrix = read_judgements(judgements, tolerance=tolerance, method=method, columns=columns)
    repairs: list[Repair] = []
    ratio = _ratio(matrix, random_index)
    while ratio >= limit and len(repairs) < most:
        repair = _best_change(matrix, random_index, ratio)
        if repair is None:
            break
        repairs.append(repair)
        matrix[repair.row, repair.column] = repair.suggested
        matrix[repair.column, repair.row] = 1.0 / repair.suggested
        ratio = repair.ratio_after
    return tuple(repairs)


def _ratio(matrix: Array, table: str) -> float:
    missing = int(np.isnan(matrix).sum()) // 2
    return consistency(principal_eigenvector(matrix)[1], matrix.shape[0], table, missing)[1]


def _best_change(matrix: Array, table: str, ratio: float) -> Repair | None:
    """Return the change of one judgement that lowers CR most, or None if none lowers it."""
    best: tuple[float, float, int, int] | None = None
    found = None
    for i, j in itertools.combinations(range(matrix.shape[0]), 2):
        if np.isnan(matrix[i, j]):
            continue
        for value in SCALE:
            changed = matrix.copy()
            changed[i, j], changed[j, i] = value, 1.0 / value
            after = _ratio(changed, table)
            key = (round(after, 12), abs(float(np.log(value / matrix[i, j]))), i, j)
            if after < ratio - 1e-12 and (best is None or key < best):
                best = key
                found = (i, j, float(value), after)
    if found is None:
        return None
    i, j, value, after = found
    return Repair(i, j, float(matrix[i, j]), _implied(matrix, i, j), value, ratio, after)


def _implied(matrix: Array, i: int, j: int) -> float:
    """Return w_i/w_j of the matrix without the judgement of i and j; that judgement if nothing else links them."""
    without = matrix.copy()
    without[i, j] = without[j, i] = np.nan
    if not connected(without)[i, j]:
        return float(matrix[i, j])
    weights, _ = principal_eigenvector(without)
    return float(weights[i] / weights[j])
