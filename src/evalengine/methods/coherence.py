"""Correlations between indicators: Pearson, Spearman and Kendall, with the probability of chance.

Sums run in blocks of units in one thread, so that no bit depends on the number of threads of a linear algebra library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix, column_name
from evalengine.methods.checks import check_choice, check_columns
from evalengine.methods.coherence_kernel import exchanges
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.ties import ranks_from_below

Coefficient = Literal["pearson", "spearman", "kendall"]
NanRule = Literal["raise", "pairwise"]
Places = NDArray[np.int64]
_THREE = 3  # units below which a correlation is ±1 by construction
_BLOCK = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Correlations:
    """A table of correlations.

    Attributes:
        coefficients: (indicators, indicators), between −1 and 1, symmetric, diagonal 1.
        p_values: (indicators, indicators), two-sided probability of a coefficient at least as large by chance if the
            indicators are independent; diagonal 0.
        units: (indicators, indicators), number of units each coefficient rests on.
    """

    coefficients: Array
    p_values: Array
    units: NDArray[np.int64]


def special(method: str) -> Any:  # noqa: ANN401 - a module without type information
    """Return scipy.special, which is loaded only where a probability is needed.

    Raises:
        MethodError: SciPy is not installed.
    """
    try:
        from scipy import special as module  # noqa: PLC0415 - an optional extra, imported where it is needed
    except ImportError as error:
        raise MethodError("needs_extra", method=method, package="scipy", extra="evalengine[methods]") from error
    return module


def moving_columns(values: ArrayLike, *, method: str, nan: str, columns: Sequence[str] | None) -> Array:
    """Return the indicators as rows, checked for what a correlation needs.

    Raises:
        MethodError: faulty arguments, fewer than three known values of an indicator, or all of them equal.
    """
    check_choice(nan, ("raise", "pairwise"), method=method, name="nan")
    table = np.ascontiguousarray(as_matrix(values, method=method, columns=columns, allow_nan=nan == "pairwise").T)
    known = (~np.isnan(table)).sum(axis=1)
    if (known < _THREE).any():
        worst = int(np.argmax(known < _THREE))
        name = column_name(columns, worst)
        raise MethodError("too_few_values", method=method, column=name, count=int(known[worst]), expected=_THREE)
    still = np.fmin.reduce(table, axis=1) == np.fmax.reduce(table, axis=1)
    check_columns(still, "constant_column", method=method, columns=columns)
    return table


def products(table: Array) -> Array:
    """Return table · tableᵀ, summed in blocks in a stated order."""
    count, units = table.shape
    result = np.zeros((count, count))
    for first in range(0, units, _BLOCK):
        part = table[:, first : first + _BLOCK]
        for j in range(count):
            result[j, j:] += (part[j:] * part[j]).sum(axis=1)
    return np.triu(result) + np.triu(result, 1).T


def standardised(table: Array) -> Array:
    """Return each row with mean 0 and sum of squares 1; no row may be constant or have gaps."""
    away = table / np.abs(table).max(axis=1, keepdims=True)  # first, so that no sum overflows
    away -= away.mean(axis=1, keepdims=True)
    away /= np.abs(away).max(axis=1, keepdims=True)
    away -= away.mean(axis=1, keepdims=True)
    result: Array = away / np.sqrt((away * away).sum(axis=1, keepdims=True))
    return result


def pearson_of(table: Array) -> Array:
    """Return the correlation matrix of the rows."""
    result = np.clip(products(standardised(table)), -1.0, 1.0)
    np.fill_diagonal(result, 1.0)
    return result


def _concordance(first: Places, second: Places, total: float, tied_first: float, tied_second: float) -> float:
    """Return concordant less discordant pairs of two rows of places."""
    step = 2 * first.size + 1  # above every place
    ordered = np.sort(first * step + second)  # by the first row, ties by the second
    edges = np.flatnonzero(np.diff(ordered, prepend=-1, append=-1))
    both = np.diff(edges).astype(np.float64)
    tied_both = float((both * (both - 1) / 2).sum())
    return total - tied_first - tied_second + tied_both - 2.0 * exchanges(ordered % step)


def _kendall(table: Array) -> tuple[Array, Array]:
    """Return Kendall's τ-b of mean places and its standard normal statistic, variance corrected for ties."""
    count, n = table.shape
    places = np.rint(2 * table).astype(np.int64)
    ties = [np.unique(row, return_counts=True)[1].astype(np.float64) for row in places]
    pairs = np.array([(t * (t - 1) / 2).sum() for t in ties])
    third = np.array([(t * (t - 1) * (t - 2)).sum() for t in ties])
    fifth = np.array([(t * (t - 1) * (2 * t + 5)).sum() for t in ties])
    total = n * (n - 1) / 2
    tau, z = np.eye(count), np.zeros((count, count))
    for i in range(count):
        for j in range(i + 1, count):
            difference = _concordance(places[i], places[j], total, pairs[i], pairs[j])
            variance = (
                (n * (n - 1) * (2 * n + 5) - fifth[i] - fifth[j]) / 18
                + 2 * pairs[i] * pairs[j] / (n * (n - 1))
                + third[i] * third[j] / (9 * n * (n - 1) * (n - 2))
            )
            tau[i, j] = tau[j, i] = difference / np.sqrt(total - pairs[i]) / np.sqrt(total - pairs[j])
            z[i, j] = z[j, i] = difference / np.sqrt(variance)
    return np.clip(tau, -1.0, 1.0), z


def _table(table: Array, coefficient: str, method: str, columns: Sequence[str] | None) -> tuple[Array, Array]:
    """Return coefficients and p-values of rows without gaps."""
    functions = special(method)
    n = table.shape[1]
    if coefficient != "pearson":
        table = np.stack([ranks_from_below(row) for row in table])
        check_columns(np.ptp(table, axis=1) == 0, "constant_column", method=method, columns=columns)
    if coefficient == "kendall":
        result, z = _kendall(table)
        p_values = functions.erfc(np.abs(z) / np.sqrt(2.0))
    else:
        result = pearson_of(table)
        p_values = functions.betainc((n - 2) / 2, 0.5, np.maximum(1.0 - result * result, 0.0))
    np.fill_diagonal(p_values, 0.0)
    return result, p_values


@register(
    "coherence",
    formula=(
        "pearson: sum(zx zy); spearman: pearson of mean ranks; kendall: tau-b = (C - D) / sqrt((T - Tx)(T - Ty)); "
        "p: t with n - 2 degrees of freedom, kendall: normal with tie-corrected variance"
    ),
    source="K. Pearson, 1895; C. Spearman, 1904; M. Kendall, Rank Correlation Methods, 1945; COINr 1.1.14, get_corr",
    complexity="O(N M^2), kendall O(N log N M^2)",
    behaviour=Behaviour(
        nan="raise (default), or pairwise: each pair over the units that have both",
        ties="mean rank; equal within 1e-12 relative difference",
        constant="raises",
        zeros="any value",
        negatives="any value",
        small="fewer than three units of a pair raise; p-values are asymptotic, not exact, for ranks",
    ),
)
def correlations(
    values: ArrayLike,
    *,
    coefficient: Coefficient = "pearson",
    nan: NanRule = "raise",
    columns: Sequence[str] | None = None,
) -> Correlations:
    """Correlations of all pairs of indicators, with p-values.

    Args:
        values: (units, indicators); normalised values show coherence, raw costs show their sign.
        coefficient: `pearson`, `spearman` or `kendall` (τ-b).
        nan: `raise`, or `pairwise`.
        columns: names of the indicators for messages.

    Returns:
        Coefficients, p-values and numbers of units.

    Raises:
        MethodError: a constant indicator, also among the units of a pair; fewer than three units; SciPy is not
            installed; or faulty arguments.
    """
    name = "correlations"
    check_choice(coefficient, ("pearson", "spearman", "kendall"), method=name, name="coefficient")
    table = moving_columns(values, method=name, nan=nan, columns=columns)
    count, n = table.shape
    if not np.isnan(table).any():
        found, p_values = _table(table, coefficient, name, columns)
        return Correlations(coefficients=found, p_values=p_values, units=np.full((count, count), n, dtype=np.int64))
    found, p_values = np.eye(count), np.zeros((count, count))
    known = ~np.isnan(table)
    units = (known[:, np.newaxis] & known[np.newaxis]).sum(axis=2)
    for i in range(count):
        for j in range(i + 1, count):
            labels = [column_name(columns, i), column_name(columns, j)]
            pair = moving_columns(table[[i, j]][:, known[i] & known[j]].T, method=name, nan="raise", columns=labels)
            both = _table(pair, coefficient, name, labels)
            found[i, j] = found[j, i] = both[0][0, 1]
            p_values[i, j] = p_values[j, i] = both[1][0, 1]
    return Correlations(coefficients=found, p_values=p_values, units=units)
