"""What an indicator system file and a weight profile file may say: one dataclass per TOML table.

The dataclasses mirror the files key by key; `scheme.loading` fills them, `scheme.checking` and `scheme.profiles`
refuse what is wrong. Configuration order is kept everywhere.
"""

from evalengine.scheme.model.indicators import Dimension, Indicator, NotApplicable, Treatment
from evalengine.scheme.model.kinds import (
    CONSORTIA,
    FLAT,
    SEVERE,
    STRICT,
    TOTAL,
    UNTREATED,
    Aggregation,
    Choice,
    ColumnType,
    Direction,
    Scoring,
    Window,
)
from evalengine.scheme.model.profile import GroupWeights, Made, MadeFrom, WeightProfile
from evalengine.scheme.model.rules import (
    Checks,
    Evidence,
    EvidenceCost,
    Experts,
    Floor,
    Grades,
    GroupRules,
    Item,
    Items,
    Level,
    Ranking,
    Reference,
    SumCheck,
    TwoYear,
    Veto,
)
from evalengine.scheme.model.system import IndicatorSystem, LeftOut
from evalengine.scheme.model.tables import Column, Field, Table

__all__ = [
    "CONSORTIA",
    "FLAT",
    "SEVERE",
    "STRICT",
    "TOTAL",
    "UNTREATED",
    "Aggregation",
    "Checks",
    "Choice",
    "Column",
    "ColumnType",
    "Dimension",
    "Direction",
    "Evidence",
    "EvidenceCost",
    "Experts",
    "Field",
    "Floor",
    "Grades",
    "GroupRules",
    "GroupWeights",
    "Indicator",
    "IndicatorSystem",
    "Item",
    "Items",
    "LeftOut",
    "Level",
    "Made",
    "MadeFrom",
    "NotApplicable",
    "Ranking",
    "Reference",
    "Scoring",
    "SumCheck",
    "Table",
    "Treatment",
    "TwoYear",
    "Veto",
    "WeightProfile",
    "Window",
]
