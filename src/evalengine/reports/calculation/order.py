"""Positions in a ranking, computed as the formulas compute them: by counting who is ahead."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

Key = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """For each unit, among those of its group that no veto fails.

    Attributes:
        ahead: how many have a greater key.
        level: how many have the same key, the unit itself among them unless a veto fails it.
    """

    ahead: tuple[int, ...]
    level: tuple[int, ...]


def count(keys: Sequence[Key], groups: Sequence[object], failed: Sequence[bool]) -> Counts:
    """Return who is ahead of whom.

    Args:
        keys: what is compared, in order; larger is better.
        groups: the group of each unit.
        failed: whether a veto fails it.
    """
    ranked: dict[object, list[Key]] = {group: [] for group in groups}
    for key, group, out in zip(keys, groups, failed, strict=True):
        if not out:
            ranked[group].append(key)
    for own in ranked.values():
        own.sort()
    ahead, level = [], []
    for key, group in zip(keys, groups, strict=True):
        own = ranked[group]
        after = bisect.bisect_right(own, key)
        ahead.append(len(own) - after)
        level.append(after - bisect.bisect_left(own, key))
    return Counts(ahead=tuple(ahead), level=tuple(level))


def positions(counts: Counts, groups: Sequence[int], failed: Sequence[bool]) -> list[int]:
    """Return the place of each unit in the list: by group, rank and id, failed ones last in their group."""
    order = sorted(range(len(groups)), key=lambda k: (groups[k], failed[k], 0 if failed[k] else counts.ahead[k], k))
    places = [0] * len(order)
    for place, unit in enumerate(order, start=1):
        places[unit] = place
    return places
