"""Checked conversion of arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import evalengine.methods
from evalengine.errors import MethodError
from evalengine.methods.arrays import as_matrix, as_vector

MASKED = np.ma.array([[1.0, 2.0], [3.0, 99.0]], mask=[[False, False], [False, True]])


@pytest.mark.parametrize("values", [MASKED, MASKED.astype(int), [MASKED[0], MASKED[1]]])
def test_a_masked_cell_is_a_missing_one(values: Any) -> None:
    with pytest.raises(MethodError, match="nan") as error:
        as_matrix(values, method="m", columns=["a", "b"])
    assert error.value.code == "not_finite"
    np.testing.assert_array_equal(as_matrix(values, method="m", allow_nan=True), [[1.0, 2.0], [3.0, math.nan]])
    with pytest.raises(MethodError):
        as_vector(MASKED[1], method="m", what="w")


def test_a_mask_without_masked_cells_changes_nothing() -> None:
    found = as_matrix(np.ma.array([[1, 2], [3, 4]]), method="m")
    assert type(found) is np.ndarray
    assert found.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("number", [2**53 + 1, -(2**53) - 1, 2**63 - 1, 2**64 - 1, 2**60 + 2**7])
def test_whole_numbers_that_a_double_cannot_hold_are_refused(number: int) -> None:
    with pytest.raises(MethodError, match=str(number)) as error:
        as_matrix(np.array([[number]]), method="m")
    assert error.value.code == "not_exact"


@pytest.mark.parametrize("number", [2**53, -(2**53), 2**60, -(2**63), 2**63, 2**60 + 2**8])
def test_large_whole_numbers_that_it_can_hold_pass(number: int) -> None:
    assert as_vector(np.array([number]), method="m", what="w")[0] == number


@pytest.mark.parametrize("values", [[[1, 2], [3]], None, "x", [[True]], [["1"]], [[None]]])
def test_what_is_no_array_of_numbers_is_refused(values: Any) -> None:
    with pytest.raises(MethodError) as error:
        as_matrix(values, method="m")
    assert error.value.code == "not_numeric"


@pytest.mark.parametrize("columns", [3, ["a"], 1.5])
def test_columns_are_one_label_each(columns: Any) -> None:
    with pytest.raises(MethodError) as error:
        as_matrix([[1, 2], [3, 4]], method="m", columns=columns)
    assert error.value.code == "wrong_length"


@pytest.mark.parametrize("name", ["weighted_sum", "topsis", "vikor", "entropy", "critic", "gini"])
def test_a_masked_cell_is_never_answered_by_what_is_under_the_mask(name):
    masked = np.ma.masked_array([[1.0, 2.0], [3.0, 4.0], [5.0, 1.0]], mask=[[True, False], [False] * 2, [False] * 2])
    with pytest.raises(MethodError):
        getattr(evalengine.methods, name)(masked)
