"""Score-type methods that are one method by algebra: counting their agreement as several opinions counts one twice."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from evalengine.methods.registry import method
from tests.methods.compromise_cases import Array, close, few, problem, problems


def scores(name: str, case: tuple, **options: object) -> Array:
    return method("compromise", name).function(*case, **options).scores


@few
@given(problems)
def test_the_min_max_family_is_one_method(case: tuple) -> None:
    assume((case[0] != case[0][0]).any())
    base = scores("weighted_sum", case)
    mabac = method("compromise", "mabac").function(*case)
    close(mabac.scores, base + 1.0 - mabac.tables["border"].sum())
    close(1.0 - scores("spotis", case), base)
    close(1.0 - method("compromise", "vikor").function(*case).tables["group_utility"], base)


@few
@given(problems)
def test_marcos_is_the_linear_weighted_sum_times_a_constant(case: tuple) -> None:
    assume((case[0] != case[0][0]).any())
    matrix, weights, _ = case
    worst = (weights / weights.sum() * matrix.min(axis=0) / matrix.max(axis=0)).sum()
    constant = (worst + 1.0) / (worst**2 + worst + 1.0)
    close(scores("marcos", case), constant * scores("weighted_sum", case, scaling="linear"))


@few
@given(problems)
def test_rim_on_the_data_range_is_topsis_on_min_max(case: tuple) -> None:
    assume((case[0] != case[0][0]).any())
    close(scores("rim", case), scores("topsis", case, scaling="min_max"))


@few
@given(problems)
def test_moora_ratio_and_the_sum_of_distances_to_the_best_are_one_order(case: tuple) -> None:
    assume((case[0] != case[0][0]).any())
    matrix, weights, directions = case
    v = matrix / np.sqrt((matrix**2).sum(axis=0)) * weights / weights.sum()
    best = np.where(directions > 0, v.max(axis=0), v.min(axis=0))
    total = scores("moora", case) + np.abs(best - v).sum(axis=1)
    close(total, np.full_like(total, (best * directions).sum()))


@few
@given(problems)
def test_the_full_multiplicative_form_is_the_weighted_product(case: tuple) -> None:
    assume((case[0] != case[0][0]).any())
    assert scores("full_multiplicative", case).tolist() == scores("weighted_product", case).tolist()


@few
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_with_one_indicator_everything_is_min_max(seed: int, units: int) -> None:
    case = problem(seed, units, 1)
    assume((case[0] != case[0][0]).any())
    z = scores("weighted_sum", case)
    close(scores("topsis", case), z)
    close(scores("topsis", case, scaling="min_max"), z)
    close(scores("vikor", case), 1.0 - z)


@few
@given(problems)
def test_waspas_lies_between_its_two_parts(case: tuple) -> None:
    assume((case[0] != case[0][0]).any())
    close(scores("waspas", case, mixture=1.0), scores("weighted_sum", case, scaling="linear"))
    product = scores("waspas", case, mixture=0.0)
    order = scores("weighted_product", case)
    close(product / product.max(), order / order.max())
