"""COMET against pymcdm, its interpolation by hand, and judgements of an expert."""

import itertools
from typing import Any

import numpy as np
import pytest
from pymcdm.methods import COMET

from evalengine.errors import MethodError
from evalengine.methods.comet import comet


def test_interpolation_between_two_objects_is_linear() -> None:
    result = comet([[2.0], [5.0], [10.0]], points=[[0.0, 4.0, 10.0]])
    assert result.tables["preference"].tolist() == [0.0, 0.5, 1.0]
    np.testing.assert_allclose(result.scores, [0.5 * 2 / 4, 0.5 + 0.5 * 1 / 6, 1.0], rtol=1e-14)


@pytest.mark.parametrize("sizes", [(3, 2), (2, 3, 4), (3, 3, 2, 2)])
def test_against_pymcdm_with_the_same_expert(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(sum(sizes))
    points = [np.linspace(0.0, 1.0, size) ** 1.5 * 10.0 for size in sizes]
    weights = rng.dirichlet(np.full(len(sizes), 3.0))
    directions = np.where(np.arange(len(sizes)) % 2, -1, 1)
    matrix = rng.uniform(0.0, 10.0, (25, len(sizes)))
    matrix[1] = matrix[0]
    result = comet(matrix, weights, directions, points=points)

    def expert(objects: np.ndarray) -> tuple[np.ndarray, None]:
        np.testing.assert_array_equal(objects, result.tables["objects"])
        return np.round((objects * directions * weights).sum(axis=1), 10), None

    expected = COMET([list(axis) for axis in points], expert)(matrix)
    np.testing.assert_allclose(result.scores, expected, rtol=1e-9, atol=1e-12)
    assert result.ranks[0] == result.ranks[1]


def test_judgements_decide_and_equal_ones_share_their_preference() -> None:
    points = [[0.0, 1.0], [0.0, 1.0]]
    merit = {(0.0, 0.0): 0, (0.0, 1.0): 1, (1.0, 0.0): 1, (1.0, 1.0): 2}
    objects = list(itertools.product(*points))
    judgements = [[0.5 * (1 + np.sign(merit[a] - merit[b])) for b in objects] for a in objects]
    result = comet([[0.5, 0.5], [1.0, 0.0], [0.2, 0.9]], points=points, judgements=judgements)
    assert result.tables["preference"].tolist() == [0.0, 0.5, 0.5, 1.0]
    np.testing.assert_allclose(result.scores, [0.5, 0.5, (0.2 + 0.9) / 2], rtol=1e-14)


def test_with_stated_points_there_is_no_rank_reversal() -> None:
    matrix = np.random.default_rng(2).random((20, 3))
    together = comet(matrix, points=[[0.0, 0.4, 1.0]] * 3).scores
    alone = [comet(matrix[i : i + 1], points=[[0.0, 0.4, 1.0]] * 3).scores[0] for i in range(20)]
    assert together.tolist() == alone


@pytest.mark.parametrize(
    ("code", "settings"),
    [
        ("given_twice", {"weights": [0.5, 0.5], "judgements": np.full((9, 9), 0.5)}),
        ("wrong_length", {"judgements": np.full((4, 4), 0.5)}),
        ("judgements_not_complementary", {"judgements": np.ones((9, 9))}),
        ("judgements_not_complementary", {"judgements": np.full((9, 9), 0.5) + 0.25 * (np.eye(9) - np.eye(9)[::-1])}),
        ("units_all_equal", {"judgements": np.full((9, 9), 0.5)}),
    ],
)
def test_judgements_that_cannot_be_used(code: str, settings: dict[str, Any]) -> None:
    with pytest.raises(MethodError) as caught:
        comet([[1.0, 2.0], [2.0, 1.0]], **settings)
    assert caught.value.code == code


def test_a_grid_that_is_too_large_is_refused() -> None:
    with pytest.raises(MethodError) as caught:
        comet(np.random.default_rng(0).random((4, 11)))
    assert caught.value.facts["objects"] == 3**11
