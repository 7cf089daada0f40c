"""The fused composite score: min–max, direction, weights and a tree of means in one pass over the raw matrix.

The same numbers as `min_max` followed by `arithmetic` and `geometric` level by level, up to rounding, without ever
forming the normalised matrix. A score depends on the unit's own values and the columns' extremes only: neither the
number of units nor their order nor the memory layout changes a bit of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import MATRIX_DIMENSIONS, Array, as_directions, as_matrix, as_vector
from evalengine.methods.checks import check_choice, check_columns, check_number
from evalengine.methods.composite_kernel import add_exponential, add_logarithm, add_logarithms, add_scores, finish
from evalengine.methods.constancy import is_constant

_METHOD = "composite_score"
_SMALLEST, _LARGEST = 1e-300, 1e300  # scores a geometric mean is taken of
_FLATTEST = 2.0**-1024  # score for a step of 1; below it the product with a step loses digits, at 2⁻¹⁰⁷⁵ all of them
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
        constant: score of everybody in a column of equal values (range within 1e-12 of the largest absolute value);
            None raises.
        columns: names of the indicators for messages.

    Returns:
        (units,), between lower and upper.

    Raises:
        MethodError: a value is not finite (also in an indicator of weight 0), a constant column without a score for
            it, a tree that does not fit, or faulty arguments.
    """
    check_number(lower, lower < upper, method=_METHOD, name="lower", rule=f"< {upper}")
    check_number(upper, holds=True, method=_METHOD, name="upper", rule="finite")
    matrix = _columnar(values, columns)
    count, units = matrix.shape
    signs = as_directions(directions, count, method=_METHOD)
    root = _tree(levels, count)
    left_out = sorted(set(range(count)).difference(_leaves(root)))
    if left_out and not np.isfinite(matrix[left_out]).all():
        as_matrix(matrix.T, method=_METHOD, columns=columns)
    if _any_geometric(root):
        check_number(lower, lower >= _SMALLEST, method=_METHOD, name="lower", rule="> 0 (geometric)")
        check_number(upper, upper <= _LARGEST, method=_METHOD, name="upper", rule="<= 1e300 (geometric)")
    if constant is not None:
        check_number(constant, lower <= constant <= upper, method=_METHOD, name="constant", rule=f"{lower} … {upper}")
    scale = np.array([lower, upper, lower if constant is None else constant], dtype=np.float64)
    lowest, highest = np.zeros(count), np.ones(count)
    out = np.empty(units)
    _add_node(root, [out, *(np.empty(units) for _ in range(_depth(root)))], matrix, signs, scale, lowest, highest)
    missing = finish(out, root.geometric, lower, upper)
    with np.errstate(over="ignore", invalid="ignore"):
        span = highest - lowest
    if missing or not (span * _FLATTEST <= upper - lower).all():
        _explain(matrix, upper - lower, columns)
    if constant is None:
        check_columns(is_constant(lowest, highest), "constant_column", method=_METHOD, columns=columns)
    return out


def _columnar(values: ArrayLike, columns: Sequence[str] | None) -> Array:
    """Return (indicators, units), contiguous; finiteness is checked on the results, which costs no pass."""
    array = np.asarray(values) if not isinstance(values, np.ma.MaskedArray) else as_matrix(values, method=_METHOD)
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


def _explain(matrix: Array, reach: float, columns: Sequence[str] | None) -> NoReturn:
    """Raise for the value that is not finite, or for the column whose range leaves double precision."""
    as_matrix(matrix.T, method=_METHOD, columns=columns)
    with np.errstate(over="ignore", divide="ignore"):
        span = matrix.max(axis=1) - matrix.min(axis=1)
        outside = (span * _FLATTEST > reach) | (np.isinf(reach / span) & (span > 0))
    check_columns(outside, "overflow", method=_METHOD, columns=columns)
    raise AssertionError(span)


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
    parents = as_vector(level.parents, method=_METHOD, what="parents", length=len(below)).tolist()
    count = len(set(parents))
    if set(parents) != set(range(count)) or (top and count != 1):
        raise MethodError("bad_tree", method=_METHOD, level=number)
    shares = (
        [1.0] * len(below)
        if level.weights is None
        else as_vector(level.weights, method=_METHOD, what="weights", length=len(below)).tolist()
    )
    if min(shares) < 0:
        raise MethodError(
            "negative_weight", method=_METHOD, position=next(k for k, share in enumerate(shares, 1) if share < 0)
        )
    means = [level.mean] * count if isinstance(level.mean, str) else list(level.mean)
    if len(means) != count:
        raise MethodError("wrong_length", method=_METHOD, what="mean", length=len(means), expected=count)
    families: list[list[tuple[int | _Node, float]]] = [[] for _ in means]
    for parent, child, share in zip(parents, below, shares, strict=True):
        if share > 0:
            families[int(parent)].append((child, share))
    above: list[int | _Node] = []
    for family, mean in zip(families, means, strict=True):
        check_choice(mean, ("arithmetic", "geometric"), method=_METHOD, name="mean")
        if not family:
            raise MethodError("zero_weights", method=_METHOD)
        largest = max(share for _, share in family)
        total = sum(share / largest for _, share in family)
        above.append(_merged(mean == "geometric", [(child, share / largest / total) for child, share in family]))
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


def _add_node(node: _Node, totals: list[Array], matrix: Array, *rest: Array) -> None:
    """Write Σ w·v of a node, or Σ w·ln v if it is geometric, to the first of `totals`; the others are working space.

    A node below has the other mean, as nodes of one mean are merged.
    """
    total, *further = totals
    total[:] = 0.0
    leaf = np.array([j for j, _ in node.leaves], dtype=np.intp)
    weight = np.array([w for _, w in node.leaves], dtype=np.float64)
    (add_logarithms if node.geometric else add_scores)(total, matrix, leaf, weight, *rest)
    for kid, share in node.kids:
        _add_node(kid, further, matrix, *rest)
        (add_logarithm if node.geometric else add_exponential)(total, further[0], share)


def _leaves(node: _Node) -> list[int]:
    return [leaf for leaf, _ in node.leaves] + [leaf for kid, _ in node.kids for leaf in _leaves(kid)]


def _depth(node: _Node) -> int:
    return 1 + max((_depth(kid) for kid, _ in node.kids), default=-1)


def _any_geometric(node: _Node) -> bool:
    return node.geometric or any(_any_geometric(kid) for kid, _ in node.kids)
