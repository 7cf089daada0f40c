import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalengine.errors import MethodError
from evalengine.methods.best_worst import best_worst


def largest_deviation(weights, a, b):
    best, worst = int(np.argmin(a)), int(np.argmin(b))
    return max(
        np.abs(weights[best] - np.multiply(a, weights)).max(), np.abs(weights - np.multiply(b, weights[worst])).max()
    )


def test_four_criteria() -> None:
    result = best_worst([1, 3, 5, 7], [7, 5, 3, 1])
    assert result.weights == pytest.approx([0.571809, 0.226064, 0.135638, 0.066489], abs=5e-7)
    assert result.deviation == pytest.approx(0.106383, abs=5e-7)
    assert result.consistency_ratio == pytest.approx((5 * 3 - 7) / (49 - 7))
    assert (result.best, result.worst) == (0, 3)


def test_rezaei_car_example() -> None:
    """Rezaei (2016), Omega 64: quality, price, comfort, safety, style; a_B = 2 1 4 2 8, a_W = 4 8 2 4 1."""
    result = best_worst([2, 1, 4, 2, 8], [4, 8, 2, 4, 1])
    assert result.deviation == pytest.approx(0.0, abs=1e-9)
    assert result.weights == pytest.approx(np.array([4, 8, 2, 4, 1]) / 19, abs=1e-9)
    assert result.consistency_ratio == 0.0


def test_downward_inconsistency_counts() -> None:
    """a_B·a_W = 4 < 7 in the middle: an input consistency without the absolute value would call it consistent."""
    assert best_worst([1, 2, 7], [7, 2, 1]).consistency_ratio == pytest.approx(3 / 42)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.lists(st.integers(1, 9), min_size=6, max_size=6))
@settings(max_examples=60, deadline=None)
def test_no_nearby_weights_do_better(first, second) -> None:
    a = np.array([1, *first, 9], dtype=float)
    b = np.array([9, *second[: len(first)], 1], dtype=float)
    a[1:-1], b[1:-1] = np.maximum(a[1:-1], 2), np.maximum(b[1:-1], 2)
    result = best_worst(a, b)
    assert result.weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert largest_deviation(result.weights, a, b) <= result.deviation + 1e-8
    rng = np.random.default_rng(0)
    for _ in range(20):
        other = np.abs(result.weights + rng.normal(0, 0.01, a.size))
        assert largest_deviation(other / other.sum(), a, b) >= result.deviation - 1e-9


def test_consistent_judgements_return_their_weights() -> None:
    weights = np.array([8, 4, 2, 1])
    assert best_worst(8 / weights, weights).weights == pytest.approx(weights / 15, abs=1e-9)


def test_one_and_equal() -> None:
    assert best_worst([1], [1]).weights == pytest.approx([1.0])
    assert best_worst([1, 1, 1], [1, 1, 1]).weights == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [
        ([2, 3], [3, 1], "best_worst_judgement"),
        ([1, 3], [3, 2], "best_worst_judgement"),
        ([1, 0], [3, 1], "best_worst_judgement"),
        ([1, 10], [10, 1], "best_worst_judgement"),
        ([1, np.nan], [3, 1], "not_finite"),
        ([1, 3], [5, 1], "best_worst_ends"),
        ([1, 9, 9], [1, 9, 9], "best_worst_ends"),  # the first is both the best and the worst
        ([1, 2], [1, 2], "best_worst_ends"),
        ([1, 1, 9], [1, 1, 9], "best_worst_ends"),
        ([1, 3], [3, 2, 1], "wrong_length"),
        ([], [], "best_worst_judgement"),
    ],
)
def test_refused(a, b, code) -> None:
    with pytest.raises(MethodError) as caught:
        best_worst(np.array(a, dtype=float), np.array(b, dtype=float))
    assert caught.value.code == code


def test_of_several_ones_the_other_vector_decides() -> None:
    result = best_worst([1, 1, 4, 4], [2, 4, 1, 1])
    assert (result.best, result.worst) == (1, 2)


@given(st.integers(1, 5).flatmap(lambda n: st.tuples(*[st.lists(st.integers(1, 3), min_size=n, max_size=n)] * 2)))
@settings(max_examples=100, deadline=None)
def test_one_indicator_is_both_ends_only_if_all_are_equal(judgements) -> None:
    try:
        result = best_worst(*judgements)
    except MethodError:
        return
    assert result.best != result.worst or set(judgements[0] + judgements[1]) == {1}
