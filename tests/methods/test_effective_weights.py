import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalengine.errors import MethodError
from evalengine.methods.effective_weights import effective_weights, leaf_weights


@given(st.integers(0, 300), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_against_numpy(seed, size) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(30, size)) * rng.uniform(0.1, 10, size) + rng.normal(size=(30, 1))
    w = rng.dirichlet(np.ones(size))
    y = X @ w
    result = effective_weights(X, w)
    expected = [w[j] * np.cov(X[:, j], y)[0, 1] / y.var(ddof=1) for j in range(size)]
    assert result.effective == pytest.approx(expected, abs=1e-9)
    assert result.effective.sum() == pytest.approx(1.0)
    r = np.array([np.corrcoef(X[:, j], y)[0, 1] for j in range(size)])
    assert result.correlation == pytest.approx(r, abs=1e-9)
    assert result.importance == pytest.approx(r**2 / (r**2).sum(), abs=1e-9)


def test_equal_nominal_weights_need_not_be_equal_influence() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5000, 3)) * [1, 3, 1]
    result = effective_weights(X)
    assert result.nominal.tolist() == [1 / 3] * 3
    assert result.effective == pytest.approx([1 / 11, 9 / 11, 1 / 11], abs=0.02)


def test_constant_indicator_has_no_influence() -> None:
    X = np.array([[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]])
    result = effective_weights(X, [1, 3])
    assert result.effective.tolist() == [1.0, 0.0]
    assert result.correlation == pytest.approx([1.0, 0.0])


def test_spreads_of_very_different_size():
    X = np.array([[1.0, 1e-300], [2.0, 0.0], [4.0, 3e-300]]) * [1e100, 1]
    result = effective_weights(X)
    assert result.effective == pytest.approx([1.0, 0.0])
    assert result.correlation[1] == pytest.approx(np.corrcoef([1, 2, 4], [1, 0, 3])[0, 1])


@pytest.mark.parametrize("X", [[[1.0, 2.0]], [[1.0, 2.0], [1.0, 2.0]], [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]]])
def test_an_index_that_does_not_vary_is_refused(X) -> None:
    with pytest.raises(MethodError) as caught:
        effective_weights(X)
    assert caught.value.code == "effective_constant"


def test_leaf_weights() -> None:
    # root 0 with 1 (weight 1) and 2 (weight 3); 1 has leaves 3 (2) and 4 (2); 2 has the leaf 5
    weights = leaf_weights([9, 1, 3, 2, 2, 4], [-1, 0, 0, 1, 1, 2])
    assert weights == pytest.approx([1, 1 / 4, 3 / 4, 1 / 8, 1 / 8, 3 / 4])
    assert leaf_weights([3, 5, 2], [1, -1, 1]) == pytest.approx([0.6, 1.0, 0.4])


@pytest.mark.parametrize(
    ("weights", "parents", "code"),
    [
        ([1, 1, 1], [-1, -1, 0], "weights_not_a_tree"),
        ([1, 1, 1], [-1, 2, 1], "weights_not_a_tree"),
        ([1, 1], [-1, 5], "weights_not_a_tree"),
        ([1, 1], [-1, 0.5], "weights_not_a_tree"),
        ([1, 0, 0], [-1, 0, 0], "zero_weights"),
        ([1, -1, 2], [-1, 0, 0], "negative_weight"),
        ([1, 1], [-1], "wrong_length"),
    ],
)
def test_leaf_weights_refuse(weights, parents, code) -> None:
    with pytest.raises(MethodError) as caught:
        leaf_weights(np.array(weights, dtype=float), np.array(parents, dtype=float))
    assert caught.value.code == code
