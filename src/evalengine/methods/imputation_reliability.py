"""What every imputation returns: the completed matrix, the cells that were filled, and how far to trust them.

Reliability is measured, not assumed. In each round one known value of every incomplete column is hidden and imputed
again by the same method; the errors give the typical error and the skill against the plain column mean. Imputing from
a column mean has skill 0 by construction; a method with a skill below 0 does worse than that. A round in which the
method cannot answer counts as not tested; it never costs the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix, column_name
from evalengine.methods.checks import Flags, as_whole, check_columns

Fill = Callable[[Array, Flags], Array]
ROUNDS = 50
HANDBOOK = "OECD/JRC, Handbook on Constructing Composite Indicators, 2008, section 3"
_LARGEST = 1e300  # sums and differences of smaller values stay in double precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How well a column was imputed where the truth is known.

    Attributes:
        column: position of the column.
        imputed: number of cells filled.
        tested: number of known values that were hidden and imputed again; those without an answer do not count.
        error: root mean square error of those, in the unit of the column; None if none could be tested.
        skill: 1 − squared errors / squared errors of the mean of the other known values: 1 = exact, 0 = no better
            than the column mean, below 0 = worse; None if nothing could be tested or the column mean is exact.
    """

    column: int
    imputed: int
    tested: int
    error: float | None
    skill: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Imputed:
    """A completed matrix.

    Attributes:
        values: (units, indicators) without gaps; known cells unchanged.
        flags: (units, indicators), true where the cell was imputed.
        reliability: one entry for each column that had gaps, in column order.
    """

    values: Array
    flags: Flags
    reliability: tuple[Reliability, ...]


def complete(values: ArrayLike, fill: Fill, *, method: str, rounds: int, columns: Sequence[str] | None) -> Imputed:
    """Fill the gaps and measure the reliability.

    `fill(matrix, wanted)` answers at least in the cells that are missing and wanted; NaN where it has no answer.

    Raises:
        MethodError: faulty arguments, a gap that cannot be filled, or values beyond 1e300.
    """
    rounds = as_whole(rounds, 0, method=method, name="rounds")
    matrix = as_matrix(values, method=method, columns=columns, allow_nan=True)
    gaps = np.isnan(matrix)
    beyond = np.logical_or.reduce(np.abs(matrix) > _LARGEST, axis=0)
    check_columns(beyond, "overflow", method=method, columns=columns)
    filled = np.where(gaps, fill(matrix, gaps), matrix) if gaps.any() else matrix.copy()
    left = np.argwhere(~np.isfinite(filled))
    if left.size:
        unit, column = (int(k) for k in left[0])
        raise MethodError("cannot_impute", method=method, column=column_name(columns, column), unit=unit + 1)
    return Imputed(values=filled, flags=gaps, reliability=_reliability(matrix, gaps, fill, rounds))


def _reliability(matrix: Array, gaps: Flags, fill: Fill, rounds: int) -> tuple[Reliability, ...]:
    incomplete = np.flatnonzero(gaps.any(axis=0))
    tests = {int(j): _evenly(np.flatnonzero(~gaps[:, j]), rounds) for j in incomplete}
    guesses: dict[int, list[tuple[float, float, float]]] = {j: [] for j in tests}
    for turn in range(max((len(units) for units in tests.values()), default=0)):
        hidden = matrix.copy()
        # columns take their turns shifted, so that one round does not empty one unit's row
        chosen = {j: int(units[(turn + j) % len(units)]) for j, units in tests.items() if turn < len(units)}
        for j, unit in chosen.items():
            hidden[unit, j] = np.nan
        try:
            answer = fill(hidden, np.isnan(hidden) & ~gaps)
        except MethodError:
            continue
        for j, unit in chosen.items():
            others = hidden[:, j][~np.isnan(hidden[:, j])]
            if others.size and np.isfinite(answer[unit, j]):
                guesses[j].append((matrix[unit, j], answer[unit, j], others.mean()))
    return tuple(_judged(j, int(gaps[:, j].sum()), guesses[j]) for j in tests)


def _evenly(units: NDArray[np.intp], rounds: int) -> NDArray[np.intp]:
    if units.size <= rounds:
        return units
    return units[np.arange(rounds) * units.size // rounds]


def _judged(column: int, imputed: int, guesses: list[tuple[float, float, float]]) -> Reliability:
    if not guesses:
        return Reliability(column=column, imputed=imputed, tested=0, error=None, skill=None)
    truth, answer, mean = np.array(guesses).T
    size = max(np.abs(truth - answer).max(), np.abs(truth - mean).max()) or 1.0  # no square leaves double precision
    squares = float((((truth - answer) / size) ** 2).sum())
    baseline = float((((truth - mean) / size) ** 2).sum())
    known = np.ptp(truth) > 0 and squares < baseline * _LARGEST
    return Reliability(
        column=column,
        imputed=imputed,
        tested=truth.size,
        error=float(size * np.sqrt(squares / truth.size)),
        skill=1.0 - squares / baseline if known else None,
    )
