"""Refuse what is unsafe or unreadable before any spreadsheet library sees it.

The kind of a file is told by its first bytes, never by its name. Every XML part of a workbook goes through a real
streaming parser; patterns searched in the text can be walked past.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from functools import partial
from typing import Literal
from xml.parsers import expat

from evalengine.errors import UnreadableError
from evalengine.intake.parts import Scan, UnsafeError, scan

Kind = Literal["workbook", "parquet", "text"]

LARGEST_WORKBOOK = 20 * 2**20
LARGEST_TABLE = 500 * 2**20  # CSV and Parquet, which larger bodies of data come in
LARGEST_CONTENT = 200 * 2**20
LARGEST_RATIO = 200
RATIO_MATTERS = 2**20  # short repetitive parts pack well and harm nobody
MOST_ENTRIES = 2_000
CHUNK = 2**18
REFUSED_PARTS = {
    "vbaproject": "macros",
    "macrosheets/": "macros",
    "activex/": "active_controls",
    "externallinks/": "external_links",
    "connections.xml": "external_links",
    "embeddings/": "embedded_objects",
    "customui": "macros",
}
ENCRYPTED = 0x1
WORKBOOK_PART = "xl/workbook.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that passed.

    Attributes:
        kind: what its content is.
        uncached: formula cells without a result, by sheet name.
    """

    kind: Kind
    uncached: dict[str, frozenset[str]]


def check_file(name: str, content: bytes) -> Checked:
    """Return what a file is.

    Raises:
        UnreadableError: it is empty, broken, of another kind, or unsafe.
    """
    kind = _kind(name, content)
    if len(content) > (LARGEST_WORKBOOK if kind == "workbook" else LARGEST_TABLE):
        raise UnreadableError("file_too_large", file=name, megabytes=len(content) // 2**20)
    if kind != "workbook":
        return Checked(kind, {})
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_entries(name, archive)
            return Checked(kind, _scan_parts(name, archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise UnreadableError("broken_workbook", file=name) from error


def _kind(name: str, content: bytes) -> Kind:
    if not content.strip():
        raise UnreadableError("empty_file", file=name)
    if content.startswith(b"PK\x03\x04"):
        return "workbook"
    if content.startswith(b"PAR1"):
        if len(content) < len(b"PAR1") * 3 or not content.endswith(b"PAR1"):
            raise UnreadableError("broken_table", file=name)
        return "parquet"
    if content.startswith(OLE):
        raise UnreadableError("old_or_encrypted", file=name)
    if not name.lower().endswith((".csv", ".tsv")):
        raise UnreadableError("not_what_it_says", file=name)
    marked_up = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    if marked_up or (b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise UnreadableError("not_what_it_says", file=name)
    return "text"


def _check_entries(name: str, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    lowered = {entry.lower() for entry in names}
    if WORKBOOK_PART not in lowered:
        raise UnreadableError("not_a_workbook", file=name)
    if len(entries) > MOST_ENTRIES or len(lowered) != len(names):
        raise UnreadableError("unsafe_archive", file=name)
    if sum(entry.file_size for entry in entries) > LARGEST_CONTENT:
        raise UnreadableError("content_too_large", file=name, megabytes=LARGEST_CONTENT // 2**20)
    for entry in entries:
        path = entry.filename.replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/") or ":" in path or entry.flag_bits & ENCRYPTED:
            raise UnreadableError("unsafe_archive", file=name)
        if entry.file_size > RATIO_MATTERS and entry.file_size > LARGEST_RATIO * entry.compress_size:
            raise UnreadableError("content_too_large", file=name, megabytes=LARGEST_CONTENT // 2**20)
        for part, what in REFUSED_PARTS.items():
            if part in path.lower():
                raise UnreadableError(f"holds_{what}", file=name)


def _scan_parts(name: str, archive: zipfile.ZipFile) -> dict[str, frozenset[str]]:
    scans: dict[str, Scan] = {}
    for entry in archive.infolist():
        try:
            with archive.open(entry) as part:
                scans[entry.filename] = scan(entry.filename, iter(partial(part.read, CHUNK), b""))
        except UnsafeError as error:
            raise UnreadableError(error.code, file=name, part=entry.filename, **error.facts) from error
        except (expat.ExpatError, UnicodeDecodeError) as error:
            raise UnreadableError("broken_part", file=name, part=entry.filename) from error
    return _by_sheet(scans)


def _by_sheet(scans: dict[str, Scan]) -> dict[str, frozenset[str]]:
    targets = scans.get("xl/_rels/workbook.xml.rels", Scan()).targets
    uncached = {}
    for sheet, relation in scans.get(WORKBOOK_PART, Scan()).sheets.items():
        target = targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        if path in scans and scans[path].uncached:
            uncached[sheet] = frozenset(scans[path].uncached)
    return uncached
