"""Checks of settings and domains that several families share; each raises `MethodError` or says nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, column_name

Flags = NDArray[np.bool_]


def check_choice(value: object, allowed: Sequence[str], *, method: str, name: str) -> None:
    """Refuse a setting that is not one of the allowed words."""
    if not (isinstance(value, str) and value in allowed):
        raise MethodError("bad_choice", method=method, name=name, value=str(value), allowed=", ".join(allowed))


def check_number(value: float, holds: bool, *, method: str, name: str, rule: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Refuse a numeric setting that is not finite or breaks its rule, such as `> 0`."""
    as_number(value, lambda _: holds, method=method, name=name, rule=rule)


def as_number(value: object, holds: Callable[[float], bool], *, method: str, name: str, rule: str) -> float:
    """Return a numeric setting; refuse what is no finite number (of whatever type) or breaks its rule."""
    try:
        number = float(value) if isinstance(value, Real) else np.nan
    except OverflowError:  # a whole number beyond double precision
        number = np.inf
    if not (np.isfinite(number) and holds(number)):
        raise MethodError("out_of_range", method=method, name=name, value=str(value), rule=rule)
    return number


def as_whole(value: object, lowest: int, *, method: str, name: str) -> int:
    """Return a setting that is a whole number from `lowest`; refuse anything else."""
    rule = f"{lowest}, {lowest + 1}, {lowest + 2}, …"
    return int(as_number(value, lambda x: x >= lowest and x == int(x), method=method, name=name, rule=rule))


def as_labels(labels: Any, length: int, *, method: str, what: str) -> list[Hashable]:  # noqa: ANN401 -- is checked here
    """Return one label per row or column; refuse what has no order, another length or a missing label."""
    ordered = np.iterable(labels) and not isinstance(labels, AbstractSet | Mapping)
    found = list(labels) if ordered else []
    if len(found) != length:
        raise MethodError("wrong_length", method=method, what=what, length=len(found), expected=length)
    for position, label in enumerate(found):
        if label is None or not _hashable(label) or label != label:  # noqa: PLR0124 -- NaN is no label
            raise MethodError("bad_label", method=method, what=what, position=position + 1, value=str(label))
    return found


def check_cells(
    matrix: Array, bad: NDArray[np.bool_], *, method: str, columns: Sequence[str] | None, rule: str
) -> None:
    """Refuse a matrix with a cell outside the domain of the formula, naming the first such cell."""
    if bad.any():
        unit, column = (int(k) for k in np.argwhere(bad)[0])
        raise MethodError(
            "outside_domain",
            method=method,
            column=column_name(columns, column),
            unit=unit + 1,
            value=str(matrix[unit, column]),
            rule=rule,
        )


def check_columns(bad: Flags, code: str, *, method: str, columns: Sequence[str] | None) -> None:
    """Raise `code` for the first column marked bad."""
    if bad.any():
        raise MethodError(code, method=method, column=column_name(columns, int(np.argmax(bad))))


def _hashable(label: object) -> bool:
    try:
        hash(label)
    except TypeError:
        return False
    return True
