"""The formulas of a pairwise judgement sheet: reciprocals, shares and the consistency ratio.

They use functions that Excel 2007, WPS and LibreOffice all have. A second sheet turns the texts chosen into numbers
and finds the principal eigenvector by repeated multiplication, so the consistency ratio shown is the one the command
computes from the same judgements.
"""

from __future__ import annotations

from typing import Any

from openpyxl.utils import get_column_letter

from evalengine.intake.judgements import FIRST_COLUMN

STEPS = 20  # multiplications: the second eigenvalue is below a third of the first near CR = 0.1


class Numbers:
    """The numbers behind one matrix on the second sheet, at the same rows and columns.

    Column A says whether the matrix is complete. Right of the matrix stand the iterates: since a_ij = 1/a_ji, the
    product of row i with a column is the sum of that column divided by the matrix's column i.
    """

    def __init__(self, helper: Any, first: int, size: int) -> None:  # noqa: ANN401 - openpyxl is untyped
        self._sheet, self._first, self._size = helper, first, size
        self._quoted = f"'{helper.title}'!"
        helper.cell(first, 1, f"=COUNT({self._area(FIRST_COLUMN, size)})={size * size}")
        self.complete = f"{self._quoted}$A${first}"

    def _area(self, column: int, width: int = 1) -> str:
        left, right = get_column_letter(column), get_column_letter(column + width - 1)
        return f"${left}${self._first}:${right}${self._first + self._size - 1}"

    def _iterate(self, step: int) -> str:
        return self._area(FIRST_COLUMN + self._size + step)

    def row(self, judged: str, i: int) -> None:
        """Write the numbers of row i and its part of every iterate."""
        row = self._first + i
        for j in range(self._size):
            here = f"'{judged}'!{address(row, FIRST_COLUMN + j)}"
            other = address(self._first + j, FIRST_COLUMN + i)
            number = f'IF(LEFT({here},2)="1/",1/VALUE(MID({here},3,2)),VALUE({here}))'
            above, below = f'=IF({here}="","",{number})', f'=IF(ISNUMBER({other}),1/{other},"")'
            self._sheet.cell(row, FIRST_COLUMN + j, 1 if i == j else above if i < j else below)
        for step in range(STEPS + 1):
            product = f"SUMPRODUCT({self._iterate(step - 1)}/{self._area(FIRST_COLUMN + i)})"
            start = FIRST_COLUMN + self._size
            self._sheet.cell(row, start + step, f'=IF($A${self._first},{product},"")' if step else 1)

    def share(self, i: int) -> str:
        """Return the formula of the share of child i."""
        last = f"{self._quoted}{address(self._first + i, FIRST_COLUMN + self._size + STEPS)}"
        return f'=IF({self.complete},{last}/SUM({self._quoted}{self._iterate(STEPS)}),"")'

    def ratio(self, random: float) -> str:
        """Return the formula of the consistency ratio."""
        last, before = (f"SUM({self._quoted}{self._iterate(step)})" for step in (STEPS, STEPS - 1))
        n = self._size
        return f'=IF({self.complete},MAX(0,({last}/{before}-{n})/{n - 1}/{random}),"")'

    def missing(self) -> str:
        """Return the expression for the number of pairs still blank."""
        return f"({self._size**2}-COUNT({self._quoted}{self._area(FIRST_COLUMN, self._size)}))/2"


def reciprocal(judged: str) -> str:
    """Return the formula that shows the reciprocal of a judgement as experts write it."""
    turned = f'IF(LEFT({judged},2)="1/",MID({judged},3,2),IF({judged}&""="1","1","1/"&{judged}))'
    return f'=IF({judged}="","",{turned})'


def address(row: int, column: int) -> str:
    """Return a cell's address."""
    return f"{get_column_letter(column)}{row}"
