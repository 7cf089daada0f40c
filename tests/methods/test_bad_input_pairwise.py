"""No silent result: ranks, pairwise methods, votes, sorting and agreement on every kind of difficult input."""

from typing import Any

import numpy as np
import pytest

from evalengine.methods.concordance import Concordance
from evalengine.methods.registry import Method
from evalengine.methods.results import Ranked
from evalengine.methods.sorting import Sorted
from tests.methods import bad_input
from tests.methods.bad_input import ANSWERS, FAULTS, NOT_APPLICABLE, PAIRWISE_KINDS, SOUND, Fault

METHODS = bad_input.registered(PAIRWISE_KINDS)
FAULT = {case.name: case for case in FAULTS}

each_method = pytest.mark.parametrize("method", METHODS, ids=lambda item: item.name)
each_ranking = pytest.mark.parametrize(
    "method", bad_input.registered(("outranking", "voting")), ids=lambda item: item.name
)


def check(result: Any) -> None:
    """Every number of an answer is finite, and the ranks follow the scores."""
    if isinstance(result, Concordance):
        assert np.isfinite([result.w, result.chi_square, result.p_value]).all()
    elif isinstance(result, Sorted):
        assert set(result.classes.tolist()) <= {1.0, 2.0, 3.0}
        assert all(np.isfinite(array).all() for array in result.tables.values())
    elif isinstance(result, Ranked):
        assert np.isfinite(result.scores).all()
        assert all(np.isfinite(array).all() for array in result.tables.values())
        goodness = result.scores if result.higher_is_better else -result.scores
        ahead = goodness[:, None] > goodness[None, :] + 1e-9
        assert (result.ranks[:, None] < result.ranks[None, :])[ahead].all()
        assert result.ranks.min() == 1
    else:
        assert np.isfinite(result).all()


@each_method
@pytest.mark.parametrize("case", FAULTS, ids=lambda item: item.name)
def test_it_raises_a_method_error_or_answers_with_finite_numbers(method: Method, case: Fault) -> None:
    code = bad_input.outcome(method, case)
    assert not (case.malformed and code == ANSWERS)
    if code == ANSWERS:
        check(bad_input.call(method, case))


@each_method
def test_the_sound_problem_is_answered(method: Method) -> None:
    check(bad_input.call(method, SOUND))


def test_only_vectors_escape_and_only_what_they_do_not_take() -> None:
    for method in METHODS:
        escaped = {case.name for case in FAULTS if bad_input.outcome(method, case) == NOT_APPLICABLE}
        if method.kind in {"outranking", "voting", "sorting"}:
            assert escaped == set()
        else:
            assert escaped <= {case.name for case in FAULTS if case.matrix is SOUND.matrix or np.ndim(case.matrix) < 2}


@each_ranking
def test_units_that_are_all_equal_tie_and_a_single_one_is_refused(method: Method) -> None:
    same = bad_input.call(method, FAULT["all units equal"])
    assert same.ranks.tolist() == [1.0] * 6
    assert bad_input.outcome(method, FAULT["one unit"]) == "needs_two_units"


@each_ranking
def test_weights_are_shares(method: Method) -> None:
    doubled = bad_input.call(method, FAULT["weights summing to 2"])
    np.testing.assert_allclose(doubled.scores, bad_input.call(method, SOUND).scores, rtol=1e-12, atol=1e-14)


@each_ranking
def test_huge_values_rank_as_in_another_unit(method: Method) -> None:
    huge = bad_input.call(method, FAULT["values near 1e308"])
    assert huge.ranks.tolist() == bad_input.call(method, SOUND).ranks.tolist()
