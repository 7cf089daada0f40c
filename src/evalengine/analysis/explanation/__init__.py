"""Why this score? An optional question about an assessment."""

from evalengine.analysis.explanation.evidence import evidence_cost
from evalengine.analysis.explanation.model import Explained, Explanation, Standing, Target
from evalengine.analysis.explanation.units import explain, explanations

__all__ = ["Explained", "Explanation", "Standing", "Target", "evidence_cost", "explain", "explanations"]
