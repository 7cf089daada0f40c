"""Refuse what is unsafe or unreadable before anything looks at what a file says.

The kind of a file is told by its first bytes, never by its name. Every XML part of a workbook goes through a real
streaming parser; patterns searched in the text can be walked past.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from functools import partial
from typing import Literal
from xml.parsers import expat

from evalengine.errors import UnreadableError
from evalengine.intake.parts import UnsafeError, scan

Kind = Literal["xlsx", "ods", "xls", "parquet", "text"]

LARGEST_WORKBOOK = 20 * 2**20
LARGEST_TABLE = 100 * 2**20  # CSV and Parquet, which larger bodies of data come in
LARGEST_CONTENT = 200 * 2**20
LARGEST_RATIO = 200
RATIO_MATTERS = 2**20  # short repetitive parts pack well and harm nobody
MOST_ENTRIES = 2_000
CHUNK = 2**18
REFUSED_PARTS = {
    "vbaproject": "macros",
    "macrosheets/": "macros",
    "basic/": "macros",
    "scripts/": "macros",
    "activex/": "active_controls",
    "externallinks/": "external_links",
    "connections.xml": "external_links",
    "embeddings/": "embedded_objects",
    "customui": "macros",
}
ENCRYPTED = 0x1
WORKBOOK_PART = "xl/workbook.xml"
ODS_PART = "content.xml"
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check_file(name: str, content: bytes) -> Kind:
    """Return what a file is.

    Raises:
        UnreadableError: it is empty, broken, of another kind, or unsafe.
    """
    kind = _kind(name, content)
    if len(content) > (LARGEST_TABLE if kind in {"parquet", "text"} else LARGEST_WORKBOOK):
        raise UnreadableError("file_too_large", file=name, megabytes=len(content) // 2**20)
    if kind != "archive":
        return kind
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = _kind_of_archive(name, archive)
            _check_entries(name, archive)
            _scan_parts(name, archive)
            return found
    # what zipfile and zlib raise for archives that are broken, encrypted or packed in ways they do not know
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise UnreadableError("broken_workbook", file=name) from error


def _kind(name: str, content: bytes) -> Literal["archive", "xls", "parquet", "text"]:
    if not content.strip():
        raise UnreadableError("empty_file", file=name)
    if content.startswith(b"PK\x03\x04"):
        return "archive"
    if content.startswith(b"PAR1"):
        if len(content) < len(b"PAR1") * 3 or not content.endswith(b"PAR1"):
            raise UnreadableError("broken_table", file=name)
        return "parquet"
    if content.startswith(OLE):
        return "xls"
    if not name.lower().endswith((".csv", ".tsv")):
        raise UnreadableError("not_what_it_says", file=name)
    marked_up = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    if marked_up or (b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise UnreadableError("not_what_it_says", file=name)
    return "text"


def _kind_of_archive(name: str, archive: zipfile.ZipFile) -> Literal["xlsx", "ods"]:
    names = {entry.lower() for entry in archive.namelist()}
    if WORKBOOK_PART in names:
        return "xlsx"
    first = archive.infolist()[0] if names else None
    if ODS_PART in names and first is not None and first.filename == "mimetype" and first.file_size < CHUNK:
        try:
            if archive.read(first).startswith(ODS_TYPE):
                return "ods"
        except RuntimeError as error:  # an encrypted entry
            raise UnreadableError("unsafe_archive", file=name) from error
    raise UnreadableError("not_a_workbook", file=name)


def _check_entries(name: str, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or len({entry.filename.lower() for entry in entries}) != len(entries):
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


def _scan_parts(name: str, archive: zipfile.ZipFile) -> None:
    for entry in archive.infolist():
        try:
            with archive.open(entry) as part:
                scan(entry.filename, iter(partial(part.read, CHUNK), b""))
        except UnsafeError as error:
            raise UnreadableError(error.code, file=name, part=entry.filename, **error.facts) from error
        except (expat.ExpatError, UnicodeDecodeError) as error:
            raise UnreadableError("broken_part", file=name, part=entry.filename) from error
