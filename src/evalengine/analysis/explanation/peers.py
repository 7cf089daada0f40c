"""The peers of a unit: the ranked units of its group. A veto casts doubt on figures, so the others are left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalengine.analysis.explanation.tables import Tables
from evalengine.methods.arrays import Array
from evalengine.methods.curves import Curve, curve, is_curve
from evalengine.methods.registry import method
from evalengine.scheme.model import IndicatorSystem, Scoring

FEWEST = 3  # of two units one would learn the other's figures from median and best


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Peers:
    """Medians and bests of a group.

    Attributes:
        count: number of ranked units.
        median_scores: for each node; NaN where there is none to show.
        best_scores: likewise.
        median_values: for each indicator, likewise.
        best_values: likewise.
    """

    count: int
    median_scores: Array
    best_scores: Array
    median_values: Array
    best_values: Array


def peers_of(tables: Tables, group: str, system: IndicatorSystem) -> Peers:
    """Return the medians and bests of a group."""
    inside = np.array([own == group for own in tables.groups]) & tables.ranked
    count = int(inside.sum())
    scores, values = tables.scores[:, inside], tables.values[:, inside]
    if count < FEWEST:
        scores, values = scores[:, :0], values[:, :0]
    medians = _medians(values)
    leaf_scores = scores[len(tables.nodes) - len(tables.leaves) :]
    rules = zip(system.indicators.values(), tables.plans[group].scoring, strict=True)
    bests = [
        _best(values[row], leaf_scores[row], _direction(rule, item.direction), medians[row])
        for row, (item, rule) in enumerate(rules)
    ]
    return Peers(
        count=count,
        median_scores=_medians(scores),
        best_scores=np.array([_most(row) for row in scores]),
        median_values=medians,
        best_values=np.array(bests),
    )


def _direction(rule: Scoring, stated: str) -> float:
    """Return 1 where more is better, −1 where less is, 0 under a target range."""
    if rule["rule"] == "interval":
        return 0.0
    if not is_curve(method("normalisation", rule["rule"])):
        return {"cost": -1.0, "interval": 0.0}.get(stated, 1.0)
    made: Curve = curve(rule["rule"], {name: value for name, value in rule.items() if name != "rule"})
    return made.sign


def _best(values: Array, scores: Array, direction: float, median: float) -> float:
    known = np.isfinite(values)
    if not known.any():
        return np.nan
    values, scores = values[known], scores[known]
    candidates = values[scores >= scores.max()] if np.isfinite(scores).any() else values
    preferred = direction * candidates if direction else -np.abs(candidates - median)
    return float(candidates[np.argmax(preferred)])


def _medians(rows: Array) -> Array:
    return np.array([np.median(row[~np.isnan(row)]) if (~np.isnan(row)).any() else np.nan for row in rows])


def _most(row: Array) -> float:
    known = row[~np.isnan(row)]
    return float(known.max()) if known.size else np.nan
