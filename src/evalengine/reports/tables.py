"""An assessment as tables for other programs: English codes in every language, one fixed schema each."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from evalengine.differences import SCHEMA as DIFFERENCES
from evalengine.evidence import SCHEMA as EVIDENCE
from evalengine.intake.adjustments import SCHEMA as ADJUSTMENTS
from evalengine.items import SCHEMA as ITEMS

if TYPE_CHECKING:
    from evalengine.analysis.reference import Referenced
    from evalengine.assessment import Assessment

Schema = Mapping[str, type[pl.DataType]]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")
RANKING: Schema = {
    "unit": pl.String,
    "name": pl.String,
    "group": pl.String,
    "score": pl.Float64,
    "rank": pl.Float64,  # shared ranks may be halves
    "overall_rank": pl.Float64,
    "grade": pl.String,
    "tie": pl.Boolean,
    "two_year_result": pl.String,
    "needs_decision": pl.Boolean,
    "grade_reason": pl.String,
    "veto": pl.String,
    "group_size": pl.Int64,
    "weighted": pl.Float64,
    "bonus": pl.Float64,
    "penalty": pl.Float64,
    "total": pl.Float64,
    "last_score": pl.Float64,
    "last_rank": pl.Float64,
    "new": pl.Boolean,
    "year": pl.Int64,
}
RANKS = ("rank", "overall_rank", "last_rank")
VALUES: Schema = {
    "unit": pl.String,
    "indicator": pl.String,
    "value": pl.Float64,
    "reported": pl.Float64,
    "status": pl.String,
    "coefficient": pl.Float64,
}
NORMALISED: Schema = {"unit": pl.String, "indicator": pl.String, "score": pl.Float64}
SCORES: Schema = {
    "unit": pl.String,
    "node": pl.String,
    "level": pl.Int64,
    "score": pl.Float64,
    "weight": pl.Float64,
    "contribution": pl.Float64,
}
TREATED: Schema = {
    "unit": pl.String,
    "indicator": pl.String,
    "rule": pl.String,
    "before": pl.Float64,
    "after": pl.Float64,
}
PROBLEMS: Schema = {
    "severity": pl.String,
    "code": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "cell": pl.String,
    "table": pl.String,
    "field": pl.String,
    "unit": pl.String,
    "year": pl.Int64,
    "value": pl.String,
    "message_zh": pl.String,
    "remedy_zh": pl.String,
    "message_en": pl.String,
    "remedy_en": pl.String,
}
REFERENCE: Schema = {
    "purpose": pl.String,  # rank or grade
    "unit": pl.String,
    "group": pl.String,
    "number": pl.Int64,
    "method": pl.String,
    "score": pl.Float64,
    "higher_is_better": pl.Boolean,
    "rank": pl.Float64,
    "official_rank": pl.Float64,
    "grade": pl.String,
    "official_grade": pl.String,
}
FIELDS: Schema = {
    "unit": pl.String,
    "year": pl.Int64,
    "field": pl.String,
    "reported": pl.Float64,
    "value": pl.Float64,
}


def ranking_csv(assessment: Assessment) -> bytes:
    """Return the ranking as CSV: UTF-8 with a byte order mark, numbers that read back bit for bit.

    Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers never do.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([*RANKING, "run_id"])
    for row in _ranking(assessment).iter_rows(named=True):
        ranks = {name: int(row[name]) for name in RANKS if row[name] is not None and row[name] == int(row[name])}
        writer.writerow([*(_field(value) for value in {**row, **ranks}.values()), assessment.provenance.run_id])
    return buffer.getvalue().encode("utf-8-sig")


def parquet_tables(assessment: Assessment, referenced: Referenced | None = None) -> dict[str, pl.DataFrame]:
    """Return the tables of a run by file name, each with its fixed schema.

    Args:
        assessment: the assessment.
        referenced: what other methods say of it, if the scheme asks them: the table `reference`.
    """
    indicators = list(assessment.system.indicators)
    leaves = assessment.scores.filter(pl.col("node").is_in(indicators)).rename({"node": "indicator"})
    return {
        "values": _shaped(assessment.values, VALUES),
        "treated": _shaped(assessment.treated, TREATED),
        "normalised": _shaped(leaves, NORMALISED),
        "scores": _shaped(assessment.scores, SCORES),
        "ranking": _ranking(assessment),
        "problems": _problems(assessment),
        "adjustments": _shaped(assessment.adjustments, ADJUSTMENTS),
        "differences": _shaped(assessment.differences, DIFFERENCES),
        "evidence": _shaped(assessment.evidence, EVIDENCE),
        "fields": _shaped(assessment.fields, FIELDS),
        "items": _shaped(assessment.items, ITEMS),
        **({"reference": _reference(referenced)} if referenced else {}),
    }


def _ranking(assessment: Assessment) -> pl.DataFrame:
    year = pl.lit(assessment.year, dtype=pl.Int64).alias("year")
    return _shaped(assessment.ranking.with_columns(year), RANKING)


def _reference(found: Referenced) -> pl.DataFrame:
    parts = {"rank": found.ranks, "grade": found.grades}
    named = [part.with_columns(pl.lit(purpose).alias("purpose")) for purpose, part in parts.items()]
    return _shaped(pl.concat(named, how="diagonal"), REFERENCE)


def _problems(assessment: Assessment) -> pl.DataFrame:
    rows = [
        {
            **{name: getattr(problem, name) for name in PROBLEMS if hasattr(problem, name)},
            **{f"message_{language}": problem.message(language) for language in ("zh", "en")},
            **{f"remedy_{language}": problem.remedy(language) for language in ("zh", "en")},
        }
        for problem in assessment.problems
    ]
    return pl.DataFrame(rows, schema=dict(PROBLEMS))


def _shaped(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())


def _field(value: str | float | bool | None) -> str:  # noqa: FBT001 - a cell of a frame
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return repr(value)
