"""The figures of the page: indicator values as short as they can be while scoring the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evalengine.derivation import State, Values
from evalengine.scoring import score

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

STATES = {
    "ok": State.OK,
    "missing": State.MISSING,
    "unverified": State.UNVERIFIED,
    "not_applicable": State.NOT_APPLICABLE,
}
# Significant digits, and the difference of a score they may make: far below the inner decimals of the rounding.
DIGITS = ((6, 0.0), (12, 1e-10), (13, 1e-10))

Floats = NDArray[np.float64]
Cell = float | int | str | None


def shortened(assessments: Sequence[Assessment]) -> list[list[Cell]]:
    """Return the cells with no more digits than every one of the assessments needs to score them as it does.

    A value far beyond its full mark needs a few digits, one on a slope needs more, one at the edge of a tier all.
    """
    first = assessments[0]
    matrix = _matrix(first)
    exact = [_leaf_scores(assessment, matrix) for assessment in assessments]
    chosen = matrix.copy()
    for digits, tolerance in reversed(DIGITS):
        rounded = np.array([[float(f"{value:.{digits}g}") for value in row] for row in matrix.tolist()])
        same = np.ones(matrix.shape, dtype=bool)
        for assessment, wanted in zip(assessments, exact, strict=True):
            found = _leaf_scores(assessment, rounded)
            same &= (np.abs(found - wanted) <= tolerance) | np.isnan(wanted)
        chosen[same] = rounded[same]
    return [
        [cell if isinstance(cell, str) else _plain(value) for cell, value in zip(cells, row, strict=True)]
        for cells, row in zip(_cells(first), chosen.tolist(), strict=True)
    ]


def given_scores(assessment: Assessment, leaf: int) -> list[float | None]:
    """Return the scores of an indicator scored relative to the other units: the page cannot make them itself."""
    nodes = 1 + len(assessment.system.dimensions)
    shape = (len(assessment.ranking), nodes + len(assessment.system.indicators))
    column = assessment.scores["score"].to_numpy().reshape(shape)[:, nodes + leaf]
    return [None if np.isnan(value) else round(value, 12) for value in column.tolist()]


def _cells(assessment: Assessment) -> list[list[Cell]]:
    """Return, for each indicator, the verified value of every unit by id; the first letter of its status if none."""
    shape = (len(assessment.ranking), len(assessment.system.indicators))
    statuses = assessment.values["status"].to_numpy().reshape(shape).T
    return [
        [_plain(value) if status == "ok" else status[0] for value, status in zip(row, kinds, strict=True)]
        for row, kinds in zip(_matrix(assessment).tolist(), statuses.tolist(), strict=True)
    ]


def _matrix(assessment: Assessment) -> Floats:
    """Return (indicators, units by id); NaN where there is no value."""
    shape = (len(assessment.ranking), len(assessment.system.indicators))
    return np.ascontiguousarray(assessment.values["value"].to_numpy().reshape(shape).T)


def _leaf_scores(assessment: Assessment, matrix: Floats) -> Floats:
    system = assessment.system
    statuses = assessment.values["status"].to_numpy().reshape(matrix.shape[::-1]).T
    states = np.vectorize(lambda status: int(STATES[status]), otypes=[np.int8])(statuses)
    groups = assessment.ranking.sort("unit")["group"].to_list()
    made = score(Values(matrix=matrix, states=states, left=()), groups, system, assessment.profile)
    return made.scores[: len(system.indicators)]


def _plain(value: float) -> float | int:
    """Return a whole number without its `.0`."""
    return int(value) if value == int(value) and abs(value) < 1e15 else value  # noqa: PLR2004 - held exactly
