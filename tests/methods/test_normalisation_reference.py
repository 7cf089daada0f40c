"""Normalisation against stated points."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.normalisation_reference import distance_to_reference, distance_to_target, goalposts, scaled


def test_goalposts_of_the_human_development_index() -> None:
    """UNDP: life expectancy 20–85, expected schooling 0–18, mean schooling 0–15, income 100–75,000 in logarithms."""
    values = [[71.3, 12.2, 7.9, 9766], [83.2, 18.7, 13.0, 80000]]
    result = goalposts(
        values, lower=[20, 0, 0, 100], upper=[85, 18, 15, 75000], logarithmic=[False, False, False, True]
    )
    income = (math.log(9766) - math.log(100)) / (math.log(75000) - math.log(100))
    assert result == pytest.approx(
        np.array([[51.3 / 65, 12.2 / 18, 7.9 / 15, income], [63.2 / 65, 1, 13 / 15, 1]]), rel=1e-14
    )


@pytest.mark.parametrize(
    ("direction", "capped", "expected"),
    [(1, True, [0, 40, 100]), (1, False, [-10, 40, 110]), (-1, True, [100, 60, 0]), (-1, False, [110, 60, -10])],
)
def test_goalposts_cap_and_direction(direction: Any, capped: Any, expected: Any) -> None:
    values = [[15.0], [40.0], [75.0]]
    result = goalposts(values, [direction], lower=20, upper=70, capped=capped, scale=100)
    assert result[:, 0] == pytest.approx(expected, rel=1e-14)


def test_logarithmic_goalposts_of_a_cost() -> None:
    result = goalposts([[1.0], [10.0], [100.0]], [-1], lower=1, upper=100, logarithmic=True)
    assert result[:, 0] == pytest.approx([1, 0.5, 0], abs=1e-15)


def test_posts_themselves_are_exact() -> None:
    result = goalposts([[0.1], [0.7]], lower=0.1, upper=0.7, scale=100)
    assert result[:, 0].tolist() == [0, 100]


def test_scaled_worked() -> None:
    values = [[30.0, 30.0], [130.0, 130.0]]
    result = scaled(values, [1, -1], lower=[0, 20], upper=[100, 120], scale=10)
    assert result == pytest.approx(np.array([[3, 9], [13, -1]]), rel=1e-14)


def test_scaled_takes_points_in_the_units_of_the_data() -> None:
    """COINr's n_scaled takes them in those of the negated costs: its points 0 and 100 are −100 and 0 here."""
    found = scaled([[30.0], [130.0]], [-1], lower=-100, upper=0, scale=100)
    assert found == pytest.approx(np.array([[-30.0], [-130.0]]), rel=1e-14)


def test_distance_to_reference_worked() -> None:
    values = [[10.0, 5.0], [20.0, 3.0], [40.0, 1.0]]
    result = distance_to_reference(values, [1, -1], unit=1)
    assert result == pytest.approx(np.array([[0, 0], [1, 1], [3, 2]]), rel=1e-14)
    assert distance_to_reference(values, [1, -1], unit=1, capped=True).max() == 1


def test_distance_to_target_worked() -> None:
    values = [[10.0, 5.0], [20.0, 3.0], [40.0, 1.0]]
    result = distance_to_target(values, [1, -1], targets=[30, 2])
    assert result == pytest.approx(np.array([[0, 0], [0.5, 2 / 3], [1.5, 4 / 3]]), rel=1e-14)
    assert distance_to_target(values, [1, -1], targets=[30, 2], capped=True).max() == 1


def test_a_constant_column_short_of_its_target_scores_zero() -> None:
    assert distance_to_target([[5.0], [5.0]], targets=8).tolist() == [[0], [0]]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: goalposts([[1.0]], lower=2, upper=2), "bad_setting"),
        (lambda: goalposts([[1.0]], lower=3, upper=2), "bad_setting"),
        (lambda: goalposts([[1.0, 2.0]], lower=[0, 0, 0], upper=3), "wrong_length"),
        (lambda: goalposts([[1.0]], lower=0, upper=3, logarithmic=True), "bad_setting"),
        (lambda: goalposts([[0.0]], lower=1, upper=3, logarithmic=True), "outside_domain"),
        (lambda: goalposts([[1.0]], lower=math.nan, upper=3), "not_finite"),
        (lambda: goalposts([[1.0]], lower=0, upper=3, scale=0), "out_of_range"),
        (lambda: goalposts([[1.0]], lower=-1.7e308, upper=1.7e308), "overflow"),
        (lambda: scaled([[1e308]], lower=0, upper=1e-10), "overflow"),
        (lambda: scaled([[1.0]], lower=0, upper=0), "bad_setting"),
        (lambda: distance_to_reference([[1.0], [2.0]], unit=2), "out_of_range"),
        (lambda: distance_to_reference([[1.0], [2.0]], unit=-1), "out_of_range"),
        (lambda: distance_to_reference([[1.0], [2.0]], unit=0), "reference_worst"),
        (lambda: distance_to_reference([[1.0]], unit=0), "reference_worst"),
        (lambda: distance_to_reference([[1.0, math.nan], [2.0, 3.0]], unit=0, nan="keep"), "reference_missing"),
        (lambda: distance_to_target([[1.0], [2.0]], targets=1), "target_not_better"),
        (lambda: distance_to_target([[1.0], [2.0]], [-1], targets=3), "target_not_better"),
    ],
)
def test_faults_of_the_call_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


def test_a_column_by_its_name() -> None:
    with pytest.raises(MethodError, match="income"):
        goalposts([[1.0, 1.0]], lower=[0, 5], upper=5, columns=["age", "income"])
