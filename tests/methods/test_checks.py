"""Checks of settings and domains."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.checks import (
    as_labels,
    as_number,
    as_whole,
    check_cells,
    check_choice,
    check_columns,
    check_number,
)

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


@pytest.mark.parametrize("value", [None, "3", [3], {}, math.nan, math.inf, 10**400, 1j, np.array([1.0, 2.0])])
def test_a_setting_of_the_wrong_type_is_refused(value: Any) -> None:
    for call in (
        lambda: as_number(value, lambda x: x > 0, method="m", name="p", rule="> 0"),
        lambda: as_whole(value, 0, method="m", name="p"),
        lambda: check_number(value, holds=True, method="m", name="p", rule="> 0"),
    ):
        with pytest.raises(MethodError) as error:
            call()
        assert error.value.code == "out_of_range"
    with pytest.raises(MethodError):
        check_choice(value, ("a", "b"), method="m", name="rule")


def test_settings_come_back_as_numbers() -> None:
    assert as_number(np.int64(3), lambda x: x > 0, method="m", name="p", rule="> 0") == 3.0
    assert type(as_whole(2.0, 1, method="m", name="k")) is int
    for value in (0, 1.5):
        with pytest.raises(MethodError, match="1, 2, 3"):
            as_whole(value, 1, method="m", name="k")


def test_labels() -> None:
    assert as_labels(np.array(["a", "b"]), 2, method="m", what="groups") == ["a", "b"]
    assert as_labels(("a", date(2024, 1, 1)), 2, method="m", what="groups") == ["a", date(2024, 1, 1)]
    wrong: list[Any] = [None, 5, ["a"], {"a", "b"}, {"a": 1, "b": 2}, np.array(3)]
    for labels in wrong:
        with pytest.raises(MethodError) as error:
            as_labels(labels, 2, method="m", what="groups")
        assert error.value.code == "wrong_length"
    for label in ([1], (1, [2]), None, math.nan):
        with pytest.raises(MethodError) as error:
            as_labels(["a", label], 2, method="m", what="groups")
        assert error.value.code == "bad_label"
