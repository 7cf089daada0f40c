"""Indicators that do not fit, and striking pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.coherence_flags import dimension_fit, redundancy

RNG = np.random.default_rng(1)
FIRST, SECOND = RNG.normal(size=(2, 200))
NOISE = RNG.normal(size=(200, 5))
VALUES = np.column_stack(
    [
        FIRST + 0.7 * NOISE[:, 0],  # fits the first dimension
        SECOND + 0.7 * NOISE[:, 1] + 0.4 * FIRST,  # put into the first, belongs to the second
        -FIRST + 0.5 * NOISE[:, 2],  # works against it
        NOISE[:, 3],  # has nothing to do with it
        SECOND + 0.05 * NOISE[:, 4],  # is the second dimension
    ]
)
SCORES = np.column_stack([FIRST, SECOND])


def test_every_verdict() -> None:
    found = dimension_fit(VALUES, SCORES, dimensions=[0, 0, 0, 0, 1], weak=0.25)
    assert found.verdicts == ("fits", "misplaced", "contrary", "weak", "dominant")
    assert found.nearest.tolist()[:2] == [0, 1]
    expected = np.corrcoef(np.hstack([VALUES, SCORES]), rowvar=False)[:5, 5:]
    assert found.coefficients == pytest.approx(expected, abs=1e-12)
    assert found.own == pytest.approx(expected[range(5), [0, 0, 0, 0, 1]], abs=1e-12)


def test_striking_pairs_are_sorted_and_stay_in_their_group() -> None:
    values = np.column_stack([FIRST, FIRST + 0.1 * NOISE[:, 0], -FIRST + 0.5 * NOISE[:, 1], SECOND, FIRST])
    pairs = redundancy(values)
    assert [(p.first, p.second, p.kind) for p in pairs] == [
        (0, 4, "redundant"),
        (0, 1, "redundant"),
        (1, 4, "redundant"),
        (0, 2, "contrary"),
        (2, 4, "contrary"),
        (1, 2, "contrary"),
    ]
    inside = redundancy(values, groups=["a", "a", "b", "b", "c"])
    assert [(p.first, p.second) for p in inside] == [(0, 1)]
    assert len(redundancy(values, high=0.999, low=-1.0)) == 1


FIT: Any = dimension_fit  # of any type, to be called with settings of a wrong one
PAIRS: Any = redundancy


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: FIT(VALUES, SCORES[:5], dimensions=[0] * 5), "not_a_matrix"),
        (lambda: FIT(VALUES, SCORES, dimensions=[0] * 4), "wrong_length"),
        (lambda: FIT(VALUES, SCORES, dimensions=[0, 0, 0, 0, 2]), "out_of_range"),
        (lambda: FIT(VALUES, SCORES, dimensions=[0] * 5, weak=0.99), "out_of_range"),
        (lambda: FIT(VALUES, np.ones((200, 2)), dimensions=[0] * 5), "constant_column"),
        (lambda: FIT(VALUES, SCORES, dimensions=[0.9, 1.9, 0, 0, 0]), "out_of_range"),
        (lambda: FIT(VALUES, SCORES, dimensions=["0"] * 5), "out_of_range"),
        (lambda: FIT(VALUES, SCORES, dimensions=0), "wrong_length"),
        (lambda: FIT(FIRST, FIRST, dimensions=[0]), "not_a_matrix"),
        (lambda: FIT(VALUES, FIRST, dimensions=[0] * 5), "not_a_matrix"),
        (lambda: FIT(VALUES, SCORES, dimensions=[0] * 5, weak="x"), "out_of_range"),
        (lambda: FIT(VALUES, SCORES, dimensions=[0] * 5, dominant="x"), "out_of_range"),
        (lambda: PAIRS(VALUES, high=None), "out_of_range"),
        (lambda: PAIRS(VALUES, low="x"), "out_of_range"),
        (lambda: PAIRS(VALUES, groups=3), "wrong_length"),
        (lambda: PAIRS(VALUES, coefficient=None), "bad_choice"),
        (lambda: PAIRS(VALUES, groups=["a"]), "wrong_length"),
        (lambda: PAIRS(VALUES, high=0.1, low=0.2), "out_of_range"),
        (lambda: PAIRS(VALUES, high=1.1), "out_of_range"),
    ],
)
def test_faults_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code
