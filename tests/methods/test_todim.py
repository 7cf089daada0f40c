"""TODIM against its definition by pairs."""

import numpy as np
import pytest

from evalengine.methods.todim import todim


def twin(matrix: np.ndarray, weights: np.ndarray, directions: np.ndarray, theta: float) -> np.ndarray:
    positive = np.where(directions > 0, matrix, 1.0 / matrix)
    u = positive / positive.sum(axis=0)
    relative = weights / weights.max()
    total = relative.sum()
    dominance = np.zeros(len(u))
    for i in range(len(u)):
        for k in range(len(u)):
            for j in range(u.shape[1]):
                difference = u[i, j] - u[k, j]
                if difference > 0:
                    dominance[i] += np.sqrt(relative[j] * difference / total)
                elif difference < 0:
                    dominance[i] -= np.sqrt(-difference * total / relative[j]) / theta
    return dominance


@pytest.mark.parametrize("theta", [0.5, 1.0, 2.5])
@pytest.mark.parametrize("shape", [(3, 2), (20, 6)])
def test_against_the_definition(shape: tuple[int, int], theta: float) -> None:
    rng = np.random.default_rng(shape[0])
    matrix, weights = rng.uniform(1.0, 9.0, shape), rng.dirichlet(np.ones(shape[1]))
    directions = np.where(np.arange(shape[1]) % 2, -1, 1)
    expected = twin(matrix, weights, directions, theta)
    result = todim(matrix, weights, directions, attenuation=theta)
    np.testing.assert_allclose(result.tables["dominance"], expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(result.scores, (expected - expected.min()) / np.ptp(expected), rtol=1e-9, atol=1e-11)


def test_equal_totals_tie_at_one_instead_of_spreading_noise() -> None:
    result = todim([[0.1, 0.3, 0.2], [0.2, 0.1, 0.3], [0.3, 0.2, 0.1]])
    assert result.scores.tolist() == [1.0, 1.0, 1.0]
    assert result.ranks.tolist() == [1, 1, 1]
