"""The tables of an assessment as arrays, one column for each unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evalengine.assessment import Results
from evalengine.methods.arrays import Array
from evalengine.methods.curves import is_curve
from evalengine.methods.registry import method
from evalengine.scheme.model import TOTAL
from evalengine.scoring import Plan, plan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """An assessment in arrays.

    Attributes:
        units: unit ids, in the order of the columns.
        groups: group of each unit.
        ranked: whether a unit has a rank.
        leaves: codes of the indicators, in the order of the rows.
        nodes: the total, dimensions and indicators, in the order of the rows of scores.
        values: (indicators, units), verified; NaN if there is none.
        reported: likewise, as reported.
        statuses: (indicators, units).
        coefficients: (indicators, units).
        scored: (indicators, units), what the rules scored: treated, times the coefficient; NaN if nothing.
        taken: (indicators, units), what the kernel takes: `scored`, or the scores of a column rule; +inf where an
            indicator does not apply.
        scores: (nodes, units); NaN where a node does not count.
        weights: (nodes, units).
        contributions: (nodes, units); NaN under a node that is no arithmetic mean.
        plans: for each group the plan it is scored by.
    """

    units: tuple[str, ...]
    groups: tuple[str, ...]
    ranked: NDArray[np.bool_]
    leaves: tuple[str, ...]
    nodes: tuple[str, ...]
    values: Array
    reported: Array
    statuses: NDArray[np.object_]
    coefficients: Array
    scored: Array
    taken: Array
    scores: Array
    weights: Array
    contributions: Array
    plans: Mapping[str, Plan]

    def row(self, node: str) -> int:
        """Return the row of a node in the arrays of scores."""
        return self.nodes.index(node)


def tables_of(assessment: Results) -> Tables:
    """Return the arrays of an assessment."""
    system = assessment.system
    leaves, nodes = tuple(system.indicators), (TOTAL, *system.dimensions, *system.indicators)
    units = tuple(assessment.values["unit"].unique(maintain_order=True))
    known = assessment.ranking.select("unit", "group", pl.col("rank").is_not_null()).rows()
    standing = {unit: (group, ranked) for unit, group, ranked in known}
    groups = tuple(standing[unit][0] for unit in units)
    plans = {group: plan(system, assessment.profile, group) for group in sorted(set(groups))}
    values, coefficients = (_floats(assessment.values, name, len(leaves)) for name in ("value", "coefficient"))
    statuses = assessment.values["status"].to_numpy().reshape(len(units), len(leaves)).T
    scores, weights, contributions = (
        _floats(assessment.scores, name, len(nodes)) for name in ("score", "weight", "contribution")
    )
    scored = _treated(assessment, values, units, leaves) * coefficients
    taken = np.where(statuses == "not_applicable", np.inf, scored)
    for group, made in plans.items():
        inside = np.array([own == group for own in groups])
        for row, rule in enumerate(made.scoring):
            if not is_curve(method("normalisation", rule["rule"])):
                chosen = inside & np.isfinite(taken[row])
                taken[row, chosen] = scores[len(nodes) - len(leaves) + row, chosen]
    return Tables(
        units=units,
        groups=groups,
        ranked=np.array([standing[unit][1] for unit in units], dtype=bool),
        leaves=leaves,
        nodes=nodes,
        values=values,
        reported=_floats(assessment.values, "reported", len(leaves)),
        statuses=statuses,
        coefficients=coefficients,
        scored=scored,
        taken=taken,
        scores=scores,
        weights=weights,
        contributions=contributions,
        plans=plans,
    )


def _treated(assessment: Results, values: Array, units: tuple[str, ...], leaves: tuple[str, ...]) -> Array:
    """Return the values as scoring saw them, outliers drawn in."""
    moved = values.copy()
    for unit, indicator, after in assessment.treated.select("unit", "indicator", "after").iter_rows():
        moved[leaves.index(indicator), units.index(unit)] = after
    return moved


def _floats(frame: pl.DataFrame, name: str, rows: int) -> Array:
    """Return a column of one row per unit and code as (codes, units); null becomes NaN."""
    column = frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    matrix: Array = np.ascontiguousarray(column.reshape(-1, rows).T)
    return matrix
