"""SPOTIS and RIM: published examples, fixed references, and no rank reversal."""

import numpy as np
import pytest

from evalengine.methods.reference_point import rim, spotis

# Cables, Lamata and Verdegay (2016): selection of a person, ranges and ideals stated.
PEOPLE = [[30, 0, 2, 3, 3, 2], [40, 9, 1, 3, 2, 2], [25, 0, 3, 1, 3, 2], [27, 0, 5, 3, 3, 1], [45, 15, 2, 2, 3, 4]]
PEOPLE_WEIGHTS = [0.2262, 0.2143, 0.1786, 0.1429, 0.1190, 0.1190]
PEOPLE_RANGES = [[23, 60], [0, 15], [0, 10], [1, 3], [1, 3], [1, 5]]
PEOPLE_IDEALS = [[30, 35], [10, 15], [0, 0], [3, 3], [3, 3], [4, 5]]


def test_rim_reproduces_the_published_example() -> None:
    result = rim(PEOPLE, PEOPLE_WEIGHTS, None, ranges=PEOPLE_RANGES, ideals=PEOPLE_IDEALS)
    np.testing.assert_allclose(result.scores, [0.5866, 0.7558, 0.3716, 0.4666, 0.7401], atol=5e-5)
    assert result.ranks.tolist() == [3, 1, 5, 4, 2]


def test_rim_by_hand_below_inside_and_above_the_ideal() -> None:
    result = rim([[4.0], [12.0], [17.0]], ranges=[[0.0, 20.0]], ideals=[[10.0, 14.0]])
    np.testing.assert_allclose(result.scores, [4 / 10, 1.0, 1 - 3 / 6], rtol=1e-14)


def test_rim_takes_the_end_of_the_range_as_ideal() -> None:
    assert rim([[5.0], [0.0], [10.0]], None, [-1], ranges=[[0.0, 10.0]]).scores.tolist() == [0.5, 1.0, 0.0]


def test_spotis_by_hand() -> None:
    bounds = [[0.0, 10.0], [0.0, 100.0]]
    result = spotis([[2.0, 50.0], [10.0, 0.0]], [0.25, 0.75], [1, -1], bounds=bounds)
    assert result.scores.tolist() == [0.25 * 0.8 + 0.75 * 0.5, 0.0]
    near = spotis([[2.0, 50.0], [10.0, 0.0]], [0.25, 0.75], [1, -1], bounds=bounds, reference=[5.0, 40.0])
    np.testing.assert_allclose(near.scores, [0.25 * 0.3 + 0.75 * 0.1, 0.25 * 0.5 + 0.75 * 0.4], rtol=1e-14)


@pytest.mark.parametrize(
    ("method", "settings"), [(spotis, {"bounds": [[0.0, 1.0]] * 3}), (rim, {"ranges": [[0.0, 1.0]] * 3})]
)
def test_with_stated_bounds_a_score_does_not_depend_on_the_others(method: object, settings: dict) -> None:
    matrix = np.random.default_rng(2).random((30, 3))
    together = method(matrix, None, [1, -1, 1], **settings).scores
    alone = [method(matrix[i : i + 1], None, [1, -1, 1], **settings).scores[0] for i in range(30)]
    assert together.tolist() == alone


def test_bounds_of_an_indicator_of_weight_zero_are_left_out_with_it() -> None:
    matrix = [[1.0, 500.0, 3.0], [2.0, 600.0, 1.0]]
    result = spotis(matrix, [0.5, 0.0, 0.5], bounds=[[0.0, 4.0], [0.0, 1.0], [0.0, 4.0]], reference=[4.0, 9.0, 4.0])
    assert result.scores.tolist() == [0.5 * 0.75 + 0.5 * 0.25, 0.5 * 0.5 + 0.5 * 0.75]
