"""Analytic hierarchy process for a group: one matrix of judgements per expert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.ahp import JUDGED, AhpWeights, RandomIndex, Solver, ahp
from evalengine.methods.arrays import Array, as_matrix
from evalengine.methods.registry import register
from evalengine.methods.weighting import Weights, as_shares, choose

GroupRule = Literal["judgements", "priorities", "priorities_geometric"]


@dataclass(frozen=True, slots=True, eq=False)
class GroupWeights(Weights):
    """Weights of a group of experts.

    Attributes:
        experts: each expert's own result, so that nobody's inconsistency is averaged away.
        group: the result of the joint matrix under the rule `judgements`, None under the others.
        expert_weights: the experts' weights, summing to one, shape (experts,).
    """

    experts: tuple[AhpWeights, ...]
    group: AhpWeights | None
    expert_weights: Array


@register(
    "weighting",
    formula="judgements (AIJ): a_ij = Π_k (a_ij^k)^λ_k; priorities (AIP): w = Σ_k λ_k w^k; priorities_geometric: "
    "w ∝ Π_k (w^k)^λ_k; Σ λ = 1",
    source="Aczél & Saaty (1983); Forman & Peniwati (1998), European Journal of Operational Research 108",
    complexity="O(KM³) for K experts",
    behaviour=JUDGED,
    relative=False,
)
def ahp_group(
    judgements: Sequence[ArrayLike],
    *,
    rule: GroupRule = "judgements",
    expert_weights: ArrayLike | None = None,
    solver: Solver = "eigenvector",
    random_index: RandomIndex = "saaty",
    limit: float = 0.1,
    tolerance: float = 1e-6,
    columns: Sequence[str] | None = None,
) -> GroupWeights:
    """Weights of a group: of the geometric mean of its judgements, or the mean of its members' weights.

    An arithmetic mean of judgements would not be reciprocal and is not offered. Under `judgements` a pair that an
    expert left out is averaged over the experts who judged it.

    Args:
        judgements: one matrix per expert as in `ahp`, all of the same size.
        rule: `judgements` (AIJ), `priorities` (AIP, arithmetic) or `priorities_geometric` (AIP, geometric).
        expert_weights: shape (experts,), at least 0; equal if not given.
        solver: as in `ahp`.
        random_index: as in `ahp`.
        limit: as in `ahp`.
        tolerance: as in `ahp`.
        columns: names of the indicators for messages.

    Raises:
        MethodError: no expert, matrices of different sizes, or what `ahp` refuses in any of them.
    """
    method = "ahp_group"
    choose(rule, GroupRule, option="rule", method=method)
    listed: Any = judgements
    each = listed if np.iterable(listed) else ()
    given = [as_matrix(matrix, method=method, columns=columns, allow_nan=True) for matrix in each]
    if not given:
        raise MethodError("weights_few_units", method=method, needed=1, units=0)
    for expert, matrix in enumerate(given):
        if matrix.shape != given[0].shape:
            raise MethodError("ahp_group_size", method=method, expert=expert + 1, shape=str(matrix.shape))
    equal = np.ones(len(given)) if expert_weights is None else expert_weights
    shares = as_shares(equal, method=method, what="expert_weights", length=len(given))
    experts = tuple(
        ahp(matrix, solver=solver, random_index=random_index, limit=limit, tolerance=tolerance, columns=columns)
        for matrix in given
    )
    if rule == "judgements":
        joint = joint_judgements(np.stack(given), shares)
        group = ahp(joint, solver=solver, random_index=random_index, limit=limit, tolerance=0.5, columns=columns)
        return GroupWeights(group.weights, experts, group, shares)
    own = np.stack([expert.weights for expert in experts])
    weights = shares @ own if rule == "priorities" else np.exp(shares @ np.log(own))
    return GroupWeights(weights / weights.sum(), experts, None, shares)


def joint_judgements(judgements: Array, shares: Array) -> Array:
    """Return the weighted geometric mean of judgements (experts, indicators, indicators); NaN where nobody judged."""
    weight = shares[:, None, None] * ~np.isnan(judgements)
    total = weight.sum(axis=0)
    logs = (weight * np.log(np.where(weight > 0.0, judgements, 1.0))).sum(axis=0)
    mean = np.exp((logs - logs.T) / 2.0 / np.where(total > 0.0, total, 1.0))
    return np.asarray(np.where(total > 0.0, mean, np.nan))
