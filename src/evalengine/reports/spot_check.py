"""The workbook of units and indicators to look at again."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from evalengine.errors import OutputError
from evalengine.reports.sheets import spot_items, spot_units
from evalengine.reports.words import Words
from evalengine.reports.workbook import save

if TYPE_CHECKING:
    from evalengine.analysis.spot_check import SpotCheck


def write_spot_check(found: SpotCheck, path: Path, language: str) -> None:
    """Write the workbook; the same choice gives the same bytes.

    Args:
        found: what was chosen.
        path: the file to write, ending in `.xlsx`; must not exist.
        language: `zh` or `en`.

    Raises:
        OutputError: the file exists, or cannot be written.
    """
    if path.exists():
        raise OutputError("file_exists", file=str(path))
    words = Words(found.system, language)
    writers = {"spot_units": spot_units.write, "spot_items": spot_items.write}
    sheets = {words.say(f"{name}.sheet"): partial(write, found=found, words=words) for name, write in writers.items()}
    try:
        save(sheets, words, path, found.run_id)
    except OSError as error:
        raise OutputError("output_not_writable", folder=str(path), detail=str(error)) from error
