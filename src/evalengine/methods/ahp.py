"""Analytic hierarchy process: weights and consistency of one matrix of pairwise judgements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.weighting import Weights, choose, within

Solver = Literal["eigenvector", "geometric_mean", "column_sum"]
RandomIndex = Literal["saaty", "chinese", "franek_kresta"]

# Mean consistency index of random reciprocal matrices of order 1, 2, 3 …
RANDOM_INDICES: dict[str, tuple[float, ...]] = {
    # Saaty (1980), The Analytic Hierarchy Process
    "saaty": (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),
    # the table of most Chinese textbooks, from 1,000 random matrices of each order
    "chinese": (0, 0, 0.52, 0.89, 1.12, 1.26, 1.36, 1.41, 1.46, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
    # Franek & Kresta (2014), Procedia Economics and Finance 14; what pymcdm uses
    "franek_kresta": (
        *(0, 0, 0.5799, 0.8921, 1.1159, 1.2358, 1.3322, 1.3952, 1.4537, 1.4882),
        *(1.5117, 1.5356, 1.5571, 1.5714, 1.5831),
    ),
}
LARGEST_JUDGEMENT = 9.0
SMALLEST_INCONSISTENT = 3
JUDGED = Behaviour(
    nan="a missing judgement (eigenvector solver); CR is then on the strict side, see the docstring",
    ties="equal judgements give equal weights",
    constant="all judgements 1: equal weights",
    zeros="raises",
    negatives="raises",
    small="one or two indicators are always consistent",
)


@dataclass(frozen=True, slots=True, eq=False)
class AhpWeights(Weights):
    """Weights from pairwise judgements, and how consistent these are.

    Attributes:
        principal: λ_max; for the solvers without an eigenvalue the mean of (Aw)_i / w_i.
        consistency_index: CI = (λ − n)/(n − 1).
        consistency_ratio: CR = CI / RI; 0 for fewer than three indicators.
        consistent: whether CR is below the limit.
        limit: the limit CR was compared with.
        random_index: name of the table of random indices.
        random_index_value: the RI that CI was divided by.
        geometric_index: Aguarón & Moreno-Jiménez's geometric consistency index of the judgements given.
        missing: how many pairs were not judged.
    """

    principal: float
    consistency_index: float
    consistency_ratio: float
    consistent: bool
    limit: float
    random_index: str
    random_index_value: float
    geometric_index: float
    missing: int


@register(
    "weighting",
    formula="A w = λ w (eigenvector) · w_i ∝ (Π_j a_ij)^(1/n) (geometric_mean) · w_i = mean_j a_ij / Σ_i a_ij "
    "(column_sum); CI = (λ - n)/(n - 1), CR = CI / RI",
    source="Saaty (1980), The Analytic Hierarchy Process; Crawford & Williams (1985); missing pairs: Harker (1987), "
    "their RI: Ágoston & Csató (2022), Omega 108",
    complexity="O(M³)",
    behaviour=JUDGED,
    relative=False,
)
def ahp(
    judgements: ArrayLike,
    *,
    solver: Solver = "eigenvector",
    random_index: RandomIndex = "saaty",
    limit: float = 0.1,
    tolerance: float = 1e-6,
    columns: Sequence[str] | None = None,
) -> AhpWeights:
    """Weights from a matrix of pairwise judgements, with its consistency ratio and the table that was used.

    A pair that nobody judged is NaN in both cells. Harker's matrix then has 0 there and 1 + (missing in the row) on
    the diagonal; its eigenvector fills each gap with w_i/w_j. A gap filled to fit adds less inconsistency, so RI
    shrinks by the factor 1 − 2·missing/((n−1)(n−2)). Ágoston and Csató derived that factor for the completion with the
    smallest λ. Harker's λ is at least as large, so with pairs missing CR is never below theirs, and may be above: a
    matrix near the limit can count as inconsistent here and as consistent there, never the other way round.

    Args:
        judgements: shape (indicators, indicators); a_ij says how many times as important i is as j, from 1/9 to 9,
            a_ji = 1/a_ij, ones on the diagonal.
        solver: `eigenvector`, `geometric_mean` (root method) or `column_sum` (sum method); the last two need every
            pair.
        random_index: `saaty` (.58, .90, 1.12 …), `chinese` (.52, .89, 1.12 …) or `franek_kresta` (.5799, .8921 …).
        limit: a CR below it counts as consistent.
        tolerance: how far a_ij·a_ji may be from 1; within it both become exactly reciprocal.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not square, a judgement out of range or not reciprocal, pairs missing so that the indicators are
            not all connected (or with another solver), or more indicators than the table has.
    """
    method = "ahp"
    choose(solver, Solver, option="solver", method=method)
    choose(random_index, RandomIndex, option="random_index", method=method)
    limit = within(limit, 0.0, 1.0, option="limit", method=method)
    matrix = read_judgements(judgements, tolerance=tolerance, method=method, columns=columns)
    missing = int(np.isnan(matrix).sum()) // 2
    if missing and solver != "eigenvector":
        raise MethodError("ahp_incomplete", method=method, solver=solver)
    weights, principal = solve(matrix, solver)
    index, ratio, random = consistency(principal, weights.size, random_index, missing)
    return AhpWeights(
        weights=weights,
        principal=principal,
        consistency_index=index,
        consistency_ratio=ratio,
        consistent=ratio < limit or weights.size < SMALLEST_INCONSISTENT,
        limit=limit,
        random_index=random_index,
        random_index_value=random,
        geometric_index=_geometric_index(matrix, weights),
        missing=missing,
    )


def read_judgements(
    judgements: ArrayLike, *, tolerance: float, method: str, columns: Sequence[str] | None, largest: float | None = None
) -> Array:
    """Return a checked, exactly reciprocal copy of a matrix of judgements; NaN marks a pair not judged.

    Raises:
        MethodError: not square, diagonal not 1, a judgement outside [1/9, 9], a pair not reciprocal or half missing,
            or the indicators not connected by judgements.
    """
    within(tolerance, 0.0, 0.5, option="tolerance", method=method)
    matrix = as_matrix(judgements, method=method, columns=columns, allow_nan=True)
    size = matrix.shape[0]
    if matrix.shape != (size, size):
        raise MethodError("ahp_not_square", method=method, shape=str(matrix.shape))
    top = (LARGEST_JUDGEMENT if largest is None else largest) * (1.0 + tolerance)
    gap = np.isnan(matrix)
    bad = ~gap & ~((matrix >= 1.0 / top) & (matrix <= top))
    refuse_pair(bad, matrix, "ahp_judgement", method=method, columns=columns)
    bad = (np.abs(matrix * matrix.T - 1.0) > tolerance) | (gap != gap.T) | np.diag(np.diagonal(gap))
    refuse_pair(bad, matrix, "ahp_not_reciprocal", method=method, columns=columns)
    refuse_pair(~connected(matrix), matrix, "ahp_disconnected", method=method, columns=columns)
    return np.asarray(np.sqrt(matrix / matrix.T))


def connected(matrix: Array) -> NDArray[np.bool_]:
    """Return which pairs of indicators are linked by judgements, directly or through others."""
    linked = ~np.isnan(matrix) | np.eye(matrix.shape[0], dtype=bool)
    while True:
        further = (linked.astype(np.float64) @ linked.astype(np.float64)) > 0.0  # sums of at most n ones
        if (further == linked).all():
            return linked
        linked = further


def refuse_pair(
    bad: NDArray[np.bool_], matrix: Array, code: str, *, method: str, columns: Sequence[str] | None
) -> None:
    """Raise MethodError `code` naming the first pair that `bad` marks and its two judgements."""
    if not bad.any():
        return
    row, column = (int(k) for k in np.argwhere(bad)[0])
    names = columns if columns is not None else [f"#{k + 1}" for k in range(matrix.shape[0])]
    raise MethodError(
        code,
        method=method,
        row=names[row],
        column=names[column],
        value=str(matrix[row, column]),
        other=str(matrix[column, row]),
    )


def solve(matrix: Array, solver: Solver = "eigenvector") -> tuple[Array, float]:
    """Return the weights and λ of a checked matrix of judgements."""
    if solver == "eigenvector":
        return principal_eigenvector(matrix)
    if solver == "geometric_mean":
        weights = np.exp(np.log(matrix).mean(axis=1))
        weights = weights / weights.sum()
    else:
        weights = (matrix / matrix.sum(axis=0)).mean(axis=1)
    return weights, float(((matrix @ weights) / weights).mean())


def principal_eigenvector(matrix: Array) -> tuple[Array, float]:
    """Return the Perron vector, summing to one, and its eigenvalue; gaps are treated as Harker does."""
    gap = np.isnan(matrix)
    filled = np.where(gap, 0.0, matrix)
    np.fill_diagonal(filled, 1.0 + gap.sum(axis=1))
    values, vectors = np.linalg.eig(filled)
    top = int(np.argmax(values.real))
    weights = np.abs(vectors[:, top].real)
    return weights / weights.sum(), float(values[top].real)


def consistency(principal: float, size: int, table: str, missing: int) -> tuple[float, float, float]:
    """Return CI, CR and the RI used; all 0 below three indicators.

    Raises:
        MethodError: the table has no entry for so many indicators.
    """
    if size < SMALLEST_INCONSISTENT:
        return 0.0, 0.0, 0.0
    if size > len(RANDOM_INDICES[table]):
        raise MethodError("ahp_too_large", method="ahp", size=size, largest=len(RANDOM_INDICES[table]), table=table)
    index = max((principal - size) / (size - 1), 0.0)
    random = RANDOM_INDICES[table][size - 1] * (1.0 - 2.0 * missing / ((size - 1) * (size - 2)))
    ratio = index / random if random > 0.0 else 0.0  # judgements that form a tree are consistent whatever they are
    return index, ratio, random


def _geometric_index(matrix: Array, weights: Array) -> float:
    """Return 2/((n−1)(n−2)) Σ_{i<j} ln²(a_ij w_j/w_i) over the pairs judged; 0 below three indicators."""
    size = weights.size
    if size < SMALLEST_INCONSISTENT:
        return 0.0
    error = np.log(matrix) - np.log(weights)[:, None] + np.log(weights)[None, :]
    pairs = np.triu(np.ones_like(matrix, dtype=bool), 1) & ~np.isnan(matrix)
    return float(2.0 * (error[pairs] ** 2).sum() / ((size - 1) * (size - 2)))
