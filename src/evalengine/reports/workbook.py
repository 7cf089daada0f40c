"""The ranking workbook an office prints and signs, and the list of problems it sends back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import Workbook

from evalengine.errors import OutputError, Problem
from evalengine.reports import package
from evalengine.reports.cells import SharedStrings
from evalengine.reports.sheet import Sheet
from evalengine.reports.sheets import cards, details, dimensions, indicators, method, problems, ranking, reference
from evalengine.reports.style import Styles
from evalengine.reports.words import Words
from evalengine.scheme.model import IndicatorSystem

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

SHEETS = {
    "ranking": ranking.write,
    "details": details.write,
    "cards": cards.write,
    "dimensions": dimensions.write,
    "indicators": indicators.write,
    "problems": problems.write,
    "reference": reference.write,
    "method": method.write,
}


def write_workbook(assessment: Assessment, path: Path, language: str) -> None:
    """Write the ranking workbook; identical assessments give identical bytes.

    Args:
        assessment: what to report.
        path: the file to write, ending in `.xlsx`.
        language: `zh` or `en`.
    """
    words = Words(assessment.system, language)
    asked = [name for name in SHEETS if name != "reference" or assessment.system.reference.asked]
    sheets = {name: partial(SHEETS[name], assessment=assessment, words=words) for name in asked}
    save(sheets, words, path, assessment.provenance.run_id)


def write_problems(problems_found: Sequence[Problem], system: IndicatorSystem, path: Path, language: str) -> None:
    """Write the problems of submitted data as a workbook of one sheet.

    Args:
        problems_found: what `check` returned.
        system: the indicator system the data were checked against.
        path: the file to write, ending in `.xlsx`; must not exist.
        language: `zh` or `en`.

    Raises:
        OutputError: the file exists, or cannot be written.
    """
    if path.exists():
        raise OutputError("file_exists", file=str(path))
    words = Words(system, language)
    try:
        save({"problems": partial(problems.write_found, found=problems_found, words=words)}, words, path, "")
    except OSError as error:
        raise OutputError("output_not_writable", folder=str(path), detail=str(error)) from error


def save(sheets: Mapping[str, Callable[[Sheet], None]], words: Words, path: Path, run_id: str) -> None:
    """Write a workbook of these sheets; `run_id` stands in the footer."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    strings = SharedStrings()
    worksheets = [workbook.create_sheet(words.say(f"{name}.sheet")) for name in sheets]
    styles = Styles(worksheets[0], words.language)
    contents = []
    for worksheet, write in zip(worksheets, sheets.values(), strict=True):
        sheet = Sheet(worksheet, styles, strings)
        write(sheet)
        contents.append(sheet.finish(words.language, run_id))
    package.save(workbook, contents, strings, path)
