import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, friedmanchisquare

from evalengine.errors import MethodError
from evalengine.methods.delphi import delphi


def test_by_hand() -> None:
    result = delphi([[9, 7, 5], [8, 7, 7], [9, 9, 3]])
    assert result.weights == pytest.approx(np.array([26, 23, 15]) / 64)
    assert result.variation[0] == pytest.approx(np.std([9, 8, 9], ddof=1) / (26 / 3))
    # ranks 3 2 1 / 3 1.5 1.5 / 2.5 2.5 1, sums 8.5 6 3.5; two pairs of ties
    expected = 12 * (2.5**2 + 0 + 2.5**2) / (9 * (27 - 3) - 3 * (6 + 6))
    assert result.concordance == pytest.approx(expected)
    assert result.statistic == pytest.approx(3 * 2 * expected)
    assert result.p_value == pytest.approx(chi2.sf(result.statistic, 2), rel=1e-12)


@given(st.integers(0, 1000), st.integers(3, 12), st.integers(3, 9))
@settings(max_examples=50, deadline=None)
def test_friedmans_statistic_of_scipy(seed, experts, indicators) -> None:
    marks = np.random.default_rng(seed).integers(1, 6, (experts, indicators)).astype(float)
    marks[0] = np.arange(indicators)
    result = delphi(marks)
    peer = friedmanchisquare(*marks.T)
    assert result.statistic == pytest.approx(peer.statistic, abs=1e-9)
    assert result.p_value == pytest.approx(peer.pvalue, abs=1e-9)
    assert 0.0 <= result.concordance <= 1.0


def test_full_agreement_and_none() -> None:
    assert delphi([[3, 2, 1], [30, 20, 10]]).concordance == pytest.approx(1.0)
    assert delphi([[3, 2, 1], [1, 2, 3]]).concordance == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("marks", "code"),
    [
        ([[1, 2]], "weights_few_units"),
        ([[1], [2]], "weights_few_indicators"),
        ([[1, -2], [1, 2]], "weights_negative_value"),
        ([[1, 0], [1, 0]], "weights_not_positive"),
        ([[5, 5], [5, 5]], "delphi_no_order"),
        ([[5, np.nan], [5, 5]], "not_finite"),
    ],
)
def test_refused(marks, code) -> None:
    with pytest.raises(MethodError) as caught:
        delphi(np.array(marks, dtype=float))
    assert caught.value.code == code
