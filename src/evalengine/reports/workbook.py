"""The ranking workbook an office prints and signs, and the list of problems it sends back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from evalengine.analysis.explanation import explanations
from evalengine.analysis.reference import Referenced
from evalengine.analysis.reference import reference as ask
from evalengine.errors import OutputError, Problem
from evalengine.reports import package
from evalengine.reports.cells import SharedStrings
from evalengine.reports.occurrences import occurrences
from evalengine.reports.sheet import Sheet
from evalengine.reports.sheets import (
    cards,
    comparison,
    contents,
    cover,
    details,
    differences,
    dimensions,
    distribution,
    evidence,
    indicators,
    item_sums,
    items,
    method,
    notice,
    problems,
    ranking,
    reference,
    reference_methods,
    shortfalls,
    unit_shortfalls,
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
    "overall": ranking.write_overall,
    "dimensions": dimensions.write,
    "distribution": distribution.write,
    "shortfalls": shortfalls.write,
    "unit_shortfalls": unit_shortfalls.write,
    "comparison": comparison.write,
    "items": items.write,
    "item_sums": item_sums.write,
    "evidence": evidence.write,
    "differences": differences.write,
    "details": details.write,
    "cards": None,  # as many sheets as there have to be
    "indicators": indicators.write,
    "reference": reference.write,
    "reference_methods": reference_methods.write,
    "problems": problems.write,
    "method": method.write,
}


def write_workbook(
    assessment: Assessment,
    path: Path,
    language: str,
    theme: Theme | None = None,
    others: Sequence[Assessment] = (),
    referenced: Referenced | None = None,
) -> None:
    """Write the ranking workbook; identical assessments give identical bytes.

    Args:
        assessment: what to report.
        path: the file to write, ending in `.xlsx`.
        language: `zh` or `en`.
        theme: how it looks; the shipped default if None.
        others: assessments of the same data under other profiles, to be compared on a sheet of their own.
        referenced: what other methods say of the assessment; asked here if None.
    """
    words = Words(assessment.system, language)
    asked = assessment.system.reference.asked
    found = {"found": (referenced or ask(assessment)) if asked else None}
    left_out = {
        "overall": assessment.ranking["group"].n_unique() == 1,
        "item_sums": next(occurrences(assessment), None) is None,
        "evidence": assessment.evidence.is_empty(),
        "reference": not asked,
        "reference_methods": not asked,
        "comparison": not others,
    }
    explained = tuple(explanations(assessment))  # once for all sheets that say why
    more: dict[str, dict[str, Any]] = {
        "comparison": {"others": others},
        "reference": found,
        "reference_methods": found,
        "shortfalls": {"explained": explained},
        "unit_shortfalls": {"explained": explained},
    }
    sheets: dict[str, Callable[[Sheet], None]] = {}
    kinds: dict[str, str] = {}
    for name, write in SHEETS.items():
        if left_out.get(name):
            continue
        if write is None:
            made = dict(cards.sheets(assessment, words, explained))
        else:
            made = {
                words.say(f"{name}.sheet"): partial(write, assessment=assessment, words=words, **more.get(name, {}))
            }
        sheets |= made
        kinds |= dict.fromkeys(made, name)
    front = {
        words.say("cover.sheet"): partial(cover.write, assessment=assessment, words=words),
        words.say("contents.sheet"): partial(
            contents.write, assessment=assessment, words=words, listed=tuple(kinds.items())
        ),
    }
    save({**front, **sheets}, words, path, assessment.provenance.run_id, theme, len(front))


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
    sheets: Mapping[str, Callable[[Sheet], None]],
    words: Words,
    path: Path,
    run_id: str,
    theme: Theme | None = None,
    front: int = 0,
) -> None:
    """Write a workbook.

    Args:
        sheets: by title what writes each sheet.
        words: the language.
        path: the file to write.
        run_id: stands in the footer.
        theme: how it looks; the shipped default if None.
        front: how many sheets come before those that are numbered: the cover is the annex itself, and to the last
            of them, the contents, all others lead back.
    """
    theme = theme or load_theme()
    workbook = Workbook()
    workbook.remove(workbook.active)
    strings = SharedStrings()
    worksheets = [workbook.create_sheet(title) for title in sheets]
    styles = Styles(worksheets[0], words.language, theme)
    written = []
    numbers = _annexes(theme.attachment, len(sheets), front)
    for place, (worksheet, write, number) in enumerate(zip(worksheets, sheets.values(), numbers, strict=True)):
        mark = words.say("attachment", number=number) if number else ""
        back = (words.say("back"), worksheets[front - 1].title) if 0 < front <= place else None
        sheet = Sheet(worksheet, styles, strings, mark, back)
        write(sheet)
        written.append(sheet.finish(words.language, run_id))
    package.save(workbook, written, strings, path)


def _annexes(number: str, count: int, front: int) -> list[str]:
    """Return the number of the annex each sheet is: the first one bears it, those after the front parts of it."""
    if not number or count == 1:
        return [number] * count
    parts = [f"{number}-{place}" for place in range(1, count - front + 1)]
    return [number, *[""] * (front - 1), *parts] if front else parts
