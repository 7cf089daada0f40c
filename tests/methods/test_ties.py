"""When two numbers are one value."""

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from evalengine.methods.agreement import kendall_tau_b, spearman
from evalengine.methods.coherence import correlations
from evalengine.methods.concordance import kendall_w
from evalengine.methods.electre import electre_i, electre_iii
from evalengine.methods.kemeny import kemeny
from evalengine.methods.normalisation_rank import rank
from evalengine.methods.promethee import promethee_i, promethee_ii
from evalengine.methods.sorting import electre_tri, flowsort
from evalengine.methods.ties import SAME, join, ranks_from_below, snap
from evalengine.methods.voting import borda, condorcet, consensus, copeland

NOISY = [0.1 + 0.2, 0.3]
RANKING = (borda, copeland, condorcet, consensus, kemeny, promethee_i, promethee_ii, electre_i, electre_iii)


def joined(values: list[float]) -> list[float]:
    result = np.array(values, dtype=np.float64)
    join(result)
    return [float(value) for value in result]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.5, 0.1 + 0.2, 0.3], [0.5, 0.3, 0.3]),
        ([1.0 + 1.6e-12, 1.0, 1.0 + 0.8e-12], [1.0, 1.0, 1.0]),  # a chain
        ([1.0 + 1.6e-12, 1.0], [1.0 + 1.6e-12, 1.0]),
        ([0.0, 1e-300, -1e-300], [0.0, 1e-300, -1e-300]),  # relative: nothing equals 0 but 0
        ([-1.7e308, 1.7e308], [-1.7e308, 1.7e308]),
        ([7.0], [7.0]),
    ],
)
def test_neighbours_within_the_tolerance_are_one_value(values: list[float], expected: list[float]) -> None:
    assert joined(values) == expected


@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(-3, 3)), min_size=1, max_size=12), st.randoms())
def test_the_rule_is_that_of_normalisation_and_knows_no_order(cells: list[tuple[int, int]], random: Random) -> None:
    values = [value * (1.0 + noise * 0.6 * SAME) for value, noise in cells]
    found = joined(values)
    places = rank(np.array(values)[:, None])[:, 0]
    assert [[a == b for a in found] for b in found] == [[a == b for a in places] for b in places]
    order = list(range(len(values)))
    random.shuffle(order)
    assert joined([values[k] for k in order]) == [found[k] for k in order]


def test_values_on_a_mark_do_not_chain() -> None:
    values = np.array([1.0 + 0.8e-12, 1.0 + 1.6e-12, 3.0])
    snap(values, np.array([2.0, 1.0]))
    assert values.tolist() == [1.0, 1.0 + 1.6e-12, 3.0]


@pytest.mark.parametrize("method", RANKING)
@pytest.mark.parametrize("direction", [1, -1])
def test_noise_breaks_no_tie(method: Any, direction: int) -> None:
    matrix = np.array([[0.1 + 0.2, 1.0], [0.3, 1.0], [0.2, 1.0], [0.4, 1.0]])
    clean = np.array([[0.3, 1.0], [0.3, 1.0], [0.2, 1.0], [0.4, 1.0]])
    assert method(np.array(NOISY)[:, None], None, [direction]).ranks.tolist() == [1, 1]
    found, expected = (method(x, [0.7, 0.3], [direction, 1]) for x in (matrix, clean))
    assert found.scores.tolist() == expected.scores.tolist()
    assert found.ranks.tolist() == expected.ranks.tolist()
    assert matrix[0, 0] == 0.1 + 0.2  # as it was


@pytest.mark.parametrize("function", ["usual", "u_shape", "v_shape", "level", "linear", "gaussian"])
def test_noise_moves_no_flow(function: Any) -> None:
    matrix = np.array([[0.1 + 0.2], [0.3], [0.2], [0.9]])
    scores = promethee_ii(matrix, function=function, q=0.0, p=0.3, s=0.2).scores
    assert scores[0] == scores[1]


@pytest.mark.parametrize("method", [electre_tri, flowsort])
@pytest.mark.parametrize("direction", [1, -1])
def test_noise_moves_no_unit_from_its_profile(method: Any, direction: int) -> None:
    for value in NOISY:
        for profile in NOISY:
            found = method([[value]], None, [direction], profiles=[[profile]])
            assert found.classes.tolist() == [1]


@pytest.mark.parametrize("method", [electre_tri, flowsort])
def test_a_class_depends_on_no_chain_of_other_units(method: Any) -> None:
    chain = [[1.0 - 2.4e-12], [1.0 - 1.6e-12], [1.0 - 0.8e-12]]
    together = method(chain, profiles=[[1.0]]).classes.tolist()
    alone = [method([unit], profiles=[[1.0]]).classes[0] for unit in chain]
    assert together == alone == [2, 2, 1]


@pytest.mark.parametrize("method", [electre_tri, flowsort])
def test_profiles_that_differ_by_noise_are_one(method: Any) -> None:
    assert method([[0.3, 1.0]], profiles=[[0.3, 2.0], [0.1 + 0.2, 1.0]]).classes.tolist() == [2]


def test_rankings_agree_in_spite_of_noise() -> None:
    x, y = [0.1 + 0.2, 0.3, 0.5, 0.7], [1, 1, 2, 3]
    assert spearman(x, y) == 1.0
    assert kendall_tau_b(x, y) == pytest.approx(1.0, abs=1e-15)
    assert kendall_w(np.column_stack([x, y])).w == 1.0
    assert correlations(np.column_stack([x, y]), coefficient="spearman").coefficients[0, 1] == pytest.approx(1.0)


def test_ranks_from_below_are_those_of_scipy_where_values_are_apart():
    values = np.array([3.0, 1.0, 3.0, 2.0, -0.0, 0.0])
    for rule, name in (("fractional", "average"), ("competition", "min"), ("modified", "max"), ("dense", "dense")):
        assert ranks_from_below(values, rule=rule).tolist() == rankdata(values, method=name).tolist()


def test_ranks_from_below_share_a_place_within_the_tolerance():
    values = np.array([0.1 + 0.2, 0.3, 0.1, 0.101])
    assert ranks_from_below(values).tolist() == [3.5, 3.5, 1.0, 2.0]
    assert ranks_from_below(values, same=0.0).tolist() == [4.0, 3.0, 1.0, 2.0]
    assert ranks_from_below(values, same=0.02).tolist() == [3.5, 3.5, 1.5, 1.5]
