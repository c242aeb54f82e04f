"""The sentence: an account in a sentence of facts, since when, what it pays, how it ended or when it can."""

import pandas as pd

from analysis.story.told import Told
from analysis.wording.remarks import english

ENDINGS = {"churn": "left", "involuntary": "ended for want of payment", "merged": "was merged into another account"}


def sentence(told: Told, currency: str | None, *, is_named: bool) -> str:
    """Return what an account is, in one sentence.

    Parameters
    ----------
    told
        What is known of it.
    currency
        Of its prices, if any.
    is_named
        Whether the study lets accounts be named.
    """
    name = told.stays["name"].iloc[0]
    who = f"{told.account_id} ({name})" if is_named and pd.notna(name) else told.account_id
    return f"{who}: " + "; ".join([*_stays(told), *_paid(told, currency), *_ahead(told), *_belongs(told)])


def _day(day: pd.Timestamp) -> str:
    return english().day(day)


def _stays(told: Told) -> list[str]:
    """Say since when it has been a customer, and how each stay ended."""
    if told.paid.empty:
        if told.begins_on is None:
            return ["never had a subscription"]
        return [f"on trial since {_day(told.begins_on)}, and never paid"]
    said = []
    trial = told.versions[told.versions["kind"] != "paid"]
    first = told.paid["origin"].iloc[0]
    if (trial["started_on"] < first).any():
        said.append(f"tried it from {_day(trial['started_on'].min())}")
    for number, stay in enumerate(told.paid.itertuples()):
        again = "again " if number else ""
        if pd.isna(stay.ended_on):
            said.append(f"a customer {again}since {_day(stay.origin)}")
            continue
        ending = ENDINGS.get(str(stay.cause), "left")
        notice = f" after notice on {_day(stay.notice_on)}" if pd.notna(stay.notice_on) else ""
        may_return = " (and may yet return)" if stay.is_provisional else ""
        said.append(f"a customer {again}from {_day(stay.origin)}")
        said.append(f"{ending} on {_day(stay.ended_on)}{notice}{may_return}")
    return said


def _paid(told: Told, currency: str | None) -> list[str]:
    """Say what it pays, or paid last."""
    if told.levels.empty:
        return []
    level = told.levels.iloc[-1]
    is_past = pd.notna(level["level_until"]) and level["level_until"] <= told.snapshot
    verb = "paid last" if is_past else "pays"
    price = "" if pd.isna(level["mrr"]) else f" {english().money(float(level['mrr']), currency)} a month"
    seats = "" if pd.isna(level["seats"]) else f" for {english().count(level['seats'])} seats"
    return [f"{verb}{price}{seats}"] if price or seats else []


def _ahead(told: Told) -> list[str]:
    """Say whether it is under notice, or by when it can leave."""
    if len(told.leaver):
        leaver = told.leaver.iloc[0]
        end = "" if pd.isna(leaver["ends_on"]) else f", to end on {_day(leaver['ends_on'])}"
        return [f"under notice since {_day(leaver['notice_on'])}{end}"]
    if told.terms.empty:
        return []
    terms = told.terms.iloc[0]
    if pd.isna(terms["renews_on"]):
        return ["no end of a term is known"]
    if pd.isna(terms["notice_by"]):
        return [f"its term ends on {_day(terms['renews_on'])}"]
    if terms["notice_by"] < told.snapshot:
        return [f"its term ends on {_day(terms['renews_on'])}, notice for it was due by {_day(terms['notice_by'])}"]
    return [f"can leave on {_day(terms['renews_on'])}, with notice by {_day(terms['notice_by'])}"]


def _belongs(told: Told) -> list[str]:
    """Say whose part it is."""
    first = told.stays.iloc[0]
    others = int(first["siblings"])
    number = f"{english().count(others)} other {'account' if others == 1 else 'accounts'}"
    if pd.notna(first["parent_account_id"]):
        return [f"part of {first['parent_account_id']}, with {number}"]
    return [f"parent of, or joined with, {number}"] if others else []
