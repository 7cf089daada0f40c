"""The entrance of all normalisations, min–max, distance to the maximum, and what holds for every normalisation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pymcdm.normalizations as pm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skcriteria import mkdm
from skcriteria.preprocessing.scalers import MinMaxScaler

from evalengine.errors import MethodError
from evalengine.methods.normalisation import distance_to_maximum, min_max
from evalengine.methods.normalisation_rank import borda, categorical, percentile, rank
from evalengine.methods.normalisation_ratio import fraction_of_maximum, sum_, vector
from evalengine.methods.normalisation_reference import distance_to_reference, distance_to_target, goalposts, scaled
from evalengine.methods.normalisation_spread import above_below_mean, logistic, robust_z, z_score
from evalengine.methods.registry import method


def to_targets(values: Any, directions: Any = None, **options: Any) -> Any:
    """Targets that are out of reach, whatever the direction."""
    signs = np.ones(np.shape(values)[1]) if directions is None else np.array(directions)
    return distance_to_target(values, directions, targets=np.where(signs > 0, 1000.0, 1e-3), **options)


ALL = {
    "min_max": min_max,
    "min_max 1..100": lambda *a, **k: min_max(*a, lower=1, upper=100, **k),
    "distance_to_maximum": distance_to_maximum,
    "scaled": scaled,
    "goalposts": lambda *a, **k: goalposts(*a, lower=1, upper=50, **k),
    "goalposts log": lambda *a, **k: goalposts(*a, lower=1, upper=50, logarithmic=True, capped=False, **k),
    "distance_to_target": to_targets,
    "fraction_of_maximum": fraction_of_maximum,
    "fraction, complement": lambda *a, **k: fraction_of_maximum(*a, cost="complement", **k),
    "vector": vector,
    "sum": sum_,
    "z_score": z_score,
    "robust_z": robust_z,
    "logistic": logistic,
    "above_below_mean": above_below_mean,
    "rank": rank,
    "borda": borda,
    "percentile": percentile,
    "categorical": categorical,
}
each = pytest.mark.parametrize("normalise", ALL.values(), ids=ALL)
SIZES = [(5, 3), (51, 49), (300, 7)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [[0, 1], [0.25, 0.5], [1, 0]]),
        ({"lower": 1, "upper": 100}, [[1, 100], [1 + 99 / 4, 1 + 99 / 2], [100, 1]]),
        ({"lower": -1, "upper": 1}, [[-1, 1], [-0.5, 0], [1, -1]]),
    ],
)
def test_min_max_worked(options: Any, expected: Any) -> None:
    result = min_max([[10, 4], [20, 6], [50, 8]], [1, -1], **options)
    assert result == pytest.approx(np.array(expected), rel=1e-15)


def test_extremes_are_exact() -> None:
    values = np.random.default_rng(0).normal(size=(1000, 20))
    result = min_max(values, lower=1, upper=100)
    assert (result.min(axis=0) == 1).all()
    assert (result.max(axis=0) == 100).all()


@pytest.mark.parametrize("shape", SIZES)
def test_min_max_equals_pymcdm(shape: Any) -> None:
    values = np.random.default_rng(1).lognormal(size=shape)
    directions = np.where(np.arange(shape[1]) % 3 == 0, -1, 1)
    expected = [pm.minmax_normalization(v, cost=bool(d < 0)) for v, d in zip(values.T, directions, strict=True)]
    assert min_max(values, directions) == pytest.approx(np.array(expected).T, rel=1e-12, abs=1e-12)
    assert distance_to_maximum(values, directions) == pytest.approx(np.array(expected).T, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("shape", SIZES)
def test_min_max_equals_scikit_criteria(shape: Any) -> None:
    values = np.random.default_rng(2).lognormal(size=shape)
    expected = MinMaxScaler(target="matrix").transform(mkdm(values, [1] * shape[1])).matrix.to_numpy()
    assert min_max(values) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_packages_disagree_on_a_constant_column() -> None:
    """pymcdm gives everybody the best score, scikit-criteria the worst, others raise: here the caller says."""
    values = np.array([[5.0, 1.0], [5.0, 2.0]])
    assert pm.minmax_normalization(values[:, 0]).tolist() == [1, 1] == min_max(values, constant=1)[:, 0].tolist()
    theirs = MinMaxScaler(target="matrix").transform(mkdm(values, [1, 1])).matrix.to_numpy()
    assert theirs[:, 0].tolist() == [0, 0] == min_max(values, constant=0)[:, 0].tolist()
    with pytest.raises(MethodError, match="sales") as error:
        min_max(values, columns=["sales", "cost"])
    assert error.value.code == "constant_column"


@pytest.mark.parametrize("normalise", [min_max, distance_to_maximum, z_score, robust_z, logistic])
def test_constant_means_equal_values_not_a_spread_of_zero(normalise: Any) -> None:
    """The standard deviation of six times 7.98 is 8.9e-16."""
    values = np.column_stack([np.full(6, 7.98), np.arange(6.0)])
    with pytest.raises(MethodError) as error:
        normalise(values)
    assert error.value.code == "constant_column"
    assert normalise(values, constant=0.5)[:, 0].tolist() == [0.5] * 6
    assert normalise(values, constant=0.5)[:, 1].tolist() == normalise(values[:, 1:])[:, 0].tolist()


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: min_max([[1, 2], [3, 4]], lower=1, upper=1), "out_of_range"),
        (lambda: min_max([[1, 2], [3, 4]], upper=math.inf), "out_of_range"),
        (lambda: min_max([[1, 2], [3, 3]], [1, 0]), "bad_direction"),
        (lambda: min_max([[1, 2], [3, 3]], ["max", "min"]), "not_numeric"),
        (lambda: min_max([[1, 2], [3, 3]], [1]), "wrong_length"),
        (lambda: min_max([[1, 2], [3, 2]], constant=math.nan), "out_of_range"),
        (lambda: min_max([[1, 2]]), "constant_column"),
        (lambda: min_max([[-1.7e308], [1.7e308]]), "overflow"),
        (lambda: min_max([[1.0, math.nan], [2.0, math.nan]], nan="keep"), "no_value"),
        (lambda: min_max([[1.0, math.nan], [2.0, 1.0]], nan="drop"), "bad_choice"),
    ],
)
def test_faults_of_the_call_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


VALUES = np.array([[3.0, 40.0, 2.0], [1.0, 20.0, 9.0], [7.0, 10.0, 4.0], [5.0, 33.0, 8.0], [6.0, 21.0, 5.0]])


@each
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_not_finite_raises_and_names_the_cell(normalise: Any, bad: Any) -> None:
    values = VALUES.copy()
    values[3, 1] = bad
    with pytest.raises(MethodError) as error:
        normalise(values, columns=["a", "b", "c"])
    assert error.value.code == "not_finite"
    assert (error.value.facts["column"], error.value.facts["unit"]) == ("b", 4)


@each
@pytest.mark.parametrize("directions", [[1, 1, 1], [-1, 1, -1]])
def test_kept_gaps_change_nothing_else(normalise: Any, directions: Any) -> None:
    values = np.vstack([VALUES, [math.nan, 22.0, 3.0]])
    result = normalise(values, directions, nan="keep")
    assert np.isnan(result).tolist() == np.isnan(values).tolist()
    assert result[:5, 0] == pytest.approx(normalise(values[:5, :1], directions[:1])[:, 0], rel=1e-14)


ABSOLUTE = {"scaled", "goalposts", "goalposts log", "distance_to_target"}


@pytest.mark.parametrize("name", [name for name in ALL if name not in ABSOLUTE])
@pytest.mark.parametrize("size", [1e-150, 1e150])
def test_extreme_sizes_stay_finite(name: Any, size: Any) -> None:
    assert ALL[name](VALUES * size) == pytest.approx(ALL[name](VALUES), rel=1e-12)


TABLE = arrays(np.float64, (7, 3), elements=st.integers(1, 400).map(lambda k: k / 8)).filter(
    lambda x: (np.ptp(x, axis=0) > 0).all() and all(np.median(np.abs(c - np.median(c))) > 0 for c in x.T)
)
DIRECTIONS = st.tuples(*[st.sampled_from([-1, 1])] * 3)


@each
@settings(max_examples=30, deadline=None)
@given(values=TABLE, directions=DIRECTIONS)
def test_what_holds_for_every_normalisation(normalise: Any, values: Any, directions: Any) -> None:
    before = values.copy()
    result = normalise(values, directions)
    assert result.shape == values.shape
    assert np.isfinite(result).all()
    assert (values == before).all()
    assert normalise(np.asfortranarray(values), directions).tolist() == result.tolist()
    order = [4, 1, 6, 0, 3, 5, 2]
    assert normalise(values[order], directions) == pytest.approx(result[order], rel=1e-12, abs=1e-12)
    for column, direction in enumerate(directions):
        better = np.subtract.outer(values[:, column], values[:, column]) * direction > 0
        gain = np.subtract.outer(result[:, column], result[:, column])
        assert (gain[better] >= -1e-12).all()
        equal = values[:, column][:, None] == values[:, column][None, :]
        assert (gain[equal] == 0).all()


NAMES = [
    "above_below_mean",
    "borda",
    "categorical",
    "distance_to_maximum",
    "distance_to_reference",
    "distance_to_target",
    "fraction_of_maximum",
    "goalposts",
    "logistic",
    "min_max",
    "percentile",
    "rank",
    "robust_z",
    "scaled",
    "sum",
    "vector",
    "z_score",
]


@pytest.mark.parametrize("name", NAMES)
def test_registered_and_only_stated_points_are_absolute(name: Any) -> None:
    assert method("normalisation", name).relative == (name not in {"goalposts", "scaled"})


def test_a_reference_unit_is_not_moved_by_anybody_better() -> None:
    values = VALUES.copy()
    before = distance_to_reference(values, unit=3)
    values[2, 0] *= 100
    assert distance_to_reference(values, unit=3)[3].tolist() == [1, 1, 1] == before[3].tolist()
