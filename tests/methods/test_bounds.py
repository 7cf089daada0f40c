import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import rel_entr

from evalengine.errors import MethodError
from evalengine.methods.bounds import bounded


def test_by_hand() -> None:
    result = bounded([0.7, 0.2, 0.1, 0.0], lowest=0.05, highest=0.4)
    assert result.weights == pytest.approx([0.4, 0.55 * 2 / 3, 0.55 / 3, 0.05])
    assert result.lowered.tolist() == [True, False, False, False]
    assert result.raised.tolist() == [False, False, False, True]
    assert result.factor == pytest.approx(0.55 / 0.3)


def test_clip_and_divide_would_break_the_bound() -> None:
    clipped = np.minimum([0.7, 0.2, 0.1], 0.4)
    assert (clipped / clipped.sum()).max() > 0.4
    assert bounded([0.7, 0.2, 0.1], highest=0.4).weights.max() == 0.4


def test_weights_inside_their_bounds_stay() -> None:
    weights = np.array([0.5, 0.3, 0.2])
    assert bounded(weights, lowest=0.1, highest=0.6).weights == pytest.approx(weights, abs=1e-15)
    assert bounded(10 * weights).weights == pytest.approx(weights, abs=1e-15)


def test_bounds_that_meet() -> None:
    assert bounded([1, 2, 3], lowest=1 / 3, highest=1 / 3).weights == pytest.approx([1 / 3] * 3)
    assert bounded([5, 1], lowest=[0, 0.5]).weights == pytest.approx([0.5, 0.5])
    assert bounded([5, 1], lowest=0.5).weights == pytest.approx([0.5, 0.5])


@given(
    st.lists(st.floats(0, 1, allow_subnormal=False), min_size=2, max_size=8).filter(lambda w: sum(w) > 1e-6),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(0, 100),
)
@settings(deadline=None)
def test_bounds_hold_and_proportions_inside_them(weights, low, high, seed) -> None:
    size = len(weights)
    rng = np.random.default_rng(seed)
    lowest = low / size * rng.uniform(0, 1, size)
    highest = lowest + (1 - lowest) * (0.5 + 0.5 * high) * rng.uniform(0.5, 1, size)
    share = np.array(weights) / sum(weights)
    if np.where(share > 1e-280, highest, lowest).sum() < 1:
        with pytest.raises(MethodError) as caught:
            bounded(weights, lowest=lowest, highest=highest)
        assert caught.value.code == "bounds_impossible"
        return
    result = bounded(weights, lowest=lowest, highest=highest)
    assert result.weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert (result.weights >= lowest).all()
    assert (result.weights <= highest).all()
    free = ~result.raised & ~result.lowered
    assert result.weights[free] == pytest.approx(result.factor * share[free], abs=1e-12)


def test_nearest_in_relative_entropy() -> None:
    weights, low, high = np.array([0.55, 0.25, 0.15, 0.05]), 0.1, 0.35
    found = minimize(
        lambda v: rel_entr(v, weights).sum(),
        np.full(4, 0.25),
        bounds=[(low, high)] * 4,
        constraints={"type": "eq", "fun": lambda v: v.sum() - 1},
        tol=1e-12,
    )
    assert bounded(weights, lowest=low, highest=high).weights == pytest.approx(found.x, abs=1e-5)


@pytest.mark.parametrize(
    ("weights", "settings_", "code"),
    [
        ([1, 1], {"highest": 0.4}, "bounds_impossible"),
        ([1, 1, 1], {"lowest": 0.4}, "bounds_impossible"),
        ([1, 0], {"highest": 0.6}, "bounds_impossible"),
        ([1, 1], {"lowest": [0.3, 0.6], "highest": [0.9, 0.5]}, "bounds_crossed"),
        ([1, 1], {"lowest": -0.1}, "weights_range"),
        ([1, 1], {"highest": [0.5, np.nan]}, "not_finite"),
        ([1, -1], {}, "negative_weight"),
        ([0, 0], {}, "zero_weights"),
    ],
)
def test_refused(weights, settings_, code) -> None:
    with pytest.raises(MethodError) as caught:
        bounded(weights, **settings_)
    assert caught.value.code == code
