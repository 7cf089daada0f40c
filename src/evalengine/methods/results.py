"""What a ranking method answers with, and how scores become ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_vector

Tie = Literal["competition", "dense", "fractional", "modified"]
TIES = get_args(Tie)
SAME = 1e-12  # relative difference up to which two values are one, see `ties`


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
    values = as_vector(scores, method=method, what="scores")
    return ranks_of_checked(
        np.ascontiguousarray(values),
        higher_is_better=higher_is_better,
        tolerance=tolerance,
        scale=scale,
        tie=tie,
        method=method,
    )


def ranks_of_checked(
    values: Array, *, higher_is_better: bool, tolerance: float, scale: float, tie: Tie, method: str
) -> Array:
    """Return what `ranks_of` returns for a contiguous vector that is known to be finite.

    Raises:
        MethodError: the tolerance is outside [0, 1) or the tie rule does not exist.
    """
    from evalengine.methods.ranking import places  # noqa: PLC0415 -- numba is loaded when it is needed

    if tie not in TIES:
        raise MethodError("not_a_choice", method=method, what="tie", value=str(tie), allowed=", ".join(TIES))
    if not 0.0 <= tolerance < 1.0:
        raise MethodError("outside_range", method=method, what="tolerance", value=float(tolerance), low="[0", high="1)")
    if values.size == 0:
        return values.copy()
    gap = tolerance * max(scale, abs(float(values.min())), abs(float(values.max())))
    return places(values, rule=tie, higher_is_better=higher_is_better, gap=gap)
