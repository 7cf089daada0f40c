"""The command group: commands loaded when asked for, errors turned into one message and an exit code."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Sequence

import click
from click.exceptions import NoArgsIsHelpError, NoSuchCommand

from evalengine import text
from evalengine.cli.formatting import Formatter, say
from evalengine.errors import EvalengineError

COMMANDS = (
    "template",
    "collect",
    "assess",
    "check",
    "adjust",
    "explain",
    "spot-check",
    "presets",
    "methods",
    "weights",
)
INTERNAL_ERROR = 70
INTERRUPTED = 130
OPTIONS = say("options_metavar")


class Command(click.Command):
    """A command whose help is in the chosen language."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=say("usage") + " ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        options = (item for item in self.get_params(ctx) if isinstance(item, click.Option))
        rows = [row for item in options if (row := item.get_help_record(ctx)) is not None]
        with formatter.section(say("options")):
            formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return `--help` with its text in the chosen language."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("help")
        return option


class Group(Command, click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of an assessment."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"evalengine.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands with their one-line help."""
        Command.format_options(self, ctx, formatter)
        with formatter.section(say("commands")):
            formatter.write_dl([(name, say(f"{name}.short")) for name in COMMANDS])


click.Context.formatter_class = Formatter


@click.group(
    cls=Group,
    help=say("about"),
    context_settings={"max_content_width": 100},
    options_metavar=OPTIONS,
    subcommand_metavar=say("command_metavar"),
)
@click.version_option(package_name="evalengine", message="%(version)s", help=say("version"))
@click.option("--lang", type=click.Choice(text.LANGUAGES), expose_value=False, help=say("lang"))
def cli() -> None:
    """Evaluate, score and rank."""


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code: 0 fine, else that of the error."""
    try:
        result = cli.main(args=list(arguments), prog_name="evalengine", standalone_mode=False)
    except EvalengineError as error:
        if "--json" in arguments:
            from evalengine.cli.printing import error_as_json  # noqa: PLC0415 - only for an error

            click.echo(error_as_json(error))
        else:
            click.echo(error.message(text.default_language()), err=True)
        return error.exit_code
    except NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 0
    except click.ClickException as error:
        click.echo(say("usage_error", detail=_sentence(error)), err=True)
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: a user gets a sentence, not a traceback
        click.echo(say("internal_error", kind=type(error).__name__, detail=str(error)[:500]), err=True)
        return INTERNAL_ERROR
    return result if isinstance(result, int) else 0


def _allowed(kind: click.ParamType[object]) -> str:
    if isinstance(kind, click.Choice):
        return ", ".join(map(str, kind.choices))
    if isinstance(kind, click.IntRange):
        return f"{kind.min}-{kind.max}"
    return kind.name


def _sentence(error: click.ClickException) -> str:
    """Return click's message in the chosen language where it has one of its own."""
    if isinstance(error, click.NoSuchOption):
        return say("no_such_option", name=error.option_name, nearest=", ".join(error.possibilities or ()))
    if isinstance(error, NoSuchCommand):
        group = error.ctx.command if error.ctx else None
        known = group.list_commands(error.ctx) if error.ctx and isinstance(group, click.Group) else COMMANDS
        near = difflib.get_close_matches(error.command_name, known) or known
        return say("no_such_command", name=error.command_name, nearest=", ".join(near))
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return say("missing_parameter", name=error.param.human_readable_name)
    if isinstance(error, click.BadParameter) and error.param is not None:
        return say("bad_parameter", name="/".join(error.param.opts), allowed=_allowed(error.param.type))
    return error.format_message()
