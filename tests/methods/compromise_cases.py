"""Random problems with many ties, and comparisons, shared by the property tests of the score-type methods."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from evalengine.methods.results import Ranked

Array = np.ndarray


def problem(seed: int, units: int, indicators: int) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    matrix = rng.integers(1, 40, (units, indicators)) / 4.0 + 0.25 * np.eye(units, indicators)
    directions = np.where(rng.random(indicators) < 0.4, -1, 1)
    return matrix, rng.dirichlet(np.full(indicators, 2.0)) * 0.9 + 0.1 / indicators, directions


def goodness(result: Ranked) -> Array:
    return result.scores if result.higher_is_better else -result.scores


def close(actual: Array, expected: Array) -> None:
    np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-11 * max(1.0, np.abs(expected).max()))


problems = st.builds(problem, st.integers(0, 10_000), st.integers(2, 9), st.integers(1, 5))
few = settings(max_examples=60, deadline=None)
