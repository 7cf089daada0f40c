"""Arrays → the tables of an assessment, each with a fixed schema."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evalengine.derivation import State
from evalengine.grading import Graded
from evalengine.preparation import Prepared, Units
from evalengine.scheme.model import TOTAL, IndicatorSystem
from evalengine.scoring import Scored

STATUS = {
    State.OK: "ok",
    State.ABSENT: "missing",
    State.MISSING: "missing",
    State.TOO_FEW_EXPERTS: "missing",
    State.UNVERIFIED: "unverified",
    State.NOT_APPLICABLE: "not_applicable",
}


def ranking(
    units: Units,
    scored: Scored,
    graded: Graded,
    last: Mapping[str, tuple[float | None, float | None]],
    system: IndicatorSystem,
) -> pl.DataFrame:
    """Return one row per unit, in listing order."""
    two_year = system.grades.two_year
    previous, before = ([last.get(unit, (None, None))[part] for unit in units.ids] for part in (0, 1))
    repeated = [
        two_year.result
        if two_year and then is not None and two_year.low <= min(now, then) and max(now, then) <= two_year.high
        else None
        for now, then in zip(graded.published.tolist(), previous, strict=True)
    ]
    quotas = any(level.quota is not None for level in system.grades.levels)
    whole = system.ranking.method != "fractional"
    frame = pl.DataFrame(
        {
            "unit": pl.Series(units.ids, dtype=pl.String),
            "name": pl.Series(units.names, dtype=pl.String),
            "group": pl.Series(units.groups, dtype=pl.String),
            "group_size": pl.Series(graded.sizes, dtype=pl.Int64),
            "score": graded.published,
            "total": graded.total,
            "weighted": scored.scores[-1],
            "bonus": graded.bonus,
            "penalty": graded.penalty,
            "rank": _ranks(graded.rank, whole=whole),
            "overall_rank": _ranks(graded.overall_rank, whole=whole),
            "tie": graded.tie,
            "grade": pl.Series(graded.grades, dtype=pl.String),
            "grade_reason": pl.Series(graded.reasons, dtype=pl.String),
            "veto": pl.Series([";".join(codes) for codes in graded.vetoes], dtype=pl.String),
            "two_year_result": pl.Series(repeated, dtype=pl.String),
            "needs_decision": (graded.sizes < system.grades.quota_minimum_group) & quotas & ~np.isnan(graded.rank),
            "last_score": pl.Series(previous, dtype=pl.Float64),
            "last_rank": pl.Series(before, dtype=pl.Float64),
            "new": pl.Series([bool(last) and unit not in last for unit in units.ids], dtype=pl.Boolean),
        }
    )
    return frame[list(graded.order)]


def values(prepared: Prepared, scored: Scored, system: IndicatorSystem) -> pl.DataFrame:
    """Return one row per unit and indicator: verified and reported value, status and coefficient."""
    codes = list(system.indicators)
    names = np.array([STATUS[State(code)] for code in range(len(State))])
    return pl.DataFrame(
        {
            **_keys(prepared.units.ids, "indicator", codes),
            "value": _known(prepared.values.matrix),
            "reported": _known(prepared.reported_values.matrix),
            "status": pl.Series(names[prepared.values.states.T.ravel()], dtype=pl.String),
            "coefficient": scored.coefficients.T.ravel(),
        }
    )


def scores(scored: Scored, units: Units, system: IndicatorSystem) -> pl.DataFrame:
    """Return one row per unit and node: the total, then dimensions and indicators in the order of the system."""
    order = [scored.nodes.index(code) for code in (TOTAL, *system.dimensions, *system.indicators)]
    nodes = [scored.nodes[k] for k in order]
    levels = [scored.levels[k] for k in order]
    return pl.DataFrame(
        {
            **_keys(units.ids, "node", nodes),
            "level": pl.Series(levels * len(units.ids), dtype=pl.Int64),
            "score": _known(scored.scores[order]),
            "weight": _known(scored.weights[order]),
            "contribution": _known(scored.contributions[order]),
        }
    )


def treated(scored: Scored, units: Units, system: IndicatorSystem) -> pl.DataFrame:
    """Return one row per value that a treatment moved before it was scored."""
    codes = list(system.indicators)
    rows = [(units.ids[move.unit], codes[move.indicator], move.rule, move.before, move.after) for move in scored.moves]
    kinds = {"unit": pl.String, "indicator": pl.String, "rule": pl.String, "before": pl.Float64, "after": pl.Float64}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def fields(prepared: Prepared, system: IndicatorSystem) -> pl.DataFrame:
    """Return one row per unit, year and field that has a row: the figure as reported and as verified."""
    codes, figures = list(system.fields), prepared.fields
    shape = figures.values.shape
    order = (2, 1, 0)  # unit, year, field
    present = (figures.states.transpose(order) != State.ABSENT).ravel()
    count = len(codes) * len(figures.years)
    frame = pl.DataFrame(
        {
            "unit": pl.Series(np.repeat(np.array(figures.units, dtype=object), count), dtype=pl.String),
            "year": pl.Series(np.tile(np.repeat(figures.years, shape[0]), shape[2]), dtype=pl.Int64),
            "field": pl.Series(codes * (shape[1] * shape[2]), dtype=pl.String),
            "reported": pl.Series(prepared.reported.values.transpose(order).ravel(), nan_to_null=True),
            "value": pl.Series(figures.values.transpose(order).ravel(), nan_to_null=True),
        }
    )
    return frame.filter(pl.Series(present))


def _keys(units: tuple[str, ...], name: str, codes: list[str]) -> dict[str, pl.Series]:
    return {
        "unit": pl.Series(np.repeat(np.array(units, dtype=object), len(codes)), dtype=pl.String),
        name: pl.Series(codes * len(units), dtype=pl.String),
    }


def _known(matrix: NDArray[np.float64]) -> pl.Series:
    """Return (rows, units) as one column, unit by unit; NaN becomes null."""
    return pl.Series(np.ascontiguousarray(matrix.T).ravel(), nan_to_null=True, dtype=pl.Float64)


def _ranks(ranks: NDArray[np.float64], *, whole: bool) -> pl.Series:
    return pl.Series(ranks, nan_to_null=True).cast(pl.Int64 if whole else pl.Float64)
