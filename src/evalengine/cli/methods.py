"""`evalengine methods`: every registered method with kind, parameters and source."""

from __future__ import annotations

import inspect
import json

import click

from evalengine import text
from evalengine.cli import options
from evalengine.cli.formatting import say
from evalengine.cli.group import OPTIONS, Command


@click.command(cls=Command, options_metavar=OPTIONS, help=say("methods.help"))
@click.argument("kind", required=False)
@options.as_json
@options.language
def command(kind: str | None, *, as_json: bool) -> None:
    """List methods."""
    from evalengine.errors import UsageError  # noqa: PLC0415 - with the rest
    from evalengine.methods.registry import KINDS, Method, methods  # noqa: PLC0415 - heavy

    if kind is not None and kind not in KINDS:
        raise UsageError("unknown_kind", kind=kind, known=", ".join(KINDS))
    language = text.default_language()
    chosen = [item for item in methods() if kind in {None, item.kind}]

    def described(item: Method) -> dict[str, object]:
        defaults = {
            name: None if parameter.default is inspect.Parameter.empty else parameter.default
            for name, parameter in item.parameters.items()
        }
        return {
            "kind": item.kind,
            "name": item.name,
            "label": text.sentence(f"methods.{item.kind}.{item.name}.label", language),
            "summary": text.sentence(f"methods.{item.kind}.{item.name}.summary", language),
            "parameters": defaults,
            "formula": item.formula,
            "source": item.source,
            "relative": item.relative,
        }

    if as_json:
        click.echo(json.dumps([described(item) for item in chosen], ensure_ascii=False, indent=1, default=str))
        return
    for current in dict.fromkeys(item.kind for item in chosen):
        click.echo(f"\n{current}")
        for item in (item for item in chosen if item.kind == current):
            facts = described(item)
            mark = say("methods.reference") if item.relative and current == "normalisation" else ""
            click.echo(f"  {item.name}  {facts['label']}{mark}")
            click.echo(f"      {facts['summary']}")
            if item.parameters:
                click.echo(f"      {say('methods.parameters')} {', '.join(item.parameters)}")
            click.echo(f"      {say('methods.source')} {item.source}")
