"""The mark a template carries on a hidden sheet: which system, edition and year it was made for.

What comes back can then be told to be stale, to be somebody else's form, or to be no template at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evalengine.intake.numbers import is_blank
from evalengine.intake.sheets import Sheet

MARK = "evalengine template"
FORMAT = "1"  # of the mark and of how the sheets are laid out
KEYS = ("format", "filled_by", "system", "edition", "sha256", "year", "unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a template says about itself.

    Attributes:
        format: how it is laid out.
        filled_by: `unit` or `office`.
        system: name of the indicator system it was made from.
        edition: edition of that system.
        sha256: hash of that system.
        year: the assessed year it asks about.
        unit: the unit it was filled in for; empty if for none.
    """

    format: str
    filled_by: str
    system: str
    edition: str
    sha256: str
    year: str
    unit: str


def mark_rows(mark: Mark) -> list[tuple[str, str]]:
    """Return the rows of the hidden sheet."""
    return [(MARK, ""), *((key, getattr(mark, key)) for key in KEYS)]


def read_mark(sheets: Iterable[Sheet]) -> Mark | None:
    """Return the mark found on one of the sheets; None if there is none, or not a whole one."""
    for sheet in sheets:
        if sheet.rows and _text(sheet.rows[0], 0) == MARK:
            stated = {_text(row, 0): _text(row, 1) for row in sheet.rows[1 : len(KEYS) + 1]}
            if all(key in stated for key in KEYS):
                return Mark(**{key: stated[key] for key in KEYS})
    return None


def _text(row: Sequence[object], position: int) -> str:
    cell = row[position] if position < len(row) else None
    return "" if is_blank(cell) else str(cell).strip()
