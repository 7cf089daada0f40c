"""A card as a Word document: an extra, editable, ready to be stamped.

python-docx makes the package; tables are written as XML, which is fifty times faster than cell by cell.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from evalengine.errors import UsageError
from evalengine.reports import cells, package, style
from evalengine.reports.cards.content import Card, Table
from evalengine.reports.layout import Entry
from evalengine.reports.shown import as_text
from evalengine.reports.words import Words
from evalengine.scheme.theme import Theme

EXTRA = "evalengine[docx]"
TWIPS = 567  # in a centimetre
PICTURE = 17 / 18  # of its half of the page
DIMENSION = (30, 9, 9, 9, 14, 10, 10, 9)
SHORTFALL = (26, 8, 8, 9, 49)
INDICATOR = {  # forty fit a page; Chinese names are short, English anchors are
    "zh": (25, 10, 10, 10, 23, 8, 10, 7, 7, 8),
    "en": (31, 9, 9, 9, 20, 8, 9, 7, 7, 10),
}
STANDING = (18, 9, 9, 9, 11, 8, 8, 9, 9, 10)
ADJUSTMENT = (30, 15, 15, 40)
TOGETHER = 4  # last rows of a table on one page
SINGLE = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
ALIGNED = {"left": "left", "center": "center", "right": "right"}
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BODY_HALF_POINTS, SMALL_HALF_POINTS, TITLE_HALF_POINTS = 18, 15, 32


def require() -> None:
    """Refuse where python-docx is not installed.

    Raises:
        UsageError: it is not.
    """
    try:
        import docx  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        raise UsageError("format_needs_extra", package="python-docx", extra=EXTRA) from error


def document(card: Card, pictures: Sequence[bytes], words: Words, run_id: str, theme: Theme) -> bytes:
    """Return a card as a document; identical cards and pictures give identical bytes.

    Args:
        card: the card.
        pictures: its charts as PNG.
        words: the language.
        run_id: id of the run, for the footer.
        theme: fonts and page numbers.
    """
    from docx import Document  # noqa: PLC0415 - an extra
    from docx.shared import Cm  # noqa: PLC0415

    made = Document()
    made.core_properties.author, made.core_properties.title = "evalengine", card.title
    made.core_properties.created = made.core_properties.modified = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Cm(getattr(theme.margins, side)))
    for grid in section._sectPr.xpath("./w:docGrid"):  # noqa: SLF001 - lines of 18 points, whatever their letters
        section._sectPr.remove(grid)  # noqa: SLF001
    writer = _Writer(made, words, theme)
    writer.styles()
    writer.line(card.title, size=TITLE_HALF_POINTS, bold=True, align="center", font="title")
    writer.line(card.left)
    writer.line(card.name, bold=True, font="heading")
    writer.table(card.standing, STANDING)
    writer.pictures(pictures, [card.radar.description, card.bars.description])
    writer.table(card.dimensions, DIMENSION)
    for remark in card.remarks:
        writer.line(remark)
    if card.shortfalls.rows:
        writer.table(card.shortfalls, SHORTFALL)
    if card.adjustments.rows:
        writer.line(card.adjusted, bold=True, font="heading")
        writer.table(card.adjustments, ADJUSTMENT)
    for note in card.notes:
        writer.line(note, size=SMALL_HALF_POINTS)
    writer.line(card.name, bold=True, font="heading", new_page=True)
    writer.table(card.indicators, INDICATOR[words.language], size=SMALL_HALF_POINTS)
    writer.footer(run_id)
    buffer = io.BytesIO()
    made.save(buffer)
    return _undated(buffer.getvalue())


class _Writer:
    """Appends parts to a document."""

    def __init__(self, made: Any, words: Words, theme: Theme) -> None:  # noqa: ANN401 - a document of python-docx
        self._document = made
        self._words = words
        self._theme = theme
        self._fonts = theme.fonts.get(words.language)
        self._across = round((style.PAGE_CENTIMETRES["portrait"] - theme.margins.left - theme.margins.right) * TWIPS)

    def styles(self) -> None:
        """Give the body its fonts: without an East Asian one Chinese falls back to whatever there is."""
        from docx.oxml.ns import qn  # noqa: PLC0415 - an extra

        name = self._fonts.body
        normal = self._document.styles["Normal"]
        normal.font.name = name
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), name)
        normal.paragraph_format.space_after = normal.paragraph_format.space_before = 0

    def line(
        self,
        text: str,
        *,
        size: int = BODY_HALF_POINTS,
        bold: bool = False,
        align: str = "left",
        font: str = "body",
        new_page: bool = False,
    ) -> None:
        """Write a paragraph."""
        before = "<w:pageBreakBefore/>" if new_page else ""
        properties = f'<w:pPr>{before}<w:spacing w:before="60" w:after="60"/><w:jc w:val="{align}"/></w:pPr>'
        self._append(f"<w:p {W}>{properties}{self._run(text, size=size, bold=bold, font=font)}</w:p>")

    def table(self, table: Table, shares: Sequence[int], *, size: int = BODY_HALF_POINTS) -> None:
        """Write a table; its heading repeats on every page, and no row is torn apart."""
        widths = [self._across * share // sum(shares) for share in shares]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        borders = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        headings: list[Entry] = [("heading", heading) for heading in table.headings]
        together = len(table.rows) - TOGETHER  # the last row never stands alone on a page
        rows = [
            self._row(headings, widths, size, repeats=True),
            *(
                self._row(row, widths, size, stays=together <= place < len(table.rows) - 1)
                for place, row in enumerate(table.rows)
            ),
        ]
        sides = (("top", 10), ("left", 57), ("bottom", 10), ("right", 57))
        margins = "".join(f'<w:{side} w:w="{twips}" w:type="dxa"/>' for side, twips in sides)
        cell = f"<w:tblCellMar>{margins}</w:tblCellMar>"
        properties = (
            f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
            f'<w:tblLayout w:type="fixed"/>{cell}</w:tblPr>'
        )
        self._append(f"<w:tbl {W}>{properties}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>")

    def pictures(self, pictures: Sequence[bytes], descriptions: Sequence[str]) -> None:
        """Write pictures side by side, described for readers who do not see them."""
        from docx.oxml.ns import qn  # noqa: PLC0415 - an extra
        from docx.shared import Cm  # noqa: PLC0415 - an extra

        width = self._across // len(pictures)
        cell = f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p/></w:tc>' * len(pictures)
        grid = f'<w:gridCol w:w="{width}"/>' * len(pictures)
        layout = f'<w:tblPr><w:tblW w:w="{self._across}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        self._append(f"<w:tbl {W}>{layout}<w:tblGrid>{grid}</w:tblGrid><w:tr>{cell}</w:tr></w:tbl>")
        paragraph = self._document.add_paragraph()  # pictures need one; they move into the cells
        cells_of = self._document.element.body.tbl_lst[-1].iter(qn("w:p"))
        for target, content, description in zip(list(cells_of), pictures, descriptions, strict=False):
            shape = paragraph.add_run().add_picture(io.BytesIO(content), width=Cm(PICTURE * width / TWIPS))
            shape._inline.docPr.set("descr", description)  # noqa: SLF001 - no public way
            target.append(paragraph.runs[-1]._r)  # noqa: SLF001
        paragraph._p.getparent().remove(paragraph._p)  # noqa: SLF001

    def footer(self, run_id: str) -> None:
        """Write the id of the run and the page number."""
        run = self._words.say("footer.run", run_id=run_id)
        page = self._theme.footer.get(self._words.language).format(page="&P", pages="&N")
        fields = {"&P": "PAGE", "&N": "NUMPAGES"}
        parts = [self._run(f"{run}    ", size=SMALL_HALF_POINTS)]
        rest = page
        for sign, field in fields.items():
            before, _, rest = rest.partition(sign)
            parts.append(self._run(before, size=SMALL_HALF_POINTS))
            inner = self._run("1", size=SMALL_HALF_POINTS)
            parts.append(f'<w:fldSimple w:instr="{field}">{inner}</w:fldSimple>')
        parts.append(self._run(rest, size=SMALL_HALF_POINTS))
        target = self._document.sections[0].footer
        target.paragraphs[0]._p.getparent().replace(  # noqa: SLF001 - no public way to write a field
            target.paragraphs[0]._p,  # noqa: SLF001
            _parsed(f'<w:p {W}><w:pPr><w:jc w:val="right"/></w:pPr>{"".join(parts)}</w:p>'),
        )

    def _row(
        self, entries: Sequence[Entry], widths: Sequence[int], size: int, *, repeats: bool = False, stays: bool = False
    ) -> str:
        repeated = "<w:tblHeader/>" if repeats else ""
        stay = "<w:keepNext/>" if stays else ""
        made = "".join(self._cell(entry, width, size, stay) for entry, width in zip(entries, widths, strict=True))
        return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{made}</w:tr>"

    def _cell(self, entry: Entry, width: int, size: int, stay: str) -> str:
        look = style.KINDS[entry[0]]
        fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{style.GREY[2:]}"/>' if look.fill else ""
        run = self._run(as_text(entry), size=size, bold=look.bold or look.font == "heading", font=look.font)
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{fill}<w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr>{stay}{SINGLE}<w:jc w:val="{ALIGNED[look.horizontal]}"/></w:pPr>{run}</w:p></w:tc>'
        )

    def _run(self, text: str, *, size: int, bold: bool = False, font: str = "body") -> str:
        name = quoteattr(getattr(self._fonts, font))
        weight = "<w:b/>" if bold else ""
        faces = f"<w:rFonts w:ascii={name} w:hAnsi={name} w:eastAsia={name} w:cs={name}/>"
        lines = "<w:br/>".join(
            f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in cells.clean(text).split("\n")
        )
        return f'<w:r><w:rPr>{faces}{weight}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>{lines}</w:r>'

    def _append(self, xml: str) -> None:
        body = self._document.element.body
        body.insert(list(body).index(body.sectPr), _parsed(xml))


def _parsed(xml: str) -> Any:  # noqa: ANN401 - an element of python-docx
    from docx.oxml import parse_xml  # noqa: PLC0415 - an extra

    return parse_xml(xml)


def _undated(content: bytes) -> bytes:
    """Return the package with the parts in their order and no day of writing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(package.entry(name), source.read(name))
    return buffer.getvalue()
