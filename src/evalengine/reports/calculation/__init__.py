"""The calculation workbook: every score as a live formula, from raw figure to rank."""

from evalengine.reports.calculation.workbook import write_calculation

__all__ = ["write_calculation"]
