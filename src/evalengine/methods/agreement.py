"""How far two rankings agree.

All take ranks, 1 = best, under any tie rule, or any numbers of which less is better. They are turned into average
ranks first, so that ties are treated alike everywhere. Numbers equal by `ties.join` tie.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_vector
from evalengine.methods.checks import as_number
from evalengine.methods.ranking import ascending, at_most_before
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.ties import join, ranks_from_below

_BEHAVIOUR = Behaviour(
    nan="error",
    ties="average ranks; values within 1e-12 relative tie",
    constant="error: no order to agree with",
    zeros="any value",
    negatives="any value",
    small="at least 2 units",
)
_ANY_TIES = Behaviour(
    nan="error",
    ties="average ranks; values within 1e-12 relative tie",
    constant="all units tie",
    zeros="any value",
    negatives="any value",
    small="at least 2 units",
)


@register(
    "agreement",
    formula="Pearson correlation of average ranks",
    source="Spearman, Am. J. Psychology 15 (1904) 72-101",
    complexity="O(N)",
    behaviour=_BEHAVIOUR,
)
def spearman(x: ArrayLike, y: ArrayLike) -> float:
    """Spearman's rho, also right with ties (1 - 6 sum d^2/(N^3 - N) is not).

    Args:
        x: (units,), ranks or other numbers of which less is better.
        y: (units,), likewise.

    Returns:
        Correlation in [-1, 1].

    Raises:
        MethodError: not finite, lengths differ, fewer than 2 units, or all units of one ranking tie.
    """
    a, b = _two(x, y, "spearman", ordered=True)
    centre = (a.size + 1.0) / 2.0
    a, b = a - centre, b - centre
    return _limited(float((a * b).sum()) / math.sqrt(float((a * a).sum()) * float((b * b).sum())))


@register(
    "agreement",
    formula="1 - 6 sum d^2 ((N - x + 1) + (N - y + 1)) / (N^4 + N^3 - N^2 - N)",
    source="Pinto da Costa, Soares, Aust. N.Z. J. Statistics 47 (2005) 515-529",
    complexity="O(N)",
    behaviour=_ANY_TIES,
)
def weighted_spearman(x: ArrayLike, y: ArrayLike) -> float:
    """Weighted Spearman: shifts near the top count more; average ranks for ties, without a correction.

    Args and errors as for `spearman`, but rankings in which all units tie are allowed.

    Returns:
        Coefficient in [-1, 1], 1 for equal rankings.
    """
    a, b = _two(x, y, "weighted_spearman")
    n = float(a.size)
    shift = (a - b) ** 2 * ((n - a + 1.0) + (n - b + 1.0))
    return 1.0 - 6.0 * float(shift.sum()) / (n**4 + n**3 - n**2 - n)


@register(
    "agreement",
    formula="(C - D) / sqrt((P - Tx)(P - Ty)), P = N(N - 1)/2 pairs, T of them tied",
    source="Kendall, Biometrika 33 (1945) 239-251; count: Knight, JASA 61 (1966) 436-439",
    complexity="O(N log N)",
    behaviour=_BEHAVIOUR,
)
def kendall_tau_b(x: ArrayLike, y: ArrayLike) -> float:
    """Kendall's tau-b: pairs in the same order less pairs in the opposite order, corrected for ties.

    What pymcdm 1.4 calls kendall_tau is tau-a, without the correction.

    Args, result and errors as for `spearman`.
    """
    a, b = _checked(x, y, "kendall_tau_b", ordered=True)
    by_b, ordered_b = ascending(b)
    new_b = _new(ordered_b)
    by_a, ordered_a = ascending(a[by_b])
    new_a, group_b = _new(ordered_a), np.cumsum(new_b, dtype=np.int32)[by_a]
    pairs = a.size * (a.size - 1) // 2
    discordant = pairs - int(at_most_before(group_b).sum(dtype=np.int64))
    tied_a, tied_b, tied_both = _tied_pairs(new_a), _tied_pairs(new_b), _tied_pairs(new_a | _new(group_b))
    concordant = pairs - tied_a - tied_b + tied_both - discordant
    return _limited((concordant - discordant) / (math.sqrt(pairs - tied_a) * math.sqrt(pairs - tied_b)))


@register(
    "agreement",
    formula="1 - sum 2^-x |x - y| / max(|x - 1|, |x - N|)",
    source="Salabun, Urbaniak, ICCS 2020, LNCS 12138, 632-645",
    complexity="O(N)",
    behaviour=_ANY_TIES,
)
def ws(x: ArrayLike, y: ArrayLike) -> float:
    """WS coefficient: the top of the reference ranking decides; not symmetric.

    Args:
        x: (units,), the reference: ranks or other numbers of which less is better.
        y: (units,), the ranking compared with it, likewise.

    Returns:
        Coefficient in (0, 1], 1 for equal rankings.

    Raises:
        MethodError: not finite, lengths differ, or fewer than 2 units.
    """
    a, b = _two(x, y, "ws")
    farthest = np.maximum(a - 1.0, a.size - a)
    return 1.0 - float((np.exp2(-a) * np.abs(a - b) / farthest).sum())


@register(
    "agreement",
    formula="sum |x - y| / N",
    source="OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 7",
    complexity="O(N)",
    behaviour=_ANY_TIES,
)
def mean_rank_shift(x: ArrayLike, y: ArrayLike) -> float:
    """Mean absolute rank shift: by how many places a unit moves on average.

    Args and errors as for `ws`; symmetric.

    Returns:
        Places, from 0 to N/2.
    """
    a, b = _two(x, y, "mean_rank_shift")
    return float(np.abs(a - b).sum()) / a.size


@register(
    "agreement",
    formula="sum min(m_x, m_y) / k; m = share of a unit in the first k places",
    source="Fagin, Kumar, Sivakumar, SIAM J. Discrete Math. 17 (2003) 134-160; ties at the cut share the places left",
    complexity="O(N)",
    behaviour=_ANY_TIES,
)
def top_k_overlap(x: ArrayLike, y: ArrayLike, *, k: int) -> float:
    """Share of the first k places that two rankings give to the same units.

    Units that tie across the cut share the places left for them: with two places for three of them each has 2/3.

    Args:
        x: (units,), ranks or other numbers of which less is better.
        y: (units,), likewise.
        k: number of places, from 1 to the number of units.

    Returns:
        Share in [0, 1], 1 for equal rankings.

    Raises:
        MethodError: not finite, lengths differ, fewer than 2 units, or k outside its range.
    """
    a, b = _two(x, y, "top_k_overlap")
    rule = f"1, 2, … {a.size}"
    first = int(as_number(k, lambda x: 1 <= x <= a.size and x % 1 == 0, method="top_k_overlap", name="k", rule=rule))
    return min(1.0, float(np.minimum(_share_of_top(a, first), _share_of_top(b, first)).sum()) / first)


def _two(x: ArrayLike, y: ArrayLike, method: str, *, ordered: bool = False) -> tuple[Array, Array]:
    """Return two rankings as average ranks."""
    a, b = _checked(x, y, method, ordered=ordered)
    return ranks_from_below(a), ranks_from_below(b)


def _checked(x: ArrayLike, y: ArrayLike, method: str, *, ordered: bool) -> tuple[Array, Array]:
    """Return two vectors of one length; `ordered` refuses one in which all units tie."""
    a = as_vector(x, method=method, what="x").copy()
    b = as_vector(y, method=method, what="y", length=a.size).copy()
    if a.size < 2:  # noqa: PLR2004 - agreement takes two
        raise MethodError("too_few_units", method=method, count=a.size, least=2)
    join(a)
    join(b)
    if ordered:
        for what, values in (("x", a), ("y", b)):
            if values.min() == values.max():
                raise MethodError("no_order", method=method, what=what)
    return a, b


def _new(ordered: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where an ordered vector takes a new value."""
    result = np.ones(ordered.size, dtype=np.bool_)
    result[1:] = ordered[1:] != ordered[:-1]
    return result


def _tied_pairs(new: NDArray[np.bool_]) -> int:
    """Return the number of pairs within the groups that start at these places."""
    sizes = np.diff(np.flatnonzero(new), append=new.size)
    return int((sizes * (sizes - 1) // 2).sum())


def _share_of_top(ranks: Array, k: int) -> Array:
    """Return the share of each unit in the first k places."""
    _, group, sizes = np.unique(ranks, return_inverse=True, return_counts=True)
    better = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return np.asarray(np.clip((k - better) / sizes, 0.0, 1.0)[group])


def _limited(coefficient: float) -> float:
    return min(1.0, max(-1.0, coefficient))
