import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymcdm.weights.subjective import AHP

from evalengine.errors import MethodError
from evalengine.methods.ahp import RANDOM_INDICES, ahp, connected, read_judgements

# An Excel template's matrix of four criteria, often copied in Chinese practice
FOUR = [[1, 3, 4, 2], [1 / 3, 1, 1 / 2, 1 / 2], [1 / 4, 2, 1, 2], [1 / 2, 2, 1 / 2, 1]]
FIVE = [
    [1, 1 / 2, 4, 3, 3],
    [2, 1, 7, 5, 5],
    [1 / 4, 1 / 7, 1, 1 / 2, 1 / 3],
    [1 / 3, 1 / 5, 2, 1, 1],
    [1 / 3, 1 / 5, 3, 1, 1],
]
# Saaty (1980), choosing a school: weights .32 .14 .03 .13 .24 .14
SCHOOL = [
    [1, 4, 3, 1, 3, 4],
    [1 / 4, 1, 7, 3, 1 / 5, 1],
    [1 / 3, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 6],
    [1, 1 / 3, 5, 1, 1, 1 / 3],
    [1 / 3, 5, 5, 1, 1, 3],
    [1 / 4, 1, 6, 3, 1 / 3, 1],
]


@pytest.mark.parametrize(
    ("matrix", "solver", "weights", "principal"),
    [
        (FOUR, "geometric_mean", [0.482052, 0.117016, 0.217792, 0.183140], 4.219968),
        (FOUR, "column_sum", [0.471326, 0.114811, 0.225076, 0.188788], 4.223691),
        (FOUR, "eigenvector", [0.488558, 0.112472, 0.219287, 0.179684], 4.221584),
        (FIVE, "eigenvector", [0.263603, 0.475835, 0.053815, 0.098068, 0.108678], 5.072084),
        (FIVE, "geometric_mean", [0.263633, 0.477264, 0.053074, 0.098840, 0.107189], None),
    ],
)
def test_solvers(matrix, solver, weights, principal) -> None:
    result = ahp(matrix, solver=solver)
    assert result.weights == pytest.approx(weights, abs=5e-7)
    assert principal is None or result.principal == pytest.approx(principal, abs=5e-7)


def test_saaty_school_example() -> None:
    result = ahp(SCHOOL)
    assert np.round(result.weights, 2).tolist() == [0.32, 0.14, 0.03, 0.13, 0.24, 0.14]
    assert not result.consistent


def test_consistency_under_both_tables() -> None:
    """CI .018021, CR .016090 with 1.12; CR of the four criteria .0821 with .90 and .0830 with .89."""
    assert ahp(FIVE).consistency_index == pytest.approx(0.018021, abs=5e-7)
    assert ahp(FIVE).consistency_ratio == pytest.approx(0.016090, abs=5e-7)
    assert ahp(FOUR).consistency_ratio == pytest.approx(0.0820682, abs=5e-8)
    assert ahp(FOUR, random_index="chinese").consistency_ratio == pytest.approx(0.0829904, abs=5e-8)


def test_the_table_decides_the_verdict_and_is_named() -> None:
    matrix = [[1, 1 / 4, 1 / 3], [4, 1, 1 / 2], [3, 2, 1]]
    saaty, chinese = ahp(matrix), ahp(matrix, random_index="chinese")
    assert (saaty.random_index, saaty.random_index_value, saaty.consistent) == ("saaty", 0.58, True)
    assert (chinese.random_index, chinese.random_index_value, chinese.consistent) == ("chinese", 0.52, False)
    assert saaty.consistency_ratio == pytest.approx(0.053923667 / 0.58, rel=1e-8)
    assert chinese.consistency_ratio == pytest.approx(0.053923667 / 0.52, rel=1e-8)


def test_tables_have_fifteen_orders() -> None:
    assert {len(table) for table in RANDOM_INDICES.values()} == {15}
    for table in RANDOM_INDICES.values():
        assert table[:2] == (0, 0)


def test_pymcdm_agrees_with_its_table() -> None:
    peer = AHP(matrix=np.array(FIVE))
    assert ahp(FIVE).weights == pytest.approx(peer(), abs=1e-9)
    assert ahp(FIVE, random_index="franek_kresta").consistency_ratio == pytest.approx(peer.get_cr(), abs=1e-9)


def test_geometric_index_by_hand() -> None:
    matrix = [[1, 2, 9], [1 / 2, 1, 2], [1 / 9, 1 / 2, 1]]
    defect = math.log(9 / 4)  # the root method spreads it evenly: each of the three errors is a third of it
    expected = 2 / (2 * 1) * 3 * (defect / 3) ** 2
    assert ahp(matrix, solver="geometric_mean").geometric_index == pytest.approx(expected)


@pytest.mark.parametrize("size", [1, 2])
def test_one_and_two_are_always_consistent(size) -> None:
    matrix = [[1.0]] if size == 1 else [[1, 7], [1 / 7, 1]]
    result = ahp(matrix, limit=0.0)
    assert result.consistent
    assert result.consistency_ratio == 0.0
    assert result.geometric_index == 0.0
    assert result.weights == pytest.approx([1.0] if size == 1 else [7 / 8, 1 / 8])


def consistent(weights):
    return np.outer(weights, 1 / np.asarray(weights))


@given(
    st.lists(st.integers(1, 3), min_size=2, max_size=8),
    st.sampled_from(["eigenvector", "geometric_mean", "column_sum"]),
)
@settings(deadline=None)
def test_consistent_judgements_return_their_weights(weights, solver) -> None:
    result = ahp(consistent(weights), solver=solver)
    assert result.weights == pytest.approx(np.array(weights) / sum(weights), abs=1e-12)
    assert result.consistency_ratio == pytest.approx(0.0, abs=1e-12)


@given(st.permutations(range(6)), st.sampled_from(["eigenvector", "geometric_mean", "column_sum"]))
@settings(deadline=None)
def test_order_of_indicators_does_not_matter(order, solver) -> None:
    school = np.array(SCHOOL)
    base, turned = ahp(school, solver=solver), ahp(school[np.ix_(order, order)], solver=solver)
    assert turned.weights == pytest.approx(base.weights[list(order)], abs=1e-12)
    assert turned.consistency_ratio == pytest.approx(base.consistency_ratio, abs=1e-12)


def test_missing_pairs_of_consistent_judgements_are_recovered() -> None:
    matrix = consistent([4, 2, 1, 1])
    for gaps in [(0, 3)], [(0, 3), (1, 2)], [(0, 2), (0, 3), (1, 3)]:
        holed = matrix.copy()
        for i, j in gaps:
            holed[i, j] = holed[j, i] = math.nan
        result = ahp(holed)
        assert result.weights == pytest.approx([0.5, 0.25, 0.125, 0.125], abs=1e-12)
        assert (result.missing, result.consistent) == (len(gaps), True)


def test_harker_solves_his_own_equations() -> None:
    """The eigenvector of the holed matrix is that of the matrix whose gaps are w_i / w_j."""
    holed = np.array(FOUR, dtype=float)
    holed[0, 3] = holed[3, 0] = math.nan
    result = ahp(holed)
    filled = np.where(np.isnan(holed), np.outer(result.weights, 1 / result.weights), holed)
    assert ahp(filled, tolerance=0.5).weights == pytest.approx(result.weights, abs=1e-9)
    assert result.random_index_value == pytest.approx(0.90 * (1 - 2 / 6))


@pytest.mark.parametrize(
    ("matrix", "code"),
    [
        ([[1, 2, 3], [1 / 2, 1, 1]], "ahp_not_square"),
        ([[1, 3], [3, 1]], "ahp_not_reciprocal"),
        ([[1, 3, 5], [1, 1, 2], [1 / 5, 1 / 2, 1]], "ahp_not_reciprocal"),
        ([[2, 3], [1 / 3, 1]], "ahp_not_reciprocal"),
        ([[1, 0], [0, 1]], "ahp_judgement"),
        ([[1, -3], [-1 / 3, 1]], "ahp_judgement"),
        ([[1, 10], [1 / 10, 1]], "ahp_judgement"),
        ([[1, math.inf], [0, 1]], "not_finite"),
        ([[1, math.nan], [1 / 3, 1]], "ahp_not_reciprocal"),
        ([[math.nan, 2], [1 / 2, 1]], "ahp_not_reciprocal"),
        ([[1, math.nan, 2], [math.nan, 1, math.nan], [1 / 2, math.nan, 1]], "ahp_disconnected"),
        (np.ones((16, 16)), "ahp_too_large"),
    ],
)
def test_refused(matrix, code) -> None:
    with pytest.raises(MethodError) as caught:
        ahp(matrix)
    assert caught.value.code == code


def test_message_names_the_pair() -> None:
    with pytest.raises(MethodError) as caught:
        ahp([[1, 3], [1 / 2, 1]], columns=["cost", "time"])
    assert "cost" in caught.value.message("en")
    assert "time" in caught.value.message("zh")


def test_typed_fractions_need_a_stated_tolerance() -> None:
    typed = [[1, 3, 7], [0.33, 1, 2], [0.14, 0.5, 1]]
    with pytest.raises(MethodError):
        ahp(typed)
    assert ahp(typed, tolerance=0.03).weights == pytest.approx(
        ahp([[1, 3, 7], [1 / 3, 1, 2], [1 / 7, 1 / 2, 1]]).weights, abs=3e-3
    )


@pytest.mark.parametrize("solver", ["geometric_mean", "column_sum"])
def test_other_solvers_need_every_pair(solver) -> None:
    holed = [[1, 2, math.nan], [1 / 2, 1, 2], [math.nan, 1 / 2, 1]]
    with pytest.raises(MethodError) as caught:
        ahp(holed, solver=solver)
    assert caught.value.code == "ahp_incomplete"


@pytest.mark.parametrize(
    "settings_",
    [
        {"solver": "power"},
        {"random_index": "mine"},
        {"limit": 2},
        {"tolerance": -1},
        {"tolerance": None},
        {"limit": "x"},
    ],
)
def test_wrong_settings_are_refused(settings_) -> None:
    with pytest.raises(MethodError):
        ahp(FOUR, **settings_)


def chain(size):
    """Only neighbours are judged."""
    matrix = np.full((size, size), math.nan)
    for i in range(size):
        matrix[i, max(i - 1, 0) : i + 2] = 1.0
    return matrix


def test_links_of_many_indicators_do_not_overflow() -> None:
    """The 200th power of a matrix of ones is beyond double precision."""
    ones = np.ones((200, 200))
    assert read_judgements(ones, tolerance=0.0, method="m", columns=None).shape == (200, 200)
    assert connected(chain(200)).all()
    parted = chain(200)
    parted[99, 100] = parted[100, 99] = math.nan
    expected = np.kron(np.eye(2), np.ones((100, 100))) > 0
    assert (connected(parted) == expected).all()
    with pytest.raises(MethodError) as caught:
        read_judgements(parted, tolerance=0.0, method="m", columns=None)
    assert (caught.value.code, caught.value.facts["column"]) == ("ahp_disconnected", "#101")


@given(st.integers(0, 500))
@settings(max_examples=30, deadline=None)
def test_the_completion_of_smallest_eigenvalue_is_never_less_consistent(seed) -> None:
    """Ágoston & Csató's random index belongs to that completion; Harker's λ is at least as large."""
    rng = np.random.default_rng(seed)
    upper = np.exp(rng.uniform(-2, 2, (4, 4)))
    matrix = np.where(np.triu(np.ones((4, 4)), 1) > 0, upper, 1 / upper.T)
    np.fill_diagonal(matrix, 1.0)
    holed = matrix.copy()
    holed[0, 3] = holed[3, 0] = math.nan
    smallest = math.inf
    for value in np.exp(np.linspace(-5, 5, 401)):
        matrix[0, 3], matrix[3, 0] = value, 1 / value
        smallest = min(smallest, np.linalg.eigvals(matrix).real.max())
    assert ahp(holed).principal >= smallest - 1e-3
