"""COMET: a fuzzy model through characteristic objects, free of rank reversal."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix, as_vector
from evalengine.methods.compromise import TOLERANCE, Problem, answer, problem
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.results import Ranked, Tie, ranks_of

LARGEST_GRID = 100_000


@compromise_method(
    formula="score_i = Σ_o P_o·Π_j μ_oj(x_ij), μ triangular between neighbouring points; "
    "P_o = (dense rank of object o − 1)"
    "/(number of ranks − 1), by the row sums of the judgements",
    source="Salabun (2015), Journal of Multi-Criteria Decision Analysis 22(1-2)",
    complexity="O(G·M + N·2^M) for a grid of G objects",
    ties="equal rows tie; objects judged equal share their preference",
    constant="one point: no effect, where the points come from the data",
    zeros="allowed",
    negatives="allowed",
    small="one unit: with stated points only",
)
def comet(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    points: Sequence[ArrayLike] | None = None,
    judgements: ArrayLike | None = None,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the preference of each unit, interpolated between judged characteristic objects, high scores first.

    The characteristic objects are all combinations of the points. An expert judges them in pairs; without judgements
    they are ordered by the weighted sum of their min-max values within the points. With stated points a score does
    not depend on the other units. Without them the points are the smallest, middle and largest values found.

    Args:
        matrix: (units, indicators), inside the points.
        weights: (indicators,), scaled to sum 1; equal for None. They act through the default order only.
        directions: (indicators,), +1 or −1; all benefit for None. They act through the default order only.
        points: for each indicator its characteristic values, ascending, at least two.
        judgements: (objects, objects), 1 where the row is preferred, 0 where the column is, ½ where neither;
            objects in the order of `itertools.product(*points)`. Not together with weights or directions.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie, of units and of objects in the default order.
        columns: labels of the indicators for messages.

    Returns:
        Scores in [0, 1]; tables `objects` (objects, indicators), `preference` (objects).

    Raises:
        MethodError: a malformed input, a value outside the points, a grid of more than 100,000 objects, judgements
            that are not complementary or come with weights, or nothing to compare where points come from the data.
    """
    if judgements is not None and not (weights is None and directions is None):
        raise MethodError("given_twice", method="comet", what="judgements", other="weights, directions")
    case = problem(matrix, weights, directions, method="comet", columns=columns, relative=points is None)
    axes = _axes(case, points)
    objects = math.prod(axis.size for axis in axes)
    if objects > LARGEST_GRID:
        raise MethodError("grid_too_large", method="comet", objects=objects, limit=LARGEST_GRID)
    grid = np.array(list(itertools.product(*axes)))
    merit = _default_merit(case, axes, grid) if judgements is None else _judged_merit(judgements, objects)
    place = ranks_of(merit, higher_is_better=False, tolerance=tolerance, tie="dense", method="comet") - 1.0
    if place.max() == 0.0:
        raise MethodError("units_all_equal", method="comet")
    preference = place / place.max()
    scores = _interpolate(case, axes, preference)
    return answer(case, scores, {"objects": grid, "preference": preference}, tie=tie, tolerance=tolerance)


def _axes(case: Problem, points: Sequence[ArrayLike] | None) -> list[Array]:
    """Return the characteristic values of each kept indicator; one only for a constant indicator without points."""
    if points is None:
        middle = case.low + (case.high - case.low) / 2.0
        return [np.unique(row) for row in np.column_stack([case.low, middle, case.high])]
    if len(points) != case.indicators:
        raise MethodError("wrong_length", method="comet", what="points", length=len(points), expected=case.indicators)
    axes = [as_vector(points[k], method="comet", what=f"points {case.name(j)}") for j, k in enumerate(case.kept)]
    for j, axis in enumerate(axes):
        if axis.size < 2 or (np.diff(axis) <= 0).any():  # noqa: PLR2004 - a scale has two ends
            raise MethodError("not_increasing", method="comet", what=f"points {case.name(j)}")
        if case.low[j] < axis[0] or case.high[j] > axis[-1]:
            value = case.low[j] if case.low[j] < axis[0] else case.high[j]
            raise MethodError(
                "outside_bounds",
                method="comet",
                column=case.name(j),
                value=float(value),
                low=float(axis[0]),
                high=float(axis[-1]),
            )
    return axes


def _default_merit(case: Problem, axes: list[Array], grid: Array) -> Array:
    """Return the weighted sum of the min-max values of each object within the points."""
    low, high = np.array([axis[0] for axis in axes]), np.array([axis[-1] for axis in axes])
    worst = np.where(case.cost, high, low)
    span = np.where(high > low, high - low, 1.0)
    return np.asarray(((grid - worst) * (case.directions * case.weights / span)).sum(axis=1))


def _judged_merit(judgements: ArrayLike, objects: int) -> Array:
    """Return the row sums of complementary judgements."""
    matrix = as_matrix(judgements, method="comet")
    if matrix.shape != (objects, objects):
        raise MethodError("wrong_length", method="comet", what="judgements", length=matrix.shape[0], expected=objects)
    if not (np.isin(matrix, (0.0, 0.5, 1.0)).all() and (matrix + matrix.T == 1.0).all()):
        raise MethodError("judgements_not_complementary", method="comet")
    return np.asarray(matrix.sum(axis=1))


def _interpolate(case: Problem, axes: list[Array], preference: Array) -> Array:
    """Return the multilinear interpolation of the preferences: only the 2^M objects around a unit have a part."""
    units = case.matrix.shape[0]
    strides = np.cumprod([1, *(axis.size for axis in reversed(axes))])[-2::-1]
    corner, active, fractions = np.zeros(units, dtype=np.intp), [], []
    for column, axis, stride in zip(case.matrix.T, axes, strides, strict=True):
        if axis.size == 1:
            continue
        cell: NDArray[np.intp] = np.clip(np.searchsorted(axis, column, side="right") - 1, 0, axis.size - 2)
        corner += cell * stride
        active.append(int(stride))
        fractions.append((column - axis[cell]) / (axis[cell + 1] - axis[cell]))
    scores = np.zeros(units)
    for steps in itertools.product((0, 1), repeat=len(active)):
        part = np.ones(units)
        for step, fraction in zip(steps, fractions, strict=True):
            part *= fraction if step else 1.0 - fraction
        scores += part * preference[corner + sum(s * stride for s, stride in zip(steps, active, strict=True))]
    return scores
