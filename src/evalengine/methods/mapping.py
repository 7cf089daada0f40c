"""Column rules on the scale of scores: what a rule that scores by the whole column says beside its own parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalengine.errors import MethodError
from evalengine.methods.anchors import check_finite, limits

MAPPING = ("times", "plus", "floor", "ceiling")  # what `mapped` reads beside a column rule's own parameters


def column_parameters(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters a scoring rule gives its column normalisation: everything that is not for `mapped`."""
    return {name: value for name, value in rule.items() if name not in ("rule", *MAPPING)}


def mapped(scores: NDArray[np.float64], rule: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return a column normalisation's results on the scale the rule asks for: floor ≤ times·x + plus ≤ ceiling.

    Raises:
        MethodError: a number is not finite, `times` is not positive, or floor is not below ceiling.
    """
    name, given = str(rule.get("rule", "")), {key: rule[key] for key in MAPPING if key in rule}
    if not given:
        return scores
    check_finite(name, **given)
    low, high = limits(name, given.get("floor"), given.get("ceiling"))
    times = given.get("times", 1.0)
    if times <= 0:
        raise MethodError("anchors_out_of_order", method=name, anchors=f"times={times}")
    moved: NDArray[np.float64] = np.clip(times * scores + given.get("plus", 0.0), low, high)
    return moved
