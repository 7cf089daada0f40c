"""Z-scores, logistic, above or below the mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from skcriteria import mkdm
from skcriteria.preprocessing.scalers import StandarScaler

from evalengine.errors import MethodError
from evalengine.methods.normalisation_spread import above_below_mean, logistic, robust_z, z_score


def test_z_score_worked() -> None:
    values = [[1.0, 1.0], [3.0, 3.0], [8.0, 8.0]]  # mean 4, squares 9 + 1 + 16
    result = z_score(values, [1, -1], mean=10, sd=2)
    expected = 10 + 2 * np.array([-3, -1, 4]) / math.sqrt(13)
    assert result[:, 0] == pytest.approx(expected, rel=1e-15)
    assert result[:, 1] == pytest.approx(20 - expected, rel=1e-14)


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("shape", [(5, 3), (51, 49), (300, 7)])
def test_z_score_equals_scipy(shape: Any, ddof: Any) -> None:
    values = np.random.default_rng(1).lognormal(size=shape)
    assert z_score(values, ddof=ddof) == pytest.approx(stats.zscore(values, ddof=ddof), rel=1e-10, abs=1e-12)


def test_packages_disagree_on_the_divisor() -> None:
    """scikit-criteria divides by n, COINr by n − 1."""
    values = np.random.default_rng(2).lognormal(size=(40, 5))
    theirs = StandarScaler(target="matrix").transform(mkdm(values, [1] * 5)).matrix.to_numpy()
    assert z_score(values, ddof=0) == pytest.approx(theirs, rel=1e-10)
    assert z_score(values, ddof=1) == pytest.approx(theirs * math.sqrt(39 / 40), rel=1e-10)


@pytest.mark.parametrize("shape", [(5, 3), (51, 49)])
def test_robust_z_equals_scipy(shape: Any) -> None:
    values = np.random.default_rng(3).lognormal(size=shape)
    mad = stats.median_abs_deviation(values, scale="normal")
    assert robust_z(values) == pytest.approx((values - np.median(values, axis=0)) / mad, rel=1e-12, abs=1e-12)


def test_robust_z_is_not_shifted_by_an_outlier() -> None:
    values = np.arange(11.0)[:, None]
    spoilt = values.copy()
    spoilt[10] = 1e9
    assert robust_z(spoilt)[:10] == pytest.approx(robust_z(values)[:10])


def test_robust_z_raises_where_half_of_the_values_are_equal() -> None:
    with pytest.raises(MethodError, match="patents") as error:
        robust_z([[0.0], [0.0], [0.0], [4.0]], columns=["patents"])
    assert error.value.code == "zero_median_deviation"


def test_logistic_is_the_bent_z_score() -> None:
    values = np.random.default_rng(4).normal(size=(50, 3))
    assert logistic(values, steepness=2) == pytest.approx(1 / (1 + np.exp(-2 * z_score(values))), rel=1e-14)
    assert logistic([[1.0], [2.0], [3.0]])[1, 0] == 0.5
    assert logistic(values, steepness=1e6).max() == 1


def test_above_below_mean_worked() -> None:
    values = np.array([[80.0], [90.0], [100.0], [110.0], [120.0]])
    assert above_below_mean(values, threshold=0.1)[:, 0].tolist() == [-1, 0, 0, 0, 1]
    assert above_below_mean(values, [-1], threshold=0.1)[:, 0].tolist() == [1, 0, 0, 0, -1]
    assert above_below_mean(values, threshold=0)[:, 0].tolist() == [-1, -1, 0, 1, 1]


def test_constant_column_is_at_its_mean() -> None:
    assert above_below_mean(np.full((6, 1), 0.1), threshold=0)[:, 0].tolist() == [0] * 6


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: z_score([[1.0], [2.0]], sd=0), "out_of_range"),
        (lambda: z_score([[1.0], [2.0]], mean=math.nan), "out_of_range"),
        (lambda: z_score([[1.0], [2.0]], ddof=2), "out_of_range"),
        (lambda: z_score([[1.0]]), "constant_column"),
        (lambda: z_score([[-1.7e308], [1.7e308]]), "overflow"),
        (lambda: robust_z([[1.0], [2.0]], sd=-1), "out_of_range"),
        (lambda: robust_z([[-1.7e308], [1.7e308], [0.0]]), "overflow"),
        (lambda: logistic([[1.0], [2.0]], steepness=0), "out_of_range"),
        (lambda: above_below_mean([[1.0], [-2.0]]), "outside_domain"),
        (lambda: above_below_mean([[0.0], [0.0]]), "zero_column"),
        (lambda: above_below_mean([[1.0], [2.0]], threshold=1), "out_of_range"),
    ],
)
def test_faults_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code
