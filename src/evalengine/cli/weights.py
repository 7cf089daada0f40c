"""`evalengine weights`: make judgement workbooks and weight profiles."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack, cast

import click

from evalengine import text
from evalengine.cli import options
from evalengine.cli.formatting import say
from evalengine.cli.group import OPTIONS, Command, Group

if TYPE_CHECKING:
    from evalengine.analysis.weights.tree import Draft, Scope
    from evalengine.intake.judgements import Kind
    from evalengine.scheme.model import IndicatorSystem, WeightProfile

SUBCOMMANDS = ("sheet", "ahp", "best-worst", "budget", "stated", "data", "combine")
KINDS = ("ahp", "best-worst", "budget")  # the commands that read them
F = TypeVar("F", bound=Callable[..., Any])
PATH = click.Path(path_type=Path)


class Common(TypedDict):
    """What every command that makes a profile is given."""

    output: Path
    indicators: str
    decided_by: str
    date: str
    label: str
    reason: str
    as_json: bool


class Subgroup(Group):
    """A group whose commands stand in this file."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of work."""
        del ctx
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command."""
        return click.Group.get_command(self, ctx, cmd_name)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands with their one-line help."""
        Command.format_options(self, ctx, formatter)
        with formatter.section(say("commands")):
            formatter.write_dl([(name, say(f"weights.{name}.short")) for name in SUBCOMMANDS])


@click.group(cls=Subgroup, help=say("weights.help"), options_metavar=OPTIONS, subcommand_metavar=say("command_metavar"))
@options.language
def command() -> None:
    """Make weights."""


def _subcommand(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    return command.command(name=name, cls=Command, options_metavar=OPTIONS, help=say(f"weights.{name}.help"))


def _decision(function: F) -> F:
    """Add what every profile records."""
    for option in (
        options.language,
        options.as_json,
        click.option("--reason", default="", help=say("weights.reason")),
        click.option("--label", default="", help=say("weights.label")),
        click.option("--date", required=True, help=say("weights.date")),
        click.option("--decided-by", required=True, help=say("weights.decided_by")),
        options.indicators,
        click.option("-o", "--output", type=PATH, required=True, help=say("weights.output")),
    ):
        function = option(function)
    return function


_settings = click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help=say("weights.set"))
_base = click.option("--base", help=say("weights.base"))
_experts = click.argument("experts", nargs=-1, required=True, type=PATH, metavar="EXPERT.xlsx...")


@_subcommand("sheet")
@click.argument("kind", type=click.Choice(KINDS), metavar="|".join(KINDS))
@click.option("-o", "--output", type=PATH, required=True, help=say("weights.sheet.output"))
@click.option("--node", "nodes", multiple=True, help=say("weights.sheet.node"))
@options.indicators
@options.theme
@options.language
def sheet(kind: str, output: Path, nodes: tuple[str, ...], indicators: str, theme: str | None) -> None:
    """Write a blank judgement workbook."""
    import evalengine as ee  # noqa: PLC0415 - heavy
    from evalengine.reports.judgements import write_judgements  # noqa: PLC0415 - heavy

    chosen = cast("Kind", kind.replace("-", "_"))
    looks = ee.load_theme(theme) if theme else None
    write_judgements(ee.load_indicators(indicators), chosen, output, text.default_language(), nodes, theme=looks)
    click.echo(say("weights.sheet.written", file=str(output)))


@_subcommand("ahp")
@_experts
@_base
@_settings
@click.option("--accept-inconsistent", is_flag=True, help=say("weights.ahp.accept"))
@_decision
def ahp(
    experts: tuple[Path, ...],
    base: str | None,
    settings: tuple[str, ...],
    *,
    accept_inconsistent: bool,
    **facts: Unpack[Common],
) -> None:
    """Weights from pairwise judgements."""

    def made(system: IndicatorSystem) -> Draft:
        from evalengine.analysis.weights.experts import weights_by_ahp  # noqa: PLC0415 - heavy
        from evalengine.intake.judgements import read_judgements  # noqa: PLC0415 - heavy

        return weights_by_ahp(
            [read_judgements(path, "ahp", system) for path in experts],
            system,
            base=_profile(base, system),
            parameters=_parsed(settings),
            accept_inconsistent=accept_inconsistent,
        )

    _write(made, **facts)


@_subcommand("best-worst")
@_experts
@_base
@_decision
def best_worst(experts: tuple[Path, ...], base: str | None, **facts: Unpack[Common]) -> None:
    """Weights from best-worst judgements."""

    def made(system: IndicatorSystem) -> Draft:
        from evalengine.analysis.weights.experts import weights_by_best_worst  # noqa: PLC0415 - heavy
        from evalengine.intake.judgements import read_judgements  # noqa: PLC0415 - heavy

        judged = [read_judgements(path, "best_worst", system) for path in experts]
        return weights_by_best_worst(judged, system, base=_profile(base, system))

    _write(made, **facts)


@_subcommand("budget")
@_experts
@_base
@_decision
def budget(experts: tuple[Path, ...], base: str | None, **facts: Unpack[Common]) -> None:
    """Weights from budgets of points."""

    def made(system: IndicatorSystem) -> Draft:
        from evalengine.analysis.weights.experts import weights_by_budget  # noqa: PLC0415 - heavy
        from evalengine.intake.judgements import read_judgements  # noqa: PLC0415 - heavy

        judged = [read_judgements(path, "budget", system) for path in experts]
        return weights_by_budget(judged, system, base=_profile(base, system))

    _write(made, **facts)


@_subcommand("stated")
@click.argument("points", type=PATH, metavar="POINTS.toml")
@_base
@_decision
def stated(points: Path, base: str | None, **facts: Unpack[Common]) -> None:
    """Weights from stated points."""

    def made(system: IndicatorSystem) -> Draft:
        from evalengine.analysis.weights.experts import weights_stated  # noqa: PLC0415 - heavy

        return weights_stated(points, system, base=_profile(base, system))

    _write(made, **facts)


@_subcommand("data")
@click.argument("run", type=PATH, metavar="RUN")
@click.option("--method", required=True, help=say("weights.data.method"))
@click.option("--by", "scope", type=click.Choice(("overall", "node")), default="overall", help=say("weights.data.by"))
@_settings
@_decision
def data(run: Path, method: str, scope: Scope, settings: tuple[str, ...], **facts: Unpack[Common]) -> None:
    """Weights from the scores of a run."""

    def made(system: IndicatorSystem) -> Draft:
        from evalengine.analysis.weights.data import weights_from_run  # noqa: PLC0415 - heavy

        return weights_from_run(run, system, method, scope=scope, parameters=_parsed(settings))

    _write(made, **facts)


@_subcommand("combine")
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE...")
@click.option("--method", required=True, help=say("weights.combine.method"))
@_settings
@_decision
def combine(profiles: tuple[str, ...], method: str, settings: tuple[str, ...], **facts: Unpack[Common]) -> None:
    """Weights from several profiles."""

    def made(system: IndicatorSystem) -> Draft:
        import evalengine as ee  # noqa: PLC0415 - heavy
        from evalengine.analysis.weights.combined import weights_combined  # noqa: PLC0415 - heavy

        loaded = [ee.load_weights(name, system) for name in profiles]
        return weights_combined(loaded, system, method, parameters=_parsed(settings))

    _write(made, **facts)


def _profile(name: str | None, system: IndicatorSystem) -> WeightProfile | None:
    from evalengine.scheme.loading import load_weights  # noqa: PLC0415 - heavy

    return None if name is None else load_weights(name, system)


def _parsed(settings: tuple[str, ...]) -> dict[str, Any]:
    """Return settings given as name=value; a value is read as TOML, a bare word as text."""
    from evalengine.errors import UsageError  # noqa: PLC0415 - with the rest

    parsed = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError("not_a_setting", setting=setting)
        try:
            parsed[name.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            parsed[name.strip()] = value.strip()
    return parsed


def _write(make: Callable[[IndicatorSystem], Draft], **facts: Unpack[Common]) -> None:
    """Make a profile, write it and say what is in it."""
    import evalengine as ee  # noqa: PLC0415 - heavy
    from evalengine.analysis.weights.profile import Decision, refuse_existing, write_profile  # noqa: PLC0415 - heavy

    refuse_existing(facts["output"])  # before the work, not after it
    system = ee.load_indicators(facts["indicators"])
    decision = Decision(
        decided_by=facts["decided_by"], date=facts["date"], label=facts["label"], reason=facts["reason"]
    )
    profile = write_profile(make(system), system, decision, facts["output"])
    said = _as_json(profile) if facts["as_json"] else "\n".join(_summary(profile, system, facts["output"]))
    click.echo(said)


def _summary(profile: WeightProfile, system: IndicatorSystem, output: Path) -> list[str]:
    language = text.default_language()
    dimensions = [
        say("weights.share", label=system.dimensions[code].label.get(language), code=code, weight=str(weight))
        for code, weight in profile.dimensions.items()
    ]
    warnings = profile.made.warnings if profile.made else ()
    said = [say("weights.warning", message=item.get(language)) for item in warnings]
    return [*dimensions, *said, say("weights.written", file=str(output))]


def _as_json(profile: WeightProfile) -> str:
    made = profile.made
    described = {
        "name": profile.name,
        "system": profile.system,
        "dimensions": {code: str(weight) for code, weight in profile.dimensions.items()},
        "weights": {code: str(weight) for code, weight in profile.weights.items()},
        "method": made.method if made else None,
        "diagnostics": list(made.diagnostics) if made else [],
        "warnings": [{"zh": item.zh, "en": item.en} for item in made.warnings] if made else [],
    }
    return json.dumps(described, ensure_ascii=False, indent=1, allow_nan=False)
