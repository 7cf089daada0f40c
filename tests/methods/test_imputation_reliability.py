"""How far imputed values can be trusted."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evalengine.methods.imputation import by_row, constant, mean

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
