"""`evalengine template`: the workbook a unit or the office fills in."""

from __future__ import annotations

from pathlib import Path

import click

from evalengine import text
from evalengine.cli import options
from evalengine.cli.formatting import say
from evalengine.cli.group import OPTIONS, Command


@click.command(cls=Command, options_metavar=OPTIONS, help=say("template.help"))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help=say("template.output"))
@options.indicators
@click.option("--year", type=click.IntRange(1990, 2100), help=say("template.year"))
@click.option("--office", is_flag=True, help=say("template.office"))
@click.option("--for", "unit", default="", help=say("template.for_unit"))
@click.option("--last", type=click.Path(path_type=Path), metavar="RUN", help=say("template.last"))
@options.theme
@options.language
def command(
    output: Path, indicators: str, year: int | None, unit: str, last: Path | None, theme: str | None, *, office: bool
) -> None:
    """Write a template."""
    if unit and office:
        raise click.UsageError(say("template.one_filler"))
    if last is None and (unit or year is None):
        raise click.UsageError(say("template.last_missing" if unit else "template.year_missing"))
    if last is not None and not (unit or office):
        raise click.UsageError(say("template.filler_missing"))
    import evalengine as ee  # noqa: PLC0415 - heavy
    from evalengine.carryover import carried_over  # noqa: PLC0415 - heavy
    from evalengine.reports.template import write_template  # noqa: PLC0415 - heavy

    system = ee.load_indicators(indicators)
    looks = ee.load_theme(theme) if theme else None
    carried = None if last is None else carried_over(last, system, year=year, unit=unit)
    asked = year or (carried.year + 1 if carried else 0)
    filler = "office" if office else "unit"
    write_template(system, asked, output, text.default_language(), filler=filler, carried=carried, theme=looks)
    click.echo(say("template.written", file=str(output)))
