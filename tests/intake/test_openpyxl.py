"""Our reader beside openpyxl on the sample workbooks: every number the same bits, every text the same."""

from pathlib import Path

import openpyxl
import pytest

from evalengine.intake.formats import read_sheets

FILES = sorted((Path(__file__).parents[2] / "sample_data" / "2025").glob("*.xlsx"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:4])
def test_the_same_cells(path: Path) -> None:
    book = openpyxl.load_workbook(path, data_only=True)
    read = {sheet.name: sheet for sheet in read_sheets(path.name, path.stem, path.read_bytes())}
    assert list(read) == book.sheetnames
    compared = 0
    for sheet in book.worksheets:
        rows = read[sheet.title].rows
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell.value, (int, float, str)):
                    own = rows[cell.row - 1][cell.column - 1]
                    assert repr(own) == repr(cell.value) or float(own) == cell.value, cell.coordinate
                    compared += 1
    assert compared > 0
