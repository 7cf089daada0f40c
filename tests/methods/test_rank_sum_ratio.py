"""Rank-sum ratio: the textbook example, ties, probits, regression and grades."""

import numpy as np
import pytest
from scipy.stats import linregress, norm, rankdata

from evalengine.methods.rank_sum_ratio import LIMITS, rank_sum_ratio

# Maternal care in ten districts A to J, the teaching example of the method, credited to Sun Zhenqiu (Medical Stat.);
# the same figures are in the tests of the R package easyRSR and in many tutorials. Share of antenatal examinations
# (%), maternal deaths and perinatal deaths (the last two are costs). Ranks, shares and probits below are computed.
DISTRICTS = [
    [99.54, 60.27, 16.15],
    [96.52, 59.67, 20.10],
    [99.36, 43.91, 15.60],
    [92.83, 58.99, 17.04],
    [91.71, 35.40, 15.01],
    [95.35, 44.71, 13.93],
    [96.09, 49.81, 17.43],
    [99.27, 31.69, 13.89],
    [94.76, 22.91, 19.87],
    [84.80, 81.49, 23.63],
]
RANKS = [
    [10, 2, 6],
    [7, 3, 2],
    [9, 7, 7],
    [3, 4, 5],
    [2, 8, 8],
    [5, 6, 9],
    [6, 5, 4],
    [8, 9, 10],
    [4, 10, 3],
    [1, 1, 1],
]
DIRECTIONS = [1, -1, -1]


def test_the_textbook_example() -> None:
    result = rank_sum_ratio(DISTRICTS, None, DIRECTIONS)
    assert result.tables["rank_matrix"].tolist() == RANKS
    np.testing.assert_allclose(result.scores, np.sum(RANKS, axis=1) / 30.0, rtol=1e-14)
    #                 A    B    C    D    E    F    G    H      I    J     mean rank / 10; the last 1 − 1/40
    frequency = [0.65, 0.25, 0.9, 0.25, 0.65, 0.8, 0.4, 0.975, 0.5, 0.1]
    np.testing.assert_allclose(result.tables["frequency"], frequency, rtol=1e-14)
    # The probits of those shares, from the printed table of the normal distribution.
    probits = [5.3853, 4.3255, 6.2816, 4.3255, 5.3853, 5.8416, 4.7467, 6.9600, 5.0, 3.7184]
    np.testing.assert_allclose(result.tables["probit"], probits, atol=5e-5)
    assert result.tables["grade"].tolist() == [2, 2, 3, 2, 2, 2, 2, 3, 2, 1]
    assert result.ranks.tolist() == [4, 8, 2, 8, 4, 3, 7, 1, 6, 10]


@pytest.mark.parametrize("shape", [(5, 3), (40, 8), (200, 4)])
def test_against_scipy(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(shape[0])
    matrix, weights = rng.integers(0, 30, shape).astype(float), rng.dirichlet(np.ones(shape[1]))
    directions = np.where(np.arange(shape[1]) % 2, -1, 1)
    ranks = np.column_stack([rankdata(column) for column in (matrix * directions).T])
    scores = (ranks * weights).sum(axis=1) / shape[0]
    position = rankdata(np.round(scores, 12))
    share = np.where(position == shape[0], 1 - 0.25 / shape[0], position / shape[0])
    line = linregress(5 + norm.ppf(share), scores)
    result = rank_sum_ratio(matrix, weights, directions)
    np.testing.assert_allclose(result.scores, scores, rtol=1e-12)
    np.testing.assert_allclose(result.tables["probit"], 5 + norm.ppf(share), rtol=1e-12)
    np.testing.assert_allclose(result.tables["regression"], [line.intercept, line.slope, line.rvalue**2], rtol=1e-9)
    np.testing.assert_allclose(
        result.tables["fitted"], line.intercept + line.slope * (5 + norm.ppf(share)), rtol=1e-9, atol=1e-12
    )


def test_the_variant_with_ranks_that_are_not_whole_keeps_distances() -> None:
    result = rank_sum_ratio([[0.0, 8.0], [1.0, 4.0], [10.0, 0.0]], [0.5, 0.5], [1, -1], ranks="continuous")
    assert result.tables["rank_matrix"].tolist() == [[1.0, 1.0], [1.2, 2.0], [3.0, 3.0]]
    np.testing.assert_allclose(result.scores, [1 / 3, 1.6 / 3, 1.0], rtol=1e-14)


@pytest.mark.parametrize("grades", sorted(LIMITS))
def test_grades_are_symmetric_around_the_middle_and_hold_at_their_limits(grades: int) -> None:
    limits = np.array(LIMITS[grades])
    assert limits.size == grades - 1
    np.testing.assert_allclose(limits + limits[::-1], 10.0, rtol=1e-15)
    result = rank_sum_ratio(np.arange(4000.0)[:, None], grades=grades)
    assert set(result.tables["grade"]) == set(range(1, grades + 1))
    expected = 1 + (result.tables["probit"][:, None] >= limits).sum(axis=1)
    assert result.tables["grade"].tolist() == expected.tolist()


def test_equal_scores_have_a_flat_line() -> None:
    result = rank_sum_ratio([[1.0, 2.0], [2.0, 1.0]])
    assert result.tables["regression"].tolist() == [0.75, 0.0, 1.0]
    assert result.tables["fitted"].tolist() == [0.75, 0.75]
    assert result.ranks.tolist() == [1, 1]
