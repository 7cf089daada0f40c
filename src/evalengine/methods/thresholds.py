"""Rules with thresholds: a score for each tier, a range of scores for each band."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

from evalengine.errors import MethodError
from evalengine.methods.anchors import ANCHORED, check_finite, reached, slope_of
from evalengine.methods.curves import FULL_MARKS, Curve, Segment
from evalengine.methods.registry import register


@register(
    "normalisation",
    formula="score of the highest threshold met; 0 if none is",
    source="points by tiers",
    complexity="O(N)",
    behaviour=ANCHORED,
    relative=False,
)
def tiers(*, tiers: Sequence[Mapping[str, float]]) -> Curve:
    """Score by thresholds.

    Args:
        tiers: entries of `score` and `at_least` (benefit) or `at_most` (cost), thresholds strictly ordered.

    Raises:
        MethodError: an entry is incomplete or not finite, the thresholds are not strictly ordered, or the scores fall
            as the values get better or leave 0–100.
    """
    sign, entries = _entries("tiers", tiers, ("score",))
    _check_rising("tiers", [entry["score"] for _, entry in entries])
    steps = [Segment(reached(threshold), entry["score"]) for threshold, entry in entries]
    return Curve((Segment(-math.inf, 0.0), *steps), sign)


@register(
    "normalisation",
    formula="inside a band straight from low to high; the best band ends at `top`",
    source="score bands, as in the recognition of high-technology enterprises",
    complexity="O(N)",
    behaviour=ANCHORED,
    relative=False,
)
def bands(*, bands: Sequence[Mapping[str, float]], top: float) -> Curve:
    """Score by bands of values, each with a range of scores; a value's place in its band decides inside the range.

    Args:
        bands: entries of `low`, `high` and `at_least` (benefit) or `at_most` (cost), thresholds strictly ordered.
        top: value that earns the best band's `high`.

    Raises:
        MethodError: an entry is incomplete or not finite, the thresholds are not strictly ordered, or the scores fall
            as the values get better, inside a band or from one to the next, or leave 0–100.
    """
    sign, entries = _entries("bands", bands, ("low", "high"))
    _check_rising("bands", [entry[end] for _, entry in entries for end in ("low", "high")])
    check_finite("bands", top=top)
    ends = [threshold for threshold, _ in entries[1:]] + [sign * top]
    segments = [Segment(-math.inf, 0.0)]
    for (threshold, entry), end in zip(entries, ends, strict=True):
        if not threshold < end:
            raise MethodError("anchors_out_of_order", method="bands", anchors=str(dict(entry)))
        slope = slope_of("bands", entry["high"] - entry["low"], end - threshold)
        segments.append(Segment(reached(threshold), entry["low"], slope, threshold))
    segments.append(Segment(ends[-1], entries[-1][1]["high"]))
    return Curve(tuple(segments), sign)


def _entries(
    name: str, entries: Sequence[Mapping[str, float]], values: tuple[str, ...]
) -> tuple[float, list[tuple[float, Mapping[str, float]]]]:
    """Return the sign and the entries with their thresholds on sign·x, strictly rising."""
    side = "at_most" if entries and "at_most" in entries[0] else "at_least"
    sign = -1.0 if side == "at_most" else 1.0
    if not entries or any(set(entry) != {side, *values} for entry in entries):
        raise MethodError("wrong_entries", method=name, keys=", ".join(("at_least|at_most", *values)))
    for entry in entries:
        check_finite(name, **entry)
    ordered = [(sign * entry[side], entry) for entry in entries]
    if any(after[0] <= before[0] for before, after in itertools.pairwise(ordered)):
        raise MethodError("anchors_out_of_order", method=name, anchors=", ".join(str(e[side]) for e in entries))
    return sign, ordered


def _check_rising(name: str, scores: Sequence[float]) -> None:
    """Refuse scores that fall from a worse value to a better one, or that leave 0–100."""
    if list(scores) != sorted(scores) or scores[0] < 0 or scores[-1] > FULL_MARKS:
        raise MethodError("scores_out_of_order", method=name, scores=", ".join(map(str, scores)))
