"""Scalar products of four rows with four rows, their partial sums kept in vector registers.

The compiler vectorises a sum only if it may reorder it, which we do not allow, and it keeps sums in memory when they
are written as arrays of lanes. Spelling out the vector instructions gives both: a stated order of every addition, the
same on every processor, at three times the speed. numba's `intrinsic` is its public door to that level.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]  # part of numba, has no stubs
from numba import types
from numba.extending import intrinsic

LANES = 8
TILE = 4
BYTES = 8
INTEGER = ir.IntType(64)
DOUBLE = ir.DoubleType()
VECTOR = ir.VectorType(DOUBLE, LANES)


def _generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401 -- numba's and LLVM's
    left, right, width, out, stride = arguments
    left_rows, right_rows, out_rows = (
        [_row(builder, address, k, length) for k in range(TILE)]
        for address, length in ((left, width), (right, width), (out, stride))
    )
    before = builder.block
    loop = builder.append_basic_block("products")
    after = builder.append_basic_block("sums")
    builder.branch(loop)

    builder.position_at_end(loop)
    at = builder.phi(INTEGER)
    sums = [builder.phi(VECTOR) for _ in range(TILE * TILE)]
    a = [builder.load(_vector(builder, row, at), align=BYTES) for row in left_rows]
    b = [builder.load(_vector(builder, row, at), align=BYTES) for row in right_rows]
    added = [builder.fadd(sums[TILE * i + k], builder.fmul(a[i], b[k])) for i in range(TILE) for k in range(TILE)]
    onward = builder.add(at, INTEGER(LANES))
    at.add_incoming(INTEGER(0), before)
    at.add_incoming(onward, loop)
    for partial, total in zip(sums, added, strict=True):
        partial.add_incoming(ir.Constant(VECTOR, [0.0] * LANES), before)
        partial.add_incoming(total, loop)
    builder.cbranch(builder.icmp_signed("<", onward, width), loop, after)

    builder.position_at_end(after)
    for i in range(TILE):
        for k in range(TILE):
            cell = _vector(builder, out_rows[i], INTEGER(k * LANES))
            partial = builder.fadd(builder.load(cell, align=BYTES), added[TILE * i + k])
            builder.store(partial, cell, align=BYTES)
    return context.get_dummy_value()


def _row(builder: Any, address: Any, k: int, length: Any) -> Any:  # noqa: ANN401 -- LLVM values
    """Return the pointer to row `k` of rows of `length` numbers at `address`."""
    offset = builder.mul(length, INTEGER(k * BYTES))
    return builder.inttoptr(builder.add(address, offset), DOUBLE.as_pointer())


def _vector(builder: Any, row: Any, at: Any) -> Any:  # noqa: ANN401 -- LLVM values
    """Return the pointer to LANES numbers of a row, from position `at`."""
    return builder.bitcast(builder.gep(row, [at]), VECTOR.as_pointer())


def _add_products(
    typingctx: Any,  # noqa: ANN401, ARG001 -- the first argument numba passes to every intrinsic
    left: Any,  # noqa: ANN401, ARG001 -- numba passes types here; the values arrive in `_generate`
    right: Any,  # noqa: ANN401, ARG001 -- likewise
    width: Any,  # noqa: ANN401, ARG001 -- likewise
    out: Any,  # noqa: ANN401, ARG001 -- likewise
    stride: Any,  # noqa: ANN401, ARG001 -- likewise
) -> Any:  # noqa: ANN401 -- a signature and a code generator
    return types.void(*(types.int64,) * 5), _generate


add_products: Any = intrinsic(_add_products)
"""Add the 16 scalar products of four rows at `left` with four rows at `right` to the 4 × 4 cells at `out`.

`add_products(left, right, width, out, stride)` inside a kernel. All arguments are int64: addresses of float64
numbers, the length of a row (a positive multiple of LANES; rows follow one another without a gap) and how many numbers
lie between two rows of cells at `out`. A cell is the LANES partial sums of its product: adding them up for every
block of a long row would cost as much as a third of the products.
"""
