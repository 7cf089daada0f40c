import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from evalengine.errors import MethodError
from evalengine.methods.balance_weights import correlation_balanced


def correlated(units=60, size=5, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(units, 1)) * rng.uniform(0.3, 1.5, size) + rng.normal(size=(units, size))


def index(X, weights):
    z = (X - X.min(0)) / (X.max(0) - X.min(0))
    return z, z @ weights


def objective(X, weights, target):
    z, y = index(X, weights)
    r = np.array([np.corrcoef(column, y)[0, 1] for column in z.T])
    return ((r / r.sum() - target) ** 2).sum()


@given(st.integers(0, 300))
@settings(max_examples=30, deadline=None)
def test_reported_correlations_are_those_of_the_index(seed) -> None:
    X = correlated(seed=seed)
    result = correlation_balanced(X)
    z, y = index(X, result.weights)
    expected = [np.corrcoef(column, y)[0, 1] for column in z.T]
    assert result.correlations == pytest.approx(expected, abs=1e-9)
    assert result.weights.sum() == pytest.approx(1.0)
    assert (result.weights >= 0).all()
    if result.balanced:
        assert np.ptp(result.correlations) < 1e-8


def test_stated_targets_are_met() -> None:
    result = correlation_balanced(correlated(), target=[1, 1, 1, 1.2, 1])
    assert result.balanced
    assert result.shares == pytest.approx(np.array([1, 1, 1, 1.2, 1]) / 5.2, abs=1e-9)


def test_on_the_boundary_no_search_does_better() -> None:
    rng = np.random.default_rng(4)
    X = rng.normal(size=(80, 6))
    X[:, 5] = X[:, :5].sum(axis=1) + 0.1 * rng.normal(size=80)  # correlates with the index whatever its weight
    X[:, 4] = -X[:, 3] + rng.normal(size=80)
    target = np.full(6, 1 / 6)
    result = correlation_balanced(X)
    assert not result.balanced
    assert (result.weights == 0).any()
    ours = objective(X, result.weights, target)
    for start in range(5):
        found = minimize(
            lambda w: objective(X, np.abs(w) / np.abs(w).sum(), target),
            np.random.default_rng(start).dirichlet(np.ones(6)),
            method="Nelder-Mead",
            options={"maxiter": 4000, "xatol": 1e-10, "fatol": 1e-14},
        )
        assert ours <= found.fun + 1e-9


def test_direction_and_scale() -> None:
    X = correlated()
    directions = np.array([1, -1, 1, 1, -1])
    base = correlation_balanced(X * directions).weights
    assert correlation_balanced(X, directions).weights == pytest.approx(base, abs=1e-9)
    assert correlation_balanced(X * 50 + 3, directions).weights == pytest.approx(base, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "settings_", "code"),
    [
        (lambda X: X[:, [0, 1, 1]], {}, "weights_collinear"),
        (lambda X: np.hstack([X, np.ones((60, 1))]), {}, "weights_constant_column"),
        (lambda X: X[:2], {}, "weights_few_units"),
        (lambda X: X, {"target": [1, 1, 1, 1, -1]}, "negative_weight"),
        (lambda X: X, {"target": [1, 1]}, "wrong_length"),
    ],
)
def test_refused(change, settings_, code) -> None:
    with pytest.raises(MethodError) as caught:
        correlation_balanced(change(correlated()), **settings_)
    assert caught.value.code == code
