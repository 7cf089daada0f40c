"""Weights from what is lost without, or by favouring, an indicator: MEREC, CILOS, IDOCRIW."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_directions
from evalengine.methods.constancy import is_constant
from evalengine.methods.data_weights import (
    BY_CONTRAST,
    Columns,
    DataWeights,
    read_columns,
    refuse_values,
    require_at_least,
    shares_of,
    transposed,
)
from evalengine.methods.entropy_weights import share_divergence
from evalengine.methods.registry import Behaviour, register

RANK_TOLERANCE = 1e-12
LARGEST_RATIO = 1e300  # of a column's highest to its lowest value; beyond it the kernel's quotients would overflow
BY_LOSS = Behaviour(
    nan="raises",
    ties="the first unit with the best value of a column is its best unit",
    constant=BY_CONTRAST.constant,
    zeros="raises in a cost, allowed in a benefit",
    negatives="raises",
    small=BY_CONTRAST.small,
)


@register(
    "weighting",
    formula="a_ij = |ln(x_ij / worst_j)|; E_j = Σ_i |ln(1 + Σ_{k≠j} a_ik / M) - ln(1 + Σ_k a_ik / M)|; w_j ∝ E_j",
    source="Keshavarz-Ghorabaee et al. (2021), Symmetry 13(4) 525; scikit-criteria, pymcdm, pyrepo-mcda",
    complexity="O(NM)",
    behaviour=Behaviour(
        nan="raises",
        ties="symmetric",
        constant=BY_CONTRAST.constant,
        zeros="raises",
        negatives="raises",
        small=BY_CONTRAST.small,
    ),
)
def merec(
    matrix: ArrayLike, directions: ArrayLike | None = None, *, columns: Sequence[str] | None = None
) -> DataWeights:
    """Weights in proportion to the effect of removing each column on the overall performance (MEREC).

    With T_i = Σ_k a_ik the difference of the two logarithms is ln(1 − a_ij/(M + T_i)): one pass, no removal.
    A constant column keeps weight 0 but counts in M, as in the packages.

    Args:
        matrix: shape (units, indicators), all values above 0.
        directions: +1 benefit, −1 cost, shape (indicators,); all benefit if not given.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, a value is 0 or negative, or wrong directions.
    """
    from evalengine.methods.column_kernels import removal_effects  # noqa: PLC0415 -- numba is loaded when needed

    read = read_columns(matrix, method="merec", columns=columns, spread=False)
    signs = as_directions(directions, read.mean.size, method="merec")
    floor = np.full(signs.size, np.finfo(np.float64).tiny)
    require_at_least(read, floor, strict=True, method="merec", columns=columns)
    with np.errstate(over="ignore"):
        near = read.highest / read.lowest < LARGEST_RATIO
    refuse_values(read.values, near, method="merec", columns=columns)
    effects = np.empty(signs.size)
    removal_effects(read.values, 1.0 / np.where(signs > 0, read.lowest, read.highest), effects)
    effects = np.where(read.constant, 0.0, np.maximum(effects, 0.0))
    return shares_of(effects, read.constant, method="merec")


@register(
    "weighting",
    formula="P_kj = relative loss of j at the unit best in k; (P - diag(Σ_k P_kj)) q = 0, Σ q = 1, w = q",
    source="Mirkin (1974); Zavadskas & Podvezko (2016), Int. J. of Information Technology & Decision Making 15(2); "
    "pymcdm, pyrepo-mcda",
    complexity="O(NM + M³)",
    behaviour=BY_LOSS,
)
def cilos(
    matrix: ArrayLike, directions: ArrayLike | None = None, *, columns: Sequence[str] | None = None
) -> DataWeights:
    """Weights by criterion impact loss: high where favouring other columns costs a column little (CILOS).

    Args:
        matrix: shape (units, indicators); benefits at least 0, costs above 0.
        directions: +1 benefit, −1 cost, shape (indicators,); all benefit if not given.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, a value out of range, or losses that do not determine the weights.
    """
    read = read_columns(matrix, method="cilos", columns=columns, spread=False)
    signs = as_directions(directions, read.mean.size, method="cilos")
    return shares_of(_impact_loss(read, signs, "cilos", columns), read.constant, method="cilos")


@register(
    "weighting",
    formula="w_j ∝ entropy weight (raw shares) × CILOS weight",
    source="Zavadskas & Podvezko (2016), Int. J. of Information Technology & Decision Making 15(2); pymcdm",
    complexity="O(NM + M³)",
    behaviour=BY_LOSS,
)
def idocriw(
    matrix: ArrayLike, directions: ArrayLike | None = None, *, columns: Sequence[str] | None = None
) -> DataWeights:
    """Entropy weights of the raw shares times CILOS weights, rescaled (IDOCRIW).

    Args:
        matrix: shape (units, indicators); benefits at least 0, costs above 0.
        directions: +1 benefit, −1 cost, shape (indicators,); all benefit if not given.
        columns: names of the indicators for messages.

    Raises:
        MethodError: as `cilos`.
    """
    values = transposed(matrix, method="idocriw", columns=columns)
    signs = as_directions(directions, values.shape[0], method="idocriw")
    divergence, bounds = share_divergence(values, columns)
    constant = is_constant(bounds[0], bounds[1])
    refuse_values(values, (bounds[0] < 0.0) | constant | np.isfinite(divergence), method="idocriw", columns=columns)
    read = Columns(values, bounds[0], bounds[1], np.empty(0), np.empty(0), constant)
    loss = _impact_loss(read, signs, "idocriw", columns)
    return shares_of(np.where(constant, 0.0, divergence) * loss, constant, method="idocriw")


def _impact_loss(read: Columns, signs: Array, method: str, columns: Sequence[str] | None) -> Array:
    """Return the CILOS vector: q ≥ 0, Σ q = 1, 0 for constant columns; zeros if all columns are constant."""
    tiny = np.finfo(np.float64).tiny
    require_at_least(read, np.where(signs > 0, 0.0, -np.inf), strict=False, method=method, columns=columns)
    require_at_least(read, np.where(signs > 0, -np.inf, tiny), strict=True, method=method, columns=columns)
    loss = np.zeros(signs.size)
    varying = np.flatnonzero(~read.constant)
    if varying.size <= 1:
        loss[varying] = 1.0
        return loss
    at_best = _at_best_units(read, signs, varying)
    best = np.where(signs > 0, read.highest, read.lowest)[varying]
    cost = signs[varying] < 0
    kept = np.ones_like(at_best)
    kept[:, ~cost] = at_best[:, ~cost] / best[~cost]
    kept[:, cost] = best[cost] / at_best[:, cost]
    lost = 1.0 - kept
    system = lost - np.diag(lost.sum(axis=0))
    _, sizes, vectors = np.linalg.svd(system)
    if sizes[-2] <= RANK_TOLERANCE * max(float(sizes[0]), 1.0):
        raise MethodError("weights_null_space", method=method)
    vector = vectors[-1] / vectors[-1].sum()
    loss[varying] = np.maximum(vector, 0.0)
    return loss


def _at_best_units(read: Columns, signs: Array, varying: NDArray[np.intp]) -> Array:
    """Return the varying columns' values, one row per varying column, at the first unit best in that column."""
    from evalengine.methods.column_kernels import first_positions  # noqa: PLC0415 -- numba is loaded when needed

    positions = np.empty(signs.size, dtype=np.int64)
    first_positions(read.values, np.where(signs > 0, read.highest, read.lowest), positions)
    return np.asarray(read.values[np.ix_(varying, positions[varying])].T)
