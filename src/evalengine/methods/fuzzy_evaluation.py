"""Fuzzy comprehensive evaluation: membership of grades, composed with the weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix, as_vector
from evalengine.methods.compromise import BLOCK, TOLERANCE, Problem, answer, problem
from evalengine.methods.compromise_checks import one_of
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.results import Ranked, Tie

OPERATORS = ("weighted_mean", "max_product", "max_min", "bounded_sum")


@compromise_method(
    formula="B = W∘R, score_i = Σ_g v_g·B_ig/Σ_g B_ig; R_jg triangular membership between the anchors of the grades, 1 "
    "beyond the outer anchors",
    source="Wang Peizhuang (1983), Theory of Fuzzy Sets and its Applications; Zadeh (1965)",
    complexity="O(N·M·G) for G grades",
    ties="equal rows tie; max_product and max_min tie often, by design",
    constant="the highest grade for all where the anchors come from the data",
    zeros="allowed",
    negatives="allowed",
    small="one unit: with stated anchors only",
)
def fuzzy_evaluation(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    anchors: ArrayLike | None = None,
    values: ArrayLike | None = None,
    grades: int = 5,
    operator: str = "weighted_mean",
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the mean grade value of each unit under its composed memberships, high scores first.

    A value between two neighbouring anchors belongs to both grades in proportion. Without anchors, the grades are
    spread evenly from the worst to the best value found. Operators: `weighted_mean` M(·,⊕), `max_product` M(·,∨),
    `max_min` M(∧,∨), `bounded_sum` M(∧,⊕); all but the first let single indicators decide. Memberships counted from
    expert votes go straight to `compose`.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        anchors: (indicators, grades), the typical value of each grade from the worst grade to the best.
        values: (grades,), what each grade is worth; evenly from 0 to 1 for None.
        grades: number of grades where neither anchors nor values say it, at least 2.
        operator: composition of weights and memberships.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores between the smallest and largest of `values`; tables `memberships` (units, grades, summing to 1) and
        `values`.

    Raises:
        MethodError: a malformed input, anchors that do not improve from grade to grade, values that do not increase,
            or nothing to compare where the anchors come from the data.
    """
    one_of(operator, OPERATORS, method="fuzzy_evaluation", what="operator")
    case = problem(matrix, weights, directions, method="fuzzy_evaluation", columns=columns, relative=anchors is None)
    stated = None if anchors is None else _stated_anchors(case, anchors)
    worth = _worth(values, grades if stated is None else stated.shape[1], free=stated is None)
    composed = np.empty((case.matrix.shape[0], worth.size))
    for start in range(0, composed.shape[0], BLOCK):
        part = slice(start, start + BLOCK)
        place = _places(case, case.matrix[part], stated, worth.size)
        memberships = np.maximum(0.0, 1.0 - np.abs(place[:, :, np.newaxis] - np.arange(worth.size)))
        composed[part] = compose(memberships, case.weights, operator=operator)
    composed /= composed.sum(axis=1, keepdims=True)
    scores = (composed * worth).sum(axis=1)
    return answer(case, scores, {"memberships": composed, "values": worth}, tie=tie, tolerance=tolerance)


def compose(memberships: Array, weights: Array, *, operator: str = "weighted_mean") -> Array:
    """Return the composition of weights and memberships, shape (units, grades).

    Args:
        memberships: (units, indicators, grades), from 0 to 1.
        weights: (indicators,), summing to 1.
        operator: `weighted_mean`, `max_product`, `max_min` or `bounded_sum`.

    Raises:
        MethodError: there is no such operator.
    """
    one_of(operator, OPERATORS, method="fuzzy_evaluation", what="operator")
    column = weights[:, np.newaxis]
    if operator in {"weighted_mean", "max_product"}:
        terms = memberships * column
        return np.asarray(terms.sum(axis=1) if operator == "weighted_mean" else terms.max(axis=1))
    terms = np.minimum(memberships, column)
    # Weights sum to 1 and bound the terms, so the bound 1 of the bounded sum needs no minimum.
    return np.asarray(terms.max(axis=1) if operator == "max_min" else terms.sum(axis=1))


def _worth(values: ArrayLike | None, grades: int, *, free: bool) -> Array:
    """Return the value of each grade; `values` say how many there are where they are `free` to."""
    if values is None:
        if grades < 2:  # noqa: PLR2004 - one grade grades nothing
            raise MethodError(
                "outside_range", method="fuzzy_evaluation", what="grades", value=grades, low="[2", high="∞)"
            )
        return np.linspace(0.0, 1.0, grades)
    worth = as_vector(values, method="fuzzy_evaluation", what="values", length=None if free else grades)
    if worth.size < 2 or (np.diff(worth) <= 0).any():  # noqa: PLR2004 - one grade grades nothing
        raise MethodError("not_increasing", method="fuzzy_evaluation", what="values")
    return worth


def _stated_anchors(case: Problem, anchors: ArrayLike) -> Array:
    """Return the anchors of the kept indicators, oriented to increase."""
    array = as_matrix(anchors, method="fuzzy_evaluation")
    if array.shape[0] != case.indicators:
        raise MethodError(
            "wrong_length", method="fuzzy_evaluation", what="anchors", length=array.shape[0], expected=case.indicators
        )
    oriented = array[case.kept] * case.directions[:, np.newaxis]
    bad = (np.diff(oriented, axis=1) <= 0).any(axis=1)
    if bad.any() or oriented.shape[1] < 2:  # noqa: PLR2004 - one grade grades nothing
        raise MethodError("not_increasing", method="fuzzy_evaluation", what=f"anchors {case.name(int(np.argmax(bad)))}")
    return oriented


def _places(case: Problem, block: Array, anchors: Array | None, grades: int) -> Array:
    """Return where each value lies on the scale of grades, from 0 (worst) to grades − 1 (best)."""
    if anchors is None:
        span = np.where(case.constant, 1.0, case.high - case.low)
        z = np.where(case.constant, 1.0, (block - case.worst) * case.directions / span)
        return np.asarray(z * (grades - 1.0))
    numbers = np.arange(float(grades))
    oriented = block * case.directions
    return np.column_stack([np.interp(oriented[:, j], anchors[j], numbers) for j in range(anchors.shape[0])])
