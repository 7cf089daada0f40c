# ruff: noqa: E501 - one file, one line
"""Dirty files: what offices send back. Each with the figures that have to be read from it and every problem said.

All are tables of the small system of `tests/intake/conftest.py`. The expected figures are those of the table of yearly
figures, by column, in the order of units; problems are `code@cell`, for that sheet and file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from tests.intake.corpus import biff, books
from tests.intake.corpus.books import Cell

Grid = list[list[object]]
HEAD = ["联合体编号", "年度", "经费", "自筹", "专利", "占比"]
A: list[object] = ["A", 2025, 20.5, 1, 3, 19.5]
B: list[object] = ["B", 2025, 30, 10, 2, 20]
GOOD: dict[str, list[object]] = {
    "unit": ["A", "B"],
    "year": [2025, 2025],
    "funds": [20.5, 30.0],
    "funds_own": [1.0, 10.0],
    "patents": [3.0, 2.0],
    "share": [19.5, 20.0],
}


@dataclass(frozen=True, slots=True)
class Dirty:
    """A file and what has to become of it: columns that differ from `GOOD`, and the problems."""

    title: str
    file: str
    make: Callable[[], bytes]
    read: Mapping[str, Sequence[object]] = field(default_factory=dict)
    problems: Sequence[str] = ()

    def expected(self) -> dict[str, list[object]]:
        """Return the columns that have to be read."""
        return {column: list(values) for column, values in {**GOOD, **self.read}.items()}


def sheet(rows: Grid, **options: Any) -> Callable[[], bytes]:
    return lambda: books.xlsx({"年度数据": books.sheet_xml(rows, **options)})


def with_cell(column: str, value: object) -> Callable[[], bytes]:
    """Return a maker of the good table with one cell of unit A changed."""
    row = list(A)
    row[HEAD.index(column)] = value
    return sheet([HEAD, row, B])


def with_head(*head: str) -> Callable[[], bytes]:
    return sheet([list(head), A, B])


def cell(title: str, column: str, value: object, read: object, *problems: str) -> Dirty:
    """Return the case of one cell: `column` is its heading, `read` what unit A's figure has to be."""
    codes = dict(zip(HEAD, GOOD, strict=True))
    place = f"{chr(65 + HEAD.index(column))}2"
    said = [f"{code}@{place}" for code in problems]
    return Dirty(title, "a.xlsx", with_cell(column, value), {codes[column]: [read, GOOD[codes[column]][1]]}, said)


def text(rows: Grid, encoding: str = "utf-8", separator: str = ",", end: str = "\n") -> Callable[[], bytes]:
    return lambda: end.join(separator.join(map(str, row)) for row in [*rows, []]).encode(encoding)


def parquet(**columns: pl.Series | list[object]) -> Callable[[], bytes]:
    def make() -> bytes:
        target = io.BytesIO()
        pl.DataFrame(GOOD).with_columns(**{name: pl.Series(values) for name, values in columns.items()}).write_parquet(
            target
        )
        return target.getvalue()

    return make


def parts(change: Callable[[dict[str, bytes | str]], object], rows: Grid | None = None) -> Callable[[], bytes]:
    def make() -> bytes:
        found = books.xlsx_parts({"年度数据": books.sheet_xml(rows or [HEAD, A, B])})
        change(found)
        return books.zipped(found)

    return make


def replaced(part: str, old: str, new: str, rows: Grid | None = None) -> Callable[[], bytes]:
    def change(found: dict[str, bytes | str]) -> None:
        assert old in str(found[part])
        found[part] = str(found[part]).replace(old, new)

    return parts(change, rows)


def ods(rows: Grid, **options: str) -> Callable[[], bytes]:
    table = {name: value for name, value in options.items() if name in {"style", "after"}}
    rest = {name: value for name, value in options.items() if name not in table}
    return lambda: books.zipped(books.ods_parts(books.ods_table("年度数据", rows, **table), **rest))


def ods_cell(facts: str, inside: str = "") -> str:
    return f"<table:table-cell {facts}>{inside}</table:table-cell>"


def xls(rows: Grid, **options: object) -> Callable[[], bytes]:
    return lambda: biff.xls({"年度数据": rows}, **options)


def prefixed(xml: str) -> str:
    """Return markup with a prefix before every tag."""
    return re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", xml).replace("xmlns=", "xmlns:x=")


def backwards(xml: str) -> str:
    """Return a sheet with its rows from the last to the first."""
    rows = re.findall("<row .*?</row>", xml)
    return xml.replace("".join(rows), "".join(reversed(rows)))


FLOAT = 'office:value-type="float" office:value'
LINE = "<text:p>12</text:p>"
TITLE: list[object] = ["江苏省创新联合体年度数据表（2025年）"]
GROUPS: list[object] = ["联合体编号", "年度", "经费（万元）", None, "专利", "占比"]
PARTS: list[object] = [None, None, "经费", "自筹", None, None]
MERGES = books.merged("A1:A2", "B1:B2", "C1:D1", "E1:E2", "F1:F2")
BLANK: list[object] = [None] * 6
PYTHON_NUMBER = Cell("1_000")

DIRTY: list[Dirty] = [
    Dirty("as it should be", "a.xlsx", sheet([HEAD, A, B])),
    # ---- how programs write files
    Dirty("a dimension that is wrong, as WPS writes it", "a.xlsx", sheet([HEAD, A, B], before='<dimension ref="A1"/>')),
    Dirty("a dimension of the whole sheet", "a.xlsx", sheet([HEAD, A, B], before='<dimension ref="A1:XFD1048576"/>')),
    Dirty("cells without addresses", "a.xlsx", sheet([HEAD, A, B], addresses=False)),
    Dirty("a prefix before every tag", "a.xlsx", lambda: books.xlsx({"年度数据": prefixed(books.sheet_xml([HEAD, A, B]))})),
    Dirty("shared strings of several runs with reading aids", "a.xlsx", sheet([[*HEAD[:2], Cell("1", "s"), *HEAD[3:]], A, B])),
    Dirty("a carriage return in a heading", "a.xlsx", with_head("联合体编号_x000D_", *HEAD[1:])),
    cell("half a pair of UTF-16, escaped", "联合体编号", "A_xD800_", "A_xD800_"),
    Dirty("rows out of order", "a.xlsx", lambda: books.xlsx({"年度数据": backwards(books.sheet_xml([HEAD, A, B]))})),
    Dirty("named xls, is xlsx", "a.xls", sheet([HEAD, A, B])),
    Dirty("named et, is xlsx", "a.et", sheet([HEAD, A, B])),
    Dirty("a sheet that is a chart", "a.xlsx", replaced("xl/workbook.xml", "</sheets>", '<sheet name="图" r:id="s"/></sheets>')),
    # ---- how people lay tables out
    Dirty("a title above", "a.xlsx", sheet([TITLE, HEAD, A, B], after=books.merged("A1:F1"))),
    Dirty("title, note and blank rows above", "a.xlsx", sheet([TITLE, ["单位：万元"], BLANK, HEAD, A, B])),
    Dirty("a note above states another unit", "a.xlsx", sheet([["单位：元"], HEAD, A, B]), problems=["note_unit@A1"]),
    Dirty("headings in two rows", "a.xlsx", sheet([GROUPS, PARTS, A, B], after=MERGES)),
    Dirty("a title above headings in two rows", "a.xlsx", sheet([TITLE, GROUPS, PARTS, A, B], after=books.merged("A1:F1", "C2:D2"))),
    Dirty("a group above says more than the heading", "a.xlsx", sheet([[*HEAD[:2], "经费", None, *HEAD[4:]], [None, None, "总额", "自筹", None, None], A, B], after=books.merged("C1:D1")), {"funds": [None, None]}, ["missing_column@A2", "unknown_column@C2"]),
    Dirty("a row of units", "a.xlsx", sheet([HEAD, [None, None, "万元", "（万元）", "件", "%"], A, B])),
    Dirty("a row of other units", "a.xlsx", sheet([HEAD, [None, "—", "元", "万元", "件", "%"], A, B]), problems=["heading_unit@C1"]),
    Dirty("a row that numbers the columns", "a.xlsx", sheet([HEAD, ["甲", "乙", 1, 2, 3, 4], A, B]), problems=["numbering_row@A2"]),
    Dirty("a row that numbers the columns in text", "a.xlsx", sheet([HEAD, ["1", "2", "3", "4", "5", "6"], A, B]), problems=["numbering_row@A2"]),
    Dirty("blank rows between", "a.xlsx", sheet([HEAD, A, BLANK, ["", " ", None, None, None, None], B, BLANK])),
    Dirty("columns in another order", "a.xlsx", sheet([HEAD[::-1], A[::-1], B[::-1]])),
    Dirty("units in brackets behind headings", "a.xlsx", with_head(*HEAD[:2], "经费（万元）", "自筹\n(万元)", "专利（件）", "占比(%)")),
    Dirty("another unit of money behind a heading", "a.xlsx", with_head(*HEAD[:2], "经费（元）", *HEAD[3:]), problems=["heading_unit@C1"]),
    Dirty("stars, spaces and full-width letters in headings", "a.xlsx", with_head("*联合体 编号", "年　度", "ＦＵＮＤＳ", *HEAD[3:])),
    Dirty("numbers before headings", "a.xlsx", with_head("1.联合体编号", "（2）年度", "三、经费", "其中：自筹", "5、专利", "占比")),
    Dirty("a heading that is nearly right is not taken", "a.xlsx", with_head(*HEAD[:4], "专利数量", "占比"), {"patents": [None, None]}, ["missing_column@A1", "unknown_column@E1"]),
    Dirty("a heading twice", "a.xlsx", sheet([[*HEAD, "经费"], [*A, 99], [*B, 99]]), problems=["duplicate_heading@G1"]),
    Dirty("a column missing", "a.xlsx", sheet([HEAD[:5], A[:5], B[:5]]), {"share": [None, None]}, ["missing_column@A1"]),
    Dirty("a column too many", "a.xlsx", sheet([[*HEAD, "天气"], [*A, "晴"], [*B, "雨"]]), problems=["unknown_column@G1"]),
    Dirty("a figure without heading", "a.xlsx", sheet([HEAD, [*A, 5], B]), problems=["without_heading@G2"]),
    Dirty("notes below", "a.xlsx", sheet([HEAD, A, B, BLANK, ["注：1. 数据截至2025年底。"], ["2. 单位为万元。"]]), problems=["note_below@A5"]),
    Dirty("signatures below", "a.xlsx", sheet([HEAD, A, B, ["填报人：张三", None, "审核人：李四", None, "单位负责人（签字）：", None]]), problems=["note_below@A4"]),
    Dirty("merged notes below", "a.xlsx", sheet([HEAD, A, B, ["备注：无其他情况"]], after=books.merged("A4:F4")), problems=["note_below@A4"]),
    Dirty("a record below the notes is not lost", "a.xlsx", sheet([HEAD, A, ["说明：以上为初稿"], B]), problems=["note_below@A3"]),
    Dirty("a row of totals", "a.xlsx", sheet([HEAD, A, B, ["合 计", None, 50.5, 11, 5, None]]), problems=["total_row@A4"]),
    Dirty("hidden row", "a.xlsx", sheet([HEAD, A, B], hidden=[3]), problems=["hidden_row@A3"]),
    Dirty("hidden column", "a.xlsx", sheet([HEAD, A, B], before='<cols><col min="4" max="5" hidden="1"/></cols>'), problems=["hidden_column@D1", "hidden_column@E1"]),
    Dirty("hidden sheet", "a.xlsx", lambda: books.xlsx({"年度数据": [HEAD, A, B], "填报说明": [["x"]]}, states={"年度数据": "hidden"}), problems=["hidden_sheet@"]),
    Dirty("very hidden sheet", "a.xlsx", lambda: books.xlsx({"年度数据": [HEAD, A, B], "填报说明": [["x"]]}, states={"年度数据": "veryHidden"}), problems=["hidden_sheet@"]),
    Dirty("an unknown sheet besides", "a.xlsx", lambda: books.xlsx({"Sheet2": [["草稿", 1]], "年度数据": [HEAD, A, B]}), problems=["unknown_sheet@"]),
    Dirty("figures merged over two rows", "a.xlsx", sheet([HEAD, A, ["B", 2025, 30, None, 2, 20]], after=books.merged("D2:D3")), {"funds_own": [1.0, None]}, ["blank@D3", "merged_cells@D2"]),
    # ---- numbers as people type them
    cell("full-width digits", "经费", "２０．５", 20.5, "rewritten"),
    cell("separators in threes", "经费", "1,234,567.5", 1234567.5, "rewritten"),
    cell("full-width separators", "经费", "1，234", 1234.0, "rewritten"),
    cell("spaces in threes", "经费", "1 234 567", 1234567.0, "rewritten"),
    cell("separators not in threes", "经费", "1,23,4", None, "not_a_number"),
    cell("the declared unit", "经费", "20.5万元", 20.5, "rewritten"),
    cell("ten thousands, short", "经费", "20.5万", 20.5, "rewritten"),
    cell("yuan in a column of ten thousands", "经费", "205000元", 20.5, "scaled"),
    cell("hundred millions", "经费", "0.5亿元", 5000.0, "scaled"),
    cell("hundred millions, short", "经费", "1.2亿", 12000.0, "scaled"),
    cell("an unknown unit", "经费", "20美元", None, "unknown_suffix"),
    cell("pieces", "专利", "3件", 3.0, "rewritten"),
    cell("ten thousand pieces", "专利", "3万件", None, "unknown_suffix"),
    cell("a percent sign", "占比", "19.5%", 19.5, "rewritten"),
    cell("a full-width percent sign", "占比", "１９．５％", 19.5, "rewritten"),
    cell("a percent sign among amounts", "经费", "20%", None, "percent_elsewhere"),
    cell("a percent cell", "占比", Cell("0.195", style=books.PERCENT), 19.5, "percent_read"),
    cell("7 per cent in binary", "占比", Cell("7.0000000000000007E-2", style=books.PERCENT), 7.0, "percent_read"),
    cell("35 typed into a percent cell", "占比", Cell("35", style=books.PERCENT), 3500.0, "percent_large", "out_of_range"),
    cell("a percent cell among amounts", "经费", Cell("0.2", style=books.PERCENT), None, "percent_elsewhere"),
    cell("a percent sign that is only shown", "占比", Cell("19.5", style=books.QUOTED), 19.5),
    cell("a share for a percentage", "占比", 0.35, 0.35, "percent_small"),
    cell("a share for a percentage, as text", "占比", "0.35", 0.35, "number_as_text", "percent_small"),
    cell("a small percentage, stated", "占比", "0.35%", 0.35, "rewritten"),
    cell("accounting brackets", "经费", "(20.5)", -20.5, "rewritten", "out_of_range"),
    cell("full-width accounting brackets", "经费", "（20.5）", -20.5, "rewritten", "out_of_range"),
    cell("a typographic minus", "经费", "−20.5", -20.5, "rewritten", "out_of_range"),
    cell("minus zero", "经费", -0.0, 0.0),
    cell("a number as text", "经费", "20.5", 20.5, "number_as_text"),
    cell("spaces no one sees", "经费", "\u00a0\u200b20.5\u3000", 20.5, "rewritten"),
    cell("a dash", "经费", "—", None, "read_as_blank"),
    cell("a slash", "经费", "/", None, "read_as_blank"),
    cell("none", "经费", "无", None, "read_as_blank"),
    cell("a typed not applicable is missing", "经费", "不适用", None, "read_as_blank"),
    cell("blank", "经费", None, None, "blank"),
    cell("spaces only", "经费", " \u3000", None, "blank"),
    cell("a superscript", "经费", "10²", None, "unknown_suffix"),
    cell("a circled number", "专利", "③", None, "not_a_number"),
    cell("arabic digits", "专利", "٣", None, "not_a_number"),
    cell("beyond the largest number", "经费", "1e999", None, "not_finite"),
    cell("beyond the largest number, stored", "经费", Cell("1E999"), None, "not_finite"),
    cell("no number stored as one", "经费", Cell("NaN"), None, "error_cell"),
    cell("what only Python takes for a number", "经费", PYTHON_NUMBER, None, "error_cell"),
    cell("about", "经费", "约20", None, "not_a_number"),
    cell("a range", "经费", "20-30", None, "unknown_suffix"),
    cell("numerals", "专利", "三", None, "not_a_number"),
    cell("a fraction", "占比", "1/2", None, "unknown_suffix"),
    cell("two numbers", "经费", "20.5 30", None, "not_a_number"),
    cell("a decimal comma", "经费", "20,5", None, "not_a_number"),
    cell("a date where a number belongs", "专利", Cell("45721", style=books.DATE), None, "not_a_number"),
    cell("a Chinese date format", "专利", Cell("45721", style=books.CHINESE_DATE), None, "not_a_number"),
    cell("hours where a number belongs", "专利", Cell("1.5", style=books.HOURS), None, "not_a_number"),
    cell("a format that moves the point", "经费", Cell("205000", style=books.MOVED), 205000.0, "shown_scaled"),
    cell("true", "专利", True, None, "not_a_number"),
    cell("half a patent", "专利", 2.5, 2.5, "not_whole"),
    cell("a formula with its result", "经费", Cell("20.5", formula="1+19.5"), 20.5),
    cell("a formula without result", "经费", Cell(formula="1+19.5"), None, "formula_without_result"),
    cell("a formula with an empty result", "经费", Cell("", formula="1+19.5"), None, "formula_without_result"),
    cell("a formula that gives text", "经费", Cell("20.5万元", "str", "A1"), 20.5, "rewritten"),
    cell("a formula as text", "经费", "=1+1", None, "not_a_number"),
    cell("an error cell", "经费", Cell("#DIV/0!", "e", "1/0"), None, "error_cell"),
    cell("an error typed", "经费", "#N/A", None, "error_cell"),
    cell("the smallest number", "经费", 5e-324, 5e-324),
    cell("all digits of a number", "经费", Cell("0.30000000000000004"), 0.30000000000000004),
    cell("a large number", "经费", Cell("1.2345678901234567E+14"), 1.2345678901234567e14),
    # ---- years and ids
    cell("a year with its word", "年度", "2025年", 2025, "rewritten"),
    cell("a year in numerals", "年度", "二〇二五年", 2025, "rewritten"),
    cell("a year as text", "年度", "2025", 2025, "number_as_text"),
    cell("a year with a superscript", "年度", "202²", None, "not_a_year"),
    cell("an id with spaces around it", "联合体编号", " A\u200b ", "A"),
    # ---- text files
    Dirty("CSV", "年度数据.csv", text([HEAD, A, B])),
    Dirty("CSV with a byte-order mark", "年度数据.csv", text([HEAD, A, B], "utf-8-sig")),
    Dirty("CSV in GB18030", "年度数据.csv", text([HEAD, A, B], "gb18030")),
    Dirty("CSV in UTF-16", "年度数据.csv", text([HEAD, A, B], "utf-16")),
    Dirty("CSV with tabs", "年度数据.csv", text([HEAD, A, B], separator="\t")),
    Dirty("TSV in GB18030", "年度数据.tsv", text([HEAD, A, B], "gb18030", "\t", "\r\n")),
    Dirty("CSV with lines of the old Mac", "年度数据.csv", text([HEAD, A, B], end="\r\n")),
    Dirty("CSV with title, blank lines and notes", "年度数据.csv", text([TITLE, [], HEAD, A, [""], B, ["注：初稿"]]), problems=["note_below@A7"]),
    Dirty("CSV with quoted separators", "年度数据.csv", text([HEAD, ["A", 2025, '"1,234.5"', 1, 3, 19.5], B]), {"funds": [1234.5, 30.0]}, ["rewritten@C2"]),
    Dirty("CSV with bare separators", "年度数据.csv", text([HEAD, ["A", 2025, "1,234.5", 1, 3, 19.5], B]), {"funds": [1.0, 30.0], "funds_own": [234.5, 10.0], "patents": [1.0, 2.0], "share": [3.0, 20.0]}, ["row_too_long@G2"]),
    Dirty("CSV with formulas", "年度数据.csv", text([HEAD, ["A", 2025, "=1+1", 1, 3, 19.5], B]), {"funds": [None, 30.0]}, ["not_a_number@C2"]),
    # ---- Parquet
    Dirty("Parquet", "yearly.parquet", parquet()),
    Dirty("Parquet with decimals", "yearly.parquet", parquet(funds=pl.Series(["20.5", "30"]).cast(pl.Decimal(10, 2)))),
    Dirty("Parquet with numbers as text", "yearly.parquet", parquet(funds=["20.5", "30"]), problems=["number_as_text@C2", "number_as_text@C3"]),
    Dirty("Parquet with categories", "yearly.parquet", parquet(unit=pl.Series(["A", "B"], dtype=pl.Categorical))),
    Dirty("Parquet with not-a-number", "yearly.parquet", parquet(funds=[float("nan"), 30.0]), {"funds": [None, 30.0]}, ["not_finite@C2"]),
    # ---- Excel 97 and WPS
    Dirty("xls", "a.xls", xls([HEAD, A, B])),
    Dirty("et", "a.et", xls([HEAD, A, B])),
    Dirty("xls named xlsx", "a.xlsx", xls([HEAD, A, B])),
    Dirty("xls: percent cell", "a.xls", xls([HEAD, [*A[:5], biff.Cell(0.195, biff.PERCENT)], B]), problems=["percent_read@F2"]),
    Dirty("xls: date cell", "a.xls", xls([HEAD, [*A[:4], biff.Cell(45721, biff.DATE), 19.5], B]), {"patents": [None, 2.0]}, ["not_a_number@E2"]),
    Dirty("xls: a format that divides", "a.xls", xls([HEAD, ["A", 2025, biff.Cell(20500, biff.SCALED), 1, 3, 19.5], B]), {"funds": [20500.0, 30.0]}, ["shown_scaled@C2"]),
    Dirty("xls: error cell", "a.xls", xls([HEAD, ["A", 2025, biff.Cell(error=7), 1, 3, 19.5], B]), {"funds": [None, 30.0]}, ["error_cell@C2"]),
    Dirty("xls: formula with its result", "a.xls", xls([HEAD, ["A", 2025, biff.Cell(20.5, options=0), 1, 3, 19.5], B])),
    Dirty("xls: formula without result", "a.xls", xls([HEAD, ["A", 2025, biff.Cell(0, options=3), 1, 3, 19.5], B]), {"funds": [None, 30.0]}, ["formula_without_result@C2"]),
    Dirty("xls: hidden sheet", "a.xls", lambda: biff.xls({"填报说明": [["x"]], "年度数据": [HEAD, A, B]}, hidden=["年度数据"]), problems=["hidden_sheet@"]),
    # ---- OpenDocument
    Dirty("ods", "a.ods", ods([HEAD, A, B])),
    Dirty("ods: the blank rest of the sheet", "a.ods", ods([HEAD, A, B], after='<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>')),
    Dirty("ods: repeated cells", "a.ods", ods([HEAD, ["A", 2025, f'<table:table-cell table:number-columns-repeated="2" {FLOAT}="12"/>', 3, 19.5], B]), {"funds": [12.0, 30.0], "funds_own": [12.0, 10.0]}),
    Dirty("ods: percent cell", "a.ods", ods([HEAD, [*A[:5], ods_cell('office:value-type="percentage" office:value="0.195"')], B]), problems=["percent_read@F2"]),
    Dirty("ods: currency", "a.ods", ods([HEAD, ["A", 2025, ods_cell('office:value-type="currency" office:value="20.5"'), 1, 3, 19.5], B])),
    Dirty("ods: date cell", "a.ods", ods([HEAD, [*A[:4], ods_cell('office:value-type="date" office:date-value="2025-03-05"'), 19.5], B]), {"patents": [None, 2.0]}, ["not_a_number@E2"]),
    Dirty("ods: error cell", "a.ods", ods([HEAD, ["A", 2025, ods_cell('table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"', "<text:p>#DIV/0!</text:p>"), 1, 3, 19.5], B]), {"funds": [None, 30.0]}, ["error_cell@C2"]),
    Dirty("ods: formula without result", "a.ods", ods([HEAD, ["A", 2025, ods_cell('table:formula="of:=1+1"'), 1, 3, 19.5], B]), {"funds": [None, 30.0]}, ["formula_without_result@C2"]),
    Dirty("ods: a note is not the cell", "a.ods", ods([HEAD, ["A", 2025, ods_cell(f'{FLOAT}="20.5"', "<office:annotation><text:p>99</text:p></office:annotation><text:p>20.5</text:p>"), 1, 3, 19.5], B])),
    Dirty("ods: what was deleted is not there", "a.ods", ods([HEAD, A, B], before=f"<table:tracked-changes><table:cell-content-change><table:table-row>{ods_cell(FLOAT + '=' + chr(34) + '9' + chr(34))}</table:table-row></table:cell-content-change></table:tracked-changes>")),
    Dirty("ods: hidden sheet", "a.ods", ods([HEAD, A, B], style="t", styles='<style:style style:name="t" style:family="table"><style:table-properties table:display="false"/></style:style>'), problems=["hidden_sheet@"]),
    Dirty("ods: a format that divides", "a.ods", ods([HEAD, ["A", 2025, ods_cell(f'table:style-name="c" {FLOAT}="20500"'), 1, 3, 19.5], B], styles='<number:number-style style:name="n"><number:number number:display-factor="1000"/></number:number-style><style:style style:name="c" style:family="table-cell" style:data-style-name="n"/>'), {"funds": [20500.0, 30.0]}, ["shown_scaled@C2"]),
    Dirty("ods: a date that is text", "a.ods", ods([HEAD, ["A", "2025年", *A[2:]], B]), problems=["rewritten@B2"]),
]  # fmt: skip
