"""TOPSIS by hand, against a NumPy twin, and its tables."""

import numpy as np
import pytest

from evalengine.methods.topsis import topsis


def test_the_arithmetic_of_a_small_case() -> None:
    result = topsis([[3.0, 6.0], [4.0, 8.0]], [0.5, 0.5], [1, -1])
    ideal, anti_ideal = [0.5 * 4 / 5, 0.5 * 6 / 10], [0.5 * 3 / 5, 0.5 * 8 / 10]
    np.testing.assert_allclose(result.tables["ideal"], ideal, rtol=1e-14)
    np.testing.assert_allclose(result.tables["anti_ideal"], anti_ideal, rtol=1e-14)
    np.testing.assert_allclose(result.tables["to_ideal"], [0.1, 0.1], rtol=1e-14)
    np.testing.assert_allclose(result.tables["to_anti_ideal"], [0.1, 0.1], rtol=1e-14)
    assert result.scores == pytest.approx([0.5, 0.5])
    assert result.ranks.tolist() == [1, 1]  # a true tie, whatever the noise


@pytest.mark.parametrize("shape", [(2, 1), (31, 5), (100, 33), (1000, 7)])
@pytest.mark.parametrize("scaling", ["vector", "min_max"])
def test_against_a_numpy_twin(shape: tuple[int, int], scaling: str) -> None:
    rng = np.random.default_rng(shape[0])
    matrix, weights = rng.normal(3.0, 2.0, shape), rng.dirichlet(np.ones(shape[1]))
    directions = np.where(rng.random(shape[1]) < 0.5, -1, 1)
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    scaled = matrix / np.sqrt((matrix**2).sum(axis=0)) if scaling == "vector" else (matrix - low) / (high - low)
    v = scaled * weights * directions
    near = np.sqrt(((v - v.max(axis=0)) ** 2).sum(axis=1))
    far = np.sqrt(((v - v.min(axis=0)) ** 2).sum(axis=1))
    result = topsis(matrix, weights, directions, scaling=scaling)
    np.testing.assert_allclose(result.scores, far / (near + far), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(result.tables["to_ideal"], near, rtol=1e-10, atol=1e-14)
    assert result.ranks.tolist() == (1.0 + np.argsort(np.argsort(-result.scores))).tolist()


def test_an_added_unit_can_reverse_two_ranks() -> None:
    matrix = [[3.0, 1.0], [1.6, 2.1]]
    alone = topsis(matrix).ranks
    joined = topsis([*matrix, [1.0, 9.0]]).ranks
    assert (alone[0] < alone[1]) != (joined[0] < joined[1])
