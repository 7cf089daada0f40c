"""CODAS: the sorted form against all pairs, and at the threshold itself."""

import numpy as np
import pytest

from evalengine.methods.codas import clear_differences, codas


def pairwise(E: np.ndarray, T: np.ndarray, tau: float) -> np.ndarray:
    clear = np.abs(E[:, None] - E[None, :]) >= tau
    return np.where(clear, T[:, None] - T[None, :], 0.0).sum(axis=1)


@pytest.mark.parametrize("tau", [0.0, 0.02, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_the_sorted_form_is_the_pairwise_form_also_at_the_threshold(tau: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    E = np.sort(rng.integers(0, 9, 50) / 8.0)  # differences fall on 0.25 and 0.5 exactly
    T = rng.random(50)
    out = np.empty(50)
    clear_differences(E, T, np.concatenate(([0.0], np.cumsum(T))), tau, out)
    np.testing.assert_allclose(out, pairwise(E, T, tau), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("tau", [0.0, 0.02, 0.1])
def test_codas(tau: float) -> None:
    rng = np.random.default_rng(8)
    matrix, weights = rng.uniform(1.0, 9.0, (60, 5)), rng.dirichlet(np.ones(5))
    directions = np.array([1, -1, 1, -1, 1])
    v = weights * np.where(directions > 0, matrix / matrix.max(axis=0), matrix.min(axis=0) / matrix)
    distance = v - v.min(axis=0)
    E, T = np.sqrt((distance**2).sum(axis=1)), distance.sum(axis=1)
    result = codas(matrix, weights, directions, threshold=tau)
    np.testing.assert_allclose(result.tables["euclidean"], E, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(result.tables["taxicab"], T, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(result.scores, 60 * E - E.sum() + pairwise(E, T, tau), rtol=1e-9, atol=1e-11)


def test_a_rank_can_hang_on_the_threshold() -> None:
    matrix = np.random.default_rng(3).uniform(1.0, 2.0, (12, 4))
    assert codas(matrix, threshold=0.01).ranks.tolist() != codas(matrix, threshold=0.05).ranks.tolist()
