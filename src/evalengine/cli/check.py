"""`evalengine check`: the same intake and validation as `assess`, no scoring."""

from __future__ import annotations

from pathlib import Path

import click

from evalengine import text
from evalengine.cli import options
from evalengine.cli.formatting import say
from evalengine.cli.group import OPTIONS, Command


@click.command(cls=Command, options_metavar=OPTIONS, help=say("check.help"))
@options.data
@options.scheme
@click.option("--report", type=click.Path(path_type=Path), help=say("check.report"))
@options.as_json
@options.language
def command(data: tuple[Path, ...], indicators: str, year: int | None, report: Path | None, *, as_json: bool) -> int:
    """Check."""
    import evalengine as ee  # noqa: PLC0415 - heavy
    from evalengine.cli import printing  # noqa: PLC0415 - heavy
    from evalengine.reports.workbook import write_problems  # noqa: PLC0415 - heavy

    system = ee.load_indicators(indicators)
    problems = ee.check(ee.read_dataset(data, system), system, year=year)
    if report is not None:
        write_problems(problems, system, report, text.default_language())
    click.echo(printing.problems_as_json(problems) if as_json else printing.problem_list(problems, report))
    return 1 if any(problem.severity == "error" for problem in problems) else 0
