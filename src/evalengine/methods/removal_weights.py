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
    checked_columns,
    read_columns,
    refuse_values,
    require_at_least,
    shares_of,
    transposed,
)
from evalengine.methods.entropy_weights import share_divergence
from evalengine.methods.registry import Behaviour, register

RANK_TOLERANCE = 1e-12
SAFE_PIVOT = (
    1e-6  # losses are at most 1 and known to 1e-16; below it the singular values say how many solutions there are
)
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
    from evalengine.methods.column_kernels import extremes  # noqa: PLC0415 -- numba is loaded when it is needed

    values = transposed(matrix, method="cilos", columns=columns)
    signs = as_directions(directions, values.shape[0], method="cilos")
    lowest, highest, mean = (np.empty(signs.size) for _ in range(3))
    best_units = np.empty(signs.size, dtype=np.int64)
    odd = extremes(values, signs, lowest, highest, mean, best_units)
    read = checked_columns(values, lowest, highest, mean, np.empty(0), odd, method="cilos", columns=columns)
    _refuse_losses(read, signs, "cilos", columns)
    return shares_of(_impact_loss(read, signs, best_units, "cilos"), read.constant, method="cilos")


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
    divergence, bounds, best_units = share_divergence(values, columns, signs)
    constant = is_constant(bounds[0], bounds[1])
    refuse_values(values, (bounds[0] < 0.0) | constant | np.isfinite(divergence), method="idocriw", columns=columns)
    read = Columns(values, bounds[0], bounds[1], np.empty(0), np.empty(0), constant)
    _refuse_losses(read, signs, "idocriw", columns)
    loss = _impact_loss(read, signs, best_units, "idocriw")
    return shares_of(np.where(constant, 0.0, divergence) * loss, constant, method="idocriw")


def _refuse_losses(read: Columns, signs: Array, method: str, columns: Sequence[str] | None) -> None:
    """Raise MethodError for a negative benefit, or a cost that is not positive."""
    tiny = np.finfo(np.float64).tiny
    require_at_least(read, np.where(signs > 0, 0.0, -np.inf), strict=False, method=method, columns=columns)
    require_at_least(read, np.where(signs > 0, -np.inf, tiny), strict=True, method=method, columns=columns)


def _impact_loss(read: Columns, signs: Array, best_units: NDArray[np.int64], method: str) -> Array:
    """Return the CILOS vector: q ≥ 0, Σ q = 1, 0 for constant columns; zeros if all columns are constant."""
    from evalengine.methods.column_kernels import values_at  # noqa: PLC0415 -- numba is loaded when it is needed

    loss = np.zeros(signs.size)
    varying = np.flatnonzero(~read.constant)
    if varying.size <= 1:
        loss[varying] = 1.0
        return loss
    at_best = np.empty((varying.size, varying.size))
    values_at(read.values, varying, best_units[varying], at_best)
    best = np.where(signs > 0, read.highest, read.lowest)[varying]
    cost = signs[varying] < 0
    kept = np.ones_like(at_best)
    kept[:, ~cost] = at_best[:, ~cost] / best[~cost]
    kept[:, cost] = best[cost] / at_best[:, cost]
    loss[varying] = _null_vector(1.0 - kept, method)
    return loss


def _null_vector(lost: Array, method: str) -> Array:
    """Return q ≥ 0 with lost·q = diag(Σ_k lost_kj)·q and Σ q = 1.

    Raises:
        MethodError: more than one q does it.
    """
    from evalengine.methods.stationary_kernel import stationary  # noqa: PLC0415 -- numba is loaded when needed

    shares = np.empty(lost.shape[0])
    if stationary(lost.T.copy(), shares) > SAFE_PIVOT:
        return shares
    _, sizes, vectors = np.linalg.svd(lost - np.diag(lost.sum(axis=0)))
    if sizes[-2] <= RANK_TOLERANCE * max(float(sizes[0]), 1.0):
        raise MethodError("weights_null_space", method=method)
    return np.asarray(np.maximum(vectors[-1] / vectors[-1].sum(), 0.0))
