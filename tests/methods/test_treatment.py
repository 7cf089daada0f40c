"""Logarithms, percentile caps and the record of a treatment."""

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
from evalengine.methods.registry import method
from evalengine.methods.treatment import logarithm, percentile_caps, shape
from evalengine.methods.treatment_power import box_cox, yeo_johnson
from evalengine.methods.treatment_rule import skewness_kurtosis

COLUMN = [[1.0], [2.0], [5.0], [50.0]]
ALL = {
    "logarithm": logarithm,
    "logarithm, signed": lambda x, **k: logarithm(x, variant="signed", **k),
    "logarithm, plus_one": lambda x, **k: logarithm(x, variant="plus_one", **k),
    "logarithm, natural": lambda x, **k: logarithm(x, variant="natural", **k),
    "percentile_caps": percentile_caps,
    "box_cox": lambda x, **k: box_cox(x, exponent=0.3, **k),
    "yeo_johnson": lambda x, **k: yeo_johnson(x, exponent=0.3, **k),
    "skewness_kurtosis": skewness_kurtosis,
    "skewness_kurtosis, one point": lambda x, **k: skewness_kurtosis(x, points=1, **k),
    "skewness_kurtosis, combined": lambda x, **k: skewness_kurtosis(x, points=1, then="signed", combine=True, **k),
    "skewness_kurtosis, forced": lambda x, **k: skewness_kurtosis(
        x, override=["winsorise", "shifted", "none"][: np.shape(x)[1]], **k
    ),
}
each = pytest.mark.parametrize("treat", ALL.values(), ids=ALL)


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("natural", [math.log(k) for k in (1, 2, 5, 50)]),
        ("plus_one", [math.log(k) for k in (1, 2, 5, 50)]),
        ("shifted", [math.log(k - 1 + 0.49) for k in (1, 2, 5, 50)]),
        ("signed", [math.log(k - 1 + 0.49) for k in (1, 2, 5, 50)]),
    ],
)
def test_logarithms_worked(variant: Any, expected: Any) -> None:
    result = logarithm(COLUMN, variant=variant)
    assert result.values[:, 0] == pytest.approx(expected, rel=1e-14)
    assert result.reports[0].rule == variant


def test_signed_logarithm_of_a_left_tail_is_mirrored() -> None:
    values = np.array([[-1.0], [-2.0], [-5.0], [-50.0]])
    result = logarithm(values, variant="signed").values[:, 0]
    assert result == pytest.approx([-math.log(-1 - k + 0.49) for k in (-1, -2, -5, -50)], rel=1e-14)


def test_percentile_caps_worked() -> None:
    values = np.arange(101.0)[:, None]
    result = percentile_caps(values, lower=10, upper=95)
    assert result.values[:, 0].tolist() == [10.0] * 10 + list(range(10, 96)) + [95.0] * 5
    assert result.moves.unit.tolist() == [*range(10), *range(96, 101)]
    assert result.moves.before.tolist() == [*range(10), *range(96, 101)]
    assert result.moves.after.tolist() == [10] * 10 + [95] * 5


@pytest.mark.parametrize("size", [4, 7, 51, 1000])
def test_shape_is_that_of_spreadsheets(size: Any) -> None:
    values = np.random.default_rng(size).lognormal(size=size)
    found = shape(values)
    assert found.skewness == pytest.approx(stats.skew(values, bias=False), rel=1e-10)
    assert found.kurtosis == pytest.approx(stats.kurtosis(values, bias=False), rel=1e-10, abs=1e-10)
    tiny = shape(values * 1e-160)
    assert (tiny.skewness, tiny.kurtosis) == pytest.approx((found.skewness, found.kurtosis), rel=1e-10)


def test_shape_of_the_undefined_is_none() -> None:
    assert shape(np.array([1.0, 2.0, 3.0])) is None
    assert shape(np.full(6, 7.98)) is None


TABLE = np.random.default_rng(1).lognormal(sigma=2, size=(30, 3))


@each
def test_the_record_is_complete(treat: Any) -> None:
    before = TABLE.copy()
    result = treat(TABLE)
    assert (before == TABLE).all()
    rebuilt = TABLE.copy()
    rebuilt[result.moves.unit, result.moves.column] = result.moves.after
    assert rebuilt.tolist() == result.values.tolist()
    assert TABLE[result.moves.unit, result.moves.column].tolist() == result.moves.before.tolist()
    assert [report.moved for report in result.reports] == (result.values != TABLE).sum(axis=0).tolist()
    for j, report in enumerate(result.reports):
        assert report.column == j
        assert report.before == shape(TABLE[:, j])
        assert report.after == shape(np.ascontiguousarray(result.values[:, j]))


@each
def test_gaps_are_kept_and_do_not_count(treat: Any) -> None:
    values = np.insert(TABLE, 4, math.nan, axis=0)
    result = treat(values, nan="keep")
    assert np.isnan(result.values[4]).all()
    assert np.delete(result.values, 4, axis=0).tolist() == treat(TABLE).values.tolist()
    assert 4 not in result.moves.unit


@each
@pytest.mark.parametrize(("bad", "options"), [(math.nan, {}), (math.inf, {}), (math.inf, {"nan": "keep"})])
def test_not_finite_raises(treat: Any, bad: Any, options: Any) -> None:
    values = TABLE.copy()
    values[2, 1] = bad
    with pytest.raises(MethodError) as error:
        treat(values, columns=["a", "b", "c"], **options)
    assert (error.value.code, error.value.facts["column"]) == ("not_finite", "b")


@each
@settings(max_examples=30, deadline=None)
@given(
    values=arrays(np.float64, (9, 2), elements=st.integers(1, 10**6)).filter(lambda x: (np.ptp(x, axis=0) > 0).all())
)
def test_order_is_kept(treat: Any, values: Any) -> None:
    result = treat(values).values
    assert np.isfinite(result).all()
    for given_, treated in zip(values.T, result.T, strict=True):
        order = np.argsort(given_, kind="stable")
        assert (np.diff(treated[order]) >= -1e-12 * np.abs(treated).max()).all()
    units = [3, 0, 8, 5, 1, 7, 2, 6, 4]
    assert treat(values[units]).values == pytest.approx(result[units], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: logarithm([[1.0], [0.0]], variant="natural"), "outside_domain"),
        (lambda: logarithm([[1.0], [-1.0]], variant="natural"), "outside_domain"),
        (lambda: logarithm([[1.0], [1.0]]), "constant_column"),
        (lambda: logarithm([[1.0], [1.0]], variant="signed"), "constant_column"),
        (lambda: logarithm([[-1.7e308], [1.7e308]]), "overflow"),
        (lambda: logarithm(COLUMN, variant="log10"), "bad_choice"),
        (lambda: logarithm([[math.nan]], nan="keep"), "no_value"),
        (lambda: percentile_caps(COLUMN, lower=50, upper=40), "out_of_range"),
        (lambda: percentile_caps(COLUMN, lower=-1), "out_of_range"),
        (lambda: percentile_caps(COLUMN, upper=101), "out_of_range"),
        (lambda: percentile_caps([[-1.7e308], [1.7e308]]), "overflow"),
    ],
)
def test_faults_of_the_call_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


@pytest.mark.parametrize("name", ["skewness_kurtosis", "logarithm", "percentile_caps", "box_cox", "yeo_johnson"])
def test_registered(name: Any) -> None:
    assert "nan" in method("treatment", name).parameters
