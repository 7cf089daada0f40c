"""Kendall's W: how far several rankings agree, and whether that may be chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.ties import ranks_from_below


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W and its test.

    Attributes:
        w: from 0 (no agreement) to 1 (all rankings equal).
        chi_square: k (N - 1) W for k rankings of N units.
        degrees_of_freedom: N - 1.
        p_value: chance of a W at least as large if the rankings had nothing to do with each other; an
            approximation that needs more than about 7 units.
    """

    w: float
    chi_square: float
    degrees_of_freedom: int
    p_value: float


@register(
    "agreement",
    formula="W = 12 S / (k^2 (N^3 - N) - k sum T), T = sum(g^3 - g) over ties; chi^2 = k (N - 1) W, N - 1 d.f.",
    source="Kendall, Babington Smith, Ann. Math. Statistics 10 (1939) 275-287; ties: Kendall, Rank Correlation Methods",
    complexity="O(k N)",
    behaviour=Behaviour(
        nan="error",
        ties="average ranks, corrected for; values within 1e-12 relative tie",
        constant="a ranking in which all units tie counts as one; error if all are",
        zeros="any value",
        negatives="any value",
        small="at least 2 units and 2 rankings",
    ),
)
def kendall_w(rankings: ArrayLike) -> Concordance:
    """Kendall's W: how far several rankings agree, with its chi-square test.

    Args:
        rankings: (units, rankings), in each column ranks or other numbers of which less is better.

    Returns:
        W, the statistic and the chance of it.

    Raises:
        MethodError: not a finite matrix, fewer than 2 units or rankings, or all units tie in every ranking.
    """
    matrix = as_matrix(rankings, method="kendall_w")
    units, count = matrix.shape
    if units < 2 or count < 2:  # noqa: PLR2004 - agreement takes two
        raise MethodError("too_few_rankings", method="kendall_w", units=units, rankings=count)
    found = concordance(matrix.T)
    if found is None:
        raise MethodError("no_order", method="kendall_w", what="rankings")
    return found


def concordance(rankings: Array) -> Concordance | None:
    """Return how far the rows agree, as `kendall_w`; None if all units tie in every row.

    Args:
        rankings: (rankings, units), two or more of either.
    """
    count, units = rankings.shape
    # twice the ranks are whole numbers, so that every sum is exact
    doubled = [ranks_from_below(np.ascontiguousarray(row)) * 2.0 for row in rankings]
    totals = sum(doubled[1:], start=doubled[0]) - count * (units + 1.0)
    ties = sum(_tie_term(column) for column in doubled)
    largest = float(count) ** 2 * (float(units) ** 3 - units) - count * ties
    if largest <= 0.0:
        return None
    w = min(1.0, 3.0 * float((totals * totals).sum()) / largest)
    chi_square = count * (units - 1) * w
    return Concordance(w, chi_square, units - 1, chi_square_tail(chi_square, units - 1))


def chi_square_tail(value: float, degrees_of_freedom: int) -> float:
    """Return the chance that chi-square is at least `value`, from its finite series for whole degrees of freedom."""
    if value <= 0.0:
        return 1.0
    half = value / 2.0
    odd = degrees_of_freedom % 2
    start = 0.5 if odd else 0.0
    powers = np.arange(degrees_of_freedom // 2) + start
    # log of half^a / Gamma(a + 1) for a = start, start + 1, ...
    logs = powers * math.log(half) - np.concatenate([[0.0], np.cumsum(np.log(powers[1:]))]) - math.lgamma(start + 1.0)
    series = float(np.exp(logs - half).sum())
    return min(1.0, series + (math.erfc(math.sqrt(half)) if odd else 0.0))


def _tie_term(ranks: Array) -> float:
    _, counts = np.unique(ranks, return_counts=True)
    sizes = counts.astype(np.float64)
    return float((sizes**3 - sizes).sum())
