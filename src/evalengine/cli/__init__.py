"""The command line: each command parses, calls the API and prints. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from evalengine import text

LANGUAGE_VARIABLE = "EVALENGINE_LANG"
# Importing the libraries makes a million objects that live to the end; looking through them again and again took 0.4 of
# the 2.9 s of an assessment. A command lives seconds, and cycles are still collected.
RARELY = (50_000, 20, 100)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line.

    The language has to be known before click builds the help texts, so `--lang` is looked for first; it may stand
    anywhere on the line.
    """
    gc.set_threshold(*RARELY)
    given = list(sys.argv[1:] if arguments is None else arguments)
    os.environ[LANGUAGE_VARIABLE] = _language(given)
    from evalengine.cli.group import run  # noqa: PLC0415 - its help texts are in the language just set

    sys.exit(run(given))


def _language(arguments: Sequence[str]) -> str:
    chosen = text.default_language()
    for place, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--lang":
            value = value or next(iter(arguments[place + 1 : place + 2]), "")
            chosen = value if value in text.LANGUAGES else chosen
    return chosen
