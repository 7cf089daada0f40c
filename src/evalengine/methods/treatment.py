"""Treatment of outliers: logarithms and percentile caps, and the record every treatment returns.

Every treatment keeps the order of the units. What it did is in the result: one report for each indicator with the
shape before and after, and a table of every value that moved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix, column_name
from evalengine.methods.checks import check_choice, check_number
from evalengine.methods.registry import Behaviour, register

NanPolicy = Literal["raise", "keep"]
LogVariant = Literal["natural", "plus_one", "shifted", "signed"]
NAN = "raise (default), or keep: gaps stay gaps and do not count; a column without any value raises"
_FOUR = 4  # values below which kurtosis is not defined
_SHARE = 0.01  # of the range, the distance of the smallest value from the singularity of a shifted logarithm
_PERCENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Skewness and excess kurtosis of a column, as SKEW and KURT of a spreadsheet."""

    skewness: float
    kurtosis: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What happened to one indicator.

    Attributes:
        column: its position.
        rule: what was applied: `none`, `winsorise`, `caps`, a logarithm, `box_cox`, `yeo_johnson`.
        forced: whether an override asked for it.
        moved: number of values that changed.
        before: its shape as given; None with fewer than four values or if all are equal.
        after: its shape as returned.
        passed: whether the shape as returned is within the limits of the rule; None where there are none.
        parameter: the exponent of a power transformation.
    """

    column: int
    rule: str
    forced: bool = False
    moved: int
    before: Shape | None
    after: Shape | None
    passed: bool | None = None
    parameter: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moves:
    """Every value that changed, column by column, units in order.

    Attributes:
        unit: (moves,), position of the unit.
        column: (moves,), position of the indicator.
        before: (moves,), value as given.
        after: (moves,), value as returned.
    """

    unit: NDArray[np.intp]
    column: NDArray[np.intp]
    before: Array
    after: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Treated:
    """A treated matrix and the record of its treatment.

    Attributes:
        values: (units, indicators).
        reports: one for each indicator.
        moves: the values that changed.
    """

    values: Array
    reports: tuple[Report, ...]
    moves: Moves


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What a rule made of the known values of one indicator."""

    values: Array
    rule: str
    forced: bool = False
    passed: bool | None = None
    parameter: float | None = None


def shape(values: Array) -> Shape | None:
    """Return skewness and excess kurtosis (type 2, as in spreadsheets), or None where they are not defined."""
    n = values.size
    if n < _FOUR or values.max() == values.min():
        return None
    size = np.abs(values).max()
    away = values / size - (values / size).mean()
    away /= np.abs(away).max()  # so that no power leaves double precision
    second, third, fourth = (float((away**k).sum()) for k in (2, 3, 4))
    skewness = np.sqrt(n) * third / second**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
    excess = n * fourth / second**2 - 3
    kurtosis = ((n + 1) * excess + 6) * (n - 1) / ((n - 2) * (n - 3))
    return Shape(skewness=float(skewness), kurtosis=float(kurtosis))


def treat(
    values: ArrayLike,
    rule: Callable[[Array, int], Outcome],
    *,
    method: str,
    nan: str,
    columns: Sequence[str] | None,
) -> Treated:
    """Apply `rule(known values, column)` to each indicator and record what it did.

    Raises:
        MethodError: faulty arguments, an indicator without any value, or a result outside double precision.
    """
    check_choice(nan, ("raise", "keep"), method=method, name="nan")
    matrix = as_matrix(values, method=method, columns=columns, allow_nan=nan == "keep")
    table = np.ascontiguousarray(matrix.T).copy()
    reports, moved_units, moved_from = [], [], []
    for j, row in enumerate(table):
        known = np.flatnonzero(~np.isnan(row))
        if known.size == 0:
            raise MethodError("no_value", method=method, column=column_name(columns, j))
        given = row[known]
        outcome = rule(given, j)
        if not np.isfinite(outcome.values).all():
            raise MethodError("overflow", method=method, column=column_name(columns, j))
        changed = np.flatnonzero(outcome.values != given)
        reports.append(
            Report(
                column=j,
                rule=outcome.rule,
                forced=outcome.forced,
                moved=int(changed.size),
                before=shape(given),
                after=shape(outcome.values),
                passed=outcome.passed,
                parameter=outcome.parameter,
            )
        )
        moved_units.append(known[changed])
        moved_from.append(given[changed])
        table[j, known] = outcome.values
    unit = np.concatenate(moved_units)
    column = np.repeat(np.arange(len(reports)), [report.moved for report in reports])
    moves = Moves(unit=unit, column=column, before=np.concatenate(moved_from), after=table[column, unit])
    return Treated(values=table.T, reports=tuple(reports), moves=moves)


def logarithmic(values: Array, variant: str, *, method: str, name: str) -> Array:
    """Return a logarithm of one indicator.

    Raises:
        MethodError: a value is 0 or negative and the variant is natural.
    """
    lowest, highest = float(values.min()), float(values.max())
    if variant == "natural":
        if lowest <= 0:
            unit = int(np.argmax(values <= 0))
            raise MethodError(
                "outside_domain", method=method, column=name, unit=unit + 1, value=str(values[unit]), rule="> 0"
            )
        return np.log(values)
    with np.errstate(over="ignore", divide="ignore"):
        span = highest - lowest
        if not np.isfinite(span):
            raise MethodError("overflow", method=method, column=name)
        if variant == "plus_one":
            return np.log(values - lowest + 1.0)
        if span == 0:
            raise MethodError("constant_column", method=method, column=name)
        found = shape(values)
        if variant == "signed" and found is not None and found.skewness < 0:
            return -np.log(highest - values + _SHARE * span)
        return np.log(values - lowest + _SHARE * span)


@register(
    "treatment",
    formula=(
        "natural: ln x; plus_one: ln(x - min + 1); shifted: ln(x - min + 0.01 range); "
        "signed: shifted if skew > 0, otherwise -ln(max - x + 0.01 range)"
    ),
    source="COINr 1.1.14: log_CT_orig (plus_one), log_CT (shifted), log_CT_plus (signed)",
    complexity="O(N M)",
    behaviour=Behaviour(
        nan=NAN,
        ties="kept",
        constant="natural: transformed; plus_one: 0; otherwise raises",
        zeros="natural: raises; otherwise any value",
        negatives="natural: raises; otherwise any value",
    ),
)
def logarithm(
    values: ArrayLike,
    *,
    variant: LogVariant = "shifted",
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Treated:
    """Logarithm of every indicator.

    Args:
        values: (units, indicators).
        variant: `natural`, `plus_one`, `shifted` or `signed`; `plus_one` depends on the unit of measurement.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        The transformed matrix and its record.

    Raises:
        MethodError: a value is outside the domain, a constant column, or faulty arguments.
    """
    check_choice(variant, ("natural", "plus_one", "shifted", "signed"), method="logarithm", name="variant")

    def rule(known: Array, column: int) -> Outcome:
        name = column_name(columns, column)
        return Outcome(values=logarithmic(known, variant, method="logarithm", name=name), rule=variant)

    return treat(values, rule, method="logarithm", nan=nan, columns=columns)


def capped(values: Array, lower: float, upper: float) -> Array:
    """Return one indicator with the values beyond two percentiles set to them; not finite if its range is not."""
    with np.errstate(over="ignore"):
        if np.isinf(values.max() - values.min()):
            return np.full_like(values, np.inf)
    low, high = np.quantile(values, [lower / _PERCENT, upper / _PERCENT])
    return np.clip(values, low, high)


@register(
    "treatment",
    formula="x = min(max(x, P_lower), P_upper); percentiles linear between order statistics (type 7)",
    source="C. Hastings et al., Annals of Mathematical Statistics 18, 1947 (Winsorisation at percentiles)",
    complexity="O(N log N M)",
    behaviour=Behaviour(
        nan=NAN,
        ties="kept; values beyond a cap tie",
        constant="untouched",
        zeros="any value",
        negatives="any value",
        small="with few units the caps lie between the outermost two",
    ),
)
def percentile_caps(
    values: ArrayLike,
    *,
    lower: float = 5.0,
    upper: float = 95.0,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Treated:
    """Percentile caps: values beyond two percentiles are set to them.

    Args:
        values: (units, indicators).
        lower: lower percentile, 0 for no cap below.
        upper: upper percentile, 100 for no cap above.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        The capped matrix and its record.

    Raises:
        MethodError: percentiles out of range or order, or faulty arguments.
    """
    check_number(lower, 0 <= lower < upper, method="percentile_caps", name="lower", rule=f"0 <= lower < {upper}")
    check_number(upper, upper <= _PERCENT, method="percentile_caps", name="upper", rule="<= 100")
    return treat(
        values,
        lambda known, _: Outcome(values=capped(known, lower, upper), rule="caps"),
        method="percentile_caps",
        nan=nan,
        columns=columns,
    )
