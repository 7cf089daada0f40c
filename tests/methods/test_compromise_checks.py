"""Checks of settings: what the method cannot take is refused with the setting's name."""

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.registry import method

REFUSED = [
    ("weighted_sum", {"scaling": "z_score"}),
    ("waspas", {"mixture": -0.1}),
    ("waspas", {"mixture": np.nan}),
    ("topsis", {"scaling": "sum"}),
    ("vikor", {"strategy": 1.1}),
    ("grey_relational", {"distinguishing": 0.0}),
    ("grey_relational", {"distinguishing": 1.5}),
    ("grey_relational", {"scaling": "initial"}),
    ("codas", {"threshold": -0.02}),
    ("todim", {"attenuation": 0.0}),
    ("todim", {"attenuation": np.inf}),
    ("rank_sum_ratio", {"grades": 2}),
    ("rank_sum_ratio", {"ranks": "integer"}),
    ("fuzzy_evaluation", {"operator": "mean"}),
    ("fuzzy_evaluation", {"grades": 1}),
    ("fuzzy_evaluation", {"values": [1.0, 1.0]}),
    ("fuzzy_evaluation", {"anchors": [[1.0, 2.0]]}),
    ("fuzzy_evaluation", {"anchors": [[1.0, 2.0], [2.0, 1.0]]}),
    ("fuzzy_evaluation", {"anchors": [[1.0], [2.0]]}),
    ("spotis", {"bounds": [[0.0, 9.0]]}),
    ("spotis", {"bounds": [[0.0, 9.0], [5.0, 5.0]]}),
    ("spotis", {"bounds": [[0.0, 9.0], [9.0, 0.0]]}),
    ("spotis", {"bounds": [[0.0, 9.0], [3.5, 9.0]]}),
    ("spotis", {"reference": [9.0, 4.0]}),
    ("rim", {"ranges": [[0.0, 9.0], [0.0, 3.0]]}),
    ("rim", {"ranges": [[0.0, 9.0], [0.0, 9.0]], "ideals": [[1.0, 2.0], [8.0, 10.0]]}),
    ("rim", {"ideals": [[2.0, 1.0], [3.0, 4.0]]}),
    ("comet", {"points": [[0.0, 9.0]]}),
    ("comet", {"points": [[0.0, 9.0], [9.0, 0.0]]}),
    ("comet", {"points": [[0.0, 9.0], [5.0]]}),
    ("comet", {"points": [[0.0, 9.0], [3.5, 9.0]]}),
]


@pytest.mark.parametrize(("name", "settings"), REFUSED)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_setting_outside_its_domain_is_refused(name: str, settings: dict[str, object], language: str) -> None:
    with pytest.raises(MethodError) as caught:
        method("compromise", name).function([[1.0, 3.0], [2.0, 5.0], [1.5, 4.0]], **settings)
    assert name in caught.value.message(language)


def test_tie_rule_and_tolerance_are_checked() -> None:
    for settings in ({"tie": "min"}, {"tolerance": -1.0}):
        with pytest.raises(MethodError, match="topsis"):
            method("compromise", "topsis").function([[1.0], [2.0]], **settings)
