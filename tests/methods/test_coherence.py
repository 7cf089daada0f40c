"""Correlations and their p-values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from evalengine.errors import MethodError
from evalengine.methods.coherence import correlations
from evalengine.methods.registry import method

KINDS = ("pearson", "spearman", "kendall")
ORACLES = {
    "pearson": stats.pearsonr,
    "spearman": stats.spearmanr,
    "kendall": lambda x, y: stats.kendalltau(x, y, method="asymptotic"),
}


def sample(units: int, indicators: int, *, ties: bool, seed: int = 1) -> Any:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(units, indicators)) + rng.normal(size=(units, 1))
    return np.round(values * 2) if ties else values


@pytest.mark.parametrize("coefficient", KINDS)
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("units", [4, 10, 51, 500])
def test_equal_to_scipy(coefficient: Any, ties: Any, units: Any) -> None:
    values = sample(units, 4, ties=ties)
    result = correlations(values, coefficient=coefficient)
    for i in range(4):
        assert (result.coefficients[i, i], result.p_values[i, i]) == (1, 0)
        for j in range(i):
            expected = ORACLES[coefficient](values[:, i], values[:, j])
            assert result.coefficients[i, j] == pytest.approx(expected.statistic, abs=1e-12)
            assert result.p_values[i, j] == pytest.approx(expected.pvalue, rel=1e-8, abs=1e-14)
            assert result.coefficients[i, j] == result.coefficients[j, i]
            assert result.p_values[i, j] == result.p_values[j, i]
    assert (result.units == units).all()


@pytest.mark.parametrize("coefficient", KINDS)
def test_kendall_worked_and_perfect_order(coefficient: Any) -> None:
    values = [[1.0, 10.0, 9.0], [2.0, 20.0, 8.0], [3.0, 30.0, 5.0], [4.0, 40.0, 1.0]]
    found = correlations(values, coefficient=coefficient).coefficients
    assert found[0, 1] == pytest.approx(1, abs=1e-15)
    assert correlations([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0], [4.0, 4.0]], coefficient="kendall").coefficients[
        0, 1
    ] == pytest.approx((5 - 1) / 6, rel=1e-15)


def test_tau_b_is_not_tau_a() -> None:
    """With ties pymcdm's kendall_tau divides by all pairs (τ-a); τ-b leaves tied pairs out."""
    x, y = [1.0, 1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0]
    found = correlations(np.column_stack([x, y]), coefficient="kendall").coefficients[0, 1]
    assert found == pytest.approx(5 / math.sqrt((6 - 1) * 6), rel=1e-15)
    assert found != pytest.approx(5 / 6)


def test_float_noise_does_not_break_ties() -> None:
    exact = [[0.3, 1.0], [0.3, 2.0], [0.5, 3.0], [0.1, 0.0]]
    noisy = [[0.1 + 0.2, 1.0], [0.3, 2.0], [0.5, 3.0], [0.1, 0.0]]
    for coefficient in ("spearman", "kendall"):
        found = [correlations(v, coefficient=coefficient).coefficients[0, 1] for v in (exact, noisy)]
        assert found[0] == found[1]


@pytest.mark.parametrize("coefficient", ["spearman", "kendall"])
def test_a_column_of_float_noise_is_constant(coefficient: Any) -> None:
    with pytest.raises(MethodError, match="b") as error:
        correlations([[1, 0.3], [2, 0.1 + 0.2], [4, 0.3]], coefficient=coefficient, columns=["a", "b"])
    assert error.value.code == "constant_column"


@pytest.mark.parametrize("coefficient", KINDS)
def test_gaps_pair_by_pair(coefficient: Any) -> None:
    values = sample(40, 3, ties=True)
    values[[3, 9], 0] = math.nan
    values[[9, 20, 21], 2] = math.nan
    result = correlations(values, coefficient=coefficient, nan="pairwise")
    both = ~np.isnan(values[:, [0, 2]]).any(axis=1)
    expected = ORACLES[coefficient](values[both, 0], values[both, 2])
    assert result.coefficients[0, 2] == pytest.approx(expected.statistic, abs=1e-12)
    assert result.p_values[2, 0] == pytest.approx(expected.pvalue, rel=1e-8)
    assert result.units.tolist() == [[38, 38, 36], [38, 40, 37], [36, 37, 37]]


def test_large_offsets_keep_their_digits() -> None:
    values = sample(60, 3, ties=False)
    shifted = correlations(values + 1e9).coefficients
    assert shifted == pytest.approx(correlations(values).coefficients, abs=1e-6)
    assert correlations(values * 1e-160).coefficients == pytest.approx(correlations(values).coefficients, abs=1e-12)
    assert correlations(values * 1e307).coefficients == pytest.approx(correlations(values).coefficients, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: correlations([[1.0, 2.0], [2.0, 1.0]]), "too_few_values"),
        (lambda: correlations(np.column_stack([np.arange(6.0), np.full(6, 7.98)])), "constant_column"),
        (lambda: correlations(sample(9, 2, ties=False), coefficient="tau"), "bad_choice"),
        (lambda: correlations(sample(9, 2, ties=False), nan="drop"), "bad_choice"),
        (lambda: correlations([[1.0, math.nan], [2.0, 1.0], [3.0, 1.0]]), "not_finite"),
        (lambda: correlations([[1.0, math.inf], [2.0, 1.0], [3.0, 1.0]], nan="pairwise"), "not_finite"),
        (
            lambda: correlations(
                [[1.0, math.nan], [2.0, 1.0], [3.0, 1.0], [3.0, 2.0], [math.nan, 1.0]], nan="pairwise"
            ),
            None,
        ),
        (
            lambda: correlations([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0], [2.0, math.nan]], nan="pairwise"),
            "constant_column",
        ),
    ],
)
def test_faults_are_refused(call: Any, code: Any) -> None:
    if code is None:
        assert np.isfinite(call().coefficients).all()
        return
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


def test_the_constant_column_of_a_pair_is_named() -> None:
    with pytest.raises(MethodError, match="sales"):
        correlations([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0], [2.0, math.nan]], nan="pairwise", columns=["sales", "cost"])


@pytest.mark.parametrize("coefficient", KINDS)
@settings(max_examples=40, deadline=None)
@given(values=arrays(np.float64, (8, 3), elements=st.integers(-5, 5)).filter(lambda x: (np.ptp(x, axis=0) > 0).all()))
def test_what_holds_for_any_data(coefficient: Any, values: Any) -> None:
    result = correlations(values, coefficient=coefficient)
    assert (np.abs(result.coefficients) <= 1).all()
    assert (result.p_values >= 0).all()
    assert (result.p_values <= 1).all()
    order = [5, 2, 7, 0, 1, 6, 3, 4]
    again = correlations(values[order], coefficient=coefficient).coefficients
    assert again == pytest.approx(result.coefficients, abs=1e-12)
    turned = correlations(values * [1, -3, 2] + [0, 5, 1], coefficient=coefficient).coefficients
    signs = np.array([1, -1, 1])
    assert turned == pytest.approx(result.coefficients * np.outer(signs, signs), abs=1e-12)


@pytest.mark.parametrize(
    "name",
    [
        "correlations",
        "cronbach_alpha",
        "principal_components",
        "sampling_adequacy",
        "condition_number",
        "dimension_fit",
        "redundancy",
    ],
)
def test_registered(name: Any) -> None:
    assert method("coherence", name).summary
