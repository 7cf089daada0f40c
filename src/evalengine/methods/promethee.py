"""PROMETHEE I and II: how much a unit is preferred to the others, and the others to it."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from evalengine.methods.outranking import NOISE, Thresholds, compared, dense_ranks, intersection
from evalengine.methods.preference import Preference, flows, shapes
from evalengine.methods.ranking import places
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.results import Ranked

_FORMULA = "pi(i,k) = sum(w P(d)), d = +-(x_i - x_k); phi+ = sum_k pi(i,k)/(N-1), phi- = sum_k pi(k,i)/(N-1)"
_SOURCE = "Brans, Vincke, Management Science 31 (1985) 647-656; Brans, Vincke, Mareschal, EJOR 24 (1986) 228-238"
_COMPLEXITY = "O(M N log N); Gaussian O(M N^2)"
_BEHAVIOUR = Behaviour(
    nan="error",
    ties="values within 1e-12 relative are equal; flows within 1e-12 tie; equal rows tie exactly",
    constant="no preference on it",
    zeros="any value",
    negatives="any value",
    small="at least 2 units",
)


@register(
    "outranking", formula=f"{_FORMULA}; phi = phi+ - phi-", source=_SOURCE, complexity=_COMPLEXITY, behaviour=_BEHAVIOUR
)
def promethee_ii(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    function: Preference | Sequence[Preference] = "usual",
    q: Thresholds | None = None,
    p: Thresholds | None = None,
    s: Thresholds | None = None,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """PROMETHEE II: complete ranking by the net flow, how much a unit is preferred to the others less the reverse.

    P(d) is 0 for d <= 0 and else: `usual` 1; `u_shape` 1 if d > q; `v_shape` min(d/p, 1); `level` 1/2 if d > q,
    1 if d > p; `linear` (d - q)/(p - q) cut to [0, 1]; `gaussian` 1 - exp(-d^2/(2 s^2)). A `v_shape` with p = 0 is
    `usual`, a `linear` with p = q is `u_shape`. At a step, d exceeds a threshold only by more than 1e-10 of it.
    pymcdm 1.4 has no Gaussian function and calls the linear one `vshape_2`; pyrepo-mcda 0.1.15 takes s = (p + q)/2.

    Args:
        matrix: shape (units, criteria).
        weights: (criteria,), rescaled to sum 1; equal if None. A criterion of weight 0 is left out.
        directions: (criteria,), +1 benefit or -1 cost; all benefit if None.
        function: one preference function for all criteria, or one for each.
        q: indifference threshold, in the unit of the criterion; one number or one for each criterion. Criteria whose
            function does not use a threshold ignore theirs.
        p: preference threshold, likewise.
        s: standard deviation of the Gaussian function, likewise.
        columns: names of the criteria for messages.

    Returns:
        Scores: net flows in [-1, 1], higher is better. Tables: `positive` and `negative`, the flows phi+ and phi-.

    Raises:
        MethodError: a fault of the arguments, a threshold missing, negative or out of order, or a single unit.
    """
    given = compared(matrix, weights, directions, method="promethee_ii", columns=columns, joined=False)
    positive, negative = flows(given, shapes(given, function, q=q, p=p, s=s))
    net = positive - negative
    return Ranked(
        net, places(net, gap=NOISE), higher_is_better=True, tables={"positive": positive, "negative": negative}
    )


@register(
    "outranking",
    formula=f"{_FORMULA}; i precedes k if phi+_i >= phi+_k and phi-_i <= phi-_k, one strictly",
    source=_SOURCE,
    complexity=_COMPLEXITY,
    behaviour=_BEHAVIOUR,
)
def promethee_i(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    function: Preference | Sequence[Preference] = "usual",
    q: Thresholds | None = None,
    p: Thresholds | None = None,
    s: Thresholds | None = None,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """PROMETHEE I: partial ranking, in which a unit with both more strengths and more weaknesses is not comparable.

    Args and errors as for `promethee_ii`.

    Returns:
        Scores: the number of units that precede a unit in the partial order, lower is better; the ranks never
        contradict that order, but units of equal or neighbouring rank may be incomparable. Tables: `positive`,
        `negative` (flows, which decide: a precedes b if neither flow speaks against it and one speaks for it) and
        `incomparable` (number of units a unit cannot be compared with).
    """
    given = compared(matrix, weights, directions, method="promethee_i", columns=columns, joined=False)
    positive, negative = flows(given, shapes(given, function, q=q, p=p, s=s))
    ahead, incomparable = intersection(
        dense_ranks(positive, higher_is_better=True), dense_ranks(negative, higher_is_better=False)
    )
    tables = {"positive": positive, "negative": negative, "incomparable": incomparable}
    return Ranked(ahead, places(ahead, higher_is_better=False), higher_is_better=False, tables=tables)
