"""Which units to look at again: those near the lines that matter, and a random sample anybody can draw again.

Names are drawn by hash: SHA-256 of the seed and the unit id orders the units of a group, and the first of them are the
sample. So a sample depends on nothing but seed, ids and groups, neither on the order of rows nor on the platform; a
larger share holds the smaller one, and a unit more or less changes nobody else's place in the order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from evalengine.errors import UsageError
from evalengine.runs import read_run
from evalengine.scheme.model import IndicatorSystem

Row = Mapping[str, Any]
UNITS: Mapping[str, type[pl.DataType]] = {
    "unit": pl.String,
    "name": pl.String,
    "group": pl.String,
    "rank": pl.Float64,
    "score": pl.Float64,
    "grade": pl.String,
    "places": pl.Int64,
    "shortlisted": pl.Boolean,
    "near": pl.String,
    "distance": pl.Float64,
    "drawn": pl.Boolean,
}
ITEMS: Mapping[str, type[pl.DataType]] = {
    "unit": pl.String,
    "indicator": pl.String,
    "value": pl.Float64,
    "score": pl.Float64,
    "contribution": pl.Float64,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to choose.

    Attributes:
        seed: what was drawn in public; any text.
        share: percent of the ranked units of each group to draw, rounded up.
        shortlist: the shortlist as percent of the places of the best grade in each group, rounded up.
        margin: points from a grade line within which a unit is looked at again.
        items: indicators to check for each unit.
    """

    seed: str
    share: float = 20.0
    shortlist: float = 110.0
    margin: float = 1.0
    items: int = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpotCheck:
    """Units and indicators to look at again.

    Attributes:
        plan: how they were chosen.
        year: the assessed year.
        run_id: the run they were chosen from.
        system: its indicator system.
        units: the chosen units by group, rank and id: `places` of the best grade in the group (none where it has no
            quota), whether it is `shortlisted` for them, the grade line it is `near` and the `distance` to it (positive
            above), whether it was `drawn`.
        items: the indicators to check for each, in the order of the system: those drawn of all that have a value.
    """

    plan: Plan
    year: int
    run_id: str
    system: IndicatorSystem
    units: pl.DataFrame
    items: pl.DataFrame


def spot_check(run: Path, plan: Plan) -> SpotCheck:
    """Choose units and indicators of a run.

    Args:
        run: a run folder.
        plan: how to choose.

    Raises:
        UsageError: the folder is no run, its scheme cannot be had again, or the plan is out of range.
    """
    _check(plan)
    found = read_run(run)
    units = chosen_units(found.ranking, found.system, plan)
    return SpotCheck(
        plan=plan,
        year=found.year,
        run_id=found.run_id,
        system=found.system,
        units=units,
        items=chosen_items(units["unit"].to_list(), found.values, found.scores, found.system, plan),
    )


def chosen_units(ranking: pl.DataFrame, system: IndicatorSystem, plan: Plan) -> pl.DataFrame:
    """Return the units to look at again, with the reason: shortlisted, near a line, or drawn.

    The shortlist of a group with a quota has ceil(places * shortlist / 100) units from the top, units tied with the
    last one included. A group without a quota has as many places as units reach the line. Vetoed units have no rank
    and are not chosen.

    Args:
        ranking: the ranking of a run.
        system: its indicator system.
        plan: how to choose.
    """
    chosen: list[Row] = []
    for group in sorted(set(ranking["group"].to_list())):
        rows = ranking.filter((pl.col("group") == group) & pl.col("rank").is_not_null()).sort("rank", "unit").to_dicts()
        size = ranking.filter(pl.col("group") == group).height
        places = _places(rows, size, system)
        listed = _shortlisted(rows, places, plan)
        drawn = set(drawn_first([row["unit"] for row in rows], _ceil(len(rows) * plan.share), plan.seed))
        for row in rows:
            near, distance = _near(row["score"], system, plan)
            if row["unit"] in listed or row["unit"] in drawn or near:
                chosen.append(
                    {
                        **row,
                        "places": places,
                        "shortlisted": row["unit"] in listed,
                        "near": near,
                        "distance": distance,
                        "drawn": row["unit"] in drawn,
                    }
                )
    return pl.DataFrame([{name: row[name] for name in UNITS} for row in chosen], schema=UNITS)


def chosen_items(
    units: Sequence[str], values: pl.DataFrame, scores: pl.DataFrame, system: IndicatorSystem, plan: Plan
) -> pl.DataFrame:
    """Return the indicators drawn for each unit, of those that have a value.

    Args:
        units: the chosen units.
        values: the values of a run.
        scores: its scores.
        system: its indicator system.
        plan: how to choose.
    """
    leaves = scores.rename({"node": "indicator"}).select("unit", "indicator", "score", "contribution")
    known = values.filter((pl.col("status") == "ok") & pl.col("unit").is_in(units))
    cells = {
        (row["unit"], row["indicator"]): row
        for row in known.join(leaves, on=["unit", "indicator"], how="left").iter_rows(named=True)
    }
    rows = []
    for unit in units:
        own = [code for code in system.indicators if (unit, code) in cells]
        drawn = set(drawn_first(own, plan.items, f"{plan.seed}\0{unit}"))
        rows += [{name: cells[unit, code][name] for name in ITEMS} for code in own if code in drawn]
    return pl.DataFrame(rows, schema=ITEMS)


def drawn_first(names: Sequence[str], count: int, seed: str) -> list[str]:
    """Return the names drawn, in the order drawn: by SHA-256 of seed, a zero byte and the name, all in UTF-8.

    Args:
        names: what to draw from, each once, in any order.
        count: how many.
        seed: any text.
    """
    return sorted(names, key=lambda name: (hashlib.sha256(f"{seed}\0{name}".encode()).digest(), name))[:count]


def _check(plan: Plan) -> None:
    limits = {"share": (0.0, 100.0), "shortlist": (0.0, 1000.0), "margin": (0.0, 100.0), "items": (0, 1000)}
    for name, (low, high) in limits.items():
        if not low <= getattr(plan, name) <= high:
            raise UsageError("spot_check_range", option=f"--{name}", low=f"{low:g}", high=f"{high:g}")
    if not plan.seed.strip():
        raise UsageError("spot_check_seed")


def _places(rows: Sequence[Row], size: int, system: IndicatorSystem) -> int:
    """Return how many units of a group can have the best grade."""
    best = system.grades.levels[0]
    reached = len([row for row in rows if best.minimum is not None and row["score"] >= best.minimum])
    if best.quota is None or size < system.grades.quota_minimum_group:
        return reached
    return best.places(size)


def _shortlisted(rows: Sequence[Row], places: int, plan: Plan) -> set[str]:
    count = min(_ceil(places * plan.shortlist), len(rows))
    if count == 0:
        return set()
    last = rows[count - 1]["rank"]
    return {row["unit"] for row in rows if row["rank"] <= last}


def _near(score: float, system: IndicatorSystem, plan: Plan) -> tuple[str, float | None]:
    """Return the grade whose line is nearest and how far above it the score is, if that is within the margin."""
    decimals = system.ranking.decimals
    lines = [
        (round(score - level.minimum, decimals), level.code)
        for level in system.grades.levels
        if level.minimum is not None
    ]
    inside = [(abs(distance), distance, code) for distance, code in lines if abs(distance) <= plan.margin]
    if not inside:
        return "", None
    _, distance, code = min(inside)
    return code, distance


def _ceil(hundredfold: float) -> int:
    """Return a hundredth, rounded up; noise of the product does not count: 10 * 110 % is 11."""
    return -int(-round(hundredfold, 9) // 100)
