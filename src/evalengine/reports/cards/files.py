"""The page-set of each unit as a file of its own, to send back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from evalengine.analysis.explanation import explanations
from evalengine.errors import OutputError, UsageError
from evalengine.reports.cards import pages, pdf, picture
from evalengine.reports.cards.content import Card, cards
from evalengine.reports.cards.names import file_stems
from evalengine.reports.cards.svg import svg
from evalengine.reports.words import Words
from evalengine.reports.workbook import save
from evalengine.scheme.loading import load_theme
from evalengine.scheme.theme import Theme
from evalengine.staging import staging_folder

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

FOLDER_MODE = 0o755
FORMATS = ("xlsx", "docx", "pdf", "svg", "png")


def write_cards(
    assessment: Assessment,
    folder: str | Path,
    language: str = "zh",
    *,
    formats: Iterable[str] = ("xlsx",),
    theme: Theme | None = None,
) -> tuple[Path, ...]:
    """Write a page-set of each unit, a file for each format; charts alone as `svg` or `png`.

    A page-set holds the unit's own data and its peers' medians and bests; no other unit is named, and no person.
    Identical assessments give identical bytes (pictures and PDF: where fonts and programs are the same).

    Args:
        assessment: the assessment.
        folder: where; must not exist.
        language: `zh` or `en`.
        formats: any of `xlsx`, `docx`, `pdf` (needs LibreOffice), `svg`, `png`; `docx` and `png` need the extra `docx`.
        theme: how they look; the shipped default if None.

    Returns:
        The files.

    Raises:
        UsageError: a format is unknown, or what it needs is not there.
        OutputError: the folder exists, or a file cannot be written.
    """
    wanted = tuple(dict.fromkeys(formats))
    require_formats(wanted, language)
    target = Path(folder)
    if target.exists():
        raise OutputError("output_exists", folder=str(target))
    staging = staging_folder(target)
    try:
        _fill(assessment, staging, language, wanted, theme or load_theme())
        staging.chmod(FOLDER_MODE)
        staging.rename(target)
    except OSError as error:
        raise OutputError("output_not_writable", folder=str(target), detail=str(error)) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return tuple(sorted(target.iterdir()))


def _fill(assessment: Assessment, folder: Path, language: str, formats: Sequence[str], theme: Theme) -> None:
    words, run_id = Words(assessment.system, language), assessment.provenance.run_id
    title, stems = words.say("cards.sheet"), file_stems(assessment.ranking["unit"])
    with tempfile.TemporaryDirectory(prefix="evalengine-") as scratch:
        books: list[Path] = []
        for card in cards(assessment, words, explanations(assessment)):
            stem = stems[card.unit]
            if {"xlsx", "pdf"} & set(formats):
                books.append((folder if "xlsx" in formats else Path(scratch)) / f"{stem}.xlsx")
                save({title: partial(pages.write_cards, cards=[card], words=words)}, words, books[-1], run_id, theme)
            for kind in formats:
                if kind in WRITERS:
                    WRITERS[kind](card, folder / stem, words, run_id, theme)
        if "pdf" in formats:
            pdf.convert(books, folder)


def require_formats(formats: Sequence[str], language: str) -> None:
    """Refuse formats that cannot be written here, before any work.

    Raises:
        UsageError: a format is unknown, or what it needs is not there.
    """
    for kind in formats:
        if kind not in FORMATS:
            raise UsageError("unknown_format", format=kind, known=", ".join(FORMATS))
    if "pdf" in formats:
        pdf.program()
    if {"docx", "png"} & set(formats):
        picture.require(language)
    if "docx" in formats:
        from evalengine.reports.cards import document  # noqa: PLC0415 - an extra

        document.require()


def _docx(card: Card, target: Path, words: Words, run_id: str, theme: Theme) -> None:
    from evalengine.reports.cards import document  # noqa: PLC0415 - an extra

    pictures = [picture.png(drawn) for drawn in _drawn(card, words).values()]
    target.with_name(f"{target.name}.docx").write_bytes(document.document(card, pictures, words, run_id, theme))


def _svg(card: Card, target: Path, words: Words, *_: object) -> None:
    for name, drawn in _drawn(card, words).items():
        target.with_name(f"{target.name}-{name}.svg").write_text(drawn, encoding="utf-8", newline="\n")


def _png(card: Card, target: Path, words: Words, *_: object) -> None:
    for name, drawn in _drawn(card, words).items():
        target.with_name(f"{target.name}-{name}.png").write_bytes(picture.png(drawn))


def _drawn(card: Card, words: Words) -> dict[str, str]:
    """Return the charts of a card as SVG; no bars where nothing is lost."""
    font = words.say("cards.charts.fonts")
    drawn = {"radar": svg(card.radar, font, radar=True)}
    return drawn | ({"bars": svg(card.bars, font)} if card.bars.names else {})


WRITERS: Mapping[str, Callable[[Card, Path, Words, str, Theme], None]] = {"docx": _docx, "svg": _svg, "png": _png}
