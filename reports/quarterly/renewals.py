"""The section on renewals: what falls due by week, coloured by risk, and what became of what fell due before."""

import itertools
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.figures.money import draw_calendar, draw_renewals
from analysis.figures.style import as_svg
from analysis.money.brief import MoneyBrief
from analysis.money.renewals import hide_small_periods
from analysis.money.summed import last_final_quarter
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark
from analysis.workbench import Workbench

MOST_QUARTERS = 8


@dataclass(frozen=True, slots=True)
class RenewalsContent:
    """What falls due, and what fell due before.

    Attributes
    ----------
    no_terms, no_prices, no_forecast
        Why nothing is known of terms, of money, of risk; None where it is.
    brief
        What falls due by the end of the horizon, in sum.
    horizon_ends_on
        Its last day.
    calendar
        As `analysis.money.frames.AHEAD`.
    quarters
        The last ones, as `analysis.money.frames.RENEWALS` with small ones hidden; terms of over two months.
    monthly
        The same of terms of at most two months.
    last
        The last quarter of which no renewal is open, shown or not; None where there is none.
    tiers, min_cell
        Of the study.
    """

    no_terms: Remark | None
    no_prices: Remark | None
    no_forecast: Remark | None
    brief: MoneyBrief
    horizon_ends_on: pd.Timestamp
    calendar: pd.DataFrame
    quarters: pd.DataFrame
    monthly: pd.DataFrame
    last: pd.Series | None
    tiers: tuple[float, ...]
    min_cell: int


def collect_renewals(tenure: Workbench) -> RenewalsContent:
    """Ask for all that the section says."""
    money, report = tenure.money, tenure.study.report
    told = money.renewals().table if money.no_terms is None else pd.DataFrame(columns=["period", "is_monthly"])
    quarters = told[told["period"] == "quarter"]
    is_monthly = quarters["is_monthly"].astype(bool)
    shown, monthly = (
        hide_small_periods(rows, report.min_cell).tail(MOST_QUARTERS) if len(rows) else rows
        for rows in (quarters[~is_monthly], quarters[is_monthly])
    )
    last = last_final_quarter(shown) if len(shown) else None
    return RenewalsContent(
        no_terms=money.no_terms,
        no_prices=money.obstacle,
        no_forecast=tenure.no_forecast,
        brief=money.brief,
        horizon_ends_on=money.horizon_ends_on,
        calendar=money.renewals_ahead().table if money.no_terms is None else pd.DataFrame(columns=["is_hidden"]),
        quarters=shown,
        monthly=monthly,
        last=last,
        tiers=tuple(report.risk_tiers),
        min_cell=report.min_cell,
    )


def renewals_in_words(content: RenewalsContent, t: Catalogue) -> dict[str, Any]:
    """Return what the template of the section is filled in with: sentences, lines and pictures."""
    if content.no_terms is not None:
        nothing: dict[str, Any] = {"renewals_notes": [], "renewals_figures": {}, "renewals_monthly": ""}
        said = [content.no_terms.in_words(t)]
        return {"renewals_said": said, "renewal_quarters": [], "renewal_weeks": []} | nothing
    money = partial(t.money, currency=content.brief.currency)
    return {
        "renewals_said": _said(content, t),
        "renewals_notes": _notes(content, t),
        "renewals_figures": _figures(content, t),
        "renewal_quarters": _lines(content.quarters) if _is_told(content.quarters) else [],
        "renewal_weeks": _lines(content.calendar) if _shows_some(content.calendar) else [],
        "renewals_money": money,
        "renewals_monthly": _monthly(content, t),
    }


def _said(content: RenewalsContent, t: Catalogue) -> list[str]:
    brief, last = content.brief, content.last
    due = {"number": brief.renewals_due, "day": content.horizon_ends_on}
    amount = brief.renewals_due_arr
    if brief.hides_renewals:
        said = [t("renewals.few_due", cell=content.min_cell, day=content.horizon_ends_on)]
    elif not brief.renewals_due:
        said = [t("renewals.none_due", day=content.horizon_ends_on)]
    elif amount is None:
        said = [t("renewals.due_unpriced", **due)]
    else:
        said = [t("renewals.due", amount=t.money(amount, brief.currency), **due)]
    if last is None:
        return [*said, t("renewals.no_rate", cell=content.min_cell)]
    values = {
        "start": last["period_from"],
        "due": int(last["due"]),
        "renewed": int(last["renewed"]),
        "rate": last["rate"],
    }
    if last["arr_rate"] == last["arr_rate"]:
        return [*said, t("renewals.last_rate_money", arr_rate=last["arr_rate"], **values)]
    return [*said, t("renewals.last_rate", **values)]


def _notes(content: RenewalsContent, t: Catalogue) -> list[str]:
    notes = [] if _is_told(content.quarters) else [t("renewals.past_hidden", cell=content.min_cell)]
    notes.append(t("renewals.rule"))
    if content.no_prices is not None:
        notes.append(content.no_prices.in_words(t))
    if content.no_forecast is not None:
        notes.append(t("renewals.no_risk", reason=content.no_forecast.in_words(t)))
    unpriced = content.calendar["unpriced"].sum()
    if unpriced and content.no_prices is None:
        notes.append(t("renewals.unpriced", number=int(unpriced)))
    return notes


def _monthly(content: RenewalsContent, t: Catalogue) -> str:
    """Say how terms of a month or two were renewed: they fall due so often that they would drown the others."""
    last = last_final_quarter(content.monthly.assign(is_monthly=False)) if len(content.monthly) else None
    if last is None:
        return ""
    return t("renewals.monthly", start=last["period_from"], due=int(last["due"]), rate=last["rate"])


def _figures(content: RenewalsContent, t: Catalogue) -> dict[str, Markup]:
    money = partial(t.money, currency=content.brief.currency)
    found = {}
    calendar, quarters = content.calendar, content.quarters
    if content.no_prices is None and (calendar["arr"].fillna(0) + calendar["under_notice_arr"].fillna(0)).any():
        tiers, names = content.tiers, _tier_names(content.tiers, t)
        span = calendar["span"].iloc[0]
        labels = [t(f"renewals.tick_{span}", day=day) for day in calendar["begins_on"]]
        found["calendar"] = as_svg(
            "calendar", draw_calendar, size=(7.4, 3.0), alt=t(f"renewals.calendar_alt_{span}"),
            frame=calendar.assign(label=labels), tiers=tiers, amount=money, tier_labels=names,
            notice_label=t("renewals.under_notice"),
        )  # fmt: skip
    if content.no_prices is None and _is_told(quarters) and quarters["due_arr"].fillna(0).any():
        labels = [t("book.bar", start=day) for day in quarters["period_from"]]
        found["renewal_quarters"] = as_svg(
            "renewal_quarters", draw_renewals, size=(7.4, 2.9), alt=t("renewals.quarters_alt"),
            frame=quarters.assign(label=labels), amount=money, renewed_label=t("renewals.renewed"),
            lost_label=t("renewals.lost"), open_label=t("renewals.open"),
        )  # fmt: skip
    return {name: Markup(svg) for name, svg in found.items()}


def _tier_names(tiers: tuple[float, ...], t: Catalogue) -> list[str]:
    if not tiers:
        return [t("outlook.accounts")]
    limits = [t.share(limit, 0) for limit in tiers]
    between = [t("outlook.tier_middle", low=low, high=high) for low, high in itertools.pairwise(limits)]
    return [t("outlook.tier_low", high=limits[0]), *between, t("outlook.tier_high", low=limits[-1])]


def _shows_some(calendar: pd.DataFrame) -> bool:
    """Tell whether some week or month with accounts can be shown."""
    return bool((calendar["accounts"].fillna(0) + calendar["under_notice"].fillna(0)).any())


def _is_told(quarters: pd.DataFrame) -> bool:
    """Tell whether half of the quarters at least can be shown."""
    return len(quarters) > 0 and float(quarters["is_hidden"].mean()) <= 1 / 2


def _lines(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))
