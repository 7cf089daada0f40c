"""Rounding noise in a column of equal figures never becomes a criterion, whatever the method."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.composite import Level, composite_score
from evalengine.methods.compromise import problem
from evalengine.methods.constancy import NOISE, flattened, is_constant
from evalengine.methods.critic_weights import critic
from evalengine.methods.data_weights import read_columns
from evalengine.methods.dispersion_weights import (
    angle,
    coefficient_of_variation,
    gini,
    lopcow,
    standard_deviation,
    variance,
)
from evalengine.methods.entropy_weights import entropy
from evalengine.methods.normalisation import distance_to_maximum, min_max
from evalengine.methods.normalisation_rank import categorical
from evalengine.methods.normalisation_reference import distance_to_reference, distance_to_target
from evalengine.methods.normalisation_spread import logistic, robust_z, z_score
from evalengine.methods.registry import methods
from evalengine.methods.removal_weights import cilos, idocriw, merec

SUM = 0.1 + 0.2  # one unit in the last place above 0.3
NOISY = np.array([[SUM, 10.0], [0.3, 60.0], [0.3, 80.0], [0.3, 100.0]])
EXACT = np.column_stack([np.full(4, 0.3), NOISY[:, 1]])
COMPROMISE = list(methods("compromise"))


@pytest.mark.parametrize(
    ("low", "high", "constant"),
    [
        (0.3, SUM, True),
        (-SUM, -0.3, True),
        (0.0, 0.0, True),
        (5.0, 5.0, True),
        (1.0, 1.0 + 0.9 * NOISE, True),
        (1.0, 1.0 + 1.1 * NOISE, False),
        (1e300, 1e300 * (1 + 1.1 * NOISE), False),
        (1e-300, 1e-300 * (1 + 0.9 * NOISE), True),
        (0.0, 5e-324, False),
        (-1e-30, 1e-30, False),
        (-1.7e308, 1.7e308, False),
        (np.nan, np.nan, False),
    ],
)
def test_constant_is_a_range_within_noise_of_the_largest_size(low: float, high: float, constant: bool) -> None:
    assert is_constant(np.array([low]), np.array([high])).tolist() == [constant]


def test_flattened_leaves_its_argument_alone() -> None:
    for axis, matrix in ((1, NOISY), (0, NOISY.T)):
        before = matrix.copy()
        result = flattened(matrix, np.array([True, False]), np.array([0.3, 10.0]), axis=axis)
        assert result.tolist() == (EXACT if axis else EXACT.T).tolist()
        assert result.flags.c_contiguous == matrix.flags.c_contiguous
        assert matrix.tolist() == before.tolist()


@pytest.mark.parametrize("method", COMPROMISE, ids=lambda item: item.name)
@pytest.mark.parametrize("direction", [1, -1])
def test_no_ranking_method_sees_the_noise(method: Any, direction: int) -> None:
    # with a column more no unit is best in everything, for which sPROBID has no answer
    noisy, exact = (
        method.function(np.column_stack([matrix, [70.0, 25.0, 90.0, 40.0]]), None, [direction, 1, 1])
        for matrix in (NOISY, EXACT)
    )
    assert noisy.ranks.tolist() == exact.ranks.tolist()
    np.testing.assert_allclose(noisy.scores, exact.scores, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("method", [item for item in COMPROMISE if item.relative], ids=lambda item: item.name)
def test_units_that_differ_by_noise_only_are_nothing_to_compare(method: Any) -> None:
    with pytest.raises(MethodError) as error:
        method.function([[SUM, 5.0], [0.3, 5.0], [0.3, 5.0]])
    assert error.value.code == "units_all_equal"


def test_the_entrance_computes_its_statistics_from_what_it_hands_on() -> None:
    case = problem(NOISY, None, None, method="m")
    assert case.constant.tolist() == [True, False]
    assert (case.low[0], case.high[0], case.total[0]) == (0.3, 0.3, (0.3 + 0.3) + 0.3 + 0.3)
    assert problem(EXACT, None, None, method="m").matrix is EXACT


WEIGHTINGS = {
    "entropy": entropy,
    "entropy shares": lambda X: entropy(X, variant="shares"),
    "entropy cost_inverted": lambda X: entropy(X, [-1, 1, 1], variant="cost_inverted"),
    "entropy raised": lambda X: entropy(X, variant="raised"),
    "variance": variance,
    "standard_deviation": standard_deviation,
    "standard_deviation raw": lambda X: standard_deviation(X, variant="raw"),
    "coefficient_of_variation": coefficient_of_variation,
    "gini": gini,
    "angle": angle,
    "critic": critic,
    "critic spearman": lambda X: critic(X, correlation="spearman"),
    "merec": merec,
    "cilos": cilos,
    "idocriw": idocriw,
}


@pytest.mark.parametrize("weigh", WEIGHTINGS.values(), ids=WEIGHTINGS)
@pytest.mark.parametrize("order", ["C", "F"])
def test_noise_has_no_weight(weigh: Any, order: Any) -> None:
    exact = np.random.default_rng(0).random((6, 3))
    exact[:, 0] = 0.3
    noisy = exact.copy(order=order)
    noisy[2, 0] = SUM
    before = noisy.copy()
    found, expected = weigh(noisy), weigh(exact)
    assert found.weights[0] == 0.0
    assert found.constant.tolist() == [True, False, False]
    np.testing.assert_allclose(found.weights, expected.weights, rtol=1e-12)
    assert noisy.tolist() == before.tolist()


def test_noise_of_any_size_is_noise_to_the_weights() -> None:
    """The inverse of the range 1e-315 overflows, which must not be taken for a column out of double precision."""
    values = np.array([[1e-300, 1.0], [1e-300 * (1 + 4e-16), 2.0]])
    assert entropy(values).weights.tolist() == [0.0, 1.0]
    assert entropy(values[:, :1]).constant.tolist() == [True]


def test_lopcow_names_the_noisy_column() -> None:
    with pytest.raises(MethodError, match="#1"):
        lopcow(NOISY)


def test_the_moments_of_noise_are_those_of_a_constant() -> None:
    read = read_columns(NOISY, method="m", columns=None)
    assert read.values[0].tolist() == [0.3] * 4
    assert (read.lowest[0], read.highest[0], read.mean[0], read.variance[0], read.span[0]) == (0.3, 0.3, 0.3, 0.0, 1.0)


@pytest.mark.parametrize("normalise", [min_max, distance_to_maximum, z_score, robust_z, logistic])
@pytest.mark.parametrize("direction", [1, -1])
def test_normalisations_treat_noise_as_constant(normalise: Any, direction: int) -> None:
    with pytest.raises(MethodError) as error:
        normalise(NOISY)
    assert error.value.code == "constant_column"
    result = normalise(NOISY, [direction, 1], constant=0.5)
    assert result[:, 0].tolist() == [0.5] * 4
    assert result[:, 1].tolist() == normalise(NOISY[:, 1:])[:, 0].tolist()


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: categorical(NOISY), "constant_column"),
        (lambda: distance_to_reference(NOISY, unit=0), "reference_worst"),
        (lambda: distance_to_reference(NOISY[::-1], [-1, 1], unit=0), "reference_worst"),
        (lambda: distance_to_target(NOISY, targets=[SUM, 200.0]), "target_not_better"),
    ],
)
def test_a_reference_ahead_by_noise_is_not_ahead(call: Any, code: str) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


@pytest.mark.parametrize("mean", ["arithmetic", "geometric"])
@pytest.mark.parametrize("direction", [1, -1])
def test_the_composite_score_treats_noise_as_constant(mean: Any, direction: int) -> None:
    levels = [Level(parents=[0, 0], mean=mean)]
    scale = {"lower": 1.0, "upper": 100.0}
    with pytest.raises(MethodError) as error:
        composite_score(NOISY, levels, [direction, 1], **scale)
    assert error.value.code == "constant_column"
    found, expected = (
        composite_score(matrix, levels, [direction, 1], constant=25.0, **scale) for matrix in (NOISY, EXACT)
    )
    assert found.tolist() == expected.tolist()
