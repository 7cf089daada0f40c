"""Scores → published scores, ranks, grades. The order: points of items, rounding, ranks, quota, caps, vetoes.

Ranks and grades use the published score, never the unrounded one, so that what is printed decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evalengine.methods.ranking import RULES
from evalengine.methods.results import Tie
from evalengine.methods.rounding import half_up
from evalengine.scheme.model import SEVERE, IndicatorSystem, Level, Ranking

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Totals:
    """Points after the caps, the unrounded total and the published score of each unit."""

    bonus: Floats
    penalty: Floats
    total: Floats
    published: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graded:
    """Totals, ranks and grades, one entry per unit in the order of the units.

    Attributes:
        bonus: bonus points after the cap.
        penalty: penalty points after the cap.
        total: weighted score + bonus − penalty, unrounded.
        published: total rounded half up.
        rank: rank inside the group; NaN for vetoed units.
        overall_rank: rank among all units.
        tie: whether the rank is shared inside the group.
        sizes: number of units in the group.
        grades: grade codes.
        reasons: what decided the grade: threshold, quota, small_group, cap or veto.
        vetoes: codes of the veto items that apply.
        order: positions in listing order: group, rank, unit id; vetoed last.
    """

    bonus: Floats
    penalty: Floats
    total: Floats
    published: Floats
    rank: Floats
    overall_rank: Floats
    tie: Bools
    sizes: NDArray[np.int64]
    grades: tuple[str, ...]
    reasons: tuple[str, ...]
    vetoes: tuple[tuple[str, ...], ...]
    order: tuple[int, ...]


def grade(
    *,
    units: Sequence[str],
    groups: Sequence[str],
    weighted: Floats,
    tie_breaks: Floats,
    items: pl.DataFrame,
    below_floor: Mapping[str, Sequence[str]],
    system: IndicatorSystem,
) -> Graded:
    """Return totals, ranks and grades.

    Args:
        units: unit ids.
        groups: group of each unit.
        weighted: weighted score of each unit.
        tie_breaks: (tie-break indicators, units): their scores; NaN (not applicable) is lowest.
        items: what `count_items` returned.
        below_floor: for units below a floor, the veto codes this brings.
        system: the indicator system.
    """
    made, rules = totals(units, weighted, items, system), system.ranking
    published = made.published
    counts = _veto_counts(units, items)
    vetoes = tuple(tuple(dict.fromkeys((*counts.get(unit, {}), *below_floor.get(unit, ())))) for unit in units)
    failed = np.array([_fails(counts.get(unit, {}), below_floor.get(unit, ()), system) for unit in units], dtype=bool)
    keys = _keys(published, tie_breaks, rules)
    names = np.array(groups)
    rank, tie = np.full(len(units), np.nan), np.zeros(len(units), dtype=bool)
    sizes = np.zeros(len(units), dtype=np.int64)
    for group in sorted(set(groups)):
        inside = names == group
        sizes[inside] = inside.sum()
        ranked = np.flatnonzero(inside & ~failed)
        rank[ranked], tie[ranked] = ranks(keys[:, ranked], rules.method)
    overall = np.full(len(units), np.nan)
    overall[~failed] = ranks(keys[:, ~failed], rules.method)[0]
    positions = _last_positions(keys, names, failed, system)
    decided = [
        _grade_of(published[k], positions[k], int(sizes[k]), vetoes[k], failed=bool(failed[k]), system=system)
        for k in range(len(units))
    ]
    order = sorted(
        range(len(units)), key=lambda k: (groups[k], bool(failed[k]), -1.0 if failed[k] else rank[k], units[k])
    )
    return Graded(
        bonus=made.bonus,
        penalty=made.penalty,
        total=made.total,
        published=published,
        rank=rank,
        overall_rank=overall,
        tie=tie,
        sizes=sizes,
        grades=tuple(code for code, _ in decided),
        reasons=tuple(reason for _, reason in decided),
        vetoes=vetoes,
        order=tuple(order),
    )


def totals(units: Sequence[str], weighted: Floats, items: pl.DataFrame, system: IndicatorSystem) -> Totals:
    """Return bonus and penalty points, totals and published scores, one entry per unit.

    Args:
        units: unit ids.
        weighted: weighted score of each unit.
        items: what `count_items` returned.
        system: the indicator system.
    """
    bonus = _points(units, items, "bonus", system.bonus.cap)
    penalty = _points(units, items, "penalty", system.penalty.cap)
    total = np.nan_to_num(weighted) + bonus - penalty
    published = half_up(total, decimals=system.ranking.decimals, inner_decimals=system.ranking.inner_decimals)
    return Totals(bonus=bonus, penalty=penalty, total=total, published=published)


def ranks(keys: Floats, rule: Tie) -> tuple[Floats, Bools]:
    """Return the rank of each unit and whether it is shared.

    Args:
        keys: (keys, units): compared in order, larger is better; equal in all is a tie.
        rule: competition 1-2-2-4, modified 1-3-3-4, dense 1-2-2-3 or fractional 1-2.5-2.5-4.
    """
    count = keys.shape[1]
    order = np.lexsort(-keys[::-1])
    ordered = keys[:, order]
    starts = np.ones(count, dtype=bool)
    starts[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
    run = np.cumsum(starts) - 1
    first = np.flatnonzero(starts) + 1.0
    last = np.append(first[1:] - 1.0, float(count)) if count else first
    of_first, of_last, of_number = RULES[rule]
    rank, tie = np.empty(count), np.zeros(count, dtype=bool)
    rank[order] = (of_first * first + of_last * last + of_number * np.arange(1.0, len(first) + 1))[run]
    tie[order] = (last > first)[run]
    return rank, tie


def _points(units: Sequence[str], items: pl.DataFrame, kind: str, cap: float) -> Floats:
    """Return the points of each unit, added in the order of the items and capped."""
    sums = dict.fromkeys(units, 0.0)
    for unit, points in items.filter(pl.col("kind") == kind).select("unit", "points").iter_rows():
        if unit in sums:
            sums[unit] += points
    return np.array([min(cap, sums[unit]) for unit in units])


def _veto_counts(units: Sequence[str], items: pl.DataFrame) -> dict[str, dict[str, float]]:
    """Return, for each unit, its veto items and the largest count of each: two minor cases are not a severe one."""
    counts: dict[str, dict[str, float]] = {}
    known = set(units)
    for unit, item, count in items.filter(pl.col("kind") == "veto").select("unit", "item", "count").iter_rows():
        if count > 0 and unit in known:
            own = counts.setdefault(unit, {})
            own[item] = max(count, own.get(item, 0.0))
    return counts


def _fails(counts: Mapping[str, float], floors: Sequence[str], system: IndicatorSystem) -> bool:
    for code, count in (*counts.items(), *((code, 1.0) for code in floors)):
        if system.vetoes[code].effect == "fail" or count >= SEVERE:
            return True
    return False


def _keys(published: Floats, tie_breaks: Floats, rules: Ranking) -> Floats:
    """Return what ranks compare: the published score, then the tie-break scores without noise."""
    cleaned = np.where(np.isnan(tie_breaks), -np.inf, np.round(tie_breaks, rules.inner_decimals))
    return np.vstack([published[np.newaxis], cleaned])


def _last_positions(keys: Floats, names: NDArray[np.str_], failed: Bools, system: IndicatorSystem) -> Floats:
    """Return the position that has to lie inside the quota: the last of a full tie, or its first if ties are let in."""
    rule: Tie = "modified" if system.grades.quota_tie == "out" else "competition"
    positions = np.full(keys.shape[1], np.inf)
    for group in sorted(set(names.tolist())):
        ranked = np.flatnonzero((names == group) & ~failed)
        positions[ranked] = ranks(keys[:, ranked], rule)[0]
    return positions


def _grade_of(
    published: float,
    position: float,
    size: int,
    vetoes: Sequence[str],
    *,
    failed: bool,
    system: IndicatorSystem,
) -> tuple[str, str]:
    """Return the grade and what decided it."""
    levels = system.grades.levels
    if failed:
        return levels[-1].code, "veto"
    reached = next(place for place, level in enumerate(levels) if level.minimum is None or published >= level.minimum)
    reason = "threshold"
    while not _within_quota(levels[reached], position, size, system):
        reached, reason = reached + 1, "quota"
    if levels[reached].quota is not None and size < system.grades.quota_minimum_group:
        reason = "small_group"
    codes: list[str] = [level.code for level in levels]
    for code in vetoes:
        limit = codes.index(system.vetoes[code].cap)
        if limit > reached:
            reached, reason = limit, "cap"
    return levels[reached].code, reason


def _within_quota(level: Level, position: float, size: int, system: IndicatorSystem) -> bool:
    """Return whether a position is inside a level's quota: the percentage of all units of the group, rounded down."""
    if level.quota is None or size < system.grades.quota_minimum_group:
        return True
    return position <= level.places(size)
