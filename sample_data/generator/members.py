"""Members and the chain nodes they cover."""

from __future__ import annotations

from collections.abc import Sequence

from generator.pilot import FOLDERS, Pilot, Row

STEMS = "甲乙丙丁戊己庚辛壬癸"
UNIVERSITIES = ("大学", "理工大学", "工业大学", "工学院")
DIVISIONS = {
    "南京": "320100", "无锡": "320200", "徐州": "320300", "常州": "320400", "苏州": "320500", "南通": "320600",
    "连云港": "320700", "淮安": "320800", "盐城": "320900", "扬州": "321000", "镇江": "321100", "泰州": "321200",
    "上海": "310000", "北京": "110000", "杭州": "330100", "宁波": "330200", "嘉兴": "330400", "绍兴": "330600",
    "舟山": "330900", "台州": "331000", "合肥": "340100", "马鞍山": "340500", "西安": "610100", "沈阳": "210100",
    "长沙": "430100", "济宁": "370800", "潍坊": "370700", "武汉": "420100", "成都": "510100", "深圳": "440300",
    "太原": "140100",
}  # fmt: skip
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CLAUSES = ("clause_tasks", "clause_ip", "clause_benefits")


def credit_code(kind: str, city: str, pilot: str, number: int) -> str:
    """Return an 18-character credit code of the right form whose body reads EXAMP: nobody's code."""
    body = ("91" if kind in {"enterprise", "finance"} else "12") + DIVISIONS[city] + f"EXAMP{pilot[2:]}{number:02d}"
    total = sum(ALPHABET.index(sign) * 3**place for place, sign in enumerate(body))
    return body + ALPHABET[-total % 31]


def members(pilot: Pilot, year: int) -> list[Row]:
    """Return the members at the end of a year, the lead first."""
    rows = _listed(pilot)[: pilot.size(year)]
    for i, row in enumerate(rows):
        row["tier"] = "core" if i < 3 else ("loose" if i % 4 == 3 else "close")
        near = row["tier"] != "loose"
        row.update({"has_task": near or i % 8 == 3, "funds_received": near, **dict.fromkeys(CLAUSES, True)})
    close = [row for row in rows if row["tier"] == "close"]
    active = round(pilot.figure("tier_participation_rate", year) / 100 * len(close))
    for i, row in enumerate(close[active:]):
        row.update({"has_task": i % 2 == 0, "funds_received": False})
    signed = min(len(rows), round(pilot.figure("agreement_coverage", year) / 100 * len(rows)))
    for i, row in enumerate(rows[signed:]):
        row[CLAUSES[2 - i % 2]] = False
    return rows


def _listed(pilot: Pilot) -> list[Row]:
    """Return all members that ever join, in the order of joining."""
    kinds = [kind for kind, count in pilot.design["types"].items() for _ in range(count)]
    places = [place.split(" ")[0] for place in pilot.design["places"] for _ in range(int(place.split(" ")[1]))]
    rest = max(pilot.design["size"])
    kinds = [kinds[i * 7 % rest] if rest % 7 else kinds[i * 5 % rest] for i in range(rest)]
    places = [places[i * 11 % rest] if rest % 11 else places[i * 5 % rest] for i in range(rest)]
    used: set[str] = set()
    rows = []
    for i, (kind, place) in enumerate(zip(kinds, places, strict=True)):
        name = _name(pilot, kind, place[2:], i, used)
        code = credit_code(kind, place[2:], pilot.code, i + 1)
        rows.append({"member_id": code, "member": name, "type": kind, "province": place[:2], "city": place[2:]})
    return rows


def _name(pilot: Pilot, kind: str, city: str, number: int, used: set[str]) -> str:
    words = pilot.design["words"]
    names = {
        "enterprise": [f"{city}示例{stem}{words[number % len(words)]}有限公司" for stem in STEMS],
        "university": [f"{city}示例{ending}" for ending in UNIVERSITIES],
        "institute": [f"{city}示例{words[number % len(words)]}{ending}" for ending in ("研究院", "研究所")],
        "finance": [f"{city}示例{pilot.design['industry']}产业投资基金"],
    }
    start = number % len(STEMS) if kind == "enterprise" else 0
    listed = names[kind][start:] + names[kind][:start]
    name = next(name for name in listed if name not in used)
    used.add(name)
    return name


# ---------------------------------------------------------------- chain nodes
KEY_NODES = 10
WEIGHTS = (3, 2, 3, 2, 1, 2, 2, 1, 1, 3, 1, 1, 1)
BREAKPOINTS = (0, 2, 3, 6, 9, 10)


def chain_nodes(pilot: Pilot, year: int) -> list[Row]:
    """Return the node list: one row per node and covering member; none where no list has been published."""
    if not pilot.design.get("chain", True):
        return []
    weights = WEIGHTS[:KEY_NODES]
    target = pilot.figure("chain_coverage", year) / 100
    covered = _first_covered(weights, target)
    foreign = round(pilot.figure("external_dependence", year) / 100 * KEY_NODES)
    closed = round(pilot.figure("breakpoint_closed_rate", year) / 100 * len(BREAKPOINTS))
    # the nodes nobody covers are the first that depend on foreign supply
    dependent = [*[i for i in ORDER if i not in covered], *[i for i in reversed(ORDER) if i in covered]][:foreign]
    makers = [row["member_id"] for row in members(pilot, FOLDERS[0]) if row["type"] == "enterprise"]
    rows: list[Row] = []
    for i, topic in enumerate(pilot.design["topics"]):
        key = i < KEY_NODES
        node = {
            "node_id": f"{pilot.code}-N{i + 1:02d}",
            "node": topic,
            "weight": WEIGHTS[i],
            "key_node": key,
            "foreign_only": key and i in dependent,
            "breakpoint": i in BREAKPOINTS,
            "closed": i in BREAKPOINTS[:closed],
        }
        count = (2 if i % 4 == 1 else 1) if not key or i in covered else 0
        makers_here = [makers[(i + 3 * extra) % len(makers)] for extra in range(count)]
        rows += [{**node, "member_id": maker} for maker in makers_here or [None]]
    return rows


ORDER = (0, 5, 2, 7, 1, 9, 4, 3, 8, 6)


def _first_covered(weights: Sequence[int], target: float) -> set[int]:
    """Return the first nodes in the order of coverage whose weight comes nearest to the target share."""
    reach = [sum(weights[i] for i in ORDER[:count]) / sum(weights) for count in range(KEY_NODES + 1)]
    count = min(range(KEY_NODES + 1), key=lambda place: abs(reach[place] - target))
    return set(ORDER[:count])
