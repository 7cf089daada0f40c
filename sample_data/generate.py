"""Generate the sample: three years of ten fictional pilot consortia, as the workbooks an office has on its desk.

Run as `python sample_data/generate.py`; a folder as argument is written to instead of this one. Two runs give the same
bytes.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from generator import figures, members, records
from generator.pilot import FOLDERS, Pilot, Row
from generator.workbooks import Forms, add_notes, add_sheet, new_book, save

Tables = dict[str, list[Row]]
HERE = Path(__file__).resolve().parent
SYSTEM = HERE.parent / "indicators" / "innovation-consortium.toml"
UNIT_TABLES = {
    "consortia": "联合体基本情况",
    "members": "成员单位名单",
    "projects": "项目清单",
    "contracts": "技术合同清单",
    "achievements": "成果清单",
    "yearly": "数据汇总表",
}
OFFICE_TABLES = {
    "chain_nodes": "产业链节点清单",
    "experts": "专家评分表",
    "events": "荣誉与事项登记表",
    "adjustments": "核定调整表",
    "evidence": "佐证材料核对表",
    "history": "历年得分表",
}
UNIT_NOTES = (
    "本工作簿为虚构示例：联合体、单位、项目、成果和数字均系编造，与任何真实单位无关。",
    "一、统计时点为{year}年12月31日，由牵头单位汇总填报，设区市科技局初审。",
    "二、金额单位为万元，保留两位小数；机时取整数。没有发生的填0，没有数据的留空，不得以0代替。",
    "三、项目清单列示近三年立项、年末在研和当年应完成的项目；期末技术成熟度在应完成年度填写。",
    "四、成果清单列示近三年的标准和科技成果，以及全部年末有效（含当年失效）的发明专利。",
    "五、年度数据填{first}—{year}年三行。某表当年确无内容的，在“零申报的表”中写明表名。",
    "六、统一社会信用代码、项目编号、合同登记编号和成果编号按文本填写，不得重复。",
)
OFFICE_NOTES = (
    "本工作簿为虚构示例：名单、评分、事项和核定意见均系编造，与任何真实单位和人员无关。",
    "一、产业链节点清单由主管部门发布，一个节点由几个成员覆盖的写几行；未发布清单的联合体不列。",
    "二、专家以代号列示；回避的专家注明“是”，不评分。",
    "三、核定调整写明申报值、核定值、理由、依据、核定人和日期。",
    "四、佐证材料核对表只列核对过的指标；未列的指标没有跟踪佐证情况。",
)


def main(target: Path) -> None:
    """Write the three folders and the worked example."""
    forms = Forms(tomllib.loads(SYSTEM.read_text("utf-8")))
    design = tomllib.loads((HERE / "generator" / "pilots.toml").read_text("utf-8"))
    office = tomllib.loads((HERE / "generator" / "office.toml").read_text("utf-8"))
    pilots = [Pilot(code=code, design=pilot, figures=design["figures"]) for code, pilot in design["pilots"].items()]
    returned = {pilot.code: returns(pilot, design["groups"]) for pilot in pilots}
    for year in FOLDERS:
        for pilot in pilots:
            write_unit(pilot, year, returned[pilot.code][year], forms, target)
        write_office(pilots, office, year, returned, forms, target)
    write_worked_example(target)


def returns(pilot: Pilot, groups: Mapping[str, str]) -> dict[int, Tables]:
    """Return the tables a pilot returned in each of the three years."""
    projects = records.projects(pilot)
    records.close_projects(pilot, projects)
    achievements = [
        *records.patents(pilot, figures.spending(pilot)),
        *records.standards(pilot),
        *records.results(pilot),
    ]
    tables: dict[int, Tables] = {}
    for year in FOLDERS:
        listed = members.members(pilot, year)
        tables[year] = {
            "consortia": [consortium(pilot, groups, listed[0])],
            "members": listed,
            "projects": records.projects_in(projects, year),
            "contracts": records.contracts(pilot, year),
            "achievements": records.achievements_in(achievements, year),
            "yearly": [figures.yearly(pilot, when) for when in range(year - 2, year + 1)],
        }
        for table in pilot.nil_returns(year):
            tables[year][table] = []
    return tables


def write_unit(pilot: Pilot, year: int, tables: Tables, forms: Forms, target: Path) -> None:
    """Write the workbook a pilot returned in a year."""
    name = tables["consortia"][0]["name"]
    tables["yearly"][-1]["nil_returns"] = "、".join(map(forms.label, pilot.nil_returns(year))) or None
    book = new_book(f"{year}年度{name}绩效评价填报表（虚构示例）")
    notes = [note.format(year=year, first=year - 2) for note in UNIT_NOTES]
    add_notes(book, f"{year}年度创新联合体绩效评价填报说明（虚构示例）", notes)
    filler = f"填报单位（盖章）：{name}　　　填报日期：{year + 1}年2月27日"
    for number, (table, label) in enumerate(UNIT_TABLES.items(), start=1):
        title = f"表{number}　{year}年度{label}（虚构示例）"
        add_sheet(book, forms, table, tables[table], title=title, filler=filler, with_unit=table == "consortia")
    save(book, target / str(year) / f"{pilot.code}-{pilot.design['industry']}创新联合体（示例）.xlsx")


def consortium(pilot: Pilot, groups: Mapping[str, str], lead: Row) -> Row:
    """Return the one row on the consortium itself."""
    return {
        "unit": pilot.code,
        "name": f"江苏省{pilot.design['industry']}创新联合体（示例）",
        "group": groups[pilot.design["group"]],
        "field": pilot.design["industry"],
        "lead": lead["member"],
        "lead_type": "enterprise",
        "city": pilot.design["city"],
        "province": "江苏",
        "established": pilot.design["established"],
        "status": "active",
    }


def write_office(
    pilots: Sequence[Pilot],
    office: Mapping[str, Any],
    year: int,
    returned: Mapping[str, Mapping[int, Tables]],
    forms: Forms,
    target: Path,
) -> None:
    """Write what the office adds: node lists, expert scores, events, adjustments and published scores."""
    adjusted = [row for row in office["adjustments"] if row["year"] == year]
    rows = judgements(pilots, office, year)
    rows["adjustments"] = [adjustment(row, returned[row["unit"]][year], forms) for row in adjusted]
    rows["evidence"] = [forms.evidence(row) for row in office["evidence"] if row["year"] == year]
    book = new_book(f"{year}年度创新联合体绩效评价主管部门数据（虚构示例）")
    add_notes(book, f"{year}年度主管部门数据说明（虚构示例）", OFFICE_NOTES)
    filler = f"省创新联合体评价工作组（示例）　　　{year + 1}年3月31日"
    for number, (table, label) in enumerate(OFFICE_TABLES.items(), start=1):
        if rows[table]:
            title = f"附表{number}　{year}年度{label}（虚构示例）"
            add_sheet(book, forms, table, rows[table], title=title, filler=filler, with_unit=True)
    save(book, target / str(year) / "office.xlsx")


def judgements(pilots: Sequence[Pilot], office: Mapping[str, Any], year: int) -> Tables:
    """Return the office's own tables of a year."""
    recused = office["recused"].get(str(year), {})
    return {
        "chain_nodes": [{"unit": pilot.code, **row} for pilot in pilots for row in members.chain_nodes(pilot, year)],
        "experts": [
            {"unit": pilot.code, **row}
            for pilot in pilots
            for row in figures.expert_scores(pilot, year, recused.get(pilot.code, ()))
        ],
        "events": [row for row in office["events"] if row["year"] == year],
        "history": [
            {"unit": unit, "year": int(when), "score": score, "rank": office["ranks"][when][unit]}
            for when, scores in office["published"].items()
            if int(when) < year
            for unit, score in scores.items()
        ],
    }


def adjustment(row: Row, tables: Tables, forms: Forms) -> Row:
    """Return an adjustment as it is typed, with the figure the pilot reported."""
    column = forms.tables[row["table"]]["columns"][row["column"]]
    identifier = {"yearly": "year", "contracts": "contract_id", "achievements": "achievement_id"}[row["table"]]
    reported = next(found for found in tables[row["table"]] if str(found[identifier]) == row["key"])[row["column"]]
    return {
        **row,
        "table": forms.label(row["table"]),
        "column": column["label"]["zh"],
        "reported": forms.shown(reported, column),
        "verified": forms.shown(row["verified"], column),
    }


def write_worked_example(target: Path) -> None:
    """Write the worked example as a flat fields table."""
    example = tomllib.loads((HERE / "generator" / "worked-example.toml").read_text("utf-8"))
    row = {key: ";".join(map(str, value)) if isinstance(value, list) else value for key, value in example.items()}
    text = ",".join(row) + "\n" + ",".join(str(value) for value in row.values()) + "\n"
    (target / "worked-example.csv").write_bytes(text.encode("utf-8-sig"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
