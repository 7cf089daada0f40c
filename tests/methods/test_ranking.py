"""The exact order and the four rank rules."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from evalengine.errors import MethodError
from evalengine.methods.ranking import ascending, at_most_before, competition, dense, fractional, modified, places
from evalengine.methods.results import ranks_of

RULES = {"competition": competition, "dense": dense, "fractional": fractional, "modified": modified}
SCIPY = {"competition": "min", "modified": "max", "dense": "dense", "fractional": "average"}


def vectors(count: int) -> dict[str, np.ndarray]:
    """Shapes that take every path: quantised, repaired, radix, ranges beyond or below what can be quantised."""
    random = np.random.default_rng(count)
    return {
        "uniform": random.random(count),
        "skewed": np.exp(6.0 * random.standard_normal(count)),
        "few values": random.integers(-3, 3, count).astype(float),
        "equal": np.full(count, 7.98),
        "range overflows": random.choice([0.0, -0.0, 5e-324, -1.7e308, 1.7e308], count),
        "factor overflows": random.choice([0.0, -0.0, 5e-324, 1e-320], count),
        "one outlier": np.append(random.random(count - 1), 1e300),
        "sorted": np.sort(random.standard_normal(count)),
        "reversed": -np.sort(random.standard_normal(count)),
    }


@pytest.mark.parametrize("count", [1, 2, 3, 100, 4096, 4097, 20_000])
def test_the_order_is_that_of_a_stable_sort(count: int) -> None:
    for name, values in vectors(count).items():
        order, ordered = ascending(values)
        assert order.tolist() == np.argsort(values, kind="stable").tolist(), name
        assert ordered.tolist() == values[order].tolist(), name


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("higher", [True, False])
def test_ranks_agree_with_scipy(rule: str, higher: bool) -> None:
    for name, values in vectors(500).items():
        expected = rankdata(-values if higher else values, method=SCIPY[rule])
        assert RULES[rule](values, higher_is_better=higher).tolist() == expected.tolist(), name


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("competition", [3, 1, 1, 4]),
        ("modified", [3, 2, 2, 4]),
        ("dense", [2, 1, 1, 3]),
        ("fractional", [3, 1.5, 1.5, 4]),
    ],
)
def test_the_rules_on_a_case_that_is_not_its_own_inverse(rule: str, expected: list[float]) -> None:
    assert RULES[rule]([6.0, 9.0, 9.0, 2.0]).tolist() == expected


def test_a_rank_is_not_the_order_of_the_ranks() -> None:
    # scikit-criteria 0.10 returns argsort(rank) + 1 as the untied rank: here the worst unit would come first
    assert competition([6.0, 2.0, 6.0, 10.0, 6.0]).tolist() == [2, 5, 2, 1, 2]


@given(
    st.lists(st.floats(-10, 10), min_size=1, max_size=40),
    st.sampled_from([0.0, 1e-12, 1e-3, 0.2]),
    st.sampled_from(sorted(RULES)),
    st.booleans(),
)
def test_the_tolerance_means_what_it_means_elsewhere(
    values: list[float], tolerance: float, rule: Any, higher: bool
) -> None:
    found = RULES[rule](values, tolerance=tolerance, higher_is_better=higher)
    assert found.tolist() == ranks_of(values, tolerance=tolerance, tie=rule, higher_is_better=higher).tolist()


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_no_rank_for_a_score_that_is_not_finite(rule: str, bad: float) -> None:
    with pytest.raises(MethodError, match=rf"{rule}.*2"):
        RULES[rule]([0.2, bad, 0.9])


@pytest.mark.parametrize("settings", [{"tolerance": -1e-9}, {"tolerance": 1.0}, {"tolerance": np.nan}])
def test_the_tolerance_is_checked(settings: dict[str, Any]) -> None:
    with pytest.raises(MethodError):
        competition([1.0, 2.0], **settings)


@pytest.mark.parametrize("scores", [[], [[1.0, 2.0]], ["a", "b"], [True, False], [1 + 2j, 0j]])
def test_scores_are_a_vector_of_numbers(scores: Any) -> None:
    with pytest.raises(MethodError):
        competition(scores)


def test_nothing_is_modified() -> None:
    values = np.array([3.0, 1.0, 2.0])
    places(values)
    assert values.tolist() == [3.0, 1.0, 2.0]


def test_counting_what_comes_before() -> None:
    for permutation in itertools.permutations([1, 2, 2, 3, 5]):
        values = np.array(permutation, dtype=np.int32)
        expected = [int((values[:k] <= values[k]).sum()) for k in range(5)]
        assert at_most_before(values).tolist() == expected
