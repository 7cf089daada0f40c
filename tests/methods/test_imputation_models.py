"""Expectation–maximisation and nearest neighbours."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sklearn.impute import KNNImputer

from evalengine.errors import MethodError
from evalengine.methods.imputation_models import expectation_maximisation, k_nearest

GAP = math.nan


def holed(shape: tuple[int, int], share: float, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=shape) @ rng.normal(size=(shape[1], shape[1])) + rng.normal(size=shape[1]) * 10
    values[rng.uniform(size=shape) < share] = GAP
    return values


def test_em_of_two_indicators_is_the_regression_of_the_complete_cases() -> None:
    """T. Anderson, JASA 52, 1957: with one complete indicator the likelihood factors."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=60) * 1000
    y = 3 + 0.02 * x + rng.normal(size=60)
    y[40:] = GAP
    slope, intercept = np.polyfit(x[:40], y[:40], 1)
    result = expectation_maximisation(np.column_stack([x, y]), rounds=0, tolerance=1e-12)
    assert result.values[40:, 1] == pytest.approx(intercept + slope * x[40:], rel=1e-8)


def test_em_is_a_fixed_point_of_the_conditional_means() -> None:
    """Where every row misses at most one value, imputed cells sit on the regression of the fitted moments."""
    values = holed((80, 4), 0.1, 2)
    result = expectation_maximisation(values, rounds=0, tolerance=1e-12)
    again = np.where(np.isnan(values), result.values, values)
    assert result.values.tolist() == again.tolist()
    truth = expectation_maximisation(values, rounds=0, tolerance=1e-6)
    assert truth.values == pytest.approx(result.values, abs=1e-3)


def test_em_knows_exact_relations_only_with_a_ridge() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(30, 2))
    values = np.column_stack([x, x.sum(axis=1)])
    values[4, 2] = GAP
    with pytest.raises(MethodError) as error:
        expectation_maximisation(values)
    assert error.value.code == "singular"
    result = expectation_maximisation(values, ridge=1e-6)
    assert result.values[4, 2] == pytest.approx(x[4].sum(), abs=1e-3)
    assert result.reliability[0].skill > 0.999


def test_em_ignores_units_of_measurement() -> None:
    values = holed((50, 3), 0.1, 4)
    sizes = np.array([1e-9, 1, 1e12])
    plain = expectation_maximisation(values, rounds=0).values
    assert expectation_maximisation(values * sizes, rounds=0).values == pytest.approx(plain * sizes, rel=1e-9)


def test_em_fills_a_constant_column_with_its_constant() -> None:
    values = holed((30, 3), 0.1, 5)
    values[:, 1] = 7.98
    values[2, 1] = GAP
    assert expectation_maximisation(values, rounds=0).values[2, 1] == 7.98


@pytest.mark.parametrize(("shape", "k"), [((20, 4), 3), ((60, 6), 5), ((60, 6), 1)])
def test_nearest_neighbours_equal_scikit_learn(shape: Any, k: Any) -> None:
    values = holed(shape, 0.15, 6)
    spread = np.nanstd(values, axis=0)
    expected = KNNImputer(n_neighbors=k).fit_transform(values / spread) * spread
    assert k_nearest(values, k=k, rounds=0).values == pytest.approx(expected, rel=1e-10)


def test_equally_near_units_all_answer() -> None:
    values = [[0.0, GAP], [1.0, 10.0], [-1.0, 20.0], [1.0, 60.0], [5.0, 99.0]]
    assert k_nearest(values, k=1, rounds=0).values[0, 1] == pytest.approx((10 + 20 + 60) / 3, rel=1e-15)


def test_fewer_neighbours_than_k_answer_together() -> None:
    assert k_nearest([[0.0, GAP], [1.0, 10.0], [2.0, 20.0]], k=9, rounds=0).values[0, 1] == 15


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: expectation_maximisation(holed((4, 4), 0, 7)), "few_units"),
        (lambda: expectation_maximisation([[1.0, 2.0], [GAP, 3.0], [GAP, 5.0]]), "few_values"),
        (lambda: expectation_maximisation(holed((30, 3), 0.2, 8), iterations=1), "not_converged"),
        (lambda: expectation_maximisation(holed((30, 3), 0.2, 8), ridge=-1), "out_of_range"),
        (lambda: expectation_maximisation(holed((30, 3), 0.2, 8), tolerance=0), "out_of_range"),
        (lambda: k_nearest(holed((30, 3), 0.2, 8), k=0), "out_of_range"),
        (lambda: k_nearest([[1.0, GAP], [GAP, 2.0]]), "cannot_impute"),
    ],
)
def test_faults_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code
