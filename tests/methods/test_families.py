"""Methods that are one method by algebra rank alike on any matrix of benefits."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from evalengine.methods.families import FAMILIES, family
from evalengine.methods.registry import methods

RANKING = {item.name: item for item in methods() if item.kind in {"compromise", "outranking", "voting"}}


def ranks(name, settings, matrix, weights):
    given = {key: value for key, value in settings.items() if value is not None}
    return RANKING[name].function(matrix, weights, **given).ranks.tolist()


@pytest.mark.parametrize("code", FAMILIES)
@pytest.mark.parametrize(("units", "indicators"), [(4, 3), (9, 12), (25, 40)])
def test_members_rank_alike(code, units, indicators):
    random = np.random.default_rng(units)
    for _ in range(5):
        matrix = random.uniform(20, 100, (units, indicators))
        weights = random.dirichlet(np.ones(indicators))
        found = [ranks(name, settings, matrix, weights) for name, settings in FAMILIES[code]]
        assert all(own == found[0] for own in found)


def test_families_differ():
    random = np.random.default_rng(4)
    matrix, weights = random.lognormal(2, 1, (30, 12)), random.dirichlet(np.ones(12))
    first = {code: ranks(*members[0], matrix, weights) for code, members in FAMILIES.items()}
    for one, other in itertools.combinations(first.values(), 2):
        assert one != other


@pytest.mark.parametrize(
    ("name", "changed", "expected"),
    [
        ("promethee_ii", {}, "ranks"),
        ("promethee_ii", {"function": "linear"}, ""),
        ("vikor", {}, ""),
        ("vikor", {"strategy": 1}, "min_max"),
        ("rank_sum_ratio", {"ranks": "continuous"}, "min_max"),
        ("topsis", {}, ""),
        ("topsis", {"scaling": "min_max"}, "ideal"),
        ("spotis", {"bounds": [[0, 100]]}, ""),
        ("copeland", {}, ""),
    ],
)
def test_the_family_follows_from_the_settings(name, changed, expected):
    settings = {key: item.default for key, item in RANKING[name].parameters.items()}
    assert family(name, {**settings, **changed}) == expected
