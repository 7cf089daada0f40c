"""Box–Cox and Yeo–Johnson."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from evalengine.errors import MethodError
from evalengine.methods.treatment_power import box_cox, yeo_johnson

POSITIVE = np.random.default_rng(1).lognormal(sigma=0.8, size=(60, 2))
SIGNED = np.random.default_rng(2).gumbel(size=(60, 2))


@pytest.mark.parametrize("exponent", [-2, -0.5, 0, 1e-12, 0.3, 1, 2, 2.7])
def test_stated_exponents_equal_scipy(exponent: Any) -> None:
    assert box_cox(POSITIVE, exponent=exponent).values == pytest.approx(
        stats.boxcox(POSITIVE.ravel(), exponent).reshape(60, 2), rel=1e-9, abs=1e-9
    )
    assert yeo_johnson(SIGNED, exponent=exponent).values == pytest.approx(
        stats.yeojohnson(SIGNED.ravel(), exponent).reshape(60, 2), rel=1e-9, abs=1e-9
    )


def test_most_likely_exponents_equal_scipy() -> None:
    for j, report in enumerate(box_cox(POSITIVE).reports):
        assert report.parameter == pytest.approx(stats.boxcox_normmax(POSITIVE[:, j], method="mle"), abs=1e-5)
    for j, report in enumerate(yeo_johnson(SIGNED).reports):
        assert report.parameter == pytest.approx(stats.yeojohnson_normmax(SIGNED[:, j]), abs=1e-5)


def test_transformation_straightens_the_tail() -> None:
    for report in (*box_cox(POSITIVE).reports, *yeo_johnson(SIGNED).reports):
        assert abs(report.after.skewness) < abs(report.before.skewness) / 3


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: box_cox([[1.0], [0.0]], exponent=1), "outside_domain"),
        (lambda: box_cox([[1.0], [-2.0]]), "outside_domain"),
        (lambda: box_cox([[2.0], [2.0]]), "constant_column"),
        (lambda: box_cox([[1e300], [1.0]], exponent=9), "overflow"),
        (lambda: box_cox([[1.0], [2.0]], exponent=math.nan), "out_of_range"),
        (lambda: box_cox([[1e300], [1e300 * (1 + 1e-15)], [1e300 * (1 - 1e-14)]]), "no_exponent"),
        (lambda: yeo_johnson([[2.0], [2.0]]), "constant_column"),
        (lambda: yeo_johnson([[1e300], [1.0]], exponent=9), "overflow"),
    ],
)
def test_faults_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


def test_without_scipy_the_message_names_the_extra(monkeypatch: Any) -> None:
    original = builtins.__import__

    def without(name: str, *rest: Any, **options: Any) -> Any:
        if name.startswith("scipy"):
            raise ImportError(name)
        return original(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MethodError) as error:
        box_cox(POSITIVE)
    assert error.value.facts["extra"] == "evalengine[methods]"
    assert box_cox(POSITIVE, exponent=0).reports[0].parameter == 0
