"""Scores to ranks: tie rules, tolerance, order independence."""

import dataclasses
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from evalengine.errors import MethodError
from evalengine.methods.results import Ranked, Tie, ranks_of

SCIPY = {"competition": "min", "modified": "max", "dense": "dense", "fractional": "average"}


@pytest.mark.parametrize(
    ("tie", "expected"),
    [
        ("competition", [3, 1, 1, 4]),
        ("modified", [3, 2, 2, 4]),
        ("dense", [2, 1, 1, 3]),
        ("fractional", [3, 1.5, 1.5, 4]),
    ],
)
def test_the_tie_rules_on_a_case_that_is_not_its_own_inverse(tie: Tie, expected: list[float]) -> None:
    assert ranks_of([6.0, 9.0, 9.0, 2.0], tie=tie).tolist() == expected


def test_low_scores_win_where_lower_is_better() -> None:
    assert ranks_of([1.0, 1.225, 3.4], higher_is_better=False).tolist() == [1, 2, 3]


def test_noise_ties_only_within_the_stated_tolerance() -> None:
    assert ranks_of([0.1 + 0.2, 0.3]).tolist() == [1, 2]
    assert ranks_of([0.1 + 0.2, 0.3], tolerance=1e-12).tolist() == [1, 1]


def test_a_chain_of_neighbours_is_one_tie_from_either_end() -> None:
    scores = np.array([100.0, 99.5, 99.0, 50.0])
    assert ranks_of(scores, tolerance=0.005).tolist() == [1, 1, 1, 4]
    assert ranks_of(scores, tolerance=0.005, higher_is_better=False).tolist() == [2, 2, 2, 1]


def test_scores_that_cancel_tie_relative_to_what_they_were_computed_from() -> None:
    noise = [1e-17, -2e-17, 0.0]
    assert ranks_of(noise, tolerance=1e-12).tolist() == [1, 3, 2]
    assert ranks_of(noise, tolerance=1e-12, scale=1.0).tolist() == [1, 1, 1]
    assert ranks_of([5.0, 4.0], tolerance=1e-12, scale=1.0).tolist() == [1, 2]


def test_extremes_of_the_number_range() -> None:
    assert ranks_of([1.7e308, -1.7e308, 0.0, -0.0], tolerance=1e-12).tolist() == [1, 4, 2, 2]
    assert ranks_of([7.0]).tolist() == [1]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_no_rank_for_a_score_that_is_not_finite(bad: float) -> None:
    with pytest.raises(MethodError, match=r"ranks_of.*2"):
        ranks_of([0.2, bad, 0.9])


@pytest.mark.parametrize("settings", [{"tie": "min"}, {"tolerance": -1e-9}, {"tolerance": 1.0}, {"tolerance": np.nan}])
def test_settings_are_checked(settings: dict[str, Any]) -> None:
    with pytest.raises(MethodError):
        ranks_of([1.0, 2.0], **settings)


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=30), st.sampled_from(sorted(SCIPY)), st.booleans())
def test_exact_ties_agree_with_scipy(values: list[int], tie: Tie, higher: bool) -> None:
    scores = np.array(values, dtype=np.float64)
    expected = rankdata(-scores if higher else scores, method=SCIPY[tie])
    assert ranks_of(scores, tie=tie, higher_is_better=higher).tolist() == expected.tolist()


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=20), st.randoms(), st.sampled_from([0.0, 1e-3, 0.1]))
def test_permuting_the_units_permutes_the_ranks(values: list[float], random: Random, tolerance: float) -> None:
    order = list(range(len(values)))
    random.shuffle(order)
    scores = np.array(values)
    assert (
        ranks_of(scores[order], tolerance=tolerance).tolist() == ranks_of(scores, tolerance=tolerance)[order].tolist()
    )


def test_the_result_is_frozen() -> None:
    result = Ranked(np.ones(1), np.ones(1), higher_is_better=True, tables={})
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.scores = np.zeros(1)
