"""What the evidence that is missing or was rejected cost: points the values it left unverified would have earned."""

from __future__ import annotations

from evalengine.analysis.explanation.tables import tables_of
from evalengine.assessment import Assessment
from evalengine.methods.curves import is_curve
from evalengine.methods.registry import method
from evalengine.methods.scoring_kernel import score_units
from evalengine.scoring import rules_of


def evidence_cost(assessment: Assessment) -> dict[tuple[str, str], float]:
    """Return points of the weighted score by unit and indicator, for every value that was taken away.

    Each one is computed for itself through the whole tree: what the weighted score would gain if only this value, as
    adjusted, had been scored. Indicators under relative rules or treatment of outliers are left out: there the value
    of one unit moves all of them.

    Args:
        assessment: the assessment.
    """
    taken_away = assessment.evidence.filter("unverified").select("unit", "indicator", "value").rows()
    if not taken_away:
        return {}
    tables = tables_of(assessment)
    treated = assessment.system.treatments()
    rules = {group: rules_of(made, assessment.system) for group, made in tables.plans.items()}
    cost = {}
    for unit, indicator, verified in taken_away:
        row, place = tables.leaves.index(indicator), tables.units.index(unit)
        made = tables.plans[tables.groups[place]]
        value = verified * tables.coefficients[row, place]
        relative = not is_curve(method("normalisation", made.scoring[row]["rule"]))
        if relative or indicator in treated:
            continue
        variant = tables.taken[:, [place]].copy()
        variant[row] = value
        gained = score_units(variant, rules[tables.groups[place]], made.tree)[-1, 0] - tables.scores[0, place]
        cost[unit, indicator] = float(gained)
    return cost
