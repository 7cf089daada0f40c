"""Checks of settings and domains."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.checks import check_cells, check_choice, check_columns, check_number

MATRIX = np.array([[1.0, 2.0], [3.0, -4.0]])


@pytest.mark.parametrize(
    ("call", "code", "named"),
    [
        (lambda: check_choice("c", ("a", "b"), method="m", name="rule"), "bad_choice", "a, b"),
        (lambda: check_number(3.0, holds=False, method="m", name="p", rule="< 2"), "out_of_range", "< 2"),
        (lambda: check_number(math.nan, holds=True, method="m", name="p", rule="any"), "out_of_range", "nan"),
        (lambda: check_cells(MATRIX, MATRIX < 0, method="m", columns=["x", "y"], rule=">= 0"), "outside_domain", "y"),
        (lambda: check_columns(np.array([False, True]), "no_value", method="m", columns=None), "no_value", "#2"),
    ],
)
def test_what_is_wrong_is_named(call: Any, code: Any, named: Any) -> None:
    with pytest.raises(MethodError, match=named) as error:
        call()
    assert error.value.code == code


def test_what_is_right_passes() -> None:
    check_choice("a", ("a", "b"), method="m", name="rule")
    check_number(1.0, holds=True, method="m", name="p", rule="any")
    check_cells(MATRIX, MATRIX > 9, method="m", columns=None, rule="<= 9")
    check_columns(np.array([False, False]), "no_value", method="m", columns=None)
