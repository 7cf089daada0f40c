"""`evalengine assess`: check, score, rank, write a run folder."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from evalengine import text
from evalengine.cli import options
from evalengine.cli.formatting import say
from evalengine.cli.group import OPTIONS, Command

FORMATS = ("xlsx", "docx", "pdf", "svg", "png")  # of score cards


@click.command(cls=Command, options_metavar=OPTIONS, help=say("assess.help"))
@options.data
@click.option("-o", "--output", type=click.Path(path_type=Path), help=say("assess.output"))
@options.scheme
@click.option("--weights", help=say("assess.weights"))
@click.option("--compare", multiple=True, help=say("assess.compare"))
@click.option("--no-compare", is_flag=True, help=say("assess.no_compare"))
@click.option("--cards", is_flag=True, help=say("assess.cards"))
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS), help=say("assess.format"))
@options.theme
@click.option("--dry-run", is_flag=True, help=say("assess.dry_run"))
@options.as_json
@options.language
def command(
    data: tuple[Path, ...],
    output: Path | None,
    indicators: str,
    weights: str | None,
    year: int | None,
    compare: tuple[str, ...],
    formats: tuple[str, ...],
    theme: str | None,
    *,
    no_compare: bool,
    cards: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Assess."""
    if output is None and not dry_run:
        raise click.UsageError(say("assess.output_missing"))
    if compare and no_compare:
        raise click.UsageError(say("assess.compare_or_not"))
    import evalengine as ee  # noqa: PLC0415 - heavy
    from evalengine.archive import refuse_existing  # noqa: PLC0415 - heavy
    from evalengine.cli import printing  # noqa: PLC0415 - heavy
    from evalengine.scheme.loading import profiles_of  # noqa: PLC0415 - heavy
    from evalengine.scheme.shipped import presets  # noqa: PLC0415 - heavy

    wanted = formats or FORMATS[:1] if cards else formats
    if output is not None and not dry_run:
        refuse_existing(output)  # before the work, not after it
        if wanted:
            from evalengine.reports.cards.files import require_formats  # noqa: PLC0415 - heavy

            require_formats(wanted, text.default_language())
    if sys.stderr.isatty():
        click.echo(say("assess.working"), err=True)
    system = ee.load_indicators(indicators)
    profile = ee.load_weights(weights or system.weights, system)
    compared = [ee.load_weights(name, system) for name in compare]
    if not compare and not no_compare and indicators in presets("indicators"):
        compared = [other for other in profiles_of(system) if other.sha256 != profile.sha256]
    looks = ee.load_theme(theme) if theme else None
    dataset = ee.read_dataset(data, system)
    result, *others = ee.assess_profiles(dataset, system, (profile, *compared), year=year)
    run = None
    if output is not None and not dry_run:
        run = ee.write_run(result, output, language=text.default_language(), others=others, cards=wanted, theme=looks)
    click.echo(printing.as_json(result, run) if as_json else printing.summary(result, run))
