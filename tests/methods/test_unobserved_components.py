import numpy as np
import pytest
from scipy.optimize import minimize

from evalengine.errors import MethodError
from evalengine.methods.unobserved_components import one_factor, unobserved_components

# R's ability.cov: six ability tests of 112 persons
ABILITY = np.array(
    [
        [24.641, 5.991, 33.520, 6.023, 20.755, 29.701],
        [5.991, 6.700, 18.137, 1.782, 4.936, 7.204],
        [33.520, 18.137, 149.831, 19.424, 31.430, 50.753],
        [6.023, 1.782, 19.424, 12.711, 4.757, 9.075],
        [20.755, 4.936, 31.430, 4.757, 52.604, 66.762],
        [29.701, 7.204, 50.753, 9.075, 66.762, 135.292],
    ]
)


def measured(units=400, noise=(0.5, 1.0, 2.0, 0.8), seed=0):
    rng = np.random.default_rng(seed)
    g = rng.normal(size=units)
    return g, g[:, None] * [1, 3, 0.5, 2] + rng.normal(size=(units, 4)) * noise * np.array([1, 3, 0.5, 2]) + 7


def test_uniquenesses_of_factanal() -> None:
    """R: factanal(factors = 1, covmat = ability.cov) prints these."""
    size = np.sqrt(np.diagonal(ABILITY))
    loadings = one_factor(ABILITY / np.outer(size, size))
    assert np.round(1 - loadings**2, 3).tolist() == [0.535, 0.853, 0.748, 0.910, 0.232, 0.280]


def test_maximises_the_likelihood() -> None:
    _, X = measured()
    R = np.corrcoef(X, rowvar=False)

    def deviance(parameters):
        loadings, unique = parameters[:4], np.exp(parameters[4:])
        model = np.outer(loadings, loadings) + np.diag(unique)
        return np.linalg.slogdet(model)[1] + np.trace(np.linalg.solve(model, R))

    ours = unobserved_components(X)
    at = np.concatenate([ours.loadings, np.log(1 - ours.loadings**2)])
    found = minimize(deviance, np.concatenate([np.full(4, 0.7), np.log(np.full(4, 0.5))]), method="BFGS")
    assert deviance(at) <= found.fun + 1e-8
    assert ours.loadings == pytest.approx(found.x[:4] * np.sign(found.x[0]), abs=1e-4)


def test_precision_is_recovered() -> None:
    g, X = measured(units=20_000)
    result = unobserved_components(X)
    assert result.noise == pytest.approx([0.25, 1.0, 4.0, 0.64], rel=0.08)
    total = 1 + (1 / result.noise).sum()
    assert result.precision_weights == pytest.approx(1 / result.noise / total)
    assert result.weights == pytest.approx(result.precision_weights / result.precision_weights.sum())
    assert result.standard_error == pytest.approx(np.sqrt(1 / total))
    assert np.std(result.scores - g) == pytest.approx(result.standard_error, rel=0.03)


def test_scores_are_the_regression_of_the_factor() -> None:
    """Σ w (x − α)/β equals βᵀ R⁻¹ z with the model's R (Thomson's scores)."""
    _, X = measured()
    result = unobserved_components(X)
    z = (X - X.mean(0)) / X.std(0)
    b = result.loadings
    model = np.outer(b, b) + np.diag(1 - b**2)
    assert result.scores == pytest.approx(z @ np.linalg.solve(model, b), abs=1e-9)


def test_direction_and_scale() -> None:
    _, X = measured()
    base = unobserved_components(X)
    turned = unobserved_components(X * [1, -100, 1, 1], [1, -1, 1, 1])
    assert turned.weights == pytest.approx(base.weights, abs=1e-7)
    assert turned.scores == pytest.approx(base.scores, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda X: X[:, :2], "weights_few_indicators"),
        (lambda X: X[:2], "weights_few_units"),
        (lambda X: X * [1, -1, 1, 1], "component_negative"),
        (lambda X: X[:, [0, 1, 2, 2]], "weights_collinear"),
        (lambda X: np.hstack([X, np.ones((400, 1))]), "weights_constant_column"),
        (lambda X: np.hstack([X[:, :1], X[:, :1] + X[:, 1:3] * 1e-3]), "component_heywood"),
    ],
)
def test_refused(change, code) -> None:
    with pytest.raises(MethodError) as caught:
        unobserved_components(change(measured()[1]))
    assert caught.value.code == code
