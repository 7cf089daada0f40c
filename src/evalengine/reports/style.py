"""How a report looks: the kinds of cells, their fonts, borders and number formats, and the page.

Black and white, thin borders, a light grey heading. Fonts, margins and the size of titles come from the theme.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties

from evalengine.scheme.theme import Theme

PAPER_A4 = 9
CENTIMETRES = 2.54  # in an inch
PAGE_COLUMNS = {"landscape": 158, "portrait": 112}  # digits side by side between margins of 1.5 cm
PAGE_SCALE = 88  # per cent at which they are printed
PAGE_CENTIMETRES = {"landscape": 29.7, "portrait": 21.0}
PAGE_MARGINS = 3.0  # centimetres left and right for which these numbers hold
POINTS = 72 / CENTIMETRES  # in a centimetre
POINTS_PER_COLUMN = 5.25  # of a digit of the body font, the unit of column widths, which hold their padding
PAGE_FILL = 0.97  # of a page that is counted on: programs differ in the height of a row
BODY_POINTS = 10
COVER = 1.5  # the title of the cover to those of the sheets
FOOTER_POINTS = 8
LINE_POINTS = 14.4  # height of a line of body text, fallback fonts included
LATIN_POINTS = 13.0  # the same of a text without wide characters in a font of the list below
PROPORTIONAL = ("Times New Roman", "Arial", "Liberation Serif", "Liberation Sans")  # fonts whose letters are known
ROW_PADDING = 3.5
TALLEST_ROW = 409  # Excel's limit
WIDEST_COLUMN = 250  # Excel's is 255
GREY = "FFEDEDED"
RED, AMBER = "FFFFC7CE", "FFFFEB9C"  # cells at fault and cells to be confirmed, in lists sent back
CHARSET = {"zh": 134, "en": 0}  # GB 2312 tells a machine without the font what to look for
WHOLE_BELOW = 1e15
MOST_DECIMALS = 15

Horizontal = Literal["left", "center", "right"]
Orientation = Literal["landscape", "portrait"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of cell.

    Attributes:
        font: which of the theme's fonts; numbers take that of digits.
        points: size of its characters.
        bold: whether they are bold.
        horizontal: where the content stands.
        border: whether the cell has thin borders.
        fill: colour of its ground; none if empty.
        underline: whether they are underlined, as links are.
        format: Excel's number format.
        shown: the same format for Python, to know how wide a number will be.
    """

    font: Literal["title", "heading", "body", "digits"] = "body"
    points: float = BODY_POINTS
    bold: bool = False
    horizontal: Horizontal = "left"
    border: bool = True
    fill: str = ""
    underline: bool = False
    format: str = "General"
    shown: str = ""


def _number(excel: str, python: str, *, bold: bool = False, horizontal: Horizontal = "center") -> Kind:
    return Kind(font="digits", horizontal=horizontal, format=excel, shown=python, bold=bold)


def _published(decimals: int) -> dict[str, Kind]:
    """Return the kinds of scores published with so many decimals: this year's, an earlier one, a difference."""
    excel = f"{0:.{decimals}f}"
    return {
        f"published_{decimals}": _number(excel, f".{decimals}f", bold=True),
        f"earlier_{decimals}": _number(excel, f".{decimals}f"),
        f"change_{decimals}": _number(f"+{excel};-{excel};{excel}", f"+.{decimals}f"),
    }


KINDS: dict[str, Kind] = {
    "title": Kind(font="title", points=18, bold=True, horizontal="center", border=False),
    "cover": Kind(font="title", points=27, bold=True, horizontal="center", border=False),
    "mark": Kind(font="heading", points=14, border=False),
    "caption": Kind(border=False),
    "caption_right": Kind(border=False, horizontal="right"),
    "caption_centre": Kind(points=12, border=False, horizontal="center"),
    "back": Kind(border=False, underline=True),
    "section": Kind(font="heading", points=11, border=False),
    "heading": Kind(font="heading", horizontal="center", fill=GREY),
    "band": Kind(font="heading"),
    "text": Kind(),
    "wrong": Kind(fill=RED),
    "doubtful": Kind(fill=AMBER),
    "link": Kind(underline=True),
    "link_centre": Kind(horizontal="center", underline=True),
    "centre": Kind(horizontal="center"),
    "strong": Kind(bold=True),
    "strong_centre": Kind(bold=True, horizontal="center"),
    "rank": _number("0", ".0f"),
    "rank_half": _number("0.0", ".1f"),
    "score": _number("0.00", ".2f"),
    "total": _number("0.00", ".2f", bold=True),
    "contribution": _number("0.0000", ".4f"),
    "contribution_total": _number("0.0000", ".4f", bold=True),
    "weight": _number("0.00%", ".2%"),
    "weight_total": _number("0.00%", ".2%", bold=True),
    "whole": _number("#,##0", ",.0f", horizontal="right"),
    "amount": _number("#,##0.00", ",.2f", horizontal="right"),
    "small": _number("0.0000", ".4f", horizontal="right"),
    "extreme": _number("0.00E+00", ".2E", horizontal="right"),
    **{name: kind for decimals in range(MOST_DECIMALS + 1) for name, kind in _published(decimals).items()},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What decides how much room a text takes.

    Attributes:
        kinds: kinds of cells, as the theme has them.
        proportional: whether the letters of its fonts are narrower than digits, most of them, and known to be.
    """

    kinds: Mapping[str, Kind]
    proportional: bool


LOOK = Look(kinds=KINDS, proportional=False)


def kind_of(value: float, *, whole: bool = True) -> str:
    """Return the kind that shows a figure without hiding it.

    Args:
        value: the figure.
        whole: whether whole numbers are shown without decimals.
    """
    size = abs(value)
    if size >= WHOLE_BELOW or 0 < size < 0.0001:  # noqa: PLR2004 - four decimals would show zero
        return "extreme"
    if value == int(value):
        return "whole" if whole else "amount"
    return "small" if size < 0.1 else "amount"  # noqa: PLR2004 - two decimals would show one digit at most


def page_columns(orientation: Orientation, theme: Theme) -> float:
    """Return the width of a page between the theme's margins, in column widths."""
    paper, margins = PAGE_CENTIMETRES[orientation], theme.margins
    return PAGE_COLUMNS[orientation] * (paper - margins.left - margins.right) / (paper - PAGE_MARGINS)


def page_scale(orientation: Orientation, theme: Theme, columns: float) -> float:
    """Return to how much a sheet so many column widths wide is reduced to fit the width of a page."""
    margins = theme.margins
    across = (PAGE_CENTIMETRES[orientation] - margins.left - margins.right) * POINTS
    return min(1.0, across / (columns * POINTS_PER_COLUMN))


def page_points(orientation: Orientation, theme: Theme, scale: float) -> float:
    """Return the height of the rows that fit a page between the theme's margins if reduced so much, in points."""
    down = sum(PAGE_CENTIMETRES.values()) - PAGE_CENTIMETRES[orientation] - theme.margins.top - theme.margins.bottom
    return PAGE_FILL * down * POINTS / scale


def set_page(
    worksheet: Any,  # noqa: ANN401 - openpyxl is untyped
    orientation: Orientation,
    theme: Theme,
    language: str,
    *,
    run: str = "",
    pages_wide: int = 1,
) -> None:
    """Fit a sheet to A4 as the theme has it: margins, access mark and page numbers.

    Args:
        worksheet: the sheet.
        orientation: of the paper.
        theme: how the office wants it.
        language: `zh` or `en`.
        run: what stands at the left of the footer.
        pages_wide: on how many pages side by side.
    """
    worksheet.page_setup.orientation, worksheet.page_setup.paperSize = orientation, PAPER_A4
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = pages_wide, 0
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    worksheet.print_options.horizontalCentered = True
    margins = worksheet.page_margins
    for side in ("top", "bottom", "left", "right"):
        setattr(margins, side, round(getattr(theme.margins, side) / CENTIMETRES, 2))
    margins.header, margins.footer = margins.top / 2, margins.bottom / 2
    for part, sentence in (
        (worksheet.oddHeader.left, theme.mark.get(language).replace("&", "&&")),
        (worksheet.oddFooter.left, run),
        (worksheet.oddFooter.right, theme.footer.get(language).format(page="&P", pages="&N")),
    ):
        part.text, part.size = sentence or None, FOOTER_POINTS


class Styles:
    """The style numbers of a workbook, one for each kind, made once and reused.

    Args:
        worksheet: any worksheet of the workbook.
        language: decides the fonts.
        theme: how the office wants it.
    """

    def __init__(self, worksheet: Any, language: str, theme: Theme) -> None:  # noqa: ANN401 - openpyxl is untyped
        self._worksheet = worksheet
        self._language = language
        self.theme = theme
        sizes = {"title": theme.title_points, "cover": COVER * theme.title_points}
        kinds = KINDS | {name: dataclasses.replace(KINDS[name], points=size) for name, size in sizes.items()}
        fonts = theme.fonts.get(language)
        known = all(name in PROPORTIONAL for name in (fonts.title, fonts.heading, fonts.body, fonts.digits))
        self.look = Look(kinds=kinds, proportional=known)
        self._numbers: dict[tuple[str, bool], int] = {}
        # the font of the Normal style is the unit of column widths
        worksheet.parent._named_styles["Normal"].font = self._font(KINDS["text"])  # noqa: SLF001 - no public way

    def number(self, kind: str, *, quoted: bool = False) -> int:
        """Return the style number of a kind; `quoted` keeps text that looks like a formula text when edited."""
        key = kind, quoted
        if key not in self._numbers:
            self._numbers[key] = self._made(self.look.kinds[kind], quoted=quoted)
        return self._numbers[key]

    def _made(self, kind: Kind, *, quoted: bool) -> int:
        cell = Cell(self._worksheet)
        cell.font = self._font(kind)
        cell.alignment = Alignment(horizontal=kind.horizontal, vertical="center", wrap_text=not kind.shown)
        cell.number_format = kind.format
        if kind.border:
            side = Side(style="thin")
            cell.border = Border(left=side, right=side, top=side, bottom=side)
        if kind.fill and (self.theme.grey_headings or kind.fill != GREY):
            cell.fill = PatternFill("solid", fgColor=kind.fill)
        if quoted:
            cell.quotePrefix = True
        return int(cell.style_id)

    def _font(self, kind: Kind) -> Font:
        return Font(
            name=getattr(self.theme.fonts.get(self._language), kind.font),
            size=kind.points,
            bold=kind.bold,
            underline="single" if kind.underline else None,
            charset=CHARSET[self._language],
        )
