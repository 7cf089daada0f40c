"""Grey relational analysis against its definition with explicit extremes over the whole matrix."""

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.grey import grey_relational


def twin(matrix: np.ndarray, weights: np.ndarray, directions: np.ndarray, rho: float, scaling: str) -> np.ndarray:
    divisor = np.ptp(matrix, axis=0) if scaling == "min_max" else matrix.mean(axis=0)
    y = matrix * directions / divisor
    distance = y.max(axis=0) - y
    coefficient = (distance.min() + rho * distance.max()) / (distance + rho * distance.max())
    return coefficient @ weights


@pytest.mark.parametrize("scaling", ["min_max", "mean"])
@pytest.mark.parametrize("rho", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(3, 2), (40, 6), (101, 20)])
def test_against_the_definition(shape: tuple[int, int], rho: float, scaling: str) -> None:
    rng = np.random.default_rng(shape[1])
    matrix, weights = rng.uniform(1.0, 9.0, shape), rng.dirichlet(np.ones(shape[1]))
    directions = np.where(np.arange(shape[1]) % 2, -1, 1)
    result = grey_relational(matrix, weights, directions, distinguishing=rho, scaling=scaling)
    np.testing.assert_allclose(result.scores, twin(matrix, weights, directions, rho, scaling), rtol=1e-12)


def test_the_top_of_the_range_is_reached() -> None:
    result = grey_relational([[1.0, 9.0], [5.0, 2.0]], None, [1, -1])
    assert result.scores.tolist() == [1.0 / 3.0, 1.0]  # ρ/(1 + ρ) = 1/3; one package divides by the number of units


def test_a_constant_indicator_has_coefficient_one_even_far_from_zero() -> None:
    assert grey_relational([[1.0, 1e20], [2.0, 1e20]], [0.5, 0.5]).scores.tolist() == [0.5 / 3.0 + 0.5, 1.0]


def test_mean_scaling_needs_a_positive_mean() -> None:
    with pytest.raises(MethodError, match="#2"):
        grey_relational([[1.0, -1.0], [2.0, 1.0]], scaling="mean")
