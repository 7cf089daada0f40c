"""The words and kinds the parts of a scheme share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Scoring = Mapping[str, Any]
ColumnType = Literal["text", "integer", "number", "boolean", "choice", "date"]
Window = Literal["year", "avg3", "sum3", "stock_end", "project_life"]
Aggregation = Literal["arithmetic", "geometric", "harmonic", "power", "minimum"]
Direction = Literal["benefit", "cost", "interval"]
Choice = str | dict[str, Any]

UNTREATED = "none"
TOTAL = "total"  # the node above all dimensions
CONSORTIA = "consortia"  # the table of the units themselves
FLAT = "fields"  # the table of a flat file: one row per unit and year, one column per field
SEVERE = 2.0  # occurrences of a capping veto from which it fails the unit: it is typed as 1, a severe one as 2

STRICT: dict[str, object] = {"extra": "forbid", "strict": True}
