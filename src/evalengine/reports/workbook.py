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
from evalengine.reports.sheets import (
    cards,
    comparison,
    details,
    differences,
    dimensions,
    distribution,
    evidence,
    indicators,
    items,
    method,
    notice,
    problems,
    ranking,
    reference,
    shortfalls,
)
from evalengine.reports.style import Styles
from evalengine.reports.words import Words
from evalengine.scheme.loading import load_theme
from evalengine.scheme.model import IndicatorSystem
from evalengine.scheme.theme import Theme

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

SHEETS: dict[str, Callable[..., None] | None] = {
    "ranking": ranking.write,
    "distribution": distribution.write,
    "details": details.write,
    "differences": differences.write,
    "items": items.write,
    "evidence": evidence.write,
    "cards": None,  # as many sheets as there have to be
    "dimensions": dimensions.write,
    "shortfalls": shortfalls.write,
    "comparison": comparison.write,
    "indicators": indicators.write,
    "problems": problems.write,
    "reference": reference.write,
    "method": method.write,
}


def write_workbook(
    assessment: Assessment, path: Path, language: str, theme: Theme | None = None, others: Sequence[Assessment] = ()
) -> None:
    """Write the ranking workbook; identical assessments give identical bytes.

    Args:
        assessment: what to report.
        path: the file to write, ending in `.xlsx`.
        language: `zh` or `en`.
        theme: how it looks; the shipped default if None.
        others: assessments of the same data under other profiles, to be compared on a sheet of their own.
    """
    words = Words(assessment.system, language)
    left_out = {
        "reference": not assessment.system.reference.asked,
        "comparison": not others,
        "evidence": assessment.evidence.is_empty(),
    }
    more = {"comparison": {"others": others}}
    sheets: dict[str, Callable[[Sheet], None]] = {}
    for name, write in SHEETS.items():
        if write is None:
            sheets |= cards.sheets(assessment, words)
        elif not left_out.get(name):
            title = words.say(f"{name}.sheet")
            sheets[title] = partial(write, assessment=assessment, words=words, **more.get(name, {}))
    save(sheets, words, path, assessment.provenance.run_id, theme)


def write_notice(assessment: Assessment, path: Path, language: str, theme: Theme | None = None) -> None:
    """Write the public notice as a workbook of its own: grades without scores, ranks, reasons or persons.

    Args:
        assessment: what to publish.
        path: the file to write, ending in `.xlsx`.
        language: `zh` or `en`.
        theme: its sentences and look; the shipped default if None.
    """
    words = Words(assessment.system, language)
    save({words.say("notice.sheet"): partial(notice.write, assessment=assessment, words=words)}, words, path, "", theme)


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
        write = partial(problems.write_found, found=problems_found, words=words)
        save({words.say("problems.sheet"): write}, words, path, "")
    except OSError as error:
        raise OutputError("output_not_writable", folder=str(path), detail=str(error)) from error


def save(
    sheets: Mapping[str, Callable[[Sheet], None]], words: Words, path: Path, run_id: str, theme: Theme | None = None
) -> None:
    """Write a workbook of these sheets, by title; `run_id` stands in the footer."""
    theme = theme or load_theme()
    workbook = Workbook()
    workbook.remove(workbook.active)
    strings = SharedStrings()
    worksheets = [workbook.create_sheet(title) for title in sheets]
    styles = Styles(worksheets[0], words.language, theme)
    contents = []
    for place, (worksheet, write) in enumerate(zip(worksheets, sheets.values(), strict=True), start=1):
        number = f"{theme.attachment}-{place}" if len(sheets) > 1 else theme.attachment
        mark = words.say("attachment", number=number) if theme.attachment else ""
        sheet = Sheet(worksheet, styles, strings, mark)
        write(sheet)
        contents.append(sheet.finish(words.language, run_id))
    package.save(workbook, contents, strings, path)
