"""Data-driven weights: evalengine, scikit-criteria, pymcdm and vectorised NumPy on one thread and the same data.

    python -m benchmarks.weights [--large | --short] [--only entropy]

evalengine gets the matrix by columns, as polars hands it over; the others get it by columns and by rows and the faster
layout counts. Every result is checked against evalengine's before it is timed; what is timed is the thread's own
processor time, so that a busy machine tells the same ratios. Two limits are measured with each method: one pass over
the matrix and, where the method needs it, one logarithm for each cell in the cache. Where a tenth of the faster
package's time is below a limit, the table says that ten times is impossible. `--short` is for CI and exits with 1 where
a method has lost half of what it had over NumPy or a package.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from pymcdm import weights as pm
from scipy.special import xlogy
from skcriteria.preprocessing import weighters as sk

from benchmarks import harness
from evalengine.methods.arrays import Array
from evalengine.methods.critic_weights import critic
from evalengine.methods.dispersion_weights import gini, standard_deviation, variance
from evalengine.methods.entropy_weights import entropy
from evalengine.methods.removal_weights import cilos, idocriw, merec

SIZES = [(100, 20), (1_000, 50), (100_000, 50)]
LARGE = (1_000_000, 50)
SHORT = (20_000, 50)
LONG = 100_000  # units from which five rounds are enough
QUADRATIC = 2_000  # units beyond which pymcdm's Gini is left out
# run once and apart: between the others they would only empty the caches
SLOW = {"CRITIC, undirected": {"pymcdm"}, "MEREC": {"pymcdm"}, "Gini": {"pymcdm"}}
LOGARITHM = {"entropy, raw shares", "entropy, min-max", "MEREC", "IDOCRIW"}  # need one for each cell
PACKAGES = ("scikit-criteria", "pymcdm")
AIM = 10.0  # times the faster package
# half of what was measured at 20,000 × 50: times NumPy and times the faster package
LEAST = {
    "entropy, raw shares": (0.9, 2.0),
    "entropy, min-max": (3.0, 0.0),
    "CRITIC": (1.2, 20.0),
    "CRITIC, undirected": (0.0, 100.0),
    "standard deviation, raw": (1.0, 1.0),
    "variance": (2.0, 4.0),
    "Gini": (2.0, 3.0),
    "MEREC": (2.0, 5.0),
    "CILOS": (0.5, 3.5),
    "IDOCRIW": (1.2, 3.5),
}

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


def measure(title: str, columns: Array, rows: Array, d: Array) -> tuple[float, float]:
    """Check and time the variants, print the table; return how many times NumPy and the faster package we are."""
    variants = dict(tasks(columns, d)[title])
    own = variants.pop("evalengine")
    expected = own()
    by_rows = tasks(rows, d)[title]
    fast: dict[str, Callable[[], object]] = {"evalengine": own}
    slow: dict[str, Callable[[], Array]] = {}
    for name, run in variants.items():
        if name == "pymcdm" and title == "Gini" and len(rows) > QUADRATIC:
            continue
        if name in SLOW.get(title, ()):
            slow[f"{name}, columns"] = run
            continue
        for layout, answer in (("columns", run), ("rows", by_rows[name])):
            np.testing.assert_allclose(answer(), expected, rtol=1e-8, atol=1e-10, err_msg=f"{title}: {name}, {layout}")
            fast[f"{name}, {layout}"] = answer
    probes: dict[str, Callable[[], object]] = {"limit: one pass over memory": harness.one_pass(columns)}
    if title in LOGARITHM:
        probes["limit: one logarithm each"] = harness.logarithms(columns)
    seconds = harness.compare({**probes, **fast}, rounds=5 if len(rows) >= LONG else 15)
    for name, run in slow.items():
        start = time.thread_time()
        answered = run()
        seconds[name] = time.thread_time() - start
        np.testing.assert_allclose(answered, expected, rtol=1e-8, atol=1e-10, err_msg=f"{title}: {name}")
    harness.show(f"{title}, {len(rows):,} x {rows.shape[1]}", seconds, cells=rows.size, base="evalengine")
    return factors(seconds)


def factors(seconds: Mapping[str, float]) -> tuple[float, float]:
    """Print and return how many times NumPy and the faster package we are, and whether ten times can be reached."""
    own = seconds["evalengine"]
    numpy = min((value for name, value in seconds.items() if name.startswith("numpy")), default=0.0)
    package = min((name for name in seconds if name.startswith(PACKAGES)), key=seconds.__getitem__, default="")
    limit = max(value for name, value in seconds.items() if name.startswith("limit"))
    print(f"  evalengine reaches {100 * limit / own:.0f} % of the limit")
    if numpy:
        print(f"  {numpy / own:.1f} x NumPy on the layout it likes")
    if not package:
        return numpy / own, 0.0
    print(f"  {seconds[package] / own:.1f} x the faster package ({package})")
    if seconds[package] / own < AIM and seconds[package] / AIM < limit:
        print(f"  {AIM:.0f} x it is impossible: the limit itself is {seconds[package] / limit:.1f} x it")
    return numpy / own, seconds[package] / own


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true", help="also 1,000,000 x 50")
    parser.add_argument("--short", action="store_true", help="20,000 x 50 only, and fail where a ratio is lost")
    parser.add_argument("--only", default="", help="only the methods whose title contains this")
    options = parser.parse_args()
    lost = []
    for units, indicators in [SHORT] if options.short else [*SIZES, LARGE] if options.large else SIZES:
        rng = np.random.default_rng(units)
        columns = np.asfortranarray(rng.lognormal(0.0, 0.6, (indicators, units)).T)
        rows = np.ascontiguousarray(columns)
        d = np.where(np.arange(indicators) % 3 == 2, -1.0, 1.0)
        for title in tasks(columns, d):
            if options.only.lower() in title.lower():
                reached = measure(title, columns, rows, d)
                if options.short and any(a < b for a, b in zip(reached, LEAST[title], strict=True)):
                    lost.append(f"{title}: {reached[0]:.1f} x NumPy, {reached[1]:.1f} x packages, least {LEAST[title]}")
    sys.exit("\n".join(lost) or 0)


if __name__ == "__main__":
    main()
