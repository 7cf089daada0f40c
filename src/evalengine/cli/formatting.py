"""Terminal text: sentences of the command line, tables and help aligned for wide characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

import click

from evalengine.text import default_language, pad, sentence, width

GAP = "  "


def say(key: str, **facts: object) -> str:
    """Return a sentence of the command line in the chosen language."""
    return sentence(f"cli.{key}", default_language(), **facts)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Return the lines of a table; columns in `right` are flush right."""
    widths = [max(width(row[k]) for row in (headings, *rows)) for k in range(len(headings))]
    return [
        GAP.join(pad(cell, widths[k], right=k in right) for k, cell in enumerate(row)).rstrip()
        for row in (headings, *rows)
    ]


def wrap(string: str, columns: int) -> list[str]:
    """Return `string` in lines of at most `columns`; breaks at spaces, or between wide characters.

    A bracket that opens stays with what follows it, one that closes and a full stop with what comes before.
    """
    lines, line = [], ""
    for piece in _pieces(string):
        if line.strip() and width(line) + width(piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def _pieces(string: str) -> list[str]:
    pieces: list[str] = []
    for char in string:
        wide = unicodedata.east_asian_width(char) in "WF"
        closing = unicodedata.category(char) in {"Po", "Pe", "Pf"}
        opened = bool(pieces) and unicodedata.category(pieces[-1][-1]) in {"Ps", "Pi"}
        starts = not pieces or (wide and not closing and not opened) or pieces[-1].endswith(" ")
        after_wide = (
            bool(pieces)
            and unicodedata.east_asian_width(pieces[-1][-1]) in "WF"
            and not closing
            and not opened
            and char != " "
        )
        if starts or after_wide:
            pieces.append(char)
        else:
            pieces[-1] += char
    return pieces


class Formatter(click.HelpFormatter):
    """click's help, aligned and wrapped by display width."""

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        for paragraph in text.split("\n"):
            for line in wrap(paragraph.strip(), self.width - self.current_indent):
                self.write(f"{' ' * self.current_indent}{line}".rstrip() + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 34, col_spacing: int = 2) -> None:
        """Write a list of terms and their explanations in two columns."""
        listed = list(rows)
        first = min(max(width(term) for term, _ in listed), col_max) + col_spacing
        for term, explanation in listed:
            lines = wrap(explanation, max(20, self.width - self.current_indent - first))
            lead = " " * self.current_indent
            if width(term) + col_spacing > first:
                self.write(f"{lead}{term}\n")
                term = ""  # noqa: PLW2901 - a term too long stands on a line of its own
            for line in lines:
                self.write(f"{lead}{pad(term, first)}{line}\n".rstrip() + "\n")
                term = ""  # noqa: PLW2901 - only the first line carries the term
