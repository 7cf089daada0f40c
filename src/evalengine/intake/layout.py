"""Where a table stands on its sheet: headings in one row or two, rows of units and column numbers, notes below."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evalengine.intake.headings import Heading, code_in, find_header, heading_key, headings_in, index_of
from evalengine.intake.numbers import is_blank, money, narrowed
from evalengine.intake.sheets import Area, Row
from evalengine.intake.words import folded, words
from evalengine.scheme.model import Column
from evalengine.text import LANGUAGES, Label

DIGITS = re.compile("[0-9]{1,3}", re.ASCII)
COUNTED = 3  # so many cells that count up are no accident
BRACKETED = re.compile(r"\(?([^()]*)\)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A row below the headings that is no record.

    Attributes:
        code: the problem that reports it.
        row: its 1-based number.
        value: what it says.
    """

    code: str
    row: int
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a table stands.

    Attributes:
        first: 0-based position of the first row of headings.
        last: 0-based position of the last one.
        headings: the headings.
        body: the records: 1-based row numbers and rows.
        skipped: rows below the headings that are no records.
    """

    first: int
    last: int
    headings: Sequence[Heading]
    body: Sequence[tuple[int, Row]]
    skipped: Sequence[Skipped]


def layout_of(
    rows: Sequence[Row], merged: Iterable[Area], columns: Mapping[str, Column], units: Iterable[Label]
) -> Layout | None:
    """Return where the table of these columns stands; None if no row has its headings."""
    found = find_header(rows, columns)
    if found is None:
        return None
    first, last, headings = _best_headings(rows, found, list(merged), columns)
    body = [
        (number, row)
        for number, row in enumerate(rows[last + 1 :], start=last + 2)
        if not all(is_blank(cell) for cell in row)
    ]
    skipped: list[Skipped] = []
    if body and _is_row_of_units(body[0][1], units):
        headings = _with_units(headings, body.pop(0)[1], columns)
    if body and _counts_up(body[0][1], headings):
        number, row = body.pop(0)
        skipped.append(Skipped(code="numbering_row", row=number, value=_said(row)))
    body = _without_notes(body, skipped)
    return Layout(first=first, last=last, headings=headings, body=body, skipped=skipped)


def _best_headings(
    rows: Sequence[Row], found: int, merged: Sequence[Area], columns: Mapping[str, Column]
) -> tuple[int, int, list[Heading]]:
    """Return the headings of a row, or of it and a neighbour where both together name more columns."""
    best = (found, found, headings_in(rows[found], columns))
    for upper in (found - 1, found):
        if upper < 0 or upper + 1 >= len(rows) or not all(isinstance(c, str) or c is None for c in rows[upper + 1]):
            continue
        above = [area for area in merged if area[0] == upper + 1]
        joined = headings_in(_joined(rows[upper], rows[upper + 1], above, columns), columns)
        # Parts below a heading that is merged over them say which of them it is, even if none is known.
        split = upper == found and any(area[0] == area[1] and area[2] < area[3] for area in above)
        if _known(joined) > _known(best[2]) - split:
            best = (upper, upper + 1, joined)
    return best


def _known(headings: Iterable[Heading]) -> int:
    return len({heading.code for heading in headings if heading.code})


def _joined(upper: Row, lower: Row, merged: Sequence[Area], columns: Mapping[str, Column]) -> list[str | None]:
    """Return one heading for each column of two rows; a merged cell above stands above all its columns."""
    index = index_of(columns)
    both: list[str | None] = []
    for position in range(max(len(upper), len(lower))):
        low, above = _text_at(lower, position), _text_at(upper, position)
        if not low:
            both.append(above or None)
            continue
        for _, _, left, right in merged:
            if left <= position + 1 <= right:
                above = _text_at(upper, left - 1)
        names = [f"{above}{low}", f"{above}({low})"] if above else []
        known = [name for name in names if heading_key(name) in index]  # a unit in brackets is not dropped here
        both.append(known[0] if known else low if code_in(low, index) or not above else f"{above}/{low}")
    return both


def _text_at(row: Row, position: int) -> str:
    cell = row[position] if position < len(row) else None
    return "" if is_blank(cell) else str(cell).strip()


def _is_row_of_units(row: Row, units: Iterable[Label]) -> bool:
    """Return whether a row says nothing but units."""
    names = {folded(name) for unit in units for language in LANGUAGES for name in unit.get(language).split("/")}
    names |= set(money()) | words("percent")
    said = [_unit_in(cell) for cell in row if not is_blank(cell)]
    others = words("missing") | words("stated_unit")
    return any(unit in names for unit in said) and all(unit in names or unit in others for unit in said)


def _unit_in(cell: object) -> str:
    match = BRACKETED.fullmatch(folded(cell)) if isinstance(cell, str) else None
    return match[1] if match else ""


def _with_units(headings: Sequence[Heading], row: Row, columns: Mapping[str, Column]) -> list[Heading]:
    """Return the headings with their units in brackets, as if they stood there."""
    index = index_of(columns)
    texts: list[str | None] = [None] * (max(heading.position for heading in headings) + 1)
    for heading in headings:
        unit = _unit_in(row[heading.position]) if heading.position < len(row) else ""
        shown = f"{heading.text}({unit})" if unit and unit not in words("missing") else heading.text
        texts[heading.position] = shown if code_in(shown, index) == heading.code else heading.text
    return headings_in(texts, columns)


def _counts_up(row: Row, headings: Sequence[Heading]) -> bool:
    """Return whether a row only numbers the columns: letters or heavenly stems first, then 1, 2, 3."""
    said = [narrowed(str(cell)).strip("()") for cell in row if not is_blank(cell)]
    numbers = list(itertools.dropwhile(lambda word: not DIGITS.fullmatch(word), said))
    letters = said[: len(said) - len(numbers)]
    stems = words("column_letters")
    return (
        len(said) >= max(COUNTED, len(headings) - 1)
        and len(numbers) > 1
        and numbers == [str(number) for number in range(int(numbers[0]), int(numbers[0]) + len(numbers))]
        and int(numbers[0]) in {1, len(letters) + 1}
        and all(folded(letter) in stems for letter in letters)
    )


def _without_notes(body: Sequence[tuple[int, Row]], skipped: list[Skipped]) -> list[tuple[int, Row]]:
    """Return the records; notes below them, what belongs to these notes, and rows of totals are none."""
    records = []
    noted = False
    for number, row in body:
        said = [cell for cell in row if not is_blank(cell)]
        if _is_note(said):
            skipped.append(Skipped(code="note_below", row=number, value=_said(row)))
            noted = True
        elif noted and len(said) == 1 and isinstance(said[0], str):
            continue
        elif any(isinstance(cell, str) and folded(cell).strip(":") in words("total") for cell in said[:2]):
            skipped.append(Skipped(code="total_row", row=number, value=_said(row)))
        else:
            records.append((number, row))
    return records


def _is_note(said: Sequence[object]) -> bool:
    """Return whether a row begins with a word for notes or for who filled it in, and holds nothing but text."""
    if not all(isinstance(cell, str) for cell in said):
        return False
    start = unicodedata.normalize("NFKC", str(said[0])).strip().casefold()
    word = next((word for word in sorted(words("note"), key=len, reverse=True) if start.startswith(word)), None)
    return word is not None and re.match(r"\s*(?:\([^()]*\))?\s*[0-9]*\s*[:.\u3001]", start[len(word) :]) is not None


def _said(row: Row) -> str:
    return " ".join(str(cell).strip() for cell in row if not is_blank(cell))
