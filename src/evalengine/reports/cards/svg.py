"""A figure as SVG text: no dependency, the viewer's fonts, the same text for the same numbers.

Series differ by dashes, markers and patterns, as in the Excel charts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from evalengine import text
from evalengine.reports import cells
from evalengine.reports.cards.figures import Figure, wrapped
from evalengine.reports.shown import rounded

FEWEST_AXES = 3
WIDTH, HEIGHT = 420, 320
SIZE, LINE = 12, 15  # of letters, from line to line
CENTRE, RADIUS = (WIDTH / 2, 165.0), 88.0
RINGS = (25, 50, 75, 100)
STROKES = (
    'stroke="#000" stroke-width="2.4"',
    'stroke="#444" stroke-width="1.6" stroke-dasharray="7 4"',
    'stroke="#666" stroke-width="1.4" stroke-dasharray="1.5 3"',
)
FILLS = ("#555", "url(#lines)", "url(#dots)")
PATTERNS = (
    '<defs><pattern id="lines" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<rect width="5" height="5" fill="#fff"/><path d="M0 5L5 0" stroke="#000" stroke-width="1"/></pattern>'
    '<pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#fff"/>'
    '<circle cx="2.5" cy="2.5" r="1" fill="#000"/></pattern></defs>'
)
LABEL_COLUMNS, LABEL_LINES = 17, 3
NAME_WIDTH, NAME_COLUMNS = 150, 22
TOP, BOTTOM = 40, 285


def svg(figure: Figure, font: str, *, radar: bool = False) -> str:
    """Return a figure as SVG: a radar, or bars; a radar of fewer than three axes becomes bars.

    Args:
        figure: what it shows.
        font: names of fonts, the first one there is taken.
        radar: whether a radar was asked for.
    """
    plot = _radar(figure) if radar and len(figure.names) >= FEWEST_AXES else _bars(figure)
    title = _text(WIDTH / 2, 20, figure.title, anchor="middle", bold=True)
    drawn = "".join((title, *plot, *_legend(figure, radar=radar)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family={quoteattr(font)} font-size="{SIZE}">'
        f"<title>{_clean(figure.title)}</title><desc>{_clean(figure.description)}</desc>{PATTERNS}"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{drawn}</svg>\n'
    )


def _radar(figure: Figure) -> Iterator[str]:
    count = len(figure.names)
    values = [value for series in figure.series for value in series.values if value is not None]
    most = max([float(RINGS[-1]), *values])
    for ring in RINGS:
        points = " ".join(_pair(*_at(k, count, ring / most)) for k in range(count))
        yield f'<polygon points="{points}" fill="none" stroke="#bbb" stroke-width="0.8"/>'
        x, y = _at(0, count, ring / most)
        yield _text(x + 3, y + 4, str(ring), small=True)
    for place, name in enumerate(figure.names):
        x, y = _at(place, count, 1.0)
        yield f'<path d="M{_pair(*CENTRE)}L{_pair(x, y)}" stroke="#bbb" stroke-width="0.8"/>'
        yield from _axis_name(place, count, name)
    for place, series in enumerate(figure.series):
        known = [_at(k, count, max(0.0, v) / most) for k, v in enumerate(series.values) if v is not None]
        points = " ".join(_pair(x, y) for x, y in known)
        yield f'<polygon points="{points}" fill="none" {STROKES[place]}/>'
        yield from (_marker(place, x, y) for x, y in known)


def _axis_name(place: int, count: int, name: str) -> Iterator[str]:
    x, y = _at(place, count, 1.14)
    side = round(math.sin(2 * math.pi * place / count), 6)
    middle = abs(side) < 0.1  # noqa: PLR2004 - about above or below
    anchor = "middle" if middle else "start" if side > 0 else "end"
    lines = wrapped(name, (3 if middle else 1) * LABEL_COLUMNS, LABEL_LINES)
    first = y - LINE * (len(lines) - 1) / 2 + 4
    for number, line in enumerate(lines):
        yield _text(x, first + number * LINE, line, anchor=anchor)


def _bars(figure: Figure) -> Iterator[str]:
    values = [value for series in figure.series for value in series.values if value is not None]
    most = max([*values, 0.0]) or 1.0
    left, right = NAME_WIDTH + 10, WIDTH - 50
    step = (BOTTOM - TOP) / max(1, len(figure.names))
    thick = min(16.0, step * 0.75 / len(figure.series))
    yield f'<path d="M{left} {TOP}V{BOTTOM}" stroke="#000" stroke-width="1"/>'
    for place, name in enumerate(figure.names):
        middle = TOP + step * (place + 0.5)
        lines = wrapped(name, NAME_COLUMNS, 2)
        for number, line in enumerate(lines):
            y = middle - LINE * (len(lines) - 1) / 2 + number * LINE + 4
            yield _text(left - 6, y, line, anchor="end")
        top = middle - thick * len(figure.series) / 2
        for number, series in enumerate(figure.series):
            value = series.values[place]
            if value is not None:
                y, across = top + number * thick, (right - left) * max(0.0, value) / most
                yield (
                    f'<rect x="{left}" y="{_short(y)}" width="{_short(across)}" height="{_short(thick - 1)}" '
                    f'fill="{FILLS[number]}" stroke="#000" stroke-width="0.8"/>'
                )
                yield _text(left + across + 4, y + thick / 2 + 4, rounded(value, ".2f"), small=True)


def _legend(figure: Figure, *, radar: bool) -> Iterator[str]:
    if len(figure.series) < 2:  # noqa: PLR2004 - one series needs no legend
        return
    lined = radar and len(figure.names) >= FEWEST_AXES
    widths = [44 + 6.2 * text.width(series.name) for series in figure.series]
    x, y = (WIDTH - sum(widths)) / 2, HEIGHT - 12.0
    for place, (series, width) in enumerate(zip(figure.series, widths, strict=True)):
        if lined:
            yield f'<path d="M{_short(x)} {_short(y - 4)}h28" fill="none" {STROKES[place]}/>'
            yield _marker(place, x + 14, y - 4)
        else:
            yield (
                f'<rect x="{_short(x + 8)}" y="{_short(y - 11)}" width="18" height="11" fill="{FILLS[place]}" '
                'stroke="#000" stroke-width="0.8"/>'
            )
        yield _text(x + 32, y, series.name)
        x += width


def _marker(place: int, x: float, y: float) -> str:
    if place == 0:
        return f'<circle cx="{_short(x)}" cy="{_short(y)}" r="3.2" fill="#000"/>'
    shape = "M{x} {top}L{right} {y}L{x} {bottom}L{left} {y}Z" if place == 1 else "M{x} {top}L{right} {bottom}H{left}Z"
    sides = {"left": x - 4, "right": x + 4, "top": y - 4, "bottom": y + 4, "x": x, "y": y}
    path = shape.format(**{name: _short(value) for name, value in sides.items()})
    return f'<path d="{path}" fill="#fff" stroke="#222" stroke-width="1"/>'


def _at(place: int, count: int, share: float) -> tuple[float, float]:
    angle = 2 * math.pi * place / count
    return CENTRE[0] + RADIUS * share * math.sin(angle), CENTRE[1] - RADIUS * share * math.cos(angle)


def _text(x: float, y: float, shown: str, *, anchor: str = "start", bold: bool = False, small: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    size = f' font-size="{SIZE - 2}"' if small else ""
    return f'<text x="{_short(x)}" y="{_short(y)}" text-anchor="{anchor}"{weight}{size}>{_clean(shown)}</text>'


def _pair(x: float, y: float) -> str:
    return f"{_short(x)},{_short(y)}"


def _short(value: float) -> str:
    """Return a coordinate with two decimals at most: beyond them machines differ."""
    return f"{value + 0.0:.2f}".rstrip("0").rstrip(".")


def _clean(string: str) -> str:
    return escape(cells.clean(string))
