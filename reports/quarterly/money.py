"""The section on money: yearly revenue, what changed it, what was kept, what is announced, what an account is worth."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.errors import ModelError
from analysis.figures.money import draw_announced, draw_arr, draw_bridge
from analysis.figures.style import as_svg
from analysis.money.bridge_parts import END, OTHER, START, bridge_parts
from analysis.money.brief import MoneyBrief
from analysis.money.lifetime_value import CONSTANT_RATE, MeanPrice
from analysis.money.retention import QUARTER, YEAR, churn_is_negative
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark
from analysis.workbench import Workbench

ALL = 0.995
"""A share from which on it is written as all."""
MONTHS_BACK = 12
"""Of the amount that today's is set beside."""


@dataclass(frozen=True, slots=True)
class MoneyContent:
    """What is paid, and what becomes of it.

    Attributes
    ----------
    obstacle, no_forecast
        Why nothing can be said of money, or of what is expected; None where it can.
    brief
        The section in sum; None beside an obstacle, as all that follows but `announced`, which is empty then.
    arr
        As `analysis.money.frames.ARR`, days with too few accounts left out.
    quarter, parts
        The last settled quarter of the bridge, and its parts as `BRIDGE_PARTS`; None where there is none.
    kept
        The last settled lines of `RETENTION`, by what they are over; of too few accounts none.
    announced
        As `ANNOUNCED`.
    values, price
        As `LIFETIME_VALUE`, and the price that they rest on; None where nothing tells how long accounts stay.
    n_came_and_went
        Accounts that are in no part of the quarter.
    horizon_ends_on
        Up to which losses are expected.
    """

    obstacle: Remark | None
    no_forecast: Remark | None
    brief: MoneyBrief | None
    arr: pd.DataFrame
    quarter: pd.Series | None
    parts: pd.DataFrame | None
    kept: dict[str, pd.Series]
    announced: pd.DataFrame
    values: pd.DataFrame | None
    price: MeanPrice | None
    horizon_ends_on: pd.Timestamp
    min_cell: int


def collect_money(tenure: Workbench) -> MoneyContent:
    """Ask for all that the section says."""
    money, least = tenure.money, tenure.study.report.min_cell
    if money.obstacle is not None:
        nothing = pd.DataFrame()
        return MoneyContent(
            money.obstacle, tenure.no_forecast, None, nothing, None, None, {}, nothing, None, None,
            money.horizon_ends_on, least,
        )  # fmt: skip
    arr = money.arr().table
    bridge = money.bridge().table if money.has_quarters else pd.DataFrame(columns=["is_settled", "n_start"])
    told = bridge[bridge["is_settled"].astype(bool) & (bridge["n_start"] >= least)]
    quarter = told.iloc[-1] if len(told) else None
    retention = money.retention().table
    kept = retention[retention["is_settled"].astype(bool) & retention["grr"].notna() & (retention["n_start"] >= least)]
    try:
        values, price = money.lifetime_value().table, money.mean_price
    except ModelError:
        values, price = None, None
    return MoneyContent(
        obstacle=None,
        no_forecast=tenure.no_forecast,
        brief=money.brief,
        arr=arr[(arr["accounts"] >= least) & arr["arr"].notna()].reset_index(drop=True),
        quarter=quarter,
        parts=None if quarter is None else bridge_parts(quarter, least),
        kept={over: rows.iloc[-1] for over, rows in kept.groupby("over")},
        announced=money.announced().table,
        values=values if price is not None and price.n_known >= least else None,
        price=price,
        horizon_ends_on=money.horizon_ends_on,
        min_cell=least,
    )


def money_in_words(content: MoneyContent, t: Catalogue) -> dict[str, Any]:
    """Return what the template of the section is filled in with: sentences, lines and pictures."""
    if content.obstacle is not None or content.brief is None:
        reason = [content.obstacle.in_words(t)] if content.obstacle else []
        return {"has_money": False, "money_said": reason, "money_figures": {}, "money_parts": []}
    return {
        "has_money": True,
        "money_said": [*_level(content, t), *_kept(content, t), *_at_risk(content, t)],
        "money_figures": _figures(content, t),
        "money_quarter": content.quarter,
        "money_parts": _parts(content.parts, content.brief, t)
        if content.parts is not None and _is_told(content)
        else [],
        "money_bridge_notes": _bridge_notes(content, t) if _is_told(content) else _pooled(content, t),
        "money_announced": _announced(content, t),
        "money_values": [] if content.values is None else _values(content.values, content.brief, t),
        "money_value_notes": [] if content.values is None else _value_notes(content, t),
    }


def _level(content: MoneyContent, t: Catalogue) -> list[str]:
    brief, arr = content.brief, content.arr
    if arr.empty or brief is None:
        return [t("money.too_few", cell=content.min_cell)]
    now = arr.iloc[-1]
    values = {"day": now["day"], "accounts": int(now["accounts"]), "amount": t.money(now["arr"], brief.currency)}
    before = arr[arr["day"] == now["day"] - pd.DateOffset(months=MONTHS_BACK)]
    if len(before) and before["arr"].iloc[0]:
        change = now["arr"] / before["arr"].iloc[0] - 1
        said = [t("money.arr_more" if change >= 0 else "money.arr_less", change=abs(change), **values)]
    else:
        said = [t("money.arr_now", **values)]
    if brief.n_unpriced:
        said.append(t("money.unpriced", number=brief.n_unpriced))
    return said


def _kept(content: MoneyContent, t: Catalogue) -> list[str]:
    if not content.kept:
        return [t("money.no_retention", cell=content.min_cell)]
    said = []
    for over in (YEAR, QUARTER):
        if over in content.kept:
            line = content.kept[over]
            said.append(t(f"money.kept_{over}", day=line["last_day"], grr=line["grr"], nrr=line["nrr"]))
    line = content.kept[YEAR if YEAR in content.kept else QUARTER]
    return [*said, t("money.churn_is_negative" if churn_is_negative(line["nrr"]) else "money.churn_is_positive")]


def _at_risk(content: MoneyContent, t: Catalogue) -> list[str]:
    brief = content.brief
    assert brief is not None
    if brief.arr_at_risk_expected is None:
        reason = content.no_forecast.in_words(t) if content.no_forecast else t("money.no_price_at_risk")
        return [t("money.no_risk", reason=reason)]
    values = {"day": content.horizon_ends_on, "expected": t.money(brief.arr_at_risk_expected, brief.currency)}
    if brief.arr_at_risk_low is None or brief.arr_at_risk_high is None:
        return [t("money.at_risk_bare", **values)]
    values |= {"low": t.money(brief.arr_at_risk_low, brief.currency)}
    values |= {"high": t.money(brief.arr_at_risk_high, brief.currency)}
    if brief.n_under_notice and brief.arr_under_notice is not None:
        announced = t.money(brief.arr_under_notice, brief.currency)
        return [t("money.at_risk_announced", number=brief.n_under_notice, announced=announced, **values)]
    return [t("money.at_risk", **values)]


def _parts(parts: pd.DataFrame, brief: MoneyBrief, t: Catalogue) -> list[tuple[str, str, int, bool]]:
    return [
        (
            t(f"money.part_{row.part}"),
            ("" if row.is_total or row.amount < 0 else "+") + t.money(row.amount, brief.currency),
            row.accounts,
            row.is_total,
        )
        for row in parts.itertuples(index=False)
    ]


def _is_told(content: MoneyContent) -> bool:
    """Tell whether some part of the bridge is of enough accounts to be shown by itself."""
    return content.parts is not None and not set(content.parts["part"]) <= {START, OTHER, END}


def _pooled(content: MoneyContent, t: Catalogue) -> list[str]:
    quarter, brief = content.quarter, content.brief
    if quarter is None or brief is None:
        return []
    first, last = (t.money(quarter[name], brief.currency) for name in (START, END))
    return [
        t("money.bridge_pooled", start=quarter["quarter_from"], end=quarter["quarter_until"], first=first, last=last)
    ]


def _bridge_notes(content: MoneyContent, t: Catalogue) -> list[str]:
    quarter, parts = content.quarter, content.parts
    if quarter is None or parts is None:
        return []
    there = set(parts["part"])
    notes = [t("money.bridge_note")]
    by_seats, by_price = int(quarter["upsell_seats"]), int(quarter["upsell_price"])
    if "upsell" in there and by_seats + by_price:
        share = by_seats / (by_seats + by_price)
        notes.append(t("money.upsell_by", seats=share) if share < ALL else t("money.upsell_by_seats"))
    notes += [t(f"money.{name}_note") for name in ("gaps", "repriced", "other") if name in there]
    if quarter["n_came_and_went"] >= content.min_cell:
        notes.append(t("money.came_and_went", number=int(quarter["n_came_and_went"])))
    return notes


def _announced(content: MoneyContent, t: Catalogue) -> str:
    table = content.announced
    if table.empty:
        return t("money.nothing_announced")
    return t("money.announced_hidden", cell=content.min_cell) if table["is_hidden"].any() else ""


def _values(values: pd.DataFrame, brief: MoneyBrief, t: Catalogue) -> list[tuple[str, str, str, str, str]]:
    """Return the best of the curves and the forecast's own rate, and what each says."""
    curves = values[values["basis"] != CONSTANT_RATE].head(1)
    rows = pd.concat([curves, values[values["basis"] == CONSTANT_RATE]])
    return [
        (
            t(f"money.basis_{row.basis}"),
            t.number(row.years_within, 1),
            t.money(row.value_within, brief.currency),
            t.number(row.years, 1),
            t.money(row.value, brief.currency),
        )
        for row in rows.itertuples(index=False)
    ]


def _value_notes(content: MoneyContent, t: Catalogue) -> list[str]:
    price, brief = content.price, content.brief
    assert price is not None
    assert brief is not None
    amount = t.money(price.a_year, brief.currency)
    return [t("money.value_note", price=amount, accounts=price.n_known), t("money.value_assumption")]


def _figures(content: MoneyContent, t: Catalogue) -> dict[str, Markup]:
    assert content.brief is not None
    money = partial(t.money, currency=content.brief.currency)
    found = {}
    if len(content.arr) > 1:
        found["arr"] = as_svg(
            "arr", draw_arr, size=(7.4, 2.7), alt=t("money.arr_alt"), frame=content.arr, amount=money,
            labels=[t("book.bar", start=day) for day in content.arr["day"]], y_label=t("money.arr_y"),
        )  # fmt: skip
    if content.parts is not None and _is_told(content):
        parts = content.parts.assign(label=[t(f"money.part_{part}") for part in content.parts["part"]])
        found["bridge"] = as_svg(
            "bridge",
            draw_bridge,
            size=(7.4, 0.8 + 0.3 * len(parts)),
            alt=t("money.bridge_alt"),
            frame=parts,
            amount=money,
        )
    announced = content.announced
    if len(announced) and announced["arr"].fillna(0).any():
        labels = [t("money.end_unknown") if pd.isna(day) else t("book.bar", start=day) for day in announced["month"]]
        found["announced"] = as_svg(
            "announced", draw_announced, size=(7.4, 2.3), alt=t("money.announced_alt"),
            frame=announced.assign(label=labels), amount=money,
        )  # fmt: skip
    return {name: Markup(svg) for name, svg in found.items()}
