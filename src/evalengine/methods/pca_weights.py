"""Weights from principal components: the handbook's rotated factors, all components, or the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_directions, as_matrix, column_name
from evalengine.methods.critic_weights import correlation_matrix
from evalengine.methods.data_weights import Columns, read_columns
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.weighting import Weights, choose, within

PcaVariant = Literal["handbook", "components", "first"]
FactorRule = Literal["kaiser", "share", "handbook"]
LEAST_UNITS = 3
FACTOR_SHARE = 0.10
ROUNDING = 1e-9  # an eigenvalue of 1 + rounding does not exceed 1
SHARES: dict[str, float] = {"kaiser": 0.0, "share": 0.85, "handbook": 0.6}  # where none is stated
SWEEPS = 1000
ANGLE = 1e-13
FLAT = 1e-13  # slope and curvature of the criterion below this are rounding noise
BY_CORRELATION = Behaviour(
    nan="raises",
    ties="symmetric",
    constant="raises, naming the column",
    zeros="allowed",
    negatives="allowed",
    small="raises below three units; needs many more units than indicators to mean anything",
)


@dataclass(frozen=True, slots=True, eq=False)
class PcaWeights(Weights):
    """Weights from principal components.

    Attributes:
        eigenvalues: of the correlation matrix, largest first, shape (indicators,); they sum to the number of
            indicators.
        loadings: of the factors kept, rotated under the variant `handbook`, shape (indicators, factors); every
            column has a sum of at least 0.
        explained: share of the total variance of each factor kept, after rotation, shape (factors,).
        factor: position of the factor on which the indicator's squared loading, as a share of the factor's, is largest,
            shape (indicators,).
    """

    eigenvalues: Array
    loadings: Array
    explained: Array
    factor: NDArray[np.intp]


@register(
    "weighting",
    formula="R = V Λ Vᵀ; handbook: w_j ∝ s_jk e_k, l the varimax-rotated loadings of the factors kept, "
    "e_k = Σ_j l_jk², s_jk = l_jk² / e_k, k the factor on which s_jk is largest; components: w_j ∝ Σ_k λ_k |v_jk|; "
    "first: w_j ∝ v_j1",
    source="OECD/JRC Handbook on Constructing Composite Indicators (2008), section 6.1; Nicoletti, Scarpetta & Boylaud "
    "(2000); Kaiser (1958), varimax; components: Chinese practice",
    complexity="O(NM² + M³)",
    behaviour=BY_CORRELATION,
)
def pca(
    matrix: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    variant: PcaVariant = "handbook",
    factors: FactorRule = "kaiser",
    share: float | None = None,
    columns: Sequence[str] | None = None,
) -> PcaWeights:
    """Weights from the principal components of the correlations; they correct for overlap, they are not importance.

    Args:
        matrix: shape (units, indicators).
        directions: +1 benefit, −1 cost, shape (indicators,); all benefit if not given.
        variant: `handbook` rotates the factors (varimax with Kaiser's normalisation) and takes each indicator's
            squared loading on the factor it belongs to; `components` sums eigenvalue times absolute coefficient;
            `first` takes the coefficients of the first component and raises where one is negative.
        factors: which to keep: `kaiser` eigenvalue above 1; `share` as few as explain `share` of the variance;
            `handbook` eigenvalue above 1, each more than 10 % and together at least `share` of the variance.
        share: see `factors`; if not given 0.85 under `share` and the handbook's own 0.6 under `handbook`.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, wrong directions, a constant column, fewer than three units, no
            factor that meets the rule, or a negative coefficient under `first`.
    """
    method = "pca"
    choose(variant, PcaVariant, option="variant", method=method)
    choose(factors, FactorRule, option="factors", method=method)
    least = within(SHARES[factors] if share is None else share, 0.0, 1.0, option="share", method=method)
    read, signs = read_varying(matrix, directions, method=method, columns=columns)
    values, vectors = np.linalg.eigh(correlation_matrix(read) * np.outer(signs, signs))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    kept = 1 if variant == "first" else _factors_kept(values, factors, least)
    vectors = vectors[:, :kept]
    loadings = vectors * np.sqrt(values[:kept])
    if variant == "handbook":
        loadings = varimax(loadings)
    loadings = loadings * np.where(loadings.sum(axis=0) < 0.0, -1.0, 1.0)
    factor = heaviest_factor(loadings)
    importance = {
        "handbook": loadings[np.arange(values.size), factor] ** 2,
        "components": np.abs(vectors) @ values[:kept],
        "first": loadings[:, 0],
    }[variant]
    importance = np.where(np.abs(importance) < ROUNDING, 0.0, importance)
    if (importance < 0.0).any():
        name = column_name(columns, int(np.argmin(importance)))
        raise MethodError("pca_negative", method=method, column=name, value=float(importance.min()))
    explained = (loadings**2).sum(axis=0) / values.size
    return PcaWeights(importance / importance.sum(), values, loadings, explained, factor)


def read_varying(
    matrix: ArrayLike, directions: ArrayLike | None, *, method: str, columns: Sequence[str] | None
) -> tuple[Columns, Array]:
    """Return a checked matrix of at least three units without constant columns, and its directions.

    Raises:
        MethodError: a fault of the matrix or the directions, a constant column, or too few units.
    """
    given = as_matrix(matrix, method=method, columns=columns)
    read = read_columns(given, method=method, columns=columns)
    signs = as_directions(directions, read.mean.size, method=method)
    if read.values.shape[1] < LEAST_UNITS:
        raise MethodError("weights_few_units", method=method, needed=LEAST_UNITS, units=read.values.shape[1])
    if read.constant.any():
        name = column_name(columns, int(np.argmax(read.constant)))
        raise MethodError("weights_constant_column", method=method, column=name)
    return read, signs


def varimax(loadings: Array) -> Array:
    """Return loadings (indicators, factors) turned so that their squares vary most within each factor (Kaiser 1958).

    Rows are scaled to length 1 meanwhile. Plane rotations in a fixed order, each with its best angle in closed form.
    """
    length = np.sqrt((loadings**2).sum(axis=1))
    length = np.where(length > 0.0, length, 1.0)[:, None]
    turned = loadings / length
    rows, factors = turned.shape
    for _ in range(SWEEPS):
        largest = 0.0
        for p in range(factors - 1):
            for q in range(p + 1, factors):
                x, y = turned[:, p].copy(), turned[:, q].copy()
                u, v = x * x - y * y, 2.0 * x * y
                above = 2.0 * (u @ v) - 2.0 * u.sum() * v.sum() / rows
                below = u @ u - v @ v - (u.sum() ** 2 - v.sum() ** 2) / rows
                turn = _best_turn(float(above), float(below))
                turned[:, p] = x * np.cos(turn) + y * np.sin(turn)
                turned[:, q] = y * np.cos(turn) - x * np.sin(turn)
                largest = max(largest, abs(turn))
        if largest < ANGLE:
            break
    return np.asarray(turned * length)


def _best_turn(above: float, below: float) -> float:
    """Return the angle at which the criterion above·sin 4t + below·cos 4t is largest; 0 where it is flat."""
    if abs(above) > FLAT:
        return float(np.arctan2(above, below)) / 4.0
    return np.pi / 4.0 if below < -FLAT else 0.0  # at the least value the slope is 0 as well


def heaviest_factor(loadings: Array) -> NDArray[np.intp]:
    """Return for each indicator the factor on which its squared loading is the largest share of the factor's.

    Of shares that differ by rounding alone the larger loading decides, so that the order of the factors does not.
    """
    squared = loadings**2
    share = squared / squared.sum(axis=0)
    near = share >= share.max(axis=1, keepdims=True) - ROUNDING
    return np.asarray(np.argmax(np.where(near, squared, -1.0), axis=1))


def _factors_kept(values: Array, rule: FactorRule, share: float) -> int:
    """Return how many of the eigenvalues, largest first, the rule keeps."""
    part = values / values.sum()
    together = np.cumsum(part)
    above_one = int(np.count_nonzero(values > 1.0 + ROUNDING))
    if rule == "share":
        return min(int(np.searchsorted(together, share - ROUNDING)) + 1, values.size)
    kept = above_one if rule == "kaiser" else int(np.count_nonzero(part[:above_one] > FACTOR_SHARE))
    explained = float(together[kept - 1]) if kept else 0.0
    if kept == 0 or (rule == "handbook" and explained < share - ROUNDING):
        raise MethodError("pca_no_factor", method="pca", rule=rule, kept=kept, explained=round(explained, 4))
    return kept
