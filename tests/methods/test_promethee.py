"""PROMETHEE I and II: textbook case, parity with pymcdm, partial order, refusals."""

import warnings
from typing import Any

import numpy as np
import pytest
from scipy.stats import rankdata

from evalengine.errors import MethodError
from evalengine.methods.promethee import promethee_i, promethee_ii

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pymcdm warns on import about packages it plots with
    from pymcdm.methods import PROMETHEE_II

PYMCDM = {"usual": "usual", "u_shape": "ushape", "v_shape": "vshape", "level": "level", "linear": "vshape_2"}

# Six sites for a power plant: manpower, power, construction cost, maintenance cost, villages to move, security;
# Brans, Vincke, Mareschal, EJOR 24 (1986) 228-238, one preference function of each type, equal weights.
SITES = [
    [80, 90, 600, 5.4, 8, 5],
    [65, 58, 200, 9.7, 1, 1],
    [83, 60, 400, 7.2, 4, 7],
    [40, 80, 1000, 7.5, 7, 10],
    [52, 72, 600, 2.0, 3, 8],
    [94, 96, 700, 3.6, 5, 6],
]
SITE_SETTINGS: dict[str, Any] = {
    "directions": [-1, 1, -1, -1, -1, 1],
    "function": ["u_shape", "v_shape", "linear", "level", "usual", "gaussian"],
    "q": [10, 0, 50, 1, 0, 0],
    "p": [10, 30, 500, 6, 0, 0],
    "s": 5.0,
}


def problem(units: int, criteria: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(units)
    x = np.round(random.lognormal(3.0, 0.6, (units, criteria)), 2)
    x[units // 2] = x[0]  # a unit twice: the two must tie
    x[-1] = x[0]
    return x, random.dirichlet(np.ones(criteria)), np.where(np.arange(criteria) % 3 == 1, -1, 1)


def test_the_power_plants_of_the_founding_paper() -> None:
    found = promethee_ii(SITES, **SITE_SETTINGS)
    np.testing.assert_allclose(found.tables["positive"][:4], [0.220, 0.396, 0.247, 0.329], atol=5e-4)
    assert found.ranks.tolist() == [6, 2, 5, 3, 1, 4]
    # one preference by hand: the first site over the second is better in power only, by 32 of 30, and in security
    # by 4 with s = 5, and in maintenance by 4.3, between 1 and 6: half
    x = np.array(SITES)[:2]
    pair = promethee_ii(x, **SITE_SETTINGS).tables["positive"][0]
    assert pair == pytest.approx((1.0 + 0.5 + (1.0 - np.exp(-(4.0**2) / 50.0))) / 6.0, abs=1e-15)


def test_the_power_plants_in_the_partial_order() -> None:
    found = promethee_i(SITES, **SITE_SETTINGS)
    positive, negative = found.tables["positive"], found.tables["negative"]
    ahead = [
        sum(
            positive[k] >= positive[i]
            and negative[k] <= negative[i]
            and (positive[k] > positive[i] or negative[k] < negative[i])
            for k in range(6)
        )
        for i in range(6)
    ]
    assert found.scores.tolist() == ahead
    assert not found.higher_is_better
    assert found.ranks[4] == 1  # site 5 is preferred to every other
    assert found.tables["incomparable"][1] == 4  # site 2 has high flows of both signs


@pytest.mark.parametrize(("units", "criteria"), [(7, 3), (40, 8), (150, 20)])
@pytest.mark.parametrize("function", sorted(PYMCDM))
def test_parity_with_pymcdm(units: int, criteria: int, function: str) -> None:
    x, w, t = problem(units, criteria)
    q, p = 0.5 * x.std(axis=0), 2.0 * x.std(axis=0)
    oracle = PROMETHEE_II(PYMCDM[function], p=p, q=q)(x, w, t)
    found = promethee_ii(x, w, t, function=function, q=q, p=p)
    np.testing.assert_allclose(found.scores, oracle, rtol=0, atol=1e-14)
    assert found.scores[0] == found.scores[units // 2] == found.scores[-1]
    assert found.ranks[0] == found.ranks[units // 2] == found.ranks[-1]


def test_disagreement_pymcdm_lets_noise_break_a_tie() -> None:
    # .1 + .2 of the weights against .3: three units without any difference in their net flows
    x = np.array([[2.0, 2.0, 0.0], [0.0, 0.0, 2.0], [1.0, 1.0, 1.0]])
    w = np.array([0.1, 0.2, 0.3])
    w /= w.sum()
    noisy = PROMETHEE_II("usual")(x, w, np.ones(3), validation=False)
    assert 0.0 < noisy[0] - noisy[1] < 1e-15
    found = promethee_ii(x, w)
    assert 0.0 < found.scores[0] - found.scores[1] < 1e-15
    assert found.ranks.tolist() == [1, 1, 1]


def test_disagreement_pymcdm_counts_a_missing_value_as_indifferent() -> None:
    x = np.array([[1.0, 2.0], [np.nan, 3.0], [2.0, 1.0]])
    assert np.isfinite(PROMETHEE_II("usual")(x, np.array([0.5, 0.5]), np.ones(2), validation=False)).all()
    with pytest.raises(MethodError, match="price"):
        promethee_ii(x, columns=["price", "yield"])


def test_usual_is_the_weighted_borda_count() -> None:
    # phi_i = sum w (N + 1 - 2 rank) / (N - 1) with average ranks
    x, w, t = problem(30, 5)
    ranks = rankdata(-x * t, axis=0)
    expected = ((31 - 2 * ranks) / 29 * w).sum(axis=1)
    np.testing.assert_allclose(promethee_ii(x, w, t).scores, expected, rtol=0, atol=1e-14)


def test_the_partial_order_against_the_definition() -> None:
    x, w, t = problem(60, 4)
    found = promethee_i(np.round(x), w, t)
    complete = promethee_ii(np.round(x), w, t)
    plus, minus = np.round(complete.tables["positive"], 11), np.round(complete.tables["negative"], 11)
    at_least = (plus[:, None] >= plus) & (minus[:, None] <= minus)
    precedes = at_least & ~at_least.T
    assert found.scores.tolist() == precedes.sum(axis=0).tolist()
    assert found.tables["incomparable"].tolist() == (~at_least & ~at_least.T).sum(axis=1).tolist()
    assert (found.ranks[:, None] < found.ranks)[precedes].all()
    assert (complete.scores[:, None] > complete.scores)[precedes].all()


def test_a_weight_of_zero_leaves_the_criterion_out() -> None:
    x, w, t = problem(20, 4)
    w[2] = 0.0
    full = promethee_ii(x, w, t, function=["usual", "linear", "gaussian", "level"], q=1.0, p=9.0, s=4.0)
    kept = [0, 1, 3]
    part = promethee_ii(x[:, kept], w[kept], t[kept], function=["usual", "linear", "level"], q=1.0, p=9.0)
    assert full.scores.tolist() == part.scores.tolist()


def test_a_constant_criterion_changes_no_order_and_all_equal_units_tie() -> None:
    x, w, t = problem(20, 3)
    more = np.column_stack([x, np.full(20, 7.98)])
    assert promethee_ii(more, [*w, 0.5], [*t, -1]).ranks.tolist() == promethee_ii(x, w, t).ranks.tolist()
    same = promethee_ii(np.full((6, 2), 7.98))
    assert same.scores.tolist() == [0.0] * 6
    assert same.ranks.tolist() == [1.0] * 6


@pytest.mark.parametrize("method", [promethee_i, promethee_ii])
@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"function": "v_shape2"}, "v_shape2"),
        ({"function": ["usual"]}, "function"),
        ({"function": [2, 2]}, "2"),
        ({"function": "linear", "q": 1.0}, "yield.* p"),
        ({"function": "level", "q": [1.0, 1.0], "p": [2.0, 0.5]}, "cost"),
        ({"function": "u_shape", "q": -1.0}, "yield"),
        ({"function": "u_shape", "q": [1.0]}, "q"),
        ({"function": "u_shape", "q": np.nan}, "q"),
        ({"function": "u_shape", "q": "wide"}, "U4"),
        ({"function": "gaussian", "s": [1.0, 0.0]}, "cost"),
        ({"function": "gaussian"}, "yield"),
        ({"weights": [0.5, -0.1]}, "2"),
        ({"weights": [0.0, 0.0]}, "0"),
        ({"directions": [1, 0]}, "2"),
    ],
)
def test_wrong_settings_are_named(method: Any, settings: dict[str, Any], named: str) -> None:
    with pytest.raises(MethodError, match=named):
        method([[1.0, 2.0], [2.0, 3.0]], columns=["yield", "cost"], **settings)


@pytest.mark.parametrize("method", [promethee_i, promethee_ii])
@pytest.mark.parametrize(
    "x", [[[1.0, 2.0]], [1.0, 2.0], [[]], [[1.0], [np.inf]], [["a"], ["b"]], [[-1.7e308], [1.7e308]]]
)
def test_a_matrix_it_cannot_answer_for(method: Any, x: Any) -> None:
    with pytest.raises(MethodError, match=method.__name__):
        method(x)


def test_arguments_are_not_modified_and_calls_repeat() -> None:
    x, w, t = problem(40, 6)
    before = (x.copy(), w.copy(), t.copy())
    first = promethee_ii(x, w, t, function="linear", q=1.0, p=9.0)
    second = promethee_ii(np.asfortranarray(x), w, t, function="linear", q=1.0, p=9.0)
    assert first.scores.tolist() == second.scores.tolist()
    for argument, copy in zip((x, w, t), before, strict=True):
        assert argument.tolist() == copy.tolist()
