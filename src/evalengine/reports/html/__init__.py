"""The page beside the workbook, for meetings: one file, no network, weights that can be moved."""

from evalengine.reports.html.page import write_html

__all__ = ["write_html"]
