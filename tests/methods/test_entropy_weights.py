import math

import numpy as np
import pytest
from pymcdm import weights as pm
from scipy.special import xlogy
from skcriteria.preprocessing import weighters as sk

from evalengine.errors import MethodError
from evalengine.methods.entropy_weights import entropy


def twin(v):
    p = v / v.sum(axis=0)
    d = 1 + xlogy(p, p).sum(axis=0) / math.log(len(v))
    return d / d.sum()


def scaled(X, directions):
    z = (X - X.min(0)) / (X.max(0) - X.min(0))
    return np.where(np.asarray(directions) > 0, z, 1 - z)


def matrix(units, indicators):
    rng = np.random.default_rng(units * indicators)
    return rng.lognormal(0, 0.7, (units, indicators)), rng.choice([-1, 1], indicators)


SIZES = [(2, 2), (6, 5), (63, 3), (64, 8), (129, 7), (2000, 20)]


@pytest.mark.parametrize("size", SIZES)
def test_variants_against_plain_numpy(size) -> None:
    X, d = matrix(*size)
    if size[0] > 2:  # two units at 0 and 1 leave no differences between columns
        np.testing.assert_allclose(entropy(X, d).weights, twin(scaled(X, d)), atol=1e-12)
        for shift in (0.0001, 0.01, 1.0):
            np.testing.assert_allclose(entropy(X, d, shift=shift).weights, twin(scaled(X, d) + shift), atol=1e-11)
    np.testing.assert_allclose(entropy(X, d, variant="shares").weights, twin(X), atol=1e-12)
    np.testing.assert_allclose(
        entropy(X, d, variant="cost_inverted").weights, twin(np.where(d > 0, X, 1 / X)), atol=1e-12
    )
    Y = X - 1
    lifted = Y + np.where(Y.min(0) <= 0, np.abs(Y.min(0)) + 0.01, 0)
    np.testing.assert_allclose(entropy(Y, d, variant="raised").weights, twin(lifted), atol=1e-12)


def test_the_textbook_form_is_a_shift():
    """Scaling to [0.002, 0.998] is 0.996 z + 0.002; only the ratio of the two matters."""
    X, d = matrix(6, 5)
    np.testing.assert_allclose(
        entropy(X, d, shift=0.002 / 0.996).weights, twin(0.996 * scaled(X, d) + 0.002), atol=1e-13
    )


@pytest.mark.parametrize("size", SIZES)
def test_shares_agree_with_both_packages_whatever_the_directions(size) -> None:
    X, d = matrix(*size)
    ours = entropy(X, d, variant="shares").weights
    np.testing.assert_allclose(ours, pm.entropy_weights(X), atol=1e-9)
    np.testing.assert_allclose(ours, sk.entropy_weights(X), atol=1e-9)


def test_known_disagreement_direction() -> None:
    """The packages' shares ignore directions: turning a column into a cost changes only the other variants."""
    X, d = matrix(6, 5)
    turned = d * np.array([-1, 1, 1, 1, 1])
    assert np.array_equal(entropy(X, d, variant="shares").weights, entropy(X, turned, variant="shares").weights)
    for variant in ("min_max", "cost_inverted"):
        assert not np.allclose(entropy(X, d, variant=variant).weights, entropy(X, turned, variant=variant).weights)


def test_known_disagreement_zero() -> None:
    """0 ln 0 = 0 as in scikit-criteria; pymcdm 1.4 refuses a zero."""
    X, _ = matrix(8, 3)
    X[2, 1] = 0.0
    np.testing.assert_allclose(entropy(X, variant="shares").weights, sk.entropy_weights(X), atol=1e-12)
    with pytest.raises(ValueError, match="positive"):
        pm.entropy_weights(X)


def test_known_disagreement_constant_and_negative() -> None:
    """pymcdm divides 0 by 0 where all is constant; scikit-criteria answers NaN for a negative cell."""
    X, _ = matrix(8, 3)
    X[2, 1] = -3.0
    with np.errstate(all="ignore"):
        assert not (sk.entropy_weights(X) >= 0).all()
    with pytest.raises(MethodError):
        entropy(X, variant="shares")
    assert entropy(np.full((4, 3), 2.0), variant="shares").weights == pytest.approx([1 / 3] * 3)


def test_importance_is_the_divergence() -> None:
    X = np.array([[1.0, 0.0], [1.0, 0.0], [2.0, 4.0]])
    result = entropy(X, variant="shares")
    half = -(2 * 0.25 * math.log(0.25) + 0.5 * math.log(0.5)) / math.log(3)
    assert result.importance == pytest.approx([1 - half, 1.0])


def test_digits_survive_in_nearly_uniform_columns() -> None:
    rng = np.random.default_rng(3)
    noise = rng.uniform(-1, 1, (500, 3))
    noise -= noise.mean(axis=0)
    X = 1.0 + noise * np.array([1e-4, 2e-4, 3e-4])
    variance = (noise * [1, 2, 3]).var(axis=0)  # the divergence of 1 + ε is var(ε)/2, up to ε³
    np.testing.assert_allclose(entropy(X, variant="shares").weights, variance / variance.sum(), rtol=1e-3)
    tiny = 1.0 + noise * np.array([1e-6, 2e-6, 3e-6])
    np.testing.assert_allclose(entropy(tiny, variant="shares").weights, variance / variance.sum(), rtol=1e-4)


def test_heavy_tail_that_the_sample_of_units_misses() -> None:
    X = np.full((5000, 2), 1.0)
    X[3, 0], X[:, 1] = 1e9, np.arange(5000.0)
    np.testing.assert_allclose(entropy(X, variant="shares").weights, twin(X), atol=1e-12)
    X[:, 0] = 0.0
    X[3, 0] = 5e-300
    np.testing.assert_allclose(entropy(X, variant="shares").weights, twin(X), atol=1e-12)


@pytest.mark.parametrize(
    "settings",
    [{"variant": "raw"}, {"shift": -0.1}, {"shift": math.nan}, {"shift": 0.01, "variant": "shares"}, {"shift": "a"}],
)
def test_wrong_settings_are_refused(settings) -> None:
    with pytest.raises(MethodError):
        entropy(matrix(6, 5)[0], **settings)


PUBLISHED = [
    # Xu (2004), European Journal of Operational Research 156(2)
    (
        [[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]],
        [0.4630, 0.3992, 0.1378, 0.0000],
        4,
    ),
    # Zavadskas & Podvezko (2016), Int. J. of Information Technology & Decision Making 15(2)
    (
        [[3.0, 100, 10, 7], [2.5, 80, 8, 5], [1.8, 50, 20, 11], [2.2, 70, 12, 9]],
        [0.1146, 0.1981, 0.4185, 0.2689],
        4,
    ),
    # Ersoy (2021), LogForum 17(3)
    (
        [
            [256, 8, 41, 1.6, 1.77, 7347.16],
            [256, 8, 32, 1.0, 1.8, 6919.99],
            [256, 8, 53, 1.6, 1.9, 8400],
            [256, 8, 41, 1.0, 1.75, 6808.9],
            [512, 8, 35, 1.6, 1.7, 8479.99],
            [256, 4, 35, 1.6, 1.7, 7499.99],
        ],
        [0.405, 0.221, 0.134, 0.199, 0.007, 0.034],
        3,
    ),
]


@pytest.mark.parametrize(("matrix", "weights", "digits"), PUBLISHED)
def test_published_examples(matrix, weights, digits) -> None:
    assert np.round(entropy(matrix, variant="shares").weights, digits).tolist() == weights


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("variant", ["min_max", "shares", "cost_inverted", "raised"])
@pytest.mark.parametrize("column", [0, 1])
def test_a_value_that_is_not_finite_is_refused_by_its_column(variant, bad, column) -> None:
    """1/∞ is 0, a share like any other."""
    X = np.arange(1.0, 11.0).reshape(5, 2) ** 2
    X[3, column] = bad
    with pytest.raises(MethodError) as caught:
        entropy(X, [1, -1], variant=variant, columns=["income", "cost"])
    assert caught.value.code == "not_finite"
    assert caught.value.facts["column"] == ["income", "cost"][column]


def test_a_range_too_small_to_divide_by_is_an_overflow() -> None:
    """1/range is finite here, 1/(range·mean of the shares) is not."""
    X = np.zeros((200, 2))
    X[7] = [6e-309, 1.0]
    with pytest.raises(MethodError) as caught:
        entropy(X, columns=["income", "cost"])
    assert caught.value.code == "weights_overflow"
    assert caught.value.facts["column"] == "income"
