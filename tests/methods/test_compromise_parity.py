"""The score-type methods against scikit-criteria and pymcdm, and the cases where packages disagree."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pymcdm.methods as pm
import pymcdm.normalizations as norm
import pytest
from skcriteria.agg import (
    aras,
    cocoso,
    codas,
    copras,
    edas,
    ervd,
    mabac,
    mairca,
    marcos,
    moora,
    ocra,
    probid,
    ram,
    rim,
    simple,
    spotis,
    topsis,
    vikor,
    waspas,
)

from evalengine.methods.registry import method
from evalengine.methods.results import Ranked

Array = np.ndarray


@dataclass(frozen=True)
class Case:
    matrix: Array
    weights: Array
    directions: Array

    @property
    def low(self) -> Array:
        return self.matrix.min(axis=0)

    @property
    def high(self) -> Array:
        return self.matrix.max(axis=0)

    @property
    def bounds(self) -> Array:
        return np.column_stack([self.low, self.high])

    @property
    def ideals(self) -> Array:
        best = np.where(self.directions > 0, self.high, self.low)
        return np.column_stack([best, best])

    def vector(self) -> Array:
        return self.matrix / np.sqrt((self.matrix**2).sum(axis=0))

    def min_max(self) -> Array:
        z = (self.matrix - self.low) / (self.high - self.low)
        return np.where(self.directions > 0, z, 1.0 - z)

    def linear(self) -> Array:
        return np.where(self.directions > 0, self.matrix / self.high, self.low / self.matrix)

    def share(self, *, with_best: bool = False) -> Array:
        rows = np.vstack([self.matrix, self.ideals[:, 0]]) if with_best else self.matrix
        positive = np.where(self.directions > 0, rows, 1.0 / rows)
        return positive / positive.sum(axis=0)


def random_case(units: int, indicators: int) -> Case:
    """Costs and benefits on different scales; the second and the last unit are copies of the first."""
    rng = np.random.default_rng(units * 1000 + indicators)
    matrix = rng.uniform(1.0, 10.0, (units, indicators)) * 10.0 ** rng.integers(-2, 4, indicators)
    matrix[1] = matrix[-1] = matrix[0]
    directions = np.where(np.arange(indicators) % 3 == 1, -1, 1)
    return Case(matrix, rng.dirichlet(np.full(indicators, 3.0)), directions)


CASES = {f"{n}x{m}": random_case(n, m) for n, m in ((7, 3), (30, 8), (120, 20))}
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def run(name: str, case: Case, **settings: object) -> Ranked:
    return method("compromise", name).function(case.matrix, case.weights, case.directions, **settings)


def peer(function: Callable[..., object], *arguments: object) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # peers warn about weights that sum to 1 - 1e-16, or that costs are unusual
        return function(*arguments)


def pymcdm(instance: Callable[..., object], case: Case) -> Array:
    return np.asarray(peer(instance, case.matrix, case.weights, case.directions))


def ervd_of(case: Case) -> Array:
    """Return ERVD with the sums of shares against the mean share, distances by the weighted city block."""
    shares = case.matrix / case.matrix.sum(axis=0)
    arguments = (shares.mean(axis=0), 0.88, 2.25, "cityblock", True)
    return np.asarray(ervd.ervd(shares, case.directions, case.weights, *arguments)[1])


PARITY: dict[str, tuple[str, dict[str, object], Callable[[Case], Array]]] = {
    "weighted sum, min-max: scikit-criteria": (
        "weighted_sum",
        {},
        lambda c: simple.wsm(c.min_max(), c.weights)[1],
    ),
    "weighted sum, min-max: pymcdm": ("weighted_sum", {}, partial(pymcdm, pm.WSM(norm.minmax_normalization))),
    "weighted sum, linear: pymcdm": (
        "weighted_sum",
        {"scaling": "linear"},
        partial(pymcdm, pm.WSM(norm.linear_normalization)),
    ),
    "weighted sum, sum: pymcdm default": ("weighted_sum", {"scaling": "sum"}, partial(pymcdm, pm.WSM())),
    "WASPAS: scikit-criteria": ("waspas", {}, lambda c: waspas.waspas(c.linear(), c.weights, 0.5)[3]),
    "WASPAS: pymcdm": ("waspas", {}, partial(pymcdm, pm.WASPAS())),
    "TOPSIS, vector: scikit-criteria": (
        "topsis",
        {},
        lambda c: topsis.topsis(c.vector(), c.directions, c.weights)[3],
    ),
    "TOPSIS, vector: pymcdm": ("topsis", {}, partial(pymcdm, pm.TOPSIS(norm.vector_normalization))),
    "TOPSIS, min-max: pymcdm default": ("topsis", {"scaling": "min_max"}, partial(pymcdm, pm.TOPSIS())),
    "VIKOR: scikit-criteria": (
        "vikor",
        {},
        lambda c: vikor.VIKOR()._evaluate_data(matrix=c.matrix, objectives=c.directions, weights=c.weights)[1]["q_k"],
    ),
    "VIKOR: pymcdm": ("vikor", {}, partial(pymcdm, pm.VIKOR())),
    "COPRAS: scikit-criteria": (
        "copras",
        {},
        lambda c: copras.copras(c.matrix / c.matrix.sum(axis=0), c.weights, c.directions)[1] / 100.0,
    ),
    "ARAS: scikit-criteria": (
        "aras",
        {},
        lambda c: aras.aras(c.share(with_best=True)[:-1], c.weights, c.share(with_best=True)[-1])[2],
    ),
    "ARAS: pymcdm": ("aras", {}, partial(pymcdm, pm.ARAS())),
    "MARCOS: scikit-criteria": ("marcos", {}, lambda c: marcos.marcos(c.matrix, c.directions, c.weights)[2]),
    "MARCOS: pymcdm": ("marcos", {}, partial(pymcdm, pm.MARCOS())),
    "MABAC: scikit-criteria": ("mabac", {}, lambda c: mabac.mabac(c.min_max(), c.weights)[1]),
    "MABAC: pymcdm": ("mabac", {}, partial(pymcdm, pm.MABAC())),
    "EDAS: scikit-criteria": ("edas", {}, lambda c: edas.edas(c.matrix, c.weights, c.directions)[1]),
    "EDAS: pymcdm": ("edas", {}, partial(pymcdm, pm.EDAS())),
    "CODAS: scikit-criteria": ("codas", {}, lambda c: codas.codas(c.linear(), c.weights, 0.02)[1]),
    "CODAS: pymcdm": ("codas", {}, partial(pymcdm, pm.CODAS())),
    "MOORA: scikit-criteria": ("moora", {}, lambda c: moora.ratio(c.vector(), c.directions, c.weights)[1]),
    "MOORA: pymcdm": ("moora", {}, partial(pymcdm, pm.MOORA())),
    "reference point: scikit-criteria": (
        "moora_reference_point",
        {},
        lambda c: moora.refpoint(c.vector(), c.directions, c.weights)[1],
    ),
    "SPOTIS: scikit-criteria": (
        "spotis",
        {},
        lambda c: spotis.spotis(c.matrix, c.weights, c.bounds, c.ideals[:, 0])[1]["score"],
    ),
    "SPOTIS: pymcdm": ("spotis", {}, lambda c: pymcdm(pm.SPOTIS(c.bounds), c)),
    "RIM: scikit-criteria": ("rim", {}, lambda c: rim._rim(c.matrix, c.weights, c.ideals, c.bounds)[1]["score"]),
    "MAIRCA: pymcdm": ("mairca", {}, partial(pymcdm, pm.MAIRCA())),
    "OCRA: pymcdm": ("ocra", {}, partial(pymcdm, pm.OCRA())),
    "RAM: pymcdm": ("ram", {}, partial(pymcdm, pm.RAM())),
    "CoCoSo: pymcdm": ("cocoso", {}, partial(pymcdm, pm.COCOSO())),
    "LMAW: pymcdm": ("lmaw", {}, partial(pymcdm, pm.LMAW())),
    "ERVD: pymcdm": ("ervd", {}, lambda c: pymcdm(pm.ERVD(c.matrix.mean(axis=0)), c)),
    "PROBID: pymcdm": ("probid", {}, partial(pymcdm, pm.PROBID())),
    "sPROBID: pymcdm": ("sprobid", {}, partial(pymcdm, pm.SPROBID())),
    "MAIRCA: scikit-criteria": (
        "mairca",
        {},
        lambda c: mairca.mairca(c.matrix, c.directions, c.weights, np.full(len(c.matrix), 1.0 / len(c.matrix)))[1],
    ),
    "OCRA: scikit-criteria": ("ocra", {}, lambda c: ocra.ocra_performance(c.matrix, c.directions, c.weights)[1]),
    "CoCoSo: scikit-criteria": ("cocoso", {}, lambda c: cocoso.cocoso(c.min_max(), c.weights, 0.5)[1]),
    "RAM: scikit-criteria": (
        "ram",
        {},
        lambda c: ram.ram(c.matrix / c.matrix.sum(axis=0), c.directions, c.weights)[-1],
    ),
    "PROBID: scikit-criteria": ("probid", {}, lambda c: probid.probid(c.vector(), c.directions, c.weights)[-1]),
    "sPROBID: scikit-criteria": (
        "sprobid",
        {},
        lambda c: probid.simplifiedprobid(c.vector(), c.directions, c.weights)[-1],
    ),
    "ERVD: scikit-criteria": (
        "ervd",
        {},
        ervd_of,
    ),
    "RIM: pymcdm": ("rim", {}, lambda c: pymcdm(pm.RIM(c.bounds), c)),
}


@each_case
@pytest.mark.parametrize(("name", "settings", "oracle"), PARITY.values(), ids=PARITY)
def test_scores_agree(
    case: Case, name: str, settings: dict[str, object], oracle: Callable[[Case], Array], capsys: pytest.CaptureFixture
) -> None:
    expected = peer(oracle, case)
    capsys.readouterr()  # scikit-criteria's MARCOS prints its scores
    result = run(name, case, **settings)
    np.testing.assert_allclose(result.scores, expected, rtol=1e-9, atol=1e-9)
    assert result.ranks[0] == result.ranks[1] == result.ranks[-1]
    assert result.scores[0] == result.scores[1] == result.scores[-1]
    assert capsys.readouterr().out == ""


@each_case
def test_weighted_product_ranks_as_in_both_peers(case: Case) -> None:
    ranks = run("weighted_product", case).ranks
    by_scikit = simple.wpm(case.linear(), case.weights)[1]
    by_pymcdm = pymcdm(pm.WPM(), case)
    for scores in (by_scikit, by_pymcdm):
        assert (np.argsort(-np.round(scores, 12), kind="stable") == np.argsort(ranks, kind="stable")).all()


@pytest.mark.parametrize("case", [c for c in CASES.values() if c.matrix.shape[1] < 10], ids=["7x3", "30x8"])
def test_multimoora_scores_as_scikit_criteria_without_weights_and_ties(case: Case) -> None:
    distinct = Case(case.matrix[1:-1], np.full(case.weights.size, 1.0 / case.weights.size), case.directions)
    expected = moora.multimoora(distinct.vector(), distinct.directions, distinct.weights)
    result = run("multimoora", distinct)
    assert result.tables["rank_matrix"].tolist() == expected[2].tolist()
    assert result.scores.tolist() == expected[1].tolist()


# Where packages disagree: the reason beside each.


def test_copras_in_pymcdm_rewards_a_higher_cost() -> None:
    case = Case(np.array([[10.0, 100.0], [10.0, 200.0], [9.0, 100.0]]), np.array([0.5, 0.5]), np.array([1, -1]))
    benefit, cost = case.matrix[:, 0] / 29.0 / 2.0, case.matrix[:, 1] / 400.0 / 2.0
    significance = benefit + cost.sum() / (cost * (1.0 / cost).sum())
    np.testing.assert_allclose(run("copras", case).scores, significance / significance.max(), rtol=1e-12)
    assert run("copras", case).ranks.tolist() == [1, 3, 2]
    assert np.argmax(pymcdm(pm.COPRAS(), case)) == 1  # the unit with the doubled cost


def test_topsis_normalisations_rank_differently() -> None:
    case = CASES["30x8"]
    vector, min_max = run("topsis", case), run("topsis", case, scaling="min_max")
    assert vector.ranks.tolist() != min_max.ranks.tolist()
    np.testing.assert_allclose(pymcdm(pm.TOPSIS(), case), min_max.scores, rtol=1e-9)


def test_weighted_sum_defaults_differ_between_packages() -> None:
    case = CASES["30x8"]
    ranks = {
        scaling: tuple(run("weighted_sum", case, scaling=scaling).ranks) for scaling in ("min_max", "linear", "sum")
    }
    assert len(set(ranks.values())) == 3


def test_grey_scaling_by_range_and_by_mean_differ() -> None:
    case = CASES["30x8"]
    assert run("grey_relational", case).ranks.tolist() != run("grey_relational", case, scaling="mean").ranks.tolist()


def test_aras_needs_the_ideal_row_inside_the_normalisation() -> None:
    case = CASES["30x8"]
    apart = aras.aras(case.share(), case.weights, case.share().max(axis=0))[2]
    assert np.abs(run("aras", case).scores - apart).max() > 1e-6


def test_full_multiplicative_form_of_scikit_criteria_ignores_the_weights() -> None:
    matrix, objectives = np.array([[1.0, 9.0], [3.0, 2.9], [2.0, 5.0]]), np.array([1, 1])
    left, right = np.array([0.99, 0.01]), np.array([0.01, 0.99])
    np.testing.assert_array_equal(moora.fmf(matrix, objectives, left)[0], moora.fmf(matrix, objectives, right)[0])
    assert run("full_multiplicative", Case(matrix, left, objectives)).ranks.tolist() == [3, 1, 2]
    assert run("full_multiplicative", Case(matrix, right, objectives)).ranks.tolist() == [1, 3, 2]


def test_the_mabac_border_of_both_peers_underflows() -> None:
    case = random_case(2000, 10)
    assert mabac.mabac(case.min_max(), np.full(10, 0.1))[2].max() == 0.0
    assert pymcdm(pm.MABAC(), Case(case.matrix, np.full(10, 0.1), case.directions)).min() > 0.0  # all above the border
    result = run("mabac", Case(case.matrix, np.full(10, 0.1), case.directions))
    assert result.tables["border"].min() > 0.1
    assert result.scores.min() < 0.0 < result.scores.max()


def test_waspas_of_pymcdm_depends_on_the_sum_of_the_weights() -> None:
    case = CASES["30x8"]
    fivefold = Case(case.matrix, 5.0 * case.weights, case.directions)
    assert (np.argsort(pymcdm(pm.WASPAS(), case)) != np.argsort(pymcdm(pm.WASPAS(), fivefold))).any()
    np.testing.assert_allclose(run("waspas", case).scores, run("waspas", fivefold).scores, rtol=1e-12)


def test_vikor_of_scikit_criteria_gives_the_whole_compromise_set_rank_one() -> None:
    matrix = np.array([[9.0, 8.5], [8.9, 8.7], [3.0, 4.0], [1.0, 2.0]])
    case = Case(matrix, np.array([0.5, 0.5]), np.array([1, 1]))
    theirs, details = vikor.VIKOR()._evaluate_data(matrix=matrix, objectives=case.directions, weights=case.weights)
    ours = run("vikor", case)
    assert theirs.tolist() == [1, 1, 2, 3]
    assert sorted(ours.ranks.tolist()) == [1, 2, 3, 4]
    assert np.flatnonzero(ours.tables["compromise"]).tolist() == sorted(details["compromise_set"].tolist()) == [0, 1]


def test_moora_of_pymcdm_refuses_a_problem_without_a_cost() -> None:
    case = Case(CASES["7x3"].matrix, CASES["7x3"].weights, np.array([1, 1, 1]))
    with pytest.raises(ValueError, match="types"):
        pymcdm(pm.MOORA(), case)
    assert run("moora", case).scores.min() > 0.0


def test_constant_columns_get_different_values_in_the_peers() -> None:
    matrix = np.array([[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]])
    case = Case(matrix, np.array([0.5, 0.5]), np.array([1, 1]))
    ours = run("weighted_sum", case)
    np.testing.assert_allclose(pymcdm(pm.WSM(norm.minmax_normalization), case), ours.scores, rtol=1e-12)
    assert ours.scores.tolist() == [0.5, (1.0 / 3.0 + 1.0) / 2.0, 1.0]  # scikit-criteria: less by the weight, one half
