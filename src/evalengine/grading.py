"""Scores → published scores, ranks, grades. The order: items, rounding, ranks, quota, caps, vetoes.

Ranks and grades use the published score, never the unrounded one, so that what is printed decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evalengine.methods.rounding import half_up
from evalengine.scheme.model import SEVERE, IndicatorSystem, Item, Level, Ranking

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
ITEM_SCHEMA: Mapping[str, pl.DataType] = {
    "unit": pl.String(),
    "item": pl.String(),
    "kind": pl.String(),
    "count": pl.Float64(),
    "counted": pl.Float64(),
    "points": pl.Float64(),
    "matter": pl.String(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A veto, bonus or penalty item of a unit: how often, on which matter."""

    unit: str
    item: str
    count: float
    matter: str = ""


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


def count_items(occurrences: Sequence[Occurrence], system: IndicatorSystem) -> pl.DataFrame:
    """Return what each occurrence counts for: on one matter only one bonus, and no item beyond its limit.

    Of the ways to choose one bonus for each matter the one worth most counts, so that neither the order of the rows nor
    the spelling of a matter decides.
    """
    counted = [event.count for event in occurrences]
    for unit in dict.fromkeys(event.unit for event in occurrences):
        own = [place for place, event in enumerate(occurrences) if event.unit == unit]
        bonus = [place for place in own if occurrences[place].item in system.bonus.items]
        for place, count in _best_bonus(occurrences, bonus, system.bonus.items).items():
            counted[place] = count
        for code, item in system.penalty.items.items():
            left = float("inf") if item.limit is None else float(item.limit)
            for place in (place for place in own if occurrences[place].item == code):
                counted[place] = min(occurrences[place].count, left)
                left -= counted[place]
    rows = [
        {
            "unit": event.unit,
            "item": event.item,
            "kind": _item(event.item, system)[0],
            "count": event.count,
            "counted": count,
            "points": count * _worth(event.item, system),
            "matter": event.matter,
        }
        for event, count in zip(occurrences, counted, strict=True)
    ]
    return pl.DataFrame(rows, schema=dict(ITEM_SCHEMA))


def _best_bonus(
    occurrences: Sequence[Occurrence], places: Sequence[int], items: Mapping[str, Item]
) -> dict[int, float]:
    """Return how often each of a unit's bonus occurrences counts.

    Occurrences without a matter are claims of their own, up to the item's limit; those on one matter share one claim.
    The best choice is found claim by claim over the counts used so far; equal choices keep the earlier rows.
    """
    claims: dict[object, list[tuple[int, int]]] = {}
    for place in places:
        event = occurrences[place]
        limit = items[event.item].limit
        if event.matter:
            claims.setdefault(event.matter, []).append((place, 1 if event.count > 0 else 0))
        else:
            whole = int(event.count) if limit is None else int(min(event.count, limit))
            claims[place] = [(place, count) for count in range(whole, 0, -1)]
    states: dict[tuple[tuple[str, int], ...], tuple[float, tuple[tuple[int, int], ...]]] = {(): (0.0, ())}
    for choices in claims.values():
        after = dict(states)  # a claim may go unused
        for used, (points, chosen) in states.items():
            for place, count in choices:
                code = occurrences[place].item
                item, key = items[code], used
                if item.limit is not None:
                    total = dict(used).get(code, 0) + count
                    if total > item.limit:
                        continue
                    key = tuple(sorted({**dict(used), code: total}.items()))
                worth = points + count * item.points
                if key not in after or worth > after[key][0]:
                    after[key] = (worth, (*chosen, (place, count)))
        states = after
    best = max(states.values(), key=lambda state: state[0])[1]
    return {**dict.fromkeys(places, 0.0), **{place: float(count) for place, count in best}}


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
    bonus, penalty = (_points(units, items, kind, cap) for kind, cap in _caps(system))
    total = np.nan_to_num(weighted) + bonus - penalty
    published = half_up(total, decimals=system.ranking.decimals, inner_decimals=system.ranking.inner_decimals)
    return Totals(bonus=bonus, penalty=penalty, total=total, published=published)


def ranks(keys: Floats, rule: str) -> tuple[Floats, Bools]:
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
    by_rule = {
        "competition": first,
        "modified": last,
        "dense": np.arange(1.0, len(first) + 1),
        "fractional": (first + last) / 2,
    }
    rank, tie = np.empty(count), np.zeros(count, dtype=bool)
    rank[order] = by_rule[rule][run]
    tie[order] = (last > first)[run]
    return rank, tie


def _item(code: str, system: IndicatorSystem) -> tuple[str, Item | None]:
    """Return the kind of an item, and the item if it is worth points."""
    if code in system.bonus.items:
        return "bonus", system.bonus.items[code]
    if code in system.penalty.items:
        return "penalty", system.penalty.items[code]
    return "veto", None


def _worth(code: str, system: IndicatorSystem) -> float:
    item = _item(code, system)[1]
    return item.points if item else 0.0


def _caps(system: IndicatorSystem) -> tuple[tuple[str, float], tuple[str, float]]:
    return ("bonus", system.bonus.cap), ("penalty", system.penalty.cap)


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
    rule = "modified" if system.grades.quota_tie == "out" else "competition"
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
