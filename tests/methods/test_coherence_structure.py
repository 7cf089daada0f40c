"""Cronbach's α, principal components, KMO, Bartlett, condition number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.decomposition import PCA

from evalengine.errors import MethodError
from evalengine.methods.coherence_structure import (
    condition_number,
    cronbach_alpha,
    principal_components,
    sampling_adequacy,
)


def sample(units: int, indicators: int, seed: int = 1) -> Any:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(units, indicators)) + rng.normal(size=(units, 1))


def test_alpha_worked() -> None:
    """Variances 1, 1, 4; sums 3, 6, 12 with variance 21."""
    values = [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [3.0, 3.0, 6.0]]
    variances = [1, 1, np.var([1, 2, 6], ddof=1)]
    total = np.var([3, 6, 12], ddof=1)
    assert cronbach_alpha(values).alpha == pytest.approx(3 / 2 * (1 - sum(variances) / total), rel=1e-14)
    pair = np.var([2, 4, 6], ddof=1)
    assert cronbach_alpha(values).if_deleted[2] == pytest.approx(2 * (1 - 2 / pair), rel=1e-14)


def test_alpha_is_the_formula_and_shrinks_without_a_good_indicator() -> None:
    values = sample(80, 5)
    values[:, 4] = np.random.default_rng(9).normal(size=80)
    found = cronbach_alpha(values)
    expected = 5 / 4 * (1 - values.var(axis=0, ddof=1).sum() / values.sum(axis=1).var(ddof=1))
    assert found.alpha == pytest.approx(expected, rel=1e-12)
    assert found.if_deleted[4] > found.alpha > found.if_deleted[:4].max()
    assert found.if_deleted[1] == pytest.approx(cronbach_alpha(np.delete(values, 1, axis=1)).alpha, rel=1e-12)


def test_alpha_pairwise_and_with_two_indicators() -> None:
    values = sample(30, 3)
    values[4, 0] = values[7, 1] = math.nan
    covariance = np.ma.cov(np.ma.masked_invalid(values), rowvar=False, allow_masked=True)
    expected = 3 / 2 * (1 - np.trace(covariance) / covariance.sum())
    assert cronbach_alpha(values, nan="pairwise").alpha == pytest.approx(float(expected), rel=0.02)
    assert cronbach_alpha(sample(30, 2)).if_deleted.size == 0


def test_components_equal_scikit_learn() -> None:
    values = sample(60, 6)
    expected = PCA().fit(stats.zscore(values))
    found = principal_components(values)
    assert found.shares == pytest.approx(expected.explained_variance_ratio_, rel=1e-10)
    assert np.abs(found.vectors.T) == pytest.approx(np.abs(expected.components_), abs=1e-9)
    assert found.eigenvalues.sum() == pytest.approx(6)


def test_components_rebuild_the_correlations_and_their_sign_is_stated() -> None:
    values = sample(60, 5, seed=2) * [1, -1, 1, 1, -1]
    found = principal_components(values)
    assert found.loadings @ found.loadings.T == pytest.approx(np.corrcoef(values, rowvar=False), abs=1e-12)
    for vector in found.vectors.T:
        assert vector[np.argmax(np.abs(vector))] > 0


def test_components_of_fewer_units_than_indicators() -> None:
    found = principal_components(sample(4, 7))
    assert (found.eigenvalues[3:] < 1e-12).all()
    assert found.eigenvalues[:3].sum() == pytest.approx(7)


def test_adequacy_of_two_indicators_is_one_half() -> None:
    """The partial correlation of two indicators is their correlation: KMO = r² / (r² + r²)."""
    values = sample(40, 2)
    found = sampling_adequacy(values)
    r = np.corrcoef(values, rowvar=False)[0, 1]
    assert found.kmo == pytest.approx(0.5, rel=1e-12)
    chi = -(40 - 1 - 9 / 6) * math.log(1 - r * r)
    assert (found.bartlett, found.degrees) == (pytest.approx(chi, rel=1e-10), 1)
    assert found.p_value == pytest.approx(stats.chi2.sf(chi, 1), rel=1e-9)


def test_adequacy_by_partial_correlations_from_regressions() -> None:
    values = stats.zscore(sample(100, 4, seed=3))
    partials = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            if i != j:
                rest = values[:, [k for k in range(4) if k not in (i, j)]]
                x, y = (values[:, k] - rest @ np.linalg.lstsq(rest, values[:, k], rcond=None)[0] for k in (i, j))
                partials[i, j] = x @ y / math.sqrt((x @ x) * (y @ y))
    correlation = np.corrcoef(values, rowvar=False) - np.eye(4)
    expected = (correlation**2).sum(axis=1) / ((correlation**2).sum(axis=1) + (partials**2).sum(axis=1))
    assert sampling_adequacy(values).kmo_of == pytest.approx(expected, rel=1e-9)


def test_condition_number_of_two_indicators() -> None:
    values = sample(40, 2)
    r = abs(np.corrcoef(values, rowvar=False)[0, 1])
    assert condition_number(values) == pytest.approx(math.sqrt((1 + r) / (1 - r)), rel=1e-10)
    near = np.column_stack([values[:, 0], values[:, 0] + 1e-3 * values[:, 1]])
    assert condition_number(near) > 500


DETERMINED = np.column_stack([sample(30, 2), sample(30, 2).sum(axis=1)])


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: cronbach_alpha(sample(30, 1)), "one_column"),
        (lambda: cronbach_alpha(sample(2, 3)), "too_few_values"),
        (lambda: cronbach_alpha(sample(30, 1) * [1, -1]), "no_total_variance"),
        (lambda: cronbach_alpha(np.column_stack([np.arange(6.0), np.full(6, 0.1)])), "constant_column"),
        (
            lambda: cronbach_alpha(
                [[1.0, math.nan], [2.0, math.nan], [4.0, 1.0], [math.nan, 5.0], [math.nan, 3.0]], nan="pairwise"
            ),
            "no_common_units",
        ),
        (lambda: principal_components(sample(30, 1)), "one_column"),
        (lambda: principal_components([[1.0, math.nan], [2.0, 1.0], [3.0, 2.0]]), "not_finite"),
        (lambda: sampling_adequacy(DETERMINED), "no_inverse"),
        (lambda: sampling_adequacy(sample(5, 5)), "no_inverse"),
        (lambda: condition_number(DETERMINED), "no_inverse"),
        (lambda: condition_number(sample(5, 6)), "no_inverse"),
    ],
)
def test_faults_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


def test_order_of_units_and_indicators_does_not_matter() -> None:
    values = sample(50, 4)
    units, indicators = np.random.default_rng(1).permutation(50), [2, 0, 3, 1]
    moved = values[units][:, indicators]
    assert cronbach_alpha(moved).alpha == pytest.approx(cronbach_alpha(values).alpha, rel=1e-12)
    assert cronbach_alpha(moved).if_deleted == pytest.approx(cronbach_alpha(values).if_deleted[indicators], rel=1e-12)
    assert sampling_adequacy(moved).kmo_of == pytest.approx(sampling_adequacy(values).kmo_of[indicators], rel=1e-10)
    assert principal_components(moved).loadings == pytest.approx(principal_components(values).loadings[indicators])
    assert condition_number(moved) == pytest.approx(condition_number(values), rel=1e-10)
