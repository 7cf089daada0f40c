"""The workbook units and the office fill in, derived from the indicator system."""

from evalengine.reports.template.workbook import write_template

__all__ = ["write_template"]
