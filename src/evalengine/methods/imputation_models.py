"""Imputation from the relations between indicators: expectation–maximisation and nearest neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix, column_name
from evalengine.methods.checks import Flags, as_number, as_whole
from evalengine.methods.imputation_reliability import ROUNDS, Imputed, complete
from evalengine.methods.registry import Behaviour, register

_SAME = 1e-12  # neighbours whose distances differ less, relatively, are equally near
_SINGULAR = 1e-10  # smallest over largest eigenvalue at which slopes would be rounding noise
_ENOUGH = 2  # values of a column that make a spread
_FITS = 10  # rounds of expectation–maximisation: each is a fit of its own


@dataclass(frozen=True, slots=True, eq=False)
class _Standard:
    """A matrix with every column at mean 0 and standard deviation 1 over its known values."""

    scores: Array
    centre: Array
    spread: Array


def _standardised(matrix: Array) -> _Standard:
    known = ~np.isnan(matrix)
    count = np.maximum(known.sum(axis=0), 1)
    size = np.where(known.any(axis=0), np.fmax.reduce(np.abs(matrix), axis=0), 1.0)
    size = np.where(size == 0, 1.0, size)
    scaled = matrix / size
    centre = np.nansum(scaled, axis=0) / count
    away = scaled - centre
    still = np.fmax.reduce(scaled, axis=0) == np.fmin.reduce(scaled, axis=0)
    spread = np.where(still, 1.0, np.sqrt(np.nansum(away * away, axis=0) / count))
    away[:, still] *= 0.0
    return _Standard(away / spread, centre * size, spread * size)


@register(
    "imputation",
    formula="x_mis = E[x_mis | x_obs; mu, S]; mu, S from the completed data plus the conditional covariance, repeated",
    source="A. Dempster, N. Laird, D. Rubin, JRSS B 39, 1977; R. Little, D. Rubin, Missing Data, chapter 11",
    complexity="O(iterations patterns M^3 + iterations N M^2) a round",
    behaviour=Behaviour(
        nan="filled and flagged",
        ties="no effect",
        constant="gaps take the constant",
        zeros="any value",
        negatives="any value; the model is multivariate normal: imputed values may be negative",
        small="raises with fewer than two known values in a column, and with N <= M unless ridge > 0",
    ),
)
def expectation_maximisation(
    values: ArrayLike,
    *,
    ridge: float = 0.0,
    tolerance: float = 1e-8,
    iterations: int = 2000,
    rounds: int = _FITS,
    columns: Sequence[str] | None = None,
) -> Imputed:
    """Expectation–maximisation: conditional means under a multivariate normal model fitted to the incomplete data.

    Args:
        values: (units, indicators), NaN = missing.
        ridge: share of each variance added to the diagonal of the covariance matrix; makes the model usable with few
            units and draws imputed values towards the column mean.
        tolerance: largest change of an imputed value, in standard deviations, at which the iteration stops.
        iterations: most iterations; raises if not converged by then.
        rounds: as for `mean`, but 10 unless stated, since each round is a fit of its own; a round whose fit fails
            counts as not tested.
        columns: names of the indicators for messages.

    Returns:
        The completed matrix, its flags and its reliability.

    Raises:
        MethodError: too few units or known values, a covariance matrix without inverse, no convergence, or faulty
            arguments.
    """
    name = "expectation_maximisation"
    ridge = as_number(ridge, lambda x: x >= 0, method=name, name="ridge", rule=">= 0")
    tolerance = as_number(tolerance, lambda x: x > 0, method=name, name="tolerance", rule="> 0")
    iterations = as_whole(iterations, 1, method=name, name="iterations")
    matrix = as_matrix(values, method=name, columns=columns, allow_nan=True)
    known = (~np.isnan(matrix)).sum(axis=0)
    if (known < _ENOUGH).any():
        raise MethodError("few_values", method=name, column=column_name(columns, int(np.argmax(known < _ENOUGH))))
    if ridge == 0 and matrix.shape[0] <= matrix.shape[1]:
        raise MethodError("few_units", method=name, units=matrix.shape[0], expected=matrix.shape[1] + 1)

    def fill(given: Array, _: Flags) -> Array:
        standard = _standardised(given)
        scores = _converged(standard.scores, ridge, tolerance, iterations)
        result: Array = scores * standard.spread + standard.centre
        return result

    return complete(matrix, fill, method=name, rounds=rounds, columns=columns)


def _converged(scores: Array, ridge: float, tolerance: float, iterations: int) -> Array:
    """Iterate to the fixed point; columns that are constant (all 0) take no part."""
    moving = np.abs(np.nan_to_num(scores)).max(axis=0) > 0
    result = np.where(np.isnan(scores), 0.0, scores)
    table = scores[:, moving]
    patterns, which = np.unique(np.isnan(table), axis=0, return_inverse=True)
    cases = [(gaps, np.flatnonzero(which.ravel() == k)) for k, gaps in enumerate(patterns) if gaps.any()]
    if not cases:
        return result
    current = result[:, moving]
    mean, covariance = current.mean(axis=0), np.cov(current, rowvar=False, ddof=0).reshape(moving.sum(), -1)
    for _ in range(iterations):
        model = covariance + ridge * np.diag(np.diag(covariance))
        spectrum = np.linalg.eigvalsh(model)
        if spectrum[0] <= _SINGULAR * spectrum[-1]:
            raise MethodError("singular", method="expectation_maximisation")
        extra = np.zeros_like(covariance)
        change = 0.0
        for gaps, rows in cases:
            slopes = np.linalg.solve(model[np.ix_(~gaps, ~gaps)], model[np.ix_(~gaps, gaps)])
            guess = mean[gaps] + (current[np.ix_(rows, ~gaps)] - mean[~gaps]) @ slopes
            change = max(change, float(np.abs(guess - current[np.ix_(rows, gaps)]).max()))
            current[np.ix_(rows, gaps)] = guess
            extra[np.ix_(gaps, gaps)] += rows.size * (model[np.ix_(gaps, gaps)] - model[np.ix_(gaps, ~gaps)] @ slopes)
        mean = current.mean(axis=0)
        away = current - mean
        covariance = (away.T @ away + extra) / current.shape[0]
        if change <= tolerance:
            result[:, moving] = current
            return result
    raise MethodError("not_converged", method="expectation_maximisation", iterations=iterations)


@register(
    "imputation",
    formula="x = mean of the column over the k nearest units that have it; distance^2 = mean squared difference in sd",
    source="O. Troyanskaya et al., Bioinformatics 17, 2001; distance over shared indicators as scikit-learn KNNImputer",
    complexity="O(gaps N M) a round",
    behaviour=Behaviour(
        nan="filled and flagged; raises for a unit that shares no indicator with any unit that could answer",
        ties="all units as near as the k-th answer",
        constant="gaps take the constant; a constant column says nothing about distance",
        zeros="any value",
        negatives="any value",
        small="fewer than k units answer if there are no more",
    ),
)
def k_nearest(
    values: ArrayLike,
    *,
    k: int = 5,
    rounds: int = ROUNDS,
    columns: Sequence[str] | None = None,
) -> Imputed:
    """Nearest neighbours: a gap takes the mean of the most similar units, similar in all other indicators.

    Args:
        values: (units, indicators), NaN = missing. Columns are standardised for the distance, so that units of
            measurement do not count.
        k: number of neighbours.
        rounds: as for `mean`.
        columns: names of the indicators for messages.

    Returns:
        The completed matrix, its flags and its reliability.

    Raises:
        MethodError: no unit can answer, or faulty arguments.
    """
    nearest = as_whole(k, 1, method="k_nearest", name="k")

    def fill(matrix: Array, wanted: Flags) -> Array:
        scores = _standardised(matrix).scores
        missing = np.isnan(matrix) & wanted
        result = matrix.copy()
        for unit in np.flatnonzero(missing.any(axis=1)):
            away = scores - scores[unit]
            shared = (~np.isnan(away)).sum(axis=1)
            distance = np.where(shared > 0, np.nansum(away * away, axis=1) / np.maximum(shared, 1), np.inf)
            distance[unit] = np.inf
            for column in np.flatnonzero(missing[unit]):
                result[unit, column] = _neighbours(distance, matrix[:, column], nearest)
        return result

    return complete(values, fill, method="k_nearest", rounds=rounds, columns=columns)


def _neighbours(distance: Array, column: Array, k: int) -> float:
    able = ~np.isnan(column) & np.isfinite(distance)
    near, found = distance[able], column[able]
    if near.size == 0:
        return float("nan")
    reach = np.partition(near, k - 1)[k - 1] if near.size > k else near.max()
    return float(found[near <= reach * (1 + _SAME)].mean())
