"""`evalengine collect`: every returned file in one pass."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalengine import text
from evalengine.cli import options
from evalengine.cli.formatting import say, table
from evalengine.cli.group import OPTIONS, Command

if TYPE_CHECKING:
    from evalengine.collection import Collection

QUIET = 1.0  # seconds before anything is said about progress
BETWEEN = {True: 0.1, False: 5.0}  # seconds between two lines of progress, on a terminal or not


@click.command(cls=Command, options_metavar=OPTIONS, help=say("collect.help"))
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help=say("collect.output"))
@click.option("--expected", type=click.Path(path_type=Path), help=say("collect.expected"))
@click.option("--latest", is_flag=True, help=say("collect.latest"))
@options.scheme
@options.as_json
@options.language
def command(
    folder: Path, output: Path, expected: Path | None, indicators: str, year: int | None, *, latest: bool, as_json: bool
) -> int:
    """Collect."""
    import evalengine as ee  # noqa: PLC0415 - heavy
    from evalengine.archive import refuse_existing  # noqa: PLC0415 - heavy
    from evalengine.collection import collect, expected_units  # noqa: PLC0415 - heavy
    from evalengine.reports.collection import described, write_collection  # noqa: PLC0415 - heavy

    refuse_existing(output)  # before the work, not after it
    system = ee.load_indicators(indicators)
    names = None if expected is None else expected_units(expected, system)
    found = collect(folder, system, year=year, expected=names, latest=latest, progress=_progress())
    write_collection(found, output, text.default_language())
    if as_json:
        click.echo(json.dumps(described(found), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_lines(found, output)))
    return found.exit_code


def _progress() -> Callable[[int, int], None]:
    """Return what tells how far the reading is, once it takes longer than a second."""
    terminal = sys.stderr.isatty()
    start = said = time.monotonic()

    def tell(done: int, files: int) -> None:
        nonlocal said
        now = time.monotonic()
        if now - start > QUIET and (now - said > BETWEEN[terminal] or done == files):
            said = now
            line = say("collect.reading", done=done, all=files)
            click.echo(f"\r{line}" if terminal else line, err=True, nl=done == files or not terminal)

    return tell


def _lines(found: Collection, output: Path) -> list[str]:
    from evalengine.reports.collection import counts_sentence, returns  # noqa: PLC0415 - heavy

    keys = ("unit", "name", "file", "status", "template", "errors", "warnings")
    headings = [text.sentence(f"report.collection.columns.{key}", text.default_language()) for key in keys]
    rows = [[str(row[key]) for key in keys] for row in returns(found, text.default_language())]
    data = say("collect.next", folder=str(output / "data")) if found.tables else say("collect.nothing")
    listed = table(headings, rows, right=(5, 6))
    return [
        *listed,
        "",
        counts_sentence(found, text.default_language()),
        say("collect.written", folder=str(output)),
        data,
    ]
