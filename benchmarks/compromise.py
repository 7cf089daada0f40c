"""Score-type ranking methods against scikit-criteria, pymcdm and well-written NumPy, in one run on one thread.

    python -m benchmarks.compromise [--short] [--only topsis]

Before anything is timed the scores of all variants must agree to 1e-9. What is timed, in the thread's own processor
time: evalengine from the plain arrays to scores, ranks and tables; NumPy the scores, and ranks that know no ties;
scikit-criteria its public scaler and aggregator on a decision matrix built beforehand (scores and ranks); pymcdm its
public call (scores only: its ranking alone takes 200 ms at 100,000 units). Beside TOPSIS stands the limit of memory:
reading the matrix twice. Rivals that hold all pairs of units in memory or in Python (CODAS and MULTIMOORA in the
packages) or call Python for each cell (RIM in pymcdm) are left out where they take too long.

At the end stands which method is slower than a package beyond 100 x 20. `--short` is for CI and exits with 1 if one
is, or if a method has lost half of what it had over NumPy.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import os
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402 - after the thread counts
import pymcdm.methods as pm  # noqa: E402
import pymcdm.normalizations as pn  # noqa: E402
import skcriteria as sk  # noqa: E402
from skcriteria.agg import codas, copras, edas, mabac, marcos, moora, rim, simple, spotis, topsis, vikor, waspas  # noqa: E402
from skcriteria.preprocessing.invert_objectives import BenefitCostInverter, MinMaxInverter  # noqa: E402
from skcriteria.preprocessing.scalers import SumScaler, VectorScaler  # noqa: E402

from benchmarks.harness import compare, one_pass  # noqa: E402
from evalengine.methods.registry import method  # noqa: E402
from evalengine.methods.results import Ranked  # noqa: E402

Array = np.ndarray
SIZES = ((100, 20), (1_000, 50), (100_000, 50))
SHORT = (10_000, 50)
SMALL = 100  # units up to which the overhead of a call decides
LONG = 10_000  # units from which five rounds are enough
PACKAGES = ("scikit-criteria", "pymcdm")
LIMIT = "limit: two passes over memory"


class Case:
    """One random problem in the forms the variants take."""

    def __init__(self, units: int, indicators: int, *, equal: bool = False) -> None:
        rng = np.random.default_rng(units)
        self.X = rng.uniform(1.0, 9.0, (units, indicators))
        self.w = np.full(indicators, 1.0 / indicators) if equal else rng.dirichlet(np.full(indicators, 3.0))
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


def np_log_product(c: Case) -> Array:
    return np.log(c.X) @ (c.t * c.w)


def np_multimoora(c: Case) -> Array:
    """Count all pairs, one ranking after the other; without ties."""
    ahead = np.zeros((c.X.shape[0],) * 2)
    for scores in (np_moora(c), -np_reference_point(c), np_log_product(c)):
        ahead += scores[:, np.newaxis] > scores
    return (ahead > 1.5).sum(axis=1).astype(float)


def np_comet(c: Case) -> Array:
    """Interpolate by the products of memberships, all objects at once."""
    axes, objects = comet_grid(c)
    _, place = np.unique(
        np.round((objects - c.X.min(axis=0)) @ (c.t * c.w / np.ptp(c.X, axis=0)), 10), return_inverse=True
    )
    parts = np.ones((c.X.shape[0], 1))
    for column, axis in zip(c.X.T, axes, strict=True):
        shares = np.column_stack([np.interp(column, axis, row) for row in np.eye(axis.size)])
        parts = (parts[:, :, np.newaxis] * shares[:, np.newaxis]).reshape(len(column), -1)
    return parts @ (place / place.max())


def comet_grid(c: Case) -> tuple[list[Array], Array]:
    low, high = c.X.min(axis=0), c.X.max(axis=0)
    axes = list(np.column_stack([low, low + (high - low) / 2.0, high]))
    return axes, np.array(list(itertools.product(*axes)))


def pymcdm_comet(c: Case) -> Array:
    """Its public class, which keeps nothing from call to call that ours would not compute each time."""
    axes, _ = comet_grid(c)
    slope = c.t * c.w / np.ptp(c.X, axis=0)
    low = c.X.min(axis=0)
    return pm.COMET([list(axis) for axis in axes], lambda objects: (np.round((objects - low) @ slope, 10), None))(c.X)


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


def centred(scores: Array) -> Array:
    """Return scores without what is added to all of them."""
    return scores - scores.mean()


def scaled(scores: Array) -> Array:
    """Return scores without what is added to all of them or multiplies them."""
    return centred(scores) / scores.std()


@dataclass(frozen=True)
class Rivals:
    """The variants of one method, NumPy first where there is one, and what they need.

    Attributes:
        runs: the variants.
        least: half of what was measured at the short size, times textbook NumPy; 0 without it.
        ours: what of our result is compared.
        comparable: what makes the scores of a variant comparable with it.
        sizes: other sizes than SIZES, where the method cannot be run on those.
        units: up to how many units the packages are run.
        equal: equal weights, because a package ignores them.
    """

    runs: Mapping[str, Callable[[Case], Array]]
    least: float = 0.0
    ours: Callable[[Ranked], Array] = lambda result: result.scores
    comparable: Mapping[str, Callable[[Array], Array]] = field(default_factory=dict)
    sizes: tuple[tuple[int, int], ...] = SIZES
    units: int = 10**9
    equal: bool = False


METHODS: dict[str, Rivals] = {
    "weighted_sum": Rivals(
        {
            "NumPy": np_weighted_sum,
            "scikit-criteria": scikit(MinMaxInverter(), simple.WeightedSumModel(), key="score"),
            "pymcdm": pymcdm(pm.WSM(pn.minmax_normalization)),
        },
        least=1.2,
    ),
    "weighted_product": Rivals(
        {
            "NumPy": np_log_product,
            "scikit-criteria": scikit(BenefitCostInverter(), simple.WeightedProductModel(), key="score"),
            "pymcdm": pymcdm(pm.WPM(pn.linear_normalization)),
        },
        least=0.3,
        ours=lambda result: centred(result.tables["logarithm"]),
        comparable={
            "NumPy": centred,
            "scikit-criteria": lambda scores: centred(np.log(10.0) * scores),
            "pymcdm": lambda scores: centred(np.log(scores)),
        },
    ),
    "waspas": Rivals(
        {
            "NumPy": np_waspas,
            "scikit-criteria": scikit(BenefitCostInverter(), waspas.WASPAS(), key="score"),
            "pymcdm": pymcdm(pm.WASPAS()),
        },
        least=0.8,
    ),
    "topsis": Rivals(
        {
            "NumPy": np_topsis,
            "NumPy tuned": np_topsis_tuned,
            "scikit-criteria": scikit(VectorScaler(target="matrix"), topsis.TOPSIS(), key="similarity"),
            "pymcdm": pymcdm(pm.TOPSIS(pn.vector_normalization)),
        },
        least=3.0,
    ),
    "vikor": Rivals(
        {
            "NumPy": np_vikor,
            "scikit-criteria": scikit(vikor.VIKOR(), key="q_k"),
            "pymcdm": pymcdm(pm.VIKOR()),
        },
        least=1.4,
    ),
    "copras": Rivals(
        {
            "NumPy": np_copras,
            "scikit-criteria": percent(scikit(SumScaler(target="matrix"), copras.COPRAS(), key="score")),
        },
        least=0.7,
    ),
    "aras": Rivals({"NumPy": np_aras, "pymcdm": pymcdm(pm.ARAS())}, least=1.0),
    "marcos": Rivals(
        {
            "NumPy": np_marcos,
            "scikit-criteria": scikit(marcos.MARCOS(), key="utility_scores"),
            "pymcdm": pymcdm(pm.MARCOS()),
        },
        least=1.5,
    ),
    "mabac": Rivals(
        {
            "NumPy": np_mabac,
            "scikit-criteria": scikit(MinMaxInverter(), mabac.MABAC(), key="score"),
            "pymcdm": pymcdm(pm.MABAC()),
        },
        least=1.5,
        # both packages multiply over the units: the border is 0 at 1,000 units, which shifts the scores
        ours=lambda result: centred(result.scores),
        comparable={"NumPy": centred, "scikit-criteria": centred, "pymcdm": centred},
    ),
    "edas": Rivals(
        {"NumPy": np_edas, "scikit-criteria": scikit(edas.EDAS(), key="score"), "pymcdm": pymcdm(pm.EDAS())}, least=1.3
    ),
    "moora": Rivals(
        {
            "NumPy": np_moora,
            "scikit-criteria": scikit(VectorScaler(target="matrix"), moora.RatioMOORA(), key="score"),
            "pymcdm": pymcdm(pm.MOORA()),
        },
        least=0.3,
    ),
    "moora_reference_point": Rivals(
        {
            "NumPy": np_reference_point,
            "scikit-criteria": scikit(VectorScaler(target="matrix"), moora.ReferencePointMOORA(), key="score"),
        },
        least=1.7,
    ),
    "full_multiplicative": Rivals(
        {
            "NumPy": np_log_product,
            "scikit-criteria": scikit(VectorScaler(target="matrix"), moora.FullMultiplicativeForm(), key="score"),
        },
        least=0.3,
        ours=lambda result: scaled(result.tables["logarithm"]),
        comparable={"NumPy": scaled, "scikit-criteria": scaled},
        equal=True,
    ),
    "multimoora": Rivals(
        {
            "NumPy": np_multimoora,
            "scikit-criteria": scikit(VectorScaler(target="matrix"), moora.MultiMOORA(), key="score"),
        },
        least=0.2,
        sizes=((100, 20), (150, 20), (1_000, 50)),
        units=150,
        equal=True,
    ),
    "spotis": Rivals(
        {
            "NumPy": lambda c: 1.0 - np_weighted_sum(c),
            "scikit-criteria": scikit(spotis.SPOTIS(), key="score"),
            "pymcdm": lambda c: pm.SPOTIS(c.bounds)(c.X, c.w, c.t),
        },
        least=1.1,
    ),
    "rim": Rivals(
        {
            "NumPy": np_rim,
            "scikit-criteria": scikit(rim.RIM(), key="score"),
            "pymcdm": lambda c: pm.RIM(c.bounds)(c.X, c.w, c.t),
        },
        least=0.6,
        units=1_000,
    ),
    "grey_relational": Rivals({"NumPy": np_grey}, least=1.4),
    "codas": Rivals(
        {
            "NumPy": np_codas,
            "scikit-criteria": scikit(BenefitCostInverter(), codas.CODAS(), key="score"),
            "pymcdm": pymcdm(pm.CODAS()),
        },
        least=1.7,
        units=1_000,
    ),
    "comet": Rivals(
        {"NumPy": np_comet, "pymcdm": pymcdm_comet},
        least=0.6,
        sizes=((100, 4), (1_000, 4), (100_000, 4)),
    ),
    **{
        name: Rivals({"pymcdm": pymcdm(rival())})
        for name, rival in {
            "mairca": pm.MAIRCA,
            "ocra": pm.OCRA,
            "ram": pm.RAM,
            "cocoso": pm.COCOSO,
        }.items()
    },
    "lmaw": Rivals({"pymcdm": pymcdm(pm.LMAW())}, units=1_000),  # its product over the units is 0 at 100,000
    "ervd": Rivals({"pymcdm": lambda c: pm.ERVD(c.X.mean(axis=0))(c.X, c.w, c.t)}),
    **{
        name: Rivals({"pymcdm": pymcdm(rival())}, sizes=((100, 20), (1_000, 50), (3_000, 50)))
        for name, rival in {"probid": pm.PROBID, "sprobid": pm.SPROBID}.items()  # all pairs of units
    },
}


def benchmark(name: str, units: int, indicators: int) -> tuple[float, list[str]]:
    """Check and time one method, print a line; return how many times NumPy it is and which packages are faster."""
    rivals = METHODS[name]
    case = Case(units, indicators, equal=rivals.equal)
    ours = method("compromise", name).function
    result = ours(case.X, case.w, case.t)
    expected = rivals.ours(result)
    runs: dict[str, Callable[[], object]] = {"evalengine": lambda: ours(case.X, case.w, case.t)}
    for label, function in rivals.runs.items():
        if label in PACKAGES and units > rivals.units:
            continue
        scores = rivals.comparable.get(label, np.asarray)(np.asarray(function(case)))
        size = np.abs(expected).max()
        np.testing.assert_allclose(scores, expected, rtol=1e-9, atol=1e-9 * size, err_msg=f"{name}: {label}")
        if label in PACKAGES:
            runs[label] = partial(function, case)
        else:
            runs[label] = partial(with_ranks, function, case, lowest=not result.higher_is_better)
    if name == "topsis":
        once = one_pass(case.X)
        runs[LIMIT] = lambda: (once(), once())
    seconds = compare(runs, rounds=5 if units >= LONG else 15)
    base = seconds["evalengine"]
    cells = "  ".join(f"{label} {value * 1e3:9.3f} ms {value / base:7.1f}x" for label, value in seconds.items())
    print(f"{units:>7} x {indicators:<2}  {name:<21}  {cells}", flush=True)
    return seconds.get("NumPy", np.inf) / base, [label for label in PACKAGES if seconds.get(label, np.inf) < base]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="one size only, and fail where a ratio is lost")
    parser.add_argument("--only", default="", help="only the methods whose name contains this")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # the packages warn about costs and about weights that sum to 1 - 1e-16
    print(f"load {os.getloadavg()[0]:.2f}; medians of the thread's own time, factors are time over evalengine's")
    slower, lost = [], []
    for name, rivals in METHODS.items():
        if options.only not in name:
            continue
        sizes = rivals.sizes
        if options.short:
            sizes = (SHORT,) if sizes == SIZES else sizes[1:2]
        for units, indicators in sizes:
            gain, faster = benchmark(name, units, indicators)
            if units > SMALL:
                slower += [f"{name}: {package} at {units:,} x {indicators}" for package in faster]
            if options.short and gain < rivals.least:
                lost.append(f"{name}: {gain:.1f} x NumPy at {units:,} x {indicators}, least {rivals.least}")
    print("slower than a package beyond 100 x 20:", "; ".join(slower) or "none")
    sys.exit("\n".join(slower + lost) if options.short and (slower or lost) else 0)


if __name__ == "__main__":
    main()
