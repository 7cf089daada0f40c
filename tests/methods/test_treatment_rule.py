"""The skewness and kurtosis rule, step by step."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.treatment import shape
from evalengine.methods.treatment_rule import skewness_kurtosis

BODY = [float(k) for k in range(1, 21)]


def column(*tail: float) -> Any:
    return np.array([[v] for v in (*BODY, *tail)])


def test_what_passes_is_untouched() -> None:
    report = skewness_kurtosis(column(25.0)).reports[0]
    assert (report.rule, report.moved, report.passed) == ("none", 0, True)


def test_passing_needs_only_one_of_the_two() -> None:
    """Kurtosis 5.0 but skewness below 2 passes: the limits are joined by or."""
    values = np.array([[v] for v in (-30.0, *BODY, 50.0)])
    found = shape(values[:, 0])
    assert abs(found.skewness) < 2
    assert found.kurtosis > 2
    assert skewness_kurtosis(values, kurtosis=2).reports[0].rule == "none"
    assert skewness_kurtosis(values, kurtosis=2, skewness=1e-6).reports[0].rule != "none"


def test_one_outlier_moves_to_the_next_value() -> None:
    result = skewness_kurtosis(column(300.0))
    assert result.reports[0].rule == "winsorise"
    assert result.moves.unit.tolist() == [20]
    assert (result.moves.before.tolist(), result.moves.after.tolist()) == ([300], [20])


def test_low_outlier_moves_up() -> None:
    result = skewness_kurtosis(-column(300.0))
    assert (result.moves.before.tolist(), result.moves.after.tolist()) == ([-300], [-20])


def test_several_outliers_move_down_one_step_after_the_other() -> None:
    result = skewness_kurtosis(column(300.0, 310.0))
    assert result.moves.after.tolist() == [20, 20]


def test_tied_outliers_move_together_and_may_exceed_the_limit() -> None:
    result = skewness_kurtosis(column(300.0, 300.0), points=1)
    assert result.reports[0].moved == 2


def test_too_many_points_are_logged_from_the_original() -> None:
    values = column(300.0, 400.0, 500.0)
    result = skewness_kurtosis(values, points=1)
    lowest, span = 1.0, 499.0
    assert result.reports[0].rule == "shifted"
    assert result.values[:, 0] == pytest.approx(np.log(values[:, 0] - lowest + 0.01 * span), rel=1e-14)
    combined = skewness_kurtosis(values, points=1, combine=True)
    winsorised = np.minimum(values[:, 0], 400)
    assert combined.values[:, 0] == pytest.approx(np.log(winsorised - lowest + 0.01 * 399), rel=1e-14)
    kept = skewness_kurtosis(values, points=1, then="none")
    assert kept.values[:, 0].tolist() == winsorised.tolist()
    assert kept.reports[0].passed is False


def test_signed_logarithm_for_a_left_tail() -> None:
    values = -column(300.0, 400.0, 500.0)
    result = skewness_kurtosis(values, points=1, then="signed")
    assert result.values[:, 0] == pytest.approx(-np.log(-1 - values[:, 0] + 0.01 * 499), rel=1e-14)


def test_without_a_limit_of_points_nothing_is_logged() -> None:
    result = skewness_kurtosis(column(*[300.0 + k for k in range(7)]), points=None, skewness=0.5, kurtosis=-1.5)
    assert result.reports[0].rule == "winsorise"
    assert result.reports[0].passed


def test_the_result_stands_even_if_it_still_fails() -> None:
    values = np.array([[0.0]] * 30 + [[1.0]])
    report = skewness_kurtosis(values).reports[0]
    assert (report.rule, report.passed) == ("shifted", False)


def test_winsorising_never_makes_a_column_constant() -> None:
    values = np.array([[0.0]] * 30 + [[1.0]])
    result = skewness_kurtosis(values, then="none")
    assert result.values.tolist() == values.tolist()


def test_constant_column_is_untouched() -> None:
    report = skewness_kurtosis(np.full((6, 1), 7.98)).reports[0]
    assert (report.rule, report.passed, report.before) == ("none", True, None)


def test_an_override_is_obeyed_whether_or_not_the_column_passes() -> None:
    """In COINr the pass test blocks a treatment an expert asked for."""
    values = np.hstack([column(25.0), column(300.0), column(300.0), column(25.0), column(25.0), column(300.0)])
    orders = ["shifted", "none", "natural", "winsorise", "box_cox", "rule"]
    result = skewness_kurtosis(values, points=2, override=orders)
    assert [(r.rule, r.forced) for r in result.reports] == [
        ("shifted", True),
        ("none", True),
        ("natural", True),
        ("winsorise", True),
        ("box_cox", True),
        ("winsorise", False),
    ]
    assert result.values[:, 1].tolist() == values[:, 1].tolist()
    assert result.reports[1].passed is False
    assert result.values[:, 2] == pytest.approx(np.log(values[:, 2]), rel=1e-15)
    assert result.values[[0, 1, 19, 20], 3].tolist() == [2, 2, 20, 20]  # 25 to 20 turned the skew, then 1 to 2
    assert result.reports[3].moved == 2
    assert result.reports[4].parameter is not None


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: skewness_kurtosis([[1.0], [2.0], [3.0]]), "too_few_values"),
        (lambda: skewness_kurtosis(column(1.0), override=["shifted", "none"]), "wrong_length"),
        (lambda: skewness_kurtosis(column(1.0), override=["log"]), "bad_choice"),
        (lambda: skewness_kurtosis(column(1.0), override=["winsorise"], points=None), "out_of_range"),
        (lambda: skewness_kurtosis(column(1.0), then="sqrt"), "bad_choice"),
        (lambda: skewness_kurtosis(column(1.0), points=-1), "out_of_range"),
        (lambda: skewness_kurtosis(column(1.0), skewness=0), "out_of_range"),
        (lambda: skewness_kurtosis(column(1.0), kurtosis=math.nan), "out_of_range"),
        (lambda: skewness_kurtosis(-column(1.0), override=["natural"]), "outside_domain"),
        (lambda: skewness_kurtosis([1.0, 2.0]), "not_a_matrix"),
    ],
)
def test_faults_of_the_call_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code
