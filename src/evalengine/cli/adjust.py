"""`evalengine adjust`: record a verified figure, checked against the data; list what is recorded."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evalengine import text
from evalengine.cli import options
from evalengine.cli.formatting import say, table
from evalengine.cli.group import OPTIONS, Command

if TYPE_CHECKING:
    import polars as pl

    from evalengine.errors import Problem
    from evalengine.recording import Recorded
    from evalengine.scheme.model import IndicatorSystem

NEEDED = ("unit", "table", "column", "reason", "verifier")


@click.command(cls=Command, options_metavar=OPTIONS, help=say("adjust.help"))
@options.data
@click.option("--file", type=click.Path(path_type=Path, dir_okay=False), help=say("adjust.file"))
@click.option("--list", "listing", is_flag=True, help=say("adjust.list"))
@click.option("--unit", help=say("adjust.unit"))
@click.option("--table", "table_name", help=say("adjust.table"))
@click.option("--key", help=say("adjust.key"))
@click.option("--column", help=say("adjust.column"))
@click.option("--reported", help=say("adjust.reported"))
@click.option("--verified", help=say("adjust.verified"))
@click.option("--unverified", is_flag=True, help=say("adjust.unverified"))
@click.option("--reason", help=say("adjust.reason"))
@click.option("--evidence", help=say("adjust.evidence"))
@click.option("--verifier", help=say("adjust.verifier"))
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help=say("adjust.date"))
@options.scheme
@options.as_json
@options.language
def command(
    data: tuple[Path, ...],
    file: Path | None,
    unit: str | None,
    table_name: str | None,
    key: str | None,
    column: str | None,
    reported: str | None,
    verified: str | None,
    reason: str | None,
    evidence: str | None,
    verifier: str | None,
    date: dt.datetime | None,
    indicators: str,
    year: int | None,
    *,
    listing: bool,
    unverified: bool,
    as_json: bool,
) -> int:
    """Record or list adjustments."""
    import evalengine as ee  # noqa: PLC0415 - heavy
    from evalengine import recording  # noqa: PLC0415 - heavy

    if listing:
        system = ee.load_indicators(indicators)
        paths = (*data, file) if file is not None and file.exists() else data
        frame, problems = recording.list_adjustments(paths, system, year=year)
        click.echo(_listed_as_json(frame, problems) if as_json else _listed(frame, problems, system))
        return 1 if any(problem.severity == "error" for problem in problems) else 0
    given = {"unit": unit, "table": table_name, "key": key, "column": column, "reported": reported}
    given |= {"verified": verified, "reason": reason, "evidence": evidence, "verifier": verifier}
    lacking = [f"--{name}" for name in NEEDED if not (given[name] or "").strip()]
    if file is None or lacking:
        raise ee.UsageError("adjust_incomplete", options=", ".join(["--file"] * (file is None) + lacking))
    if unverified == (verified is not None):
        raise ee.UsageError("adjust_verified")
    system = ee.load_indicators(indicators)
    made = recording.record_adjustment(
        {**given, "date": dt.datetime.now().astimezone().date() if date is None else date.date()},
        file,
        data,
        system,
        year=year,
        language=text.default_language(),
    )
    click.echo(_recorded_as_json(made) if as_json else _recorded(made, system))
    return 0


def _recorded(made: Recorded, system: IndicatorSystem) -> str:
    row = made.adjustment
    facts = {f"the_{name}": "" if row[name] is None else row[name] for name in ("unit", "key", "reported")}
    verified = say("adjust.nothing") if row["verified"] is None else row["verified"]
    difference = "" if made.difference is None else say("adjust.difference", difference=f"{made.difference:+,.10g}")
    return "\n".join(
        [
            say("adjust.done", place=_place(row, system), verified=verified, difference=difference, **facts),
            *(problem.line(text.default_language()) for problem in made.warnings),
            say("adjust.saved", file=str(made.file), row=made.row, count=made.count),
        ]
    )


def _recorded_as_json(made: Recorded) -> str:
    from evalengine.cli.printing import problem_as_dict  # noqa: PLC0415 - heavy

    described = {
        "file": str(made.file),
        "row": made.row,
        "count": made.count,
        "adjustment": dict(made.adjustment),
        "difference": made.difference,
        "problems": [problem_as_dict(problem) for problem in made.warnings],
    }
    return json.dumps(described, ensure_ascii=False, indent=1, default=str)


def _listed(frame: pl.DataFrame, problems: tuple[Problem, ...], system: IndicatorSystem) -> str:
    names = ("unit", "year", "place", "key", "reported", "verified", "verifier", "date", "reason")
    rows = [
        [
            _place(row, system) if name == "place" else say("adjust.blank") if row[name] is None else str(row[name])
            for name in names
        ]
        for row in frame.iter_rows(named=True)
    ]
    lines = table([say(f"adjust.columns.{name}") for name in names], rows, right=(4, 5)) if rows else []
    lines += [problem.line(text.default_language()) for problem in problems]
    refused = sum(problem.severity == "error" for problem in problems)
    return "\n".join([*lines, say("adjust.count", count=frame.height, refused=refused)])


def _listed_as_json(frame: pl.DataFrame, problems: tuple[Problem, ...]) -> str:
    from evalengine.cli.printing import problem_as_dict  # noqa: PLC0415 - heavy

    described = {"adjustments": frame.to_dicts(), "problems": [problem_as_dict(problem) for problem in problems]}
    return json.dumps(described, ensure_ascii=False, indent=1, default=str)


def _place(row: Mapping[str, Any], system: IndicatorSystem) -> str:
    """Return the names of the table and the column of an adjustment."""
    from evalengine.reports.words import Words  # noqa: PLC0415 - heavy

    return Words(system, text.default_language()).place(row["table"], row["column"])
