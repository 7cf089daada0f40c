"""A workbook as its parts: sheets, relationships, formulas, and what it uses of Excel."""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CALL = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)\(")
LITERAL = re.compile(r'"((?:[^"]|"")*)"')


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name, the part it is in, and its elements."""

    name: str
    part: str
    root: ET.Element

    def all(self, path: str) -> list[ET.Element]:
        """Return elements of the main namespace by a path of local names."""
        return self.root.findall("/".join(f"{{{MAIN}}}{step}" for step in path.split("/")))

    def text(self, element: ET.Element, child: str) -> str | None:
        """Return the text of a child, None if there is none."""
        found = element.find(f"{{{MAIN}}}{child}")
        return None if found is None else found.text or ""


class Package:
    """A workbook as its parts."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self.names = archive.namelist()
            self.infos = archive.infolist()
            self.parts = {name: archive.read(name) for name in self.names}

    def root(self, part: str) -> ET.Element:
        """Return the root element of a part."""
        return ET.fromstring(self.parts[part])

    @cached_property
    def sheets(self) -> list[Sheet]:
        """Return the worksheets in their order."""
        targets = {key: target for key, target, _ in self.relations("xl/workbook.xml")}
        book = self.root("xl/workbook.xml")
        return [
            Sheet(
                item.attrib["name"],
                targets[item.attrib[f"{{{OFFICE_RELATION}}}id"]],
                self.root(targets[item.attrib[f"{{{OFFICE_RELATION}}}id"]]),
            )
            for item in book.findall(f"{{{MAIN}}}sheets/{{{MAIN}}}sheet")
        ]

    def relations(self, part: str) -> list[tuple[str, str, bool]]:
        """Return id, target part and whether it is outside, of every relationship of a part."""
        folder, name = posixpath.split(part)
        own = posixpath.join(folder, "_rels", f"{name}.rels")
        if own not in self.parts:
            return []
        found = []
        for item in self.root(own).findall(f"{{{RELATIONS}}}Relationship"):
            target, outside = item.attrib["Target"], item.attrib.get("TargetMode") == "External"
            if not outside:
                target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found.append((item.attrib["Id"], target, outside))
        return found

    def formulas(self) -> Iterator[tuple[str, str]]:
        """Yield every formula and where it stands: cells, rules, checks of input, names."""
        for sheet in self.sheets:
            for cell in sheet.all("sheetData/row/c"):
                formula = sheet.text(cell, "f")
                if formula is not None:
                    yield f"{sheet.name}!{cell.attrib['r']}", formula
            for path in ("conditionalFormatting/cfRule/formula", "dataValidations/dataValidation/formula1",
                         "dataValidations/dataValidation/formula2"):  # fmt: skip
                for element in sheet.all(path):
                    yield f"{sheet.name} {path}", element.text or ""
        for name in self.root("xl/workbook.xml").findall(f"{{{MAIN}}}definedNames/{{{MAIN}}}definedName"):
            yield f"name {name.attrib['name']}", name.text or ""


def functions(package: Package) -> set[str]:
    """Return the functions the formulas of a workbook call."""
    return {call for _, formula in package.formulas() for call in CALL.findall(LITERAL.sub("", formula))}


def features(package: Package) -> set[str]:
    """Return what a workbook uses: parts, namespaces, elements of sheets and of the workbook, kinds of charts."""
    found = set()
    for name in package.names:
        found.add(re.sub(r"\d+(?=\.)", "", name))
        if name.endswith((".xml", ".rels", ".vml")):
            own = name.startswith(("xl/worksheets/", "xl/workbook.xml"))
            for element in package.root(name).iter():
                space, _, local = element.tag.removeprefix("{").rpartition("}")
                found |= {space, local} if (space == MAIN and own) or _is_chart(space, local) else {space}
    return found


def _is_chart(space: str, local: str) -> bool:
    return space.endswith("/chart") and local.endswith("Chart")
