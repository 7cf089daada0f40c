"""Imputation from the column, the group, the row; flags and reliability."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evalengine.errors import MethodError
from evalengine.methods.imputation import by_group, by_row, constant, mean, median
from evalengine.methods.imputation_models import expectation_maximisation, k_nearest
from evalengine.methods.imputation_time import last_observation, linear
from evalengine.methods.registry import method

GAP = math.nan
TABLE = np.array([[1.0, 10.0, 5.0], [2.0, GAP, 1.0], [6.0, 40.0, GAP], [GAP, 20.0, 3.0]])


def rows_of(values: Any) -> dict[str, Any]:
    return {"units": [k % 4 for k in range(len(values))], "times": [k // 4 for k in range(len(values))]}


ALL = {
    "mean": mean,
    "median": median,
    "by_group": lambda x, **k: by_group(x, groups=[0] * len(x), **k),
    "by_row": lambda x, **k: by_row(x, [1, -1, 1], **k),
    "constant": lambda x, **k: constant(x, value=7.0, **k),
    "last_observation": lambda x, **k: last_observation(x, backfill=True, **rows_of(x), **k),
    "linear": lambda x, **k: linear(x, **rows_of(x), **k),
    "expectation_maximisation": lambda x, **k: expectation_maximisation(x, ridge=0.1, **k),
    "k_nearest": lambda x, **k: k_nearest(x, k=2, **k),
}
each = pytest.mark.parametrize("impute", ALL.values(), ids=ALL)


@pytest.mark.parametrize(
    ("result", "filled"),
    [
        (mean(TABLE), [(1 + 2 + 6) / 3, (10 + 40 + 20) / 3, (5 + 1 + 3) / 3]),
        (median(TABLE), [2, 20, 3]),
        (by_group(TABLE, groups=["a", "b", "a", "b"]), [2, 20, 5]),
        (by_group(TABLE, groups=["a", "a", "a", "a"], statistic="median"), [2, 20, 3]),
        (constant(TABLE, value=0), [0, 0, 0]),
        (constant(TABLE, value=[1, 2, 3]), [1, 2, 3]),
        # scores by column 0, 1/5, 1, – · 0, –, 1, 1/3 · 1, 0, –, 1/2
        (by_row(TABLE), [1 + 5 * (1 / 3 + 1 / 2) / 2, 10 + 30 * (1 / 5 + 0) / 2, 1 + 4 * 1]),
        # column 1 turned: 1, –, 0, 2/3
        (by_row(TABLE, [1, -1, 1]), [1 + 5 * (2 / 3 + 1 / 2) / 2, 40 - 30 * (1 / 5) / 2, 1 + 4 * (1 + 0) / 2]),
        (by_row(TABLE, dimensions=["x", "x", "x"], statistic="median"), [1 + 5 * 5 / 12, 10 + 3, 5]),
    ],
)
def test_worked(result: Any, filled: Any) -> None:
    assert [result.values[3, 0], result.values[1, 1], result.values[2, 2]] == pytest.approx(filled, rel=1e-14)
    assert result.flags.tolist() == np.isnan(TABLE).tolist()
    assert result.values[~result.flags].tolist() == TABLE[~result.flags].tolist()


def test_row_mean_stays_inside_the_dimension() -> None:
    with pytest.raises(MethodError) as error:
        by_row(TABLE, dimensions=["x", "x", "y"], columns=["a", "b", "c"])
    assert error.value.code == "cannot_impute"
    assert (error.value.facts["column"], error.value.facts["unit"]) == ("c", 3)


WIDE = np.random.default_rng(2).lognormal(size=(24, 3))
WIDE[[3, 8, 17], [0, 1, 2]] = GAP


@each
def test_known_cells_stay_and_gaps_are_flagged(impute: Any) -> None:
    before = WIDE.copy()
    result = impute(WIDE, rounds=50)
    assert np.array_equal(WIDE, before, equal_nan=True)
    assert np.isfinite(result.values).all()
    assert result.flags.tolist() == np.isnan(WIDE).tolist()
    assert result.values[~result.flags].tolist() == WIDE[~result.flags].tolist()
    assert [(found.column, found.imputed, found.tested) for found in result.reliability] == [
        (j, 1, 23) for j in range(3)
    ]


@each
def test_nothing_missing_changes_nothing(impute: Any) -> None:
    full = np.nan_to_num(WIDE, nan=1.5)
    result = impute(full)
    assert result.values.tolist() == full.tolist()
    assert result.values is not full
    assert not result.flags.any()
    assert result.reliability == ()


@each
def test_infinite_is_not_missing(impute: Any) -> None:
    values = WIDE.copy()
    values[5, 1] = math.inf
    with pytest.raises(MethodError) as error:
        impute(values, columns=["a", "b", "c"])
    assert error.value.code == "not_finite"
    assert error.value.facts["column"] == "b"


@pytest.mark.parametrize("name", [name for name in ALL if name != "constant"])
def test_a_column_without_any_value_raises(name: Any) -> None:
    values = WIDE.copy()
    values[:, 2] = GAP
    with pytest.raises(MethodError) as error:
        ALL[name](values, columns=["a", "b", "c"])
    assert error.value.code in {"cannot_impute", "few_values"}
    assert error.value.facts["column"] == "c"


@pytest.mark.parametrize("name", [name for name in ALL if name not in {"last_observation", "linear"}])
def test_order_of_units_does_not_matter(name: Any) -> None:
    order = np.random.default_rng(5).permutation(24)
    assert ALL[name](WIDE[order]).values == pytest.approx(ALL[name](WIDE).values[order], rel=1e-7)


@pytest.mark.parametrize("name", ["mean", "median", "by_group", "by_row", "k_nearest", "linear"])
@settings(max_examples=25, deadline=None)
@given(
    values=arrays(np.float64, (12, 3), elements=st.integers(-20, 20).map(float)),
    gaps=arrays(np.bool_, (12, 3), elements=st.sampled_from([False, False, False, True])),
)
def test_filled_values_stay_within_the_known_ones(name: Any, values: Any, gaps: Any) -> None:
    gaps[:4], gaps[:, 0] = False, False
    holed = np.where(gaps, GAP, values)
    result = ALL[name](holed, rounds=0).values
    assert (result <= np.fmax.reduce(holed, axis=0) + 1e-9).all()
    assert (result >= np.fmin.reduce(holed, axis=0) - 1e-9).all()


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: mean(TABLE, rounds=-1), "out_of_range"),
        (lambda: mean([["a"]]), "not_numeric"),
        (lambda: by_group(TABLE, groups=[1, 2]), "wrong_length"),
        (lambda: by_group(TABLE, groups=[1, 2, 3, 4]), "cannot_impute"),
        (lambda: by_group(TABLE, groups=[1] * 4, statistic="mode"), "bad_choice"),
        (lambda: by_row(TABLE, statistic="mode"), "bad_choice"),
        (lambda: by_row(TABLE, [1, 0, 1]), "bad_direction"),
        (lambda: by_row(TABLE, dimensions=["x"]), "wrong_length"),
        (lambda: constant(TABLE, value=[1, 2]), "wrong_length"),
        (lambda: constant(TABLE, value=GAP), "not_finite"),
    ],
)
def test_faults_of_the_call_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


@pytest.mark.parametrize("name", ALL)
def test_registered(name: Any) -> None:
    assert "rounds" in method("imputation", name).parameters


@each
def test_values_beyond_double_precision_are_refused(impute: Any) -> None:
    values = np.nan_to_num(WIDE, nan=1.5)
    values[2, 1] = 1.5e308
    with pytest.raises(MethodError) as error:
        impute(values, columns=["a", "b", "c"])
    assert (error.value.code, error.value.facts["column"]) == ("overflow", "b")


@each
@pytest.mark.parametrize("rounds", [None, "3", 2.5, -1, [3], math.nan])
def test_rounds_of_the_wrong_kind_are_refused(impute: Any, rounds: Any) -> None:
    with pytest.raises(MethodError) as error:
        impute(WIDE, rounds=rounds)
    assert error.value.code == "out_of_range"


@each
def test_masked_cells_are_gaps(impute: Any) -> None:
    masked = np.ma.array(np.nan_to_num(WIDE, nan=1e6), mask=np.isnan(WIDE))
    assert impute(masked, rounds=0).values.tolist() == impute(WIDE, rounds=0).values.tolist()


@pytest.mark.parametrize(
    "call",
    [
        lambda: by_group(TABLE, groups=None),
        lambda: by_group(TABLE, groups=[["a"], "b", "c", "d"]),
        lambda: by_group([[1.0, 2.0], [3.0]], groups=["a", "b"]),
        lambda: by_row(TABLE, dimensions=3),
        lambda: by_row(TABLE, statistic=["mean"]),
        lambda: constant(TABLE, value=None),
        lambda: constant(TABLE, value="x"),
        lambda: linear(TABLE, units=None, times=[1, 2, 3, 4]),
        lambda: linear(TABLE, units=[1, 1, 1, 1], times=None),
        lambda: expectation_maximisation(TABLE, ridge=None),
        lambda: expectation_maximisation(TABLE, iterations="x"),
        lambda: k_nearest(TABLE, k=None),
    ],
)
def test_settings_of_the_wrong_type_are_refused(call: Any) -> None:
    with pytest.raises(MethodError):
        call()
