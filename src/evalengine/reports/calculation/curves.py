"""Anchored scoring rules as formulas over cells that hold their anchors.

The formulas say the same as `methods.anchored` and `methods.thresholds` in the form an auditor would write; which side
of an anchor is better follows from the anchors the scheme gives and stays when a cell is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from evalengine.methods.curves import FULL_MARKS, PASS_MARKS, is_curve
from evalengine.methods.registry import method
from evalengine.reports.cells import number
from evalengine.scheme.model import Scoring

DEEPEST = 60  # Excel 2007 nests 64 functions
FULL, PASSED, ABOVE = number(FULL_MARKS), number(PASS_MARKS), number(FULL_MARKS - PASS_MARKS)
Cells = Mapping[str, str]


def anchors(rule: Scoring) -> dict[str, float] | None:
    """Return the anchors of a rule by name, or None for a rule that is not a formula over anchors.

    The entries of a list have their number behind the name: `score.1`, `score.2`.
    """
    name = str(rule["rule"])
    if not is_curve(method("normalisation", name)):
        return None
    if name in {"tiers", "bands"}:
        found = {f"{key}.{place}": float(entry[key]) for place, entry in enumerate(rule[name], 1) for key in entry}
        if len(rule[name]) > DEEPEST:
            return None
        return found | ({"top": float(rule["top"])} if name == "bands" else {})
    if name == "expert":
        low, high = rule.get("scale", (0.0, FULL_MARKS))
        return {"zero": float(low), "full": float(high)}
    if name == "base_full":
        rule = {"zero": 0.0, **rule, "base_percent": rule.get("base_percent", PASS_MARKS)}
    return {key: float(value) for key, value in rule.items() if isinstance(value, int | float)}


def formula(rule: Scoring, x: str, at: Cells) -> str:
    """Return the score of a value as a formula.

    Args:
        rule: an anchored rule.
        x: the value, as an address or a product of addresses.
        at: the address of every anchor that `anchors` names.
    """
    return RULES[str(rule["rule"])](rule, x, at)


def _base_full(rule: Scoring, x: str, at: Cells) -> str:
    sign = ">=" if rule["base"] > rule.get("zero", 0.0) else "<="
    zero, base, full, percent = (at[key] for key in ("zero", "base", "full", "base_percent"))
    below = "0"
    if rule.get("below_base", "proportional") == "proportional":
        below = f"IF({x}{sign}{zero},{percent}*({x}-{zero})/({base}-{zero}),0)"
    above = f"{percent}+({FULL}-{percent})*({x}-{base})/({full}-{base})"
    return f"IF({x}{sign}{full},{FULL},IF({x}{sign}{base},{above},{below}))"


def _linear(_rule: Scoring, x: str, at: Cells) -> str:
    return f"MAX(0,MIN({FULL},{FULL}*({x}-{at['zero']})/({at['full']}-{at['zero']})))"


def _share_of_standard(_rule: Scoring, x: str, at: Cells) -> str:
    return f"MAX(0,MIN({FULL},{FULL}*{x}/{at['standard']}))"


def _efficacy(_rule: Scoring, x: str, at: Cells) -> str:
    return _within(f"{PASSED}+{ABOVE}*{_share(x, at)}", at)


def _efficacy_exponential(_rule: Scoring, x: str, at: Cells) -> str:
    return _within(f"{PASSED}*EXP(LN({FULL}/{PASSED})*{_share(x, at)})", at)


def _interval(_rule: Scoring, x: str, at: Cells) -> str:
    low_zero, low, high, high_zero = (at[key] for key in ("lo_zero", "lo", "hi", "hi_zero"))
    rise = f"IF({x}>{low_zero},{FULL}*({x}-{low_zero})/({low}-{low_zero}),0)"
    fall = f"IF({x}<{high_zero},{FULL}*({high_zero}-{x})/({high_zero}-{high}),0)"
    return f"IF({x}<{low},{rise},IF({x}<={high},{FULL},{fall}))"


def _tiers(rule: Scoring, x: str, at: Cells) -> str:
    side, sign = _side(rule["tiers"])
    steps = [(at[f"{side}.{place}"], at[f"score.{place}"]) for place in range(1, len(rule["tiers"]) + 1)]
    return _steps(x, sign, steps)


def _bands(rule: Scoring, x: str, at: Cells) -> str:
    side, sign = _side(rule["bands"])
    count = len(rule["bands"])
    ends = [at[f"{side}.{place}"] for place in range(2, count + 1)] + [at["top"]]
    steps = []
    for place, end in enumerate(ends, 1):
        start, low, high = at[f"{side}.{place}"], at[f"low.{place}"], at[f"high.{place}"]
        steps.append((start, f"{low}+({high}-{low})*({x}-{start})/({end}-{start})"))
    return _steps(x, sign, [*steps, (at["top"], at[f"high.{count}"])])


def _steps(x: str, sign: str, steps: Sequence[tuple[str, str]]) -> str:
    """Return the score of the best threshold met; 0 if none is."""
    result = "0"
    for threshold, score in steps:
        result = f"IF({x}{sign}{threshold},{score},{result})"
    return result


def _side(entries: Sequence[Mapping[str, float]]) -> tuple[str, str]:
    return ("at_most", "<=") if "at_most" in entries[0] else ("at_least", ">=")


def _share(x: str, at: Cells) -> str:
    return f"({x}-{at['unacceptable']})/({at['satisfactory']}-{at['unacceptable']})"


def _within(score: str, at: Cells) -> str:
    if "ceiling" in at:
        score = f"MIN({at['ceiling']},{score})"
    return f"MAX({at['floor']},{score})" if "floor" in at else score


RULES: Mapping[str, Callable[[Scoring, str, Cells], str]] = {
    "base_full": _base_full,
    "linear": _linear,
    "share_of_standard": _share_of_standard,
    "efficacy": _efficacy,
    "efficacy_exponential": _efficacy_exponential,
    "interval": _interval,
    "tiers": _tiers,
    "bands": _bands,
    "expert": _linear,
}
