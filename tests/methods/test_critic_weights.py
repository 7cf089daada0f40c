import numpy as np
import pytest
from pymcdm import weights as pm
from scipy.stats import spearmanr
from skcriteria.preprocessing import weighters as sk

from evalengine.errors import MethodError
from evalengine.methods import critic_weights
from evalengine.methods.critic_weights import correlation_matrix, critic
from evalengine.methods.data_weights import read_columns


def twin(z, rho):
    c = z.std(0) * (1 - rho).sum(0)
    return c / c.sum()


def matrix(units, indicators):
    rng = np.random.default_rng(units + indicators)
    X = rng.normal(size=(units, indicators)) + rng.normal(size=(units, 1))
    return X + 10, rng.choice([-1, 1], indicators)


def scaled(X, d):
    z = (X - X.min(0)) / (X.max(0) - X.min(0))
    return np.where(d > 0, z, 1 - z)


SIZES = [(3, 2), (10, 4), (64, 9), (65, 5), (3001, 30)]


@pytest.mark.parametrize("size", SIZES)
def test_directed_agrees_with_numpy_and_scikit_criteria(size) -> None:
    X, d = matrix(*size)
    z = scaled(X, d)
    ours = critic(X, d).weights
    np.testing.assert_allclose(ours, twin(z, np.corrcoef(z, rowvar=False)), atol=1e-12)
    np.testing.assert_allclose(ours, sk.critic_weights(X, d), atol=1e-9)


@pytest.mark.parametrize("size", SIZES)
def test_known_disagreement_pymcdm_ignores_directions(size) -> None:
    X, d = matrix(*size)
    d[0], d[1] = 1, -1
    np.testing.assert_allclose(critic(X, d, variant="undirected").weights, pm.critic_weights(X), atol=1e-9)
    assert size[1] == 2 or not np.allclose(critic(X, d).weights, pm.critic_weights(X), atol=1e-6)


@pytest.mark.filterwarnings("ignore:Pearson correlation is undefined:UserWarning")
def test_known_disagreement_constant_column() -> None:
    """Both packages answer NaN for everything as soon as one column is constant."""
    X, d = matrix(10, 4)
    X[:, 1] = 5.0
    with np.errstate(all="ignore"):
        peer = pm.critic_weights(X)
    assert np.isnan(peer).all()
    ours = critic(X, d).weights
    assert ours[1] == 0.0
    np.testing.assert_allclose(ours[[0, 2, 3]], critic(X[:, [0, 2, 3]], d[[0, 2, 3]]).weights, rtol=1e-12)


@pytest.mark.parametrize("size", [(10, 4), (200, 6)])
def test_spearman_and_absolute(size) -> None:
    X, d = matrix(*size)
    X = np.round(X * 2) / 2  # ties
    z = scaled(X, d)
    np.testing.assert_allclose(
        critic(X, d, correlation="spearman").weights, twin(z, spearmanr(z).statistic), atol=1e-12
    )
    np.testing.assert_allclose(
        critic(X, d, variant="absolute").weights, twin(z, np.abs(np.corrcoef(z, rowvar=False))), atol=1e-12
    )


def test_published_example_greek_pharmaceutical_firms() -> None:
    """Diakoulaki, Mavrotas & Papayannakis (1995): profitability, market share, productivity of eight firms."""
    X = np.array(
        [
            [61, 1.08, 4.33],
            [20.7, 0.26, 4.34],
            [16.3, 1.98, 2.53],
            [9, 3.29, 1.65],
            [5.4, 2.77, 2.33],
            [4, 4.12, 1.21],
            [-6.1, 3.52, 2.10],
            [-34.6, 3.31, 0.98],
        ]
    )
    # the paper prints .20 .48 .32
    assert critic(X).weights == pytest.approx([0.20222554, 0.48090173, 0.31687273], abs=5e-9)


def test_published_example_with_the_directions_ignored() -> None:
    """Tuş & Aytaç Adalı (2019), Opsearch 56(2): the printed weights come from the undirected matrix."""
    X = [[5000, 3, 3, 4, 3, 2], [680, 5, 3, 2, 2, 1], [2000, 3, 2, 3, 4, 3], [600, 4, 3, 1, 2, 2], [800, 2, 4, 3, 3, 4]]
    weights = critic(X, [-1, 1, 1, 1, 1, 1], variant="undirected").weights
    assert np.round(weights, 3).tolist() == [0.157, 0.249, 0.168, 0.121, 0.154, 0.151]


def test_negating_a_column_and_its_direction_changes_nothing() -> None:
    X, d = matrix(20, 5)
    np.testing.assert_allclose(critic(X * [1, -1, 1, 1, 1], d * [1, -1, 1, 1, 1]).weights, critic(X, d).weights)


def test_perfectly_correlated_columns_tell_nothing() -> None:
    x = np.random.default_rng(0).uniform(size=(50, 1))
    with pytest.raises(MethodError) as caught:
        critic(np.hstack([x, 3 * x + 1, 0.1 * x]))
    assert caught.value.code == "weights_no_information"
    weights = critic(np.hstack([x, 3 * x, 1 - x])).weights
    assert weights == pytest.approx([1 / 4, 1 / 4, 1 / 2])


@pytest.mark.parametrize("settings", [{"variant": "raw"}, {"correlation": "kendall"}])
def test_wrong_settings_are_refused(settings) -> None:
    with pytest.raises(MethodError):
        critic(matrix(10, 4)[0], **settings)


def test_correlations_are_symmetric_with_ones() -> None:
    read = read_columns(matrix(40, 6)[0], method="test", columns=None)
    R = correlation_matrix(read)
    assert np.array_equal(R, R.T)
    assert np.array_equal(np.diagonal(R), np.ones(6))


def spread_out(kind: str) -> np.ndarray:
    """Return columns one of which the single pass must leave to the careful way, or must not."""
    X = np.random.default_rng(3).lognormal(0, 0.5, (3000, 6))
    X[:, 2] += 0.5 * X[:, 1]
    match kind:
        case "first value far off":
            X[0, 3] = 1e5
        case "large against its range":
            X[:, 3] = 1e10 + X[:, 3]
        case "huge":
            X[:, 3] *= 1e200
        case "tiny":
            X[:, 3] *= 1e-200
        case "sorted":
            X[:, 3].sort()
        case "constant":
            X[:, 3] = 7.0
        case "nearly constant":
            X[:, 3] = 1e6 + 1e-5 * X[:, 3]
    return X


@pytest.mark.parametrize(
    "kind",
    [
        "ordinary",
        "first value far off",
        "large against its range",
        "huge",
        "tiny",
        "sorted",
        "constant",
        "nearly constant",
    ],
)
def test_one_pass_and_the_careful_way_agree(kind, monkeypatch) -> None:
    X = spread_out(kind)
    fast = critic(X)
    monkeypatch.setattr(critic_weights, "_in_one_pass", lambda _: None)
    slow = critic(X)
    np.testing.assert_allclose(fast.weights, slow.weights, rtol=1e-11, atol=1e-15)
    assert np.array_equal(fast.constant, slow.constant)
    Z = (X - X.min(0)) / np.where(np.ptp(X, 0) > 0, np.ptp(X, 0), 1.0)
    with np.errstate(invalid="ignore"):
        conflict = np.nansum(1 - np.corrcoef(Z, rowvar=False), axis=0)
    expected = Z.std(0) * conflict
    np.testing.assert_allclose(fast.weights, expected / expected.sum(), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(("kind", "once"), [("ordinary", True), ("sorted", True), ("huge", False), ("constant", False)])
def test_ordinary_columns_are_read_once(kind, once) -> None:
    assert (critic_weights._in_one_pass(np.ascontiguousarray(spread_out(kind).T)) is not None) is once


def test_what_nearly_equal_columns_differ_in_keeps_its_digits() -> None:
    """Both 1 − ρ and the distance to the first value cost digits; 1 − ρ = Σ(z_j − z_k)²/2 costs none."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(257, 1)) + 2e-3 * rng.normal(size=(257, 3))
    X[0] += 28.0
    c = X - X.mean(0)
    z = c / np.sqrt((c * c).sum(0))
    apart = ((z[:, :, None] - z[:, None, :]) ** 2).sum(0) / 2
    expected = c.std(0) / np.ptp(c, axis=0) * apart.sum(0)
    np.testing.assert_allclose(critic(X).weights, expected / expected.sum(), rtol=2e-9)


def test_a_column_whose_ranks_all_tie_tells_nothing() -> None:
    """Its range is just beyond what is constant, the steps within are not: one chain of equal values."""
    X = np.random.default_rng(1).normal(size=(40, 3))
    X[:, 1] = 1.0 + np.linspace(0.0, 1.5e-12, 40)
    result = critic(X, correlation="spearman")
    assert result.constant.tolist() == [False, True, False]
    np.testing.assert_allclose(result.weights[[0, 2]], critic(X[:, [0, 2]], correlation="spearman").weights, rtol=1e-12)
    assert result.weights[1] == 0.0
