"""The linear programmes of SciPy (HiGHS), imported when one is solved; SciPy is an optional dependency."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array

Rows = tuple[Array, Array]


def scipy_module(name: str, *, method: str) -> Any:  # noqa: ANN401 -- a module has no useful type
    """Return `scipy.<name>`.

    Raises:
        MethodError: SciPy is not installed; the message names the extra.
    """
    try:
        return importlib.import_module(f"scipy.{name}")
    except ImportError as error:
        raise MethodError("weights_needs_scipy", method=method, extra="evalengine[methods]") from error


def minimum(cost: Array, *, upper: Rows | None, equal: Rows | None, method: str) -> Array:
    """Return x ≥ 0 that minimises cost·x with upper[0] x ≤ upper[1] and equal[0] x = equal[1].

    Raises:
        MethodError: SciPy is missing, or the programme has no solution.
    """
    optimize = scipy_module("optimize", method=method)
    result = optimize.linprog(
        cost,
        A_ub=None if upper is None else upper[0],
        b_ub=None if upper is None else upper[1],
        A_eq=None if equal is None else equal[0],
        b_eq=None if equal is None else equal[1],
        bounds=(0, None),
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if result.status != 0 or result.x is None or not np.isfinite(result.x).all():
        raise MethodError("weights_solver", method=method, status=int(result.status))
    return np.asarray(result.x, dtype=np.float64)
