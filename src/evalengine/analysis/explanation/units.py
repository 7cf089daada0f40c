"""Values against anchors, points lost, the peers beside, and what a better value would bring.

What a value would bring is computed by the kernel that scored the assessment, through the whole tree: it is what a new
assessment with that value gives, whatever the rules and means. Weights shared for what does not apply stay shared.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evalengine.analysis.explanation.model import Explained, Explanation, Standing, Target
from evalengine.analysis.explanation.peers import Peers, peers_of
from evalengine.analysis.explanation.tables import Tables, tables_of
from evalengine.assessment import Results
from evalengine.errors import UsageError
from evalengine.methods.curves import FULL_MARKS, PASS_MARKS
from evalengine.methods.marks import Mark, marks
from evalengine.methods.scoring_kernel import Rules, score_units
from evalengine.scheme.model import TOTAL
from evalengine.scoring import Plan, passing_rules, rules_of

STRENGTHS = 3
SHORTFALLS = 5
NEAR = 5  # units named where there is none of that id
DIGITS = 4  # of a value that is needed where a coefficient gives it endless digits
NOISE = 1e-9  # points


def explain(assessment: Results, unit: str) -> Explanation:
    """Return why a unit has its score.

    Args:
        assessment: the assessment, or a run read from its folder.
        unit: id of the unit, or its name.

    Raises:
        UsageError: the assessment has no such unit; units near it, or all of that name, are named.
    """
    return next(explanations(assessment, [_unit_of(assessment, unit)]))


def explanations(assessment: Results, units: Sequence[str] | None = None) -> Iterator[Explanation]:
    """Yield why each unit has its score.

    Args:
        assessment: the assessment, or a run read from its folder.
        units: ids of the units; all, in the order of the ranking, if None.
    """
    tables = tables_of(assessment)
    groups: dict[str, _Group] = {}
    treated = frozenset(assessment.system.treatments())
    for unit in assessment.ranking["unit"] if units is None else units:
        place = tables.units.index(unit)
        group = tables.groups[place]
        if group not in groups:
            made = tables.plans[group]
            groups[group] = _Group(
                plan=made,
                rules=rules_of(made, assessment.system),
                passing=passing_rules(assessment.system),
                peers=peers_of(tables, group, assessment.system),
            )
        yield _explanation(tables, place, groups[group], assessment, treated)


def _unit_of(assessment: Results, given: str) -> str:
    """Return the id of a unit stated by id or by a name no other unit has."""
    named: list[tuple[str, str]] = [
        (unit, name or "") for unit, name in assessment.ranking.select("unit", "name").rows()
    ]
    if any(unit == given for unit, _ in named):
        return given
    found = [unit for unit, name in named if name == given]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError("several_units", unit=given, near=", ".join(found[:NEAR]))
    close = difflib.get_close_matches(given, [part for pair in named for part in pair], n=NEAR, cutoff=0.5)
    alike = [pair for part in close for pair in named if part in pair]
    holding = [pair for pair in named if given.casefold() in " ".join(pair).casefold()]
    near = [" ".join(pair).strip() for pair in dict.fromkeys((*holding, *alike))]
    if near:
        raise UsageError("no_such_unit", unit=given, near=", ".join(near[:NEAR]))
    raise UsageError("unknown_unit", unit=given, known=", ".join(unit for unit, _ in named[:NEAR]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Group:
    """What the units of a group share: their plan, its curves, the same tree for scores, the peers."""

    plan: Plan
    rules: Rules
    passing: Rules
    peers: Peers


def _explanation(
    tables: Tables, place: int, group: _Group, assessment: Results, treated: frozenset[str]
) -> Explanation:
    lost = _lost(tables, place, group)
    standings = {
        node: _standing(tables, place, row, group.peers, lost.get(node)) for row, node in enumerate(tables.nodes)
    }
    targets = _targets(tables, place, group, treated)
    indicators = {
        code: Explained(
            indicator=code,
            value=_known(tables.values[row, place]),
            reported=_known(tables.reported[row, place]),
            status=str(tables.statuses[row, place]),
            coefficient=float(tables.coefficients[row, place]),
            scored=_known(tables.scored[row, place]),
            rule=group.plan.scoring[row],
            standing=standings[code],
            median=_known(group.peers.median_values[row]),
            best=_known(group.peers.best_values[row]),
            targets=targets[row],
        )
        for row, code in enumerate(tables.leaves)
    }
    top = [code for code, item in assessment.system.dimensions.items() if not item.parent]
    return Explanation(
        unit=tables.units[place],
        peers=group.peers.count,
        total=standings[TOTAL],
        dimensions={code: standings[code] for code in top},
        indicators=indicators,
        strengths=_strengths(indicators),
        shortfalls=_shortfalls(indicators),
    )


def _standing(tables: Tables, place: int, row: int, peers: Peers, lost: float | None) -> Standing:
    score, weight = _known(tables.scores[row, place]), float(tables.weights[row, place])
    if lost is None:
        lost = 0.0 if score is None else max(0.0, weight * (FULL_MARKS - score))
    return Standing(
        score=score,
        weight=weight,
        contribution=_known(tables.contributions[row, place]),
        lost=lost,
        median=_known(peers.median_scores[row]),
        best=_known(peers.best_scores[row]),
    )


def _lost(tables: Tables, place: int, group: _Group) -> dict[str, float]:
    """Return the points lost by indicators below a mean that is not arithmetic: what 100 there would bring."""
    first = len(tables.nodes) - len(tables.leaves)
    scores = tables.scores[first:, place]
    rows = [
        row
        for row, score in enumerate(scores)
        if not np.isnan(score) and np.isnan(tables.contributions[first + row, place])
    ]
    if not rows:
        return {}
    column = np.where(np.isnan(scores), np.inf, scores)
    variants = np.repeat(column[:, np.newaxis], len(rows), axis=1)
    variants[rows, np.arange(len(rows))] = np.maximum(FULL_MARKS, column[rows])
    gained = score_units(variants, group.passing, group.plan.tree)[-1] - tables.scores[0, place]
    return {tables.leaves[row]: max(0.0, float(points)) for row, points in zip(rows, gained, strict=True)}


def _targets(tables: Tables, place: int, group: _Group, treated: frozenset[str]) -> list[tuple[Target, ...]]:
    """Return, for each indicator, what would raise its score, nearest first."""
    tried = [
        (row, mark.kind, _needed(mark, float(tables.coefficients[row, place])))
        for row, code in enumerate(tables.leaves)
        if tables.statuses[row, place] != "not_applicable" and code not in treated
        for mark in marks(group.plan.scoring[row], float(tables.scored[row, place]))
    ]
    rows = np.array([row for row, _, _ in tried], dtype=np.int64)
    columns = np.arange(len(tried))
    variants = np.repeat(tables.taken[:, [place]], len(tried), axis=1)
    variants[rows, columns] = np.array([value for _, _, value in tried]) * tables.coefficients[rows, place]
    scores = score_units(variants, group.rules, group.plan.tree)
    gained = (scores[-1] - tables.scores[0, place]).tolist()
    found: list[list[Target]] = [[] for _ in tables.leaves]
    for (row, kind, value), score, points in zip(tried, scores[rows, columns].tolist(), gained, strict=True):
        so_far = found[row][-1].points if found[row] else 0.0
        if points > so_far + NOISE:
            found[row].append(Target(kind=kind, value=value, score=score, points=points))
    return [tuple(targets) for targets in found]


def _needed(mark: Mark, coefficient: float) -> float:
    """Return the verified value that reaches a mark; one with endless digits is rounded beyond the mark."""
    if coefficient == 1.0:
        return mark.value
    exact = mark.value / coefficient
    rounded = float(f"{exact:.{DIGITS}g}")
    if mark.sign * (rounded - exact) < 0:
        step = 10.0 ** (math.floor(math.log10(abs(exact))) - DIGITS + 1)
        rounded = float(f"{rounded + mark.sign * step:.{DIGITS}g}")
    return rounded


def _strengths(indicators: Mapping[str, Explained]) -> tuple[str, ...]:
    leads = {
        code: item.standing.score - (PASS_MARKS if item.standing.median is None else item.standing.median)
        for code, item in indicators.items()
        if item.status == "ok" and item.standing.weight > 0 and item.standing.score is not None
        if item.standing.score >= PASS_MARKS
    }
    ahead = sorted((code for code, lead in leads.items() if lead > NOISE), key=lambda code: -leads[code])
    return tuple(ahead[:STRENGTHS])


def _shortfalls(indicators: Mapping[str, Explained]) -> tuple[str, ...]:
    losing = [code for code, item in indicators.items() if item.standing.lost > NOISE]
    return tuple(sorted(losing, key=lambda code: -indicators[code].standing.lost)[:SHORTFALLS])


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
