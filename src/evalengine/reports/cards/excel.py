"""A figure as the XML of an Excel chart, which reads cells and holds what they show.

openpyxl writes a chart in 20 ms; a workbook of five hundred units has a thousand of them. Series differ by dashes,
markers and patterns, so that a black and white print tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from evalengine.reports import cells
from evalengine.reports.cards.figures import Figure, Series

NAMESPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
FEWEST_AXES = 3  # a radar of two is a line
POINTS = 900  # hundredths
BLACK, MIDDLE, LIGHT, LINES = "000000", "595959", "7F7F7F", "BFBFBF"
STROKES = ((28575, BLACK, "solid"), (19050, MIDDLE, "dash"), (15875, LIGHT, "sysDot"))
MARKERS = (("circle", 6, BLACK), ("diamond", 7, "FFFFFF"), ("triangle", 6, "FFFFFF"))
PATTERNS = ("ltUpDiag", "pct10")  # of the second and third series of bars; the first is solid
RANGE = (0.0, 100.0)
FEW = 10  # counts whose axis has a step for each


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the numbers of a figure stand: references of its names, and of the numbers of each series."""

    names: str
    series: Sequence[str]


def chart(figure: Figure, places: Places, font: str, *, radar: bool = False) -> str:
    """Return the chart part of a figure: a radar, or bars.

    Args:
        figure: what it shows.
        places: where the numbers stand.
        font: name of the font.
        radar: whether a radar was asked for; with fewer than three axes it is drawn as columns.
    """
    if radar and len(figure.names) >= FEWEST_AXES:
        plot = _radar(figure, places)
    else:
        plot = _bars(figure, places, standing=radar)
    title = (
        f"<c:title><c:tx><c:rich>{_body()}<a:p><a:pPr>{_run('defRPr', font, bold=True)}</a:pPr>"
        f"<a:r>{_run('rPr', font, bold=True)}<a:t>{_clean(figure.title)}</a:t></a:r></a:p></c:rich></c:tx>"
        '<c:overlay val="0"/></c:title>'
    )
    legend = '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>' if len(figure.series) > 1 else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace {NAMESPACES}>'
        f'<c:roundedCorners val="0"/><c:chart>{title}<c:autoTitleDeleted val="0"/>'
        f"<c:plotArea><c:layout/>{plot}</c:plotArea>{legend}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f'<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>{_line(9525, LIGHT, "solid")}</c:spPr>'
        f"<c:txPr>{_body()}<a:p><a:pPr>{_run('defRPr', font)}</a:pPr>"
        '<a:endParaRPr lang="zh-CN"/></a:p></c:txPr></c:chartSpace>'
    )


def _radar(figure: Figure, places: Places) -> str:
    series = []
    for place, (item, reference) in enumerate(zip(figure.series, places.series, strict=True)):
        size, colour, dash = STROKES[place]
        symbol, points, fill = MARKERS[place]
        marker = (
            f'<c:marker><c:symbol val="{symbol}"/><c:size val="{points}"/><c:spPr>{_fill(fill)}'
            f"{_line(9525, colour, 'solid')}</c:spPr></c:marker>"
        )
        look = f"<c:spPr>{_line(size, colour, dash)}</c:spPr>{marker}"
        series.append(_series(place, item, figure, places.names, reference, look))
    return (
        f'<c:radarChart><c:radarStyle val="marker"/><c:varyColors val="0"/>{"".join(series)}'
        f'<c:axId val="1"/><c:axId val="2"/></c:radarChart>'
        f"{_category_axis(position='b', order='minMax', gridlines=True)}"
        f"{_value_axis(position='l', limits=_limits(figure), crosses='autoZero')}"
    )


def _bars(figure: Figure, places: Places, *, standing: bool) -> str:
    series = []
    for place, (item, reference) in enumerate(zip(figure.series, places.series, strict=True)):
        fill = _fill(MIDDLE) if place == 0 else _pattern(PATTERNS[place - 1])
        look = f'<c:spPr>{fill}{_line(9525, BLACK, "solid")}</c:spPr><c:invertIfNegative val="0"/>'
        labels = (
            f'<c:dLbls><c:numFmt formatCode="{figure.format}" sourceLinked="0"/>'
            '<c:showLegendKey val="0"/><c:showVal val="1"/>'
            '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>'
            "</c:dLbls>"
        )
        series.append(_series(place, item, figure, places.names, reference, look + labels))
    direction, order = ("col", "minMax") if standing else ("bar", "maxMin")
    category = _category_axis(position="b" if standing else "l", order=order, gridlines=False)
    value = _value_axis(
        position="l" if standing else "b",
        limits=_limits(figure) if standing else (0.0, None),
        crosses="autoZero" if standing else "max",  # the axis stays below although the bars run downwards
        whole=_few(figure),
    )
    return (
        f'<c:barChart><c:barDir val="{direction}"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{"".join(series)}<c:gapWidth val="60"/><c:axId val="1"/><c:axId val="2"/></c:barChart>{category}{value}'
    )


def _limits(figure: Figure) -> tuple[float, float | None]:
    """Return the ends of the axis of scores: 0 and 100 unless a rule goes beyond them."""
    values = [value for item in figure.series for value in item.values if value is not None]
    low, high = min([RANGE[0], *values]), max([RANGE[1], *values])
    return low, RANGE[1] if high == RANGE[1] else None


def _few(figure: Figure) -> bool:
    """Return whether the figure counts so few things that the program's own steps would be fractions."""
    highest = max((value for item in figure.series for value in item.values if value is not None), default=0.0)
    return figure.format == "0" and highest <= FEW


def _series(place: int, item: Series, figure: Figure, names: str, reference: str, look: str) -> str:
    points = "".join(f'<c:pt idx="{k}"><c:v>{_clean(name)}</c:v></c:pt>' for k, name in enumerate(figure.names))
    numbers = "".join(
        f'<c:pt idx="{k}"><c:v>{cells.number(value)}</c:v></c:pt>'
        for k, value in enumerate(item.values)
        if value is not None
    )
    count = f'<c:ptCount val="{len(figure.names)}"/>'
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/><c:tx><c:v>{_clean(item.name)}</c:v></c:tx>{look}'
        f"<c:cat><c:strRef><c:f>{_clean(names)}</c:f><c:strCache>{count}{points}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>{_clean(reference)}</c:f><c:numCache><c:formatCode>{figure.format}</c:formatCode>{count}{numbers}"
        "</c:numCache></c:numRef></c:val></c:ser>"
    )


def _category_axis(*, position: str, order: str, gridlines: bool) -> str:
    lines = f"<c:majorGridlines><c:spPr>{_line(9525, LINES, 'solid')}</c:spPr></c:majorGridlines>" if gridlines else ""
    return (
        f'<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{position}"/>{lines}<c:numFmt formatCode="General" sourceLinked="0"/>'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f'<c:spPr>{_line(9525, LIGHT, "solid")}</c:spPr><c:crossAx val="2"/><c:crosses val="autoZero"/></c:catAx>'
    )


def _value_axis(*, position: str, limits: tuple[float, float | None], crosses: str, whole: bool = False) -> str:
    low, high = limits
    most = "" if high is None else f'<c:max val="{cells.number(high)}"/>'
    step = '<c:majorUnit val="1"/>' if whole else ""
    return (
        f'<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/>{most}<c:min val="{cells.number(low)}"/>'
        f'</c:scaling><c:delete val="0"/><c:axPos val="{position}"/>'
        f"<c:majorGridlines><c:spPr>{_line(6350, LINES, 'solid')}</c:spPr></c:majorGridlines>"
        f'<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="nextTo"/><c:spPr>{_line(9525, LIGHT, "solid")}</c:spPr><c:crossAx val="1"/>'
        f'<c:crosses val="{crosses}"/>{step}</c:valAx>'
    )


def _line(size: int, colour: str, dash: str) -> str:
    return f'<a:ln w="{size}">{_fill(colour)}<a:prstDash val="{dash}"/></a:ln>'


def _fill(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'


def _pattern(name: str) -> str:
    front, back = f'<a:srgbClr val="{BLACK}"/>', '<a:srgbClr val="FFFFFF"/>'
    return f'<a:pattFill prst="{name}"><a:fgClr>{front}</a:fgClr><a:bgClr>{back}</a:bgClr></a:pattFill>'


def _body() -> str:
    return "<a:bodyPr/><a:lstStyle/>"


def _run(tag: str, font: str, *, bold: bool = False) -> str:
    name = _clean(font).replace('"', "&quot;")
    faces = f'{_fill(BLACK)}<a:latin typeface="{name}"/><a:ea typeface="{name}"/>'
    return f'<a:{tag} sz="{POINTS + 100 * bold}" b="{int(bold)}">{faces}</a:{tag}>'


def _clean(string: str) -> str:
    return escape(cells.clean(string))
