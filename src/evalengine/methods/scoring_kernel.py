"""The core: from a matrix of indicator values to scores at every node of a tree, in one pass over memory.

Assessment and simulation call the same kernel, so they cannot differ. Values are column-major, (indicators, units):
one row per indicator, as polars hands columns over. In a value NaN means missing and +inf not applicable; what either
earns is stated per indicator, and NaN there means that the indicator is left out and its weight shared by the rest
of its node (moving up where a whole node is left out).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array
from evalengine.methods.curves import Curve
from evalengine.methods.kernel import kernel

AGGREGATIONS = ("arithmetic", "geometric", "harmonic", "power", "minimum")
ARITHMETIC, GEOMETRIC, HARMONIC, POWER, MINIMUM = range(5)
BLOCK = 1024  # rows scored at a time: a node's partial sums stay in the first-level cache
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tree:
    """A tree in arrays: leaves first, then inner nodes, children before their parents, the root last.

    Attributes:
        parents: for each leaf and node the position of its parent among the inner nodes; −1 for the root.
        weights: for each leaf and node its weight relative to its siblings.
        aggregations: for each inner node its position in `AGGREGATIONS`.
        powers: for each inner node the exponent of the power mean.
    """

    parents: Ints
    weights: Array
    aggregations: Ints
    powers: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rules:
    """Scoring curves in arrays, one row per indicator, padded to the longest.

    Attributes:
        signs: sign of each curve.
        rates: exponents of exponential curves, else 0.
        limits: lowest and highest score, (indicators, 2).
        counts: number of segments.
        segments: start, height, slope and origin of each segment, (indicators, segments, 4).
        missing: score of a missing value.
        not_applicable: score of a value that does not apply; NaN shares its weight.
    """

    signs: Array
    rates: Array
    limits: Array
    counts: Ints
    segments: Array
    missing: Array
    not_applicable: Array


def rules(curves: Sequence[Curve], *, missing: Sequence[float], not_applicable: Sequence[float]) -> Rules:
    """Return curves and the scores of missing and not applicable values as arrays."""
    longest = max(len(curve.segments) for curve in curves)
    segments = np.zeros((len(curves), longest, 4))
    for row, curve in zip(segments, curves, strict=True):
        for cell, part in zip(row, curve.segments, strict=False):
            cell[:] = part.start, part.height, part.slope, part.origin
    return Rules(
        signs=np.array([curve.sign for curve in curves]),
        rates=np.array([curve.rate for curve in curves]),
        limits=np.array([[curve.floor, curve.ceiling] for curve in curves]),
        counts=np.array([len(curve.segments) for curve in curves], dtype=np.int64),
        segments=segments,
        missing=np.array(missing, dtype=np.float64),
        not_applicable=np.array(not_applicable, dtype=np.float64),
    )


def score_units(values: Array, rules: Rules, tree: Tree) -> Array:
    """Return the scores of all leaves and nodes, (leaves + nodes, units); the last row is the root.

    A node's score is the weighted mean of its children that count. A node none of whose children counts is NaN.

    Args:
        values: (indicators, units), float64, C-contiguous; NaN missing, +inf not applicable.
        rules: scoring curves.
        tree: the tree.

    Raises:
        MethodError: the shapes differ, or a node with a geometric, harmonic or power mean meets a negative score.
    """
    leaves, units = values.shape
    if leaves != len(rules.signs) or len(tree.parents) != leaves + len(tree.aggregations):
        raise MethodError("wrong_length", method="score_units", what="values", length=leaves, expected=len(rules.signs))
    scores = np.empty((len(tree.parents), units))
    partial = np.zeros((len(tree.aggregations), 2, BLOCK))
    negative = _score(
        np.ascontiguousarray(values),
        rules.signs,
        rules.rates,
        rules.limits,
        rules.counts,
        rules.segments,
        rules.missing,
        rules.not_applicable,
        tree.parents,
        tree.weights,
        tree.aggregations,
        tree.powers,
        scores,
        partial,
    )
    if negative >= 0:
        raise MethodError("negative_score", method=AGGREGATIONS[tree.aggregations[negative]], node=negative + 1)
    return scores


@kernel
def _score(
    values: Array,
    signs: Array,
    rates: Array,
    limits: Array,
    counts: Ints,
    segments: Array,
    missing: Array,
    not_applicable: Array,
    parents: Ints,
    weights: Array,
    aggregations: Ints,
    powers: Array,
    scores: Array,
    partial: Array,
) -> int:
    """Fill `scores`; return −1, or the inner node whose mean is undefined because of a negative score."""
    leaves, units = values.shape
    negative = -1
    for first in range(0, units, BLOCK):
        last = min(first + BLOCK, units)
        size = last - first
        partial[:] = 0.0
        for row in range(len(parents)):
            out = scores[row, first:last]
            if row < leaves:
                column = values[row, first:last]
                sign = signs[row]
                # the segments overlay one another: the last one whose start is reached decides; NaN reaches none
                out[:] = np.nan
                for k in range(counts[row]):
                    start, height, slope, origin = segments[row, k]
                    for i in range(size):
                        u = sign * column[i]
                        y = height + slope * (u - origin)
                        out[i] = y if u >= start else out[i]
                if rates[row] != 0.0:
                    height, origin = segments[row, 0, 1], segments[row, 0, 3]
                    for i in range(size):
                        out[i] = height * math.exp(rates[row] * (sign * column[i] - origin))
                low, high = limits[row]
                absent, inapplicable = missing[row], not_applicable[row]
                for i in range(size):
                    x, y = column[i], out[i]
                    y = low if y < low else y
                    y = high if y > high else y
                    y = absent if x != x else y
                    out[i] = inapplicable if x == np.inf else y
            else:
                node = row - leaves
                total, weight = partial[node, 0], partial[node, 1]
                how, power = aggregations[node], powers[node]
                for i in range(size):
                    if weight[i] == 0.0:
                        out[i] = np.nan
                    elif how == ARITHMETIC:
                        out[i] = total[i] / weight[i]
                    elif how == GEOMETRIC:
                        out[i] = math.exp(total[i] / weight[i])
                    elif how == HARMONIC:
                        out[i] = weight[i] / total[i]
                    elif how == POWER:
                        out[i] = (total[i] / weight[i]) ** (1.0 / power)
                    else:
                        out[i] = total[i]
            above = parents[row]
            own = weights[row]
            if above < 0 or own == 0.0:
                continue
            total, weight = partial[above, 0], partial[above, 1]
            how, power = aggregations[above], powers[above]
            if how == ARITHMETIC:
                for i in range(size):
                    y = out[i]
                    counted = own if y == y else 0.0
                    total[i] += own * y if y == y else 0.0
                    weight[i] += counted
                continue
            for i in range(size):
                y = out[i]
                if y != y:
                    continue
                if how == MINIMUM:
                    total[i] = y if weight[i] == 0.0 or y < total[i] else total[i]
                elif y < 0.0:
                    negative = above
                elif how == GEOMETRIC:
                    total[i] += own * math.log(y)
                elif how == HARMONIC:
                    total[i] += own / y
                else:
                    total[i] += own * y**power
                weight[i] += own
    return negative
