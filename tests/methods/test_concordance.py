"""Kendall's W: textbook case, Friedman's test as the oracle, the chi-square tail."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalengine.errors import MethodError
from evalengine.methods.agreement import spearman
from evalengine.methods.concordance import chi_square_tail, kendall_w

# Ten projects ranked by four judges, https://www.scribd.com/document/659863121: rank sums 10, 8, 12, 16, 21, 22, 25,
# 31, 37, 38 of mean 22, sum of squares 1048.
PROJECTS = [
    [1, 2, 3, 4],
    [3, 1, 2, 2],
    [4, 4, 1, 3],
    [5, 5, 5, 1],
    [2, 6, 7, 6],
    [8, 3, 4, 7],
    [6, 8, 6, 5],
    [7, 7, 8, 9],
    [10, 10, 9, 8],
    [9, 9, 10, 10],
]
# Ten units by four rankings with ties in two of them; W and chi-square are computed.
SPECIES = [
    [5.0, 6.0, 3.0, 5.0],
    [10.0, 4.0, 8.0, 2.0],
    [7.0, 8.0, 5.0, 4.0],
    [8.0, 10.0, 9.0, 2.0],
    [6.0, 5.0, 7.0, 6.0],
    [9.0, 7.0, 10.0, 7.0],
    [3.0, 3.0, 2.0, 8.0],
    [1.5, 2.0, 4.0, 9.0],
    [1.5, 1.0, 1.0, 2.0],
    [4.0, 9.0, 6.0, 10.0],
]


def test_ten_projects_and_four_judges() -> None:
    assert kendall_w(PROJECTS).w == pytest.approx(12 * 1048 / (16 * 990), abs=1e-15)


def test_ten_sites_and_four_species() -> None:
    found = kendall_w(SPECIES)
    # S = 578.5; ties: one pair and one triple, 6 + 24
    assert found.w == pytest.approx(12 * 578.5 / (16 * 990 - 4 * 30), abs=1e-15)
    assert round(found.w, 5) == 0.44160
    assert round(found.chi_square, 5) == 15.89771
    assert found.degrees_of_freedom == 9
    assert found.p_value == pytest.approx(stats.chi2.sf(found.chi_square, 9), rel=1e-12)


@pytest.mark.parametrize("units", [3, 10, 300])
@pytest.mark.parametrize("values", [3, 1000])
def test_it_is_the_friedman_test(units: int, values: int) -> None:
    random = np.random.default_rng(units)
    for rankings in (3, 8):
        x = random.integers(0, values, (units, rankings)) * 1.0
        x[0], x[-1] = -1.0, values
        found = kendall_w(x)
        # SciPy's test has the treatments as arguments: the units
        oracle = stats.friedmanchisquare(*x)
        assert found.chi_square == pytest.approx(oracle.statistic, rel=1e-11)
        assert found.p_value == pytest.approx(oracle.pvalue, rel=1e-9, abs=1e-300)


def test_it_is_the_mean_spearman_of_all_pairs() -> None:
    # mean rho = (k W - 1) / (k - 1), without ties
    random = np.random.default_rng(2)
    x = np.column_stack([random.permutation(12) for _ in range(5)])
    pairs = [spearman(x[:, a], x[:, b]) for a in range(5) for b in range(a)]
    assert np.mean(pairs) == pytest.approx((5 * kendall_w(x).w - 1) / 4, abs=1e-14)


def test_the_ends_of_the_scale() -> None:
    ranks = np.arange(6.0)
    assert kendall_w(np.column_stack([ranks] * 4)).w == 1.0
    opposed = kendall_w(np.column_stack([ranks, ranks[::-1]]))
    assert opposed.w == 0.0
    assert opposed.p_value == 1.0
    tied = [1.0, 1.0, 3.0, 3.0]
    assert kendall_w(np.column_stack([tied] * 3)).w == 1.0


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=20))
def test_properties(rows: list[tuple[int, int, int]]) -> None:
    x = np.array(rows, dtype=float)
    x[0], x[-1] = -1.0, 5.0
    found = kendall_w(x)
    assert 0.0 <= found.w <= 1.0
    assert 0.0 <= found.p_value <= 1.0
    assert kendall_w(x[::-1]) == found
    assert kendall_w(x[:, ::-1]).w == found.w
    assert kendall_w(np.exp(x)).w == found.w


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 7, 50, 99, 1000])
def test_the_chi_square_tail(degrees: int) -> None:
    for value in (0.0, 1e-3, 0.5, 3.0, 0.9 * degrees, 1.1 * degrees, 3.0 * degrees, 2000.0):
        expected = stats.chi2.sf(value, degrees)
        assert chi_square_tail(value, degrees) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(
    "x",
    [
        [[1.0, 2.0]],
        [[1.0], [2.0]],
        [[1.0, 1.0], [1.0, 1.0]],
        [[1.0, np.nan], [2.0, 1.0]],
        [["a", "b"], ["c", "d"]],
        [1.0, 2.0],
    ],
)
def test_refusals(x: Any) -> None:
    with pytest.raises(MethodError, match="kendall_w"):
        kendall_w(x)
