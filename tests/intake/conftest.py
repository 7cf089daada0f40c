from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from evalengine.scheme.loading import load_indicators
from evalengine.scheme.model import (
    Checks,
    Column,
    Field,
    Grades,
    Indicator,
    IndicatorSystem,
    Items,
    Level,
    SumCheck,
    Table,
    Veto,
)
from evalengine.text import Label

Book = Callable[..., Path]


@pytest.fixture(scope="session")
def system() -> IndicatorSystem:
    return load_indicators("innovation-consortium")


@pytest.fixture(scope="session")
def small() -> IndicatorSystem:
    return small_system()


def small_system() -> IndicatorSystem:
    """Return three tables, four fields, one indicator: small enough to see every rule at work."""
    unit = Column(label=Label("联合体编号", "Unit"), required=True)
    year = Column(label=Label("年度", "Year"), type="integer", required=True)
    return IndicatorSystem(
        name="small",
        edition="1",
        label=Label("小体系", "Small system"),
        weights="equal",
        units={"wan_yuan": Label("万元", "CNY 10,000"), "percent": Label("%", "%"), "item": Label("件", "items")},
        ignored_sheets=("填报说明",),
        tables={
            "consortia": Table(
                label=Label("联合体", "Consortia"),
                key=("unit",),
                required=True,
                columns={
                    "unit": unit,
                    "name": Column(label=Label("名称", "Name"), required=True),
                    "group": Column(label=Label("分组", "Group"), optional=True),
                },
            ),
            "nodes": Table(
                label=Label("节点", "Nodes"),
                key=("unit", "node", "member"),
                distinct=("unit", "node"),
                same=("weight",),
                absent="not_applicable",
                columns={
                    "unit": unit,
                    "node": Column(label=Label("节点编号", "Node"), required=True),
                    "member": Column(label=Label("成员", "Member"), optional=True),
                    "weight": Column(label=Label("权重", "Weight"), type="number", minimum=0.0),
                },
            ),
            "yearly": Table(
                label=Label("年度数据", "Yearly figures"),
                key=("unit", "year"),
                year="year",
                required=True,
                columns={
                    "unit": unit,
                    "year": year,
                    "nil_returns": Column(label=Label("零申报", "Nil"), optional=True),
                },
            ),
            "adjustments": Table(
                label=Label("核定调整", "Adjustments"),
                columns={
                    "unit": unit,
                    "year": Column(label=Label("年度", "Year"), type="integer", optional=True),
                    "table": Column(label=Label("表", "Table"), required=True),
                    "key": Column(label=Label("行标识", "Key"), optional=True),
                    "column": Column(label=Label("栏目", "Column"), required=True),
                    "reported": Column(label=Label("申报值", "Reported"), optional=True),
                    "verified": Column(label=Label("核定值", "Verified"), optional=True),
                    "reason": Column(label=Label("理由", "Reason"), optional=True),
                    "evidence": Column(label=Label("依据", "Evidence"), optional=True),
                    "verifier": Column(label=Label("核定人", "Verifier"), optional=True),
                    "date": Column(label=Label("日期", "Date"), type="date", optional=True),
                },
            ),
        },
        fields={
            "funds": Field(label=Label("经费", "Funds"), unit="wan_yuan"),
            "funds_own": Field(label=Label("自筹", "Own funds"), unit="wan_yuan"),
            "patents": Field(label=Label("专利", "Patents"), unit="item", integer=True),
            "share": Field(label=Label("占比", "Share"), unit="percent", maximum=100.0),
            "weights": Field(label=Label("权重和", "Weights"), table="nodes", expr="SUM(weight)"),
            "views": Field(label=Label("评分", "Views"), table="nodes", expr="weight", experts=True, maximum=100.0),
        },
        dimensions={},
        indicators={
            "i": Indicator(label=Label("指标", "Indicator"), parent="", formula="funds", scoring={"rule": "x"})
        },
        checks=Checks(
            part_of=(("funds_own", "funds"),),
            sums=(SumCheck(total="funds", parts=("funds_own", "share")),),
            slip_fields=("funds",),
        ),
        vetoes={"V1": Veto(label=Label("造假", "Fraud")), "V4": Veto(label=Label("事故", "Accident"), effect="cap")},
        bonus=Items(cap=5.0),
        grades=Grades(levels=(Level(code="fail", label=Label("不合格", "Fail")),)),
    )


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Write a workbook of the small system; each sheet is a list of rows."""

    def write(name: str = "a.xlsx", /, **sheets: list[list[object]]) -> Path:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
        workbook.save(tmp_path / name)
        return tmp_path / name

    return write
