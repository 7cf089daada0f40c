"""CRITIC: contrast of a column times its conflict with the others; the correlations it and others need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.methods.arrays import Array, as_directions
from evalengine.methods.data_weights import BY_CONTRAST, Columns, DataWeights, read_columns, shares_of, transposed
from evalengine.methods.registry import register
from evalengine.methods.weighting import choose

CriticVariant = Literal["directed", "undirected", "absolute"]
Correlation = Literal["pearson", "spearman"]
LOSS = 1e-3  # the part of a sum of squares that must be left when its mean, and what columns share, is taken off
SMALL, LARGE = 1e-200, 1e200  # between which sums of squares and their products keep their digits
NEARLY_CONSTANT = 1e-9  # of a column's size: a range below it is looked at with care
PERFECT = 1e-12  # a correlation this near to 1 is 1: what rounding leaves of two equal columns must not become a weight


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """What CRITIC knows of the columns.

    Attributes:
        deviation: population standard deviation of the min–max scaled column, shape (indicators,); 0 for a constant
            one.
        correlations: of each pair of columns, shape (indicators, indicators); 0 beside a constant one.
        constant: whether the column is constant, shape (indicators,).
    """

    deviation: Array
    correlations: Array
    constant: NDArray[np.bool_]


def correlation_matrix(read: Columns) -> Array:
    """Return the correlations of the columns, shape (indicators, indicators); 0 beside a constant column.

    A correlation within 1e-12 of ±1 is ±1 exactly.
    """
    return _correlations(_sums(read.values, read.mean, 1.0 / read.span)[2], read.constant)


def _of_values(read: Columns) -> Spread:
    return Spread(read.deviation, correlation_matrix(read), read.constant)


def _of_ranks(read: Columns) -> Spread:
    """Return the spread with the correlations of the ranks; a column all of whose values tie is constant too."""
    from evalengine.methods.ties import ranks_from_below  # noqa: PLC0415 -- numba is loaded when it is needed

    ranks = np.stack([ranks_from_below(column) for column in read.values])
    products = _sums(ranks, np.full(ranks.shape[0], (ranks.shape[1] + 1) / 2), np.ones(ranks.shape[0]))[2]
    constant = read.constant | (np.diagonal(products) == 0.0)
    return Spread(np.where(constant, 0.0, read.deviation), _correlations(products, constant), constant)


def _sums(values: Array, centre: Array, scale: Array) -> tuple[Array, Array, Array]:
    """Return the bounds and sums of (x − centre)·scale of each row, and the products of its pairs of rows."""
    from evalengine.methods.product_kernel import pair_sums  # noqa: PLC0415 -- numba is loaded when it is needed
    from evalengine.methods.tile_kernel import TILE  # noqa: PLC0415 -- likewise

    rows = values.shape[0]
    size = -(-rows // TILE) * TILE
    bounds, sums, products = np.empty((2, rows)), np.empty(rows), np.zeros((size, size))
    pair_sums(values, centre, scale, bounds, sums, products)
    products = products[:rows, :rows]
    return bounds, sums, np.triu(products) + np.triu(products, 1).T


def _correlations(products: Array, constant: NDArray[np.bool_]) -> Array:
    """Return correlations from the products of centred columns."""
    length = np.sqrt(np.where(constant, 1.0, np.diagonal(products)))
    correlations = products / np.outer(length, length)
    exact = np.abs(correlations) >= 1.0 - PERFECT
    correlations = np.where(exact, np.sign(correlations), correlations)
    correlations[constant, :] = 0.0
    correlations[:, constant] = 0.0
    np.fill_diagonal(correlations, 1.0)
    return np.asarray(correlations)


def _in_one_pass(values: Array) -> Spread | None:
    """Return the spread of ordinary columns from one pass over the matrix, of others nothing.

    A column is centred on its first value x₁, and n(x̄ − x₁)² is taken off its sum of squares afterwards. Nothing is
    returned where that and the 1 − ρ of columns that nearly say the same could together cost a weight more than three
    of sixteen digits, where squares come near the ends of double precision, or where a column may be constant or hold
    a value that is not finite.
    """
    units = values.shape[1]
    origin = values[:, 0].copy()
    with np.errstate(over="ignore", invalid="ignore"):
        bounds, sums, products = _sums(values, origin, np.ones(origin.size))
        raw = np.diagonal(products).copy()
        products -= np.outer(sums, sums / units)
        squares, span = np.diagonal(products), bounds[1] - bounds[0]
        ordinary = (squares > LOSS * raw) & (squares > SMALL) & (raw < LARGE)
        ordinary &= span > NEARLY_CONSTANT * (np.abs(origin) + np.abs(bounds).max(axis=0))
    if not ordinary.all():
        return None
    constant = np.zeros(origin.size, dtype=np.bool_)
    correlations = _correlations(products, constant)
    conflict = (1.0 - np.abs(correlations)).sum(axis=0) / max(origin.size - 1, 1)  # the least of any variant
    if not (squares * conflict > LOSS * raw).all():
        return None
    return Spread(np.sqrt(squares / units) / span, correlations, constant)


@register(
    "weighting",
    formula="C_j = sd(z_j) Σ_k (1 - ρ_jk), w_j ∝ C_j, z min-max; ρ of the directed columns (directed), of the raw "
    "ones (undirected), or |ρ| (absolute)",
    source="Diakoulaki, Mavrotas & Papayannakis (1995), Computers & Operations Research 22(7); "
    "directed: scikit-criteria, pyDecision; undirected: pymcdm, pyrepo-mcda",
    complexity="O(NM²)",
    behaviour=BY_CONTRAST,
)
def critic(
    matrix: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    variant: CriticVariant = "directed",
    correlation: Correlation = "pearson",
    columns: Sequence[str] | None = None,
) -> DataWeights:
    """Weights in proportion to the contrast of each column times its conflict with the other columns.

    The standard deviation with N or N − 1 gives the same weights. Constant columns take no part in the sums. A single
    indicator that varies has weight 1.

    Args:
        matrix: shape (units, indicators).
        directions: +1 benefit, −1 cost, shape (indicators,); all benefit if not given.
        variant: `directed` turns costs round first, as published; `undirected` ignores the directions; `absolute`
            takes a strong negative correlation for redundancy too.
        correlation: `pearson` or `spearman`.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, wrong directions, or all varying columns perfectly correlated.
    """
    method = "critic"
    choose(variant, CriticVariant, option="variant", method=method)
    choose(correlation, Correlation, option="correlation", method=method)
    values = transposed(matrix, method=method, columns=columns)
    spread = _in_one_pass(values) if correlation == "pearson" else None
    if spread is None:
        read = read_columns(matrix, method=method, columns=columns)
        spread = _of_ranks(read) if correlation == "spearman" else _of_values(read)
    signs = as_directions(directions, values.shape[0], method=method)
    varying = ~spread.constant
    if np.count_nonzero(varying) == 1:
        return shares_of(spread.deviation, spread.constant, method=method)
    rho = spread.correlations
    if variant == "absolute":
        rho = np.abs(rho)
    elif variant == "directed":
        rho = rho * np.outer(signs, signs)
    conflict = ((1.0 - rho) * np.outer(varying, varying)).sum(axis=0)
    return shares_of(spread.deviation * conflict, spread.constant, method=method)
