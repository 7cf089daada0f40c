"""How wide columns and how high rows have to be, so that every number shows and no text is cut off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from evalengine import text
from evalengine.reports import cells, style

Entry = tuple[str, cells.Value]  # a kind of cell and its value

FILL = 0.95  # of a column's room that text may take: fonts differ
PADDING = 1.0  # columns beside the content
NARROWEST = 5.0
NAME = 39.0  # a column of names: eighteen characters on one line
HEADING_LINES = 3
WHOLE_LINE = 6  # a line of a heading as short as this is not broken: three characters
WORD = 1.15  # room of a word in headings, whose letters are wider than digits
HEADING_FONT = 1.12  # digits of Arial to those of Times New Roman
BOLD = 1.1
WIDEST_PAGE = 1.6  # page widths printed on one page, at 55 %; what is wider goes on several
FULL_PAGE = 1.15  # page widths on each of these, at 65 %
LONGEST_WORD = 20  # codes and names of files are longer, and may break
ENOUGH = 0.5  # of a page before it ends early
LONG = 200.0  # sentences this long or longer ask for the same part of a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a sheet.

    Attributes:
        heading: its heading; empty in sheets whose parts have headings of their own.
        above: heading over this column and its neighbours with the same one.
        wraps: a column of sentences: it takes its part of the page width left by the others.
        least: lowest width of such a column.
        widest: limit for any other column, beyond which its text wraps; numbers are never cut.
    """

    heading: str = ""
    above: str = ""
    wraps: bool = False
    least: float = 12.0
    widest: float = 40.0


@dataclass(slots=True)
class Row:
    """A row of cells.

    Attributes:
        entries: its cells.
        spans: first and last column of merged cells, from 0.
        measured: what its height has to hold, if not its own entries.
    """

    entries: Sequence[Entry]
    spans: Sequence[tuple[int, int]] = ()
    measured: Sequence[Entry] | None = None


def widths(columns: Sequence[Column], rows: Iterable[Row], page: float, look: style.Look = style.LOOK) -> list[float]:
    """Return column widths: what has to fit decides; columns of sentences share what is left of the page.

    Args:
        columns: the columns.
        rows: the rows; those with merged cells have no say.
        page: width of the page.
        look: what decides how much room a text takes.
    """
    whole = [max(NARROWEST, _heading_width(column.heading, look)) for column in columns]  # so wide that no word breaks
    content = list(whole)
    for row in rows:
        if row.spans:
            continue
        for position, (kind, value) in enumerate(row.entries):
            if value is not None:
                content[position] = max(content[position], _content_width(columns[position], kind, value, look))
            if isinstance(value, str) and columns[position].wraps:
                whole[position] = max(whole[position], _word_width(kind, value, look))
    sentences = [position for position, column in enumerate(columns) if column.wraps]
    left = page - sum(size for column, size in zip(columns, content, strict=True) if not column.wraps)
    least = [max(whole[position], min(columns[position].least, content[position])) for position in sentences]
    found = dict(zip(sentences, _shared([content[position] for position in sentences], least, left), strict=True))
    return [min(round(found.get(position, size), 1), style.WIDEST_COLUMN) for position, size in enumerate(content)]


def _shared(asked: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Return the parts of the room in proportion to what is asked for, none smaller than its least.

    Columns whose longest texts take the same number of lines make the lowest rows.
    """
    held: dict[int, float] = {}
    while True:
        free = [position for position in range(len(asked)) if position not in held]
        scale = (room - sum(held.values())) / max(1.0, sum(asked[position] for position in free))
        short = {position: least[position] for position in free if scale * asked[position] < least[position]}
        if not short:
            return [held.get(position, scale * asked[position]) for position in range(len(asked))]
        held |= short


def height(row: Row, across: Sequence[float], look: style.Look = style.LOOK) -> float:
    """Return the height at which no text of a row is cut off, up to Excel's limit.

    Args:
        row: the row.
        across: the column widths.
        look: what decides how much room a text takes.
    """
    ends = dict(row.spans)
    tallest = style.LINE_POINTS
    for position, (kind, value) in enumerate(row.entries if row.measured is None else row.measured):
        if isinstance(value, str) and value:
            room = sum(across[position : ends.get(position, position) + 1])
            columns = round(FILL * (room - PADDING) / _scale(kind, look), 2)
            count = cells.lines(value, columns, proportional=look.proportional)
            latin = look.proportional and text.width(value) == len(value)
            line = style.LATIN_POINTS if latin else style.LINE_POINTS
            tallest = max(tallest, count * line * look.kinds[kind].points / style.BODY_POINTS)
    return min(style.TALLEST_ROW, round(tallest + style.ROW_PADDING, 1))


def pages(across: Sequence[float], fixed: int, page: float, above: Sequence[str] = ()) -> list[int]:
    """Return the last column of each printed page; more than one, about equally wide, where it could not be read.

    Args:
        across: the column widths.
        fixed: how many first columns are repeated on every page; a table without any is never split.
        page: width of a page.
        above: the heading above each column; columns under the same one stay together where they fit on a page.
    """
    starts = list(range(len(across)))
    if not fixed or sum(across) <= WIDEST_PAGE * page:
        return [len(across) - 1]
    most = FULL_PAGE * page
    repeated = room = sum(across[:fixed])
    for first, last in runs(above):
        starts[first : last + 1] = [first] * (last + 1 - first)
        if (whole := repeated + sum(across[first : last + 1])) < most:
            room = max(room, whole + 0.1)  # a little more: the order of a sum decides its last digit
    count = len(_filled(across, fixed, most, starts))
    room = max(room, repeated + (sum(across) - repeated) / count)
    while room < most and len(_filled(across, fixed, room, starts)) > count:
        room += 1.0
    return _filled(across, fixed, min(room, most), starts)


def _filled(across: Sequence[float], fixed: int, room: float, starts: Sequence[int]) -> list[int]:
    """Return the last column of each page where each takes as many columns, or runs of them, as it has room for."""
    ends, used, begin = [], (repeated := sum(across[:fixed])), fixed
    for position in range(fixed, len(across)):
        if used + across[position] > room and used > repeated:
            together = starts[position] > begin and repeated + sum(across[starts[position] : position + 1]) <= room
            begin = starts[position] if together else position
            ends.append(begin - 1)
            used = repeated + sum(across[begin:position])
        used += across[position]
    return [*ends, len(across) - 1]


def breaks(heights: Sequence[float], starts: Sequence[int], broken: Collection[int], page: float) -> list[int]:
    """Return the blocks that start a page so that none is cut that fits one, given those that start one anyhow.

    A block that would be cut stays where it is while less than half of the page is taken. How far one that is longer
    than a page reaches on its last is not known well enough, so that the next one starts a page.

    Args:
        heights: of the rows, those above the first block before it.
        starts: the first row of each block, rising.
        broken: rows that start a page anyhow.
        page: height of the rows that fit a page, without those repeated on each.
    """
    found: list[int] = []
    used = sum(heights[: starts[0]]) if starts else 0.0
    for place, start in enumerate(starts):
        own = sum(heights[start : starts[place + 1] if place + 1 < len(starts) else len(heights)])
        if start in broken:
            used = 0.0
        elif place and used + own > page and used >= page * ENOUGH:
            found.append(start)
            used = 0.0
        used = min(used + own, page)
    return found


def within(row: Row, fixed: int, ends: Sequence[int]) -> Row:
    """Return a row so that none of its merged cells crosses the end of a page or reaches into the repeated columns.

    Args:
        row: the row.
        fixed: how many first columns are repeated on every page.
        ends: last column of each page.
    """
    if all(last < fixed for _, last in row.spans):
        return row
    kinds = [kind for kind, _ in row.entries]
    if row.measured is not None:  # headings above columns: said again on the next page
        entries, measured, spans = list(row.entries), list(row.measured), []
        for first, last in row.spans:
            starts = [first, *(end + 1 for end in ends if first <= end < last)]
            for start in starts:
                entries[start] = measured[start] = row.entries[first]
                spans.append((start, min(last, *(end for end in ends if end >= start))))
        return Row(entries, spans, measured)
    said = [row.entries[first] for first, _ in row.spans]
    entries = [(kind, None) for kind in kinds]
    if kinds[0] == "band":
        entries[0] = said[0]
        return Row(entries, ((0, fixed - 1),))
    middle = fixed + max(1, 2 * (ends[0] + 1 - fixed) // 3)
    starts = [fixed, middle] if len(said) > 1 and middle <= ends[0] else [fixed]
    for start, entry in zip(starts, said, strict=False):
        entries[start] = entry
    stops = [*(start - 1 for start in starts[1:]), ends[0]]
    return Row(entries, tuple(zip(starts, stops, strict=True)))


def runs(names: Sequence[str]) -> list[tuple[int, int]]:
    """Return first and last position of neighbours with the same name, where there is a name."""
    found: list[tuple[int, int]] = []
    for position, name in enumerate(names):
        if name and found and found[-1][1] == position - 1 and names[position - 1] == name:
            found[-1] = (found[-1][0], position)
        elif name:
            found.append((position, position))
    return found


def _content_width(column: Column, kind: str, value: str | float, look: style.Look) -> float:
    if kind == "heading":
        return _heading_width(str(value), look)
    form = style.KINDS[kind].shown
    shown = value if isinstance(value, str) else format(value, form) if form else str(value)
    if column.wraps:
        return min(LONG, _room(cells.width(shown.replace("\n", " "), proportional=look.proportional)))
    size = _room(cells.width(shown, proportional=look.proportional) * _scale(kind, look))
    return min(size, column.widest) if isinstance(value, str) else size


def _word_width(kind: str, value: str, look: style.Look) -> float:
    """Return the width at which no word of a sentence is broken, but for codes and file names."""
    longest = cells.longest_word(value, proportional=look.proportional)
    return _room(longest * _scale(kind, look)) if longest <= LONGEST_WORD else 0.0


def _heading_width(heading: str, look: style.Look) -> float:
    """Return the width at which a heading wraps into a few lines and no word of it is broken."""
    width = cells.width(heading, proportional=look.proportional)
    longest = cells.longest_word(heading, proportional=look.proportional)
    return _room(max(width / HEADING_LINES, WORD * longest, min(width, WHOLE_LINE)))


def _scale(kind: str, look: style.Look) -> float:
    """Return how much more room the characters of a kind of cell take than those of body text."""
    own = look.kinds[kind]
    font = HEADING_FONT if look.proportional and own.font == "heading" else 1.0
    return own.points / style.BODY_POINTS * font * (BOLD if own.bold else 1.0)


def _room(content: float) -> float:
    """Return the width of a column in which so much content fits on one line."""
    return content / FILL + PADDING + 0.1  # a tenth more than the height of the row will ask for
