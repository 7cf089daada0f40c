"""One hypothesis profile everywhere, and the figures that tests record, below the summary."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("evalengine", deadline=None)  # the first call of a kernel compiles it
settings.load_profile("evalengine")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the largest of each figure recorded with `record_property`; what workers print is lost."""
    largest: dict[str, tuple[float, str]] = {}
    counts: dict[str, int] = {}
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        if getattr(report, "when", None) != "call":
            continue
        for name, value in report.user_properties:
            counts[name] = counts.get(name, 0) + 1
            largest[name] = max(largest.get(name, (0.0, "")), (float(value), report.nodeid))
    if largest:
        terminalreporter.section("recorded figures")
    for name, (value, where) in sorted(largest.items()):
        terminalreporter.line(f"{name}: {value:,.4g}, the highest of {counts[name]} tests ({where.partition('::')[2]})")
