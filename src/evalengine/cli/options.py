"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from evalengine import text
from evalengine.cli.formatting import say

F = TypeVar("F", bound=Callable[..., Any])

data = click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DATA...")
language = click.option("--lang", type=click.Choice(text.LANGUAGES), expose_value=False, help=say("lang"))
indicators = click.option("--indicators", default="innovation-consortium", help=say("indicators"))
theme = click.option("--theme", help=say("theme"))
as_json = click.option("--json", "as_json", is_flag=True, help=say("json"))


def scheme(function: F) -> F:
    """Add the options that choose indicators and year."""
    year = click.option("--year", type=click.IntRange(1990, 2100), help=say("year"))
    return indicators(year(function))
