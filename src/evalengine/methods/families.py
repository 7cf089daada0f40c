"""Which ranking methods are one method by algebra: their scores differ by an increasing map only.

Where every indicator is a benefit, as scores are. Four methods of one family that agree are one method counted four
times.
"""

from __future__ import annotations

from collections.abc import Mapping

Settings = Mapping[str, object]

FAMILIES: Mapping[str, tuple[tuple[str, Settings], ...]] = {
    "min_max": (
        ("weighted_sum", {"scaling": "min_max"}),
        ("mabac", {}),
        ("mairca", {}),
        ("spotis", {"bounds": None, "reference": None}),
        ("vikor", {"strategy": 1.0}),
        ("rank_sum_ratio", {"ranks": "continuous"}),
        ("fuzzy_evaluation", {"anchors": None, "values": None, "operator": "weighted_mean"}),
    ),
    "linear": (("weighted_sum", {"scaling": "linear"}), ("marcos", {}), ("cradis", {}), ("waspas", {"mixture": 1.0})),
    "sum": (("weighted_sum", {"scaling": "sum"}), ("copras", {}), ("ram", {})),
    "product": (("weighted_product", {}), ("full_multiplicative", {}), ("waspas", {"mixture": 0.0})),
    "vector": (("moora", {}), ("piv", {})),
    "ideal": (("topsis", {"scaling": "min_max"}), ("rim", {"ranges": None, "ideals": None})),
    "ranks": (("rank_sum_ratio", {"ranks": "whole"}), ("borda", {}), ("promethee_ii", {"function": "usual"})),
}


def family(name: str, settings: Settings) -> str:
    """Return the family of a method, or an empty text.

    Args:
        name: its registered name.
        settings: the value of every parameter, defaults included.
    """
    for code, members in FAMILIES.items():
        for member, wanted in members:
            if member == name and all(settings[key] == value for key, value in wanted.items()):
                return code
    return ""
