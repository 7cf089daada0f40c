"""Imputation over years."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.imputation_time import last_observation, linear

GAP = math.nan
UNITS = ["a", "a", "a", "a", "b", "b", "b"]
YEARS = [2018, 2019, 2021, 2022, 2020, 2021, 2022]
VALUES = np.array([[1.0], [GAP], [7.0], [GAP], [GAP], [5.0], [GAP]])


def test_linear_counts_the_years_between() -> None:
    result = linear(VALUES, units=UNITS, times=YEARS)
    assert result.values[:, 0] == pytest.approx([1, 1 + 6 / 3, 7, 7, 5, 5, 5], rel=1e-15)
    assert result.flags[:, 0].tolist() == [False, True, False, True, True, False, True]


def test_last_observation_carries_forward_only() -> None:
    assert last_observation(VALUES, units=UNITS, times=YEARS, backfill=True).values[:, 0].tolist() == [
        1,
        1,
        7,
        7,
        5,
        5,
        5,
    ]
    with pytest.raises(MethodError, match="gdp") as error:
        last_observation(VALUES, units=UNITS, times=YEARS, columns=["gdp"])
    assert (error.value.code, error.value.facts["unit"]) == ("cannot_impute", 5)


@pytest.mark.parametrize("seed", range(5))
def test_order_of_rows_does_not_matter(seed: Any) -> None:
    """COINr writes imputed columns in sorted order beside columns in the old one."""
    order = np.random.default_rng(seed).permutation(7)
    units, years = [UNITS[k] for k in order], [YEARS[k] for k in order]
    for function, options in ((linear, {}), (last_observation, {"backfill": True})):
        expected = function(VALUES, units=UNITS, times=YEARS, **options).values[order]
        assert function(VALUES[order], units=units, times=years, **options).values.tolist() == expected.tolist()


def test_reliability_of_a_straight_line_is_exact_inside() -> None:
    years = np.arange(10)
    values = np.column_stack([3.0 * years + 1])
    values[4] = GAP
    found = linear(values, units=["a"] * 10, times=years).reliability[0]
    assert found.tested == 9
    assert found.error == pytest.approx(math.sqrt((3**2 + 3**2) / 9), rel=1e-12)  # only the two ends miss, by one step


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: linear([[1.0], [2.0]], units=["a", "a"], times=[2020, 2020]), "twice"),
        (lambda: linear([[1.0], [2.0]], units=["a"], times=[2020, 2021]), "wrong_length"),
        (lambda: linear([[1.0], [2.0]], units=["a", "a"], times=[2020]), "wrong_length"),
        (lambda: linear([[1.0], [2.0]], units=["a", "a"], times=[2020, GAP]), "not_finite"),
        (lambda: linear([[1.0], [GAP]], units=["a", "b"], times=[2020, 2020]), "cannot_impute"),
    ],
)
def test_faults_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code
