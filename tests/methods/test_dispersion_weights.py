import math

import numpy as np
import pytest
from pymcdm import weights as pm
from skcriteria.preprocessing import weighters as sk

from evalengine.errors import MethodError
from evalengine.methods.dispersion_weights import (
    angle,
    coefficient_of_variation,
    gini,
    lopcow,
    standard_deviation,
    variance,
)

SIZES = [(2, 2), (7, 3), (64, 5), (1000, 12)]


def matrix(units, indicators):
    rng = np.random.default_rng(units - indicators)
    return rng.lognormal(1, 0.5, (units, indicators)), rng.choice([-1, 1], indicators)


def share(x):
    return x / x.sum()


@pytest.mark.parametrize("size", SIZES)
def test_pymcdm(size) -> None:

    X, d = matrix(*size)
    np.testing.assert_allclose(
        standard_deviation(X, variant="raw").weights, pm.standard_deviation_weights(X), atol=1e-9
    )
    np.testing.assert_allclose(variance(X).weights, pm.variance_weights(X), atol=1e-9)
    np.testing.assert_allclose(gini(X).weights, pm.gini_weights(X), atol=1e-9)
    np.testing.assert_allclose(angle(X).weights, pm.angle_weights(X), atol=1e-9)
    if size[0] > 2:
        np.testing.assert_allclose(lopcow(X, d).weights, pm.lopcow_weights(X, d), atol=1e-9)


@pytest.mark.parametrize("size", SIZES)
def test_scikit_criteria(size) -> None:

    X, _ = matrix(*size)
    np.testing.assert_allclose(standard_deviation(X, variant="raw").weights, sk.std_weights(X), atol=1e-9)
    np.testing.assert_allclose(gini(X).weights, sk.gini_weights(X), atol=1e-9)


@pytest.mark.parametrize("size", SIZES)
def test_plain_numpy(size) -> None:
    X, _ = matrix(*size)
    z = (X - X.min(0)) / (X.max(0) - X.min(0))
    np.testing.assert_allclose(standard_deviation(X).weights, share(z.std(0)), atol=1e-13)
    np.testing.assert_allclose(coefficient_of_variation(X).weights, share(X.std(0) / X.mean(0)), atol=1e-13)
    np.testing.assert_allclose(coefficient_of_variation(X).importance, X.std(0, ddof=1) / X.mean(0), rtol=1e-12)


def test_known_disagreement_unit_of_measurement() -> None:
    """Raw standard deviations, as in both packages, follow the unit of a column; ours do so only when asked."""

    X, _ = matrix(7, 3)
    Y = X * [1, 100, 1]
    assert pm.standard_deviation_weights(Y)[1] > 0.9
    np.testing.assert_allclose(standard_deviation(Y).weights, standard_deviation(X).weights)


def test_known_disagreement_standard_deviation_of_equal_numbers() -> None:
    """Six times 7.98: the packages' rounding noise becomes a weight (the whole of it, if all columns are constant)."""
    X = np.tile([3.0, 1.0, 7.98, 2.0], (6, 1))

    with np.errstate(all="ignore"):
        assert sk.std_weights(X)[2] == 1.0
    assert standard_deviation(X, variant="raw").weights.tolist() == [0.25] * 4


def test_gini_by_hand() -> None:
    X = np.array([[1.0, 0.0], [3.0, 0.0], [4.0, 6.0]])
    first = 2 * (2 + 3 + 1) / (2 * 9 * (8 / 3))  # Σ|x_i − x_k| / (2 N² mean)
    second = 2 * (0 + 6 + 6) / (2 * 9 * 2)
    assert gini(X).importance == pytest.approx([first, second])


def test_angle_keeps_digits_of_small_angles() -> None:
    X = 1.0 + np.outer([-1.0, 0.0, 1.0], [1e-9, 2e-9])
    assert angle(X).weights == pytest.approx([1 / 3, 2 / 3], rel=1e-6)


def test_lopcow_refuses_constant() -> None:
    with pytest.raises(MethodError) as caught:
        lopcow([[1.0, 2.0], [1.0, 3.0]], columns=["a", "b"])
    assert caught.value.facts["column"] == "a"


def test_variant_is_checked() -> None:
    with pytest.raises(MethodError):
        standard_deviation(matrix(7, 3)[0], variant="z_score")


def test_one_unit_more_of_the_same_is_symmetric() -> None:
    X, _ = matrix(7, 3)
    assert gini(np.vstack([X, X])).weights == pytest.approx(gini(X).weights, rel=1e-12)
    assert math.isclose(variance(np.vstack([X, X])).weights[0], variance(X).weights[0], rel_tol=1e-12)


def test_published_angle_and_variation() -> None:
    """Shuai, Zongzhun, Yongji & Lei (2012), 24th Chinese Control and Decision Conference."""
    X = [[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]]
    assert np.round(angle(X).weights, 4).tolist() == [0.4150, 0.3612, 0.2227, 0.0012]
    assert np.round(coefficient_of_variation(X).weights, 4).tolist() == [0.4258, 0.3610, 0.2121, 0.0011]


def test_published_standard_deviation() -> None:
    """Sałabun, Wątróbski & Shekhovtsov (2020), Symmetry 12(9) 1549: the raw variant."""
    X = [
        [0.619, 0.449, 0.447],
        [0.862, 0.466, 0.006],
        [0.458, 0.698, 0.771],
        [0.777, 0.631, 0.491],
        [0.567, 0.992, 0.968],
    ]
    assert np.round(standard_deviation(X, variant="raw").weights, 3).tolist() == [0.217, 0.294, 0.488]


def test_gini_of_many_units_sorted_with_and_without_comparing():
    """From 1,000 units on columns are sorted by counting; the last one, which has a far outlier, is not."""
    X = np.random.default_rng(8).lognormal(0, 0.6, (3_000, 5))
    X[:, 2] = np.round(X[:, 2])
    X[:, 4] = 1e6 + X[:, 4]
    X[7, 4] = 0.0
    rank = np.arange(1.0 - len(X), len(X), 2.0)
    expected = rank @ np.sort(X, axis=0) / (len(X) * X.sum(axis=0))
    np.testing.assert_allclose(gini(X).importance, expected, rtol=1e-9)
