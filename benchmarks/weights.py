"""Data-driven weights: evalengine, scikit-criteria, pymcdm and vectorised NumPy on one thread and the same data.

    OPENBLAS_NUM_THREADS=1 python benchmarks/weights.py [--large] [--order C] [--only entropy]

Every result is checked against evalengine's before it is timed. The matrix is column-major, as polars hands it over;
`--order C` shows the row-major case, where evalengine has to transpose first. `memory` is one pass over the matrix,
which no method can beat. Peers a hundred times slower are timed once, or left out where they are quadratic in the
units.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Mapping

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import harness
import numpy as np
from pymcdm import weights as pm
from scipy.special import xlogy
from skcriteria.preprocessing import weighters as sk

from evalengine.methods.arrays import Array
from evalengine.methods.critic_weights import critic
from evalengine.methods.dispersion_weights import gini, standard_deviation, variance
from evalengine.methods.entropy_weights import entropy
from evalengine.methods.removal_weights import cilos, idocriw, merec

SIZES = [(100, 20), (1_000, 50), (100_000, 50)]
LARGE = (1_000_000, 50)
LONG = 100_000  # units from which five rounds are enough
QUADRATIC = 2_000  # units beyond which pymcdm's Gini is left out
# run once and apart: between the others they would only empty the caches
SLOW = {"CRITIC, undirected": {"pymcdm"}, "MEREC": {"pymcdm"}, "Gini": {"pymcdm"}}

Variants = Mapping[str, Callable[[], Array]]


def share(importance: Array) -> Array:
    """Return importance as weights."""
    return importance / importance.sum()


def min_max(X: Array, d: Array) -> Array:
    """Return the min–max scaled, directed matrix."""
    low, high = X.min(axis=0), X.max(axis=0)
    return (X - np.where(d > 0, low, high)) * (d / (high - low))


def entropy_of(V: Array) -> Array:
    """Return entropy weights of a matrix that may hold zeros."""
    P = V / V.sum(axis=0)
    return share(1 + xlogy(P, P).sum(axis=0) / np.log(len(V)))


def entropy_positive(X: Array) -> Array:
    """Return entropy weights of a positive matrix: log is faster than xlogy."""
    P = X / X.sum(axis=0)
    return share(1 + (P * np.log(P)).sum(axis=0) / np.log(len(X)))


def critic_numpy(X: Array, d: Array) -> Array:
    """Return CRITIC weights with one matrix product."""
    Z = min_max(X, d)
    Z -= Z.mean(axis=0)
    G = Z.T @ Z
    size = np.sqrt(np.diagonal(G))
    return share(size * (1 - G / np.outer(size, size)).sum(axis=0))


def critic_corrcoef(X: Array, d: Array) -> Array:
    """Return CRITIC weights as they are usually written."""
    Z = min_max(X, d)
    return share(Z.std(axis=0) * (1 - np.corrcoef(Z, rowvar=False)).sum(axis=0))


def merec_numpy(X: Array, d: Array) -> Array:
    """Return MEREC weights without removing anything: one logarithm of a ratio for each cell."""
    A = np.abs(np.log(X / np.where(d > 0, X.min(axis=0), X.max(axis=0))))
    A /= X.shape[1] + A.sum(axis=1, keepdims=True)
    return share(-np.log1p(-A).sum(axis=0))


def gini_numpy(X: Array) -> Array:
    """Return Gini weights by sorting."""
    rank = np.arange(1.0 - len(X), len(X), 2.0)
    return share(rank @ np.sort(X, axis=0) / X.sum(axis=0))


def cilos_numpy(X: Array, d: Array) -> Array:
    """Return CILOS weights."""
    at = np.where(d > 0, X.argmax(axis=0), X.argmin(axis=0))
    A = X[at]
    best = np.diagonal(A)
    P = 1 - np.where(d > 0, A / best, best / A)
    vector = np.linalg.svd(P - np.diag(P.sum(axis=0)))[2][-1]
    return share(vector)


def tasks(X: Array, d: Array) -> Mapping[str, Variants]:
    """Return the variants of each method."""
    return {
        "entropy, raw shares": {
            "evalengine": lambda: entropy(X, variant="shares").weights,
            "numpy": lambda: entropy_positive(X),
            "scikit-criteria": lambda: sk.entropy_weights(X),
            "pymcdm": lambda: pm.entropy_weights(X),
        },
        "entropy, min-max": {"evalengine": lambda: entropy(X, d).weights, "numpy": lambda: entropy_of(min_max(X, d))},
        "CRITIC": {
            "evalengine": lambda: critic(X, d).weights,
            "numpy": lambda: critic_corrcoef(X, d),
            "numpy, in place": lambda: critic_numpy(X, d),
            "scikit-criteria": lambda: sk.critic_weights(X, d),
        },
        "CRITIC, undirected": {
            "evalengine": lambda: critic(X, variant="undirected").weights,
            "pymcdm": lambda: pm.critic_weights(X),
        },
        "standard deviation, raw": {
            "evalengine": lambda: standard_deviation(X, variant="raw").weights,
            "numpy": lambda: share(X.std(axis=0)),
            "scikit-criteria": lambda: sk.std_weights(X),
            "pymcdm": lambda: pm.standard_deviation_weights(X),
        },
        "variance": {
            "evalengine": lambda: variance(X).weights,
            "numpy": lambda: share(X.var(axis=0) / np.ptp(X, axis=0) ** 2),
            "pymcdm": lambda: pm.variance_weights(X),
        },
        "Gini": {
            "evalengine": lambda: gini(X).weights,
            "numpy": lambda: gini_numpy(X),
            "scikit-criteria": lambda: sk.gini_weights(X),
            "pymcdm": lambda: pm.gini_weights(X),
        },
        "MEREC": {
            "evalengine": lambda: merec(X, d).weights,
            "numpy": lambda: merec_numpy(X, d),
            "scikit-criteria": lambda: sk.merec_weights(X, d),
            "pymcdm": lambda: pm.merec_weights(X, d),
        },
        "CILOS": {
            "evalengine": lambda: cilos(X, d).weights,
            "numpy": lambda: cilos_numpy(X, d),
            "pymcdm": lambda: pm.cilos_weights(X, d),
        },
        "IDOCRIW": {
            "evalengine": lambda: idocriw(X, d).weights,
            "numpy": lambda: share(entropy_positive(X) * cilos_numpy(X, d)),
            "pymcdm": lambda: pm.idocriw_weights(X, d),
        },
    }


def measure(title: str, variants: Variants, X: Array) -> None:
    """Check that the variants agree, time them and print the table."""
    if title == "Gini" and len(X) > QUADRATIC:
        variants = {name: run for name, run in variants.items() if name != "pymcdm"}
    slow = SLOW.get(title, set()) & set(variants)
    expected = variants["evalengine"]()
    for name, run in variants.items():
        if name not in slow:
            np.testing.assert_allclose(run(), expected, rtol=1e-8, atol=1e-10, err_msg=f"{title}: {name}")
    fast = {name: run for name, run in variants.items() if name not in slow}
    seconds = harness.compare({"memory": harness.one_pass(X), **fast}, rounds=5 if len(X) >= LONG else 21)
    for name in slow:
        start = time.perf_counter()
        answer = variants[name]()
        seconds[name] = time.perf_counter() - start
        np.testing.assert_allclose(answer, expected, rtol=1e-8, atol=1e-10, err_msg=f"{title}: {name}")
    harness.show(f"{title}, {len(X):,} x {X.shape[1]}", seconds, cells=X.size, base="evalengine")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true", help="also 1,000,000 x 50")
    parser.add_argument("--order", choices=["F", "C"], default="F", help="F: column-major as polars, C: row-major")
    parser.add_argument("--only", default="", help="only the methods whose title contains this")
    options = parser.parse_args()
    for units, indicators in [*SIZES, LARGE] if options.large else SIZES:
        rng = np.random.default_rng(units)
        X = np.array(rng.lognormal(0.0, 0.6, (indicators, units)).T, order=options.order)
        d = np.where(np.arange(indicators) % 3 == 2, -1.0, 1.0)
        for title, variants in tasks(X, d).items():
            if options.only.lower() in title.lower():
                measure(title, variants, X)


if __name__ == "__main__":
    main()
