"""`evalengine explain`: why a unit of a run has its score, as its score card says it."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalengine import text
from evalengine.cli import options
from evalengine.cli.formatting import say, table, wrap
from evalengine.cli.group import OPTIONS, Command

if TYPE_CHECKING:
    from evalengine.analysis.explanation import Explanation
    from evalengine.reports.cards.content import Card, Table
    from evalengine.reports.words import Words
    from evalengine.runs import Run

INDENT = "  "
INDICATOR_COLUMNS = ("name", "value", "score", "weight", "contribution", "lost", "anchors")
NARROWEST, WIDEST = 40, 110  # columns of the terminal a sentence is wrapped to


@click.command(cls=Command, options_metavar=OPTIONS, help=say("explain.help"))
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.argument("unit", metavar="UNIT")
@options.as_json
@options.language
def command(run: Path, unit: str, *, as_json: bool) -> None:
    """Explain the score of a unit."""
    from evalengine.analysis.explanation import explain  # noqa: PLC0415 - heavy
    from evalengine.runs import read_run  # noqa: PLC0415 - heavy

    found = read_run(run)
    why = explain(found, unit)
    click.echo(_as_json(found, why) if as_json else "\n".join(_lines(found, why)))


def _lines(run: Run, why: Explanation) -> Iterator[str]:
    from evalengine.reports.cards.content import card_of  # noqa: PLC0415 - heavy
    from evalengine.reports.words import Words  # noqa: PLC0415 - heavy

    words = Words(run.system, text.default_language())
    card = card_of(run, why, words)
    yield f"{card.title}{INDENT}{card.name}"
    yield card.left
    yield ""
    headings, [row] = _told(card.standing)
    yield from table(("", ""), list(zip(headings, row, strict=True)))[1:]
    yield ""
    for remark in card.remarks:
        yield from _wrapped(remark)
    yield from _section(say("explain.dimensions"), card.dimensions)
    yield from _indicators(run, card, why)
    yield from _raising(run, why, words)
    if card.adjustments.rows:
        yield from _section(card.adjusted, card.adjustments)
    yield ""
    for note in card.notes:
        yield from _wrapped(note)
    yield say("assess.run_id", run_id=run.run_id)


def _indicators(run: Run, card: Card, why: Explanation) -> Iterator[str]:
    """Yield the indicators below their dimensions, the sum last; what is noted about them on lines of its own."""
    from evalengine.reports.cards.content import DIMENSIONS, INDICATORS  # noqa: PLC0415 - heavy

    headings, rows = _told(card.indicators)
    columns = [INDICATORS.index(name) for name in INDICATOR_COLUMNS]
    above = [DIMENSIONS.index(name) for name in ("score", "weight", "contribution", "lost")]
    listed = []
    for dimension, standing in zip(why.dimensions, _told(card.dimensions)[1], strict=True):
        listed.append([standing[0], "", *(standing[column] for column in above), ""])
        own = [row for code, row in zip(why.indicators, rows, strict=False) if _top(run, code) == dimension]
        listed += [[INDENT + row[columns[0]], *(row[column] for column in columns[1:])] for row in own]
    listed.append([*(rows[-1][column] for column in columns[:-1]), ""])
    yield ""
    yield say("explain.indicators")
    yield from table([headings[column] for column in columns], listed, right=range(1, len(columns) - 1))
    for row in rows[:-1]:
        if noted := row[INDICATORS.index("notes")]:
            yield from _wrapped(say("explain.noted", indicator=row[columns[0]], notes=noted))


def _top(run: Run, indicator: str) -> str:
    """Return the dimension under the total that an indicator belongs to."""
    code = run.system.indicators[indicator].parent
    while run.system.dimensions[code].parent:
        code = run.system.dimensions[code].parent
    return code


def _raising(run: Run, why: Explanation, words: Words) -> Iterator[str]:
    """Yield what would raise the score of every indicator that loses points, those that lose most first."""
    from evalengine.reports.cards.sentences import LEAST_POINTS, Sentences  # noqa: PLC0415 - heavy
    from evalengine.reports.shown import rounded, whole_indicators  # noqa: PLC0415 - heavy

    sentences = Sentences(run, words, whole_indicators(run.values))
    losing = [item for item in why.indicators.values() if item.standing.lost >= LEAST_POINTS]
    yield ""
    yield say("explain.raising") if losing else say("explain.nothing_lost")
    for number, item in enumerate(sorted(losing, key=lambda item: -item.standing.lost), start=1):
        facts = {"indicator": words.node(item.indicator), "lost": rounded(item.standing.lost, ".2f")}
        sentence = say("explain.raise", raising=sentences.raising(item), **facts)
        yield from _wrapped(f"{number:>2}. {sentence}", hanging=4)


def _section(title: str, shown: Table) -> Iterator[str]:
    headings, rows = _told(shown)
    numbers = [column for column in range(len(headings)) if all(row[column][0] != "text" for row in shown.rows)]
    yield ""
    yield title
    yield from table(headings, rows, right=numbers)


def _told(shown: Table) -> tuple[list[str], list[list[str]]]:
    """Return headings and cells of a table of the card as a reader sees them, each on one line."""
    from evalengine.reports.shown import as_text  # noqa: PLC0415 - heavy

    between = say("explain.between_lines")
    headings = [between.join(heading.split("\n")) for heading in shown.headings]
    return headings, [[between.join(as_text(entry).split("\n")) for entry in row] for row in shown.rows]


def _wrapped(sentence: str, hanging: int = 0) -> Sequence[str]:
    columns = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
    first, *others = wrap(sentence, columns - hanging)
    return [first, *(" " * hanging + line for line in others)]


def _as_json(run: Run, why: Explanation) -> str:
    [row] = run.ranking.filter(unit=why.unit).to_dicts()
    adjustments = run.adjustments.filter(unit=why.unit).to_dicts()
    described = {"run_id": run.run_id, "ranking": row, **dataclasses.asdict(why), "adjustments": adjustments}
    return json.dumps(described, ensure_ascii=False, indent=1, default=str)
