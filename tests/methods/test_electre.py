"""ELECTRE I and III: indices by hand, kernels with circles, distillation against a plain twin."""

import itertools
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalengine.errors import MethodError
from evalengine.methods.electre import electre_i, electre_iii

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # scikit-criteria's dependencies warn on import
    from skcriteria.agg.electre import electre1

# Six projects of the example shipped with the ELECTRE III software of LAMSADE and with the R package MCDA.
PROJECTS = [
    [10, 20, 5, 10, 16],
    [0, 5, 5, 16, 10],
    [0, 10, 0, 16, 7],
    [20, 5, 10, 10, 13],
    [20, 10, 15, 10, 13],
    [20, 10, 20, 13, 13],
]
PROJECT_SETTINGS: dict[str, Any] = {"weights": [3, 2, 3, 1, 1], "q": 3.0, "p": 5.0, "v": 11.0}


# Six places for a firm in Aragon: Cebrian and Porcar, Revista de Metodos Cuantitativos 7 (2009) 31-56, concordances and
# kernel as quoted in the tests of scikit-criteria (tests/agg/test_electre.py).
PLACES = [
    [6, 5, 28, 5, 5],
    [4, 2, 25, 10, 9],
    [5, 7, 35, 9, 6],
    [6, 1, 27, 6, 7],
    [6, 8, 30, 7, 9],
    [5, 6, 26, 4, 8],
]
PLACE_CONCORDANCES = [
    [1.00, 0.50, 0.35, 0.50, 0.35, 0.45],
    [0.50, 1.00, 0.50, 0.75, 0.50, 0.50],
    [0.65, 0.50, 1.00, 0.45, 0.20, 0.70],
    [0.75, 0.25, 0.55, 1.00, 0.35, 0.45],
    [0.90, 0.70, 0.80, 0.90, 1.00, 0.90],
    [0.55, 0.50, 0.55, 0.55, 0.10, 1.00],
]


def problem(units: int, criteria: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(units)
    x = np.round(random.lognormal(3.0, 0.6, (units, criteria)), 2)
    x[units // 2] = x[0]
    return x, random.dirichlet(np.ones(criteria)), np.where(np.arange(criteria) % 3 == 1, -1, 1)


@pytest.mark.parametrize(("units", "criteria"), [(5, 3), (40, 8), (120, 20)])
def test_electre_i_agrees_with_scikit_criteria_on_scaled_data(units: int, criteria: int) -> None:
    x, w, t = problem(units, criteria)
    scaled = (x - x.min(axis=0)) / np.ptp(x, axis=0)
    kernel, outranks, concordance, discordance = electre1(scaled, t, w, 0.65, 0.35)
    found = electre_i(x, w, t)
    off = ~np.eye(units, dtype=bool)
    np.testing.assert_allclose(found.tables["concordance"][off], concordance[off], rtol=0, atol=1e-14)
    np.testing.assert_allclose(found.tables["discordance"][off], discordance[off], rtol=0, atol=1e-14)
    assert (found.tables["outranks"] == outranks).all()
    assert (found.tables["not_outranked"] == kernel).all()
    assert found.scores[0] == found.scores[units // 2]


def test_the_published_places_in_aragon() -> None:
    # the paper measures discordance in the largest range of all criteria; in that of each, its kernel has the cut 0.5
    found = electre_i(PLACES, [0.25, 0.25, 0.1, 0.2, 0.2], [1, 1, -1, 1, 1], discordance=0.5)
    off = ~np.eye(6, dtype=bool)
    np.testing.assert_allclose(found.tables["concordance"][off], np.array(PLACE_CONCORDANCES)[off], atol=1e-12)
    assert found.scores.tolist() == [0, 0, 0, 0, 1, 0]


def test_disagreement_scikit_criteria_divides_by_the_largest_range_of_all_criteria() -> None:
    x = np.array([[10.0, 1.0], [9.0, 2.0], [8.0, 3.0]])
    w = np.array([0.5, 0.5])
    scaled = x * [1.0, 1000.0]
    assert electre1(x, [1, 1], w)[3][1, 0] == 0.5
    assert electre1(scaled, [1, 1], w)[3][1, 0] < 0.001
    assert electre_i(x, w).tables["discordance"][1, 0] == 0.5
    assert electre_i(scaled, w).tables["discordance"][1, 0] == 0.5


def test_a_cut_is_met_in_spite_of_noise() -> None:
    # .1 + .35 + .35 of the weights agree, which is .8 but not in floating point
    x = np.array([[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.3], [0.0, 0.0, 0.0, 1.0]])
    found = electre_i(x, [0.1, 0.35, 0.35, 0.2], concordance=0.8)
    assert found.tables["concordance"][0, 1] < 0.8
    assert found.tables["outranks"][0, 1] == 1.0


def kernel_of(outranks: np.ndarray) -> list[float]:
    """The kernel by definition: strongly connected units are one, then the only independent dominating set."""
    units = len(outranks)
    reach = outranks | np.eye(units, dtype=bool)
    for k in range(units):
        reach |= reach[:, [k]] & reach[[k], :]
    circles = sorted({tuple(np.flatnonzero(reach[i] & reach[:, i]).tolist()) for i in range(units)})
    between = {(a, b): outranks[np.ix_(a, b)].any() for a in circles for b in circles if a != b}
    kernels = []
    for size in range(1, len(circles) + 1):
        for chosen in itertools.combinations(circles, size):
            independent = not any(between[a, b] for a, b in itertools.permutations(chosen, 2))
            dominating = all(any(between[a, b] for a in chosen) for b in circles if b not in chosen)
            if independent and dominating:
                kernels.append(chosen)
    (only,) = kernels
    inside = {unit for circle in only for unit in circle}
    return [float(unit in inside) for unit in range(units)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=2, max_size=7),
    st.floats(0.3, 0.8),
    st.floats(0.2, 1.0),
)
def test_the_kernel_by_definition(rows: list[list[int]], concordance: float, discordance: float) -> None:
    found = electre_i(np.array(rows, dtype=float), [0.4, 0.35, 0.25], concordance=concordance, discordance=discordance)
    assert found.scores.tolist() == kernel_of(found.tables["outranks"] == 1.0)
    assert found.ranks.tolist() == [1.0 if inside else 1.0 + found.scores.sum() for inside in found.scores]


def test_a_circle_of_three_is_one_and_a_chain_alternates() -> None:
    circle = electre_i([[3, 2, 1], [1, 3, 2], [2, 1, 3]], concordance=0.6, discordance=1.0)
    assert circle.scores.tolist() == [1.0, 1.0, 1.0]
    assert circle.tables["not_outranked"].tolist() == [0.0, 0.0, 0.0]


def test_credibilities_of_the_six_projects_by_hand() -> None:
    found = electre_iii(PROJECTS, **PROJECT_SETTINGS).tables["credibility"]
    # 1 over 4: criteria 2, 4, 5 agree (.4), criterion 1 is worse by 10: d = (10 - 5)/(11 - 5)
    assert found[0, 3] == pytest.approx(0.4 * (1 - 5 / 6) / (1 - 0.4), abs=1e-15)
    # 2 over 3: worse by 5 on criterion 2 only
    assert found[1, 2] == pytest.approx(0.8, abs=1e-15)
    # 3 over 2: worse by 5 on criterion 3, by 3 on criterion 5, which is indifferent
    assert found[2, 1] == pytest.approx(0.7, abs=1e-15)
    # 5 over 1: worse by 10 on criterion 2, by 3 on criterion 5; .8 agree
    assert found[4, 0] == pytest.approx(0.8 * (1 - 5 / 6) / (1 - 0.8), abs=1e-15)
    # 1 over 6: worse by 15 on criterion 3: veto
    assert found[0, 5] == 0.0


def test_distillations_of_the_six_projects() -> None:
    found = electre_iii(PROJECTS, **PROJECT_SETTINGS)
    assert found.tables["descending"].tolist() == [3, 5, 5, 4, 2, 1]
    assert found.tables["ascending"].tolist() == [2, 6, 5, 4, 3, 1]
    assert found.scores.tolist() == [1, 5, 4, 3, 1, 0]
    assert found.tables["incomparable"].tolist() == [1, 0, 0, 0, 1, 0]


def credibility(x: np.ndarray, w: np.ndarray, limits: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
    """S(a, b) as Roy writes it, one pair at a time, benefits only."""
    units, criteria = x.shape
    q, p, v = limits
    result = np.ones((units, units))
    for a, b in itertools.permutations(range(units), 2):
        c, d = np.empty(criteria), np.empty(criteria)
        for j in range(criteria):
            g_a, g_b = x[a, j], x[b, j]
            c[j] = 1.0 if g_a + q[j] >= g_b else 0.0 if g_a + p[j] <= g_b else (p[j] + g_a - g_b) / (p[j] - q[j])
            d[j] = 0.0 if g_b <= g_a + p[j] else 1.0 if g_b >= g_a + v[j] else (g_b - g_a - p[j]) / (v[j] - p[j])
        total = (c * w).sum()
        result[a, b] = total * np.prod([(1 - part) / (1 - total) for part in d if part > total])
    return result


def distil(degree: np.ndarray, pick: Callable[[Iterable[int]], int]) -> list[list[int]]:
    """One distillation: lists of units in the order they leave."""
    left, classes = list(range(len(degree))), []
    while left:
        current = left
        cut = max((degree[a, b] for a, b in itertools.permutations(current, 2)), default=0.0)
        while len(current) > 1 and cut > 0:
            pairs = list(itertools.permutations(current, 2))
            limit = cut - (0.30 - 0.15 * cut)
            cut = max((degree[a, b] for a, b in pairs if degree[a, b] < limit), default=0.0)
            score = dict.fromkeys(current, 0)
            for a, b in pairs:
                if degree[a, b] > cut and degree[a, b] > degree[b, a] + 0.30 - 0.15 * degree[a, b]:
                    score[a] += 1
                    score[b] -= 1
            extreme = pick(score.values())
            current = [unit for unit in current if score[unit] == extreme]
        classes.append(current)
        left = [unit for unit in left if unit not in current]
    return classes


@pytest.mark.parametrize(("units", "criteria"), [(4, 3), (15, 5), (40, 8)])
@pytest.mark.parametrize("veto", [True, False])
def test_electre_iii_against_a_plain_twin(units: int, criteria: int, veto: bool) -> None:
    x, w, t = problem(units, criteria)
    q, p, v = (factor * x.std(axis=0) for factor in (0.2, 0.7, 2.0))
    found = electre_iii(x, w, t, q=q, p=p, v=v if veto else None)
    degree = credibility(x * t, w, (q, p, v if veto else np.full(criteria, np.inf)))
    np.testing.assert_allclose(found.tables["credibility"], degree, rtol=0, atol=1e-13)
    descending, ascending = np.empty(units), np.empty(units)
    for number, members in enumerate(distil(degree, max)):
        descending[members] = number + 1
    for number, members in enumerate(distil(degree, min)[::-1]):
        ascending[members] = number + 1
    assert found.tables["descending"].tolist() == descending.tolist()
    assert found.tables["ascending"].tolist() == ascending.tolist()
    at_least = (descending[:, None] <= descending) & (ascending[:, None] <= ascending)
    assert found.scores.tolist() == (at_least & ~at_least.T).sum(axis=0).tolist()
    assert found.ranks[0] == found.ranks[units // 2]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=2, max_size=9),
    st.sampled_from([electre_i, electre_iii]),
    st.randoms(use_true_random=False),
)
def test_properties(rows: list[list[int]], method: Any, random: Any) -> None:
    x = np.array(rows, dtype=float)
    w, t = [0.6, 0.4], np.array([1, -1])
    found = method(x, w, t)
    order = list(range(len(rows)))
    random.shuffle(order)
    assert method(x[order], w, t).ranks.tolist() == found.ranks[order].tolist()
    assert method(x[:, ::-1], w[::-1], t[::-1]).ranks.tolist() == found.ranks.tolist()
    assert method(-x, w, [-1, 1]).ranks.tolist() == found.ranks.tolist()
    assert method(np.column_stack([x, np.full(len(x), 7.98)]), [0.6, 0.4, 0.0], [1, -1, 1]).ranks.tolist() == (
        found.ranks.tolist()
    )
    for i, k in itertools.permutations(range(len(rows)), 2):
        if (x[i] * t >= x[k] * t).all():  # at least as good on both; equal units both ways, so they tie
            assert found.ranks[i] <= found.ranks[k]


def test_a_threshold_that_jumps_is_not_exceeded_by_noise() -> None:
    assert 0.9 - 0.7 > 0.2
    assert electre_iii([[0.7], [0.9]], q=0.2, p=0.2).tables["credibility"].tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_all_equal_units_tie() -> None:
    for method in (electre_i, electre_iii):
        assert method(np.full((6, 3), 7.98)).ranks.tolist() == [1.0] * 6


@pytest.mark.parametrize(
    ("method", "settings_", "named"),
    [
        (electre_i, {"concordance": 1.1}, "concordance"),
        (electre_i, {"discordance": -0.1}, "discordance"),
        (electre_i, {"concordance": np.nan}, "concordance"),
        (electre_i, {"concordance": "half"}, "concordance"),
        (electre_i, {"discordance": None}, "discordance"),
        (electre_iii, {"q": "x"}, "electre_iii"),
        (electre_iii, {"p": None}, "electre_iii"),
        (electre_iii, {"q": [[1.0], [1.0, 2.0]]}, "electre_iii"),
        (electre_iii, {"q": [1.0, 2.0], "p": [1.0, 1.0]}, "cost.*q <= p"),
        (electre_iii, {"q": 1.0, "p": 2.0, "v": [1.0, 3.0]}, "yield.*p <= v"),
        (electre_iii, {"q": -1.0}, "yield"),
        (electre_iii, {"v": np.inf}, "v"),
        (electre_i, {"directions": [1, 2]}, "2"),
        (electre_iii, {"weights": [np.nan, 1]}, "weights"),
    ],
)
def test_wrong_settings_are_named(method: Any, settings_: dict[str, Any], named: str) -> None:
    with pytest.raises(MethodError, match=named):
        method([[1.0, 2.0], [2.0, 3.0]], columns=["yield", "cost"], **settings_)


@pytest.mark.parametrize("method", [electre_i, electre_iii])
def test_a_matrix_it_cannot_answer_for(method: Any) -> None:
    for x in ([[1.0, 2.0]], [1.0, 2.0], [[1.0], [np.nan]], [[-1.7e308], [1.7e308]], np.zeros((5001, 1))):
        with pytest.raises(MethodError, match=method.__name__):
            method(x)
