"""What a ranking method answers with, and how scores become ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_vector

Tie = Literal["competition", "dense", "fractional", "modified"]


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Scores and ranks of the units, with the working behind them.

    Attributes:
        scores: one score per unit, shape (units,), finite.
        ranks: one rank per unit, shape (units,), 1 = best; whole numbers except under the tie rule `fractional`.
        higher_is_better: which end of `scores` is the good one.
        tables: the intermediate tables of the method under the names its docstring gives (ideal points, distances …).
    """

    scores: Array
    ranks: Array
    higher_is_better: bool
    tables: Mapping[str, Array] = field(default_factory=dict)


def ranks_of(
    scores: ArrayLike,
    *,
    higher_is_better: bool = True,
    tolerance: float = 0.0,
    scale: float = 0.0,
    tie: Tie = "competition",
    method: str = "ranks_of",
) -> Array:
    """Return the rank of each unit, 1 = best.

    Two units that follow one another in the order of the scores are tied if their scores differ by at most
    `tolerance` times the largest absolute score, or times `scale` if that is larger; a chain of such neighbours is
    one tie. The rule does not depend on the order of the units, on the unit of measurement of the scores or on which
    end is the better one.

    Args:
        scores: shape (units,).
        higher_is_better: whether the largest score gets rank 1.
        tolerance: relative tolerance of a tie, from 0 (equal floats only) to below 1.
        scale: size of what the scores were computed from by subtraction. Scores that cancel to about 0 are noise of
            that size, and would be no tie relative to themselves.
        tie: rank of tied units: `competition` 1, 2, 2, 4; `modified` 1, 3, 3, 4; `dense` 1, 2, 2, 3;
            `fractional` 1, 2.5, 2.5, 4.
        method: the name a message quotes.

    Raises:
        MethodError: a score is NaN or infinite, the tolerance is outside [0, 1) or the tie rule does not exist.
    """
    if tie not in get_args(Tie):
        raise MethodError("not_a_choice", method=method, what="tie", value=str(tie), allowed=", ".join(get_args(Tie)))
    if not 0.0 <= tolerance < 1.0:
        raise MethodError("outside_range", method=method, what="tolerance", value=float(tolerance), low="[0", high="1)")
    values = as_vector(scores, method=method, what="scores")
    order = np.argsort(values)
    ordered = values[order]
    ranks = np.empty_like(values)  # holds the gaps first: three arrays of this size, not six, halve the time
    starts = np.ones(values.size, dtype=np.bool_)
    if values.size:
        with np.errstate(over="ignore"):  # a gap beyond the largest float is no tie
            gaps = np.subtract(ordered[1:], ordered[:-1], out=ranks[1:])
        apart = gaps > tolerance * max(scale, abs(float(ordered[0])), abs(float(ordered[-1])))
        order, starts[1:] = (order[::-1], apart[::-1]) if higher_is_better else (order, apart)
    dense = np.cumsum(starts, out=ordered)
    ranks[order] = dense if tie == "dense" or starts.all() else _shared(starts, dense, tie)
    return ranks


def _shared(starts: NDArray[np.bool_], dense: Array, tie: Tie) -> Array:
    """Return the rank of each place in the order; `starts` marks where a new tie group begins, `dense` counts them."""
    first = np.flatnonzero(starts) + 1.0
    last = np.append(first[1:] - 1.0, starts.size)
    rank = {"competition": first, "modified": last}.get(tie, (first + last) / 2.0)
    return np.asarray(rank[dense.astype(np.intp) - 1], dtype=np.float64)
