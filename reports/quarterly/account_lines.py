"""Lines of the accounts to act on: each in words, with the numbers and days by which it is sorted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.forecast.before import Change
from analysis.forecast.call_list import Notice
from analysis.forecast.first_accounts import FirstAccounts
from analysis.wording.catalogue import Catalogue
from reports.quarterly.accounts import ToActOn
from reports.quarterly.reasons import ReasonLine, reason_lines
from reports.quarterly.sentences import group

LEAST_WRITTEN = 0.01
"""Smaller probabilities are said to be under it."""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in words, with the numbers and days by which its line is sorted; '' where there are none.

    Attributes
    ----------
    about
        Its owner, segment, seats and term, as far as they are known.
    rank, rank_by_loss
        Its place in the order that is not that of the lines.
    change, notice
        A message's name, for a sign beside it, and the words.
    """

    account: str
    about: tuple[str, ...]
    probability: str
    probability_value: str
    peers: str
    change: str
    change_says: str
    arr: str
    arr_value: str
    loss: str
    loss_value: str
    rank: str
    rank_by_loss: str
    notice: str
    notice_says: str
    notice_day: str
    notice_value: str
    renews_day: str
    renews_value: str
    reasons: tuple[ReasonLine, ...]
    action: str


def account_lines(content: ToActOn, text: Catalogue, labels: Mapping[str, str]) -> list[AccountLine]:
    """Return the lines of the first accounts; none where there is no forecast, or the study lets nobody be named.

    Parameters
    ----------
    content
        What is said.
    text
        The language.
    labels
        Of covariates, by name.
    """
    first = content.first
    if first is None or not content.is_named:
        return []
    return [_line(content, first, row, text, labels) for row in first.accounts.itertuples()]


def _line(content: ToActOn, first: FirstAccounts, row: Any, text: Catalogue, labels: Mapping[str, str]) -> AccountLine:
    priced = "arr" in first.accounts
    change, change_says = _change(row, text)
    notice, notice_says = _notice(content, row, text)
    dates = {name: getattr(row, name, pd.NaT) for name in ("notice_by", "renews_on")}
    return AccountLine(
        account=row.account_id,
        about=_about(row, text),
        probability=_share(row.probability, text),
        probability_value=f"{row.probability:.6f}",
        peers="" if pd.isna(row.peers) else text("accounts.its_peers", peers=_share(row.peers, text)),
        change=change,
        change_says=change_says,
        arr=text.money(row.arr, content.currency) if priced else "",
        arr_value=_number(row.arr) if priced else "",
        loss=text.money(row.expected_loss, content.currency) if priced else "",
        loss_value=_number(row.expected_loss) if priced else "",
        rank=_place(row.rank, text) if first.is_by_loss else "",
        rank_by_loss="" if first.is_by_loss else _place(getattr(row, "rank_by_loss", None), text),
        notice=notice,
        notice_says=notice_says,
        notice_day=text("accounts.on_day", day=dates["notice_by"]) if notice == Notice.PASSED else "",
        notice_value=_day(dates["notice_by"]),
        renews_day="" if pd.isna(dates["renews_on"]) else text("accounts.on_day", day=dates["renews_on"]),
        renews_value=_day(dates["renews_on"]),
        reasons=tuple(reason_lines(text, row.reasons, labels)),
        action=content.actions[row.family, row.tier].says(text.language),
    )


def _about(row: Any, text: Catalogue) -> tuple[str, ...]:
    """Return owner, segment, seats and term, as far as they are known."""
    said = []
    if not pd.isna(getattr(row, "owner", None)):
        said.append(text("accounts.owner", owner=row.owner))
    if not pd.isna(getattr(row, "segment", None)):
        said.append(group(text, row.segment))
    if not pd.isna(getattr(row, "seats", None)):
        said.append(text("accounts.seats_of", seats=int(row.seats)))
    if not pd.isna(getattr(row, "term", None)):
        said.append(text.level("term", row.term))
    return tuple(said)


def _change(row: Any, text: Catalogue) -> tuple[str, str]:
    """Return what has changed: its name, and the words."""
    change = getattr(row, "change", None)
    if change is None:
        return "", ""
    if change == Change.JOINED:
        return change, text("accounts.change_joined")
    before = _share(row.probability_before, text)
    place = None if pd.isna(row.rank_before) else int(row.rank_before)
    cause = "_due" if row.comes_due and change in (Change.NEW, Change.RISING) else ""
    return change, text(f"accounts.change_{change}{cause}", before=before, place=place)


def _notice(content: ToActOn, row: Any, text: Catalogue) -> tuple[str, str]:
    """Return what is known of the last day for notice: its name, and the words."""
    if "term_ends_on" not in content.knows:
        return "", ""
    if row.notice == Notice.NO_PERIOD and "notice_period_days" not in content.knows:
        return "", ""
    day = None if pd.isna(row.notice_by) else row.notice_by
    return row.notice, text(f"accounts.notice_{row.notice}", day=day)


def _share(probability: float, text: Catalogue) -> str:
    """Write a probability as leaders read it: of two digits at most, and none that rounds to zero."""
    if probability < LEAST_WRITTEN:
        return text("accounts.under", share=text.share(LEAST_WRITTEN, 0))
    return text.share(probability, 0 if probability >= 0.1 else 1)


def _place(rank: float | None, text: Catalogue) -> str:
    return "" if rank is None or pd.isna(rank) else text("accounts.place", place=int(rank))


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.2f}"


def _day(day: pd.Timestamp) -> str:
    return "" if pd.isna(day) else f"{day:%Y-%m-%d}"
