import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.entropy_weights import entropy
from evalengine.methods.removal_weights import merec
from evalengine.methods.weight_stability import leave_one_out


def test_against_a_loop() -> None:
    X = np.random.default_rng(0).lognormal(0, 1, (6, 3))
    directions = [1, -1, 1]
    result = leave_one_out(lambda rows: entropy(rows, directions), X)
    full = entropy(X, directions).weights
    for unit in range(6):
        rest = [k for k in range(6) if k != unit]
        assert result.without[unit] == pytest.approx(entropy(X[rest], directions).weights, abs=1e-12)
    assert result.weights == pytest.approx(full)
    assert result.lowest == pytest.approx(np.vstack([result.without, full]).min(0))
    assert result.highest == pytest.approx(np.vstack([result.without, full]).max(0))
    shift = np.abs(result.without - full)
    assert result.largest_shift == pytest.approx(3 * shift.max())
    assert shift[result.unit, result.indicator] == shift.max()


def test_ten_units_of_noise() -> None:
    """Ten units, forty indicators of log-normal noise (σ .6): the equal weight is .025, one unit can move as much."""
    X = np.random.default_rng(7).lognormal(0, 0.6, (10, 40))
    result = leave_one_out(entropy, X)
    assert result.weights.min() < 0.015
    assert result.weights.max() > 0.04
    assert result.largest_shift > 0.5
    many = leave_one_out(entropy, np.random.default_rng(7).lognormal(0, 0.6, (300, 40)))
    assert many.largest_shift < 0.5


def test_refused() -> None:
    with pytest.raises(MethodError) as caught:
        leave_one_out(entropy, np.ones((2, 2)))
    assert caught.value.code == "weights_few_units"
    X = np.random.default_rng(0).uniform(1, 2, (5, 3))
    X[2, 1] = 0.0
    with pytest.raises(MethodError) as caught:
        leave_one_out(merec, X)
    assert caught.value.code == "weights_not_positive"
