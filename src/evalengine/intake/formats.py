"""Whatever a file is, its sheets: guard, then the reader of its kind."""

from __future__ import annotations

import io
import zipfile
import zlib

from evalengine.errors import UnreadableError
from evalengine.intake.guard import check_file
from evalengine.intake.ods import read_ods
from evalengine.intake.parts import MOST_CELLS_OF_FILE
from evalengine.intake.sheets import Sheet, cells_of
from evalengine.intake.tables import read_parquet, read_text
from evalengine.intake.xls import read_xls
from evalengine.intake.xlsx import read_xlsx

ARCHIVES = {"xlsx": read_xlsx, "ods": read_ods}


def read_sheets(name: str, stem: str, content: bytes) -> list[Sheet]:
    """Return the sheets of a file; its kind is told by its content.

    Raises:
        UnreadableError: the file is refused or broken.
    """
    sheets = _read(name, stem, content)
    if sum(cells_of(sheet.rows) for sheet in sheets) > MOST_CELLS_OF_FILE:
        raise UnreadableError("too_many_cells", file=name, part=stem, limit=MOST_CELLS_OF_FILE)
    return sheets


def _read(name: str, stem: str, content: bytes) -> list[Sheet]:
    kind = check_file(name, content)
    if kind == "parquet":
        return [read_parquet(name, stem, content)]
    if kind == "text":
        return [read_text(name, stem, content)]
    if kind == "xls":
        return read_xls(name, content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return ARCHIVES[kind](name, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise UnreadableError("broken_workbook", file=name) from error
