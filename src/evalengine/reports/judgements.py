"""The workbook an expert judges in: one block for each node, checked as it is filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from evalengine.errors import MethodError, OutputError, UsageError
from evalengine.intake.judgements import EXPERT_ROW, FIRST_COLUMN, HEADING_ROWS, MARK, MARK_ROW, Kind
from evalengine.methods.ahp import RANDOM_INDICES
from evalengine.reports import package
from evalengine.reports.judgement_formulas import Numbers, address, reciprocal
from evalengine.reports.page import Page
from evalengine.scheme.loading import load_theme
from evalengine.scheme.model import TOTAL, IndicatorSystem
from evalengine.scheme.theme import Theme

SCALE = (*(str(k) for k in range(9, 0, -1)), *(f"1/{k}" for k in range(2, 10)))
LIMIT = 0.1
TABLE = "saaty"
CODE_WIDTH, LABEL_WIDTH, CELL_WIDTH = 31, 42, 18
SMALLEST_INCONSISTENT = 3


def write_judgements(
    system: IndicatorSystem,
    kind: Kind,
    path: Path,
    language: str,
    nodes: Sequence[str] = (),
    *,
    theme: Theme | None = None,
) -> None:
    """Write a blank judgement workbook; every expert gets a copy.

    Args:
        system: the indicator system.
        kind: `ahp`, `best_worst` or `budget`.
        path: the file to write, ending in `.xlsx`; must not exist.
        language: `zh` or `en`.
        nodes: the nodes to judge inside; all with more than one child if empty.
        theme: how it looks; the shipped default if None.

    Raises:
        UsageError: a node is unknown or has fewer than two children, or the name does not end in `.xlsx`.
        OutputError: the file exists or cannot be written.
        MethodError: a node has more children than the table of random indices.
    """
    if path.suffix != ".xlsx":
        raise UsageError("not_an_xlsx_name", file=str(path))
    if path.exists():
        raise OutputError("file_exists", file=str(path))
    blocks = _chosen(system, kind, nodes)
    workbook = Workbook()
    page = Page(workbook.active, language, "judgements", theme or load_theme())
    page.worksheet.title = page.say(f"{kind}.sheet")
    helper = workbook.create_sheet(page.say("helper")) if kind == "ahp" else None
    if helper is not None:
        helper.sheet_state = "hidden"  # nothing to fill in or to print
    widest = max(len(children) for children in blocks.values())
    last = FIRST_COLUMN + (widest if kind == "ahp" else WRITERS[kind][1])
    _head(page, system, kind, last)
    row, starts = EXPERT_ROW + 2, []
    for number, node in enumerate(blocks, start=1):
        starts.append(row)
        row = _block(page, helper, system, kind, node, row, last, number) + 1
    page.keep_whole(starts, row, _finish(page, helper, widest, last))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        package.save_plain(workbook, path)
    except OSError as error:
        raise OutputError("output_not_writable", folder=str(path), detail=str(error)) from error


def _chosen(system: IndicatorSystem, kind: Kind, nodes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    known = {node: below for node, below in system.children().items() if len(below) > 1}
    for node in nodes:
        if node not in known:
            raise UsageError("unknown_node", name=node, known=", ".join(known))
    chosen = {node: below for node, below in known.items() if node in nodes or not nodes}
    largest = len(RANDOM_INDICES[TABLE])
    for below in chosen.values():
        if kind == "ahp" and len(below) > largest:
            raise MethodError("ahp_too_large", method="ahp", size=len(below), largest=largest, table=TABLE)
    return chosen


def _head(page: Page, system: IndicatorSystem, kind: Kind, last: int) -> None:
    title = page.say(f"{kind}.title", system=system.label.get(page.say("language")))
    page.across(1, 1, last, title, "title")
    room = LABEL_WIDTH + (last - FIRST_COLUMN + 1) * CELL_WIDTH
    page.fit(1, [("title", title)], [CODE_WIDTH + room])
    mark = MARK.format(kind=kind, system=system.name)
    page.put(MARK_ROW, 1, mark, "caption")
    page.across(MARK_ROW, 2, last, page.say(f"{kind}.how"), "caption")
    page.fit(MARK_ROW, [("caption", mark), ("caption", page.say(f"{kind}.how"))], [CODE_WIDTH, room])
    page.put(EXPERT_ROW, 1, page.say("expert"), "band")
    page.open(EXPERT_ROW, 2, "text")


def _block(
    page: Page,
    helper: Any,  # noqa: ANN401 - openpyxl is untyped
    system: IndicatorSystem,
    kind: Kind,
    node: str,
    row: int,
    last: int,
    number: int,
) -> int:
    """Write the block of one node from `row` on and return the row after it."""
    language = page.say("language")
    labels = {code: item.label.get(language) for code, item in system.dimensions.items()}
    labels |= {code: item.label.get(language) for code, item in system.indicators.items()}
    children = system.children()[node]
    title = page.say("total") if node == TOTAL else page.say("inside", node=node, label=labels[node])
    page.put(row, 1, node, "section")
    page.across(row, 2, last, page.say("block", number=number, title=title), "section")
    for column, heading in enumerate((page.say("code"), page.say("name")), start=1):
        page.put(row + 1, column, heading, "heading")
    for place, child in enumerate(children):
        page.put(row + HEADING_ROWS + place, 1, child, "text")
        page.put(row + HEADING_ROWS + place, 2, labels[child], "text")
        page.fit(row + HEADING_ROWS + place, [("text", child), ("text", labels[child])], [CODE_WIDTH, LABEL_WIDTH])
    write, _ = WRITERS[kind]
    return write(page, helper, [labels[child] for child in children], row)


def _pairs(page: Page, helper: Any, labels: Sequence[str], row: int) -> int:  # noqa: ANN401 - openpyxl is untyped
    """Write a matrix: lists above the diagonal, reciprocals below it, shares and the consistency ratio."""
    size, first = len(labels), row + HEADING_ROWS
    page.fit(row + 1, [("heading", label) for label in labels], [CELL_WIDTH] * size)
    share = FIRST_COLUMN + size
    for place, label in enumerate([*labels, page.say("share")]):
        page.put(row + 1, FIRST_COLUMN + place, label, "heading")
    offered = DataValidation(type="list", formula1=f'"{",".join(SCALE)}"', allow_blank=True, showErrorMessage=True)
    offered.error = page.say("ahp.error")
    page.worksheet.add_data_validation(offered)
    numbers = Numbers(helper, first, size)
    for i in range(size):
        for j in range(size):
            cell = first + i, FIRST_COLUMN + j
            if i < j:
                page.open(*cell)
                offered.add(address(*cell))
            elif i == j:
                page.computed(*cell, "1")
            else:
                page.computed(*cell, reciprocal(address(first + j, FIRST_COLUMN + i)))
        page.computed(first + i, share, numbers.share(i), "weight")
        numbers.row(page.worksheet.title, i)
    verdict = first + size
    if size >= SMALLEST_INCONSISTENT:
        random = RANDOM_INDICES[TABLE][size - 1]
        page.put(verdict, 2, page.say("ratio", random=random), "band")
        page.formula(verdict, FIRST_COLUMN, numbers.ratio(random), "small")
        words = {name: page.say(f"ahp.{name}") for name in ("blank", "good", "bad")}
        judged = f'IF({address(verdict, FIRST_COLUMN)}<{LIMIT},"{words["good"]}","{words["bad"]}")'
        blank = f'{numbers.missing()}&"{words["blank"]}"'
        page.formula(verdict, FIRST_COLUMN + 1, f"=IF({numbers.complete},{judged},{blank})", "strong")
        page.worksheet.merge_cells(
            start_row=verdict, start_column=FIRST_COLUMN + 1, end_row=verdict, end_column=FIRST_COLUMN + size
        )
    return verdict + 1


def _ends(page: Page, helper: Any, labels: Sequence[str], row: int) -> int:  # noqa: ANN401 - one shape for all writers
    """Write two columns of comparisons and their input-based consistency."""
    del helper
    first, last = row + HEADING_ROWS, row + HEADING_ROWS + len(labels) - 1
    offered = DataValidation(type="list", formula1='"1,2,3,4,5,6,7,8,9"', allow_blank=True, showErrorMessage=True)
    offered.error = page.say("best_worst.error")
    page.worksheet.add_data_validation(offered)
    for place, name in enumerate(("best", "worst")):
        page.put(row + 1, FIRST_COLUMN + place, page.say(f"best_worst.{name}"), "heading")
        for line in range(first, last + 1):
            cell = page.formula(line, FIRST_COLUMN + place, None, "strong_centre")
            cell.protection = Protection(locked=False)
            offered.add(cell.coordinate)
    a, b = (f"{address(first, FIRST_COLUMN + k)}:{address(last, FIRST_COLUMN + k)}" for k in (0, 1))
    top = f"SUMPRODUCT(MAX(({b}=1)*{a}))"
    off = f"SUMPRODUCT(MAX(ABS({a}*{b}-{top})))"
    page.put(last + 1, 2, page.say("best_worst.ratio"), "band")
    filled = f"COUNT({a},{b})={2 * len(labels)}"
    page.formula(last + 1, FIRST_COLUMN, f'=IF({filled},IF({top}>1,{off}/({top}*{top}-{top}),0),"")', "small")
    ends = f"AND(COUNTIF({a},1)>0,COUNTIF({b},1)>0)"
    words = {name: page.say(f"best_worst.{name}") for name in ("blank", "good", "bad")}
    page.formula(
        last + 1,
        FIRST_COLUMN + 1,
        f'=IF({filled},IF({ends},"{words["good"]}","{words["bad"]}"),"{words["blank"]}")',
        "strong",
    )
    return last + 2


def _budget(page: Page, helper: Any, labels: Sequence[str], row: int) -> int:  # noqa: ANN401 - one shape for all writers
    """Write one column of points and their total."""
    del helper
    first, last = row + HEADING_ROWS, row + HEADING_ROWS + len(labels) - 1
    page.put(row + 1, FIRST_COLUMN, page.say("budget.points"), "heading")
    offered = DataValidation(type="decimal", operator="between", formula1="0", formula2="100", showErrorMessage=True)
    offered.error = page.say("budget.error")
    page.worksheet.add_data_validation(offered)
    for line in range(first, last + 1):
        cell = page.formula(line, FIRST_COLUMN, None, "strong_centre")
        cell.protection = Protection(locked=False)
        offered.add(cell.coordinate)
    area = f"{address(first, FIRST_COLUMN)}:{address(last, FIRST_COLUMN)}"
    page.put(last + 1, 2, page.say("budget.total"), "band")
    page.formula(last + 1, FIRST_COLUMN, f"=SUM({area})", "strong_centre")
    good, bad = page.say("budget.good"), page.say("budget.bad")
    page.formula(last + 1, FIRST_COLUMN + 1, f'=IF(ROUND(SUM({area}),9)=100,"{good}","{bad}")', "strong")
    return last + 2


WRITERS: Mapping[Kind, tuple[Callable[[Page, Any, Sequence[str], int], int], int]] = {
    "ahp": (_pairs, 0),
    "best_worst": (_ends, 1),
    "budget": (_budget, 1),
}


def _finish(page: Page, helper: Any, widest: int, last: int) -> list[int]:  # noqa: ANN401 - openpyxl is untyped
    """Set widths and page, and protect everything but the cells to fill in (without a password); return the widths."""
    sheet = page.worksheet
    narrow = last - FIRST_COLUMN < widest
    widths = [CODE_WIDTH, LABEL_WIDTH, *[2 * CELL_WIDTH if narrow else CELL_WIDTH] * (last - FIRST_COLUMN + 1)]
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    page.protect()
    if helper is not None:
        helper.protection.sheet = True
    page.page_setup()
    sheet.freeze_panes = f"A{EXPERT_ROW + 1}"
    return widths
