"""The shared entrance and exit: what is checked, what is left out, what a message names."""

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.additive import weighted_product, weighted_sum
from evalengine.methods.compromise import BLOCK, problem, unit_interval
from evalengine.methods.compromise_terms import Terms, reduce_terms, sum_terms
from evalengine.methods.topsis import topsis


def test_statistics_are_exact_whatever_the_number_of_units() -> None:
    for units in (2, 7, 8, 9, 16, 23):
        matrix = np.random.default_rng(units).integers(-9, 10, (units, 3)).astype(float)
        matrix[0] += 100.0
        case = problem(matrix, None, [1, -1, 1], method="test")
        assert case.low.tolist() == matrix.min(axis=0).tolist()
        assert case.high.tolist() == matrix.max(axis=0).tolist()
        assert case.total.tolist() == matrix.sum(axis=0).tolist()
        assert case.squares.tolist() == (matrix**2).sum(axis=0).tolist()
        assert case.best.tolist() == [matrix[:, 0].max(), matrix[:, 1].min(), matrix[:, 2].max()]
        assert case.worst.tolist() == [matrix[:, 0].min(), matrix[:, 1].max(), matrix[:, 2].min()]


@pytest.mark.parametrize("place", [(0, 0), (3, 1), (8, 2), (20, 0)])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_cell_that_is_not_finite_is_named(place: tuple[int, int], value: float) -> None:
    matrix = np.arange(63.0).reshape(21, 3)
    matrix[place] = value
    with pytest.raises(MethodError) as caught:
        topsis(matrix, columns=["a", "b", "c"])
    assert caught.value.code == "not_finite"
    assert caught.value.facts["column"] == "abc"[place[1]]
    assert caught.value.facts["unit"] == place[0] + 1


def test_a_value_that_is_not_finite_is_found_in_an_indicator_of_weight_zero() -> None:
    with pytest.raises(MethodError, match="#2"):
        topsis([[1.0, np.nan], [2.0, 3.0]], [1.0, 0.0])


def test_messages_name_the_column_and_unit_of_a_domain_error() -> None:
    with pytest.raises(MethodError) as caught:
        weighted_product([[1.0, 2.0], [3.0, 0.0]], columns=["loans", "patents"])
    assert caught.value.facts == {"method": "weighted_product", "column": "patents", "unit": 2, "value": 0.0}


def test_kept_indicators_are_reported() -> None:
    result = weighted_sum([[1.0, 9.0, 2.0], [2.0, 9.0, 1.0]], [0.5, 0.0, 0.5])
    assert result.tables["indicators"].tolist() == [0, 2]
    assert result.tables["low"].tolist() == [1.0, 1.0]


def test_weights_too_large_to_sum_are_refused() -> None:
    with np.errstate(over="ignore"), pytest.raises(MethodError):
        weighted_sum([[1.0, 2.0], [2.0, 1.0]], [1e308, 1e308])


def test_norms_survive_over_and_underflow_of_the_squares() -> None:
    base = np.array([[3.0, 1.0], [4.0, 2.0]])
    for factor in (1e-170, 1e170):
        case = problem(base * [factor, 1.0], None, None, method="test")
        np.testing.assert_allclose(case.norms(), [5.0 * factor, np.sqrt(5.0)], rtol=1e-14)


def test_a_range_that_overflows_is_refused() -> None:
    with np.errstate(over="ignore"), pytest.raises(MethodError) as caught:
        problem([[-1.7e308], [1.7e308]], None, None, method="test").per_range()
    assert caught.value.code == "result_not_finite"


def test_terms_against_their_definition() -> None:
    rng = np.random.default_rng(4)
    matrix = rng.uniform(1.0, 5.0, (BLOCK + 7, 3))
    shift, scale, bias, after = np.array([[-2.0, 0.5, 1.0], [0.3, 2.0, -0.7], [0.0, 0.25, 0.0], [0.1, -0.2, 0.0]])
    inverse = np.array([False, True, False])
    case = problem(matrix, None, None, method="test")
    terms = np.where(inverse, scale / (matrix + shift + bias), (matrix + shift) * scale) + after
    sums = reduce_terms(Terms(case=case, shift=shift, scale=scale, inverse=inverse, bias=bias, after=after))
    np.testing.assert_allclose(sums.positive, np.maximum(terms, 0.0).sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(sums.negative, np.maximum(-terms, 0.0).sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(sums.squares, (terms**2).sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(sums.largest, np.abs(terms).max(axis=1), rtol=1e-12)
    np.testing.assert_allclose(
        sum_terms(Terms(case=case, shift=shift, scale=scale, inverse=inverse, bias=bias, after=after, offset=2.0)),
        terms.sum(axis=1) + 2.0,
        rtol=1e-11,
        atol=1e-13,
    )
    logs = reduce_terms(Terms(case=case, shift=shift, scale=scale, logs=True))
    np.testing.assert_allclose(
        logs.positive - logs.negative, ((np.log(matrix) + shift) * scale).sum(axis=1), rtol=1e-11, atol=1e-13
    )


def test_noise_is_not_spread_over_the_unit_interval() -> None:
    assert unit_interval(np.array([0.3, 0.1 + 0.2]), 1e-12) is None
    spread = unit_interval(np.array([2.0, 4.0, 3.0]), 1e-12)
    assert spread is not None
    assert spread.tolist() == [0.0, 1.0, 0.5]
