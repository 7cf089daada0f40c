"""ELECTRE TRI and FlowSort: published case, definitions, independence of the other units."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalengine.errors import MethodError
from evalengine.methods.promethee import promethee_ii
from evalengine.methods.sorting import electre_tri, flowsort

# Seven sites for an incinerator in Ticino: price, transport, environment, residents, competition; Maystre, Pictet,
# Simos, Methodes multicriteres ELECTRE (1994). Their categories count from the worst, ours from the best.
SITES = [
    [120, 284, 5, 3.5, 18],
    [150, 269, 2, 4.5, 24],
    [100, 413, 4, 5.5, 17],
    [60, 596, 6, 8.0, 20],
    [30, 1321, 8, 7.5, 16],
    [80, 734, 5, 4.0, 21],
    [45, 982, 7, 8.5, 13],
]
TICINO: dict[str, Any] = {
    "weights": [25, 45, 10, 12, 8],
    "directions": [-1, -1, 1, 1, 1],
    "profiles": [[50, 500, 7, 7, 20], [100, 1000, 4, 4, 15]],
    "q": [15, 80, 1, 0.5, 1],
    "p": [40, 350, 3, 3.5, 5],
    "v": [100, 850, 5, 4.5, 8],
    "cut": 0.75,
}


def test_the_sites_in_ticino() -> None:
    assert (4 - electre_tri(SITES, **TICINO).classes).tolist() == [2, 1, 2, 3, 1, 2, 2]
    assert (4 - electre_tri(SITES, rule="optimistic", **TICINO).classes).tolist() == [2, 3, 2, 3, 2, 2, 2]


def test_a_credibility_by_hand() -> None:
    # site 4 over the upper profile: price 10 worse (within q), transport 96 worse (linear), environment 1 worse
    # (within q), the rest better
    found = electre_tri(SITES, **TICINO).tables["unit_over_profile"][3, 0]
    assert found == pytest.approx(0.25 + 0.45 * (350 - 96) / (350 - 80) + 0.10 + 0.12 + 0.08, abs=1e-15)


def test_a_unit_on_a_profile_is_in_the_class_above() -> None:
    profiles = [[3.0, 3.0], [1.0, 1.0]]
    x = [[3.0, 3.0], [2.9, 3.0], [1.0, 1.0], [0.9, 1.0]]
    assert electre_tri(x, profiles=profiles, cut=1.0).classes.tolist() == [1, 2, 2, 3]
    assert flowsort(x, profiles=profiles).classes.tolist() == [1, 2, 2, 3]


def test_the_cut_is_met_in_spite_of_noise() -> None:
    # .1 + .35 + .35 of the weights agree, which is .8 but not in floating point
    found = electre_tri([[1, 1, 1, 0]], [0.1, 0.35, 0.35, 0.2], profiles=[[1, 1, 1, 1]], cut=0.8)
    assert found.tables["unit_over_profile"][0, 0] < 0.8
    assert found.classes.tolist() == [1]


def test_veto_and_indecision() -> None:
    profiles = [[5.0, 5.0, 5.0]]
    x = [[9.0, 9.0, 1.0]]
    assert electre_tri(x, profiles=profiles, cut=0.6).classes.tolist() == [1]
    assert electre_tri(x, profiles=profiles, cut=0.6, v=3.0).classes.tolist() == [2]
    # neither outranks the other: the optimistic rule does not hold it against the unit
    assert electre_tri(x, profiles=profiles, cut=0.6, v=3.0, rule="optimistic").classes.tolist() == [1]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), min_size=1, max_size=8),
    st.floats(0.5, 1.0),
)
def test_properties(rows: list[list[int]], cut: float) -> None:
    x = np.array(rows, dtype=float)
    shared: dict[str, Any] = {"weights": [0.6, 0.4], "directions": [1, -1], "profiles": [[4, 2], [2, 4]]}
    tri = {**shared, "q": 0.5, "p": 1.5, "cut": cut}
    flow = {**shared, "function": "linear", "q": 0.5, "p": 1.5}
    careful = electre_tri(x, **tri).classes
    hopeful = electre_tri(x, rule="optimistic", **tri).classes
    by_flow = flowsort(x, **flow).classes
    assert (hopeful <= careful).all()
    for classes, method, arguments in ((careful, electre_tri, tri), (by_flow, flowsort, flow)):
        assert set(classes.tolist()) <= {1.0, 2.0, 3.0}
        alone = [method(x[[i]], **arguments).classes[0] for i in range(len(x))]
        assert alone == classes.tolist()
        for i in range(len(x)):
            for k in range(len(x)):
                if x[i, 0] >= x[k, 0] and x[i, 1] <= x[k, 1]:
                    assert classes[i] <= classes[k]


@pytest.mark.parametrize("function", ["usual", "u_shape", "v_shape", "level", "linear", "gaussian"])
def test_flowsort_is_promethee_among_the_profiles(function: Any) -> None:
    random = np.random.default_rng(3)
    x = random.standard_normal((9, 3))
    w, t = random.dirichlet(np.ones(3)), [1, -1, 1]
    profiles = np.array([[0.8, -0.8, 0.8], [0.0, 0.0, 0.0], [-0.8, 0.8, -0.8]])
    thresholds: dict[str, Any] = {"function": function, "q": 0.1, "p": 0.9, "s": 0.5}
    found = flowsort(x, w, t, profiles=profiles, **thresholds)
    for unit, row in enumerate(x):
        flows = promethee_ii(np.vstack([row, profiles]), w, t, **thresholds)
        assert found.tables["net"][unit] == pytest.approx(flows.scores[0], abs=1e-14)
        np.testing.assert_allclose(found.tables["profile_net"][unit], flows.scores[1:], rtol=0, atol=1e-14)
        assert found.classes[unit] == 1 + (flows.scores[1:] > flows.scores[0] + 1e-12).sum()
        plus, minus = flows.tables["positive"], flows.tables["negative"]
        assert found.tables["by_positive"][unit] == 1 + (plus[1:] > plus[0] + 1e-12).sum()
        assert found.tables["by_negative"][unit] == 1 + (minus[1:] < minus[0] - 1e-12).sum()


@pytest.mark.parametrize("offset", [0.0, 1e6, 1e9, -1e9])
def test_a_small_threshold_of_large_values_is_not_decided_by_rounding(offset: float) -> None:
    """Tenths as written are sorted as the whole numbers ten times as large, which have no rounding."""
    units, limits = range(60), (40, 39, 20)

    def tenths(numbers: Any) -> list[list[float]]:
        return [[float(f"{offset + number / 10:.1f}")] for number in numbers]

    def whole(numbers: Any) -> list[list[float]]:
        return [[float(number)] for number in numbers]

    for function in ("u_shape", "level"):
        found = flowsort(tenths(units), profiles=tenths(limits), function=function, q=0.1, p=0.1)
        wanted = flowsort(whole(units), profiles=whole(limits), function=function, q=1.0, p=1.0)
        assert found.classes.tolist() == wanted.classes.tolist()
        assert found.tables["net"].tolist() == wanted.tables["net"].tolist()
    found = electre_tri(tenths(units), profiles=tenths(limits), q=0.1, p=0.1)
    wanted = electre_tri(whole(units), profiles=whole(limits), q=1.0, p=1.0)
    assert found.classes.tolist() == wanted.classes.tolist()


@pytest.mark.parametrize("method", [electre_tri, flowsort])
@pytest.mark.parametrize(
    ("settings_", "named"),
    [
        ({"profiles": [[1.0, 1.0], [2.0, 2.0]]}, "2"),
        ({"profiles": [[2.0, 2.0], [1.0, 3.0]]}, "2"),
        ({"profiles": [[2.0, 2.0], [2.0, 2.0]]}, "2"),
        ({"profiles": [[2.0]]}, "profiles"),
        ({"profiles": [2.0, 2.0]}, r"\(2,\)"),
        ({"profiles": [[np.nan, 2.0]]}, "nan"),
        ({"profiles": [["a", "b"]]}, "U1"),
        ({"profiles": [[1.7e308, 2.0], [-1.7e308, 1.0]]}, "yield"),
        ({"profiles": [[2.0, 2.0]], "q": -1.0}, "yield|p|q"),
        ({"profiles": [[2.0, 2.0]], "weights": [1.0, -1.0]}, "2"),
        ({"profiles": [[2.0, 2.0]], "directions": [1, 0]}, "2"),
    ],
)
def test_wrong_settings_are_named(method: Any, settings_: dict[str, Any], named: str) -> None:
    with pytest.raises(MethodError, match=named):
        method([[1.0, 2.0]], columns=["yield", "cost"], **settings_)


@pytest.mark.parametrize(
    "settings_",
    [
        {"cut": 0.4},
        {"cut": 1.1},
        {"cut": np.nan},
        {"cut": "a"},
        {"cut": None},
        {"rule": None},
        {"rule": "kind"},
        {"q": 2.0, "p": 1.0},
    ],
)
def test_settings_of_electre_tri_are_checked(settings_: dict[str, Any]) -> None:
    with pytest.raises(MethodError, match="electre_tri"):
        electre_tri([[1.0]], profiles=[[1.0]], **settings_)


def test_a_difference_of_any_size_is_a_full_preference() -> None:
    for function in ("v_shape", "linear", "gaussian"):
        found = flowsort([[1e308], [-7e307]], profiles=[[0.0]], function=function, q=0.0, p=1e-5, s=1e-5)
        assert found.tables["net"].tolist() == [1.0, -1.0]


@pytest.mark.parametrize("method", [electre_tri, flowsort])
def test_a_matrix_it_cannot_answer_for(method: Any) -> None:
    for x in ([1.0, 2.0], [[np.nan, 1.0]], [["a", "b"]], [[np.inf, 1.0]], [[]]):
        with pytest.raises(MethodError, match=method.__name__):
            method(x, profiles=[[1.0, 1.0]])
