"""Read a workbook as strictly as the strictest program that may open it: every fault is a sentence.

The schema of the file format is checked by openxml-audit; this checks what no schema says and what WPS Office or Excel
2007 would repair, refuse or show as an error.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from openpyxl.utils import range_boundaries

from tests.reports.parts import LITERAL, MAIN, Package, Sheet

TYPES = "[Content_Types].xml"
LONGEST_FORMULA, LONGEST_TEXT, LONGEST_LITERAL, LONGEST_RULE = 8192, 32_767, 255, 255
LONGEST_NAME, FORBIDDEN_IN_NAME = 31, re.compile(r"[\[\]:*?/\\]")
ROWS, COLUMNS, WIDEST, TALLEST, NESTED, ARGUMENTS = 1_048_576, 16_384, 255, 409.5, 64, 255
# children of a worksheet in the order Excel insists on
ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
)  # fmt: skip


def faults(path: Path) -> list[str]:
    """Return everything that is wrong with a workbook."""
    package = Package(path)
    found = [*_zip(package), *_types(package), *_relations(package), *_strings(package), *_names(package)]
    styles = package.root("xl/styles.xml")
    formats = len(styles.findall(f"{{{MAIN}}}cellXfs/{{{MAIN}}}xf"))
    differential = len(styles.findall(f"{{{MAIN}}}dxfs/{{{MAIN}}}dxf"))
    texts = len(package.root("xl/sharedStrings.xml"))
    for sheet in package.sheets:
        own = [*_order(sheet), *_cells(sheet, formats, texts), *_merges(sheet), *_sizes(sheet)]
        own += [*_rules(sheet, differential), *_links(sheet, package)]
        found += [f"{sheet.name}: {fault}" for fault in own]
    for place, formula in package.formulas():
        found += [f"{place}: {fault}" for fault in _formula(formula)]
    return found


def _zip(package: Package) -> Iterator[str]:
    if package.names[0] != TYPES:
        yield f"the first entry is {package.names[0]}"
    twice = [name for name, count in Counter(name.lower() for name in package.names).items() if count > 1]
    yield from (f"{name} is there twice" for name in twice)
    for info in package.infos:
        if info.date_time != (1980, 1, 1, 0, 0, 0):
            yield f"{info.filename} carries the time {info.date_time}"
        if info.compress_type not in {zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED} or info.flag_bits & 0x1:
            yield f"{info.filename} is packed in a way readers may not know"


def _types(package: Package) -> Iterator[str]:
    root = package.root(TYPES)
    defaults = {item.attrib["Extension"].lower() for item in root if item.tag.endswith("Default")}
    overrides = [item.attrib["PartName"] for item in root if item.tag.endswith("Override")]
    yield from (f"{name} has two types" for name, count in Counter(overrides).items() if count > 1)
    yield from (f"{name} has a type and does not exist" for name in overrides if name[1:] not in package.parts)
    for name in package.names:
        if name != TYPES and f"/{name}" not in overrides and name.rpartition(".")[2].lower() not in defaults:
            yield f"{name} has no type"


def _relations(package: Package) -> Iterator[str]:
    reached, waiting = {""}, [""]
    while waiting:
        part = waiting.pop()
        relations = package.relations(part)
        yield from (
            f"{part}: {key} is there twice" for key, n in Counter(key for key, *_ in relations).items() if n > 1
        )
        for key, target, outside in relations:
            if outside:
                yield f"{part}: {key} leads out of the file, to {target}"
            elif target not in package.parts:
                yield f"{part}: {key} leads to {target}, which does not exist"
            elif target not in reached:
                reached.add(target)
                waiting.append(target)
    for name in package.names:
        if name != TYPES and not name.endswith(".rels") and name not in reached:
            yield f"nothing leads to {name}"


def _strings(package: Package) -> Iterator[str]:
    root = package.root("xl/sharedStrings.xml")
    if int(root.attrib["uniqueCount"]) != len(root):
        yield f"{root.attrib['uniqueCount']} strings are said, {len(root)} there"
    uses = sum(cell.attrib.get("t") == "s" for sheet in package.sheets for cell in sheet.all("sheetData/row/c"))
    if int(root.attrib["count"]) != uses:
        yield f"{root.attrib['count']} uses of strings are said, {uses} there"
    for place, item in enumerate(root):
        length = len("".join(item.itertext()).encode("utf-16-le")) // 2
        if length > LONGEST_TEXT:
            yield f"string {place} has {length} characters"


def _names(package: Package) -> Iterator[str]:
    names = [sheet.name for sheet in package.sheets]
    yield from (f"two sheets are called {name}" for name, n in Counter(map(str.lower, names)).items() if n > 1)
    for name in names:
        if (
            len(name) > LONGEST_NAME
            or FORBIDDEN_IN_NAME.search(name)
            or name[:1] == "'"
            or name[-1:] == "'"
            or not name
        ):
            yield f"{name} is no name for a sheet"
    defined = package.root("xl/workbook.xml").findall(f"{{{MAIN}}}definedNames/{{{MAIN}}}definedName")
    keys = [(item.attrib["name"].lower(), item.attrib.get("localSheetId")) for item in defined]
    yield from (f"the name {key} is defined twice" for key, n in Counter(keys).items() if n > 1)
    for item in defined:
        if int(item.attrib.get("localSheetId", 0)) >= len(names):
            yield f"{item.attrib['name']} is a name of a sheet that does not exist"
        for quoted, plain in re.findall(r"(?:'((?:[^']|'')+)'|([^\s'!,:$]+))!", item.text or ""):
            if (quoted.replace("''", "'") or plain) not in names:
                yield f"{item.attrib['name']} leads to {quoted or plain}, which is no sheet"


def _order(sheet: Sheet) -> Iterator[str]:
    places = []
    for child in sheet.root:
        name = child.tag.removeprefix(f"{{{MAIN}}}")
        if name not in ORDER:
            yield f"{name} is no part of a worksheet of Excel 2007"
        else:
            places.append(ORDER.index(name))
    if places != sorted(places):
        yield "its parts are out of order"
    repeated = [name for name, n in Counter(places).items() if n > 1 and ORDER[name] != "conditionalFormatting"]
    yield from (f"{ORDER[name]} is there twice" for name in repeated)


def _cells(sheet: Sheet, formats: int, texts: int) -> Iterator[str]:
    last_row = right = 0
    for row in sheet.all("sheetData/row"):
        number = int(row.attrib["r"])
        if not last_row < number <= ROWS:
            yield f"row {number} comes after row {last_row}"
        last_row, last_column = number, 0
        for cell in row:
            address = cell.attrib["r"]
            column, _, _, own = range_boundaries(address)
            if own != number or not last_column < column <= COLUMNS:
                yield f"{address} stands in row {number} after column {last_column}"
            last_column = column
            yield from (f"{address}: {fault}" for fault in _cell(sheet, cell, formats, texts))
        right = max(right, last_column)
    used = range_boundaries(sheet.all("dimension")[0].attrib["ref"])
    if used[2:] != (max(right, 1), max(last_row, 1)):
        yield f"it says to end at {used[2:]}, and ends at {(right, last_row)}"


def _cell(sheet: Sheet, cell: ET.Element, formats: int, texts: int) -> Iterator[str]:
    kind, value, formula = cell.attrib.get("t", "n"), sheet.text(cell, "v"), sheet.text(cell, "f")
    if int(cell.attrib.get("s", 0)) >= formats:
        yield f"style {cell.attrib['s']} does not exist"
    if kind not in {"n", "s", "str", "b"}:  # inline strings and errors among them
        yield f"it holds {kind}"
    elif kind == "s" and not 0 <= int(value or -1) < texts:
        yield f"string {value} does not exist"
    elif kind == "s" and formula is not None:
        yield "it holds a formula and a shared string"
    elif kind == "str" and formula is None:
        yield "it holds a text of its own"
    elif kind == "n" and value is not None and not re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", value):
        yield f"{value} is no number"
    for own in cell.findall(f"{{{MAIN}}}f"):
        if own.attrib.get("t", "normal") not in {"normal", "shared"}:
            yield f"a formula of the kind {own.attrib['t']}"


def _merges(sheet: Sheet) -> Iterator[str]:
    taken: dict[tuple[int, int], str] = {}
    merged = sheet.all("mergeCells/mergeCell")
    said = [int(item.attrib["count"]) for item in sheet.all("mergeCells")]
    if said not in ([], [len(merged)]):
        yield f"{said} merged areas are said, {len(merged)} there"
    for item in merged:
        left, top, right, bottom = range_boundaries(item.attrib["ref"])
        if (left, top) == (right, bottom):
            yield f"{item.attrib['ref']} is one cell"
        for place in ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)):
            if place in taken:
                yield f"{item.attrib['ref']} overlaps {taken[place]}"
                break
            taken[place] = item.attrib["ref"]
    firsts = {ref.partition(":")[0] for ref in taken.values()}
    for cell in sheet.all("sheetData/row/c"):
        column, row, *_ = range_boundaries(cell.attrib["r"])
        if (row, column) in taken and cell.attrib["r"] not in firsts and len(cell):
            yield f"{cell.attrib['r']} holds something and is covered by {taken[row, column]}"


def _sizes(sheet: Sheet) -> Iterator[str]:
    last = 0
    for column in sheet.all("cols/col"):
        first, end, wide = int(column.attrib["min"]), int(column.attrib["max"]), float(column.attrib.get("width", 0))
        if not last < first <= end <= COLUMNS or not 0 <= wide <= WIDEST:
            yield f"columns {first} to {end}, {wide} wide, after column {last}"
        last = end
    for row in sheet.all("sheetData/row"):
        if not 0 <= float(row.attrib.get("ht", 0)) <= TALLEST:
            yield f"row {row.attrib['r']} is {row.attrib['ht']} high"
    for item in sheet.all("headerFooter/oddFooter") + sheet.all("headerFooter/oddHeader"):
        if len(item.text or "") > LONGEST_RULE:
            yield f"a header or footer of {len(item.text or '')} characters"


def _rules(sheet: Sheet, differential: int) -> Iterator[str]:
    for rule in sheet.all("conditionalFormatting/cfRule"):
        if int(rule.attrib.get("dxfId", 0)) >= max(1, differential):
            yield f"conditional format {rule.attrib['dxfId']} does not exist"
    checks = sheet.all("dataValidations/dataValidation")
    said = [int(item.attrib["count"]) for item in sheet.all("dataValidations")]
    if said not in ([], [len(checks)]):
        yield f"{said} checks of input are said, {len(checks)} there"
    for check in checks:
        for name, longest in (("error", 255), ("errorTitle", 32), ("prompt", 255), ("promptTitle", 32)):
            if len(check.attrib.get(name, "")) > longest:
                yield f"a check of input whose {name} has {len(check.attrib[name])} characters"
        for name in ("formula1", "formula2"):
            if len(sheet.text(check, name) or "") > LONGEST_RULE:
                yield f"a check of input whose list has {len(sheet.text(check, name) or '')} characters"


def _links(sheet: Sheet, package: Package) -> Iterator[str]:
    names = {item.name for item in package.sheets}
    for link in sheet.all("hyperlinks/hyperlink"):
        target = link.attrib.get("location", "").rpartition("!")[0].strip("'").replace("''", "'")
        if target not in names:
            yield f"{link.attrib['ref']} leads to {link.attrib.get('location')}"


def _formula(formula: str) -> Iterator[str]:
    if len(formula) > LONGEST_FORMULA:
        yield f"a formula of {len(formula)} characters"
    bare = LITERAL.sub('""', formula)
    if formula.startswith("=") or "[" in bare or "#REF!" in bare or "_xl" in bare or "{" in bare or "@" in bare:
        yield f"a formula that Excel 2007 would refuse: {formula[:80]}"
    yield from (f"a text of {len(text)} characters" for text in LITERAL.findall(formula) if len(text) > LONGEST_LITERAL)
    yield from _brackets(bare)


def _brackets(formula: str) -> Iterator[str]:
    deepest, arguments = 0, [0]
    for sign in formula:
        if sign == "(":
            arguments.append(1)
        elif sign == ")":
            arguments.pop()
        elif sign == "," and arguments:
            arguments[-1] += 1
            if arguments[-1] == ARGUMENTS + 1:
                yield f"a function with more than {ARGUMENTS} arguments"
        deepest = max(deepest, len(arguments) - 1)
    if len(arguments) != 1:
        yield f"brackets that do not match: {formula[:80]}"
    if deepest > NESTED:
        yield f"a formula {deepest} levels deep"
