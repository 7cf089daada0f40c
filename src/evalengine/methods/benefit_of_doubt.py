"""Benefit of the doubt: every unit is scored with the weights that show it best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix, column_name
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.solvers import minimum
from evalengine.methods.weighting import Weights, refuse_cells, refuse_negative, within

ROUNDING = 1e-12  # k shares of 1/k sum to 1
FAINTEST = 1e-290  # the weights of a column without a value above this leave double precision


@dataclass(frozen=True, slots=True, eq=False)
class UnitWeights(Weights):
    """Weights of its own for every unit.

    Attributes:
        weights: shape (units, indicators), every row at least 0 and summing to one.
        multipliers: the weights of the linear programmes, shape (units, indicators): score = Σ multiplier·value.
        shares: share of each indicator in the unit's score (pie shares), rows sum to one.
        scores: shape (units,), from above 0 to 1; 1 on the frontier.
        frontier: whether no other unit is at least as good throughout and better somewhere; only these can score 1.
    """

    multipliers: Array
    shares: Array
    scores: Array
    frontier: NDArray[np.bool_]


@register(
    "weighting",
    formula="per unit c: max Σ_j w_j x_cj subject to Σ_j w_j x_ij <= 1 for all i, w >= 0 and "
    "lowest <= w_j x_cj / Σ_k w_k x_ck <= highest",
    source="Melyn & Moesen (1991); Cherchye, Moesen, Rogge & Van Puyenbroeck (2007), Social Indicators Research 82; "
    "pie shares: Wong & Beasley (1990)",
    complexity="N linear programmes with M variables and up to N rows",
    behaviour=Behaviour(
        nan="raises",
        ties="equal units get equal scores",
        constant="allowed: with x = 1 in every unit everybody scores 1",
        zeros="allowed, except in a column under a smallest share, or for a unit of zeros only: raises",
        negatives="raises",
        small="few units and many indicators: everybody scores 1; limit the pie shares",
    ),
)
def benefit_of_doubt(
    matrix: ArrayLike, *, lowest: float = 0.0, highest: float = 1.0, columns: Sequence[str] | None = None
) -> UnitWeights:
    """Weights per unit that maximise its own score while nobody exceeds 1 under them.

    The scores are unique, the weights need not be: where several weights show a unit equally well, one is returned.
    Weights refer to the columns as given; rescaling a column changes its weights but no score.

    Args:
        matrix: shape (units, indicators), at least 0, more is better.
        lowest: smallest share of each indicator in a unit's score.
        highest: largest share of each indicator in a unit's score.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, a negative value, a column or a unit of zeros, shares that no unit or
            some unit cannot meet, or SciPy is missing.
    """
    method = "benefit_of_doubt"
    given = as_matrix(matrix, method=method, columns=columns)
    refuse_negative(given, method=method, columns=columns)
    lowest = within(lowest, 0.0, 1.0, option="lowest", method=method)
    highest = within(highest, lowest, 1.0, option="highest", method=method)
    _refuse_impossible(given, lowest, highest, method, columns)
    top = given.max(axis=0)
    scaled = given / top
    frontier = undominated(scaled)
    rivals = np.unique(scaled[frontier], axis=0)
    found: dict[bytes, Array] = {}
    multipliers = np.empty_like(scaled)
    for unit, row in enumerate(scaled):
        key = row.tobytes()  # equal units are one programme, so that they get the same weights to the last bit
        if key not in found:
            found[key] = _best_weights(row, rivals, lowest, highest, method)
        multipliers[unit] = found[key]
    parts = multipliers * scaled
    scores = parts.sum(axis=1)
    if not (scores > 0.0).all():
        raise MethodError("doubt_small", method=method, unit=int(np.argmin(scores > 0.0)) + 1)
    weights = multipliers / top
    return UnitWeights(
        weights=weights / weights.sum(axis=1, keepdims=True),
        multipliers=weights,
        shares=parts / scores[:, None],
        scores=np.minimum(scores, 1.0),
        frontier=frontier,
    )


def undominated(matrix: Array) -> NDArray[np.bool_]:
    """Return which units no other one equals or beats throughout, beating it somewhere; equal units fare alike.

    Only these can bind a programme. Units are visited by falling sum, those of equal sum by falling values from the
    first column on, so that a dominating one comes first even if the difference is lost in the sum.
    """
    order = np.lexsort((*-matrix.T[::-1], -matrix.sum(axis=1)))
    front = np.empty_like(matrix)
    size = 0
    result = np.zeros(matrix.shape[0], dtype=bool)
    for unit in order:
        row = matrix[unit]
        above = (front[:size] >= row).all(axis=1) & (front[:size] > row).any(axis=1)
        if not above.any():
            result[unit] = True
            front[size] = row
            size += 1
    return result


def _best_weights(row: Array, rivals: Array, lowest: float, highest: float, method: str) -> Array:
    """Return the multipliers of one unit's programme."""
    size = row.size
    limits = [rivals]
    if lowest > 0.0:
        limits.append(lowest * np.tile(row, (size, 1)) - np.diag(row))
    if highest < 1.0:
        limits.append(np.diag(row) - highest * np.tile(row, (size, 1)))
    rows = np.vstack(limits)
    bound = np.zeros(rows.shape[0])
    bound[: rivals.shape[0]] = 1.0
    weights = np.maximum(minimum(-row, upper=(rows, bound), equal=None, method=method), 0.0)
    over = float((rivals @ weights).max())
    return weights / over if over > 1.0 else weights


def _refuse_impossible(
    matrix: Array, lowest: float, highest: float, method: str, columns: Sequence[str] | None
) -> None:
    """Raise for columns or units of zeros, and for pie shares that force a score to 0."""
    empty = matrix.max(axis=0) == 0.0
    if empty.any():
        raise MethodError("weights_constant_column", method=method, column=column_name(columns, int(np.argmax(empty))))
    faint = matrix.max(axis=0) < FAINTEST
    if faint.any():
        column = int(np.argmax(faint))
        low, high = str(matrix[:, column].min()), str(matrix[:, column].max())
        name = column_name(columns, column)
        raise MethodError("weights_overflow", method=method, column=name, lowest=low, highest=high)
    size = matrix.shape[1]
    if lowest * size > 1.0 + ROUNDING or highest * size < 1.0 - ROUNDING:
        raise MethodError("bounds_impossible", method=method, least=lowest * size, most=highest * size)
    if lowest > 0.0:
        refuse_cells(matrix == 0.0, matrix, "weights_not_positive", method=method, columns=columns)
    usable = np.count_nonzero(matrix, axis=1)
    short = (usable == 0) | (usable * highest < 1.0 - ROUNDING)
    if short.any():
        unit = int(np.argmax(short))
        raise MethodError("doubt_zeros", method=method, unit=unit + 1, nonzero=int(usable[unit]), highest=highest)
