"""Structure of a set of indicators: Cronbach's α, principal components, sampling adequacy, condition number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array
from evalengine.methods.coherence import NanRule, moving_columns, pearson_of, products, special
from evalengine.methods.registry import Behaviour, register

_SINGULAR = 1e-12  # smallest over largest eigenvalue below which a correlation matrix has no inverse in practice
_TWO = 2
_RAISE = "raises"
_ANY = "any value"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alpha:
    """Cronbach's α.

    Attributes:
        alpha: at most 1; above 0.7 is commonly accepted; negative if indicators work against each other.
        if_deleted: (indicators,), α without each indicator; empty with two indicators.
    """

    alpha: float
    if_deleted: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Components:
    """Principal components of the correlation matrix, the largest first.

    Attributes:
        eigenvalues: (indicators,), sum = number of indicators.
        shares: (indicators,), share of the variance.
        vectors: (indicators, components), of length 1; the entry of largest size is positive.
        loadings: (indicators, components), correlations of indicators with components.
    """

    eigenvalues: Array
    shares: Array
    vectors: Array
    loadings: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Adequacy:
    """Whether a correlation matrix is worth factoring.

    Attributes:
        kmo: Kaiser–Meyer–Olkin measure; 0.6 and more is commonly asked for.
        kmo_of: (indicators,), the same for each indicator.
        bartlett: χ² of Bartlett's test that all correlations are 0.
        degrees: its degrees of freedom.
        p_value: its probability by chance.
    """

    kmo: float
    kmo_of: Array
    bartlett: float
    degrees: int
    p_value: float


def _several(values: ArrayLike, *, method: str, nan: NanRule, columns: Sequence[str] | None) -> Array:
    table = moving_columns(values, method=method, nan=nan, columns=columns)
    if len(table) < _TWO:
        raise MethodError("one_column", method=method)
    return table


def _covariances(table: Array) -> Array:
    """Return covariances (n − 1), pairwise where there are gaps; scaled, which changes no ratio of them."""
    table = table / np.nanmax(np.abs(table))
    known = ~np.isnan(table)
    if known.all():
        away = table - table.mean(axis=1, keepdims=True)
        complete: Array = products(away) / (table.shape[1] - 1)
        return complete
    count = len(table)
    result = np.empty((count, count))
    for i in range(count):
        for j in range(i, count):
            both = known[i] & known[j]
            x, y = table[i, both], table[j, both]
            if x.size < _TWO:
                raise MethodError("no_common_units", method="cronbach_alpha", first=i + 1, second=j + 1)
            result[i, j] = result[j, i] = float(((x - x.mean()) * (y - y.mean())).sum()) / (x.size - 1)
    return result


def _alpha(covariances: Array) -> float:
    count = len(covariances)
    total = float(covariances.sum())
    if total <= _SINGULAR * float(np.abs(covariances).sum()):
        raise MethodError("no_total_variance", method="cronbach_alpha")
    return count / (count - 1) * (1.0 - float(np.trace(covariances)) / total)


@register(
    "coherence",
    formula="alpha = k / (k - 1) (1 - sum of variances / variance of the sum)",
    source="L. Cronbach, Psychometrika 16, 1951; COINr 1.1.14, get_cronbach",
    complexity="O(N M^2)",
    behaviour=Behaviour(
        nan="raise (default), or pairwise covariances",
        ties="no effect",
        constant=_RAISE,
        zeros=_ANY,
        negatives=_ANY,
        small="fewer than three units or two indicators raise",
    ),
)
def cronbach_alpha(values: ArrayLike, *, nan: NanRule = "raise", columns: Sequence[str] | None = None) -> Alpha:
    """Cronbach's α, and α without each indicator: do the indicators measure one thing?

    Args:
        values: (units, indicators), normalised: on raw values α depends on the units of measurement.
        nan: `raise`, or `pairwise`.
        columns: names of the indicators for messages.

    Returns:
        α and α if deleted.

    Raises:
        MethodError: fewer than two indicators or three units, a constant indicator, the sum of the indicators does not
            vary, or faulty arguments.
    """
    covariances = _covariances(_several(values, method="cronbach_alpha", nan=nan, columns=columns))
    count = len(covariances)
    rest = [np.delete(np.delete(covariances, j, axis=0), j, axis=1) for j in range(count)] if count > _TWO else []
    return Alpha(alpha=_alpha(covariances), if_deleted=np.array([_alpha(part) for part in rest]))


def _spectrum(correlation: Array) -> tuple[Array, Array]:
    """Return eigenvalues, largest first, and eigenvectors whose largest entry is positive."""
    values, vectors = np.linalg.eigh(correlation)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    leading = np.argmax(np.abs(np.round(vectors, 12)), axis=0)
    return values, vectors * np.where(vectors[leading, np.arange(len(values))] < 0, -1.0, 1.0)


def _inverse(table: Array, method: str) -> tuple[Array, Array]:
    """Return the correlation matrix and its inverse.

    Raises:
        MethodError: there is none: too few units, or some indicators determine others.
    """
    correlation = pearson_of(table)
    spectrum = np.linalg.eigvalsh(correlation)
    if table.shape[1] <= table.shape[0] or spectrum[0] <= _SINGULAR * spectrum[-1]:
        raise MethodError("no_inverse", method=method, units=table.shape[1], indicators=table.shape[0])
    inverse: Array = np.linalg.inv(correlation).astype(np.float64)
    return correlation, inverse


@register(
    "coherence",
    formula="R = V diag(lambda) V'; loading = v sqrt(lambda)",
    source="K. Pearson, 1901; H. Hotelling, 1933; OECD/JRC, Handbook, 2008, section 4; COINr 1.1.14, get_PCA",
    complexity="O(N M^2 + M^3)",
    behaviour=Behaviour(
        nan=_RAISE,
        ties="equal eigenvalues: their vectors are any basis",
        constant=_RAISE,
        zeros=_ANY,
        negatives=_ANY,
        small="fewer than three units or two indicators raise",
    ),
)
def principal_components(values: ArrayLike, *, columns: Sequence[str] | None = None) -> Components:
    """Principal components of standardised indicators: is there one dimension?

    Args:
        values: (units, indicators).
        columns: names of the indicators for messages.

    Returns:
        Eigenvalues, shares of variance, vectors and loadings.

    Raises:
        MethodError: fewer than two indicators or three units, a constant indicator, or faulty arguments.
    """
    table = _several(values, method="principal_components", nan="raise", columns=columns)
    eigenvalues, vectors = _spectrum(pearson_of(table))
    return Components(
        eigenvalues=eigenvalues,
        shares=eigenvalues / eigenvalues.sum(),
        vectors=vectors,
        loadings=vectors * np.sqrt(eigenvalues),
    )


@register(
    "coherence",
    formula=(
        "KMO = sum r^2 / (sum r^2 + sum a^2), i < j, a_ij = -q_ij / sqrt(q_ii q_jj), Q = R^-1; "
        "Bartlett: -(n - 1 - (2 p + 5) / 6) ln det R"
    ),
    source="H. Kaiser, Psychometrika 35, 1970; H. Kaiser, J. Rice, 1974; M. Bartlett, JRSS B 16, 1954",
    complexity="O(N M^2 + M^3)",
    behaviour=Behaviour(
        nan=_RAISE,
        ties="no effect",
        constant=_RAISE,
        zeros=_ANY,
        negatives=_ANY,
        small="needs more units than indicators, and no indicator determined by others",
    ),
)
def sampling_adequacy(values: ArrayLike, *, columns: Sequence[str] | None = None) -> Adequacy:
    """KMO and Bartlett's test: are the correlations worth a factor analysis?

    Args:
        values: (units, indicators).
        columns: names of the indicators for messages.

    Returns:
        KMO in total and for each indicator, Bartlett's χ² and its p-value.

    Raises:
        MethodError: the correlation matrix has no inverse, a constant indicator, SciPy is not installed, or faulty
            arguments.
    """
    table = _several(values, method="sampling_adequacy", nan="raise", columns=columns)
    correlation, inverse = _inverse(table, "sampling_adequacy")
    size = np.sqrt(np.diag(inverse))
    partial = inverse / np.outer(size, size)
    squares, partials = correlation**2, partial**2
    np.fill_diagonal(squares, 0.0)
    np.fill_diagonal(partials, 0.0)
    count, n = table.shape
    chi = -(n - 1 - (2 * count + 5) / 6) * float(np.linalg.slogdet(correlation)[1])
    degrees = count * (count - 1) // 2
    both = squares.sum(axis=1) + partials.sum(axis=1)
    if (both == 0).any() or chi < 0:
        raise MethodError("uncorrelated", method="sampling_adequacy")
    return Adequacy(
        kmo=float(squares.sum() / both.sum()),
        kmo_of=squares.sum(axis=1) / both,
        bartlett=chi,
        degrees=degrees,
        p_value=float(special("sampling_adequacy").chdtrc(degrees, chi)),
    )


@register(
    "coherence",
    formula="kappa = sqrt(largest / smallest eigenvalue of R)",
    source="D. Belsley, E. Kuh, R. Welsch, Regression Diagnostics, 1980",
    complexity="O(N M^2 + M^3)",
    behaviour=Behaviour(
        nan=_RAISE,
        ties="no effect",
        constant=_RAISE,
        zeros=_ANY,
        negatives=_ANY,
        small="needs more units than indicators, and no indicator determined by others",
    ),
)
def condition_number(values: ArrayLike, *, columns: Sequence[str] | None = None) -> float:
    """Condition number of the standardised indicators: above 30 some of them nearly determine others.

    Args:
        values: (units, indicators).
        columns: names of the indicators for messages.

    Returns:
        κ, at least 1.

    Raises:
        MethodError: the correlation matrix has no inverse, a constant indicator, or faulty arguments.
    """
    table = _several(values, method="condition_number", nan="raise", columns=columns)
    spectrum = np.linalg.eigvalsh(_inverse(table, "condition_number")[0])
    return float(np.sqrt(spectrum[-1] / spectrum[0]))
