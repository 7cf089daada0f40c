"""Bonus, penalty and veto items that occurred, as the sheets about them list them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from evalengine.assessment import Assessment


def occurrences(assessment: Assessment) -> Iterator[Mapping[str, Any]]:
    """Yield the occurrences by unit, and the vetoes nobody recorded: figures below a floor."""
    for unit, vetoes in assessment.ranking.sort("unit").select("unit", "veto").iter_rows():
        own = assessment.items.filter(pl.col("unit") == unit).to_dicts()
        yield from own
        recorded = {row["item"] for row in own}
        for code in (vetoes or "").split(";"):
            if code and code not in recorded:
                yield {"unit": unit, "item": code, "kind": "veto", "count": None, "counted": None, "matter": ""}
