"""Projects, contracts and achievements: one history 2021-2025 from which every folder of the sample is cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.pilot import YEARS, Pilot, Row, parts_of

PROJECTS_A_YEAR = 6
DURATION = (2, 3, 3, 2, 4, 3)

# ---------------------------------------------------------------- projects
TASKS = (("national", "lead", 1.0), ("national", "join", 0.5), ("provincial", "lead", 0.4), ("provincial", "join", 0.2))
PROBLEMS = ("关键技术攻关", "工程化验证", "国产化替代研发", "可靠性提升", "中试与量产技术", "共性技术研究")


def projects(pilot: Pilot) -> list[Row]:
    """Return every project started in 2019-2025."""
    rows: list[Row] = []
    carry = 0.0
    for start in range(YEARS[0] - 2, YEARS[-1] + 1):
        year = max(start, YEARS[0])
        carry += pilot.figure("national_major_task_count", year) / 3
        kinds: list[tuple[str, str]] = []
        for level, role, worth in TASKS:
            while carry >= worth and len(kinds) < PROJECTS_A_YEAR - 2 and kinds.count((level, role)) < 2:
                kinds.append((level, role))
                carry -= worth
        kinds += [("municipal", "lead"), *[("own", "lead")] * PROJECTS_A_YEAR]
        rows += _cohort(pilot, start, year, kinds[:PROJECTS_A_YEAR])
    return rows


def _cohort(pilot: Pilot, start: int, year: int, kinds: Sequence[tuple[str, str]]) -> Iterator[Row]:
    shares = {name: pilot.figure(code, year) / 100 for name, code in SHARES.items()}
    flags = {name: pilot.flags(name, len(kinds), share, start) for name, share in shares.items()}
    worth = {"national": 900, "provincial": 480, "municipal": 220, "own": 260}
    scatter = [1 + pilot.chance("budget", start, i, spread=0.3) for i in range(len(kinds))]
    budgets = [round(worth[level] * factor) for (level, _), factor in zip(kinds, scatter, strict=True)]
    strategic = parts_of(shares["strategic"], budgets, sum(budgets))
    cross = parts_of(shares["cross"], budgets, sum(budgets))
    fields = pilot.design["tech_fields"]
    for i, (level, role) in enumerate(kinds):
        topic = pilot.design["topics"][(start * 5 + i * 3) % len(pilot.design["topics"])]
        early = pilot.whole(2, 4, "trl", start, i)
        yield {
            "project_id": f"示例{pilot.code}-{start}-{i + 1:02d}",
            "project": f"{topic}{PROBLEMS[(start + i) % len(PROBLEMS)]}",
            "start_year": start,
            "level": level,
            "role": role,
            "demand": "enterprise" if flags["demand"][i] else ("government" if level != "own" else "academia"),
            "lead_type": "enterprise" if flags["led"][i] else ("university", "institute")[i % 2],
            "tech_field": fields[(start + i) % len(fields) if i % 2 else 0],
            "budget": budgets[i],
            "strategic": strategic[i],
            "cross_region": cross[i],
            "key_task": level != "municipal",
            "due_year": start + DURATION[i] - 1,
            "trl_start": early,
            "on_time": True,
        }


SHARES = {
    "demand": "demand_sourced_project_share",
    "led": "enterprise_led_project_share",
    "strategic": "strategic_field_project_share",
    "cross": "cross_region_fund_share",
}


def close_projects(pilot: Pilot, rows: Sequence[Row]) -> None:
    """Settle how each project ends: on time or a year late, and the readiness reached; year by year."""
    for year in range(YEARS[0] - 2, YEARS[-1] + 1):
        due = [row for row in rows if row["due_year"] == year]
        key = [row for row in due if row["key_task"]]
        rated = max(year, YEARS[0])
        on_time = pilot.flags("on_time", len(key), pilot.figure("key_tech_completion_rate", rated) / 100, year)
        gains = pilot.flags("gain", len(due), pilot.figure("trl_gain", rated) % 1, year)
        for row, kept in zip(key, on_time, strict=True):
            row["on_time"] = kept
        for row, more in zip(due, gains, strict=True):
            row["trl_end"] = min(9, row["trl_start"] + int(pilot.figure("trl_gain", rated)) + more)


def projects_in(rows: Sequence[Row], year: int) -> list[Row]:
    """Return the projects a return of that year lists, as they stood at the end of the year."""
    listed = []
    for row in rows:
        ended = row["due_year"] if row["on_time"] else row["due_year"] + 1
        if row["start_year"] > year or (ended < year and row["start_year"] < year - 2):
            continue
        due = row["due_year"] <= year
        listed.append(
            {
                **row,
                "status": "completed" if ended <= year else "ongoing",
                "accepted": row["on_time"] if due else None,
                "trl_end": row["trl_end"] if due else None,
            }
        )
    return listed


# ---------------------------------------------------------------- contracts
KINDS = ("development", "service", "licence", "transfer", "development", "consulting", "service", "development")


def contracts(pilot: Pilot, year: int) -> list[Row]:
    """Return the technology contracts of a year; the registered ones add up to the year's figure exactly."""
    total = round(pilot.figure("tech_contract_value", year), 2)
    count = pilot.whole(7, 10, "contracts", year)
    shares = [1 + pilot.chance("share", year, i, spread=0.7) for i in range(count)]
    amounts = [round(total * share / sum(shares) / 5) * 5.0 for share in shares[:-1]]
    amounts.append(round(total - sum(amounts), 2))
    rows = []
    unregistered = pilot.whole(4, 16, "unregistered", year) * 5.0
    for i, amount in enumerate([*amounts, unregistered]):
        topic = pilot.design["topics"][(year + i * 4) % len(pilot.design["topics"])]
        rows.append(
            {
                "contract_id": f"示例合同{pilot.code}-{year}-{i + 1:03d}",
                "contract": f"{topic}{('委托开发', '检测服务', '专利许可', '技术转让', '合作开发')[i % 5]}",
                "year": year,
                "kind": KINDS[i % len(KINDS)],
                "amount": amount,
                "registered": i < count,
                "internal": i % 4 == 1,
            }
        )
    return rows


# ---------------------------------------------------------------- achievements
STANDARDS = (
    ("international", "lead", 5.0),
    ("national", "lead", 3.0),
    ("international", "join", 2.5),
    ("industry", "lead", 2.0),
    ("national", "join", 1.5),
    ("industry", "join", 1.0),
    ("group_local", "lead", 0.5),
)
NUMBERS = {"international": "ISO/示例", "national": "GB/T 示例", "industry": "JB/T 示例", "group_local": "T/示例"}


def patents(pilot: Pilot, spending: Mapping[int, float]) -> list[Row]:
    """Return the invention patents granted in 2016-2025; a few lapse."""
    rows: list[Row] = []
    for granted in range(YEARS[0] - 5, YEARS[-1] + 1):
        year = max(granted, YEARS[0])
        count = round(pilot.figure("invention_patents_per_100m_rd", year) * spending[year] / 10000)
        count = count if granted == year else max(1, count // 4)
        joint = pilot.flags("joint", count, pilot.figure("joint_ip_share", year) / 100, granted)
        for i in range(count):
            topic = pilot.design["topics"][(granted * 3 + i * 5) % len(pilot.design["topics"])]
            title = f"一种{topic}{('制备方法', '控制方法', '检测装置', '结构及其应用', '优化方法')[(granted + i) % 5]}"
            number = f"ZL示例{granted}{pilot.code[2:]}{i + 1:03d}"
            lapse = granted + 7 if i % 6 == 5 and granted < YEARS[0] else 9999
            row = {"achievement_id": number, "title": title, "kind": "patent", "year": granted}
            rows.append({**row, "joint": joint[i], "lapse": lapse})
    return rows


def standards(pilot: Pilot) -> list[Row]:
    """Return the standards published in 2021-2025."""
    rows: list[Row] = []
    carry = 0.0
    for year in YEARS:
        carry += pilot.figure("standards_weighted", year) / 3
        for place in range(len(STANDARDS)):
            level, role, worth = STANDARDS[place]
            if carry >= worth and (worth < 2.5 or pilot.whole(0, 2, "standard", year, level, role)):
                carry -= worth
                topic = pilot.design["topics"][(year + place * 2) % len(pilot.design["topics"])]
                number = f"{NUMBERS[level]}{pilot.code[2:]}{place + 1:02d}—{year}"
                row = {"achievement_id": number, "title": f"{topic}技术规范", "kind": "standard", "year": year}
                rows.append({**row, "standard_level": level, "standard_role": role})
    return rows


def results(pilot: Pilot) -> list[Row]:
    """Return the results of 2019-2025; year by year as many are converted as the pilot's conversion rate asks for."""
    rows: list[Row] = []
    for year in range(YEARS[0] - 2, YEARS[-1] + 1):
        for i in range(pilot.whole(7, 9, "results", year)):
            topic = pilot.design["topics"][(year * 7 + i * 2) % len(pilot.design["topics"])]
            rows.append(
                {
                    "achievement_id": f"示例成果{pilot.code}-{year}-{i + 1:02d}",
                    "title": f"{topic}{('样机', '工艺包', '软件', '配方', '成套技术')[(year + i) % 5]}",
                    "kind": "result",
                    "year": year,
                    "converted_in": 9999,
                }
            )
        _convert(pilot, rows, max(year, YEARS[0]), year)
    return rows


def _convert(pilot: Pilot, rows: Sequence[Row], rated: int, year: int) -> None:
    window = [row for row in rows if year - 2 <= row["year"] <= year]
    wanted = round(pilot.figure("conversion_rate", rated) / 100 * len(window))
    cycle = pilot.figure("avg_conversion_cycle", rated)
    open_rows = [row for row in window if row["converted_in"] > year]
    # the older first, mostly: some results are taken up at once
    open_rows.sort(key=lambda row: pilot.chance("turn", row["achievement_id"]) + 0.35 * (row["year"] - year))
    for row in open_rows[: max(0, wanted - (len(window) - len(open_rows)))]:
        age = 12 * (year - row["year"])
        months = round(cycle + pilot.chance("months", row["achievement_id"], spread=5))
        latest = pilot.whole(6, 11, "latest", row["achievement_id"])
        row["converted_in"], row["months"] = year, min(max(months, age - 10, 2), age + latest)


def achievements_in(rows: Sequence[Row], year: int) -> list[Row]:
    """Return the achievements a return of that year lists, as they stood at the end of the year.

    Three years of standards and results; patents as long as they are valid, and the year they lapse in.
    """
    listed = []
    for row in rows:
        if row["kind"] == "patent" and row["year"] <= year <= row["lapse"]:
            listed.append({**row, "valid": year < row["lapse"]})
        elif row["kind"] == "standard" and year - 2 <= row["year"] <= year:
            listed.append(row)
        elif row["kind"] == "result" and year - 2 <= row["year"] <= year:
            converted = row["converted_in"] <= year
            listed.append({**row, "converted": converted, "conversion_months": row["months"] if converted else None})
    return listed
