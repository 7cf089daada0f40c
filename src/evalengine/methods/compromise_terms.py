"""Terms, one per cell, and their reductions over the indicators: what most score-type methods consist of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.compromise import BLOCK, Problem
from evalengine.methods.compromise_checks import require_finite
from evalengine.methods.compromise_kernels import term_sums, term_totals


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Terms:
    """One term per cell: `(x + shift)·scale + after`, or `scale/((x + shift) + bias) + after` where `inverse`.

    Attributes:
        case: the problem.
        shift: (indicators,).
        scale: (indicators,), holds the weight.
        inverse: which indicators take the second form; none by default.
        bias: (indicators,), 0 by default; apart from `shift` because the first difference is exact.
        after: (indicators,), 0 by default.
        offset: what is added to the sum of every unit.
        logs: take ln x for x; the caller has checked that x > 0.
    """

    case: Problem
    shift: Array
    scale: Array
    inverse: NDArray[np.bool_] | None = None
    bias: Array | None = None
    after: Array | None = None
    offset: float = 0.0
    logs: bool = False

    def coefficients(self) -> tuple[Array, Array, NDArray[np.bool_], Array, Array]:
        """Return shift, scale, inverse, bias and after as the kernels take them."""
        zero = np.zeros(self.scale.size)
        return (
            self.shift,
            self.scale,
            np.zeros(self.scale.size, dtype=np.bool_) if self.inverse is None else self.inverse,
            zero if self.bias is None else self.bias,
            zero if self.after is None else self.after,
        )

    def size(self) -> float:
        """Return an upper limit of the sum of the sizes of a unit's terms; only without `inverse`."""
        ends = (self.case.low, self.case.high)
        low, high = ((np.log(end) if self.logs else end) + self.shift for end in ends)
        return float((np.maximum(np.abs(low), np.abs(high)) * np.abs(self.scale)).sum())

    def of(self, row: Array) -> Array:
        """Return the terms of one row of raw values."""
        shift, scale, inverse, bias, after = self.coefficients()
        shifted = row + shift
        return np.where(inverse, scale / np.where(inverse, shifted + bias, 1.0), shifted * scale) + after


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Four reductions of the terms of each unit: positive and negative sum, sum of squares, largest size."""

    positive: Array
    negative: Array
    squares: Array
    largest: Array


def sum_terms(terms: Terms) -> Array:
    """Return the sum of the terms of each unit.

    Raises:
        MethodError: a coefficient or a sum overflows.
    """
    totals = np.empty(terms.case.matrix.shape[0])
    coefficients = terms.coefficients()
    for matrix, part in _parts(terms):
        term_totals(matrix, *coefficients, totals[part])
    require_finite(totals, method=terms.case.method)
    totals += terms.offset
    return totals


def reduce_terms(terms: Terms) -> Sums:
    """Return the other reductions of the terms of each unit, without the offset.

    Raises:
        MethodError: a coefficient or a sum overflows.
    """
    positive, negative, squares, largest = (np.empty(terms.case.matrix.shape[0]) for _ in range(4))
    coefficients = terms.coefficients()
    for matrix, part in _parts(terms):
        term_sums(matrix, *coefficients, positive[part], negative[part], squares[part], largest[part])
    require_finite(squares, method=terms.case.method)
    return Sums(positive, negative, squares, largest)


def _parts(terms: Terms) -> Iterator[tuple[Array, slice]]:
    """Yield the matrix, or the logarithms of a block of it, with the units it holds; the coefficients are checked."""
    case = terms.case
    require_finite(terms.scale, terms.shift, method=case.method)
    if not terms.logs:
        # An overflow under a division would come out as a harmless 0.
        ends = (case.low + terms.shift, case.high + terms.shift)
        require_finite(*(end if terms.bias is None else end + terms.bias for end in ends), method=case.method)
        yield case.matrix, slice(None)
        return
    rows = case.matrix.flags.c_contiguous
    logs = np.empty((BLOCK, case.matrix.shape[1]), order="C" if rows else "F")
    for start in range(0, case.matrix.shape[0], BLOCK):
        given = case.matrix[start : start + BLOCK]
        # one block for all, so that it stays in the cache; the last one is shorter and needs a contiguous one
        block = logs if len(given) == BLOCK else np.empty_like(given)
        yield np.log(given, out=block), slice(start, start + BLOCK)
