"""SVG as PNG, for documents that hold pictures: an extra, with the fonts of the machine."""

from __future__ import annotations

from evalengine.errors import UsageError

SAMPLES = {"zh": ("\u6c5f", "\u82cf"), "en": ("a", "b")}  # two characters that look alike only as boxes
ZOOM = 2.5
EXTRA = "evalengine[docx]"


def require(language: str) -> None:
    """Refuse to draw where nothing can draw, or no font has the characters: boxes are worse than no picture.

    Raises:
        UsageError: the extra is not installed, or there is no font.
    """
    first, second = (png(_sample(char)) for char in SAMPLES[language])
    if first == second or first == png(_sample("")):
        raise UsageError("no_font")


def png(svg: str) -> bytes:
    """Return an SVG as PNG; the same bytes for the same SVG where the fonts are the same.

    Raises:
        UsageError: the extra is not installed.
    """
    try:
        import resvg_py  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UsageError("format_needs_extra", package="resvg_py", extra=EXTRA) from error
    return resvg_py.svg_to_bytes(svg_string=svg, zoom=ZOOM, background="#ffffff")


def _sample(char: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text x="2" y="16">{char}</text></svg>'
