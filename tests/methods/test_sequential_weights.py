import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalengine.errors import MethodError
from evalengine.methods.sequential_weights import g1, swara


def test_g1_by_the_published_formula() -> None:
    r = [1.2, 1.4, 1.0, 1.6]
    last = 1 / (1 + r[3] + r[3] * r[2] + r[3] * r[2] * r[1] + r[3] * r[2] * r[1] * r[0])
    expected = [last * 1.6 * 1.0 * 1.4 * 1.2, last * 1.6 * 1.0 * 1.4, last * 1.6 * 1.0, last * 1.6, last]
    assert g1(r).weights == pytest.approx(expected, abs=1e-15)


def test_swara_by_hand() -> None:
    q = [1, 1 / 1.3, 1 / 1.3 / 1.1]
    assert swara([0.3, 0.1]).weights == pytest.approx(np.array(q) / sum(q))


def test_order_puts_weights_in_their_places() -> None:
    assert g1([2, 2], order=[2, 0, 1]).weights == pytest.approx([2 / 7, 1 / 7, 4 / 7])
    assert swara([1, 1], order=[2, 0, 1]).weights == pytest.approx([2 / 7, 1 / 7, 4 / 7])


def test_one_indicator() -> None:
    assert g1(np.array([], dtype=float)).weights.tolist() == [1.0]


@given(st.lists(st.floats(0, 3), min_size=0, max_size=20))
def test_swara_is_g1_of_one_plus_the_step(steps) -> None:
    steps = np.array(steps, dtype=float)
    a, b = swara(steps).weights, g1(1 + steps).weights
    assert np.array_equal(a, b)
    assert a.sum() == pytest.approx(1.0, abs=1e-12)
    assert (np.diff(a) <= 0).all()


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: g1([1.2, 0.9]), "weights_ratio"),
        (lambda: swara([0.1, -0.1]), "weights_ratio"),
        (lambda: g1([1.2, np.nan]), "not_finite"),
        (lambda: g1([1e200, 1e200]), "weights_vanish"),
        (lambda: g1([2, 2], order=[0, 1, 1]), "weights_order"),
        (lambda: g1([2, 2], order=[1, 2, 3]), "weights_order"),
        (lambda: g1([2, 2], order=[0, 1]), "wrong_length"),
    ],
)
def test_refused(call, code) -> None:
    with pytest.raises(MethodError) as caught:
        call()
    assert caught.value.code == code
