"""Flows by sorting against the definition pair by pair."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalengine.methods.promethee import promethee_ii

FUNCTIONS = ("usual", "u_shape", "v_shape", "level", "linear", "gaussian")
ULP = 2e-14

Shapes = tuple[list[str], np.ndarray, np.ndarray, np.ndarray]


def degree(difference: np.ndarray, function: str, q: float, p: float, s: float) -> np.ndarray:
    """P(d) as Brans and Vincke write it."""
    positive = {
        "usual": np.ones_like(difference),
        "u_shape": 1.0 * (difference > q),
        "v_shape": np.minimum(difference / p, 1.0),
        "level": 0.5 * (difference > q) + 0.5 * (difference > p),
        "linear": np.clip((difference - q) / (p - q), 0.0, 1.0),
        "gaussian": 1.0 - np.exp(-((difference / s) ** 2) / 2.0),
    }[function]
    return np.where(difference > 0, positive, 0.0)


def pairwise(x: np.ndarray, w: np.ndarray, t: np.ndarray, shapes: Shapes) -> tuple[np.ndarray, np.ndarray]:
    """Positive and negative flows by the definition."""
    preference = np.zeros((len(x), len(x)))
    functions, q, p, s = shapes
    for j in range(x.shape[1]):
        difference = (x[:, j][:, None] - x[:, j][None, :]) * t[j]
        preference += w[j] / w.sum() * degree(difference, functions[j], q[j], p[j], s[j])
    return preference.sum(axis=1) / (len(x) - 1), preference.sum(axis=0) / (len(x) - 1)


def case(units: int, criteria: int, kind: str) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(units * 100 + criteria)
    x = random.standard_normal((units, criteria))
    if kind == "ties":
        x = np.round(x, 1) + 0.0
    if kind == "offset":
        x += 1e6
    if kind == "outliers":
        x[0], x[1] = 1e12, -1e12
    q = random.random(criteria) * 0.3
    return x, random.random(criteria) + 0.1, random.choice([-1.0, 1.0], criteria), q, q + 0.1 + random.random(criteria)


@pytest.mark.parametrize("kind", ["plain", "ties", "offset", "outliers"])
@pytest.mark.parametrize(("units", "criteria"), [(2, 1), (3, 6), (17, 6), (120, 6), (400, 12)])
@pytest.mark.parametrize("function", [*FUNCTIONS, "mixed"])
def test_sorting_gives_the_flows_of_the_definition(units: int, criteria: int, kind: str, function: str) -> None:
    x, w, t, q, p = case(units, criteria, kind)
    s = p
    functions = [FUNCTIONS[j % 6] for j in range(criteria)] if function == "mixed" else [function] * criteria
    found = promethee_ii(x, w, t, function=functions, q=q, p=p, s=s)
    positive, negative = pairwise(x, w, t, (functions, q, p, s))
    np.testing.assert_allclose(found.tables["positive"], positive, rtol=0, atol=ULP)
    np.testing.assert_allclose(found.tables["negative"], negative, rtol=0, atol=ULP)
    np.testing.assert_allclose(found.scores, positive - negative, rtol=0, atol=2 * ULP)


def test_an_outlier_does_not_cost_the_others_their_digits() -> None:
    # plain prefix sums would carry the 1e15 and give the others differences of 0.125
    x = np.array([[-1e15], [0.1], [0.2], [0.4], [1e15]])
    found = promethee_ii(x, function="v_shape", p=1.0).tables["positive"] * 4
    np.testing.assert_allclose(found, [0.0, 1.0, 1.1, 1.5, 4.0], rtol=1e-15)


@pytest.mark.parametrize("function", ["u_shape", "level"])
def test_a_difference_at_a_threshold_does_not_exceed_it_by_noise(function: str) -> None:
    assert 0.9 - 0.7 > 0.2
    assert promethee_ii([[0.7], [0.9]], function=function, q=0.2, p=0.5).scores.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("limit", "limited", "settings_"),
    [
        ("usual", "v_shape", {"p": 0.0}),
        ("usual", "u_shape", {"q": 0.0}),
        ("usual", "level", {"q": 0.0, "p": 0.0}),
        ("u_shape", "linear", {"q": 0.4, "p": 0.4}),
        ("v_shape", "linear", {"q": 0.0, "p": 0.4}),
    ],
)
def test_degenerate_thresholds_give_the_simpler_function(limit: str, limited: str, settings_: dict[str, float]) -> None:
    x = np.random.default_rng(5).standard_normal((30, 3))
    simple = promethee_ii(x, function=limit, q=0.4, p=0.4)
    assert promethee_ii(x, function=limited, **settings_).scores.tolist() == simple.scores.tolist()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=2, max_size=12),
    st.sampled_from(FUNCTIONS),
    st.randoms(use_true_random=False),
)
def test_properties(rows: list[list[int]], function: str, random: Random) -> None:
    x = np.array(rows, dtype=float)
    w = np.array([0.7, 0.3])
    thresholds = {"function": function, "q": 0.5, "p": 2.5, "s": 1.5}
    found = promethee_ii(x, w, [1, -1], **thresholds)
    positive, negative = found.tables["positive"], found.tables["negative"]
    for flow in (positive, negative):
        assert flow.min() >= 0.0
        assert flow.max() <= 1.0 + 1e-15
    assert abs(found.scores.sum()) < 1e-12
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = promethee_ii(x[order], w, [1, -1], **thresholds)
    np.testing.assert_allclose(shuffled.scores, found.scores[order], rtol=0, atol=1e-14)
    assert shuffled.ranks.tolist() == found.ranks[order].tolist()
    swapped = promethee_ii(x[:, ::-1], w[::-1], [-1, 1], **thresholds)
    np.testing.assert_allclose(swapped.scores, found.scores, rtol=0, atol=1e-14)
    negated = promethee_ii(-x, w, [-1, 1], **thresholds)
    assert negated.scores.tolist() == found.scores.tolist()
    for i in range(len(rows)):
        for k in range(len(rows)):
            if (x[i] == x[k]).all():
                assert found.scores[i] == found.scores[k]
                assert found.ranks[i] == found.ranks[k]
            if x[i, 0] >= x[k, 0] and x[i, 1] <= x[k, 1]:
                assert found.ranks[i] <= found.ranks[k]
    better = x.copy()
    better[0, 0] += 1.0
    assert promethee_ii(better, w, [1, -1], **thresholds).scores[0] >= found.scores[0] - 1e-14


@pytest.mark.parametrize("function", FUNCTIONS)
def test_equal_units_get_equal_bits(function: str) -> None:
    random = np.random.default_rng(9)
    x = random.standard_normal((350, 4))[random.integers(0, 350, 700)]
    found = promethee_ii(x, [0.4, 0.3, 0.2, 0.1], function=function, q=0.2, p=1.0, s=0.8)
    _, group = np.unique(x, axis=0, return_inverse=True)
    for flow in found.tables.values():
        assert np.unique(np.column_stack([group.ravel(), flow]), axis=0).shape[0] == group.max() + 1


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_unit_of_measurement_does_not_matter(function: str) -> None:
    x = np.random.default_rng(8).standard_normal((50, 3))
    scale = np.array([1.0, 1024.0, 2.0**-7])
    plain = promethee_ii(x, function=function, q=[0.2] * 3, p=[1.0] * 3, s=[0.8] * 3)
    scaled = promethee_ii(x * scale, function=function, q=0.2 * scale, p=scale, s=0.8 * scale)
    np.testing.assert_allclose(scaled.scores, plain.scores, rtol=0, atol=1e-14)


def test_values_near_the_ends_of_the_number_range() -> None:
    for scale in (1e-300, 1e150, 1e300, 4e307):
        x = np.array([[1.0], [2.0], [4.0]]) * scale
        for function in FUNCTIONS:
            found = promethee_ii(x, function=function, q=0.5 * scale, p=3.5 * scale, s=scale)
            assert np.isfinite(found.scores).all()
            assert found.ranks.tolist() == [3, 2, 1]
    one_step = promethee_ii([[0.0], [5e-324], [1.0]], function="linear", q=0.0, p=5e-324)
    assert one_step.scores.tolist() == [-1.0, 0.0, 1.0]
    extreme = promethee_ii([[1e300], [0.0]], function="gaussian", s=1e-300)
    assert extreme.scores.tolist() == [1.0, -1.0]
