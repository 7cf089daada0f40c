import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from evalengine.errors import MethodError
from evalengine.methods.benefit_of_doubt import benefit_of_doubt, undominated


def dual_score(X, unit):
    """Envelopment form: the smallest sum of λ such that Σ λ x ≥ x_unit."""
    result = linprog(np.ones(len(X)), A_ub=-X.T, b_ub=-X[unit], bounds=(0, None), method="highs")
    return result.fun


def sample(units=20, size=3, seed=0):
    return np.random.default_rng(seed).uniform(0.1, 1, (units, size))


@given(st.integers(0, 500), st.integers(1, 15), st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_scores_are_those_of_the_dual(seed, units, size) -> None:
    X = sample(units, size, seed)
    result = benefit_of_doubt(X)
    assert result.scores == pytest.approx([dual_score(X, unit) for unit in range(units)], abs=1e-9)
    assert result.scores.max() == pytest.approx(1.0, abs=1e-9)
    assert (result.multipliers @ X.T <= 1 + 1e-9).all()
    assert result.weights.sum(axis=1) == pytest.approx(np.ones(units))
    assert result.shares.sum(axis=1) == pytest.approx(np.ones(units))
    assert (result.multipliers * X).sum(axis=1) == pytest.approx(result.scores, abs=1e-9)


def test_one_indicator_is_the_share_of_the_best() -> None:
    assert benefit_of_doubt([[2.0], [4.0], [3.0]]).scores == pytest.approx([0.5, 1.0, 0.75])


def test_by_hand() -> None:
    """(2,2) lies on half the way out to the line from (4,1) to (1,4): x + y = 5, so it scores 4/5."""
    result = benefit_of_doubt([[4.0, 1.0], [1.0, 4.0], [2.0, 2.0]])
    assert result.scores == pytest.approx([1.0, 1.0, 0.8])
    assert result.weights[2] == pytest.approx([0.5, 0.5])


def test_published_example_of_seven_stores():
    """Cooper, Seiford & Tone, Data Envelopment Analysis, section 1.4: one input, two outputs; A .714, D .75."""
    stores = [[1, 5], [2, 7], [3, 4], [4, 3], [4, 6], [5, 5], [6, 2]]
    scores = benefit_of_doubt(stores).scores
    assert np.round(scores, 3).tolist()[:1] == [0.714]
    assert scores[3] == pytest.approx(0.75)
    assert scores[[1, 4, 5, 6]] == pytest.approx([1.0] * 4)


def test_fixed_shares_leave_one_set_of_weights() -> None:
    """With every share at 1/3 the score is the value-weighted minimum over rivals, found here by its formula."""
    X = sample()
    result = benefit_of_doubt(X, lowest=1 / 3, highest=1 / 3)
    expected = [1 / (X / row).mean(axis=1).max() for row in X]
    assert result.scores == pytest.approx(expected, abs=1e-8)


@given(st.integers(0, 200))
@settings(max_examples=15, deadline=None)
def test_share_limits_hold_and_cost_score(seed) -> None:
    X = sample(12, 4, seed)
    free, limited = benefit_of_doubt(X), benefit_of_doubt(X, lowest=0.1, highest=0.5)
    assert (limited.shares >= 0.1 - 1e-7).all()
    assert (limited.shares <= 0.5 + 1e-7).all()
    assert (limited.scores <= free.scores + 1e-9).all()


def test_unit_of_measurement_and_order_do_not_matter() -> None:
    X = sample()
    base = benefit_of_doubt(X)
    assert benefit_of_doubt(X * [1, 1000, 1e-6]).scores == pytest.approx(base.scores, abs=1e-9)
    order = np.random.default_rng(1).permutation(20)
    assert benefit_of_doubt(X[order]).scores == pytest.approx(base.scores[order], abs=1e-9)
    assert benefit_of_doubt(X[:, [2, 0, 1]]).scores == pytest.approx(base.scores, abs=1e-9)


def test_equal_units_fare_alike() -> None:
    X = np.vstack([sample(6), sample(6)])
    result = benefit_of_doubt(X)
    assert np.array_equal(result.weights[:6], result.weights[6:])
    assert np.array_equal(result.frontier[:6], result.frontier[6:])


def test_undominated() -> None:
    X = np.array([[1.0, 1.0], [2.0, 1.0], [1.0, 3.0], [2.0, 1.0], [0.0, 3.0]])
    assert undominated(X).tolist() == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("X", "settings_", "code"),
    [
        ([[1, -1], [1, 1]], {}, "weights_negative_value"),
        ([[1, np.nan], [1, 1]], {}, "not_finite"),
        ([[1, 0], [2, 0]], {}, "weights_constant_column"),
        ([[1, 1e-300], [2, 1e-310]], {}, "weights_overflow"),
        ([[0, 0], [1, 2]], {}, "doubt_zeros"),
        ([[0, 1], [1, 2]], {"highest": 0.6}, "doubt_zeros"),
        ([[0, 1], [1, 2]], {"lowest": 0.1}, "weights_not_positive"),
        ([[1, 1], [1, 2]], {"lowest": 0.6}, "bounds_impossible"),
        ([[1, 1], [1, 2]], {"highest": 0.4}, "bounds_impossible"),
        ([[1, 1], [1, 2]], {"lowest": 0.4, "highest": 0.3}, "weights_range"),
    ],
)
def test_refused(X, settings_, code) -> None:
    with pytest.raises(MethodError) as caught:
        benefit_of_doubt(np.array(X, dtype=float), **settings_)
    assert caught.value.code == code


@pytest.mark.parametrize("size", range(1, 121))
def test_equal_shares_are_possible_for_every_number_of_indicators(size) -> None:
    """49, 98, 103 and 107 times the double nearest to their reciprocal is less than 1."""
    result = benefit_of_doubt(np.ones((1, size)), highest=1 / size)
    assert result.shares == pytest.approx(np.full((1, size), 1 / size), abs=1e-9)
    assert benefit_of_doubt(np.ones((1, size)), lowest=1 / size).scores == pytest.approx([1.0])


def test_dominated_by_less_than_the_sum_shows() -> None:
    X = np.array([[1.0, 1e-20], [1.0, 2e-20], [0.5, 1.0]])
    assert undominated(X).tolist() == [False, True, True]
    assert benefit_of_doubt(X).frontier.tolist() == [False, True, True]
    assert undominated(X[:, ::-1][::-1]).tolist() == [True, True, False]
    tiny = np.array([[1.0, 0.0, 1e-20], [1.0, 1e-20, 0.0], [1.0, 1e-20, 1e-20]])
    assert undominated(tiny).tolist() == [False, False, True]
