"""Sums of the terms of one row over its indicators, in vector registers.

A matrix in rows is read at the speed of memory only if each row is read to its end before the next one: summed along
the row, which the compiler does not vectorise, because it may not change the order of additions. As in `tile_kernel`
the vector instructions are spelt out; here they take arrays, whose own lengths bound every load.

The order of additions is a stated one: lane k adds the indicators k, k + 8, k + 16 …; then lane k and lane k + 4 are
added, of these four lane k and lane k + 2, and the last two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]  # part of numba, has no stubs
from numba import types
from numba.extending import intrinsic

from evalengine.methods.instructions import INTEGER, LANE, LANES, VECTOR, ZERO, Value, chosen, load

AHEAD = 400  # numbers to ask for before they are read: at 100,000 × 50 the distances take 1.8 instead of 2.1 ms with it
# and the statistics 2.0 instead of 2.8; memory alone takes 1.4

Step = Callable[[Value, Value, Sequence[Value], Sequence[Value]], list[Value]]
Fold = Callable[[Value, Value, Value], Value]


def _last_vector(builder: Value, row: Value, at: Value, length: Value) -> Value:
    """Return the numbers from position `at`, fewer than LANES; beyond the end the last number is repeated."""
    last, vector = builder.sub(length, INTEGER(1)), ZERO
    for k in range(LANES):
        place = builder.add(at, INTEGER(k))
        place = builder.select(builder.icmp_signed("<", place, last), place, last)
        vector = builder.insert_element(vector, builder.load(builder.gep(row, [place])), LANE(k))
    return vector


def _fold(builder: Value, fold: Fold, vector: Value) -> Value:
    """Return the lanes of a vector folded into one number, halves on halves."""
    half = LANES
    while half > 1:
        half //= 2
        nothing = ir.Constant(vector.type, ir.Undefined)
        low, high = (
            builder.shuffle_vector(vector, nothing, ir.Constant(ir.VectorType(LANE, half), list(lanes)))
            for lanes in (range(half), range(half, 2 * half))
        )
        vector = fold(builder, low, high)
    return builder.extract_element(vector, LANE(0))


def _reduction(step: Step, constants: int, folds: Sequence[Fold]) -> Any:  # noqa: ANN401 -- an intrinsic of numba
    """Return the intrinsic `(row, given)` that gives one number for each fold; used inside kernels.

    `row` is a C-contiguous vector of one or more numbers; `given` a C-contiguous matrix with a row for each constant,
    as long as the row rounded up to a multiple of LANES; what a constant is beyond the row must make the terms 0.
    """

    def generate(context: Value, builder: Value, signature: Value, arguments: Value) -> Value:
        row, given = (
            context.make_array(kind)(context, builder, value)
            for kind, value in zip(signature.args, arguments, strict=True)
        )
        length, width = row.nitems, builder.sdiv(given.nitems, INTEGER(constants))
        starts = [builder.gep(given.data, [builder.mul(width, INTEGER(k))]) for k in range(constants)]

        def advance(x: Value, at: Value, carried: Sequence[Value]) -> list[Value]:
            return step(builder, x, [load(builder, start, at) for start in starts], carried)

        before = builder.block
        head, whole, rest, part, end = (
            builder.append_basic_block(name) for name in ("head", "whole", "rest", "part", "end")
        )
        builder.branch(head)

        builder.position_at_end(head)
        at = builder.phi(INTEGER)
        carried = [builder.phi(VECTOR) for _ in folds]
        onward = builder.add(at, INTEGER(LANES))
        builder.cbranch(builder.icmp_signed("<=", onward, length), whole, rest)

        builder.position_at_end(whole)
        renewed = advance(load(builder, row.data, at), at, carried)
        builder.branch(head)
        at.add_incoming(INTEGER(0), before)
        at.add_incoming(onward, whole)
        for total, new in zip(carried, renewed, strict=True):
            total.add_incoming(ZERO, before)
            total.add_incoming(new, whole)

        builder.position_at_end(rest)
        builder.cbranch(builder.icmp_signed("<", at, length), part, end)
        builder.position_at_end(part)
        finished = advance(_last_vector(builder, row.data, at, length), at, carried)
        builder.branch(end)

        builder.position_at_end(end)
        results = [builder.phi(VECTOR) for _ in folds]
        for result, total, new in zip(results, carried, finished, strict=True):
            result.add_incoming(total, rest)
            result.add_incoming(new, part)
        numbers = [_fold(builder, fold, result) for fold, result in zip(folds, results, strict=True)]
        return context.make_tuple(builder, signature.return_type, numbers)

    def reduction(typingctx: Value, row: Value, given: Value) -> Value:  # noqa: ARG001 -- numba passes it
        numbers = types.UniTuple(types.float64, len(folds))  # type: ignore[no-untyped-call]  # numba has no types
        return numbers(row, given), generate

    return intrinsic(reduction)


def _add(builder: Value, a: Value, b: Value) -> Value:
    return builder.fadd(a, b)


def _largest(builder: Value, a: Value, b: Value) -> Value:
    return chosen(builder, ">", a, b)


def _distances(builder: Value, x: Value, given: Sequence[Value], carried: Sequence[Value]) -> list[Value]:
    scale, *points = given
    apart = [builder.fmul(builder.fsub(x, point), scale) for point in points]
    return [builder.fadd(total, builder.fmul(d, d)) for total, d in zip(carried, apart, strict=True)]


def _product(builder: Value, x: Value, given: Sequence[Value]) -> Value:
    shift, scale, after = given
    return builder.fadd(builder.fmul(builder.fadd(x, shift), scale), after)


def _either(builder: Value, x: Value, given: Sequence[Value]) -> Value:
    """Return the term of either form; `inverse` is 1 where it is the ratio."""
    shift, scale, after, bias, inverse = given
    shifted = builder.fadd(x, shift)
    ratio = builder.fdiv(scale, builder.fadd(shifted, bias))
    divided = builder.fcmp_ordered("!=", inverse, ZERO)
    return builder.fadd(builder.select(divided, ratio, builder.fmul(shifted, scale)), after)


def _total(term: Callable[..., Value]) -> Step:
    return lambda builder, x, given, carried: [builder.fadd(carried[0], term(builder, x, given))]


def _four(term: Callable[..., Value]) -> Step:
    def step(builder: Value, x: Value, given: Sequence[Value], carried: Sequence[Value]) -> list[Value]:
        positive, negative, squares, largest = carried
        value = term(builder, x, given)
        opposite = builder.fneg(value)
        return [
            builder.fadd(positive, _largest(builder, value, ZERO)),
            builder.fadd(negative, _largest(builder, opposite, ZERO)),
            builder.fadd(squares, builder.fmul(value, value)),
            _largest(builder, _largest(builder, value, opposite), largest),
        ]

    return step


squared_distances: Any = _reduction(_distances, 3, (_add, _add))
"""Squared distances of a row to two points; constants scale, first point, second point."""

product_total: Any = _reduction(_total(_product), 3, (_add,))
"""Sum of the terms `(x + shift)·scale + after`; constants in this order."""

either_total: Any = _reduction(_total(_either), 5, (_add,))
"""Sum of the terms of either form; constants shift, scale, after, bias, inverse."""

product_sums: Any = _reduction(_four(_product), 3, (_add, _add, _add, _largest))
"""Sum of the positive terms, of the sizes of the negative ones, of the squares, and the largest size."""

either_sums: Any = _reduction(_four(_either), 5, (_add, _add, _add, _largest))
"""The same of the terms of either form."""
