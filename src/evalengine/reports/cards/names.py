"""Names of the files of units: safe everywhere, short, and different even where case does not count."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
LONGEST = 50  # bytes; with hash and ending still below 80
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])")  # names Windows keeps for devices
DIGITS = 10


def file_stems(units: Iterable[str]) -> dict[str, str]:
    """Return a file name without ending for every unit id.

    An id of letters, digits, hyphens and underscores is its own name. Any other, a reserved one, and those that differ
    only by case or by how their characters are composed, get a part of the id's hash behind what is left of them.

    Args:
        units: the unit ids, each once.
    """
    names = tuple(units)
    alike = Counter(_alike(unit) for unit in names)
    return {unit: _stem(unit, hashed=alike[_alike(unit)] > 1) for unit in names}


def _alike(unit: str) -> str:
    return unicodedata.normalize("NFKC", unit).casefold()


def _stem(unit: str, *, hashed: bool) -> str:
    kept = UNSAFE.sub("-", unit).strip("-_")[:LONGEST]
    if kept and kept == unit and not hashed and not RESERVED.fullmatch(kept):
        return kept
    digest = hashlib.sha256(unit.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
    return f"{kept}-{digest}" if kept else f"unit-{digest}"
