"""Score-type ranking methods against scikit-criteria, pymcdm and well-written NumPy, in one run on one thread.

`python -m benchmarks.compromise [--short] [METHOD…]`. Before anything is timed the scores of all
variants must agree to 1e-9.

What is timed: evalengine from the plain arrays to scores, ranks and tables; NumPy the scores and ranks without ties;
scikit-criteria its public scaler and aggregator on a decision matrix built beforehand (scores and ranks); pymcdm its
public call (scores only: its ranking alone takes 200 ms at 100,000 units). Variants that hold all pairs of units in
memory (CODAS in both packages) or call Python for each cell (RIM in pymcdm) are left out at 100,000 units.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import warnings
from collections.abc import Callable
from functools import partial

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402 - after the thread counts
import pymcdm.methods as pm  # noqa: E402
import pymcdm.normalizations as pn  # noqa: E402
import skcriteria as sk  # noqa: E402
from skcriteria.agg import codas, copras, edas, mabac, marcos, moora, simple, spotis, topsis, vikor, waspas  # noqa: E402
from skcriteria.preprocessing.invert_objectives import BenefitCostInverter, MinMaxInverter  # noqa: E402
from skcriteria.preprocessing.scalers import SumScaler, VectorScaler  # noqa: E402

from benchmarks.harness import compare  # noqa: E402
from evalengine.methods.registry import method  # noqa: E402

Array = np.ndarray
SIZES = ((100, 20), (1_000, 50), (100_000, 50))
PACKAGES_UP_TO = {"codas": 5_000, "rim": 5_000}  # units; all pairs in memory, a Python call for each cell


class Case:
    """One random problem in the forms the variants take."""

    def __init__(self, units: int, indicators: int) -> None:
        rng = np.random.default_rng(units)
        self.X = rng.uniform(1.0, 9.0, (units, indicators))
        self.w = rng.dirichlet(np.full(indicators, 3.0))
        self.t = np.where(np.arange(indicators) % 3 == 1, -1, 1)
        self.cost = self.t < 0
        self.bounds = np.column_stack([self.X.min(axis=0), self.X.max(axis=0)])
        self.dm = sk.mkdm(self.X, self.t.tolist(), weights=self.w)


def with_ranks(function: Callable[[Case], Array], case: Case, *, lowest: bool) -> tuple[Array, Array]:
    scores = function(case)
    ranks = np.empty(scores.size)
    ranks[np.argsort(scores if lowest else -scores)] = np.arange(1.0, scores.size + 1.0)
    return scores, ranks


def oriented_min_max(c: Case) -> Array:
    low, high = c.X.min(axis=0), c.X.max(axis=0)
    best, worst = np.where(c.cost, low, high), np.where(c.cost, high, low)
    return (c.X - worst) / (best - worst)


def linear(c: Case) -> Array:
    out = c.X / c.X.max(axis=0)
    out[:, c.cost] = c.X[:, c.cost].min(axis=0) / c.X[:, c.cost]
    return out


def np_weighted_sum(c: Case) -> Array:
    return oriented_min_max(c) @ c.w


def np_waspas(c: Case) -> Array:
    r = linear(c)
    return 0.5 * (r @ c.w) + 0.5 * np.exp(np.log(r) @ c.w)


def np_topsis(c: Case) -> Array:
    v = c.X / np.sqrt((c.X**2).sum(axis=0)) * c.w
    best = np.where(c.cost, v.min(axis=0), v.max(axis=0))
    worst = np.where(c.cost, v.max(axis=0), v.min(axis=0))
    to_best, to_worst = np.sqrt(((v - best) ** 2).sum(axis=1)), np.sqrt(((v - worst) ** 2).sum(axis=1))
    return to_worst / (to_best + to_worst)


def np_topsis_tuned(c: Case) -> Array:
    """Save temporaries: no squared copies."""
    v = c.X * (c.w / np.sqrt(np.einsum("ij,ij->j", c.X, c.X)))
    low, high = v.min(axis=0), v.max(axis=0)
    near = v - np.where(c.cost, low, high)
    far = v - np.where(c.cost, high, low)
    to_best, to_worst = np.sqrt(np.einsum("ij,ij->i", near, near)), np.sqrt(np.einsum("ij,ij->i", far, far))
    return to_worst / (to_best + to_worst)


def np_vikor(c: Case) -> Array:
    d = (1.0 - oriented_min_max(c)) * c.w
    s, r = d.sum(axis=1), d.max(axis=1)
    return 0.5 * (s - s.min()) / np.ptp(s) + 0.5 * (r - r.min()) / np.ptp(r)


def np_copras(c: Case) -> Array:
    p = c.X * (c.w / c.X.sum(axis=0))
    benefit, cost = p @ (~c.cost).astype(float), p @ c.cost.astype(float)
    q = benefit + cost.sum() / (cost * (1.0 / cost).sum())
    return q / q.max()


def np_aras(c: Case) -> Array:
    positive = c.X.copy()
    positive[:, c.cost] = 1.0 / c.X[:, c.cost]
    best = positive.max(axis=0)
    scale = c.w / (positive.sum(axis=0) + best)
    return (positive @ scale) / (best @ scale)


def np_marcos(c: Case) -> Array:
    s = linear(c) @ c.w
    anti = (c.w * c.X.min(axis=0) / c.X.max(axis=0)).sum()
    return s * (anti + 1.0) / (anti**2 + anti + 1.0)


def np_mabac(c: Case) -> Array:
    v = (oriented_min_max(c) + 1.0) * c.w
    return (v - np.exp(np.log(v).mean(axis=0))).sum(axis=1)


def np_edas(c: Case) -> Array:
    average = c.X.mean(axis=0)
    d = (c.X - average) * (c.t * c.w / average)
    above, below = np.maximum(d, 0.0).sum(axis=1), np.maximum(-d, 0.0).sum(axis=1)
    return 0.5 * (above / above.max() + 1.0 - below / below.max())


def np_moora(c: Case) -> Array:
    return c.X @ (c.t * c.w / np.sqrt(np.einsum("ij,ij->j", c.X, c.X)))


def np_reference_point(c: Case) -> Array:
    v = c.X * (c.w / np.sqrt(np.einsum("ij,ij->j", c.X, c.X)))
    return np.abs(v - np.where(c.cost, v.min(axis=0), v.max(axis=0))).max(axis=1)


def np_rim(c: Case) -> Array:
    y = oriented_min_max(c) * c.w
    near, far = np.sqrt(((y - c.w) ** 2).sum(axis=1)), np.sqrt((y**2).sum(axis=1))
    return far / (near + far)


def np_grey(c: Case) -> Array:
    return (0.5 / (1.5 - oriented_min_max(c))) @ c.w


def np_codas(c: Case) -> Array:
    v = linear(c) * c.w
    d = v - v.min(axis=0)
    e, t = np.sqrt(np.einsum("ij,ij->i", d, d)), d.sum(axis=1)
    order = np.argsort(e)
    e_sorted, prefix = e[order], np.concatenate(([0.0], np.cumsum(t[order])))
    below = np.searchsorted(e_sorted, e - 0.02, side="right")
    above = np.searchsorted(e_sorted, e + 0.02, side="left")
    clear = (below + e.size - above) * t - prefix[below] - (prefix[-1] - prefix[above])
    return e.size * e - e.sum() + clear


def scikit(*steps: object, key: str) -> Callable[[Case], Array]:
    def run(c: Case) -> Array:
        dm = c.dm
        for step in steps[:-1]:
            dm = step.transform(dm)
        with contextlib.redirect_stdout(io.StringIO()):  # its MARCOS prints its scores
            return steps[-1].evaluate(dm).e_[key]

    return run


def pymcdm(instance: Callable[..., Array]) -> Callable[[Case], Array]:
    return lambda c: instance(c.X, c.w, c.t)


def percent(function: Callable[[Case], Array]) -> Callable[[Case], Array]:
    return lambda c: function(c) / 100.0


Variants = dict[str, Callable[[Case], Array]]
METHODS: dict[str, Variants] = {
    "weighted_sum": {
        "NumPy": np_weighted_sum,
        "scikit-criteria": scikit(MinMaxInverter(), simple.WeightedSumModel(), key="score"),
        "pymcdm": pymcdm(pm.WSM(pn.minmax_normalization)),
    },
    "waspas": {
        "NumPy": np_waspas,
        "scikit-criteria": scikit(BenefitCostInverter(), waspas.WASPAS(), key="score"),
        "pymcdm": pymcdm(pm.WASPAS()),
    },
    "topsis": {
        "NumPy": np_topsis,
        "NumPy tuned": np_topsis_tuned,
        "scikit-criteria": scikit(VectorScaler(target="matrix"), topsis.TOPSIS(), key="similarity"),
        "pymcdm": pymcdm(pm.TOPSIS(pn.vector_normalization)),
    },
    "vikor": {
        "NumPy": np_vikor,
        "scikit-criteria": scikit(vikor.VIKOR(), key="q_k"),
        "pymcdm": pymcdm(pm.VIKOR()),
    },
    "copras": {
        "NumPy": np_copras,
        "scikit-criteria": percent(scikit(SumScaler(target="matrix"), copras.COPRAS(), key="score")),
    },
    "aras": {"NumPy": np_aras, "pymcdm": pymcdm(pm.ARAS())},
    "marcos": {
        "NumPy": np_marcos,
        "scikit-criteria": scikit(marcos.MARCOS(), key="utility_scores"),
        "pymcdm": pymcdm(pm.MARCOS()),
    },
    "mabac": {
        "NumPy": np_mabac,
        "scikit-criteria": scikit(MinMaxInverter(), mabac.MABAC(), key="score"),
        "pymcdm": pymcdm(pm.MABAC()),
    },
    "edas": {"NumPy": np_edas, "scikit-criteria": scikit(edas.EDAS(), key="score"), "pymcdm": pymcdm(pm.EDAS())},
    "moora": {
        "NumPy": np_moora,
        "scikit-criteria": scikit(VectorScaler(target="matrix"), moora.RatioMOORA(), key="score"),
        "pymcdm": pymcdm(pm.MOORA()),
    },
    "moora_reference_point": {
        "NumPy": np_reference_point,
        "scikit-criteria": scikit(VectorScaler(target="matrix"), moora.ReferencePointMOORA(), key="score"),
    },
    "spotis": {
        "NumPy": lambda c: 1.0 - np_weighted_sum(c),
        "scikit-criteria": scikit(spotis.SPOTIS(), key="score"),
        "pymcdm": lambda c: pm.SPOTIS(c.bounds)(c.X, c.w, c.t),
    },
    "rim": {"NumPy": np_rim, "pymcdm": lambda c: pm.RIM(c.bounds)(c.X, c.w, c.t)},
    "grey_relational": {"NumPy": np_grey},
    "codas": {
        "NumPy": np_codas,
        "scikit-criteria": scikit(BenefitCostInverter(), codas.CODAS(), key="score"),
        "pymcdm": pymcdm(pm.CODAS()),
    },
}
UNDERFLOWS = {"mabac"}  # both packages multiply over the units: the border is 0 at 1,000 units, so scores are shifted


def benchmark(name: str, case: Case, rounds: int) -> None:
    units, indicators = case.X.shape
    ours = method("compromise", name).function
    result = ours(case.X, case.w, case.t)
    runs: dict[str, Callable[[], object]] = {"evalengine": lambda: ours(case.X, case.w, case.t)}
    for label, function in METHODS[name].items():
        if not label.startswith("NumPy") and units > PACKAGES_UP_TO.get(name, units):
            continue
        scores = np.asarray(function(case))
        if name in UNDERFLOWS and label != "NumPy":
            scores = scores - scores.mean() + result.scores.mean()
        np.testing.assert_allclose(scores, result.scores, rtol=1e-9, atol=1e-9 * np.abs(result.scores).max())
        if label.startswith("NumPy"):
            runs[label] = partial(with_ranks, function, case, lowest=not result.higher_is_better)
        else:
            runs[label] = partial(function, case)
    seconds = compare(runs, rounds=rounds)
    base = seconds["evalengine"]
    cells = "  ".join(f"{label} {value * 1e3:9.3f} ms {value / base:7.1f}x" for label, value in seconds.items())
    print(f"{units:>7} x {indicators}  {name:<16} {cells}")


def main() -> None:
    warnings.simplefilter("ignore")  # the packages warn about costs and about weights that sum to 1 - 1e-16
    short = "--short" in sys.argv
    chosen = [name for name in METHODS if name in sys.argv] or list(METHODS)
    print(f"load {os.getloadavg()[0]:.2f}; times are medians, factors are time over evalengine's")
    for units, indicators in SIZES[: 2 if short else 3]:
        case = Case(units, indicators)
        for name in chosen:
            benchmark(name, case, rounds=3 if short else (7 if units < 10_000 else 5))


if __name__ == "__main__":
    main()
