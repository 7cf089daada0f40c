"""Instructions of the processor that numba does not offer by itself, for the kernels that are spelt out in them.

`intrinsic` is numba's public door to that level. A compiler that may contract a multiplication and an addition by
itself does so on one processor and not on another; spelt out, a·b + c rounded once is the same number everywhere
(IEEE 754-2008, fusedMultiplyAdd), and a processor without the instruction calls the C library. It is half the work of
a polynomial: the logarithms of a geometric mean take 0.67 ns a cell with it, 0.99 ns without.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir  # type: ignore[import-untyped]  # part of numba, has no stubs
from numba import types
from numba.extending import intrinsic

LANES = 8  # numbers of a vector
BYTES = 8  # of a number
LINE = 64  # bytes the processor fetches from memory at once
INTEGER = ir.IntType(64)
LANE = ir.IntType(32)
DOUBLE = ir.DoubleType()
VECTOR = ir.VectorType(DOUBLE, LANES)
ZERO = ir.Constant(VECTOR, [0.0] * LANES)
BYTE_AT = ir.IntType(8).as_pointer()

Value = Any  # numba's and LLVM's objects have no types


def load(builder: Value, first: Value, at: Value) -> Value:
    """Return LANES numbers from position `at`."""
    return builder.load(vector_at(builder, first, at), align=BYTES)


def vector_at(builder: Value, first: Value, at: Value) -> Value:
    """Return the pointer to LANES numbers from position `at`."""
    return builder.bitcast(builder.gep(first, [at]), VECTOR.as_pointer())


def chosen(builder: Value, relation: str, a: Value, b: Value) -> Value:
    """Return a where `a relation b` holds, otherwise b: with "<" or ">" the instruction for a minimum or maximum."""
    return builder.select(builder.fcmp_ordered(relation, a, b), a, b)


def vector_fma(builder: Value) -> Value:
    """Return the function of LLVM that fuses vectors."""
    return builder.module.declare_intrinsic(f"llvm.fma.v{LANES}f64", (), ir.FunctionType(VECTOR, [VECTOR] * 3))


def _fma(typingctx: Value, a: Value, b: Value, c: Value) -> Value:  # noqa: ARG001 -- numba passes types here
    def generate(context: Value, builder: Value, signature: Value, arguments: Value) -> Value:  # noqa: ARG001 -- likewise
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


def _ask(typingctx: Value, row: Value, at: Value) -> Value:  # noqa: ARG001 -- likewise
    def generate(context: Value, builder: Value, signature: Value, arguments: Value) -> Value:
        first = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(first, [arguments[1]]), BYTE_AT)
        kind = ir.FunctionType(ir.VoidType(), [BYTE_AT, LANE, LANE, LANE])
        hint = builder.module.declare_intrinsic("llvm.prefetch", (BYTE_AT,), kind)
        builder.call(hint, [place, LANE(0), LANE(3), LANE(1)])  # to be read, into the first cache, data
        return context.get_dummy_value()

    return types.void(row, types.int64), generate


fma = cast("Callable[[float, float, float], float]", intrinsic(_fma))
"""`fma(a, b, c)`: a·b + c of float64 numbers, rounded once."""

ask: Any = intrinsic(_ask)
"""`ask(row, at)` asks for the cache line of position `at` of an array, beyond its end too.

A hint: it loads nothing into the program, waits for nothing and is harmless where there is no memory.
"""
