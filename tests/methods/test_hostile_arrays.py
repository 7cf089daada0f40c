"""Arrays as other programs hand them over: what is the same numbers gives the same answer, the rest is refused.

Every registered method that takes a matrix; warnings are errors here, so none leaks.
"""

import inspect

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.registry import Method, methods
from tests.methods.registry_calls import DIRECTIONS, WEIGHTS, call, numbers

MATRIX = np.round(np.random.default_rng(3).uniform(1.0, 9.0, (8, 4)), 2)
METHODS = [
    item
    for item in methods()
    if next(iter(inspect.signature(item.function).parameters)) in {"matrix", "values", "scores"}
    and item.kind != "ranking"
    and item.name not in {"distance_to_reference", "dimension_fit", "unobserved_components"}  # need a matrix of a kind
]
each_method = pytest.mark.parametrize("method", METHODS, ids=lambda item: f"{item.kind}-{item.name}")

READ_ONLY = MATRIX.copy()
READ_ONLY.setflags(write=False)
SAME = {
    "columns together": np.asfortranarray(MATRIX),
    "upside down and back": np.ascontiguousarray(MATRIX[::-1, ::-1])[::-1, ::-1],
    "every second row, every third column": np.repeat(np.repeat(MATRIX, 2, axis=0), 3, axis=1)[::2, ::3],
    "read-only": READ_ONLY,
    "the other byte order": MATRIX.astype(">f8"),
    "lists": MATRIX.tolist(),
    "masked without gaps": np.ma.MaskedArray(MATRIX),
}
WHOLE = np.rint(MATRIX).astype(np.int64) * 10**17  # squares and sums would overflow as whole numbers
ANSWERED_OR_REFUSED = {
    "small whole numbers": np.rint(MATRIX * 12).astype(np.int8),
    "large whole numbers": WHOLE,
    "half precision": MATRIX.astype(np.float16),
    "single precision": MATRIX.astype(np.float32),
    "yes and no": MATRIX > 5,
    "one row": MATRIX[:1],
    "two rows": MATRIX[:2],
    "a column twice": MATRIX[:, [0, 0, 2, 3]],
    "equal rows": np.repeat(MATRIX[:1], 8, axis=0),
    "squares that overflow": MATRIX * [1.0, 1.9e307, 1.0, 1.0],
    "sums that overflow": MATRIX * 1.9e307,
    "denormal": MATRIX * 1e-310,
    "a denormal column": MATRIX * [1.0, 1e-310, 1.0, 1.0],
    "far apart": MATRIX * [1e-300, 1e300, 1.0, 1e150],
    "a large offset": MATRIX * 1e-3 + 1e12,
}
REFUSED = {
    "infinity": np.where(MATRIX[2, 1] == MATRIX, np.inf, MATRIX),
    "a mask": np.ma.MaskedArray(MATRIX, mask=MATRIX[1, 1] == MATRIX),
    "complex": MATRIX + 1j,
    "text": MATRIX.astype(str),
    "none": np.where(MATRIX[1, 1] == MATRIX, None, MATRIX.astype(object)),
    "dates": np.full((8, 4), np.datetime64("2020-01-01")),
    "three dimensions": MATRIX[np.newaxis],
    "a number": np.array(3.0),
    "no rows": MATRIX[:0],
    "no columns": MATRIX[:, :0],
}


@each_method
@pytest.mark.parametrize("name", SAME)
def test_the_same_numbers_give_the_same_answer(method: Method, name: str) -> None:
    before = np.array(SAME[name])
    for expected, found in zip(numbers(call(method, MATRIX)), numbers(call(method, SAME[name])), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)
    assert (np.asarray(SAME[name]) == before).all()


@each_method
@pytest.mark.parametrize("name", ANSWERED_OR_REFUSED)
def test_difficult_numbers_give_finite_numbers_or_an_error_in_words(method: Method, name: str) -> None:
    matrix = ANSWERED_OR_REFUSED[name]
    before = matrix.tobytes()
    try:
        found = list(numbers(call(method, matrix)))
    except MethodError as error:
        found, said = [], [error.message(language) for language in ("zh", "en")]
    else:
        said = ["answered"]
    assert all(said)
    assert all(np.isfinite(array).all() for array in found)
    assert matrix.tobytes() == before


@each_method
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_matrix_of_numbers_is_refused(method: Method, name: str) -> None:
    if method.kind == "imputation" and name == "a mask":
        pytest.skip("a masked value is a missing one: it is imputed")
    with pytest.raises(MethodError) as caught:
        call(method, REFUSED[name])
    assert caught.value.message("zh")
    assert caught.value.message("en")


WEIGHED = [item for item in METHODS if "weights" in inspect.signature(item.function).parameters]
DIRECTED = [item for item in METHODS if "directions" in inspect.signature(item.function).parameters]


@pytest.mark.parametrize("method", [m for m in WEIGHED if m.name not in {"owa", "median"}], ids=lambda item: item.name)
def test_weights(method: Method) -> None:
    masked = np.ma.MaskedArray(WEIGHTS, mask=[False, True, False, False])
    for wrong in (
        [0.5, 0.4, 0.2, -0.1],
        [0.4, np.nan, 0.2, 0.1],
        [0.4, np.inf, 0.2, 0.1],
        [0.0] * 4,
        [0.5, 0.5],
        [WEIGHTS],
        ["a"] * 4,
        [0.5, None, 0.2, 0.3],
        [1j, 1, 1, 1],
        masked,
    ):
        with pytest.raises(MethodError):
            call(method, MATRIX, weights=wrong)
    with_zero = [list(numbers(call(method, MATRIX, weights=[0.5, 0.3, 0.2, zero]))) for zero in (0.0, -0.0)]
    for expected, found in zip(*with_zero, strict=True):
        assert found.tolist() == expected.tolist()


@pytest.mark.parametrize("method", DIRECTED, ids=lambda item: f"{item.kind}-{item.name}")
def test_directions(method: Method) -> None:
    masked = np.ma.MaskedArray(DIRECTIONS, mask=[False, True, False, False])
    for wrong in ([1, 0, -1, 1], [1, 2, -1, 1], [1, np.nan, -1, 1], ["max"] * 4, [1, -1], [1, None, 1, 1], masked):
        with pytest.raises(MethodError):
            call(method, MATRIX, directions=wrong)
