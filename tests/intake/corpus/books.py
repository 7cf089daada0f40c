"""Workbooks written part by part, so that they can be as wrong as a program or a person can make them."""

# ruff: noqa: E501 - markup, in lines of its own
from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
ODS = (
    " ".join(f'xmlns:{name}="{OASIS}:{name}:1.0"' for name in ("office", "table", "text", "style", "script", "drawing"))
    + f' xmlns:number="{OASIS}:datastyle:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
)
# Cell styles by position: what the sheets below refer to by number.
FORMATS = ("General", "0.00%", "yyyy-mm-dd", "0!.0000", '0.00"%"', "[h]:mm:ss", "", "@")
GENERAL, PERCENT, DATE, MOVED, QUOTED, HOURS, CHINESE_DATE, TEXT = range(8)
Grid = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as its file holds it: kind, stored value, formula, style."""

    stored: str | None = None
    kind: str = ""
    formula: str | None = None
    style: int = 0
    inside: str = ""


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """Return an archive of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def xlsx_parts(sheets: Mapping[str, str], *, states: Mapping[str, str] | None = None) -> dict[str, bytes | str]:
    """Return the parts of a workbook: its sheets by name, as XML."""
    states = states or {}
    named = [
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="r{number}"'
        + (f' state="{states[name]}"' if name in states else "")
        + "/>"
        for number, name in enumerate(sheets, start=1)
    ]
    relations = [
        f'<Relationship Id="r{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    ]
    relations += [f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/>']
    relations += [f'<Relationship Id="t" Type="{OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/>']
    formats = "".join(
        f'<numFmt numFmtId="{170 + number}" formatCode={quoteattr(code)}/>'
        for number, code in enumerate(FORMATS)
        if code
    )
    styles = "".join(f'<xf numFmtId="{170 + number if code else 31}"/>' for number, code in enumerate(FORMATS))
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"/>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{"".join(named)}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{"".join(relations)}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>甲</t></si><si><r><t>经</t></r><r><t>费</t></r><rPh sb="0" eb="1"><t>ジンフェイ</t></rPh></si></sst>',
    }
    return parts | {f"xl/worksheets/sheet{number}.xml": xml for number, xml in enumerate(sheets.values(), start=1)}


def sheet_xml(
    rows: Grid, *, before: str = "", after: str = "", hidden: Sequence[int] = (), addresses: bool = True
) -> str:
    """Return a sheet as XML."""
    written = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            _cell_xml(cell, f"{_letters(place)}{number}" if addresses else "") for place, cell in enumerate(row)
        )
        place = f' r="{number}"' if addresses else ""
        shut = ' hidden="1"' if number in hidden else ""
        written.append(f"<row{place}{shut}>{cells}</row>")
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(written)}</sheetData>{after}</worksheet>'


def _cell_xml(value: object, address: str) -> str:
    place = f' r="{address}"' if address else ""
    if value is None:
        return f"<c{place}/>"
    if isinstance(value, bool):
        return f'<c{place} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f"<c{place}><v>{value!r}</v></c>"
    if isinstance(value, str):
        return f'<c{place} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    assert isinstance(value, Cell)
    kind = f' t="{value.kind}"' if value.kind else ""
    formula = "" if value.formula is None else f"<f>{escape(value.formula)}</f>"
    stored = "" if value.stored is None else f"<v>{escape(value.stored)}</v>"
    return f'<c{place} s="{value.style}"{kind}>{formula}{stored}{value.inside}</c>'


def xlsx(sheets: Mapping[str, Grid | str], *, states: Mapping[str, str] | None = None) -> bytes:
    """Return a workbook of sheets given as rows of cells, or as XML."""
    xml = {name: rows if isinstance(rows, str) else sheet_xml(rows) for name, rows in sheets.items()}
    return zipped(xlsx_parts(xml, states=states))


def merged(*areas: str) -> str:
    """Return merged areas as XML."""
    return "<mergeCells>" + "".join(f'<mergeCell ref="{area}"/>' for area in areas) + "</mergeCells>"


def ods_parts(tables: str, *, styles: str = "", before: str = "") -> dict[str, bytes | str]:
    """Return the parts of an OpenDocument spreadsheet: its tables as XML."""
    content = (
        f"<office:document-content {ODS}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{before}{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content,
        "META-INF/manifest.xml": manifest,
    }


def ods_table(name: str, rows: Grid, *, style: str = "", after: str = "") -> str:
    """Return a table as XML; cells given as text that begins with < stand as they are."""
    written = [f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows]
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(written)}{after}</table:table>'


def _ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        if value.startswith("<"):
            return value
        return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'


def ods(tables: Mapping[str, Grid]) -> bytes:
    """Return an OpenDocument spreadsheet."""
    return zipped(ods_parts("".join(ods_table(name, rows) for name, rows in tables.items())))


def _letters(place: int) -> str:
    return chr(65 + place) if place < 26 else f"{chr(64 + place // 26)}{chr(65 + place % 26)}"
