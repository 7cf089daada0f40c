from typing import Never

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods import solvers


def test_minimum_on_a_known_programme() -> None:
    """max 3x + 2y with x + y ≤ 4, x + 3y ≤ 6, x ≤ 3: at (3, 1)."""
    upper = (np.array([[1.0, 1.0], [1.0, 3.0], [1.0, 0.0]]), np.array([4.0, 6.0, 3.0]))
    assert solvers.minimum(np.array([-3.0, -2.0]), upper=upper, equal=None, method="test") == pytest.approx([3, 1])


@pytest.mark.parametrize(
    ("cost", "equal"), [([-1.0], None), ([1.0], (np.array([[1.0]]), np.array([-1.0])))]
)  # unbounded, infeasible
def test_no_solution_is_refused(cost, equal) -> None:
    with pytest.raises(MethodError) as caught:
        solvers.minimum(np.array(cost), upper=None, equal=equal, method="test")
    assert caught.value.code == "weights_solver"


def test_a_missing_scipy_is_named(monkeypatch) -> None:
    def refuse(name) -> Never:
        raise ImportError(name)

    monkeypatch.setattr(solvers.importlib, "import_module", refuse)
    with pytest.raises(MethodError, match=r"evalengine\[methods\]"):
        solvers.scipy_module("optimize", method="test")
