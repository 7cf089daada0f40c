"""Properties of every registered method: none is left out, and what each kind promises holds.

Permuted units give permuted results, permuted indicators permuted weights; more of an indicator never makes a
normalised value, an aggregate or a class worse; ranks are ranks and not the order of the units, seen on an order that
is not its own inverse. The kinds have further properties in their own tests.
"""

import inspect
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalengine.methods.curves import curve, is_curve
from evalengine.methods.registry import Method, methods
from evalengine.methods.results import Ranked
from evalengine.methods.scoring_kernel import Tree, rules, score_units
from tests.methods.registry_calls import DIRECTIONS, call

ALL = {(item.kind, item.name): item for item in methods()}
few = settings(max_examples=12, deadline=None, derandomize=True)
seeds = st.integers(0, 10_000)

ELICITED = {  # weights from judgements: no matrix of units
    *(
        "additive_combination",
        "ahp",
        "ahp_group",
        "best_worst",
        "bounded",
        "budget_allocation",
        "delphi",
        "equal",
        "g1",
    ),
    *("game_theory", "minimum_relative_entropy", "multiplicative_combination", "rank_order", "stated", "swara"),
}
CURVES: dict[str, dict[str, Any]] = {  # normalisations of one value, with settings that rise; an interval falls again
    "bands": {
        "bands": [{"at_least": 0.0, "low": 0.0, "high": 60.0}, {"at_least": 5.0, "low": 60.0, "high": 100.0}],
        "top": 9.0,
    },
    "base_full": {"base": 3.0, "full": 8.0},
    "efficacy": {"satisfactory": 8.0, "unacceptable": 2.0},
    "efficacy_exponential": {"satisfactory": 8.0, "unacceptable": 2.0},
    "expert": {"scale": (0.0, 10.0)},
    "interval": {"lo_zero": 0.0, "lo": 9.5, "hi": 10.0, "hi_zero": 11.0},
    "linear": {"zero": 1.0, "full": 9.0},
    "share_of_standard": {"standard": 8.0},
    "tiers": {"tiers": [{"at_least": 2.0, "score": 50.0}, {"at_least": 6.0, "score": 100.0}]},
}
ONE = Tree(
    parents=np.array([0, -1], dtype=np.int64),
    weights=np.ones(2),
    aggregations=np.zeros(1, dtype=np.int64),
    powers=np.ones(1),
)
# The penalty for unevenness can outweigh a gain.
AGGREGATION_NOT_MONOTONE = {"mazziotta_pareto"}
# Two divide by the score of a unit at an end of everything; ELECTRE I chooses and does not order.
NO_CHAIN = {"cocoso", "sprobid", "electre_i"}


def of(*kinds: str, without: Collection[str] = ()) -> list[Method]:
    return [item for item in ALL.values() if item.kind in kinds and item.name not in without]


def each(found: list[Method]) -> Callable[..., Any]:
    return pytest.mark.parametrize("method", found, ids=lambda item: f"{item.kind}-{item.name}")


NORMALISATIONS = of("normalisation", without=set(CURVES))
WEIGHTS_OF_DATA = of("weighting", without=ELICITED)
RANKED = of("compromise", "outranking", "voting")
AGGREGATIONS = of("aggregation")


def problem(seed: int, units: int = 8, indicators: int = 4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    level = rng.uniform(2.0, 8.0, (units, 1))  # so that the indicators have something in common
    return np.round(level + rng.uniform(-1.5, 1.5, (units, indicators)), 3)


def close(actual: Any, expected: Any) -> None:
    np.testing.assert_allclose(actual, expected, rtol=1e-8, atol=1e-9)


def test_no_method_is_left_out() -> None:
    covered = [
        *NORMALISATIONS,
        *WEIGHTS_OF_DATA,
        *RANKED,
        *AGGREGATIONS,
        *of("imputation", "treatment", "ranking", "sorting", "agreement", "coherence"),
    ]
    rest = {key for key in ALL if ALL[key] not in covered}
    assert rest == {("normalisation", name) for name in CURVES} | {("weighting", name) for name in ELICITED}


# Units and indicators in another order


@each(NORMALISATIONS)
@few
@given(seeds)
def test_normalisation_moves_with_units_and_indicators_and_never_reverses(method: Method, seed: int) -> None:
    matrix = problem(seed)
    rows = np.random.default_rng(seed).permutation(8)
    if method.name == "distance_to_reference":
        matrix[2] = np.where(np.array(DIRECTIONS) > 0, matrix.max(axis=0), matrix.min(axis=0))
        base = call(method, matrix, unit=2)
        moved = call(method, matrix[rows], unit=int(np.flatnonzero(rows == 2)[0]))
    else:
        base, moved = call(method, matrix), call(method, matrix[rows])
    directed = matrix * DIRECTIONS
    close(moved, base[rows])
    for j in range(4):
        order = np.argsort(directed[:, j], kind="stable")
        assert (np.diff(base[order, j]) >= -1e-12 * np.abs(base[:, j]).max()).all()


@pytest.mark.parametrize("name", CURVES)
@few
@given(st.lists(st.floats(0.0, 9.4), min_size=2, max_size=8))
def test_a_curve_never_falls_where_more_is_better(name: str, values: list[float]) -> None:
    assert is_curve(ALL["normalisation", name])
    made = rules([curve(name, CURVES[name])], missing=[np.nan], not_applicable=[np.nan])
    scores = score_units(np.sort(np.array([values])), made, ONE)[0]
    assert (np.diff(scores) >= -1e-9).all()


@each(WEIGHTS_OF_DATA)
@few
@given(seeds)
def test_weights_move_with_the_indicators_and_ignore_the_order_of_units(method: Method, seed: int) -> None:
    latent = method.name == "unobserved_components"  # it needs many units, and refuses a direction the data contradict
    units, signs = (80, [1, 1, 1, 1]) if latent else (12, DIRECTIONS)
    matrix = problem(seed, units=units)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(units), rng.permutation(4)
    directions = {"directions": signs} if "directions" in inspect.signature(method.function).parameters else {}
    moved = {"directions": np.array(signs)[columns]} if directions else {}
    base = np.asarray(method.function(matrix, **directions).weights)
    other = np.asarray(method.function(matrix[rows][:, columns], **moved).weights)
    if base.ndim > 1:  # one set for each unit
        close(other.sum(axis=1), 1.0)
        close(base.sum(axis=1), 1.0)
    else:
        np.testing.assert_allclose(other, base[columns], rtol=1e-5, atol=1e-6)  # some are found by iteration
        assert other.sum() == pytest.approx(1.0, abs=1e-12)
    assert (base >= 0.0).all()


@each(AGGREGATIONS)
@few
@given(seeds)
def test_an_aggregate_moves_with_units_and_rises_with_its_scores(method: Method, seed: int) -> None:
    matrix = problem(seed)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(8)
    base = call(method, matrix)
    close(call(method, matrix[rows]), base[rows])
    better = matrix.copy()
    unit, column = rng.integers(8), rng.integers(4)
    better[unit, column] += rng.uniform(0.0, 4.0)
    gain = call(method, better) - base
    close(np.delete(gain, unit), 0.0)
    if method.name not in AGGREGATION_NOT_MONOTONE:
        assert gain[unit] >= -1e-12


def test_the_mean_penalised_for_unevenness_can_fall() -> None:
    method = ALL["aggregation", "mazziotta_pareto"]
    even, uneven = call(method, np.array([[1.0, 1.0, 1.0, 1.0], [9.0, 1.0, 1.0, 1.0]]))
    assert uneven < even + 8.0 * 0.4  # less than the mean gains
    far = call(method, np.array([[5.0, 1.0, 1.0, 1.0], [90.0, 1.0, 1.0, 1.0]]))
    assert far[1] < far[0]


@each(RANKED)
@few
@given(seeds)
def test_a_ranking_moves_with_the_units(method: Method, seed: int) -> None:
    matrix = problem(seed)
    rows = np.random.default_rng(seed).permutation(8)
    base, moved = call(method, matrix), call(method, matrix[rows])
    close(moved.scores, base.scores[rows])
    assert moved.ranks.tolist() == base.ranks[rows].tolist()


# An order that is not its own inverse: the third unit is best, then the first, the second and the fourth.
CHAIN = np.array([[7.0, 7.5, 2.5, 7.2], [5.0, 5.4, 4.6, 5.1], [9.0, 9.5, 1.5, 9.1], [3.0, 3.6, 6.9, 3.2]])
PLACES = [2.0, 3.0, 1.0, 4.0]
assert np.argsort(PLACES).tolist() != (np.array(PLACES) - 1).tolist()


@each([item for item in RANKED if item.name not in NO_CHAIN])
def test_ranks_are_places_and_not_the_order_of_units(method: Method) -> None:
    result = call(method, CHAIN)
    assert isinstance(result, Ranked)
    assert result.ranks.tolist() == PLACES


def test_ranks_of_the_methods_that_refuse_a_chain() -> None:
    mixed = CHAIN.copy()
    mixed[:, 3] = [5.0, 5.3, 5.2, 5.6]  # no unit is at the end of everything
    for name in ("cocoso", "sprobid"):
        assert call(ALL["compromise", name], mixed).ranks.tolist() == PLACES
    # ELECTRE I chooses: the best unit alone
    assert call(ALL["outranking", "electre_i"], CHAIN).scores.tolist() == [0.0, 0.0, 1.0, 0.0]


@each(of("ranking"))
@few
@given(st.lists(st.integers(0, 5), min_size=1, max_size=9), st.booleans())
def test_a_rank_rule_agrees_with_the_scores(method: Method, scores: list[int], higher_is_better: bool) -> None:
    values = np.array(scores, dtype=float) * (1.0 if higher_is_better else -1.0)
    ranks = method.function(scores, higher_is_better=higher_is_better)
    assert ((values[:, None] > values) == (ranks[:, None] < ranks)).all()
    assert method.function([3.0, 1.0, 9.0, 0.0]).tolist() == PLACES


@each(of("sorting"))
@few
@given(seeds)
def test_a_better_unit_is_in_no_worse_class_and_classes_move_with_units(method: Method, seed: int) -> None:
    matrix = problem(seed)
    rng = np.random.default_rng(seed)
    rows, unit, column = rng.permutation(8), rng.integers(8), rng.integers(4)
    base = call(method, matrix).classes
    assert call(method, matrix[rows]).classes.tolist() == base[rows].tolist()
    better = matrix.copy()
    better[unit, column] += DIRECTIONS[column] * rng.uniform(0.0, 3.0)
    assert (call(method, better).classes <= base).all()


@each(of("agreement"))
@few
@given(seeds)
def test_agreement_ignores_the_order_of_units_and_is_full_with_oneself(method: Method, seed: int) -> None:
    matrix = problem(seed, indicators=2)
    rows = np.random.default_rng(seed).permutation(8)
    if method.name == "kendall_w":
        close(method.function(matrix[rows]).w, method.function(matrix).w)
        close(method.function(matrix[:, [0, 0]]).w, 1.0)
        return
    k = {"k": 3} if method.name == "top_k_overlap" else {}
    x, y = matrix.T
    close(method.function(x[rows], y[rows], **k), method.function(x, y, **k))
    close(method.function(x, x, **k), 0.0 if method.name == "mean_rank_shift" else 1.0)


@each(of("imputation"))
@few
@given(seeds)
def test_imputation_moves_with_units_and_keeps_what_is_known(method: Method, seed: int) -> None:
    em = method.name == "expectation_maximisation"  # it may refuse to estimate from few units
    units = 40 if em else 8
    matrix = problem(seed, units=units)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(units)
    matrix[rng.integers(1, 7), 0] = matrix[rng.integers(1, 7), 2] = np.nan
    own = {
        name: np.array(value)
        for name, value in {"groups": list("aabbaabb"), "units": list("aaaaaaaa"), "times": range(8)}.items()
        if name in inspect.signature(method.function).parameters
    }
    base = call(method, matrix, **{name: value.tolist() for name, value in own.items()}).values
    moved = call(method, matrix[rows], **{name: value[rows].tolist() for name, value in own.items()}).values
    np.testing.assert_allclose(moved, base[rows], rtol=1e-5, atol=1e-6)
    known = ~np.isnan(matrix)
    assert (base[known] == matrix[known]).all()
    assert np.isfinite(base).all()


@each(of("treatment"))
@few
@given(seeds)
def test_treatment_moves_with_units_and_keeps_the_order(method: Method, seed: int) -> None:
    matrix = problem(seed) ** 3
    matrix[0] *= 40.0  # an outlier to treat
    rows = np.random.default_rng(seed).permutation(8)
    base = call(method, matrix).values
    np.testing.assert_allclose(call(method, matrix[rows]).values, base[rows], rtol=1e-6, atol=1e-9)
    for before, after in zip(matrix.T, base.T, strict=True):
        order = np.argsort(before, kind="stable")
        assert (np.diff(after[order]) >= -1e-12 * np.abs(after).max()).all()


def coherence_of(method: Method, matrix: np.ndarray) -> list[np.ndarray]:
    if method.name == "dimension_fit":
        result = method.function(matrix, matrix[:, :2], dimensions=[0, 1, 0, 1])
        return [result.coefficients]
    result = call(method, matrix)
    if method.name == "redundancy":
        return [np.array([[pair.first, pair.second, pair.coefficient] for pair in result])]
    fields = {"correlations": "coefficients", "cronbach_alpha": "if_deleted", "effective_weights": "importance"}
    fields |= {"principal_components": "eigenvalues", "sampling_adequacy": "kmo_of"}
    return [np.asarray(getattr(result, fields[method.name]) if method.name in fields else result)]


@each(of("coherence"))
@few
@given(seeds)
def test_coherence_ignores_the_order_of_units(method: Method, seed: int) -> None:
    matrix = problem(seed, units=15)
    rows = np.random.default_rng(seed).permutation(15)
    for one, other in zip(coherence_of(method, matrix), coherence_of(method, matrix[rows]), strict=True):
        close(other, one)
