import numpy as np
import pytest
from pymcdm import weights as pm
from skcriteria.preprocessing import weighters as sk

from evalengine.errors import MethodError
from evalengine.methods.removal_weights import cilos, idocriw, merec

SIZES = [(3, 3), (10, 4), (40, 8), (1030, 9)]


def matrix(units, indicators):
    rng = np.random.default_rng(units * 7 + indicators)
    return rng.uniform(1, 10, (units, indicators)), rng.choice([-1, 1], indicators)


@pytest.mark.parametrize("size", SIZES)
def test_merec_agrees_with_both_packages(size) -> None:
    X, d = matrix(*size)
    ours = merec(X, d).weights
    np.testing.assert_allclose(ours, pm.merec_weights(X, d), atol=1e-9)
    np.testing.assert_allclose(ours, sk.merec_weights(X, d), atol=1e-9)


@pytest.mark.parametrize("size", SIZES)
def test_cilos_and_idocriw_agree_with_pymcdm(size) -> None:
    X, d = matrix(*size)
    np.testing.assert_allclose(cilos(X, d).weights, pm.cilos_weights(X, d), atol=1e-9)
    np.testing.assert_allclose(idocriw(X, d).weights, pm.idocriw_weights(X, d), atol=1e-9)


def test_merec_published_example() -> None:
    """Keshavarz-Ghorabaee et al. (2021), Symmetry 13(4) 525, illustrative example."""
    X = [
        [450, 8000, 54, 145],
        [10, 9100, 2, 160],
        [100, 8200, 31, 153],
        [220, 9300, 1, 162],
        [5, 8400, 23, 158],
    ]
    assert merec(X, [1, 1, -1, -1]).weights == pytest.approx([0.5752, 0.0141, 0.4016, 0.0091], abs=5e-5)


def test_cilos_and_idocriw_published_example() -> None:
    """Alinezhad & Khalili (2019), New Methods … in MADM, for CILOS; Zavadskas & Podvezko (2016) for IDOCRIW."""
    X = [[3, 100, 10, 7], [2.5, 80, 8, 5], [1.8, 50, 20, 11], [2.2, 70, 12, 9]]
    d = [-1, 1, -1, 1]
    assert cilos(X, d).weights == pytest.approx([0.334, 0.220, 0.196, 0.250], abs=5e-4)
    assert idocriw(X, d).weights == pytest.approx([0.1658, 0.1886, 0.35455, 0.2911], abs=1e-4)


def test_merec_by_hand() -> None:
    """One unit off the worst in one column: its effect is ln(1 + a/2), the other column's is 0."""
    X = np.array([[1.0, 5.0], [np.e, 5.0]])
    result = merec(X)
    assert result.importance == pytest.approx([np.log(1 + 1 / 2), 0.0])
    assert result.weights.tolist() == [1.0, 0.0]


def test_ratios_beyond_double_precision_are_refused():
    X = np.array([[1e-200, 1.0], [1e200, 2.0]])
    for directions in ([1, 1], [-1, 1]):
        with pytest.raises(MethodError) as caught:
            merec(X, directions)
        assert caught.value.code == "weights_overflow"


def test_known_disagreement_zero() -> None:
    """scikit-criteria answers NaN for a zero, pymcdm refuses; so do we."""
    X, d = matrix(10, 4)
    X[0, 0] = 0.0
    with np.errstate(all="ignore"):
        assert np.isnan(sk.merec_weights(X, d)).any()
    with pytest.raises(MethodError):
        merec(X, d)


def test_cilos_benefits_may_be_zero_costs_may_not() -> None:
    X, _ = matrix(10, 4)
    X[3, 0] = 0.0
    assert cilos(X).weights.sum() == pytest.approx(1.0)
    with pytest.raises(MethodError):
        cilos(X, [-1, 1, 1, 1])


def test_losses_that_do_not_determine_weights_are_refused() -> None:
    X = np.array([[9.0, 9.0, 1.0], [9.0, 9.0, 5.0], [1.0, 2.0, 3.0]])  # the first two lose nothing anywhere
    with pytest.raises(MethodError) as caught:
        cilos(X)
    assert caught.value.code == "weights_null_space"


def test_a_column_without_loss_takes_all() -> None:
    X = np.array([[9.0, 7.0, 1.0], [9.0, 9.0, 5.0], [9.0, 2.0, 8.0], [1.0, 1.0, 1.0]])
    assert cilos(X).weights == pytest.approx([1.0, 0.0, 0.0], abs=1e-12)
