"""Ranks, PROMETHEE, ELECTRE, votes and rank agreement against pymcdm, scikit-criteria, SciPy and plain NumPy.

Run with one thread: `OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/outranking.py`. Every pair of rivals is
checked to give equal results before it is timed. pymcdm at 5,000 x 50 takes about a minute and 10 GB of memory;
`--without-large-pymcdm` leaves it out.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from harness import compare
from scipy import stats

from evalengine.methods.agreement import kendall_tau_b, spearman, weighted_spearman, ws
from evalengine.methods.concordance import kendall_w
from evalengine.methods.electre import electre_i, electre_iii
from evalengine.methods.kemeny import kemeny
from evalengine.methods.promethee import promethee_ii
from evalengine.methods.ranking import competition
from evalengine.methods.voting import borda, copeland

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # both rivals' dependencies warn on import
    from pymcdm import correlations
    from pymcdm.methods import PROMETHEE_II
    from skcriteria.agg.electre import electre1

RANDOM = np.random.default_rng(20_26)
PYMCDM = {"usual": "usual", "u_shape": "ushape", "v_shape": "vshape", "level": "level", "linear": "vshape_2"}
Problem = tuple[np.ndarray, np.ndarray, np.ndarray]


def problem(units: int, criteria: int) -> Problem:
    """Return a matrix, weights and directions; every third criterion is a cost.

    Values have 9 decimals: of 100,000 without, some differ by noise alone, which is a tie for us and none for rivals.
    """
    matrix = RANDOM.lognormal(3.0, 0.6, (units, criteria)).round(9)
    return matrix, RANDOM.dirichlet(np.ones(criteria)), np.where(np.arange(criteria) % 3 == 1, -1, 1)


def report(title: str, seconds: Mapping[str, float]) -> None:
    """Print milliseconds and how many times as long as the first variant each takes."""
    print(f"\n{title}")
    own = next(iter(seconds.values()))
    for name, value in seconds.items():
        print(f"  {name:<34} {value * 1e3:12.3f} ms {value / own:10.2f} x evalengine")


def close(found: np.ndarray | float, expected: np.ndarray | float, tolerance: float = 1e-12) -> None:
    """Stop unless two results are equal."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


def on_each(function: Callable[[np.ndarray], object], vectors: list[np.ndarray]) -> Callable[[], object]:
    """Return a run of `function` on the next vector: a repeated one would be learnt by the branch predictor."""
    turn = itertools.cycle(vectors)
    return lambda: function(next(turn))


def ranks() -> None:
    """Rank vectors that differ from call to call."""
    for count in (1_000, 10_000, 100_000):
        normal = [RANDOM.standard_normal(count) for _ in range(32)]
        for name, vectors in (("normal", normal), ("heavy tail", [np.exp(6.0 * vector) for vector in normal])):
            for vector in vectors[:3]:
                close(competition(vector), stats.rankdata(-vector, "min"))
            rivals = {
                "evalengine competition": on_each(competition, vectors),
                "np.argsort(kind='stable') alone": on_each(partial(np.argsort, kind="stable"), vectors),
                "np.argsort alone, not stable": on_each(np.argsort, vectors),
                "scipy rankdata": on_each(partial(stats.rankdata, method="min"), vectors),
            }
            report(f"rank {count:,} scores, {name}", compare(rivals, rounds=31))


def usual_by_numpy(matrix: np.ndarray, weights: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Net flows of the usual function, well-written NumPy: count in the sorted column."""
    net = np.zeros(len(matrix))
    for j, weight in enumerate(weights):
        column = matrix[:, j] * directions[j]
        ordered = np.sort(column)
        net += weight * (np.searchsorted(ordered, column) - (len(column) - np.searchsorted(ordered, column, "right")))
    return net / (len(matrix) - 1)


def by_pymcdm(function: str, given: Problem, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Net flows by pymcdm without its validators; its object works once, so a new one each time."""
    return PROMETHEE_II(PYMCDM[function], p=p, q=q)(*given, validation=False)


def promethee(*, large_pymcdm: bool) -> None:
    """Net flows."""
    for units, criteria in ((100, 20), (1_000, 50)):
        given = problem(units, criteria)
        q, p = 0.5 * given[0].std(axis=0), 2.0 * given[0].std(axis=0)
        for function in PYMCDM:
            ours = partial(promethee_ii, *given, function=function, q=q, p=p)
            theirs = partial(by_pymcdm, function, given, q, p)
            close(ours().scores, theirs())
            report(
                f"PROMETHEE II {function} {units:,} x {criteria}",
                compare({"evalengine": ours, "pymcdm": theirs}, rounds=3),
            )
    given = problem(5_000, 50)
    rivals = {"evalengine": partial(promethee_ii, *given), "NumPy, sorted columns": partial(usual_by_numpy, *given)}
    found = promethee_ii(*given).scores
    close(found, usual_by_numpy(*given))
    seconds = compare(rivals, rounds=7)
    if large_pymcdm:
        q = p = np.zeros(50)
        start = time.perf_counter()
        expected = by_pymcdm("usual", given, q, p)
        seconds["pymcdm (one run)"] = time.perf_counter() - start
        close(found, expected)
    report("PROMETHEE II usual 5,000 x 50", seconds)


def growth() -> None:
    """Time of PROMETHEE II from 10,000 to 100,000 units."""
    small, large = problem(10_000, 50), problem(100_000, 50)
    close(promethee_ii(*large).scores, usual_by_numpy(*large))
    print("\nPROMETHEE II from 10,000 x 50 to 100,000 x 50")
    for function in PYMCDM:
        rivals = {
            name: partial(promethee_ii, *given, function=function, q=5.0, p=20.0)
            for name, given in (("small", small), ("large", large))
        }
        taken = compare(rivals, rounds=5)
        ratio = taken["large"] / taken["small"]
        print(f"  {function:<10} {taken['small'] * 1e3:9.2f} ms {taken['large'] * 1e3:9.2f} ms  x {ratio:5.1f}")
    taken = compare({"gaussian": partial(promethee_ii, *problem(2_000, 50), function="gaussian", s=5.0)}, rounds=1)
    print(f"  gaussian   {taken['gaussian'] * 1e3:9.2f} ms at 2,000 x 50: every pair")


def wins_by_numpy(matrix: np.ndarray, weights: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Copeland scores by NumPy, row by row."""
    oriented = matrix * directions
    margins = [np.round(np.sign(row - oriented) @ weights, 12) for row in oriented]
    return np.array([np.sign(margin).sum() for margin in margins])


def borda_by_scipy(matrix: np.ndarray, weights: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Borda scores by SciPy's ranks."""
    return (len(matrix) - stats.rankdata(-matrix * directions, axis=0)) @ weights


def relations() -> None:
    """ELECTRE and votes; no peer of ELECTRE III and Kemeny is installed."""
    for units, criteria in ((100, 20), (1_000, 50)):
        given = x, w, t = problem(units, criteria)
        scaled = (x - x.min(axis=0)) / np.ptp(x, axis=0)
        kernel = partial(electre1, scaled, t, w)
        close(electre_i(*given).tables["outranks"], kernel()[1] * 1.0)
        close(copeland(*given).scores, wins_by_numpy(*given))
        close(borda(*given).scores, borda_by_scipy(*given), 1e-9)
        for name, rivals in {
            "ELECTRE I": {"evalengine": partial(electre_i, *given), "scikit-criteria": kernel},
            "Copeland": {"evalengine": partial(copeland, *given), "NumPy": partial(wins_by_numpy, *given)},
            "Borda": {"evalengine": partial(borda, *given), "scipy rankdata": partial(borda_by_scipy, *given)},
            "ELECTRE III": {"evalengine": partial(electre_iii, *given, q=2.0, p=10.0, v=40.0)},
            "Kemeny": {"evalengine": partial(kemeny, *given)},
        }.items():
            report(f"{name} {units:,} x {criteria}", compare(rivals, rounds=3))


def with_ranks(coefficient: Callable[..., float], x: np.ndarray, y: np.ndarray) -> float:
    """Return a coefficient of pymcdm, which takes ranks: SciPy makes them."""
    return coefficient(stats.rankdata(x), stats.rankdata(y))


def agreement() -> None:
    """Coefficients of two rankings and of several."""
    for count in (100, 10_000, 100_000):
        pair = tuple(np.floor(RANDOM.random(count) * count) for _ in range(2))
        for name, ours, theirs in (
            ("Kendall tau-b", kendall_tau_b, stats.kendalltau),
            ("Spearman", spearman, stats.spearmanr),
            ("WS", ws, partial(with_ranks, correlations.ws)),
            ("weighted Spearman", weighted_spearman, partial(with_ranks, correlations.weighted_spearman)),
        ):
            expected = theirs(*pair)
            close(ours(*pair), getattr(expected, "statistic", expected))
            rivals = {"evalengine": partial(ours, *pair), "scipy or pymcdm": partial(theirs, *pair)}
            report(f"{name}, {count:,} units", compare(rivals, rounds=7))
    several = RANDOM.random((1_000, 20))
    friedman = partial(stats.friedmanchisquare, *several)
    close(kendall_w(several).chi_square, friedman().statistic, 1e-8)
    report(
        "Kendall's W, 1,000 units, 20 rankings",
        compare({"evalengine": partial(kendall_w, several), "scipy": friedman}, rounds=5),
    )


def main() -> None:
    """Run everything."""
    print("load average before:", os.getloadavg())
    ranks()
    promethee(large_pymcdm="--without-large-pymcdm" not in sys.argv)
    growth()
    relations()
    agreement()
    print("\nload average after:", os.getloadavg())


if __name__ == "__main__":
    main()
