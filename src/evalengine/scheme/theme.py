"""How an office wants its reports to look and what it wants printed on them."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import ClassVar

from evalengine.errors import Problem
from evalengine.scheme.model import STRICT
from evalengine.text import LANGUAGES, Label

PAGE = ("page", "pages")
SAID = ("year", "system", "office", "count")
MARGINS = (0.5, 5.0)  # centimetres: printers cannot reach the edge, and a table needs room
TITLE_POINTS = (9.0, 36.0)
LONGEST_FONT = 31  # characters Excel takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """Margins of a printed page, in centimetres."""

    __pydantic_config__: ClassVar = STRICT

    top: float
    bottom: float
    left: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fonts:
    """Names of the fonts of one language."""

    __pydantic_config__: ClassVar = STRICT

    title: str
    heading: str
    body: str
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FontsByLanguage:
    """Fonts of the two languages."""

    __pydantic_config__: ClassVar = STRICT

    zh: Fonts
    en: Fonts

    def get(self, language: str) -> Fonts:
        """Return the fonts of a language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Sentences of the cover.

    Attributes:
        title: its title.
        date: the line for the date below the office.
    """

    __pydantic_config__: ClassVar = STRICT

    title: Label
    date: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Sentences of the public notice.

    Attributes:
        title: its title.
        opening: what stands above the lists.
        office: who assessed, if the theme names no office.
        objection: period and form of objections.
        contact: where to.
        signature: the line below the office.
    """

    __pydantic_config__: ClassVar = STRICT

    title: Label
    opening: Label
    office: Label
    objection: Label
    contact: Label
    signature: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme: the one shipped, with what the office's own file changes.

    Attributes:
        label: what the theme is called.
        office: name of the office; empty for none.
        attachment: number of the annex; empty for none.
        mark: access mark on every page; empty for none.
        unit_line: what stands right above tables of scores.
        rounding_note: note below the ranking.
        footer: page numbers, with `{page}` and `{pages}`.
        signatures: what is filled in below the ranking.
        grey_headings: whether headings are grey.
        title_points: size of titles.
        margins: margins of the page.
        fonts: font names.
        cover: sentences of the cover.
        notice: sentences of the public notice.
        name: name of the file without its ending.
        files: the files it was read from, by name.
        sha256: hash of these files.
    """

    __pydantic_config__: ClassVar = STRICT

    label: Label
    office: Label
    attachment: str
    mark: Label
    unit_line: Label
    rounding_note: Label
    footer: Label
    signatures: tuple[Label, ...]
    grey_headings: bool
    title_points: float
    margins: Margins
    fonts: FontsByLanguage
    cover: Cover
    notice: Notice
    name: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""


def check_theme(theme: Theme, file: str) -> list[Problem]:
    """Return every fault of a theme that its shape allows."""
    return [
        Problem(severity="error", code=code, file=file, field=key, value=value, facts=facts)
        for code, key, value, facts in _faults(theme)
    ]


def _faults(theme: Theme) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    for side in fields(Margins):
        yield from _range(f"margins.{side.name}", getattr(theme.margins, side.name), MARGINS)
    yield from _range("title_points", theme.title_points, TITLE_POINTS)
    for language in LANGUAGES:
        for use in fields(Fonts):
            name = getattr(theme.fonts.get(language), use.name)
            if not 0 < len(name) <= LONGEST_FONT:
                yield "theme_font", f"fonts.{language}.{use.name}", name[:80], {"longest": str(LONGEST_FONT)}
    yield from _placeholders("footer", theme.footer, PAGE)
    for name, said in (("cover", theme.cover), ("notice", theme.notice)):
        for part in fields(said):
            yield from _placeholders(f"{name}.{part.name}", getattr(said, part.name), SAID)


def _range(key: str, value: float, limits: tuple[float, float]) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    low, high = limits
    if not low <= value <= high:
        yield "theme_range", key, f"{value:g}", {"low": f"{low:g}", "high": f"{high:g}"}


def _placeholders(key: str, label: Label, known: tuple[str, ...]) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    for language in LANGUAGES:
        sentence = label.get(language)
        try:
            plain = {part: (spec, conversion) for _, part, spec, conversion in string.Formatter().parse(sentence)}
        except ValueError:
            plain = {"": ("", None)}
        wrong = [name for name, rest in plain.items() if name is not None and (name not in known or any(rest))]
        if wrong:
            facts = {"known": ", ".join(f"{{{name}}}" for name in known)}
            yield "theme_placeholder", f"{key}.{language}", sentence[:80], facts
