"""The ranking workbook an office prints and signs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import Workbook

from evalengine.reports import package
from evalengine.reports.cells import SharedStrings
from evalengine.reports.sheet import Sheet
from evalengine.reports.sheets import details, dimensions, indicators, method, problems, ranking, reference
from evalengine.reports.style import Styles
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

SHEETS = {
    "ranking": ranking.write,
    "details": details.write,
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
    workbook = Workbook()
    workbook.remove(workbook.active)
    words = Words(assessment.system, language)
    strings = SharedStrings()
    sheets = {name: write for name, write in SHEETS.items() if name != "reference" or assessment.system.reference.asked}
    worksheets = [workbook.create_sheet(words.say(f"{name}.sheet")) for name in sheets]
    styles = Styles(worksheets[0], language)
    contents = []
    for worksheet, write in zip(worksheets, sheets.values(), strict=True):
        sheet = Sheet(worksheet, styles, strings)
        write(sheet, assessment, words)
        contents.append(sheet.finish(language, assessment.provenance.run_id))
    package.save(workbook, contents, strings, path)
