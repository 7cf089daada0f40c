"""The MOORA family: the textbook arithmetic, and how MULTIMOORA joins ranks that tie."""

import numpy as np
import pytest

from evalengine.methods.moora import full_multiplicative, majority_wins, moora, moora_reference_point, multimoora

MATRIX, WEIGHTS, DIRECTIONS = [[3.0, 6.0], [4.0, 8.0]], [0.25, 0.75], [1, -1]


def test_the_ratio_system() -> None:
    np.testing.assert_allclose(
        moora(MATRIX, WEIGHTS, DIRECTIONS).scores,
        [0.25 * 3 / 5 - 0.75 * 6 / 10, 0.25 * 4 / 5 - 0.75 * 8 / 10],
        rtol=1e-14,
    )


def test_the_reference_point() -> None:
    result = moora_reference_point(MATRIX, WEIGHTS, DIRECTIONS)
    np.testing.assert_allclose(result.scores, [0.25 * 1 / 5, 0.75 * 2 / 10], rtol=1e-14)
    assert result.ranks.tolist() == [1, 2]


def test_the_full_multiplicative_form_without_a_cost_or_without_a_benefit() -> None:
    np.testing.assert_allclose(full_multiplicative(MATRIX).scores, [np.sqrt(18.0), np.sqrt(32.0)], rtol=1e-14)
    np.testing.assert_allclose(full_multiplicative(MATRIX, None, [-1, -1]).scores, [18**-0.5, 32**-0.5], rtol=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_majority_wins_against_its_definition(seed: int) -> None:
    ranks = np.random.default_rng(seed).integers(1, 5, (3, 40)).astype(float)
    ahead = np.sign(ranks[:, None, :] - ranks[:, :, None]).sum(axis=0)
    wins = np.empty(40)
    majority_wins(ranks[0], ranks[1], ranks[2], wins)
    assert wins.tolist() == (ahead > 0).sum(axis=1).tolist()


def test_multimoora_shows_its_three_rankings() -> None:
    matrix = np.array([[9.0, 2.0, 4.0], [5.0, 6.0, 5.0], [2.0, 3.0, 9.0]])
    result = multimoora(matrix)
    parts = [f(matrix).ranks for f in (moora, moora_reference_point, full_multiplicative)]
    assert result.tables["rank_matrix"].tolist() == np.column_stack(parts).tolist()
    assert result.ranks[np.argmax(result.scores)] == 1


def test_values_over_or_underflowing_in_a_plain_product_are_ranked() -> None:
    matrix = np.full((3, 400), 10.0)
    matrix[1, 0], matrix[2, 5] = 11.0, 9.0
    assert full_multiplicative(matrix).ranks.tolist() == [2, 1, 3]
    assert full_multiplicative(1.0 / matrix).ranks.tolist() == [2, 3, 1]
