"""Indicator matrix × scheme → scores, effective weights and contributions at every node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalengine.derivation import State, Values
from evalengine.errors import MethodError
from evalengine.methods.curves import Curve, Segment, curve, is_curve
from evalengine.methods.mapping import column_parameters, mapped
from evalengine.methods.registry import method
from evalengine.methods.scoring_kernel import AGGREGATIONS, ARITHMETIC, Rules, Tree, rules, score_units
from evalengine.scheme.model import TOTAL, IndicatorSystem, Scoring, WeightProfile
from evalengine.treatment import Move, treat

Floats = NDArray[np.float64]
ALREADY_SCORED = Curve((Segment(-np.inf, 0.0, 1.0, 0.0),))
MISSING_SCORE = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A system under a profile for one group, in arrays.

    Attributes:
        nodes: codes: indicators, then dimensions with children before parents, then the total.
        levels: depth of each node; the total is 0.
        tree: the tree the kernel takes.
        scoring: the scoring rule of each indicator.
        coefficients: industry coefficient of each indicator.
    """

    nodes: tuple[str, ...]
    levels: tuple[int, ...]
    tree: Tree
    scoring: tuple[Scoring, ...]
    coefficients: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """Scores of every unit at every node.

    Attributes:
        nodes: node codes, in the order of the arrays.
        levels: depth of each node.
        scores: (nodes, units); NaN where a node does not apply.
        weights: (nodes, units); each unit's weight of the node in the total after reweighting.
        contributions: (nodes, units); points of the total; NaN under a node that is not an arithmetic mean.
        coefficients: (indicators, units).
        moves: outlying values that a treatment drew in before they were scored.
    """

    nodes: tuple[str, ...]
    levels: tuple[int, ...]
    scores: Floats
    weights: Floats
    contributions: Floats
    coefficients: Floats
    moves: tuple[Move, ...]


def plan(system: IndicatorSystem, profile: WeightProfile, group: str = "") -> Plan:
    """Return the system under the profile as arrays, with what differs for `group`."""
    special = system.groups.get(group)
    own = profile.groups.get(group)
    leaf_weights = own.weights if own else profile.weights
    inner = _children_first(system)
    nodes = (*system.indicators, *inner, TOTAL)
    positions = {code: place for place, code in enumerate((*inner, TOTAL))}
    above = {code: item.parent for code, item in system.indicators.items()}
    above |= {code: item.parent or TOTAL for code, item in system.dimensions.items()}
    weights = {code: leaf_weights[code] for code in system.indicators}
    for code in nodes[:-1]:  # decimals: a node weighs exactly what the leaves below it weigh
        weights[above[code]] = weights.get(above[code], 0 * weights[code]) + weights[code]
    kinds = [system.dimensions[code] for code in inner]
    tree = Tree(
        parents=np.array([*(positions[above[code]] for code in nodes[:-1]), -1], dtype=np.int64),
        weights=np.array([float(weights[code]) for code in nodes]),
        aggregations=np.array([*(AGGREGATIONS.index(kind.aggregation) for kind in kinds), ARITHMETIC], dtype=np.int64),
        powers=np.array([*(kind.power for kind in kinds), 1.0]),
    )
    scoring = {code: item.scoring for code, item in system.indicators.items()} | dict(profile.scoring)
    scoring |= dict(special.scoring) if special else {}
    factors = special.coefficients if special else {}
    return Plan(
        nodes=nodes,
        levels=tuple(_depth(above, code) for code in nodes),
        tree=tree,
        scoring=tuple(scoring[code] for code in system.indicators),
        coefficients=np.array([factors.get(code, 1.0) for code in system.indicators]),
    )


def score(values: Values, groups: Sequence[str], system: IndicatorSystem, profile: WeightProfile) -> Scored:
    """Return scores, effective weights and contributions of every unit.

    Groups with their own weights, anchors or coefficients are scored by these. A relative rule looks at all units with
    the same rule and coefficient for that indicator, across groups.

    Args:
        values: indicator values, not yet treated.
        groups: group of each unit.
        system: the indicator system.
        profile: the weight profile.

    Raises:
        MethodError: a treatment or a relative rule has no answer for its column, or a mean of negative scores is
            undefined.
    """
    treated, moves = treat(values, system)
    special = set(system.groups) | set(profile.groups)
    keys = np.array([group if group in special else "" for group in groups])
    parts = {key: np.flatnonzero(keys == key) for key in sorted(set(keys.tolist()))} or {"": np.arange(0)}
    plans = {key: plan(system, profile, key) for key in parts}
    first = next(iter(plans.values()))
    units = len(groups)
    coefficients = np.ones((len(system.indicators), units))
    for key, members in parts.items():
        coefficients[:, members] = plans[key].coefficients[:, np.newaxis]
    matrix = treated.matrix * coefficients
    matrix[values.states == State.NOT_APPLICABLE] = np.inf
    _score_columns(matrix, parts, plans, system)
    arrays = [np.full((len(first.nodes), units), np.nan) for _ in range(3)]
    for key, members in parts.items():
        for array, part in zip(arrays, _score_part(matrix[:, members], plans[key], system), strict=True):
            array[:, members] = part
    return Scored(
        nodes=first.nodes,
        levels=first.levels,
        scores=arrays[0],
        weights=arrays[1],
        contributions=arrays[2],
        coefficients=coefficients,
        moves=moves,
    )


def _score_columns(
    matrix: Floats, parts: Mapping[str, NDArray[np.int64]], plans: Mapping[str, Plan], system: IndicatorSystem
) -> None:
    """Put the scores of rules that need a whole column in the place of the values.

    The column is that of all units judged by the same rule and coefficient, whatever their weights and groups.
    """
    for row, code in enumerate(system.indicators):
        together: dict[str, list[int]] = {}
        rules_by_key: dict[str, Scoring] = {}
        for key, members in parts.items():
            rule = plans[key].scoring[row]
            if not is_curve(method("normalisation", rule["rule"])):
                same = repr((sorted(rule.items(), key=str), plans[key].coefficients[row]))
                together.setdefault(same, []).extend(members.tolist())
                rules_by_key[same] = rule
        for same, judged in together.items():
            known = np.array([unit for unit in sorted(judged) if np.isfinite(matrix[row, unit])], dtype=np.int64)
            if len(known):
                matrix[row, known] = _column_scores(code, rules_by_key[same], matrix[row, known], system)


def _column_scores(code: str, rule: Scoring, column: Floats, system: IndicatorSystem) -> Floats:
    """Return the scores a column rule gives; raises naming the indicator."""
    parameters = column_parameters(rule)
    direction = -1.0 if system.indicators[code].direction == "cost" else 1.0
    found = method("normalisation", rule["rule"])
    try:
        scores: Floats = found.function(column[:, np.newaxis], np.array([direction]), **parameters, columns=[code])
    except TypeError as error:
        raise MethodError("not_a_column_rule", method=rule["rule"], column=code, detail=str(error)) from error
    return mapped(scores[:, 0], rule)


def _score_part(matrix: Floats, made: Plan, system: IndicatorSystem) -> tuple[Floats, Floats, Floats]:
    """Return scores, effective weights and contributions of the units of one plan."""
    scores = score_units(np.ascontiguousarray(matrix), rules_of(made, system), made.tree)
    weights = _effective_weights(scores, made.tree)
    contributions = np.where(_additive(made.tree)[:, np.newaxis], weights * scores, np.nan)
    return scores, weights, contributions


def _curve(rule: Scoring) -> Curve:
    """Return the curve of an anchored rule; what a column rule scored already stays as it is."""
    if not is_curve(method("normalisation", rule["rule"])):
        return ALREADY_SCORED
    return curve(rule["rule"], {name: value for name, value in rule.items() if name != "rule"})


def rules_of(made: Plan, system: IndicatorSystem) -> Rules:
    """Return the curves of a plan as the kernel takes them; a column rule's scores pass through as they are."""
    return _rules([_curve(rule) for rule in made.scoring], system)


def tie_break_scores(scored: Scored, values: Values, system: IndicatorSystem) -> Floats:
    """Return (tie-break indicators, units); NaN where one does not apply, whatever its policy gives it."""
    codes = list(system.indicators)
    rows = [codes.index(code) for code in system.ranking.tie_breaks]
    return np.where(values.states[rows] == State.NOT_APPLICABLE, np.nan, scored.scores[rows])


def passing_rules(system: IndicatorSystem) -> Rules:
    """Return the rules under which scores pass through as they are: for asking the tree alone."""
    return _rules([ALREADY_SCORED] * len(system.indicators), system)


def _rules(curves: Sequence[Curve], system: IndicatorSystem) -> Rules:
    earned = {"zero": 0.0, "reweight": np.nan}
    policies = [item.not_applicable for item in system.indicators.values()]
    return rules(
        curves,
        missing=[MISSING_SCORE] * len(curves),
        not_applicable=[earned.get(policy.policy, policy.percent) for policy in policies],
    )


def _effective_weights(scores: Floats, tree: Tree) -> Floats:
    """Return each node's share of the total: its parent's share times its weight among the siblings that count."""
    leaves = len(tree.parents) - len(tree.aggregations)
    counted = np.where(np.isnan(scores), 0.0, tree.weights[:, np.newaxis])
    shares = np.zeros_like(scores)
    shares[-1] = np.where(np.isnan(scores[-1]), 0.0, 1.0)
    sums = np.zeros((len(tree.aggregations), scores.shape[1]))
    for node, parent in enumerate(tree.parents[:-1]):
        sums[parent] += counted[node]
    for node in range(len(tree.parents) - 2, -1, -1):
        parent = tree.parents[node]
        whole = np.where(sums[parent] == 0.0, 1.0, sums[parent])
        shares[node] = shares[leaves + parent] * (counted[node] / whole)
    return shares


def _additive(tree: Tree) -> NDArray[np.bool_]:
    """Return whether a node's contribution adds up to the total: every node above it is an arithmetic mean."""
    leaves = len(tree.parents) - len(tree.aggregations)
    additive = np.ones(len(tree.parents), dtype=bool)
    for node in range(len(tree.parents) - 2, -1, -1):
        parent = tree.parents[node]
        additive[node] = additive[leaves + parent] and tree.aggregations[parent] == ARITHMETIC
    return additive


def _children_first(system: IndicatorSystem) -> tuple[str, ...]:
    """Return the dimensions, deepest first, in the order of the file otherwise."""
    above = {code: item.parent or TOTAL for code, item in system.dimensions.items()}
    return tuple(sorted(system.dimensions, key=lambda code: -_depth(above, code)))


def _depth(above: dict[str, str], code: str) -> int:
    depth = 0
    while code != TOTAL:
        code, depth = above[code], depth + 1
    return depth
