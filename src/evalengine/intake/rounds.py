"""The folder of a collection round as data: what is read of it, and who took part in the round but is not in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from evalengine.errors import Problem, UnreadableError
from evalengine.intake.words import folded

ROUND, MERGED = "collection.json", "data"  # by these names of a file and a folder a collection round is known
FOUND = "problems.xlsx"  # what a round found, no data


def is_round(folder: Path) -> bool:
    """Return whether `collect` wrote a folder."""
    return (folder / ROUND).is_file() and (folder / MERGED).is_dir()


def not_merged(paths: Iterable[Path], present: Iterable[str]) -> Iterator[Problem]:
    """Yield a warning for each unit of a collection round whose return was not merged: it would be missing unseen.

    Args:
        paths: the files and folders given.
        present: ids of the units that were read.

    Raises:
        UnreadableError: what the round says about itself cannot be read.
    """
    known = {folded(unit) for unit in present}
    folders = dict.fromkeys((path if path.is_dir() else path.parent).resolve() for path in paths)
    rounds = dict.fromkeys(folder.parent if folder.name == MERGED else folder for folder in folders)
    for folder in filter(is_round, rounds):
        for unit, files in _told(folder).items():
            if folded(unit) not in known:
                code = "unit_not_merged" if files else "unit_not_received"
                yield Problem(severity="warning", code=code, file=ROUND, unit=unit, value="; ".join(files))


def _told(folder: Path) -> dict[str, list[str]]:
    """Return the units of a round and the files each one sent."""
    try:
        told = json.loads((folder / ROUND).read_text(encoding="utf-8"))
        units: dict[str, list[str]] = {}
        for file in told["files"]:
            for unit in file["units"]:
                units.setdefault(unit, []).append(file["file"])
        return units | {unit: [] for unit in told["missing"] if unit not in units}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableError("not_readable", file=str(folder / ROUND)) from error
