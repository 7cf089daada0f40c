"""How far imputed values can be trusted."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evalengine.methods.imputation import by_row, constant, mean
from evalengine.methods.imputation_models import expectation_maximisation, k_nearest

GAP = math.nan
TABLE = np.array([[1.0, 10.0, 5.0], [2.0, GAP, 1.0], [6.0, 40.0, GAP], [GAP, 20.0, 3.0]])


def test_reliability_of_the_mean_worked() -> None:
    """Known 1, 2, 6: each is hidden and guessed by the mean of the other two."""
    found = mean(TABLE).reliability[0]
    errors = [1 - 4, 2 - 3.5, 6 - 1.5]
    assert (found.column, found.imputed, found.tested) == (0, 1, 3)
    assert found.error == pytest.approx(math.sqrt(sum(e * e for e in errors) / 3), rel=1e-14)
    assert found.skill == 0


def test_reliability_tells_good_from_bad() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(40, 1)) + 0.05 * rng.normal(size=(40, 4))
    values[3, 0] = values[7, 2] = GAP
    good, bad = by_row(values).reliability, constant(values, value=100.0).reliability
    assert [found.column for found in good] == [0, 2]
    assert all(found.skill > 0.95 for found in good)
    assert all(found.skill < -10 for found in bad)


def test_reliability_can_be_left_out_and_says_what_it_could_not_test() -> None:
    assert mean(TABLE, rounds=0).reliability[0].tested == 0
    lonely = mean([[1.0, 2.0], [GAP, 4.0]]).reliability[0]
    assert (lonely.tested, lonely.error, lonely.skill) == (0, None, None)
    equal = mean([[5.0], [5.0], [5.0], [GAP]]).reliability[0]
    assert (equal.tested, equal.error, equal.skill) == (3, 0, None)


def test_rounds_are_spread_evenly() -> None:
    values = np.arange(1000.0)[:, None]
    values[0] = GAP
    assert mean(values, rounds=20).reliability[0].tested == 20


def test_a_round_without_an_answer_lowers_what_was_tested_not_the_answer() -> None:
    """With 7 units and 5 indicators one more hidden value can leave a covariance matrix without inverse."""
    values = np.random.default_rng(4).normal(size=(7, 5))
    values[0, 0] = values[3, 2] = GAP
    result = expectation_maximisation(values)
    assert np.isfinite(result.values).all()
    assert all(found.tested < 6 for found in result.reliability)
    assert result.values.tolist() == expectation_maximisation(values, rounds=0).values.tolist()


def test_expectation_maximisation_is_tested_ten_times_unless_more_is_asked() -> None:
    values = np.random.default_rng(5).normal(size=(60, 3))
    values[0, 0] = GAP
    assert expectation_maximisation(values).reliability[0].tested == 10
    assert expectation_maximisation(values, rounds=20).reliability[0].tested == 20


def test_nearest_neighbours_hidden_values_get_what_a_full_imputation_would_give() -> None:
    values = np.random.default_rng(6).normal(size=(30, 4))
    values[[0, 5, 9], [1, 1, 3]] = GAP
    found = k_nearest(values, rounds=1).reliability[0]
    hidden = values.copy()
    units = np.flatnonzero(np.isfinite(values[:, 1]))[:1]
    hidden[units, 1] = hidden[np.flatnonzero(np.isfinite(values[:, 3]))[:1], 3] = GAP
    answer = k_nearest(hidden, rounds=0).values[units, 1]
    assert found.error == pytest.approx(abs(float((answer - values[units, 1])[0])), rel=1e-12)
