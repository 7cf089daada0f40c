import math

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.ahp import ahp
from evalengine.methods.ahp_group import ahp_group, joint_judgements

A = np.array([[1, 2, 8], [1 / 2, 1, 4], [1 / 8, 1 / 4, 1]])
B = np.array([[1, 8, 2], [1 / 8, 1, 1 / 4], [1 / 2, 4, 1]])


def test_judgements_are_averaged_geometrically() -> None:
    result = ahp_group([A, B])
    joint = np.array([[1, 4, 4], [1 / 4, 1, 1], [1 / 4, 1, 1]])  # √(2·8), √(8·2), √(4/4)
    assert joint_judgements(np.stack([A, B]), np.array([0.5, 0.5])) == pytest.approx(joint)
    assert result.weights == pytest.approx([4 / 6, 1 / 6, 1 / 6])
    assert result.group.weights is result.weights
    assert [expert.weights[1] for expert in result.experts] == pytest.approx([4 / 13, 1 / 13])


def test_priorities() -> None:
    a, b = np.array([8, 4, 1]) / 13, np.array([8, 1, 4]) / 13
    assert ahp_group([A, B], rule="priorities").weights == pytest.approx((a + b) / 2)
    assert ahp_group([A, B], rule="priorities", expert_weights=[3, 1]).weights == pytest.approx(0.75 * a + 0.25 * b)
    geometric = np.sqrt(a * b)
    result = ahp_group([A, B], rule="priorities_geometric")
    assert result.weights == pytest.approx(geometric / geometric.sum())
    assert result.group is None


def test_expert_weights_are_powers() -> None:
    joint = joint_judgements(np.stack([A, B]), np.array([0.75, 0.25]))
    assert joint[0, 1] == pytest.approx(2**0.75 * 8**0.25)
    assert np.allclose(joint * joint.T, 1.0, atol=1e-15)
    assert ahp_group([A, B], expert_weights=[1, 0]).weights == pytest.approx(ahp(A).weights)


def test_with_the_root_method_both_geometric_rules_agree() -> None:
    """The geometric mean of rows commutes with the geometric mean of matrices."""
    C = np.array([[1, 3, 5], [1 / 3, 1, 1 / 2], [1 / 5, 2, 1]])
    settings = {"solver": "geometric_mean", "expert_weights": [1, 2, 3]}
    assert ahp_group([A, B, C], **settings).weights == pytest.approx(
        ahp_group([A, B, C], rule="priorities_geometric", **settings).weights, abs=1e-12
    )


def test_a_pair_one_expert_left_out_is_the_others() -> None:
    holed = A.copy()
    holed[0, 2] = holed[2, 0] = math.nan
    joint = joint_judgements(np.stack([holed, B]), np.array([0.5, 0.5]))
    assert joint[0, 2] == 2.0
    assert joint[0, 1] == pytest.approx(4.0)
    both = joint_judgements(np.stack([holed, holed]), np.array([0.5, 0.5]))
    assert np.isnan(both[0, 2])
    assert ahp_group([holed, holed]).group.missing == 1


def test_an_inconsistent_expert_is_not_averaged_away() -> None:
    bad = np.array([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]])
    result = ahp_group([A, bad])
    assert [expert.consistent for expert in result.experts] == [True, False]


@pytest.mark.parametrize(
    ("matrices", "settings", "code"),
    [
        ([], {}, "weights_few_units"),
        ([A, A[:2, :2]], {}, "ahp_group_size"),
        ([A, B], {"rule": "mean"}, "weights_option"),
        ([A, B], {"expert_weights": [1, -1]}, "negative_weight"),
        ([A, B], {"expert_weights": [1]}, "wrong_length"),
        ([A, 2 * B], {}, "ahp_judgement"),
    ],
)
def test_refused(matrices, settings, code) -> None:
    with pytest.raises(MethodError) as caught:
        ahp_group(matrices, **settings)
    assert caught.value.code == code


def test_masked_judgements_are_missing_ones() -> None:
    masked = np.ma.array(A, mask=[[False, False, True], [False, False, False], [True, False, False]])
    holed = A.copy()
    holed[0, 2] = holed[2, 0] = math.nan
    assert ahp_group([masked, B]).weights.tolist() == ahp_group([holed, B]).weights.tolist()


@pytest.mark.parametrize("judgements", [None, 5, ["x"], [None], [[[1, 2], [0.5]]]])
def test_what_is_no_list_of_matrices_is_refused(judgements) -> None:
    with pytest.raises(MethodError):
        ahp_group(judgements)


@pytest.mark.parametrize("settings", [{"rule": None}, {"limit": "x"}, {"tolerance": None}, {"expert_weights": "x"}])
def test_settings_of_the_wrong_type_are_refused(settings) -> None:
    with pytest.raises(MethodError):
        ahp_group([A, B], **settings)
