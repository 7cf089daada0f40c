"""Node means: worked cases, domains, missing entries, and what must hold for any data."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evalengine.errors import MethodError
from evalengine.methods.aggregation import arithmetic, geometric, harmonic, minimum, power
from evalengine.methods.registry import method

MEANS = {
    "arithmetic": arithmetic,
    "geometric": geometric,
    "harmonic": harmonic,
    "power 3": lambda *a, **k: power(*a, p=3, **k),
    "power -2": lambda *a, **k: power(*a, p=-2, **k),
    "power 0": lambda *a, **k: power(*a, p=0, **k),
    "minimum": minimum,
}
each_mean = pytest.mark.parametrize("mean", MEANS.values(), ids=MEANS)


@pytest.mark.parametrize(
    ("function", "options", "row", "weights", "expected"),
    [
        (arithmetic, {}, [1, 2, 4], None, 7 / 3),
        (arithmetic, {}, [1, 2, 4], [2, 1, 1], (2 * 1 + 2 + 4) / 4),
        (arithmetic, {}, [-3, 0, 9], [1, 1, 2], (-3 + 0 + 18) / 4),
        (geometric, {}, [1, 2, 4], None, 2),
        (geometric, {}, [21, 1, 1, 1], None, 21**0.25),  # OECD/JRC handbook: 2.14 where the linear mean is 6
        (geometric, {}, [6, 6, 6, 6], None, 6),
        (geometric, {}, [2, 8], [3, 1], 2**0.75 * 8**0.25),
        (harmonic, {}, [1, 2, 4], None, 3 / (1 + 1 / 2 + 1 / 4)),
        (harmonic, {}, [40, 60], [1, 2], 3 / (1 / 40 + 2 / 60)),
        (power, {"p": 2}, [1, 7], None, math.sqrt((1 + 49) / 2)),
        (power, {"p": 2}, [0, 0], None, 0),
        (power, {"p": 0.5}, [0, 4], [1, 3], (0.75 * 2) ** 2),
        (power, {"p": -1}, [1, 2, 4], None, 12 / 7),
        (power, {"p": 1}, [1, 2, 4], None, 7 / 3),
        (power, {"p": 0}, [1, 2, 4], None, 2),
        (power, {"p": 1e-14}, [1, 2, 4], None, 2),  # (mean of x^p)^(1/p) gives 2.02 here
        (power, {"p": -1e-14}, [1, 2, 4], None, 2),
        (power, {"p": 900}, [1, 2, 4], None, 4 * 3 ** (-1 / 900)),
        (power, {"p": -900}, [1, 2, 4], None, 3 ** (1 / 900)),
        (minimum, {}, [5, -2, 3], [1, 8, 1], -2),
        (minimum, {}, [5, -2, 3], [1, 0, 1], 3),  # a weight of 0 leaves the indicator out
    ],
)
def test_worked_cases(function: Any, options: Any, row: Any, weights: Any, expected: Any) -> None:
    assert function([row], weights, **options) == pytest.approx([expected], rel=1e-15)


def test_handbook_profiles_differ_only_without_full_compensation() -> None:
    profiles = [[21, 1, 1, 1], [6, 6, 6, 6]]
    assert arithmetic(profiles).tolist() == [6, 6]
    assert geometric(profiles) == pytest.approx([2.14, 6], abs=0.005)


@each_mean
def test_weight_of_zero_is_dropping_the_indicator(mean: Any) -> None:
    scores = np.array([[3.0, 9.0, 4.0], [5.0, 1.0, 2.0]])
    assert mean(scores, [1, 0, 3]).tolist() == mean(scores[:, [0, 2]], [1, 3]).tolist()


@each_mean
def test_skipping_is_removing_the_entry_with_its_weight(mean: Any) -> None:
    scores = np.array([[3.0, math.nan, 4.0], [5.0, 1.0, 2.0]])
    result = mean(scores, [1, 5, 3], nan="skip")
    assert result[0] == pytest.approx(mean([[3.0, 4.0]], [1, 3])[0], rel=1e-15)
    assert result[1] == mean(scores[1:], [1, 5, 3])[0]


@each_mean
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_not_finite_raises_and_names_the_cell(mean: Any, bad: Any) -> None:
    with pytest.raises(MethodError, match=r"cost.*2") as error:
        mean([[1.0, 2.0], [3.0, bad]], columns=["sales", "cost"])
    assert error.value.code == "not_finite"
    assert error.value.facts["unit"] == 2


@each_mean
def test_unit_without_entry_raises(mean: Any) -> None:
    with pytest.raises(MethodError) as error:
        mean([[1.0, 2.0], [math.nan, 4.0]], [1, 0], nan="skip")
    assert error.value.code == "no_entry"
    assert error.value.facts["unit"] == 2


@pytest.mark.parametrize(
    ("function", "options", "value"),
    [
        (geometric, {}, 0.0),
        (geometric, {}, -1.0),
        (harmonic, {}, 0.0),
        (harmonic, {}, -1.0),
        (power, {"p": 2}, -1.0),
        (power, {"p": 0}, 0.0),
        (power, {"p": -2}, 0.0),
    ],
)
def test_outside_the_domain_raises_and_names_the_cell(function: Any, options: Any, value: Any) -> None:
    with pytest.raises(MethodError) as error:
        function([[1.0, 2.0, 3.0], [1.0, 2.0, value]], [1, 0, 1], columns=["a", "b", "c"], **options)
    assert error.value.code == "outside_domain"
    assert (error.value.facts["column"], error.value.facts["unit"]) == ("c", 2)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: arithmetic([[1, 2]], [1, -1]), "negative_weight"),
        (lambda: arithmetic([[1, 2]], [0, 0]), "zero_weights"),
        (lambda: arithmetic([[1, 2]], [1, math.nan]), "not_finite"),
        (lambda: arithmetic([[1, 2]], [1]), "wrong_length"),
        (lambda: arithmetic([1, 2]), "not_a_matrix"),
        (lambda: arithmetic(np.zeros((0, 2))), "not_a_matrix"),
        (lambda: arithmetic([["a", "b"]]), "not_numeric"),
        (lambda: arithmetic([[1, 2]], nan="drop"), "bad_choice"),
        (lambda: power([[1, 2]], p=math.inf), "out_of_range"),
        (lambda: power([[1, 2]], p=math.nan), "out_of_range"),
    ],
)
def test_faults_of_the_call_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


@each_mean
@pytest.mark.parametrize("size", [1e-300, 1e-150, 1e150, 1.7e308])
def test_extreme_values_stay_in_range(mean: Any, size: Any) -> None:
    result = mean(np.full((2, 2000), size))
    assert result.tolist() == [size, size]


@each_mean
def test_extreme_ratios_stay_in_range(mean: Any) -> None:
    result = mean([[1e-300, 1e300], [1e-300, 1e-300]])
    assert 1e-300 <= result[0] <= 1e300
    assert result[1] == 1e-300


SCORES = arrays(np.float64, (6, 4), elements=st.floats(0.01, 1e6))
WEIGHTS = arrays(np.float64, 4, elements=st.floats(0.01, 10))


@each_mean
@settings(max_examples=40, deadline=None)
@given(scores=SCORES, weights=WEIGHTS)
def test_what_holds_for_every_mean(mean: Any, scores: Any, weights: Any) -> None:
    before = scores.copy()
    result = mean(scores, weights)
    assert (scores == before).all()
    assert (result >= scores.min(axis=1)).all()
    assert (result <= scores.max(axis=1)).all()
    assert mean(np.asfortranarray(scores), weights).tolist() == result.tolist()
    order = np.array([3, 0, 5, 1, 4, 2])
    assert mean(scores[order], weights).tolist() == result[order].tolist()
    columns = np.array([2, 0, 3, 1])
    assert mean(scores[:, columns], weights[columns]) == pytest.approx(result, rel=1e-12)
    assert mean(scores, 5 * weights) == pytest.approx(result, rel=1e-12)
    assert mean(3 * scores, weights) == pytest.approx(3 * result, rel=1e-12)
    better = scores.copy()
    better[:, 1] *= 1.5
    assert (mean(better, weights) >= result * (1 - 1e-12)).all()


@settings(max_examples=40, deadline=None)
@given(scores=SCORES, weights=WEIGHTS)
def test_means_are_ordered_by_their_exponent(scores: Any, weights: Any) -> None:
    rising = [
        minimum(scores, weights),
        power(scores, weights, p=-3),
        harmonic(scores, weights),
        geometric(scores, weights),
        arithmetic(scores, weights),
        power(scores, weights, p=2),
    ]
    for low, high in itertools.pairwise(rising):
        assert (low <= high * (1 + 1e-12)).all()


@pytest.mark.parametrize("name", ["arithmetic", "geometric", "harmonic", "power", "minimum"])
def test_registered_as_absolute(name: Any) -> None:
    found = method("aggregation", name)
    assert not found.relative
    assert "nan" in found.parameters
