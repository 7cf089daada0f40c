"""VIKOR: S, R, Q by hand and the two conditions of the compromise set."""

import numpy as np
import pytest

from evalengine.methods.vikor import vikor


def test_s_r_and_q() -> None:
    result = vikor([[10.0, 1.0], [5.0, 3.0], [0.0, 5.0]], [0.6, 0.4], [1, -1], strategy=0.25)
    np.testing.assert_allclose(result.tables["group_utility"], [0.0, 0.5, 1.0], atol=1e-15)
    np.testing.assert_allclose(result.tables["regret"], [0.0, 0.3, 0.6], atol=1e-15)
    np.testing.assert_allclose(result.scores, [0.0, 0.5, 1.0], atol=1e-15)
    assert not result.higher_is_better
    assert result.ranks.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("matrix", "members", "conditions"),
    [
        # the best leads by Q = 1 ≥ 1/(3 − 1) and is best in S and R: it alone
        ([[10.0, 10.0], [0.0, 2.0], [2.0, 0.0]], [1, 0, 0], [1, 1]),
        # the second is behind by less than 1/(4 − 1): advantage fails, all within it
        ([[9.0, 8.5], [8.9, 8.7], [3.0, 4.0], [1.0, 2.0]], [1, 1, 0, 0], [0, 1]),
    ],
)
def test_the_compromise_set(matrix: list[list[float]], members: list[int], conditions: list[int]) -> None:
    result = vikor(matrix)
    assert result.tables["compromise"].tolist() == members
    assert result.tables["conditions"].tolist() == conditions


def test_where_only_stability_fails_the_first_two_are_proposed() -> None:
    rng = np.random.default_rng(1)
    for _ in range(5000):
        result = vikor(rng.random((12, 3)), strategy=0.5)
        advantage, stability = result.tables["conditions"]
        if advantage and not stability:
            assert result.tables["compromise"].tolist() == (result.ranks <= 2).astype(float).tolist()
            first = result.ranks == 1
            assert result.tables["group_utility"][first] > result.tables["group_utility"].min()
            assert result.tables["regret"][first] > result.tables["regret"].min()
            return
    pytest.fail("no case in which only stability fails")


def test_equal_regret_or_utility_adds_nothing() -> None:
    mirrored = vikor([[1.0, 2.0], [2.0, 1.0]])
    assert mirrored.scores.tolist() == [0.0, 0.0]
    assert mirrored.ranks.tolist() == [1, 1]
    assert mirrored.tables["compromise"].tolist() == [1, 1]
    noisy = vikor([[0.1, 0.3, 0.2], [0.2, 0.1, 0.3], [0.3, 0.2, 0.1]], strategy=1.0)
    assert noisy.ranks.tolist() == [1, 1, 1]
