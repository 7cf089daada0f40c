"""A pilot consortium: its design and the figures that follow from it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Row = dict[str, Any]
YEARS = (2021, 2022, 2023, 2024, 2025)
FOLDERS = (2023, 2024, 2025)
GOLDEN = 0.6180339887498949


@dataclass(frozen=True, kw_only=True)
class Pilot:
    """A pilot consortium: its design from `pilots.toml` and the figures that follow from it."""

    code: str
    design: Mapping[str, Any]
    figures: Mapping[str, Mapping[str, float]]

    @cached_property
    def leans(self) -> dict[str, float]:
        """How far the pilot stands above or below its own level in each indicator."""
        stated = self.design.get("lean", {})
        return {code: stated.get(code, self.chance("lean", code, spread=11)) for code in self.figures}

    def chance(self, *names: object, spread: float = 1.0) -> float:
        """Return a number in ±spread that depends on nothing but the names."""
        seed = "/".join(str(name) for name in (self.code, *names))
        return (2 * random.Random(seed).random() - 1) * spread

    def whole(self, low: int, high: int, *names: object) -> int:
        """Return a whole number in low..high that depends on nothing but the names."""
        return low + int((self.chance(*names) + 1) / 2 * (high - low + 1))

    def figure(self, code: str, year: int) -> float:
        """Return the figure the pilot shows for an indicator in a year."""
        stated = self.design.get("exact", {}).get(code, {}).get(str(year))
        if stated is not None:
            return float(stated)
        level: float = self.design["levels"][YEARS.index(year)] + self.leans[code] + self.chance(code, year, spread=1.5)
        marks = self.figures[code]
        none, middling, outstanding = marks.get("none", 0), marks["middling"], marks["outstanding"]
        level = min(max(level, 6), 106)
        if level <= 60:
            return none + (middling - none) * level / 60
        value = middling + (outstanding - middling) * (level - 60) / 40
        return min(value, marks["most"]) if "most" in marks else value

    def size(self, year: int) -> int:
        """Return the number of members at the end of a year."""
        return int(self.design["size"][max(year, FOLDERS[0]) - FOLDERS[0]])

    def nil_returns(self, year: int) -> Sequence[str]:
        """Return the tables the pilot declares empty in a year."""
        declared: Sequence[str] = self.design.get("nil", {}).get(str(year), ())
        return declared

    def flags(self, code: str, count: int, share: float, *names: object) -> list[bool]:
        """Return `count` flags, round(share · count) of them true, spread evenly from a place of their own."""
        order = sorted(range(count), key=lambda place: (place * GOLDEN + self.chance(code, *names, spread=0.5)) % 1)
        chosen = set(order[: round(share * count)])
        return [place in chosen for place in range(count)]


def parts_of(target: float, parts: Sequence[float], total: float) -> list[bool]:
    """Return which parts add up to about a share `target` of `total`, the largest first."""
    chosen, room = [False] * len(parts), target * total
    for place in sorted(range(len(parts)), key=lambda place: (-parts[place], place)):
        if parts[place] <= room + 0.4 * min(parts):
            chosen[place], room = True, room - parts[place]
    return chosen
