"""The scoring core at 100,000 units × 50 indicators: ns per cell against naive NumPy and against a memory copy.

    python -m benchmarks.scoring [--short]

Naive NumPy is the vectorised code an analyst would write: `np.where` for the three anchors, weights summed over the
indicators that count, one thread. Results are checked equal before timing. Exits with 1 if the core is less than five
times as fast as naive NumPy (the target) on a machine that is not otherwise busy.
"""

from __future__ import annotations

import sys

import numpy as np

from benchmarks.harness import compare, one_pass, show
from evalengine.methods.curves import curve
from evalengine.methods.scoring_kernel import Tree, rules, score_units

INDICATORS = 50
TARGET = 5.0


def naive(values: np.ndarray, anchors: np.ndarray, groups: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return totals: (units, indicators) values, anchors zero/base/full, two-level weighted means, NaN left out."""
    zero, base, full = anchors
    below = 60.0 * (values - zero) / (base - zero)
    above = 60.0 + 40.0 * (values - base) / (full - base)
    scores = np.where(values >= full, 100.0, np.where(values >= base, above, np.where(values > zero, below, 0.0)))
    scores = np.where(np.isnan(values), np.nan, scores)
    counted = np.where(np.isnan(scores), 0.0, weights)
    points = np.where(np.isnan(scores), 0.0, scores * weights)
    total, weight = np.zeros(len(values)), np.zeros(len(values))
    for group in range(groups.max() + 1):
        own = groups == group
        sums = counted[:, own].sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = points[:, own].sum(axis=1) / sums
        whole = weights[own].sum()
        total += np.where(sums > 0, whole * mean, 0.0)
        weight += np.where(sums > 0, whole, 0.0)
    return total / weight


def main() -> None:
    short = "--short" in sys.argv
    units = 20_000 if short else 100_000
    rng = np.random.default_rng(2025)
    values = rng.lognormal(2.0, 0.6, (units, INDICATORS))
    values[rng.random(values.shape) < 0.02] = np.nan
    anchors = np.vstack([np.zeros(INDICATORS), rng.uniform(4, 8, INDICATORS), rng.uniform(9, 20, INDICATORS)])
    groups = np.repeat(np.arange(5), INDICATORS // 5)
    weights = rng.dirichlet(np.ones(INDICATORS))
    curves = [curve("base_full", {"zero": z, "base": b, "full": f}) for z, b, f in anchors.T.tolist()]
    made = rules(curves, missing=[np.nan] * INDICATORS, not_applicable=[np.nan] * INDICATORS)
    tree = Tree(
        parents=np.array([*groups, *[5] * 5, -1]),
        weights=np.array([*weights, *(weights[groups == k].sum() for k in range(5)), 1.0]),
        aggregations=np.zeros(6, dtype=np.int64),
        powers=np.ones(6),
    )
    columns = np.ascontiguousarray(values.T)
    np.testing.assert_allclose(
        score_units(columns, made, tree)[-1], naive(values, anchors, groups, weights), rtol=1e-12
    )
    out = np.empty_like(columns)
    seconds = compare(
        {
            "naive NumPy, C order": lambda: naive(values, anchors, groups, weights),
            "naive NumPy, Fortran order": lambda: naive(columns.T, anchors, groups, weights),
            "evalengine, every node kept": lambda: score_units(columns, made, tree),
            "memory copy of the matrix": lambda: np.copyto(out, columns),
            "memory, one pass": one_pass(columns),
        },
        rounds=5 if short else 11,
    )
    show(f"{units:,} units x {INDICATORS} indicators", seconds, cells=units * INDICATORS, base="naive NumPy, C order")
    ratio = seconds["naive NumPy, C order"] / seconds["evalengine, every node kept"]
    print(f"\nfactor {ratio:.1f}, target {TARGET:.0f}")
    sys.exit(0 if ratio >= (TARGET / 2 if short else TARGET) else 1)


if __name__ == "__main__":
    main()
