"""Composite scores and normalisations: evalengine, scikit-criteria, pymcdm, NumPy and the memory limit, one thread.

    python -m benchmarks.composite [--short]

Data are columnar (Fortran order), as polars hands them over; NumPy also gets its rows contiguous and may choose.
Every variant is checked against the others before it is timed; times are the thread's own processor time. Geometric
means also show what one logarithm for each cell costs in the cache. `--short` is for CI: 20,000 units, and it
exits with 1 where a tree is slower than NumPy on the layout NumPy likes.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pymcdm.methods
import pymcdm.normalizations
from skcriteria import mkdm
from skcriteria.agg.simple import WeightedSumModel
from skcriteria.preprocessing.scalers import MinMaxScaler, StandarScaler, SumScaler, VectorScaler
from threadpoolctl import threadpool_limits

from benchmarks.harness import compare, logarithms, one_pass, show
from evalengine.methods.composite import Level, composite_score
from evalengine.methods.normalisation import min_max
from evalengine.methods.normalisation_ratio import sum_, vector
from evalengine.methods.normalisation_spread import z_score

SIZES = [(100, 20, 51), (1_000, 50, 21), (100_000, 50, 7), (1_000_000, 50, 3)]
SHORT = [(20_000, 50, 7)]
SELF_OR_LIMIT = ("evalengine", "limit")
LEAST = 1.1  # times NumPy a tree must reach at 20,000 units; measured 2.2 to 3.1
Variants = dict[str, Callable[[], object]]


@dataclass(frozen=True)
class Case:
    """One matrix in both layouts and a tree of 8 and 2 nodes over it."""

    columns: np.ndarray
    rows: np.ndarray
    directions: np.ndarray
    weights: np.ndarray
    pillars: np.ndarray
    pillar_weights: np.ndarray
    halves: np.ndarray


def make(units: int, indicators: int) -> Case:
    rng = np.random.default_rng(1)
    columns = np.asfortranarray(rng.lognormal(size=(units, indicators)))
    return Case(
        columns=columns,
        rows=np.ascontiguousarray(columns),
        directions=np.where(np.arange(indicators) % 3 == 2, -1.0, 1.0),
        weights=rng.uniform(0.5, 1.5, indicators),
        pillars=np.arange(indicators) * 8 // indicators,
        pillar_weights=rng.uniform(0.5, 1.5, 8),
        halves=np.arange(8) * 2 // 8,
    )


def levels(case: Case, means: tuple[str, str, str]) -> list[Level]:
    return [
        Level(parents=case.pillars, weights=case.weights, mean=means[0]),
        Level(parents=case.halves, weights=case.pillar_weights, mean=means[1]),
        Level(parents=[0, 0], mean=means[2]),
    ]


def shares(parents: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weights as a matrix (children, parents), each column summing to 1."""
    table = np.zeros((parents.size, parents.max() + 1))
    table[np.arange(parents.size), parents] = weights
    return table / table.sum(axis=0)


def numpy_sum(x: np.ndarray, case: Case) -> np.ndarray:
    low, high = x.min(axis=0), x.max(axis=0)
    z = x - np.where(case.directions > 0, low, high)
    z *= case.directions / (high - low)
    return z @ (case.weights / case.weights.sum())


def numpy_folded(x: np.ndarray, case: Case) -> np.ndarray:
    """The shortest NumPy can do: no normalised matrix; loses digits where values are large against their range."""
    low, high = x.min(axis=0), x.max(axis=0)
    slope = case.weights / case.weights.sum() * case.directions / (high - low)
    return x @ slope - np.where(case.directions > 0, low, high) @ slope


def numpy_tree(x: np.ndarray, case: Case, means: tuple[str, str, str]) -> np.ndarray:
    low, high = x.min(axis=0), x.max(axis=0)
    z = x - np.where(case.directions > 0, low, high)
    z *= 99.0 * case.directions / (high - low)
    z += 1.0
    tables = (
        shares(case.pillars, case.weights),
        shares(case.halves, case.pillar_weights),
        np.full((2, 1), 0.5),
    )
    logarithmic = False
    for table, mean in zip(tables, means, strict=True):
        if mean == "geometric" and not logarithmic:
            np.log(z, out=z)
        if mean == "arithmetic" and logarithmic:
            np.exp(z, out=z)
        logarithmic = mean == "geometric"
        z = z @ table
    return np.exp(z[:, 0]) if logarithmic else z[:, 0]


def skcriteria_sum(case: Case) -> np.ndarray:
    """Costs are inverted beforehand, as its weighted sum refuses them; compared on benefits only."""
    matrix = MinMaxScaler(target="matrix").transform(
        mkdm(case.rows, [max] * case.rows.shape[1], weights=case.weights / case.weights.sum())
    )
    return np.asarray(WeightedSumModel().evaluate(matrix).e_.score)


def pymcdm_sum(case: Case) -> np.ndarray:
    method = pymcdm.methods.WSM(normalization_function=pymcdm.normalizations.minmax_normalization)
    return np.asarray(method(case.rows, case.weights / case.weights.sum(), np.ones(case.rows.shape[1])))


def agree(variants: Variants, *, scale: float = 1.0) -> None:
    first, *rest = (np.asarray(run()) for run in variants.values())
    for other in rest:
        np.testing.assert_allclose(other, first, rtol=1e-9, atol=1e-9 * scale)


def timed(title: str, variants: Variants, *, case: Case, rounds: int, base: str, passes: int = 2) -> float:
    """Print the table; return how many times the fastest of the others we are."""
    agree(variants)
    probes: Variants = {"limit: one pass over memory": one_pass(case.columns)}
    if "geometric" in title:
        probes["limit: one logarithm each"] = logarithms(case.columns)
    seconds = compare({**variants, **probes}, rounds=rounds)
    limit = passes * seconds["limit: one pass over memory"]
    show(title, seconds, cells=case.columns.size, base=base)
    own = seconds["evalengine"]
    others = {name: value / own for name, value in seconds.items() if not name.startswith(SELF_OR_LIMIT)}
    faster = ", ".join(f"{ratio:.1f} x {name}" for name, ratio in others.items())
    print(f"  evalengine is {faster}; {100 * limit / own:.0f} % of the {passes}-pass limit")
    return min(others.values())


def scores(case: Case, rounds: int) -> float:
    """Compare composite scores; return the least factor of the trees over NumPy."""
    factors = []
    flat = [Level(parents=np.zeros(case.weights.size), weights=case.weights)]
    benefits = Case(**{**case.__dict__, "directions": np.ones(case.weights.size)})
    timed(
        "min-max + weighted sum, benefits only (scikit-criteria takes no costs here)",
        {
            "evalengine": lambda: composite_score(case.columns, flat),
            "scikit-criteria": lambda: skcriteria_sum(case),
            "pymcdm": lambda: pymcdm_sum(case),
            "NumPy, rows": lambda: numpy_sum(case.rows, benefits),
            "NumPy, columns": lambda: numpy_sum(case.columns, benefits),
            "NumPy, folded": lambda: numpy_folded(case.columns, benefits),
        },
        case=case,
        rounds=rounds,
        base="NumPy, columns",
    )
    for means in (
        ("arithmetic", "arithmetic", "arithmetic"),
        ("arithmetic", "geometric", "geometric"),
        ("geometric", "geometric", "geometric"),
    ):
        tree = levels(case, means)
        factor = timed(
            "min-max + weighted tree, " + " / ".join(means),
            {
                "evalengine": lambda tree=tree: composite_score(
                    case.columns, tree, case.directions, lower=1.0, upper=100.0
                ),
                "evalengine, rows": lambda tree=tree: composite_score(
                    case.rows, tree, case.directions, lower=1.0, upper=100.0
                ),
                "NumPy, rows": lambda means=means: numpy_tree(case.rows, case, means),
                "NumPy, columns": lambda means=means: numpy_tree(case.columns, case, means),
            },
            case=case,
            rounds=rounds,
            base="NumPy, columns",
        )
        factors.append(factor)
    return min(factors)


def by_column(function: Callable[[np.ndarray], np.ndarray], matrix: np.ndarray) -> np.ndarray:
    """Apply a pymcdm normalisation, which takes one column, to all."""
    return np.column_stack([function(column) for column in matrix.T])


def normalisations(case: Case, rounds: int) -> None:
    peers = {
        "min_max": (min_max, MinMaxScaler, pymcdm.normalizations.minmax_normalization),
        "sum": (sum_, SumScaler, pymcdm.normalizations.sum_normalization),
        "vector": (vector, VectorScaler, pymcdm.normalizations.vector_normalization),
        "z_score (n)": (lambda x: z_score(x, ddof=0), StandarScaler, None),
    }
    ones = [1.0] * case.weights.size
    for name, (ours, scaler, theirs) in peers.items():
        variants: Variants = {
            "evalengine": lambda ours=ours: ours(case.columns),
            "scikit-criteria": lambda scaler=scaler: (
                scaler(target="matrix").transform(mkdm(case.rows, ones)).matrix.to_numpy()
            ),
        }
        if theirs is not None:
            variants["pymcdm"] = lambda theirs=theirs: by_column(theirs, case.columns)
        timed(f"normalisation: {name}", variants, case=case, rounds=rounds, base="evalengine")


def main() -> None:
    warnings.simplefilter("ignore")  # the rivals warn about weights and dtypes on every call
    short = "--short" in sys.argv
    for units, indicators, rounds in SHORT if short else SIZES:
        print(f"\n===== {units:,} x {indicators}, median of {rounds}, load {os.getloadavg()[0]:.2f} =====")
        case = make(units, indicators)
        least = scores(case, rounds)
        normalisations(case, rounds)
        if short and least < LEAST:
            sys.exit(f"a tree is {least:.1f} times NumPy, least {LEAST}")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
