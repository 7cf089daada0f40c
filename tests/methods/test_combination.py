import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import rel_entr

from evalengine.errors import MethodError
from evalengine.methods.combination import (
    additive_combination,
    game_theory,
    minimum_relative_entropy,
    multiplicative_combination,
)

JUDGED, DATA = [0.4, 0.3, 0.2, 0.1], [0.25, 0.2, 0.3, 0.25]
BEYOND = [[0.30, 0.25, 0.25, 0.20], [0.60, 0.20, 0.10, 0.10]]


def test_additive() -> None:
    expected = 0.7 * np.array(JUDGED) + 0.3 * np.array(DATA)
    assert additive_combination([JUDGED, DATA], shares=[7, 3]).weights == pytest.approx(expected)
    assert additive_combination([[4, 3, 2, 1], [5, 4, 6, 5]], shares=[7, 3]).weights == pytest.approx(expected)


def test_multiplicative() -> None:
    product = np.array(JUDGED) * DATA
    assert multiplicative_combination([JUDGED, DATA]).weights == pytest.approx(product / product.sum())


def test_minimum_relative_entropy_is_the_geometric_mean() -> None:
    root = np.sqrt(np.array(JUDGED) * DATA)
    assert minimum_relative_entropy([JUDGED, DATA]).weights == pytest.approx(root / root.sum())
    found = minimize(
        lambda w: 0.7 * rel_entr(w, JUDGED).sum() + 0.3 * rel_entr(w, DATA).sum(),
        np.full(4, 0.25),
        bounds=[(1e-9, 1)] * 4,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        tol=1e-12,
    )
    assert minimum_relative_entropy([JUDGED, DATA], shares=[0.7, 0.3]).weights == pytest.approx(found.x, abs=1e-5)


def test_game_theory() -> None:
    result = game_theory([JUDGED, DATA])
    # (.30 .245 / .245 .255) α = (.30 .255), solved by Cramer's rule
    determinant = 0.30 * 0.255 - 0.245**2
    expected = np.array([0.30 * 0.255 - 0.245 * 0.255, 0.30 * 0.255 - 0.245 * 0.30]) / determinant
    assert result.unscaled == pytest.approx(expected)
    assert result.unscaled == pytest.approx([0.85128983, 0.18209408], abs=5e-9)
    assert result.coefficients == pytest.approx(expected / expected.sum())
    assert result.weights == pytest.approx([0.37356828, 0.28237885, 0.21762115, 0.12643172], abs=5e-9)
    assert not result.clipped


def test_game_theory_refuses_or_reports_a_negative_coefficient() -> None:
    with pytest.raises(MethodError) as caught:
        game_theory(BEYOND)
    assert caught.value.code == "combination_negative"
    assert caught.value.facts["vector"] == 1
    assert caught.value.facts["value"] == pytest.approx(-0.26687847, abs=5e-9)
    result = game_theory(BEYOND, negative="clip")
    assert result.unscaled == pytest.approx([-0.26687847, 1.17474186], abs=5e-9)
    assert result.coefficients.tolist() == [0.0, 1.0]
    assert result.clipped
    assert result.weights == pytest.approx(BEYOND[1])


def test_game_theory_gives_a_uniform_vector_nothing() -> None:
    result = game_theory([[0.25] * 4, JUDGED])
    assert result.unscaled == pytest.approx([0.0, 1.0], abs=1e-12)
    assert not result.clipped


@given(st.integers(0, 500), st.integers(2, 3), st.integers(4, 8))
@settings(deadline=None)
def test_combinations_are_weights_and_symmetric(seed, vectors, size) -> None:
    rng = np.random.default_rng(seed)
    given_ = rng.dirichlet(np.full(size, 3.0), vectors)
    order = rng.permutation(size)
    for combine in (
        additive_combination,
        multiplicative_combination,
        minimum_relative_entropy,
        lambda w: game_theory(w, negative="clip"),
    ):
        weights = combine(given_).weights
        assert (weights >= 0).all()
        assert weights.sum() == pytest.approx(1.0, abs=1e-12)
        assert combine(given_[:, order]).weights == pytest.approx(weights[order], abs=1e-9)
        assert combine(given_[::-1]).weights == pytest.approx(weights, abs=1e-9)


def test_a_vector_with_itself() -> None:
    for combine in (additive_combination, minimum_relative_entropy):
        assert combine([JUDGED, JUDGED]).weights == pytest.approx(JUDGED)
    with pytest.raises(MethodError) as caught:
        game_theory([JUDGED, JUDGED])
    assert caught.value.code == "combination_dependent"


def test_zeros() -> None:
    vectors = [[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]]
    assert multiplicative_combination(vectors).weights.tolist() == [0.0, 1.0, 0.0]
    assert minimum_relative_entropy(vectors, shares=[1, 0]).weights == pytest.approx([0.5, 0.5, 0.0])
    with pytest.raises(MethodError) as caught:
        multiplicative_combination([[1, 0], [0, 1]])
    assert caught.value.code == "combination_killed"


def test_many_small_factors_do_not_underflow() -> None:
    vectors = np.tile([1e-3, 2e-3, 1 - 3e-3], (200, 1))
    assert minimum_relative_entropy(vectors).weights == pytest.approx(vectors[0])
    assert multiplicative_combination(vectors).weights == pytest.approx([0, 0, 1], abs=1e-300)


@pytest.mark.parametrize(
    "call",
    [
        lambda: additive_combination([JUDGED, DATA], shares=[1, -1]),
        lambda: additive_combination([JUDGED, [0, 0, 0, 0]]),
        lambda: multiplicative_combination([[0.5, -0.5]]),
        lambda: minimum_relative_entropy([[0.5, np.nan]]),
        lambda: game_theory([JUDGED, DATA], negative="ignore"),
        lambda: game_theory(JUDGED),
    ],
)
def test_refused(call) -> None:
    with pytest.raises(MethodError):
        call()
