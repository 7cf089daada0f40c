"""The fused composite score: min–max, direction, weights and a tree of means in two passes over the raw matrix.

The same numbers as `min_max` followed by `arithmetic` and `geometric` level by level, up to rounding, without ever
forming the normalised matrix. A score depends on the unit's own values and the columns' extremes only: neither the
number of units nor their order nor the memory layout changes a bit of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import MATRIX_DIMENSIONS, Array, as_directions, as_matrix, as_vector
from evalengine.methods.checks import check_choice, check_columns, check_number
from evalengine.methods.composite_kernel import combine, extremes

_METHOD = "composite_score"
_SMALLEST, _LARGEST = 1e-300, 1e300  # scores a geometric mean is taken of
_ROWS = 2048  # units copied at a time when the matrix comes row by row

Mean = Literal["arithmetic", "geometric"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Level:
    """One level of a tree: how its elements are combined into the elements of the next level.

    Attributes:
        parents: for each element of this level the position of its parent in the next one, from 0, none left out.
        weights: for each element, at least 0, relative among the children of one parent; equal if None. An element
            of weight 0 is left out.
        mean: how children are combined; one for all parents or one for each.
    """

    parents: Sequence[int]
    weights: ArrayLike | None = None
    mean: Mean | Sequence[Mean] = "arithmetic"


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    """A node of the simplified tree: leaves and nodes below it with their shares."""

    geometric: bool
    leaves: list[tuple[int, float]] = field(default_factory=list)
    kids: list[tuple[_Node, float]] = field(default_factory=list)


def composite_score(
    values: ArrayLike,
    levels: Sequence[Level],
    directions: ArrayLike | None = None,
    *,
    lower: float = 0.0,
    upper: float = 1.0,
    constant: float | None = None,
    columns: Sequence[str] | None = None,
) -> Array:
    """Return min–max scores combined through a tree of weighted means.

    Args:
        values: (units, indicators). A Fortran-ordered matrix, as polars hands over, is read without a copy.
        levels: from the indicators upwards; the last one has a single parent, the index.
        directions: (indicators,), +1 or −1; all +1 if None.
        lower: score of the worst value of each indicator; above 0 if any mean is geometric.
        upper: score of the best value.
        constant: score of everybody in a column of equal values; None raises.
        columns: names of the indicators for messages.

    Returns:
        (units,), between lower and upper.

    Raises:
        MethodError: a value is not finite, a constant column without a score for it, a tree that does not fit, or
            faulty arguments.
    """
    check_number(lower, lower < upper, method=_METHOD, name="lower", rule=f"< {upper}")
    check_number(upper, holds=True, method=_METHOD, name="upper", rule="finite")
    matrix = _columnar(values, columns)
    count, units = matrix.shape
    signs = as_directions(directions, count, method=_METHOD)
    root = _tree(levels, count)
    nodes = _ordered(root)
    if any(node.geometric for node in nodes):
        check_number(lower, lower >= _SMALLEST, method=_METHOD, name="lower", rule="> 0 (geometric)")
        check_number(upper, upper <= _LARGEST, method=_METHOD, name="upper", rule="<= 1e300 (geometric)")
    lowest, highest = np.empty(count), np.empty(count)
    extremes(matrix, lowest, highest)
    with np.errstate(over="ignore", invalid="ignore"):
        span = highest - lowest
    if not np.isfinite(span).all():
        _explain(matrix, columns)
    still = span == 0
    if constant is None:
        check_columns(still, "constant_column", method=_METHOD, columns=columns)
    slope = np.where(still, 0.0, (upper - lower) / np.where(still, 1.0, span)) * signs
    offset = np.full(count, lower)
    if constant is not None and still.any():
        check_number(constant, lower <= constant <= upper, method=_METHOD, name="constant", rule=f"{lower} … {upper}")
        offset[still] = constant
    out = np.empty(units)
    _run(matrix, nodes, np.where(signs > 0, lowest, highest), slope, offset, out)
    if np.isnan(out).any():
        _explain(matrix, columns)
    return np.clip(out, lower, upper, out=out)


def _columnar(values: ArrayLike, columns: Sequence[str] | None) -> Array:
    """Return (indicators, units), contiguous; finiteness is checked on the results, which costs no pass."""
    array = np.asarray(values)
    if array.ndim != MATRIX_DIMENSIONS or array.dtype != np.float64 or 0 in array.shape:
        return np.ascontiguousarray(as_matrix(values, method=_METHOD, columns=columns).T)
    if columns is not None and len(columns) != array.shape[1]:
        as_matrix(array[:1], method=_METHOD, columns=columns)
    if array.flags.f_contiguous:
        return array.T
    result = np.empty(array.shape[::-1])
    for first in range(0, array.shape[0], _ROWS):
        result[:, first : first + _ROWS] = array[first : first + _ROWS].T
    return result


def _explain(matrix: Array, columns: Sequence[str] | None) -> None:
    """Raise for the value that is not finite, or for the column whose range is not."""
    as_matrix(matrix.T, method=_METHOD, columns=columns)
    with np.errstate(over="ignore"):
        wide = np.isinf(matrix.max(axis=1) - matrix.min(axis=1))
    check_columns(wide, "overflow", method=_METHOD, columns=columns)


def _tree(levels: Sequence[Level], count: int) -> _Node:
    """Build the tree from the indicators upwards; a node of one child or of its parent's mean is merged."""
    if not levels:
        raise MethodError("bad_tree", method=_METHOD, level=1)
    below: list[int | _Node] = list(range(count))
    for number, level in enumerate(levels, start=1):
        below = _parents(level, below, number, top=number == len(levels))
    root = below[0]
    return root if isinstance(root, _Node) else _Node(geometric=False, leaves=[(root, 1.0)])


def _parents(level: Level, below: list[int | _Node], number: int, *, top: bool) -> list[int | _Node]:
    given = as_vector(level.parents, method=_METHOD, what="parents", length=len(below))
    parents = given.astype(np.intp)
    count = int(parents.max()) + 1
    skipped = np.unique(parents).size != count
    if (parents != given).any() or parents.min() < 0 or skipped or (top and count != 1):
        raise MethodError("bad_tree", method=_METHOD, level=number)
    shares = (
        np.ones(len(below))
        if level.weights is None
        else as_vector(level.weights, method=_METHOD, what="weights", length=len(below))
    )
    if (shares < 0).any():
        raise MethodError("negative_weight", method=_METHOD, position=int(np.argmax(shares < 0)) + 1)
    means = [level.mean] * count if isinstance(level.mean, str) else list(level.mean)
    if len(means) != count:
        raise MethodError("wrong_length", method=_METHOD, what="mean", length=len(means), expected=count)
    above: list[int | _Node] = []
    for parent, mean in enumerate(means):
        check_choice(mean, ("arithmetic", "geometric"), method=_METHOD, name="mean")
        children = [k for k in np.flatnonzero(parents == parent) if shares[k] > 0]
        if not children:
            raise MethodError("zero_weights", method=_METHOD)
        total = float(shares[children].sum())
        above.append(_merged(mean == "geometric", [(below[k], float(shares[k]) / total) for k in children]))
    return above


def _merged(geometric: bool, children: list[tuple[int | _Node, float]]) -> int | _Node:  # noqa: FBT001 - the mean
    if len(children) == 1:
        return children[0][0]
    node = _Node(geometric)
    for child, share in children:
        if not isinstance(child, _Node):
            node.leaves.append((child, share))
        elif child.geometric == geometric:
            node.leaves.extend((leaf, share * part) for leaf, part in child.leaves)
            node.kids.extend((kid, share * part) for kid, part in child.kids)
        else:
            node.kids.append((child, share))
    return node


def _ordered(root: _Node) -> list[_Node]:
    """Return all nodes, children before parents."""
    return [found for kid, _ in root.kids for found in _ordered(kid)] + [root]


def _run(matrix: Array, nodes: list[_Node], base: Array, slope: Array, offset: Array, out: Array) -> None:
    """Lay the tree out in arrays and call the kernel."""
    place = {id(node): k for k, node in enumerate(nodes)}
    leaf = np.array([j for node in nodes for j, _ in node.leaves], dtype=np.intp)
    share = np.array([w for node in nodes for _, w in node.leaves])
    linear = np.repeat([not node.geometric for node in nodes], [len(node.leaves) for node in nodes])
    combine(
        matrix,
        leaf,
        base[leaf],
        np.where(linear, share * slope[leaf], slope[leaf]),
        offset[leaf],
        share,
        np.cumsum([0, *(len(node.leaves) for node in nodes)], dtype=np.intp),
        np.array([place[id(kid)] for node in nodes for kid, _ in node.kids], dtype=np.intp),
        np.array([w for node in nodes for _, w in node.kids], dtype=np.float64),
        np.cumsum([0, *(len(node.kids) for node in nodes)], dtype=np.intp),
        np.array([0.0 if node.geometric else sum(w * offset[j] for j, w in node.leaves) for node in nodes]),
        np.array([node.geometric for node in nodes]),
        out,
    )
