"""The stationary shares against exact fractions, and what a chain that cannot be left does."""

from fractions import Fraction

import numpy as np
import pytest

from evalengine.methods.stationary_kernel import stationary


def exact(flows: np.ndarray) -> list[Fraction]:
    """Solve Σ_j q_j flows_jk = q_k Σ_j flows_kj, Σ q = 1 in fractions, by Gauss–Jordan."""
    size = len(flows)
    given = [[Fraction(float(x)) for x in row] for row in flows]
    rows = [[given[j][k] if j != k else -sum(given[k]) + given[k][k] for j in range(size)] for k in range(size - 1)]
    rows = [*([*row, Fraction(0)] for row in rows), [Fraction(1)] * (size + 1)]
    for n in range(size):
        pivot = next(row for row in range(n, size) if rows[row][n])
        rows[n], rows[pivot] = rows[pivot], rows[n]
        rows[n] = [x / rows[n][n] for x in rows[n]]
        for row in range(size):
            if row != n:
                rows[row] = [x - rows[row][n] * y for x, y in zip(rows[row], rows[n], strict=True)]
    return [row[-1] for row in rows]


@pytest.mark.parametrize("spread", [0.0, 3.0, 12.0], ids=["alike", "thousandfold", "trillionfold"])
@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_every_share_has_nearly_all_digits(size: int, spread: float) -> None:
    flows = 10 ** -np.random.default_rng(size).uniform(0, spread, (size, size))
    shares = np.empty(size)
    assert stationary(flows.copy(), shares) > 0
    np.testing.assert_allclose(shares, [float(x) for x in exact(flows)], rtol=1e-14)


def test_two_states_share_in_inverse_proportion_to_what_leaves_them() -> None:
    shares = np.empty(2)
    assert stationary(np.array([[0.0, 0.25], [0.75, 0.0]]), shares) == 0.75
    assert shares.tolist() == [0.75, 0.25]


def test_a_state_that_is_never_left_has_no_pivot() -> None:
    assert stationary(np.array([[0.0, 1.0], [0.0, 0.0]]), np.empty(2)) == 0.0
