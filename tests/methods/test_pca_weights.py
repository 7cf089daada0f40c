import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalengine.errors import MethodError
from evalengine.methods.pca_weights import heaviest_factor, pca, varimax

# Technology Achievement Index, 23 countries (OECD/JRC Handbook 2008, annex): patents, royalties, internet, exports,
# telephones, electricity, schooling, university
TAI = np.array(
    [
        [187, 125.6, 200.2, 50.7, 3.08, 4.15, 10, 27.4],
        [289, 130, 179.1, 66.2, 3, 4.07, 12, 13.9],
        [271, 156.6, 125.8, 59.7, 3.1, 4.14, 11.4, 15.3],
        [994, 64.6, 49, 80.8, 3, 3.86, 9.5, 10],
        [779, 9.8, 4.8, 66.7, 2.97, 3.65, 10.8, 23.2],
        [189, 151.2, 136, 50.9, 3.02, 3.77, 9.4, 9.5],
        [82, 134, 57.4, 61.9, 3.02, 3.73, 9.4, 14.9],
        [31, 38.6, 108, 48.7, 2.94, 4.18, 11.6, 14.2],
        [75, 18.2, 125.9, 16.2, 2.94, 3.94, 10.9, 25.3],
        [8, 25.5, 72.3, 74.9, 2.95, 3.83, 7.1, 24.2],
        [235, 36.8, 41.2, 64.2, 2.94, 3.75, 10.2, 14.4],
        [103, 20.2, 193.6, 19, 3.12, 4.39, 11.9, 11.2],
        [106, 110.3, 48.6, 53.6, 2.97, 3.68, 9.4, 12.3],
        [72, 73.9, 58.9, 47.6, 2.91, 3.86, 9.3, 13.6],
        [103, 13, 146.7, 15.4, 2.86, 3.91, 11.7, 13.1],
        [165, 14.8, 84.2, 50.3, 2.99, 3.79, 8.4, 13.6],
        [205, 33.6, 36.4, 58.9, 2.97, 3.8, 7.9, 12.6],
        [74, 43.6, 43.2, 45, 2.96, 3.74, 9.6, 11],
        [42, 8.6, 21, 53.4, 2.86, 3.62, 7.3, 15.6],
        [13, 9.8, 30.4, 51, 3, 3.65, 7.2, 13],
        [28, 4.2, 25, 51.7, 2.75, 3.68, 9.5, 8.2],
        [26, 6.2, 21.6, 63.5, 2.73, 3.46, 9.1, 7.7],
        [105, 4, 20.3, 49.5, 2.84, 3.71, 7.1, 10.6],
    ]
)


def test_handbook_example() -> None:
    """Handbook tables 16 and 17: eigenvalues and rotated loadings of the TAI, four factors."""
    result = pca(TAI, factors="share", share=0.85)
    assert np.round(result.eigenvalues[:2] / 8 * 100, 1).tolist() == [41.9, 21.8]
    assert np.round(np.cumsum(result.eigenvalues)[3] / 8 * 100, 1) == 87.2
    printed = {  # factor 1: internet, exports, electricity, schooling; 2: patents, exports; 3: university; 4: royalties
        (2, 0): 0.79,
        (3, 0): -0.64,
        (5, 0): 0.82,
        (6, 0): 0.88,
        (0, 1): 0.97,
        (3, 1): 0.56,
        (7, 2): 0.96,
        (1, 3): 0.93,
    }
    for cell, loading in printed.items():
        assert result.loadings[cell] == pytest.approx(loading, abs=0.012)
    assert result.factor.tolist() == [1, 3, 0, 1, 3, 0, 0, 2]
    squared = result.loadings**2
    share = squared / squared.sum(axis=0)
    printed_shares = [(0, 1, 0.67), (3, 1, 0.23), (2, 0, 0.24), (5, 0, 0.25), (6, 0, 0.29), (7, 2, 0.77), (1, 3, 0.49)]
    for indicator, factor, value in printed_shares:
        assert share[indicator, factor] == pytest.approx(value, abs=0.02)
    chosen = share[np.arange(8), result.factor] * (squared.sum(axis=0) / squared.sum())[result.factor]
    assert result.weights == pytest.approx(chosen / chosen.sum())


def test_eigenvalues_and_components_against_numpy() -> None:
    directions = np.array([1, 1, 1, -1, 1, 1, -1, 1])
    R = np.corrcoef(TAI * directions, rowvar=False)
    values, vectors = np.linalg.eigh(R)
    values, vectors = values[::-1], vectors[:, ::-1]
    result = pca(TAI, directions, variant="components")
    assert result.eigenvalues == pytest.approx(values, abs=1e-12)
    kept = int((values > 1).sum())
    importance = np.abs(vectors[:, :kept]) @ values[:kept]
    assert result.weights == pytest.approx(importance / importance.sum(), abs=1e-9)
    assert result.explained == pytest.approx(values[:kept] / 8)


def test_first_component_refuses_a_negative_coefficient() -> None:
    with pytest.raises(MethodError) as caught:
        pca(TAI, variant="first", columns=["pat", "roy", "net", "exp", "tel", "ele", "sch", "uni"])
    assert (caught.value.code, caught.value.facts["column"]) == ("pca_negative", "exp")
    rest = np.delete(TAI, 3, axis=1)
    vector = np.linalg.eigh(np.corrcoef(rest, rowvar=False))[1][:, -1]
    assert pca(rest, variant="first").weights == pytest.approx(vector / vector.sum())


def test_varimax_agrees_with_the_usual_iteration() -> None:
    """Kaiser's criterion by singular value decompositions, as statistics packages do it."""
    loadings = np.random.default_rng(2).normal(size=(9, 3))
    length = np.sqrt((loadings**2).sum(1))[:, None]
    x, turn = loadings / length, np.eye(3)
    for _ in range(2000):
        z = x @ turn
        u, _, v = np.linalg.svd(x.T @ (z**3 - z * (z**2).mean(0)))
        turn = u @ v
    expected = np.abs(x @ turn * length)
    ours = np.abs(varimax(loadings))
    order = [int(np.argmin(np.abs(ours - column[:, None]).sum(0))) for column in expected.T]
    assert sorted(order) == [0, 1, 2]
    np.testing.assert_allclose(ours[:, order], expected, atol=1e-7)


def test_varimax_keeps_communalities_and_leaves_simple_structure() -> None:
    loadings = np.random.default_rng(5).normal(size=(6, 2))
    np.testing.assert_allclose((varimax(loadings) ** 2).sum(1), (loadings**2).sum(1))
    simple = np.array([[0.9, 0.0], [0.8, 0.0], [0.0, 0.7], [0.0, 0.6]])
    np.testing.assert_allclose(varimax(simple), simple, atol=1e-12)
    np.testing.assert_allclose(varimax(simple[:, :1]), simple[:, :1])


def test_a_factor_is_chosen_by_its_own_shares() -> None:
    """As in the handbook: exports load −.64 and .56, but .56² is the larger share of its smaller factor."""
    loadings = np.array([[-0.64, 0.56], [0.9, 0.0], [0.9, 0.0], [0.0, 0.6]])
    assert heaviest_factor(loadings).tolist() == [1, 0, 0, 1]


def test_direction_is_a_sign_and_scale_does_not_matter() -> None:
    directions = np.array([1, 1, 1, -1, 1, 1, 1, 1])
    base = pca(TAI, directions).weights
    assert pca(TAI * directions).weights == pytest.approx(base, abs=1e-9)
    assert pca(TAI * 1000.0, directions).weights == pytest.approx(base, abs=1e-9)
    order = [3, 1, 0, 2, 7, 6, 5, 4]
    assert pca(TAI[:, order], directions[order]).weights == pytest.approx(base[order], abs=1e-9)


@pytest.mark.parametrize(("rule", "share", "kept"), [("kaiser", 0.85, 2), ("share", 0.6, 2), ("share", 0.7, 3)])
def test_factor_rules(rule, share, kept) -> None:
    assert pca(TAI, factors=rule, share=share).loadings.shape == (8, kept)


def test_handbook_rule_wants_sixty_per_cent() -> None:
    assert pca(TAI, factors="handbook", share=0.6).loadings.shape == (8, 2)
    assert pca(TAI, factors="handbook").loadings.shape == (8, 2)  # two factors explain 63.7 %
    assert pca(TAI, factors="share").loadings.shape == pca(TAI, factors="share", share=0.85).loadings.shape == (8, 4)
    with pytest.raises(MethodError) as caught:
        pca(TAI, factors="handbook", share=0.7)
    assert caught.value.code == "pca_no_factor"


def test_uncorrelated_indicators_have_no_factor() -> None:
    X = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    with pytest.raises(MethodError) as caught:
        pca(X)
    assert caught.value.code == "pca_no_factor"


@pytest.mark.parametrize(
    ("change", "settings", "code"),
    [
        (lambda X: X[:2], {}, "weights_few_units"),
        (lambda X: np.hstack([X, np.ones((23, 1))]), {}, "weights_constant_column"),
        (lambda X: np.where(X == 994, np.nan, X), {}, "not_finite"),
        (lambda X: X, {"variant": "oblimin"}, "weights_option"),
        (lambda X: X, {"factors": "scree"}, "weights_option"),
        (lambda X: X, {"share": 1.5}, "weights_range"),
        (lambda X: X, {"share": "x"}, "weights_range"),
        (lambda X: X, {"columns": 8}, "wrong_length"),
        (lambda X: np.ma.array(X, mask=X == 994), {}, "not_finite"),
        (lambda X: [*X.tolist(), [1.0]], {}, "not_numeric"),
        (lambda X: X, {"variant": None}, "weights_option"),
    ],
)
def test_refused(change, settings, code) -> None:
    with pytest.raises(MethodError) as caught:
        pca(change(TAI), **settings)
    assert caught.value.code == code


def test_varimax_leaves_the_worst_position() -> None:
    """At the criterion's minimum its slope is 0 too; 45 degrees on every row loads one factor."""
    turned = np.abs(varimax(np.array([[0.8, 0.4], [0.8, 0.4], [0.8, -0.4], [0.8, -0.4]])))
    large, small = (0.8 + 0.4) / np.sqrt(2), (0.8 - 0.4) / np.sqrt(2)
    np.testing.assert_allclose(np.sort(turned, axis=1), [[small, large]] * 4, atol=1e-12)
    assert np.argmax(turned, axis=1).tolist() in ([0, 0, 1, 1], [1, 1, 0, 0])
    flat = np.array([[1.0, 0.0], [np.sqrt(0.5), np.sqrt(0.5)], [0.0, 1.0], [np.sqrt(0.5), -np.sqrt(0.5)]])
    np.testing.assert_allclose(varimax(flat), flat, atol=1e-12)  # equally good at every angle


def criterion(loadings):
    squared = (loadings / np.sqrt((loadings**2).sum(axis=1, keepdims=True))) ** 2
    return squared.var(axis=0).sum()


@given(st.lists(st.integers(-4, 4), min_size=8, max_size=8))
@settings(max_examples=100, deadline=None)
def test_two_factors_are_turned_to_the_best_angle(numbers) -> None:
    """Against a search of all angles; small whole numbers make symmetric positions likely."""
    loadings = np.array(numbers, dtype=float).reshape(4, 2) + np.array([0.0, 5.0])
    angles = np.linspace(0.0, np.pi / 2, 200)
    turns = [np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) for t in angles]
    assert criterion(varimax(loadings)) >= max(criterion(loadings @ turn) for turn in turns) - 1e-9


def symmetric_design():
    """Six indicators, two groups of three that share a general factor: unrotated factors are at the worst angle."""
    signs = np.array([[(-1.0) ** (row & column).bit_count() for column in range(1, 16)] for row in range(16)])
    first, second, general, noise = signs[:, 0], signs[:, 1], signs[:, 2], signs[:, 3:]
    groups = [2 * first + general + noise[:, k] for k in (0, 1, 4)]
    groups += [2 * second + general + noise[:, k] for k in (2, 3, 5)]
    return np.column_stack(groups)


@given(st.permutations(range(6)))
@settings(max_examples=40, deadline=None)
def test_order_of_columns_only_orders_the_weights(order) -> None:
    X = symmetric_design()
    result = pca(X[:, order])
    assert result.weights == pytest.approx(pca(X).weights[list(order)], abs=1e-9)
    assert result.weights == pytest.approx(np.full(6, 1 / 6), abs=1e-9)
    groups = {tuple(np.asarray(order)[result.factor == factor] // 3) for factor in (0, 1)}
    assert groups == {(0, 0, 0), (1, 1, 1)}


@given(st.integers(0, 300), st.permutations(range(6)))
@settings(max_examples=40, deadline=None)
def test_order_of_columns_only_orders_the_weights_of_random_data(seed, order) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(40, 2)) @ rng.normal(size=(2, 6)) + rng.normal(size=(40, 6))
    assert pca(X[:, order]).weights == pytest.approx(pca(X).weights[list(order)], abs=1e-7)


def test_equal_shares_go_to_the_larger_loading() -> None:
    loadings = np.array([[0.3, 0.6], [0.3, 0.6]])
    assert heaviest_factor(loadings).tolist() == [1, 1]
    assert heaviest_factor(loadings[:, ::-1]).tolist() == [0, 0]
