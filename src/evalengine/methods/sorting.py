"""Sorting units into ordered classes by comparing each with profiles, never with one another.

A unit's class depends on no other unit: adding, removing or correcting one changes nobody else's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix
from evalengine.methods.checks import as_number, check_choice
from evalengine.methods.outranking import (
    NOISE,
    ROUNDING,
    Compared,
    Thresholds,
    check_range,
    compared,
    credibility,
    pseudo_criteria,
)
from evalengine.methods.preference import STEP, Preference, Shapes, preference, shapes
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.ties import join, snap

Rule = Literal["pessimistic", "optimistic"]

_BEHAVIOUR = Behaviour(
    nan="error",
    ties="a value within 1e-12 relative of a profile is on it; cuts are met within 1e-12",
    constant="any value",
    zeros="any value",
    negatives="any value",
    small="any size",
)


@dataclass(frozen=True, slots=True, eq=False)
class Sorted:
    """The class of each unit, with the working behind it.

    Attributes:
        classes: (units,), 1 = best, up to the number of profiles plus 1.
        tables: the intermediate tables of the method under the names its docstring gives.
    """

    classes: Array
    tables: Mapping[str, Array] = field(default_factory=dict)


@register(
    "sorting",
    formula="pessimistic: highest class whose lower profile b has S(a,b) >= cut; optimistic: below the lowest b "
    "with S(b,a) >= cut > S(a,b)",
    source="Yu, ELECTRE TRI, LAMSADE 74 (1992); Mousseau, Slowinski, J. Global Optimization 12 (1998) 157-174",
    complexity="O(N M P) for P profiles",
    behaviour=_BEHAVIOUR,
    relative=False,
)
def electre_tri(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    profiles: ArrayLike,
    q: Thresholds = 0.0,
    p: Thresholds = 0.0,
    v: Thresholds | None = None,
    cut: float = 0.75,
    rule: Rule = "pessimistic",
    columns: Sequence[str] | None = None,
) -> Sorted:
    """ELECTRE TRI: class by outranking the profiles that separate the classes.

    Args:
        matrix: shape (units, criteria).
        weights: (criteria,), rescaled to sum 1; equal if None. A criterion of weight 0 is left out, with its veto.
        directions: (criteria,), +1 benefit or -1 cost; all benefit if None.
        profiles: (profiles, criteria), from the best to the worst; each is the lower end of its class and the
            upper end of the next, so there is one class more than profiles.
        q: indifference threshold, in the unit of the criterion; one number or one for each criterion.
        p: preference threshold, at least q, likewise.
        v: veto threshold, at least p, likewise; no veto if None.
        cut: least credibility of an outranking that holds, in [0.5, 1].
        rule: `pessimistic` (from the top, the first profile the unit outranks) or `optimistic` (from the bottom,
            the first profile that is preferred to the unit); the first never gives the better class.
        columns: names of the criteria for messages.

    Returns:
        Classes, 1 = best. Tables: `unit_over_profile` and `profile_over_unit`, credibilities (units, profiles).

    Raises:
        MethodError: a fault of the arguments, profiles not in descending order, thresholds negative or not
            q <= p <= v, a cut outside [0.5, 1], or an unknown rule.
    """
    given = compared(matrix, weights, directions, method="electre_tri", columns=columns, least=1, joined=False)
    bounds = _profiles(profiles, given)
    q_, p_, v_ = pseudo_criteria(q, p, v, given)
    as_number(cut, lambda x: 0.5 <= x <= 1.0, method=given.method, name="cut", rule="0.5 … 1")  # noqa: PLR2004 - a majority
    check_choice(rule, get_args(Rule), method=given.method, name="rule")
    over = credibility(given.values, bounds, given.weights, q_, p_, v_)
    under = np.ascontiguousarray(credibility(bounds, given.values, given.weights, q_, p_, v_).T)
    outranks, outranked = over >= cut - NOISE, under >= cut - NOISE
    last = bounds.shape[1] + 1.0
    if rule == "pessimistic":
        classes = np.where(outranks.any(axis=1), outranks.argmax(axis=1) + 1.0, last)
    else:
        preferred = (outranked & ~outranks)[:, ::-1]
        classes = np.where(preferred.any(axis=1), last - preferred.argmax(axis=1), 1.0)
    return Sorted(classes, {"unit_over_profile": over, "profile_over_unit": under})


@register(
    "sorting",
    formula="flows of the unit a among a and the profiles; class 1 + number of profiles with phi(b) > phi(a)",
    source="Nemery, Lamboray, TOP 16 (2008) 90-106, limiting profiles",
    complexity="O(N M P) for P profiles",
    behaviour=_BEHAVIOUR,
    relative=False,
)
def flowsort(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    profiles: ArrayLike,
    function: Preference | Sequence[Preference] = "usual",
    q: Thresholds | None = None,
    p: Thresholds | None = None,
    s: Thresholds | None = None,
    columns: Sequence[str] | None = None,
) -> Sorted:
    """FlowSort: class by the PROMETHEE net flow among the profiles that separate the classes.

    Args:
        matrix: shape (units, criteria).
        weights: (criteria,), rescaled to sum 1; equal if None. A criterion of weight 0 is left out.
        directions: (criteria,), +1 benefit or -1 cost; all benefit if None.
        profiles: (profiles, criteria), from the best to the worst, each better than the next on every criterion or
            equal on some; one class more than profiles. A unit whose flow equals a profile's is in the class above.
        function: one preference function for all criteria, or one for each, as for `promethee_ii`.
        q: indifference threshold, in the unit of the criterion; one number or one for each criterion.
        p: preference threshold, likewise.
        s: standard deviation of the Gaussian function, likewise.
        columns: names of the criteria for messages.

    Returns:
        Classes by net flow, 1 = best. Tables: `by_positive` and `by_negative`, the classes by one flow alone, between
        which the class by net flow need not lie midway; `net`, the net flow of each unit, and `profile_net`, of the
        profiles in its company, (units, profiles).

    Raises:
        MethodError: a fault of the arguments, profiles not in descending order, or a threshold missing, negative or
            out of order.
    """
    given = compared(matrix, weights, directions, method="flowsort", columns=columns, least=1, joined=False)
    bounds = _profiles(profiles, given)
    shape = shapes(given, function, q=q, p=p, s=s)
    gain, loss = _degrees(given.values, bounds, given, shape)
    between, _ = _degrees(bounds, bounds, given, shape)
    others = bounds.shape[1]
    plus, minus = gain.sum(axis=1) / others, loss.sum(axis=1) / others
    profile_plus = (between.sum(axis=1) + loss) / others
    profile_minus = (between.sum(axis=0) + gain) / others
    net, profile_net = plus - minus, profile_plus - profile_minus
    tables = {
        "by_positive": _class_below(profile_plus, plus),
        "by_negative": _class_below(-profile_minus, -minus),
        "net": net,
        "profile_net": profile_net,
    }
    return Sorted(_class_below(profile_net, net), tables)


def _profiles(profiles: ArrayLike, given: Compared) -> Array:
    """Return the profiles as (criteria that take part, profiles), more = better, from the best to the worst.

    Values of the units equal to a profile's become the profile's, in place.
    """
    values = as_matrix(profiles, method=given.method)
    if values.shape[1] != given.count:
        raise MethodError(
            "wrong_length", method=given.method, what="profiles", length=values.shape[1], expected=given.count
        )
    oriented = np.ascontiguousarray((values[:, given.kept] * given.directions).T)
    check_range(np.hstack([given.values, oriented]), given)
    for units, marks in zip(given.values, oriented, strict=True):
        join(marks)
        snap(units, marks)
    steps = np.diff(oriented, axis=1)
    wrong = (steps > 0.0).any(axis=0) | (steps == 0.0).all(axis=0)
    if wrong.any():
        raise MethodError("profile_not_worse", method=given.method, position=int(np.argmax(wrong)) + 2)
    return oriented


def _degrees(a: Array, b: Array, given: Compared, shape: Shapes) -> tuple[Array, Array]:
    """Return the weighted preference of each of `a` over each of `b` and the reverse, both shaped (a, b)."""
    gain, loss = np.zeros((a.shape[1], b.shape[1])), np.zeros((a.shape[1], b.shape[1]))
    for j, weight in enumerate(given.weights):
        better = a[j][:, None] - b[j][None, :]
        rounding = ROUNDING * (np.abs(a[j])[:, None] + np.abs(b[j])) if shape.kind[j] == STEP else 0.0
        gain += weight * preference(better - rounding, shape.kind[j], shape.low[j], shape.high[j])
        loss += weight * preference(-better - rounding, shape.kind[j], shape.low[j], shape.high[j])
    return gain, loss


def _class_below(profiles: Array, units: Array) -> Array:
    """Return 1 + the number of profiles with a larger flow; flows within the tolerance are equal."""
    result: Array = (profiles > units[:, None] + NOISE).sum(axis=1) + 1.0
    return result
