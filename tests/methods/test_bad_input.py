"""No silent result: every method on every kind of difficult input."""

from dataclasses import replace

import numpy as np
import pytest

from evalengine.methods.registry import Method
from evalengine.methods.results import Ranked
from tests.methods import bad_input
from tests.methods.bad_input import ANSWERS, FAULTS, SOUND, Fault

METHODS = bad_input.registered()
FAULT = {case.name: case for case in FAULTS}
# A constant indicator moves no rank where it adds, or multiplies by, the same for all units. It does in these: COPRAS
# divides by the sum of the costs; WASPAS mixes a sum and a product; TODIM divides by the sum of the weights; CODAS
# compares distances, which shrink with the weights, with a fixed threshold; CoCoSo mixes sums, RAM takes a root whose
# degree, and LMAW powers whose exponents shrink with the weights; PROBID adds a ratio and a distance.
CONSTANT_MATTERS = {"copras", "waspas", "todim", "codas", "cocoso", "ram", "lmaw", "probid"}

each_method = pytest.mark.parametrize("method", METHODS, ids=lambda item: item.name)


def check(result: object) -> Ranked:
    assert isinstance(result, Ranked)
    assert np.isfinite(result.scores).all()
    assert all(np.isfinite(array).all() for array in result.tables.values())
    goodness = result.scores if result.higher_is_better else -result.scores
    ahead = goodness[:, None] > goodness[None, :] + 1e-9 * np.abs(goodness).max()
    assert (result.ranks[:, None] < result.ranks[None, :])[ahead].all()
    assert result.ranks.min() == 1
    return result


@each_method
@pytest.mark.parametrize("case", FAULTS, ids=lambda item: item.name)
def test_it_raises_a_method_error_or_answers_with_finite_numbers(method: Method, case: Fault) -> None:
    code = bad_input.outcome(method, case)
    assert not (case.malformed and code == ANSWERS)
    if code == ANSWERS:
        check(bad_input.call(method, case))


VARIANTS = [
    ("weighted_sum", {"scaling": "linear"}),
    ("weighted_sum", {"scaling": "sum"}),
    ("topsis", {"scaling": "min_max"}),
    ("grey_relational", {"scaling": "mean"}),
    ("rank_sum_ratio", {"ranks": "continuous", "grades": 5}),
    ("fuzzy_evaluation", {"operator": "max_product"}),
    ("fuzzy_evaluation", {"operator": "max_min"}),
    ("fuzzy_evaluation", {"operator": "bounded_sum"}),
]


@pytest.mark.parametrize(("name", "settings"), VARIANTS)
@pytest.mark.parametrize("case", FAULTS, ids=lambda item: item.name)
def test_so_does_every_variant(name: str, settings: dict[str, object], case: Fault) -> None:
    method = next(item for item in METHODS if item.name == name)
    code = bad_input.outcome(method, case, **settings)
    assert not (case.malformed and code == ANSWERS)
    if code == ANSWERS:
        result = check(bad_input.call(method, case, **settings))
        if case.name == "values near 1e308":
            assert result.ranks.tolist() == bad_input.call(method, SOUND, **settings).ranks.tolist()


@each_method
def test_the_sound_problem_is_answered(method: Method) -> None:
    assert check(bad_input.call(method, SOUND)).scores.shape == (6,)


@each_method
@pytest.mark.parametrize("name", ["one unit", "all units equal"])
def test_there_is_nothing_to_compare(method: Method, name: str) -> None:
    assert bad_input.outcome(method, FAULT[name]) in {"needs_two_units", "units_all_equal"}


@each_method
def test_weights_are_shares(method: Method) -> None:
    doubled = bad_input.call(method, FAULT["weights summing to 2"])
    np.testing.assert_allclose(doubled.scores, bad_input.call(method, SOUND).scores, rtol=1e-12, atol=1e-14)


@each_method
def test_an_indicator_of_weight_zero_is_left_out(method: Method) -> None:
    case = FAULT["a zero weight"]
    kept = replace(case, matrix=case.matrix[:, :3], weights=case.weights[:3], directions=case.directions[:3])
    assert bad_input.call(method, case).scores.tolist() == bad_input.call(method, kept).scores.tolist()


@pytest.mark.parametrize(
    "method", [item for item in METHODS if item.name not in CONSTANT_MATTERS], ids=lambda item: item.name
)
@pytest.mark.parametrize(("name", "column"), [("a constant benefit", 1), ("a constant cost", 2)])
def test_a_constant_indicator_moves_no_rank(method: Method, name: str, column: int) -> None:
    case = FAULT[name]
    dropped = replace(
        case,
        matrix=np.delete(case.matrix, column, axis=1),
        weights=np.delete(case.weights, column),
        directions=np.delete(case.directions, column),
    )
    assert bad_input.call(method, case).ranks.tolist() == bad_input.call(method, dropped).ranks.tolist()


@each_method
def test_huge_values_are_refused_or_rank_as_in_another_unit(method: Method) -> None:
    if bad_input.outcome(method, FAULT["values near 1e308"]) == ANSWERS:
        huge = bad_input.call(method, FAULT["values near 1e308"])
        assert huge.ranks.tolist() == bad_input.call(method, SOUND).ranks.tolist()


def test_there_are_27_kinds() -> None:
    assert len(FAULTS) == len(FAULT) == 27


def test_the_page_is_fresh() -> None:
    assert bad_input.PAGE.read_text(encoding="utf-8") == bad_input.table()
