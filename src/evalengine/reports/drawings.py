"""Charts into the parts of a workbook: drawing, relations and content types of each sheet that has some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from xml.sax.saxutils import quoteattr

from evalengine.reports.cells import Chart, Content

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWINGS = "http://schemas.openxmlformats.org/drawingml/2006"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
RELATION = "rIdCharts"
INSIDE = 38100  # English metric units: a chart begins a little inside its cell, and ends before the print area does
AFTER_DRAWING = (b"<legacyDrawing", b"<tableParts", b"<extLst", b"</worksheet>")  # a drawing stands before these
CONTENT_TYPES = "[Content_Types].xml"


def add_charts(parts: dict[str, bytes], sheets: Mapping[str, Content]) -> None:
    """Add the charts of these sheets to the parts of a workbook.

    Args:
        parts: the parts by name; the sheets are among them.
        sheets: for each sheet part its content.

    Raises:
        ValueError: a sheet with charts has other relations already.
    """
    overrides, numbers = [], count(1)
    for place, (name, content) in enumerate(sheets.items(), start=1):
        if not content.charts:
            continue
        relations, drawing = f"xl/worksheets/_rels/sheet{place}.xml.rels", f"xl/drawings/drawing{place}.xml"
        if relations in parts:
            raise ValueError(f"{relations} exists already")
        parts[relations] = _relations([(RELATION, "drawing", f"/{drawing}")])
        parts[drawing] = _drawing(content.charts)
        charts = [f"xl/charts/chart{next(numbers)}.xml" for _ in content.charts]
        links = [(f"rId{number}", "chart", f"/{chart}") for number, chart in enumerate(charts, start=1)]
        parts[f"xl/drawings/_rels/drawing{place}.xml.rels"] = _relations(links)
        parts |= {chart: item.xml.encode() for chart, item in zip(charts, content.charts, strict=True)}
        overrides.append(_override(drawing, f"{TYPES}.drawing+xml"))
        overrides += [_override(chart, f"{TYPES}.drawingml.chart+xml") for chart in charts]
        parts[name] = _with_drawing(parts[name])
    parts[CONTENT_TYPES] = parts[CONTENT_TYPES].replace(b"</Types>", "".join((*overrides, "</Types>")).encode())


def _with_drawing(sheet: bytes) -> bytes:
    element = f'<drawing xmlns:r="{OFFICE}" r:id="{RELATION}"></drawing>'.encode()
    end = next(tag for tag in AFTER_DRAWING if tag in sheet)
    before, _, after = sheet.rpartition(end)
    return b"".join((before, element, end, after))


def _drawing(charts: Sequence[Chart]) -> bytes:
    main = f'xmlns:xdr="{DRAWINGS}/spreadsheetDrawing" xmlns:a="{DRAWINGS}/main" xmlns:r="{OFFICE}"'
    anchors = "".join(_anchor(number, chart) for number, chart in enumerate(charts, start=1))
    return f"{HEAD}<xdr:wsDr {main}>{anchors}</xdr:wsDr>".encode()


def _anchor(number: int, chart: Chart) -> str:
    left, top, right, bottom = chart.area
    graphic = (
        f'<a:graphic><a:graphicData uri="{DRAWINGS}/chart">'
        f'<c:chart xmlns:c="{DRAWINGS}/chart" r:id="rId{number}"/></a:graphicData></a:graphic>'
    )
    return (
        f"<xdr:twoCellAnchor>{_corner('from', left, top, INSIDE)}{_corner('to', right, bottom, 0)}"
        f'<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="{number + 1}" name="Chart {number}"'
        f" descr={quoteattr(chart.description)}/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr>"
        f'<xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm>{graphic}</xdr:graphicFrame>'
        "<xdr:clientData/></xdr:twoCellAnchor>"
    )


def _corner(tag: str, column: int, row: int, offset: int) -> str:
    return (
        f"<xdr:{tag}><xdr:col>{column}</xdr:col><xdr:colOff>{offset}</xdr:colOff>"
        f"<xdr:row>{row}</xdr:row><xdr:rowOff>{offset}</xdr:rowOff></xdr:{tag}>"
    )


def _relations(links: Sequence[tuple[str, str, str]]) -> bytes:
    items = "".join(
        f'<Relationship Id="{identity}" Type="{OFFICE}/{kind}" Target="{target}"/>' for identity, kind, target in links
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}">{items}</Relationships>'.encode()


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="/{part}" ContentType="{kind}"/>'
