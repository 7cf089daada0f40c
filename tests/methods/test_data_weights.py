"""What every data-driven weighting must do alike."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalengine.errors import MethodError
from evalengine.methods.critic_weights import critic
from evalengine.methods.dispersion_weights import (
    angle,
    coefficient_of_variation,
    gini,
    lopcow,
    standard_deviation,
    variance,
)
from evalengine.methods.entropy_weights import entropy
from evalengine.methods.removal_weights import cilos, idocriw, merec

FOUR = np.array([1.0, -1.0, 1.0, -1.0])
# name → (function of matrix and directions, invariant to x → a·x, invariant to x → x + b)
METHODS = {
    "standard_deviation": (lambda X, _: standard_deviation(X), True, True),
    "standard_deviation_raw": (lambda X, _: standard_deviation(X, variant="raw"), False, True),
    "variance": (lambda X, _: variance(X), True, True),
    "coefficient_of_variation": (lambda X, _: coefficient_of_variation(X), True, False),
    "gini": (lambda X, _: gini(X), True, False),
    "angle": (lambda X, _: angle(X), True, False),
    "lopcow": (lopcow, True, True),
    "entropy_min_max": (entropy, True, True),
    "entropy_shares": (lambda X, _: entropy(X, variant="shares"), True, False),
    "entropy_cost_inverted": (lambda X, d: entropy(X, d, variant="cost_inverted"), True, False),
    "entropy_raised": (lambda X, _: entropy(X, variant="raised"), True, False),
    "critic": (critic, True, True),
    "critic_undirected": (lambda X, _: critic(X, variant="undirected"), True, True),
    "critic_spearman": (lambda X, d: critic(X, d, correlation="spearman"), True, True),
    "merec": (merec, True, False),
    "cilos": (cilos, True, False),
    "idocriw": (idocriw, True, False),
}
EVERY = pytest.mark.parametrize("name", sorted(METHODS))
CONSTANT_RAISES = {"lopcow"}


def undetermined(X):
    """Whether two groups of columns lose nothing to the other: with few units their best units may coincide."""
    best = [int(np.argmax(X[:, j] * FOUR[j])) for j in range(4)]
    return len(set(best)) < 4


def sample(units=30, seed=0):
    return np.random.default_rng(seed).uniform(1.0, 9.0, (units, 4))


@EVERY
@given(seed=st.integers(0, 10_000), units=st.integers(6, 40))
@settings(max_examples=25, deadline=None)
def test_weights_are_shares_and_do_not_depend_on_the_order(name, seed, units) -> None:
    weigh = METHODS[name][0]
    X = sample(units, seed)
    if name in {"cilos", "idocriw"} and undetermined(X):
        return
    weights = weigh(X, FOUR).weights
    assert (weights >= 0).all()
    assert math.isclose(weights.sum(), 1.0, abs_tol=1e-12)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(units), rng.permutation(4)
    np.testing.assert_allclose(weigh(X[rows], FOUR).weights, weights, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(weigh(X[:, columns], FOUR[columns]).weights, weights[columns], rtol=1e-9, atol=1e-12)


@EVERY
def test_change_of_units(name) -> None:
    weigh, scales, shifts = METHODS[name]
    X = sample()
    weights = weigh(X, FOUR).weights
    same = np.allclose(weigh(X * [1, 1000, 1, 1e-6], FOUR).weights, weights, rtol=1e-8)
    assert same == scales
    same = np.allclose(weigh(X + np.array([0, 100, 0, 3]), FOUR).weights, weights, rtol=1e-8)
    assert same == shifts


@EVERY
def test_layout_type_and_input_do_not_matter(name) -> None:
    weigh = METHODS[name][0]
    X = np.round(sample())
    X.flags.writeable = False
    weights = weigh(X, FOUR).weights
    assert np.array_equal(weigh(np.asfortranarray(X), FOUR).weights, weights)
    assert np.array_equal(weigh(X.astype(int), FOUR).weights, weights)
    assert np.array_equal(weigh(X.tolist(), FOUR).weights, weights)
    assert np.array_equal(weigh(np.repeat(X, 2, axis=0)[::2], FOUR).weights, weights)


@EVERY
@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_extreme_magnitudes(name, scale) -> None:
    weigh, scales, _ = METHODS[name]
    X = sample()
    factor = np.full(4, scale) if not scales else np.array([scale, 1.0, scale, 1.0])
    np.testing.assert_allclose(weigh(X * factor, FOUR).weights, weigh(X, FOUR).weights, rtol=1e-9)


@EVERY
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("cell", [(0, 0), (29, 2)])
def test_a_bad_cell_is_named(name, bad, cell) -> None:
    weigh = METHODS[name][0]
    X = sample()
    X[cell] = bad
    with pytest.raises(MethodError) as caught:
        weigh(X, FOUR)
    assert caught.value.code == "not_finite"
    assert (caught.value.facts["unit"], caught.value.facts["column"]) == (cell[0] + 1, f"#{cell[1] + 1}")


@EVERY
@pytest.mark.parametrize("bad", [[], [[]], [1.0, 2.0], np.zeros((2, 2, 2)), [["a", "b"]], [[True, False]]])
def test_what_is_no_matrix_is_refused(name, bad) -> None:
    with pytest.raises(MethodError):
        METHODS[name][0](bad, None)


@EVERY
def test_huge_values_are_refused_not_answered(name) -> None:
    X = sample()
    X[:, 2] *= 1e307
    X[0, 2], X[1, 2] = 1.7e308, 1.6e308
    with pytest.raises(MethodError) as caught:
        METHODS[name][0](X, FOUR)
    assert caught.value.code == "weights_overflow"
    assert caught.value.facts["column"] == "#3"


@EVERY
def test_a_range_beyond_double_precision_is_refused(name):
    """High minus low overflows although every value and every sum is finite."""
    X = sample()
    X[0, 2], X[1, 2] = 1.5e308, -1.5e308
    with pytest.raises(MethodError):
        METHODS[name][0](X, FOUR)


@EVERY
def test_constant_column_has_weight_zero_and_is_flagged(name) -> None:
    weigh = METHODS[name][0]
    X = sample()
    X[:, 2] = 7.98  # its computed standard deviation is not 0
    if name in CONSTANT_RAISES:
        with pytest.raises(MethodError) as caught:
            weigh(X, FOUR)
        assert caught.value.code == "weights_constant_column"
        return
    result = weigh(X, FOUR)
    assert result.weights[2] == 0.0
    assert result.constant.tolist() == [False, False, True, False]
    if name != "merec":  # where a constant column still counts in the mean over columns
        rest = weigh(X[:, [0, 1, 3]], FOUR[[0, 1, 3]]).weights
        np.testing.assert_allclose(result.weights[[0, 1, 3]], rest, rtol=1e-12)


@EVERY
@pytest.mark.parametrize("units", [1, 2, 7])
def test_nothing_to_compare_gives_equal_weights_and_says_so(name, units) -> None:
    X = np.tile([0.1, 0.7, 7.98, 3.0], (units, 1))
    if name in CONSTANT_RAISES:
        with pytest.raises(MethodError):
            METHODS[name][0](X, FOUR)
        return
    result = METHODS[name][0](X, FOUR)
    assert result.weights.tolist() == [0.25] * 4
    assert result.constant.all()


@EVERY
def test_one_indicator_has_all_the_weight(name) -> None:
    weigh = METHODS[name][0]
    assert weigh(sample()[:, :1], np.array([1.0])).weights.tolist() == [1.0]


@EVERY
def test_equal_columns_have_equal_weights(name) -> None:
    X = sample()
    X = X[:, [0, 1, 0, 1]]
    weights = METHODS[name][0](X, FOUR).weights
    np.testing.assert_allclose(weights[:2], weights[2:], rtol=1e-12)


@pytest.mark.parametrize("name", ["critic", "merec", "cilos", "idocriw", "lopcow", "entropy_min_max"])
@pytest.mark.parametrize("directions", [[1, 1, 1], [1, 2, 1, 1], [1, 0, 1, 1], [1, math.nan, 1, 1]])
def test_wrong_directions_are_refused(name, directions) -> None:
    with pytest.raises(MethodError):
        METHODS[name][0](sample(), directions)


NEEDS = {
    "coefficient_of_variation": -1.0,
    "gini": -1.0,
    "angle": -1.0,
    "entropy_shares": -1.0,
    "entropy_cost_inverted": 0.0,
    "merec": 0.0,
    "cilos": 0.0,
    "idocriw": 0.0,
}


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_values_outside_the_domain_are_named(name) -> None:
    X = sample()
    X[4, 3] = NEEDS[name]  # column 4 is a cost
    with pytest.raises(MethodError) as caught:
        METHODS[name][0](X, FOUR)
    assert caught.value.code in {"weights_negative_value", "weights_not_positive"}
    assert (caught.value.facts["column"], caught.value.facts["unit"]) == ("#4", 5)


def test_labels_are_used_and_checked() -> None:
    X = sample()
    X[0, 1] = math.nan
    with pytest.raises(MethodError, match="patents"):
        entropy(X, columns=["income", "patents", "staff", "days"])
    with pytest.raises(MethodError) as caught:
        entropy(sample(), columns=["income"])
    assert caught.value.code == "wrong_length"
