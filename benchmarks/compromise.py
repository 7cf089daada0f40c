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
from skcriteria.agg import codas, copras, edas, mabac, marcos, moora, rim, simple, spotis, topsis, vikor, waspas  # noqa: E402
from skcriteria.preprocessing.invert_objectives import BenefitCostInverter, MinMaxInverter  # noqa: E402
from skcriteria.preprocessing.scalers import SumScaler, VectorScaler  # noqa: E402

from benchmarks import compromise_numpy as textbook  # noqa: E402
from benchmarks.compromise_numpy import Case  # noqa: E402
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


def pymcdm_comet(c: Case) -> Array:
    """Its public class, which keeps nothing from call to call that ours would not compute each time."""
    axes, _ = textbook.comet_grid(c)
    slope = c.t * c.w / np.ptp(c.X, axis=0)
    low = c.X.min(axis=0)
    return pm.COMET([list(axis) for axis in axes], lambda objects: (np.round((objects - low) @ slope, 10), None))(c.X)


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
            "NumPy": textbook.weighted_sum,
            "scikit-criteria": scikit(MinMaxInverter(), simple.WeightedSumModel(), key="score"),
            "pymcdm": pymcdm(pm.WSM(pn.minmax_normalization)),
        },
        least=1.2,
    ),
    "weighted_product": Rivals(
        {
            "NumPy": textbook.log_product,
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
            "NumPy": textbook.waspas,
            "scikit-criteria": scikit(BenefitCostInverter(), waspas.WASPAS(), key="score"),
            "pymcdm": pymcdm(pm.WASPAS()),
        },
        least=0.8,
    ),
    "topsis": Rivals(
        {
            "NumPy": textbook.topsis,
            "NumPy tuned": textbook.topsis_tuned,
            "scikit-criteria": scikit(VectorScaler(target="matrix"), topsis.TOPSIS(), key="similarity"),
            "pymcdm": pymcdm(pm.TOPSIS(pn.vector_normalization)),
        },
        least=3.0,
    ),
    "vikor": Rivals(
        {
            "NumPy": textbook.vikor,
            "scikit-criteria": scikit(vikor.VIKOR(), key="q_k"),
            "pymcdm": pymcdm(pm.VIKOR()),
        },
        least=1.4,
    ),
    "copras": Rivals(
        {
            "NumPy": textbook.copras,
            "scikit-criteria": percent(scikit(SumScaler(target="matrix"), copras.COPRAS(), key="score")),
        },
        least=0.7,
    ),
    "aras": Rivals({"NumPy": textbook.aras, "pymcdm": pymcdm(pm.ARAS())}, least=1.0),
    "marcos": Rivals(
        {
            "NumPy": textbook.marcos,
            "scikit-criteria": scikit(marcos.MARCOS(), key="utility_scores"),
            "pymcdm": pymcdm(pm.MARCOS()),
        },
        least=1.5,
    ),
    "mabac": Rivals(
        {
            "NumPy": textbook.mabac,
            "scikit-criteria": scikit(MinMaxInverter(), mabac.MABAC(), key="score"),
            "pymcdm": pymcdm(pm.MABAC()),
        },
        least=1.5,
        # both packages multiply over the units: the border is 0 at 1,000 units, which shifts the scores
        ours=lambda result: centred(result.scores),
        comparable={"NumPy": centred, "scikit-criteria": centred, "pymcdm": centred},
    ),
    "edas": Rivals(
        {"NumPy": textbook.edas, "scikit-criteria": scikit(edas.EDAS(), key="score"), "pymcdm": pymcdm(pm.EDAS())},
        least=1.3,
    ),
    "moora": Rivals(
        {
            "NumPy": textbook.moora,
            "scikit-criteria": scikit(VectorScaler(target="matrix"), moora.RatioMOORA(), key="score"),
            "pymcdm": pymcdm(pm.MOORA()),
        },
        least=0.3,
    ),
    "moora_reference_point": Rivals(
        {
            "NumPy": textbook.reference_point,
            "scikit-criteria": scikit(VectorScaler(target="matrix"), moora.ReferencePointMOORA(), key="score"),
        },
        least=1.7,
    ),
    "full_multiplicative": Rivals(
        {
            "NumPy": textbook.log_product,
            "scikit-criteria": scikit(VectorScaler(target="matrix"), moora.FullMultiplicativeForm(), key="score"),
        },
        least=0.3,
        ours=lambda result: scaled(result.tables["logarithm"]),
        comparable={"NumPy": scaled, "scikit-criteria": scaled},
        equal=True,
    ),
    "multimoora": Rivals(
        {
            "NumPy": textbook.multimoora,
            "scikit-criteria": scikit(VectorScaler(target="matrix"), moora.MultiMOORA(), key="score"),
        },
        least=0.2,
        sizes=((100, 20), (150, 20), (1_000, 50)),
        units=150,
        equal=True,
    ),
    "spotis": Rivals(
        {
            "NumPy": lambda c: 1.0 - textbook.weighted_sum(c),
            "scikit-criteria": scikit(spotis.SPOTIS(), key="score"),
            "pymcdm": lambda c: pm.SPOTIS(c.bounds)(c.X, c.w, c.t),
        },
        least=1.1,
    ),
    "rim": Rivals(
        {
            "NumPy": textbook.rim,
            "scikit-criteria": scikit(rim.RIM(), key="score"),
            "pymcdm": lambda c: pm.RIM(c.bounds)(c.X, c.w, c.t),
        },
        least=0.6,
        units=1_000,
    ),
    "grey_relational": Rivals({"NumPy": textbook.grey}, least=1.4),
    "codas": Rivals(
        {
            "NumPy": textbook.codas,
            "scikit-criteria": scikit(BenefitCostInverter(), codas.CODAS(), key="score"),
            "pymcdm": pymcdm(pm.CODAS()),
        },
        least=1.7,
        units=1_000,
    ),
    "comet": Rivals(
        {"NumPy": textbook.comet, "pymcdm": pymcdm_comet},
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
            runs[label] = partial(textbook.with_ranks, function, case, lowest=not result.higher_is_better)
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
