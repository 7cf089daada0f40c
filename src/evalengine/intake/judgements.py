"""Read what experts put into a judgement workbook: pairwise, best-worst or budget judgements, node by node."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evalengine.errors import DataError, Problem, UnreadableError
from evalengine.intake.isolation import read_files
from evalengine.intake.numbers import Percent, is_blank
from evalengine.intake.sheets import Sheet
from evalengine.scheme.model import IndicatorSystem

Kind = Literal["ahp", "best_worst", "budget"]
Array = NDArray[np.float64]
KINDS: tuple[Kind, ...] = ("ahp", "best_worst", "budget")
MARK = "evalengine:{kind}:{system}"  # in the first cell of row MARK_ROW: what the workbook is for
MARK_ROW, EXPERT_ROW = 2, 3
FIRST_COLUMN = 3  # judgements start at column C, after code and name
HEADING_ROWS = 2  # a block: its title, its headings, one row for each child
BUDGET = 100.0
SCALE = re.compile(r"(1/)?([1-9])", re.ASCII)
NEAR = 0.005  # how far the reciprocal of a decimal may be from a whole number: 0.333 is 1/3, 0.3 is not
LARGEST = 9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judgements:
    """The judgements of one expert.

    Attributes:
        file: name of the workbook.
        sha256: its hash.
        expert: who judged; the stem of the file name if nobody signed.
        nodes: by node code what was judged: a reciprocal matrix with NaN for pairs left out (`ahp`), two rows, best
            against others and others against worst (`best_worst`), or points (`budget`). Nodes left blank are absent.
    """

    file: str
    sha256: str
    expert: str
    nodes: Mapping[str, Array]


def read_judgements(path: Path, kind: Kind, system: IndicatorSystem) -> Judgements:
    """Read the judgement workbook of one expert.

    Args:
        path: the workbook.
        kind: the judgements asked for.
        system: the indicator system they are about.

    Raises:
        UnreadableError: the file cannot be read safely.
        DataError: it is for another kind or system, or judgements are wrong; all of them with their cells.
    """
    if not path.is_file():
        raise UnreadableError("no_such_file", file=str(path))
    (file,) = read_files([(path.name, path)])
    if file.error is not None:
        raise file.error
    wanted = MARK.format(kind=kind, system=system.name)
    sheet = next((item for item in file.sheets if _at(item, MARK_ROW, 1) == wanted), None)
    if sheet is None:
        problem = Problem(severity="error", code="judgement_other_sheet", file=path.name, value=wanted)
        raise DataError("judgements_refused", [problem])
    problems: list[Problem] = []
    nodes = dict(_blocks(sheet, kind, system, problems))
    if problems:
        raise DataError("judgements_refused", problems)
    signed = _at(sheet, EXPERT_ROW, 2)
    return Judgements(
        file=path.name,
        sha256=file.sha256,
        expert=path.stem if is_blank(signed) else str(signed).strip(),
        nodes=nodes,
    )


def _blocks(sheet: Sheet, kind: Kind, system: IndicatorSystem, problems: list[Problem]) -> Iterator[tuple[str, Array]]:
    """Yield the judged nodes; blocks are told by a node code above the codes of its children."""
    children = {node: below for node, below in system.children().items() if len(below) > 1}
    row = EXPERT_ROW + 1
    while row <= len(sheet.rows):
        node = str(_at(sheet, row, 1) or "")
        first = row + HEADING_ROWS
        if node not in children:
            row += 1
            continue
        below = children[node]
        found = tuple(str(_at(sheet, first + place, 1) or "") for place in range(len(below)))
        if found != below:
            problems.append(_problem(sheet, "judgement_other_children", row, 1, field=node, value=", ".join(found)))
            row += 1
            continue
        judged = _judged(sheet, kind, node, range(first, first + len(below)), problems)
        if judged is not None:
            yield node, judged
        row = first + len(below)


def _judged(sheet: Sheet, kind: Kind, node: str, rows: range, problems: list[Problem]) -> Array | None:
    """Return what was judged inside one node, None if nothing was."""
    size = len(rows)
    if kind == "ahp":
        cells = [(i, j) for i in range(size) for j in range(i + 1, size)]
        matrix = np.eye(size)
        for i, j in cells:
            matrix[i, j] = _read(sheet, rows[i], FIRST_COLUMN + j, node, problems)
            matrix[j, i] = 1.0 / matrix[i, j]
            above = _at(sheet, rows[i], FIRST_COLUMN + j)
            _check_mirror(sheet, (rows[j], FIRST_COLUMN + i), above, matrix[j, i], node, problems)
        blank = all(np.isnan(matrix[cell]) for cell in cells)
        return None if blank else matrix
    width = 2 if kind == "best_worst" else 1
    table = np.array(
        [[_read(sheet, row, FIRST_COLUMN + k, node, problems, kind) for row in rows] for k in range(width)]
    )
    gaps = np.argwhere(np.isnan(table))
    if len(gaps) == table.size:
        return None
    for k, place in gaps.tolist():
        problems.append(_problem(sheet, "judgement_blank", rows[place], FIRST_COLUMN + k, field=node))
    if kind == "budget" and not len(gaps) and abs(table.sum() - BUDGET) > 1e-9:  # noqa: PLR2004 - decimals typed in
        total = f"{table.sum():.10g}"
        problems.append(_problem(sheet, "judgement_total", rows[0], FIRST_COLUMN, field=node, value=total))
    return table[0] if kind == "budget" else table


def _check_mirror(
    sheet: Sheet, place: tuple[int, int], above: object, reciprocal: float, node: str, problems: list[Problem]
) -> None:
    """Note a judgement typed over a formula below the diagonal, which would be ignored.

    What the formula itself shows beside a wrong or decimal judgement is not on the scale, and no judgement.
    """
    raw = _at(sheet, *place)
    found = None if is_blank(raw) else _on_scale(raw, fractions=True)
    if found is not None and (is_blank(above) or abs(found - reciprocal) > NEAR):
        problems.append(_problem(sheet, "judgement_below", *place, field=node, value=str(raw)))


def _read(sheet: Sheet, row: int, column: int, node: str, problems: list[Problem], kind: Kind = "ahp") -> float:
    """Return a judgement; NaN for a blank cell, and for a wrong one, which is noted."""
    raw = _at(sheet, row, column)
    if is_blank(raw):
        return np.nan
    found = _points(raw) if kind == "budget" else _on_scale(raw, fractions=kind == "ahp")
    if found is None:
        problems.append(_problem(sheet, f"judgement_{kind}_wrong", row, column, field=node, value=str(raw)))
        return np.nan
    return found


def _on_scale(raw: object, *, fractions: bool) -> float | None:
    """Return a value of the scale 1/9 ... 9; a decimal counts as the fraction it rounds."""
    if isinstance(raw, str):
        match = SCALE.fullmatch(unicodedata.normalize("NFKC", raw).strip())
        if match is None or (match[1] and not fractions):
            return None
        return 1.0 / float(match[2]) if match[1] else float(match[2])
    if isinstance(raw, (bool, Percent)) or not isinstance(raw, (int, float)) or not raw > 0:
        return None
    whole = round(raw) if raw >= 1 else round(1 / raw)
    near = abs((raw if raw >= 1 else 1 / raw) - whole) < (NEAR if raw < 1 else 1e-9)
    if not near or whole > LARGEST or (raw < 1 and not fractions):
        return None
    return float(whole) if raw >= 1 else 1.0 / whole


def _points(raw: object) -> float | None:
    if isinstance(raw, str):
        try:
            raw = float(unicodedata.normalize("NFKC", raw))
        except ValueError:
            return None
    if isinstance(raw, (bool, Percent)) or not isinstance(raw, (int, float)):
        return None
    return float(raw) if 0 <= raw <= BUDGET else None


def _at(sheet: Sheet, row: int, column: int) -> object:
    """Return a cell by its numbers from 1; None outside the sheet."""
    cells: Sequence[object] = sheet.rows[row - 1] if row <= len(sheet.rows) else ()
    return cells[column - 1] if column <= len(cells) else None


def _problem(sheet: Sheet, code: str, row: int, column: int, *, field: str, value: str = "") -> Problem:
    cell = f"{chr(ord('A') + column - 1)}{row}"
    return Problem(severity="error", code=code, file=sheet.file, sheet=sheet.name, cell=cell, field=field, value=value)
