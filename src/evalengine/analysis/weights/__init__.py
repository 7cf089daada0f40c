"""Weights made from judgements, points, the scores of a run, or other profiles; written as weight profiles."""
