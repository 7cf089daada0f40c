"""Ranks, PROMETHEE, ELECTRE, votes and rank agreement against pymcdm, scikit-criteria, SciPy and plain NumPy.

    python -m benchmarks.outranking [--short | --without-large-pymcdm]

One thread, in its own processor time. Every pair of rivals is checked to give equal results before it is timed. pymcdm
at 5,000 x 50 takes about a minute and 10 GB of memory; `--without-large-pymcdm` leaves it out. No package here has
ELECTRE III or Kemeny. At the end stand the stated aims and what is slower than a package beyond 100 units. `--short` is
for CI and exits with 1 if anything is, or has lost half of what it had over its fastest rival.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402 - after the thread counts
from scipy import stats  # noqa: E402

from benchmarks.harness import compare  # noqa: E402
from evalengine.methods.agreement import kendall_tau_b, spearman, weighted_spearman, ws  # noqa: E402
from evalengine.methods.concordance import kendall_w  # noqa: E402
from evalengine.methods.electre import electre_i, electre_iii  # noqa: E402
from evalengine.methods.kemeny import kemeny  # noqa: E402
from evalengine.methods.promethee import promethee_ii  # noqa: E402
from evalengine.methods.ranking import competition  # noqa: E402
from evalengine.methods.voting import borda, copeland  # noqa: E402

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # both rivals' dependencies warn on import
    from pymcdm import correlations
    from pymcdm.methods import PROMETHEE_II
    from skcriteria.agg.electre import electre1

RANDOM = np.random.default_rng(20_26)
PYMCDM = {"usual": "usual", "u_shape": "ushape", "v_shape": "vshape", "level": "level", "linear": "vshape_2"}
PACKAGES = ("pymcdm", "scikit-criteria", "scipy")
STABLE = "np.argsort(kind='stable') alone"
# aims: times the rival named, in the long form
AIMS = {
    "rank 100,000 scores, normal": (STABLE, 2.5),
    "rank 100,000 scores, heavy tail": (STABLE, 2.5),
    "PROMETHEE II usual 5,000 x 50": ("pymcdm, one run", 300.0),
}
GROWTH = 25.0  # aim: at most so many times as long for ten times as many units
# half of what was measured in the short form, times the fastest rival
LEAST = {
    "rank 100,000 scores, normal": 2.5,
    "rank 100,000 scores, heavy tail": 1.1,
    "PROMETHEE II usual 300 x 20": 3.0,
    "PROMETHEE II u_shape 300 x 20": 3.0,
    "PROMETHEE II v_shape 300 x 20": 6.0,
    "PROMETHEE II level 300 x 20": 5.0,
    "PROMETHEE II linear 300 x 20": 6.0,
    "PROMETHEE II usual 5,000 x 50": 6.0,
    "ELECTRE I 300 x 20": 3.0,
    "Copeland 300 x 20": 3.5,
    "Borda 300 x 20": 0.5,
    "Kendall tau-b, 10,000 units": 1.2,
    "Spearman, 10,000 units": 2.0,
    "WS, 10,000 units": 2.0,
    "weighted Spearman, 10,000 units": 1.8,
    "Kendall's W, 1,000 units, 20 rankings": 9.0,
}
Problem = tuple[np.ndarray, np.ndarray, np.ndarray]
Timed = Iterator[tuple[str, Mapping[str, float]]]


def problem(units: int, criteria: int) -> Problem:
    """Return a matrix, weights and directions; every third criterion is a cost.

    Values have 9 decimals: of 100,000 without, some differ by noise alone, which is a tie for us and none for rivals.
    """
    matrix = RANDOM.lognormal(3.0, 0.6, (units, criteria)).round(9)
    return matrix, RANDOM.dirichlet(np.ones(criteria)), np.where(np.arange(criteria) % 3 == 1, -1, 1)


def report(title: str, seconds: Mapping[str, float]) -> float:
    """Print milliseconds and how many times as long as the first variant each takes; return that of the fastest."""
    print(f"\n{title}")
    own, *rivals = seconds.values()
    for name, value in seconds.items():
        print(f"  {name:<34} {value * 1e3:12.3f} ms {value / own:10.2f} x evalengine")
    return min(rivals, default=np.inf) / own


def close(found: np.ndarray | float, expected: np.ndarray | float, tolerance: float = 1e-12) -> None:
    """Stop unless two results are equal."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


def on_each(function: Callable[[np.ndarray], object], vectors: list[np.ndarray]) -> Callable[[], object]:
    """Return a run of `function` on the next vector: a repeated one would be learnt by the branch predictor."""
    turn = itertools.cycle(vectors)
    return lambda: function(next(turn))


def ranks(*, short: bool) -> Timed:
    """Rank vectors that differ from call to call."""
    for count in (100_000,) if short else (1_000, 10_000, 100_000):
        normal = [RANDOM.standard_normal(count) for _ in range(32)]
        for name, vectors in (("normal", normal), ("heavy tail", [np.exp(6.0 * vector) for vector in normal])):
            for vector in vectors[:3]:
                close(competition(vector), stats.rankdata(-vector, "min"))
            rivals = {
                "evalengine competition": on_each(competition, vectors),
                STABLE: on_each(partial(np.argsort, kind="stable"), vectors),
                "np.argsort alone, not stable": on_each(np.argsort, vectors),
                "scipy rankdata": on_each(partial(stats.rankdata, method="min"), vectors),
            }
            yield f"rank {count:,} scores, {name}", compare(rivals, rounds=15 if short else 31)


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


def promethee(*, short: bool, large_pymcdm: bool) -> Timed:
    """Net flows."""
    for units, criteria in ((300, 20),) if short else ((100, 20), (1_000, 50)):
        given = problem(units, criteria)
        q, p = 0.5 * given[0].std(axis=0), 2.0 * given[0].std(axis=0)
        for function in PYMCDM:
            ours = partial(promethee_ii, *given, function=function, q=q, p=p)
            theirs = partial(by_pymcdm, function, given, q, p)
            close(ours().scores, theirs())
            rivals = {"evalengine": ours, "pymcdm": theirs}
            yield f"PROMETHEE II {function} {units:,} x {criteria}", compare(rivals, rounds=3)
    given = problem(5_000, 50)
    rivals = {"evalengine": partial(promethee_ii, *given), "NumPy, sorted columns": partial(usual_by_numpy, *given)}
    found = promethee_ii(*given).scores
    close(found, usual_by_numpy(*given))
    seconds = compare(rivals, rounds=7)
    if large_pymcdm:
        q = p = np.zeros(50)
        start = time.thread_time()
        expected = by_pymcdm("usual", given, q, p)
        seconds["pymcdm, one run"] = time.thread_time() - start
        close(found, expected)
    yield "PROMETHEE II usual 5,000 x 50", seconds


def growth() -> dict[str, float]:
    """Print the time of PROMETHEE II at 10,000 and 100,000 units; return how many times longer it gets."""
    small, large = problem(10_000, 50), problem(100_000, 50)
    close(promethee_ii(*large).scores, usual_by_numpy(*large))
    print("\nPROMETHEE II from 10,000 x 50 to 100,000 x 50")
    ratios = {}
    for function in PYMCDM:
        rivals = {
            name: partial(promethee_ii, *given, function=function, q=5.0, p=20.0)
            for name, given in (("small", small), ("large", large))
        }
        taken = compare(rivals, rounds=5)
        ratio = ratios[function] = taken["large"] / taken["small"]
        print(f"  {function:<10} {taken['small'] * 1e3:9.2f} ms {taken['large'] * 1e3:9.2f} ms  x {ratio:5.1f}")
    taken = compare({"gaussian": partial(promethee_ii, *problem(2_000, 50), function="gaussian", s=5.0)}, rounds=1)
    print(f"  gaussian   {taken['gaussian'] * 1e3:9.2f} ms at 2,000 x 50: every pair")
    return ratios


def wins_by_numpy(matrix: np.ndarray, weights: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Copeland scores by NumPy, row by row."""
    oriented = matrix * directions
    margins = [np.round(np.sign(row - oriented) @ weights, 12) for row in oriented]
    return np.array([np.sign(margin).sum() for margin in margins])


def borda_by_scipy(matrix: np.ndarray, weights: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Borda scores by SciPy's ranks."""
    return (len(matrix) - stats.rankdata(-matrix * directions, axis=0)) @ weights


def relations(*, short: bool) -> Timed:
    """ELECTRE and votes."""
    for units, criteria in ((300, 20),) if short else ((100, 20), (1_000, 50)):
        given = x, w, t = problem(units, criteria)
        scaled = (x - x.min(axis=0)) / np.ptp(x, axis=0)
        kernel = partial(electre1, scaled, t, w)
        close(electre_i(*given).tables["outranks"], kernel()[1] * 1.0)
        close(copeland(*given).scores, wins_by_numpy(*given))
        close(borda(*given).scores, borda_by_scipy(*given), 1e-9)
        for name, rivals in {
            "ELECTRE I": {"evalengine": partial(electre_i, *given), "scikit-criteria": kernel},
            "Copeland": {"evalengine": partial(copeland, *given), "NumPy": partial(wins_by_numpy, *given)},
            "Borda": {"evalengine": partial(borda, *given), "NumPy on SciPy's ranks": partial(borda_by_scipy, *given)},
            "ELECTRE III": {"evalengine": partial(electre_iii, *given, q=2.0, p=10.0, v=40.0)},
            "Kemeny": {"evalengine": partial(kemeny, *given)},
        }.items():
            yield f"{name} {units:,} x {criteria}", compare(rivals, rounds=3)


def with_ranks(coefficient: Callable[..., float], x: np.ndarray, y: np.ndarray) -> float:
    """Return a coefficient of pymcdm, which takes ranks: SciPy makes them."""
    return coefficient(stats.rankdata(x), stats.rankdata(y))


def agreement(*, short: bool) -> Timed:
    """Coefficients of two rankings and of several."""
    for count in (10_000,) if short else (100, 10_000, 100_000):
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
            yield f"{name}, {count:,} units", compare(rivals, rounds=7)
    several = RANDOM.random((1_000, 20))
    friedman = partial(stats.friedmanchisquare, *several)
    close(kendall_w(several).chi_square, friedman().statistic, 1e-8)
    rivals = {"evalengine": partial(kendall_w, several), "scipy": friedman}
    yield "Kendall's W, 1,000 units, 20 rankings", compare(rivals, rounds=5)


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="small sizes, and fail where a ratio is lost")
    parser.add_argument("--without-large-pymcdm", action="store_true", help="leave out its minute at 5,000 x 50")
    options = parser.parse_args()
    short = options.short
    print(f"load {os.getloadavg()[0]:.2f}; medians of the thread's own time")
    slower, lost, aims = [], [], []
    for title, seconds in itertools.chain(
        ranks(short=short),
        promethee(short=short, large_pymcdm=not short and not options.without_large_pymcdm),
        relations(short=short),
        agreement(short=short),
    ):
        gain = report(title, seconds)
        own = next(iter(seconds.values()))
        packages = [name for name in seconds if name.startswith(PACKAGES) and seconds[name] < own]
        slower += [f"{title}: {name}" for name in packages if " 100 " not in f"{title} "]
        if short and gain < LEAST.get(title, 0.0):
            lost.append(f"{title}: {gain:.1f} x the fastest rival, least {LEAST[title]}")
        if title in AIMS and AIMS[title][0] in seconds:
            rival, least = AIMS[title]
            aims.append((f"{title}: {seconds[rival] / own:.1f} x {rival}, aim {least}", seconds[rival] / own >= least))
    if not short:
        ratios = growth()
        slowest = max(ratios, key=ratios.__getitem__)
        text = f"PROMETHEE II, ten times as many units: {ratios[slowest]:.1f} times as long ({slowest}), aim {GROWTH}"
        aims.append((text, ratios[slowest] <= GROWTH))
    print()
    for text, met in aims:
        print(f"{'met' if met else 'NOT MET'}: {text}")
    print("slower than a package beyond 100 units:", "; ".join(slower) or "none")
    sys.exit("\n".join(slower + lost) if short and (slower or lost) else 0)


if __name__ == "__main__":
    main()
