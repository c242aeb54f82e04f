"""Displays of money: tables with their pictures, amounts in the currency of the source."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd

from analysis.figures.display import Display
from analysis.figures.money import draw_announced, draw_arr, draw_bridge, draw_calendar, draw_renewals
from analysis.money.bridge_parts import bridge_parts
from analysis.wording.remarks import english

MONTH = "MMM y"


def amounts(currency: str | None) -> Callable[[float], str]:
    """Return what writes sums in a currency."""
    return partial(english().money, currency=currency)


def days_as(days: pd.Series, pattern: str) -> list[str]:
    """Write days by a pattern of CLDR; a dash where one is missing."""
    return [english().format_field(day, pattern) for day in days]


def show_arr(table: pd.DataFrame, currency: str | None) -> Display:
    """Return ARR by month as a line."""
    labels = days_as(table["day"], MONTH)
    return Display("ARR", table, lambda ax: draw_arr(ax, table, amounts(currency), labels))


def show_bridge(table: pd.DataFrame, currency: str | None) -> Display:
    """Return the bridges of all quarters; the last one is drawn."""
    last = table.iloc[-1]
    quarter = english().format_field(last["quarter_from"], MONTH)
    parts = bridge_parts(last).assign(label=lambda rows: rows["part"].str.replace("_", " "))
    title = f"ARR bridge, drawn for the quarter from {quarter}"
    return Display(
        title, table, lambda ax: draw_bridge(ax, parts, amounts(currency)), size=(7.0, 0.6 + 0.3 * len(parts))
    )


def show_renewals(table: pd.DataFrame, currency: str | None) -> Display:
    """Return renewals by month and quarter; drawn are the quarters, terms of over two months."""
    drawn = table[(table["period"] == "quarter") & ~table["is_monthly"]]
    drawn = drawn.assign(label=days_as(drawn["period_from"], MONTH))
    draw = None if drawn["due_arr"].isna().all() else lambda ax: draw_renewals(ax, drawn, amounts(currency))
    return Display("Renewals", table, draw, size=(8.0, 3.4))


def show_ahead(table: pd.DataFrame, tiers: Sequence[float], currency: str | None) -> Display:
    """Return the calendar of renewals to come, coloured by risk."""
    labelled = table.assign(label=days_as(table["begins_on"], "d MMM"))
    names = [f"under {tiers[0]:.0%}", *(f"from {limit:.0%}" for limit in tiers)] if tiers else ["all"]
    draw = partial(draw_calendar, frame=labelled, tiers=tiers, amount=amounts(currency), tier_labels=names)
    return Display("Renewals ahead, and the mean probability of leaving", table, draw, size=(8.4, 3.2))


def show_announced(table: pd.DataFrame, currency: str | None) -> Display:
    """Return announced losses by month."""
    labelled = table.assign(label=days_as(table["month"], MONTH))
    draw = None if table.empty else lambda ax: draw_announced(ax, labelled, amounts(currency))
    return Display("Announced losses, by the month in which they end", table, draw)
