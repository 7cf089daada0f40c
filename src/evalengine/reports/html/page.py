"""The page as one file: template, style, script and data, under a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import zlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from evalengine import text
from evalengine.reports.html.data import page_data

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

SCRIPTS = ("elements.js", "rules.js", "weights.js", "ranking.js", "profile.js", "comparison.js", "script.js")
LOCALES = {"zh": "zh-CN", "en": "en"}
LEVEL = 9  # of compression


def write_html(assessment: Assessment, path: Path, language: str, *, others: Sequence[Assessment] = ()) -> None:
    """Write the page; identical assessments give identical bytes.

    Args:
        assessment: what to report.
        path: the file to write, ending in `.html`.
        language: `zh` or `en`.
        others: assessments of the same data under other weight profiles, to compare with.

    Raises:
        ValueError: one of the others is not an assessment of the same data under the same system.
    """
    path.write_bytes(page(assessment, language, others=others).encode())


def page(assessment: Assessment, language: str, *, others: Sequence[Assessment] = ()) -> str:
    """Return the page as text; see `write_html`."""
    data = page_data((assessment, *others), language)
    script = "\n".join(_part(name) for name in SCRIPTS)
    style = _part("style.css")
    facts = {"year": assessment.year, "system": assessment.system.label.get(language)}
    words = {
        key.removeprefix("html.page."): html.escape(sentence.format(**facts))
        for key, sentence in text.catalogue("html", language).items()
        if key.startswith("html.page.")
    }
    return Template(_part("page.html")).substitute(
        words,
        language=LOCALES[language],
        policy=f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'",
        style=style,
        script=script,
        data=_packed(data),
    )


def _packed(data: object) -> str:
    """Return data as compressed JSON in Base64; `<` is written as an escape, so that no name is ever markup."""
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return base64.b64encode(zlib.compress(plain.encode(), LEVEL)).decode()


def _digest(content: str) -> str:
    """Return the source expression that admits this inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
