"""`evalengine presets`: the indicator systems, weight profiles, themes and grade rules that are shipped."""

from __future__ import annotations

import json

import click

from evalengine import text
from evalengine.cli import options
from evalengine.cli.formatting import say, table
from evalengine.cli.group import OPTIONS, Command


@click.command(cls=Command, options_metavar=OPTIONS, help=say("presets.help"))
@options.as_json
@options.language
def command(*, as_json: bool) -> None:
    """List presets."""
    import evalengine as ee  # noqa: PLC0415 - heavy
    from evalengine.scheme.loading import grade_presets, profiles_of  # noqa: PLC0415 - heavy
    from evalengine.scheme.shipped import presets  # noqa: PLC0415 - heavy

    language = text.default_language()
    systems = {name: ee.load_indicators(name) for name in presets("indicators")}
    profiles = {profile.name: profile for system in systems.values() for profile in profiles_of(system)}
    listed = {
        "indicators": {name: item.label.get(language) for name, item in systems.items()},
        "weights": {name: f"{item.label.get(language)} ({item.system})" for name, item in profiles.items()},
        "themes": {name: ee.load_theme(name).label.get(language) for name in presets("themes")},
        "grades": {name: item["label"][language] for name, item in grade_presets().items()},
    }
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    for kind, items in listed.items():
        click.echo(say(f"presets.{kind}"))
        for line in table(("", "", ""), [("", name, label) for name, label in items.items()])[1:]:
            click.echo(line)
