"""Refuse column rules whose results are not scores: every rule is tried on small columns before any data are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalengine.methods.curves import FULL_MARKS
from evalengine.methods.mapping import column_parameters, mapped
from evalengine.methods.registry import Method, method

Floats = NDArray[np.float64]
LEAST_OF_THE_BEST = 50.0  # a best unit that earns less was not scored out of 100
MANY = np.arange(1.0, 201.0)  # results that depend on the number of units show in a long column
COLUMNS: Mapping[str, Floats] = {
    "few": np.array([1.0, 2.0, 4.0, 8.0]),
    "many": MANY,
    "one far above": np.append(MANY[:-1], 1e6),
    "one far below": np.append(1.0, 1e6 + MANY[1:]),
}
SLACK = 1e-9
DETAIL = "{:.6g} … {:.6g}"


def off_scale(rule: Mapping[str, Any], direction: str) -> str:
    """Return the results of a column rule that are not scores of 0 to 100, as text; empty if all are.

    Args:
        rule: `rule`, its parameters and what `mapped` reads.
        direction: direction of the indicator; of a cost the smallest value is the best.

    Raises:
        MethodError: the rule cannot answer with these parameters.
    """
    found = method("normalisation", str(rule["rule"]))
    sign = -1.0 if direction == "cost" else 1.0
    for column in _columns(found, rule):
        scores = _tried(found, rule, column, sign)
        worst, best = (scores[place] for place in (np.argmin(sign * column), np.argmax(sign * column)))
        inside = np.isfinite(scores).all() and scores.min() >= -SLACK and scores.max() <= FULL_MARKS + SLACK
        if not inside or best < LEAST_OF_THE_BEST or not best > worst:
            return DETAIL.format(scores.min(), scores.max())
    if "constant" in rule and rule["constant"] is not None:
        scores = _tried(found, rule, np.full(3, 5.0), sign)
        if not ((scores >= 0) & (scores <= FULL_MARKS)).all():
            return DETAIL.format(scores.min(), scores.max())
    return ""


def _tried(found: Method, rule: Mapping[str, Any], column: Floats, sign: float) -> Floats:
    scores = found.function(column[:, np.newaxis], np.array([sign]), **column_parameters(rule))
    return mapped(np.asarray(scores, dtype=np.float64)[:, 0], rule)


def _columns(found: Method, rule: Mapping[str, Any]) -> Iterator[Floats]:
    """Yield the columns to try; rules with points on the scale of the values get columns that lie about these."""
    low, high = _points(found, rule)
    for column in COLUMNS.values():
        shares = (column - column[0]) / (column.max() - column[0])
        yield column if low is None or high is None else low + (high - low) * shares


def _points(found: Method, rule: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return a range that reaches beyond the points a rule states, or none where it states none."""
    given = rule.get("targets", ())
    if not found.relative:
        parameters = found.parameters
        given = [rule.get(name, parameters[name].default) for name in ("lower", "upper") if name in parameters]
    try:
        points = np.ravel(np.asarray(given, dtype=np.float64))
    except (TypeError, ValueError):
        return None, None
    if not points.size or not np.isfinite(points).all():
        return None, None
    reach = float(np.abs(points).max()) or 1.0
    low, high = float(points.min()), float(points.max())
    return (low / 2 if low > 0 else low - reach), high + reach
