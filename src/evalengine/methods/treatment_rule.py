"""The skewness and kurtosis rule: leave alone, else Winsorise a few points, else take a logarithm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, column_name
from evalengine.methods.checks import check_choice, check_number
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.treatment import NAN, NanPolicy, Outcome, Shape, Treated, logarithmic, shape, treat
from evalengine.methods.treatment_power import box_cox_rule, yeo_johnson_rule

_METHOD = "skewness_kurtosis"
_FOUR = 4
_LOGARITHMS = ("shifted", "signed", "plus_one", "natural")
_THEN = (*_LOGARITHMS, "none")
OVERRIDES = ("rule", "none", "winsorise", *_LOGARITHMS, "box_cox", "yeo_johnson")


@dataclass(frozen=True, slots=True)
class _Limits:
    skewness: float
    kurtosis: float
    points: int | None

    def pass_(self, found: Shape | None) -> bool:
        """Return whether the shape needs no treatment; a constant column does not."""
        return found is None or abs(found.skewness) < self.skewness or found.kurtosis < self.kurtosis


@register(
    "treatment",
    formula=(
        "pass if abs(skew) < 2 or kurt < 3.5; else Winsorise the largest (skew >= 0) or smallest value to the next, "
        "tied values together, until pass or 5 points; if still failing ln(x - min + 0.01 range)"
    ),
    source="European Commission JRC, COIN guidance; W. Becker, COINr 1.1.14, Treat with its defaults",
    complexity="O(points N M)",
    behaviour=Behaviour(
        nan=NAN,
        ties="tied values move together and may exceed the limit of points",
        constant="untouched; Winsorising stops before a column becomes constant",
        zeros="any value",
        negatives="any value",
        small="fewer than four values raise",
    ),
)
def skewness_kurtosis(
    values: ArrayLike,
    *,
    skewness: float = 2.0,
    kurtosis: float = 3.5,
    points: int | None = 5,
    then: Literal["shifted", "signed", "plus_one", "natural", "none"] = "shifted",
    combine: bool = False,
    override: Sequence[str] | None = None,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Treated:
    """Treat outliers by the rule of the Joint Research Centre.

    An indicator passes if its absolute skewness or its excess kurtosis is below the limit, and is then untouched.
    Otherwise its largest value (smallest, if the skewness is negative) is set to the next one, again and again, until
    it passes or `points` values have moved. If it still fails, the logarithm `then` is taken of the values as given,
    or of the Winsorised ones if `combine`. That result stands even if it still fails: see `passed` in its report.

    Args:
        values: (units, indicators), at least four values each.
        skewness: limit of the absolute skewness.
        kurtosis: limit of the excess kurtosis.
        points: most values to Winsorise; None for no limit.
        then: the logarithm after too many points, or `none` to keep the Winsorised values.
        combine: whether the logarithm is taken of the Winsorised values.
        override: (indicators,), an expert's decision for each indicator, obeyed whether or not it passes: `rule`,
            `none` (untouched), `winsorise` (exactly until `points` values have moved), a logarithm, `box_cox` or
            `yeo_johnson` with the most likely exponent.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        The treated matrix and its record.

    Raises:
        MethodError: fewer than four values of an indicator, an unknown override, or faulty arguments.
    """
    check_number(skewness, skewness > 0, method=_METHOD, name="skewness", rule="> 0")
    check_number(kurtosis, holds=True, method=_METHOD, name="kurtosis", rule="finite")
    count = 0 if points is None else points
    check_number(count, count >= 0 and count == int(count), method=_METHOD, name="points", rule="0, 1, 2, …")
    check_choice(then, _THEN, method=_METHOD, name="then")
    width = np.shape(values)[1] if np.ndim(values) > 1 else 0
    orders = ["rule"] * width if override is None else list(override)
    if len(orders) != width:
        raise MethodError("wrong_length", method=_METHOD, what="override", length=len(orders), expected=width)
    for order in orders:
        check_choice(order, OVERRIDES, method=_METHOD, name="override")
    if points is None and "winsorise" in orders:
        raise MethodError("out_of_range", method=_METHOD, name="points", value="None", rule="0, 1, 2, … (winsorise)")
    limits = _Limits(skewness, kurtosis, points)

    def rule(known: Array, column: int) -> Outcome:
        name = column_name(columns, column)
        if known.size < _FOUR:
            raise MethodError("too_few_values", method=_METHOD, column=name, count=known.size, expected=_FOUR)
        if orders[column] != "rule":
            return _forced(known, orders[column], limits, name)
        return _by_rule(known, limits, then, combine=combine, name=name)

    return treat(values, rule, method=_METHOD, nan=nan, columns=columns)


def _by_rule(known: Array, limits: _Limits, then: str, *, combine: bool, name: str) -> Outcome:
    if limits.pass_(shape(known)):
        return Outcome(values=known, rule="none", passed=True)
    winsorised = _winsorised(known, limits, until_pass=True)
    if then == "none" or limits.pass_(shape(winsorised)):
        return Outcome(values=winsorised, rule="winsorise", passed=limits.pass_(shape(winsorised)))
    result = logarithmic(winsorised if combine else known, then, method=_METHOD, name=name)
    return Outcome(values=result, rule=then, passed=limits.pass_(shape(result)))


def _forced(known: Array, order: str, limits: _Limits, name: str) -> Outcome:
    parameter = None
    if order == "none":
        result = known
    elif order == "winsorise":
        result = _winsorised(known, limits, until_pass=False)
    elif order in _LOGARITHMS:
        result = logarithmic(known, order, method=_METHOD, name=name)
    else:
        made = (box_cox_rule if order == "box_cox" else yeo_johnson_rule)(known, None, method=_METHOD, name=name)
        result, parameter = made.values, made.parameter
    return Outcome(values=result, rule=order, forced=True, passed=limits.pass_(shape(result)), parameter=parameter)


def _winsorised(known: Array, limits: _Limits, *, until_pass: bool) -> Array:
    """Move the extreme value on the side of the skew to the next one until it passes or enough values have moved."""
    result = known.copy()
    while limits.points is None or np.count_nonzero(result != known) < limits.points:
        found = shape(result)
        if found is None or (until_pass and limits.pass_(found)):
            break
        edge = result.max() if found.skewness >= 0 else result.min()
        outer = result == edge
        inner = result[~outer]
        if inner.min() == inner.max():
            break
        result[outer] = inner.max() if found.skewness >= 0 else inner.min()
    return result
