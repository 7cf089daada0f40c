"""The merge sort of Kendall's coefficient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalengine.methods.coherence_kernel import exchanges


@pytest.mark.parametrize("size", [1, 2, 3, 8, 37, 64])
def test_exchanges_are_the_pairs_in_descending_order(size: Any) -> None:
    values = np.random.default_rng(size).integers(0, 10, size)
    before = values.copy()
    expected = sum(int(values[i] > values[j]) for i in range(size) for j in range(i + 1, size))
    assert exchanges(values) == expected
    assert (values == before).all()
