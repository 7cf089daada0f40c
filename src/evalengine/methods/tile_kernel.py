"""Scalar products of four rows with four rows, their partial sums kept in vector registers.

The compiler vectorises a sum only if it may reorder it, which we do not allow, and it keeps sums in memory when they
are written as arrays of lanes. Spelling out the vector instructions gives both: a stated order of every addition, the
same on every processor, at three times the speed. numba's `intrinsic` is its public door to that level.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from llvmlite import ir  # type: ignore[import-untyped]  # part of numba, has no stubs
from numba import types
from numba.extending import intrinsic

from evalengine.methods.instructions import (
    BYTES,
    DOUBLE,
    INTEGER,
    LANES,
    VECTOR,
    Value,
    chosen,
    load,
    vector_at,
    vector_fma,
)

TILE = 4
FOLDS = 3  # of a row: lowest, highest, sum


def _reduce(
    builder: Value,
    width: Value,
    start: Sequence[float],
    step: Callable[[Value, Sequence[Value]], Sequence[Value]],
) -> list[Value]:
    """Return the vectors that `step(position, vectors)` makes of vectors full of `start` from 0 to `width`."""
    before, loop, after = builder.block, builder.append_basic_block("loop"), builder.append_basic_block("after")
    builder.branch(loop)
    builder.position_at_end(loop)
    at = builder.phi(INTEGER)
    carried = [builder.phi(VECTOR) for _ in start]
    made = list(step(at, carried))
    onward = builder.add(at, INTEGER(LANES))
    at.add_incoming(INTEGER(0), before)
    at.add_incoming(onward, loop)
    for phi, value, new in zip(carried, start, made, strict=True):
        phi.add_incoming(ir.Constant(VECTOR, [value] * LANES), before)
        phi.add_incoming(new, loop)
    builder.cbranch(builder.icmp_signed("<", onward, width), loop, after)
    builder.position_at_end(after)
    return made


def _generate_products(columns: int) -> Callable[..., Value]:
    """Return the code generator of the products of TILE rows with `columns` rows."""
    pairs = [(i, k) for i in range(TILE) for k in range(columns)]

    def generate(context: Value, builder: Value, _signature: Value, arguments: Value) -> Value:
        left, right, width, out, stride = arguments
        left_rows = [_row(builder, left, k, width) for k in range(TILE)]
        right_rows = [_row(builder, right, k, width) for k in range(columns)]
        fma = vector_fma(builder)

        def step(at: Value, sums: Sequence[Value]) -> list[Value]:
            a, b = ([load(builder, row, at) for row in rows] for rows in (left_rows, right_rows))
            return [builder.call(fma, (a[i], b[k], total)) for (i, k), total in zip(pairs, sums, strict=True)]

        for (i, k), total in zip(pairs, _reduce(builder, width, [0.0] * len(pairs), step), strict=True):
            _add(builder, _row(builder, out, i, stride), k * LANES, total)
        return context.get_dummy_value()

    return generate


def _generate_triangle(context: Value, builder: Value, _signature: Value, arguments: Value) -> Value:
    first, width, out, stride, folds = arguments
    pairs = [(i, k) for i in range(TILE) for k in range(i, TILE)]
    rows = [_row(builder, first, k, width) for k in range(TILE)]
    fma = vector_fma(builder)

    def step(at: Value, carried: Sequence[Value]) -> list[Value]:
        a = [load(builder, row, at) for row in rows]
        products, folded = carried[: len(pairs)], carried[len(pairs) :]
        made = [builder.call(fma, (a[i], a[k], total)) for (i, k), total in zip(pairs, products, strict=True)]
        for k in range(TILE):
            low, high, total = folded[FOLDS * k : FOLDS * (k + 1)]
            made.append(chosen(builder, "<", a[k], low))
            made.append(chosen(builder, ">", a[k], high))
            made.append(builder.fadd(total, a[k]))
        return made

    start = [0.0] * len(pairs) + [math.inf, -math.inf, 0.0] * TILE
    made = _reduce(builder, width, start, step)
    for (i, k), total in zip(pairs, made, strict=False):
        _add(builder, _row(builder, out, i, stride), k * LANES, total)
    for k in range(TILE):
        low, high, total = made[len(pairs) + FOLDS * k : len(pairs) + FOLDS * (k + 1)]
        row = _row(builder, folds, k, INTEGER(FOLDS * LANES))
        for number, relation, new in ((0, "<", low), (1, ">", high)):
            cell = vector_at(builder, row, INTEGER(number * LANES))
            builder.store(chosen(builder, relation, new, builder.load(cell, align=BYTES)), cell, align=BYTES)
        _add(builder, row, 2 * LANES, total)
    return context.get_dummy_value()


def _row(builder: Value, address: Value, k: int, length: Value) -> Value:
    """Return the pointer to row `k` of rows of `length` numbers at `address`."""
    offset = builder.mul(length, INTEGER(k * BYTES))
    return builder.inttoptr(builder.add(address, offset), DOUBLE.as_pointer())


def _add(builder: Value, row: Value, at: int, vector: Value) -> None:
    """Add to LANES numbers of a row, from position `at`."""
    cell = vector_at(builder, row, INTEGER(at))
    builder.store(builder.fadd(builder.load(cell, align=BYTES), vector), cell, align=BYTES)


def _integers(generate: Callable[..., Value]) -> Value:
    """Return the intrinsic of five int64 arguments with this code generator."""

    def typed(
        typingctx: Value,  # noqa: ARG001 -- the first argument numba passes to every intrinsic
        first: Value,  # noqa: ARG001 -- numba passes types here; the values arrive in the generator
        second: Value,  # noqa: ARG001 -- likewise
        third: Value,  # noqa: ARG001 -- likewise
        fourth: Value,  # noqa: ARG001 -- likewise
        fifth: Value,  # noqa: ARG001 -- likewise
    ) -> Value:
        return types.void(*(types.int64,) * 5), generate

    return intrinsic(typed)


add_products = _integers(_generate_products(TILE))
"""Add the 16 scalar products of four rows at `left` with four rows at `right` to the 4 × 4 cells at `out`.

`add_products(left, right, width, out, stride)` inside a kernel. All arguments are int64: addresses of float64
numbers, the length of a row (a positive multiple of LANES; rows follow one another without a gap) and how many numbers
lie between two rows of cells at `out`. A cell is the LANES partial sums of its product: adding them up for every
block of a long row would cost as much as a third of the products.
"""
add_half = _integers(_generate_products(TILE // 2))
"""The same with the first two rows at `right` only."""
add_triangle = _integers(_generate_triangle)
"""Add the 10 scalar products of four rows with one another, and fold in their bounds and sums.

`add_triangle(rows, width, out, stride, folds)` inside a kernel; each row at `folds` is LANES lowest, LANES highest
numbers and LANES partial sums. The processor has the time for them between two products.
"""
