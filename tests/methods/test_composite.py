"""The fused score equals the normalisation and the node means it stands for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evalengine.errors import MethodError
from evalengine.methods.aggregation import arithmetic, geometric
from evalengine.methods.composite import Level, composite_score
from evalengine.methods.normalisation import min_max

MEANS = {"arithmetic": arithmetic, "geometric": geometric}


def twin(values: Any, levels: Any, directions: Any, lower: float, upper: float) -> Any:
    """Normalise, then aggregate level by level."""
    table = min_max(values, directions, lower=lower, upper=upper)
    for level in levels:
        parents = np.asarray(level.parents)
        weights = np.ones(parents.size) if level.weights is None else np.asarray(level.weights, dtype=float)
        means = [level.mean] * (parents.max() + 1) if isinstance(level.mean, str) else level.mean
        table = np.column_stack(
            [MEANS[mean](table[:, parents == k], weights[parents == k]) for k, mean in enumerate(means)]
        )
    return table[:, 0]


def tree(means: Any, rng: Any) -> list[Level]:
    first, second, third = means
    return [
        Level(parents=[0, 0, 1, 1, 1, 2, 1, 0, 0, 0, 3, 3], weights=rng.uniform(0.5, 2, 12), mean=first),
        Level(parents=[0, 1, 0, 1], weights=rng.uniform(0.5, 2, 4), mean=second),
        Level(parents=[0, 0], mean=third),
    ]


SHORT = {"a": "arithmetic", "g": "geometric"}


@pytest.mark.parametrize("means", ["aaa", "agg", "ggg", "gag", "gaa", "aga", "aag", "gga"])
@pytest.mark.parametrize("units", [2, 31, 1023, 2125])
def test_equals_normalising_and_aggregating(means: Any, units: Any) -> None:
    rng = np.random.default_rng(units)
    values = rng.lognormal(size=(units, 12))
    directions = rng.choice([-1.0, 1.0], 12)
    levels = tree([SHORT[m] for m in means], rng)
    expected = twin(values, levels, directions, 1, 100)
    result = composite_score(values, levels, directions, lower=1, upper=100)
    assert result == pytest.approx(expected, rel=1e-13)
    assert (
        composite_score(np.asfortranarray(values), levels, directions, lower=1, upper=100).tolist() == result.tolist()
    )


def test_means_may_differ_from_node_to_node() -> None:
    rng = np.random.default_rng(1)
    values = rng.lognormal(size=(60, 12))
    levels = tree(
        (["geometric", "arithmetic", "geometric", "arithmetic"], ["arithmetic", "geometric"], "geometric"), rng
    )
    assert composite_score(values, levels, lower=2, upper=9) == pytest.approx(
        twin(values, levels, np.ones(12), 2, 9), rel=1e-13
    )


def test_weighted_sum_worked() -> None:
    values = [[10.0, 4.0], [20.0, 6.0], [50.0, 8.0]]
    result = composite_score(values, [Level(parents=[0, 0], weights=[3, 1])], [1, -1], upper=100)
    assert result == pytest.approx([25, 0.75 * 25 + 0.25 * 50, 75], rel=1e-15)


def test_large_values_of_a_small_range_keep_their_digits() -> None:
    """Folding the minimum into one constant would leave four digits here."""
    values = 1e12 + np.array([[0.0, 3.0], [1.0, 0.0], [2.0, 1.0], [4.0, 2.0]])
    levels = [Level(parents=[0, 0])]
    expected = [(0 + 1) / 2, (1 / 4 + 0) / 2, (2 / 4 + 1 / 3) / 2, (1 + 2 / 3) / 2]
    assert composite_score(values, levels) == pytest.approx(expected, rel=1e-15)


def test_one_indicator_is_its_own_score() -> None:
    values = np.random.default_rng(2).normal(size=(40, 1))
    assert composite_score(values, [Level(parents=[0])]) == pytest.approx(min_max(values)[:, 0], rel=1e-15)
    chain = [Level(parents=[0]), Level(parents=[0], mean="geometric"), Level(parents=[0])]
    assert composite_score(values, chain) == pytest.approx(min_max(values)[:, 0], rel=1e-15)


def test_weights_of_any_size() -> None:
    values = np.random.default_rng(8).normal(size=(20, 2))
    expected = composite_score(values, [Level(parents=[0, 0], weights=[1, 3])])
    for size in (5e-324, 1e-300, 5e307):
        assert composite_score(values, [Level(parents=[0, 0], weights=[size, 3 * size])]) == pytest.approx(expected)


def test_weight_of_zero_leaves_the_element_out() -> None:
    values = np.random.default_rng(3).normal(size=(40, 3))
    with_zero = composite_score(values, [Level(parents=[0, 0, 0], weights=[1, 0, 2])])
    assert with_zero.tolist() == composite_score(values[:, [0, 2]], [Level(parents=[0, 0], weights=[1, 2])]).tolist()


def test_a_unit_is_not_touched_by_the_number_and_order_of_the_others() -> None:
    rng = np.random.default_rng(4)
    values = np.vstack([np.full((1, 12), 0.01), np.full((1, 12), 99.0), rng.uniform(0.01, 99, (3000, 12))])
    levels = tree(("arithmetic", "geometric", "geometric"), rng)
    result = composite_score(values, levels, lower=1, upper=100)
    some = np.concatenate([[0, 1], rng.permutation(np.arange(2, len(values)))[:777]])
    assert composite_score(values[some], levels, lower=1, upper=100).tolist() == result[some].tolist()
    assert result[:2].tolist() == pytest.approx([1, 100], rel=1e-14)
    assert result.min() >= 1
    assert result.max() <= 100


def test_read_only_input_is_read() -> None:
    values = np.asfortranarray(np.random.default_rng(5).normal(size=(30, 2)))
    expected = composite_score(values, [Level(parents=[0, 0])])
    values.setflags(write=False)
    assert composite_score(values, [Level(parents=[0, 0])]).tolist() == expected.tolist()


FLAT = [Level(parents=[0, 0])]
GEOMETRIC = [Level(parents=[0, 0], mean="geometric")]
GOOD = [[1.0, 2.0], [3.0, 1.0], [2.0, 5.0]]


@pytest.mark.parametrize("levels", [FLAT, GEOMETRIC], ids=["arithmetic", "geometric"])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_not_finite_raises_and_names_the_cell(levels: Any, bad: Any) -> None:
    values = np.random.default_rng(6).normal(size=(70, 2))
    values[66, 1] = bad
    for matrix in (values, np.asfortranarray(values)):
        with pytest.raises(MethodError) as error:
            composite_score(matrix, levels, lower=1, upper=2, columns=["a", "b"])
        assert error.value.code == "not_finite"
        assert (error.value.facts["column"], error.value.facts["unit"]) == ("b", 67)


def test_a_gap_in_a_constant_column_is_not_overlooked() -> None:
    values = [[1.0, 2.0], [3.0, math.nan], [2.0, 2.0]]
    for levels in (FLAT, GEOMETRIC):
        with pytest.raises(MethodError) as error:
            composite_score(values, levels, lower=1, upper=2, constant=1.5)
        assert error.value.code == "not_finite"


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_not_finite_raises_in_an_indicator_of_weight_zero_too(bad: float) -> None:
    values = np.array([[1.0, 2.0, 3.0], [4.0, bad, 6.0]])
    for levels in (
        [Level(parents=[0, 0, 0], weights=[1, 0, 2])],
        [Level(parents=[0, 1, 1]), Level(parents=[0, 0], weights=[1, 0], mean="geometric")],
    ):
        for matrix in (values, np.asfortranarray(values)):
            with pytest.raises(MethodError) as error:
                composite_score(matrix, levels, lower=1, upper=2, columns=["a", "b", "c"])
            assert error.value.code == "not_finite"
            assert (error.value.facts["column"], error.value.facts["unit"]) == ("b", 2)


def test_a_constant_indicator_of_weight_zero_is_left_out() -> None:
    assert composite_score([[1.0, 5.0], [2.0, 5.0]], [Level(parents=[0, 0], weights=[1, 0])]).tolist() == [0, 1]


def test_constant_column_raises_or_takes_its_score() -> None:
    values = [[1.0, 7.98], [3.0, 7.98]]
    with pytest.raises(MethodError, match="b") as error:
        composite_score(values, FLAT, columns=["a", "b"])
    assert error.value.code == "constant_column"
    assert composite_score(values, FLAT, constant=0.5).tolist() == [0.25, 0.75]
    result = composite_score(values, GEOMETRIC, lower=1, upper=100, constant=25)
    assert result == pytest.approx([5, 50], rel=1e-15)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: composite_score(GOOD, []), "bad_tree"),
        (lambda: composite_score(GOOD, [Level(parents=[0, 1])]), "bad_tree"),
        (lambda: composite_score(GOOD, [Level(parents=[0, 2]), Level(parents=[0, 0, 0])]), "bad_tree"),
        (lambda: composite_score(GOOD, [Level(parents=[0, -1])]), "bad_tree"),
        (lambda: composite_score(GOOD, [Level(parents=[0, 0.5])]), "bad_tree"),
        (lambda: composite_score(GOOD, [Level(parents=[0, 0, 0])]), "wrong_length"),
        (lambda: composite_score(GOOD, [Level(parents=[0, 0], weights=[1])]), "wrong_length"),
        (lambda: composite_score(GOOD, [Level(parents=[0, 0], weights=[1, -1])]), "negative_weight"),
        (lambda: composite_score(GOOD, [Level(parents=[0, 0], weights=[0, 0])]), "zero_weights"),
        (lambda: composite_score(GOOD, [Level(parents=[0, 0], weights=[1, math.nan])]), "not_finite"),
        (lambda: composite_score(GOOD, [Level(parents=[0, 0], mean="median")]), "bad_choice"),
        (lambda: composite_score(GOOD, [Level(parents=[0, 0], mean=["arithmetic"] * 2)]), "wrong_length"),
        (lambda: composite_score(GOOD, GEOMETRIC), "out_of_range"),
        (lambda: composite_score(GOOD, FLAT, lower=1, upper=1), "out_of_range"),
        (lambda: composite_score(GOOD, FLAT, [1, 2]), "bad_direction"),
        (lambda: composite_score(GOOD, FLAT, columns=["a"]), "wrong_length"),
        (lambda: composite_score([1.0, 2.0], FLAT), "not_a_matrix"),
        (lambda: composite_score([["a", "b"]], FLAT), "not_numeric"),
        (lambda: composite_score([[1.7e308, 1.0], [-1.7e308, 2.0]], FLAT), "overflow"),
        (lambda: composite_score([[5e-324, 1.0], [0.0, 2.0]], FLAT), "overflow"),
        (lambda: composite_score([[0.0, 1.0], [1e30, 2.0]], GEOMETRIC, lower=1e-300, upper=1e-290), "overflow"),
        (lambda: composite_score([[1.0, 2.0], [1.0, 3.0]], FLAT, constant=7), "out_of_range"),
        (lambda: composite_score([[1.0, 2.0]], FLAT), "constant_column"),
    ],
)
def test_faults_of_the_call_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


@settings(max_examples=40, deadline=None)
@given(
    values=arrays(np.float64, (9, 4), elements=st.integers(-50, 50)).filter(lambda x: (np.ptp(x, axis=0) > 0).all()),
    directions=st.tuples(*[st.sampled_from([-1, 1])] * 4),
    weights=arrays(np.float64, 4, elements=st.integers(1, 5)),
    mean=st.sampled_from(["arithmetic", "geometric"]),
)
def test_what_holds_for_any_data(values: Any, directions: Any, weights: Any, mean: Any) -> None:
    levels = [Level(parents=[0, 0, 1, 1], weights=weights, mean=mean), Level(parents=[0, 0])]
    before = values.copy()
    result = composite_score(values, levels, directions, lower=1, upper=100)
    assert (values == before).all()
    assert (result >= 1).all()
    assert (result <= 100).all()
    order = [4, 8, 0, 2, 6, 1, 3, 7, 5]
    assert composite_score(values[order], levels, directions, lower=1, upper=100).tolist() == result[order].tolist()
    moved = composite_score(3 * values + 7, levels, directions, lower=1, upper=100)
    assert moved == pytest.approx(result, rel=1e-10)
    oriented = values * np.array(directions)
    for low, high in ((j, k) for j in range(9) for k in range(9) if (oriented[j] <= oriented[k]).all()):
        assert result[low] <= result[high] + 1e-9


@pytest.mark.parametrize("mean", ["arithmetic", "geometric"])
@pytest.mark.parametrize(
    ("lower", "upper", "sizes"),
    [(1.0, 2.0, [1e-300, 1e307]), (1e-300, 1e-290, [1e-300, 1e17]), (1e299, 1e300, [1e-6, 1e307])],
)
def test_scores_at_the_ends_of_double_precision_keep_their_digits(
    mean: Any, lower: Any, upper: Any, sizes: Any
) -> None:
    steps = np.array([0.0, 1.0, 2.0, 4.0])
    levels = [Level(parents=[0, 0], mean=mean)]
    result = composite_score(np.outer(steps, sizes), levels, lower=lower, upper=upper)
    np.testing.assert_allclose(result, lower + steps / 4.0 * (upper - lower), rtol=2e-12)
