"""Cards on a sheet: a page that says it all, then the indicators, each on as many pages as they need."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter, quote_sheetname

from evalengine.reports import layout, style
from evalengine.reports.cards import excel
from evalengine.reports.cards.content import Card, Table
from evalengine.reports.cards.figures import Figure, wrapped
from evalengine.reports.cells import Chart
from evalengine.reports.layout import Column, Entry, Row
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

COLUMNS = (  # those of the table of indicators; the other tables span them; forty in English fit a page
    Column(wraps=True, least=40),
    *[Column(widest=16)] * 3,
    Column(wraps=True, least=26),
    *[Column(widest=12)] * 4,
    Column(wraps=True, least=13),
)
DIMENSION = (1, 1, 1, 1, 2, 1, 1, 2)  # columns each of its cells spans
SHORTFALL = (1, 1, 1, 1, 6)
ADJUSTMENT = (1, 2, 2, 5)
RADAR, BARS = (0, 4), (4, 10)  # columns from and to
CHART_ROWS = 16
LABEL_COLUMNS, MOST_LINES = 24, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    """A sheet that takes cards, its column widths and how many points of rows fit a page."""

    sheet: Sheet
    words: Words
    title: str
    widths: Sequence[float]
    capacity: float

    def height(self, rows: Sequence[Row]) -> float:
        return sum(layout.height(row, self.widths, self.sheet.look) for row in rows)


def write_cards(sheet: Sheet, cards: Sequence[Card], words: Words) -> None:
    """Write cards on a sheet, each on pages of its own.

    Args:
        sheet: a sheet nothing was written on.
        cards: the cards.
        words: the language.
    """
    sheet.lay_out(COLUMNS, "portrait")
    rows = (row for card in cards for row in (*_standing(card), *_table_rows(card.indicators)))
    widths = layout.widths(COLUMNS, rows, style.PAGE_COLUMNS["portrait"], sheet.look)
    scale = style.page_scale("portrait", sheet.theme, sum(widths))
    pages = _Pages(
        sheet=sheet,
        words=words,
        title=quote_sheetname(sheet.worksheet.title),
        widths=widths,
        capacity=style.page_points("portrait", sheet.theme, scale),
    )
    for place, card in enumerate(cards):
        if place:
            sheet.page_break()
        _write(pages, card)


def _write(pages: _Pages, card: Card) -> None:
    sheet = pages.sheet
    heading, *indicators = _table_rows(card.indicators)
    name = _span(("section", card.name))
    adjustments = list(_adjustments(card))
    notes = [_span(("caption", note)) for note in card.notes]
    used = sheet.rows
    _summary(pages, card)
    if pages.height([*sheet.written(used), *adjustments, *notes]) <= pages.capacity:
        for row in adjustments:
            sheet.add(row)
        adjustments = []
    for row in notes:
        sheet.add(row)
    if pages.height([*sheet.written(used), heading, *indicators, *adjustments]) <= pages.capacity:
        for row in (heading, *indicators, *adjustments):
            sheet.add(row)
        return
    for part in _parts(pages, [name, heading], indicators):
        sheet.page_break()
        for row in part:
            sheet.add(row)
        filled = pages.height(part)
    if adjustments and filled + pages.height(adjustments) > pages.capacity:
        sheet.page_break()
        sheet.add(name)
    for row in adjustments:
        sheet.add(row)


def _parts(pages: _Pages, head: Sequence[Row], rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield the rows in parts that fit a page, each under its heading and about as high as the others."""
    heights = [pages.height([row]) for row in rows]
    room = pages.capacity - pages.height(head)
    goal = sum(heights) / math.ceil(sum(heights) / room)
    part, filled = list(head), 0.0
    for row, own in zip(rows, heights, strict=True):
        if len(part) > len(head) and (filled >= goal or filled + own > room):
            yield part
            part, filled = list(head), 0.0
        part.append(row)
        filled += own
    yield part


def _summary(pages: _Pages, card: Card) -> None:
    """Write identity, charts, dimensions, remarks and shortfalls."""
    sheet = pages.sheet
    sheet.head(card.title, left=card.left, right=sheet.theme.unit_line.get(pages.words.language))
    sheet.add(_span(("section", card.name)))
    for row in _standing(card):
        sheet.add(row)
    top = sheet.rows
    for _ in range(CHART_ROWS):
        sheet.add(_span(("caption", None)))
    radar = dataclasses.replace(card.radar, names=tuple(_broken(name) for name in card.radar.names))
    rows = tuple((("text", name), *row[1:]) for name, row in zip(radar.names, card.dimensions.rows, strict=True))
    dimensions = _spread_table(pages, dataclasses.replace(card.dimensions, rows=rows), DIMENSION)
    for remark in card.remarks:
        sheet.add(_span(("text", remark)))
    shortfalls = _spread_table(pages, card.shortfalls, SHORTFALL)
    if not card.shortfalls.rows:
        sheet.add(_span(("centre", pages.words.say("cards.no_indicator"))))
    _chart(pages, radar, (RADAR[0], top, RADAR[1], top + CHART_ROWS), dimensions, (1, 2, 3), radar=True)
    if card.shortfalls.rows:
        _chart(pages, card.bars, (BARS[0], top, BARS[1], top + CHART_ROWS), shortfalls, (2, 3), radar=False)


def _broken(name: str) -> str:
    """Return a name in lines short enough for a radar, whose labels programs do not wrap."""
    return "\n".join(wrapped(name, LABEL_COLUMNS, MOST_LINES))


def _spread_table(pages: _Pages, table: Table, spans: Sequence[int]) -> tuple[int, int]:
    """Write a table whose cells span several columns; return its first and last row of figures."""
    pages.sheet.add(_spread([("heading", heading) for heading in table.headings], spans))
    first = pages.sheet.rows + 1
    for row in table.rows:
        pages.sheet.add(_spread(row, spans))
    return first, pages.sheet.rows


def _chart(
    pages: _Pages,
    figure: Figure,
    area: tuple[int, int, int, int],
    rows: tuple[int, int],
    columns: Sequence[int],
    *,
    radar: bool,
) -> None:
    def reference(column: int) -> str:
        letter = get_column_letter(column + 1)
        return f"{pages.title}!${letter}${rows[0]}:${letter}${rows[1]}"

    series = [reference(column) for column in columns[: len(figure.series)]]
    places = excel.Places(names=reference(0), series=series)
    xml = excel.chart(figure, places, pages.sheet.theme.fonts.get(pages.words.language).body, radar=radar)
    pages.sheet.chart(Chart(xml=xml, area=area, description=figure.description))


def _standing(card: Card) -> list[Row]:
    return _table_rows(card.standing)


def _table_rows(table: Table) -> list[Row]:
    return [Row([("heading", heading) for heading in table.headings]), *(Row(row) for row in table.rows)]


def _adjustments(card: Card) -> Iterator[Row]:
    if card.adjustments.rows:
        yield _span(("section", card.adjusted))
        yield _spread([("heading", heading) for heading in card.adjustments.headings], ADJUSTMENT)
        yield from (_spread(row, ADJUSTMENT) for row in card.adjustments.rows)


def _span(entry: Entry) -> Row:
    return _spread([entry], (len(COLUMNS),))


def _spread(entries: Sequence[Entry], spans: Sequence[int]) -> Row:
    """Return a row whose cells span so many columns each."""
    cells: list[Entry] = []
    merged = []
    for (kind, value), count in zip(entries, spans, strict=True):
        merged.append((len(cells), len(cells) + count - 1))
        cells += [(kind, value), *[(kind, None)] * (count - 1)]
    return Row(cells, tuple(merged))
