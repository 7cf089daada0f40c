"""The yearly figures no record gives, and the expert scores."""

from __future__ import annotations

from generator.pilot import YEARS, Pilot, Row

GROWTH = (0.80, 0.85, 0.90, 0.95, 1.0)
EXPERTS = {"manufacturing": ("E01", "E02", "E03", "E04", "E05"), "materials": ("E04", "E06", "E07", "E08", "E09")}
OPINIONS = (-4, 3, 0, -2, 5)
ITEMS = {"ip": "ip_protection_mechanism", "fit": "dominant_industry_fit"}


def spending(pilot: Pilot) -> dict[int, float]:
    """Return the R&D expenditure of every year, in 10,000 CNY."""
    return {
        year: round(pilot.design["scale"] * growth * (1 + pilot.chance("rd", year, spread=0.02)), 2)
        for year, growth in zip(YEARS, GROWTH, strict=True)
    }


def yearly(pilot: Pilot, year: int) -> Row:
    """Return the yearly figures of a year."""
    rd = spending(pilot)[year]
    staff = round(rd / (26 + pilot.chance("staff", spread=3)))
    size = pilot.size(year)
    requests = pilot.whole(26, 42, "requests") + YEARS.index(year)
    rated = pilot.whole(30, 48, "rated") * 200
    effective = pilot.whole(40, 64, "effective") * 200
    income = round(rd * (0.11 + pilot.chance("income", spread=0.02)), 2)
    return {
        "year": year,
        **_demands(pilot, year),
        **_money(pilot, year, rd),
        "rd_personnel": staff,
        "smes_engaged": round(pilot.figure("sme_engaged_count", year)),
        "talent_exchanges": round(pilot.figure("talent_mobility_rate", year) / 100 * staff),
        "active_pairs": round(pilot.figure("collaboration_density", year) / 100 * size * (size - 1) / 2),
        "pilot_hours_used": round(pilot.figure("pilot_platform_utilization", year) / 100 * rated),
        "pilot_hours_rated": rated,
        "open_hours": round(pilot.figure("open_sharing_rate", year) / 100 * effective),
        "effective_hours": effective,
        **_platforms(pilot, year),
        "high_level_talent_new": round(pilot.figure("high_level_talent_per_100", year) / 100 * staff),
        "request_days_sum": round(pilot.figure("service_response_days", year) * requests),
        "requests_closed": requests,
        "digital_level": min(4, round(pilot.figure("digital_collab_level", year))),
        **_reforms(pilot, year),
        "incentive_paid": round(pilot.figure("incentive_payout_ratio", year) / 100 * income, 2),
        "conversion_net_income": income,
    }


def _demands(pilot: Pilot, year: int) -> Row:
    registered = pilot.whole(32, 46, "demands") + YEARS.index(year)
    return {
        "demands_registered": registered,
        "demands_solved": round(pilot.figure("tech_demand_solved_rate", year) / 100 * registered),
    }


def _money(pilot: Pilot, year: int, rd: float) -> Row:
    funds = rd * (0.58 + pilot.chance("funds", spread=0.06))
    fiscal = round(funds / (1 + pilot.figure("social_capital_leverage", year)), 2)
    own = round(min(pilot.figure("enterprise_fund_share", year) / 100 * funds, 0.95 * (funds - fiscal)), 2)
    social = round(funds - fiscal - own, 2)
    revenue = round(100 * rd / pilot.figure("rd_intensity", year), 2)
    return {
        "funds_enterprise": own,
        "funds_social": social,
        "funds_fiscal": fiscal,
        "funds_total": round(own + social + fiscal, 2),
        "rd_expenditure": rd,
        "operating_revenue": revenue,
        "new_product_revenue": round(pilot.figure("new_product_revenue_share", year) / 100 * revenue, 2),
    }


def _platforms(pilot: Pilot, year: int) -> Row:
    worth = pilot.figure("rd_platform_count", year)
    national = int(worth / 4.5)
    provincial = int((worth - 3 * national) * 0.75)
    return {
        "platforms_national": national,
        "platforms_provincial": provincial,
        "platforms_joint_lab": round((worth - 3 * national - provincial) / 0.3),
    }


def _reforms(pilot: Pilot, year: int) -> Row:
    worth = pilot.figure("reform_pilot_count", year)
    promoted = 1 if worth >= 4.2 else 0
    count = min(8, round(worth - 0.5 * promoted))
    order = ("reforms_operation", "reforms_incentive", "reforms_talent", "reforms_transfer")
    return {**{name: (count + 3 - i) // 4 for i, name in enumerate(order)}, "reforms_promoted": promoted}


def expert_scores(pilot: Pilot, year: int, recused: tuple[str, ...] = ()) -> list[Row]:
    """Return the scores of the five experts of the pilot's group; a recused one gives none."""
    rows = []
    for item, code in ITEMS.items():
        middle = pilot.figure(code, year)
        for i, expert in enumerate(EXPERTS[pilot.design["group"]]):
            opinion = OPINIONS[(i + pilot.whole(0, 4, item, year)) % len(OPINIONS)]
            away = expert in recused
            score = None if away else min(98, round(middle + opinion))
            rows.append({"year": year, "item": item, "expert": expert, "score": score, "recused": away})
    return rows
