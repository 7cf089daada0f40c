"""`evalengine spot-check`: the units and indicators of a run to look at again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalengine import text
from evalengine.cli import options
from evalengine.cli.formatting import say, table
from evalengine.cli.group import OPTIONS, Command

if TYPE_CHECKING:
    from evalengine.analysis.spot_check import SpotCheck

PATH = click.Path(path_type=Path)


@click.command(cls=Command, options_metavar=OPTIONS, help=say("spot-check.help"))
@click.argument("run", type=PATH, metavar="RUN")
@click.option("-o", "--output", type=PATH, required=True, help=say("spot-check.output"))
@click.option("--seed", required=True, help=say("spot-check.seed"))
@click.option("--share", type=float, default=20.0, help=say("spot-check.share"))
@click.option("--shortlist", type=float, default=110.0, help=say("spot-check.shortlist"))
@click.option("--margin", type=float, default=1.0, help=say("spot-check.margin"))
@click.option("--items", type=int, default=5, help=say("spot-check.items"))
@options.as_json
@options.language
def command(
    run: Path, output: Path, seed: str, share: float, shortlist: float, margin: float, items: int, *, as_json: bool
) -> None:
    """Choose what to look at again."""
    from evalengine.analysis.spot_check import Plan, spot_check  # noqa: PLC0415 - heavy
    from evalengine.reports.spot_check import write_spot_check  # noqa: PLC0415 - heavy

    plan = Plan(seed=seed, share=share, shortlist=shortlist, margin=margin, items=items)
    found = spot_check(run, plan)
    write_spot_check(found, output, text.default_language())
    click.echo(_as_json(found, output) if as_json else _summary(found, output))


def _summary(found: SpotCheck, output: Path) -> str:
    rows = [
        [row["group"], row["unit"], row["name"], f"{row['score']:.{found.system.ranking.decimals}f}"]
        + [say("spot-check.yes") if row[key] else "" for key in ("shortlisted", "near", "drawn")]
        for row in found.units.iter_rows(named=True)
    ]
    headings = [
        say(f"spot-check.columns.{key}") for key in ("group", "unit", "name", "score", "shortlisted", "near", "drawn")
    ]
    counts = {key: int(found.units[key].sum()) for key in ("shortlisted", "drawn")}
    counts["near"] = found.units.filter(found.units["near"] != "").height
    return "\n".join(
        [
            *(table(headings, rows, right=(3,)) if rows else []),
            say("spot-check.count", count=found.units.height, **counts),
            say("spot-check.drawn_by", seed=found.plan.seed),
            say("spot-check.written", file=str(output)),
        ]
    )


def _as_json(found: SpotCheck, output: Path) -> str:
    plan = found.plan
    described = {
        "file": str(output),
        "run_id": found.run_id,
        "seed": plan.seed,
        "share": plan.share,
        "shortlist": plan.shortlist,
        "margin": plan.margin,
        "units": found.units.to_dicts(),
        "items": found.items.to_dicts(),
    }
    return json.dumps(described, ensure_ascii=False, indent=1)
