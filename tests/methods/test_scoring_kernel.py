"""The kernel against a plain NumPy twin, on random trees with missing and inapplicable values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalengine.errors import MethodError
from evalengine.methods.curves import Curve, curve
from evalengine.methods.scoring_kernel import AGGREGATIONS, Tree, rules, score_units

SCORES_UP = Curve(curve("linear", {"zero": 0, "full": 100}).segments)


def evaluate(made: Curve, x: float) -> float:
    """Return a curve at a point: the twin of the kernel's first half."""
    u = made.sign * x
    part = [segment for segment in made.segments if u >= segment.start][-1]
    y = (
        part.height * math.exp(made.rate * (u - part.origin))
        if made.rate
        else part.height + part.slope * (u - part.origin)
    )
    return min(max(y, made.floor), made.ceiling)


def twin(values, curves, missing, inapplicable, tree):
    """Return the scores of all leaves and nodes, unit by unit, node by node."""
    leaves, units = values.shape
    result = np.full((len(tree.parents), units), np.nan)
    for unit in range(units):
        for leaf in range(leaves):
            x = values[leaf, unit]
            result[leaf, unit] = (
                missing[leaf] if math.isnan(x) else inapplicable[leaf] if x == math.inf else evaluate(curves[leaf], x)
            )
        for node in range(len(tree.aggregations)):
            children = [
                k
                for k in range(leaves + node)
                if tree.parents[k] == node and not math.isnan(result[k, unit]) and tree.weights[k] > 0
            ]
            if not children:
                continue
            w, s = tree.weights[children], result[children, unit]
            how = AGGREGATIONS[tree.aggregations[node]]
            with np.errstate(divide="ignore", over="ignore"):
                result[leaves + node, unit] = {
                    "arithmetic": lambda w=w, s=s: (w * s).sum() / w.sum(),
                    "geometric": lambda w=w, s=s: np.exp((w * np.log(s)).sum() / w.sum()),
                    "harmonic": lambda w=w, s=s: w.sum() / (w / s).sum(),
                    "power": lambda w=w, s=s, p=tree.powers[node]: ((w * s**p).sum() / w.sum()) ** (1 / p),
                    "minimum": lambda s=s: s.min(),
                }[how]()
    return result


@st.composite
def problems(draw):
    leaves = draw(st.integers(1, 8))
    inner = draw(st.integers(1, 4))
    units = draw(st.integers(1, 5))
    # leaves hang anywhere; node k hangs under a later one, the last is the root
    parents = [draw(st.integers(0, inner - 1)) for _ in range(leaves)]
    parents += [draw(st.integers(k + 1, inner - 1)) for k in range(inner - 1)] + [-1]
    values = st.one_of(st.floats(0, 120), st.just(math.nan), st.just(math.inf), st.sampled_from([0.0, 50.0, 100.0]))
    matrix = np.array([[draw(values) for _ in range(units)] for _ in range(leaves)])
    tree = Tree(
        parents=np.array(parents, dtype=np.int64),
        weights=np.array([draw(st.sampled_from([0.0, 0.1, 0.25, 1.0])) for _ in parents]),
        aggregations=np.array([draw(st.integers(0, 4)) for _ in range(inner)], dtype=np.int64),
        powers=np.array([draw(st.sampled_from([-1.0, 0.5, 2.0])) for _ in range(inner)]),
    )
    missing = [draw(st.sampled_from([0.0, math.nan])) for _ in range(leaves)]
    inapplicable = [draw(st.sampled_from([0.0, 60.0, math.nan])) for _ in range(leaves)]
    return matrix, missing, inapplicable, tree


@settings(max_examples=300, deadline=None)
@given(problems())
def test_against_the_twin(problem):
    matrix, missing, inapplicable, tree = problem
    curves = [SCORES_UP] * len(matrix)
    found = score_units(matrix, rules(curves, missing=missing, not_applicable=inapplicable), tree)
    expected = twin(matrix, curves, missing, inapplicable, tree)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "made",
    [
        curve("base_full", {"zero": 80, "base": 40, "full": 10}),
        curve("efficacy_exponential", {"satisfactory": 12, "unacceptable": 6}),
        curve("efficacy", {"satisfactory": 12, "unacceptable": 6, "ceiling": 100}),
        curve("interval", {"lo_zero": 30, "lo": 50, "hi": 80, "hi_zero": 100}),
    ],
)
def test_curves_across_blocks(made):
    values = np.random.default_rng(3).uniform(-20, 120, (1, 2500))
    tree = Tree(
        parents=np.array([0, -1]), weights=np.ones(2), aggregations=np.zeros(1, dtype=np.int64), powers=np.ones(1)
    )
    found = score_units(values, rules([made], missing=[0], not_applicable=[0]), tree)
    np.testing.assert_allclose(found[0], [evaluate(made, x) for x in values[0]], rtol=1e-14, atol=1e-12)


@pytest.mark.parametrize("how", [1, 2, 3])
def test_a_negative_score_is_refused_where_a_mean_has_no_meaning(how):
    line = curve("efficacy", {"satisfactory": 100, "unacceptable": 60})
    tree = Tree(parents=np.array([0, -1]), weights=np.ones(2), aggregations=np.array([how]), powers=np.array([2.0]))
    with pytest.raises(MethodError, match=AGGREGATIONS[how]):
        score_units(np.array([[-10.0]]), rules([line], missing=[0], not_applicable=[0]), tree)


def test_a_wrong_shape_is_refused():
    tree = Tree(
        parents=np.array([0, -1]), weights=np.ones(2), aggregations=np.zeros(1, dtype=np.int64), powers=np.ones(1)
    )
    with pytest.raises(MethodError):
        score_units(np.ones((2, 3)), rules([SCORES_UP], missing=[0], not_applicable=[0]), tree)


def test_order_of_units_and_weights_scale_do_not_matter():
    rng = np.random.default_rng(5)
    values = rng.uniform(0, 100, (6, 3000))
    tree = Tree(
        parents=np.array([0, 0, 0, 1, 1, 1, 2, 2, -1]),
        weights=np.array([0.1, 0.2, 0.3, 0.1, 0.1, 0.2, 0.6, 0.4, 1.0]),
        aggregations=np.array([0, 1, 0]),
        powers=np.ones(3),
    )
    made = rules([SCORES_UP] * 6, missing=[0] * 6, not_applicable=[0] * 6)
    found = score_units(values, made, tree)
    order = rng.permutation(3000)
    assert (score_units(values[:, order], made, tree) == found[:, order]).all()
    scaled = Tree(parents=tree.parents, weights=tree.weights * 8, aggregations=tree.aggregations, powers=tree.powers)
    assert (score_units(values, made, scaled) == found).all()  # a power of two moves no bit
