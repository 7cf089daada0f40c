"""Power transformations: Box–Cox and Yeo–Johnson, with a stated exponent or the most likely one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, column_name
from evalengine.methods.checks import check_number
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.treatment import NAN, NanPolicy, Outcome, Treated, treat

_WIDEST = 10.0  # exponents beyond ±10 are not sought: the data have no power transformation to normality
_NEAR = 1e-8  # exponents closer than this to the singular one are the singular one
_ONE, _TWO = 1.0, 2.0


def box_cox_of(values: Array, exponent: float) -> Array:
    """Return (x^λ − 1)/λ, or ln x for λ = 0, through expm1 so that a small λ loses no digits."""
    logs = np.log(values)
    if abs(exponent) < _NEAR:
        return logs
    with np.errstate(over="ignore"):
        result: Array = np.expm1(exponent * logs) / exponent
    return result


def yeo_johnson_of(values: Array, exponent: float) -> Array:
    """Return the Box–Cox transformation of 1 + x above 0, and minus that of 1 − x with 2 − λ below."""
    result = np.empty_like(values)
    upper = values >= 0
    result[upper] = _of_one_plus(values[upper], exponent)
    result[~upper] = -_of_one_plus(-values[~upper], _TWO - exponent)
    return result


def _of_one_plus(values: Array, exponent: float) -> Array:
    logs = np.log1p(values)
    if abs(exponent) < _NEAR:
        return logs
    with np.errstate(over="ignore"):
        result: Array = np.expm1(exponent * logs) / exponent
    return result


def _most_likely(
    values: Array, transform: Callable[[Array, float], Array], jacobian: float, name: str, of: str
) -> float:
    """Return the exponent of highest normal likelihood; `jacobian` is Σ of the log derivatives at λ − 1 = 1."""
    try:
        from scipy.optimize import minimize_scalar  # noqa: PLC0415 - an optional extra, imported where it is needed
    except ImportError as error:
        raise MethodError("needs_extra", method=of, package="scipy", extra="evalengine[methods]") from error

    def badness(exponent: float) -> float:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            spread = np.log(np.var(transform(values, exponent)))
        return float(np.where(np.isfinite(spread), values.size / 2 * spread - (exponent - _ONE) * jacobian, np.inf))

    grid = np.linspace(-_WIDEST, _WIDEST, 81)
    found_badness = [badness(point) for point in grid]
    start = int(np.argmin(found_badness))
    if start in {0, grid.size - 1} or not np.isfinite(found_badness[start - 1 : start + 2]).all():
        raise MethodError("no_exponent", method=of, column=name)
    found = minimize_scalar(
        badness, bounds=(grid[start - 1], grid[start + 1]), method="bounded", options={"xatol": 1e-10}
    )
    return float(found.x)


def _behaviour(domain: str) -> Behaviour:
    return Behaviour(
        nan=NAN,
        ties="kept",
        constant="raises if the exponent is sought",
        zeros=domain,
        negatives=domain,
        small="raises if no exponent between -10 and 10 is most likely",
    )


@register(
    "treatment",
    formula="y = (x^L - 1) / L; ln x for L = 0; L stated or of highest normal likelihood",
    source="G. Box, D. Cox, JRSS B 26, 1964",
    complexity="O(N M)",
    behaviour=_behaviour("raises: shift the column first"),
)
def box_cox(
    values: ArrayLike,
    *,
    exponent: float | None = None,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Treated:
    """Box–Cox transformation of every indicator.

    Args:
        values: (units, indicators), all above 0.
        exponent: λ for all indicators; None seeks the most likely one for each (reported as `parameter`).
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        The transformed matrix and its record.

    Raises:
        MethodError: a value is 0 or negative, no exponent is found, SciPy is not installed, or faulty arguments.
    """
    check_number(0.0 if exponent is None else exponent, holds=True, method="box_cox", name="exponent", rule="finite")

    def rule(known: Array, column: int) -> Outcome:
        return box_cox_rule(known, exponent, method="box_cox", name=column_name(columns, column))

    return treat(values, rule, method="box_cox", nan=nan, columns=columns)


def box_cox_rule(known: Array, exponent: float | None, *, method: str, name: str) -> Outcome:
    """Apply Box–Cox to one indicator."""
    if known.min() <= 0:
        unit = int(np.argmax(known <= 0))
        raise MethodError(
            "outside_domain", method=method, column=name, unit=unit + 1, value=str(known[unit]), rule="> 0"
        )
    chosen = exponent
    if chosen is None:
        _refuse_constant(known, method, name)
        chosen = _most_likely(known, box_cox_of, float(np.log(known).sum()), name, method)
    return Outcome(values=box_cox_of(known, chosen), rule="box_cox", parameter=chosen)


@register(
    "treatment",
    formula="y = ((1 + x)^L - 1) / L for x >= 0, -((1 - x)^(2 - L) - 1) / (2 - L) for x < 0; logarithms at L = 0, 2",
    source="I.-K. Yeo, R. Johnson, Biometrika 87, 2000",
    complexity="O(N M)",
    behaviour=_behaviour("any value"),
)
def yeo_johnson(
    values: ArrayLike,
    *,
    exponent: float | None = None,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Treated:
    """Yeo–Johnson transformation of every indicator: Box–Cox for any sign.

    Args:
        values: (units, indicators).
        exponent: λ for all indicators; None seeks the most likely one for each (reported as `parameter`).
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        The transformed matrix and its record.

    Raises:
        MethodError: no exponent is found, SciPy is not installed, or faulty arguments.
    """
    check_number(
        0.0 if exponent is None else exponent, holds=True, method="yeo_johnson", name="exponent", rule="finite"
    )

    def rule(known: Array, column: int) -> Outcome:
        return yeo_johnson_rule(known, exponent, method="yeo_johnson", name=column_name(columns, column))

    return treat(values, rule, method="yeo_johnson", nan=nan, columns=columns)


def yeo_johnson_rule(known: Array, exponent: float | None, *, method: str, name: str) -> Outcome:
    """Apply Yeo–Johnson to one indicator."""
    chosen = exponent
    if chosen is None:
        _refuse_constant(known, method, name)
        jacobian = float((np.sign(known) * np.log1p(np.abs(known))).sum())
        chosen = _most_likely(known, yeo_johnson_of, jacobian, name, method)
    return Outcome(values=yeo_johnson_of(known, chosen), rule="yeo_johnson", parameter=chosen)


def _refuse_constant(known: Array, method: str, name: str) -> None:
    if known.min() == known.max():
        raise MethodError("constant_column", method=method, column=name)
