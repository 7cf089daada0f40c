"""CRITIC: contrast of a column times its conflict with the others; the correlations it and others need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.arrays import Array, as_directions
from evalengine.methods.data_weights import BY_CONTRAST, Columns, DataWeights, read_columns, shares_of
from evalengine.methods.registry import register
from evalengine.methods.weighting import choose

CriticVariant = Literal["directed", "undirected", "absolute"]
Correlation = Literal["pearson", "spearman"]
PERFECT = 1e-12  # a correlation this near to 1 is 1: what rounding leaves of two equal columns must not become a weight


def correlation_matrix(read: Columns, kind: Correlation = "pearson") -> Array:
    """Return the correlations of the columns, shape (indicators, indicators); 0 beside a constant column.

    A correlation within 1e-12 of ±1 is ±1 exactly.
    """
    from evalengine.methods.column_kernels import gram  # noqa: PLC0415 -- numba is loaded when it is needed
    from evalengine.methods.ties import ranks_from_below  # noqa: PLC0415 -- likewise
    from evalengine.methods.tile_kernel import TILE  # noqa: PLC0415 -- likewise

    values, centre, scale = read.values, read.mean, 1.0 / read.span
    if kind == "spearman":
        values = np.stack([ranks_from_below(column) for column in read.values])
        centre, scale = np.full(values.shape[0], (values.shape[1] + 1) / 2), np.full(values.shape[0], 1.0)
    size = -(-values.shape[0] // TILE) * TILE
    products = np.zeros((size, size))
    gram(values, centre, scale, products)
    products = products[: values.shape[0], : values.shape[0]]
    products = np.triu(products) + np.triu(products, 1).T
    length = np.sqrt(np.where(read.constant, 1.0, np.diagonal(products)))
    correlations = products / np.outer(length, length)
    exact = np.abs(correlations) >= 1.0 - PERFECT
    correlations = np.where(exact, np.sign(correlations), correlations)
    correlations[read.constant, :] = 0.0
    correlations[:, read.constant] = 0.0
    np.fill_diagonal(correlations, 1.0)
    return np.asarray(correlations)


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
    read = read_columns(matrix, method=method, columns=columns)
    signs = as_directions(directions, read.mean.size, method=method)
    varying = ~read.constant
    if np.count_nonzero(varying) == 1:
        return shares_of(read.deviation, read.constant, method=method)
    rho = correlation_matrix(read, correlation)
    if variant == "absolute":
        rho = np.abs(rho)
    elif variant == "directed":
        rho = rho * np.outer(signs, signs)
    conflict = ((1.0 - rho) * np.outer(varying, varying)).sum(axis=0)
    return shares_of(read.deviation * conflict, read.constant, method=method)
