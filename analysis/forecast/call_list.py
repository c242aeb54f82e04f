"""Call list: every account at risk, the most likely to leave first, beside what a person who calls it wants to know."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.actions import NO_FAMILY, risk_tier
from analysis.declared.schema import Kind
from analysis.declared.study_parts import Report
from analysis.forecast.about import About
from analysis.forecast.before import Before, changes, is_due, ranks
from analysis.forecast.frames import CALL_LIST
from analysis.forecast.outlook import Forecast
from analysis.forecast.past_quarters import yearly_prices
from analysis.forecast.reasons import Explanation

TOLD = ("seats", "term", "days_to_renewal")
"""Covariates that are told of each account, where these data measure them."""
SHARE = "share_"
"""What the columns with the families' shares begin with."""


class Notice(StrEnum):
    """What is known of the last day on which notice for the current term can be given."""

    AHEAD = "ahead"
    PASSED = "passed"
    NO_PERIOD = "no_period"
    """The source gives no notice period for the term."""
    NO_TERM = "no_term"
    """No term is known to end."""


def ranked_accounts(forecast: Forecast) -> pd.DataFrame:
    """Return the accounts of a forecast, the most likely to leave first; of equals, by name."""
    return forecast.accounts.sort_values([forecast.headline, "account_id"], ascending=[False, True], ignore_index=True)


def call_list(forecast: Forecast, landmarks: pd.DataFrame, about: About, report: Report) -> pd.DataFrame:
    """Describe every account of a forecast.

    Parameters
    ----------
    forecast
        Made from the last of the landmarks.
    landmarks
        All landmark rows.
    about
        What else is known of the accounts.
    report
        The study's: where tiers of risk begin, and how many accounts are the first.

    Returns
    -------
    DataFrame
        As `CALL_LIST`, and a column for the share of each family.
    """
    ranked = ranked_accounts(forecast)
    now = landmarks[landmarks["risk_date"] == forecast.landmark].set_index("lifetime_id")
    explained = pd.Series(list(forecast.explanations.accounts), index=forecast.accounts["lifetime_id"], dtype=object)
    why = [explained[lifetime] for lifetime in ranked["lifetime_id"]]
    account, probability = ranked["account_id"], ranked[forecast.headline].to_numpy(np.float64)
    described = pd.DataFrame({"account_id": account, "rank": ranks(probability), "probability": probability})
    described["tier"] = [risk_tier(one, report.risk_tiers) for one in probability]
    prices = pd.Series(yearly_prices(now), index=now.index).reindex(ranked["lifetime_id"]).to_numpy(np.float64)
    if about.is_priced and not np.isnan(prices).all():
        described["arr"] = prices
        described["expected_loss"] = probability * prices
        described["rank_by_loss"] = ranks(probability * prices)
    if about.segments is not None:
        described["segment"] = account.map(about.segments)
    if about.owners is not None:
        described["owner"] = account.map(about.owners)
    for name in TOLD:
        if name in now:
            described[name] = ranked["lifetime_id"].map(now[name])
    if about.terms is not None:
        _tell_terms(described, about.terms, forecast.stands_on)
    if about.before is not None:
        due = pd.Series(is_due(now), index=now.index).reindex(ranked["lifetime_id"]).to_numpy(bool)
        _tell_changes(described, ranked["lifetime_id"], due, about.before, report.capacity)
    return _with_reasons(described, why)


def is_by_loss(calls: pd.DataFrame) -> bool:
    """Say whether accounts are put in order by what is expected to be lost: where most prices are known.

    Parameters
    ----------
    calls
        As `CALL_LIST`.
    """
    return "rank_by_loss" in calls and bool(2 * calls["rank_by_loss"].notna().sum() >= len(calls))


def in_order_to_act(calls: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts with the largest expected loss first where most prices are known, else the likeliest first.

    Those without a price follow, the likeliest first.

    Parameters
    ----------
    calls
        As `CALL_LIST`, in its order.
    """
    if not is_by_loss(calls):
        return calls
    return calls.sort_values("rank_by_loss", kind="stable", na_position="last", ignore_index=True)


def _tell_terms(described: pd.DataFrame, terms: pd.DataFrame, stands_on: pd.Timestamp) -> None:
    """Add when terms end, and until when notice can be given."""
    own = terms.reindex(described["account_id"])
    renews_on, notice_by = pd.to_datetime(own["renews_on"]), pd.to_datetime(own["notice_by"])
    described["renews_on"], described["notice_by"] = renews_on.to_numpy(), notice_by.to_numpy()
    cases = [renews_on.isna(), notice_by.isna(), notice_by < stands_on]
    described["notice"] = np.select(cases, [Notice.NO_TERM, Notice.NO_PERIOD, Notice.PASSED], Notice.AHEAD)


def _tell_changes(
    described: pd.DataFrame, lifetimes: pd.Series, due: NDArray[np.bool_], before: Before, first: int
) -> None:
    """Add what was forecast of the same lifetimes before, and what has changed."""
    by = "loss" if is_by_loss(described) else "probability"
    earlier = before.accounts.assign(rank=ranks(before.accounts[by].to_numpy(np.float64)))
    own = earlier.set_index("lifetime_id").reindex(lifetimes)
    described["probability_before"] = own["probability"].to_numpy()
    described["rank_before"] = own["rank"].to_numpy()
    place = described["rank_by_loss" if by == "loss" else "rank"].to_numpy(np.float64)
    described["change"] = changes(
        described["probability"].to_numpy(), place, own["probability"].to_numpy(), own["rank"].to_numpy(), first
    )
    described["comes_due"] = due & (own["is_due"] == False).to_numpy(bool)  # noqa: E712  # of none who was not there


def _with_reasons(described: pd.DataFrame, why: Sequence[Explanation | None]) -> pd.DataFrame:
    families = list(dict.fromkeys(family for one in why if one for family, _ in one.shares))
    told = described.assign(
        family=[one.reasons[0].family if one and one.reasons else NO_FAMILY for one in why],
        peers=[one.peers if one else None for one in why],
    )
    for family in families:
        told[SHARE + family] = [dict(one.shares)[family] if one else None for one in why]
    told["reasons"] = [one.reasons if one else () for one in why]
    shares = [SHARE + family for family in families]
    return CALL_LIST.with_each(shares, Kind.NUMBER, "what the family adds to its peers' mean", True).checked(told)
