"""The accounts to act on in words: a line for each, the promise, the record, what is suggested, and who leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.declared.actions import HIGH, LOW, NO_FAMILY
from analysis.forecast.before import Change
from analysis.forecast.call_list import Notice
from analysis.forecast.first_accounts import FirstAccounts
from analysis.wording.catalogue import Catalogue
from reports.quarterly.accounts import ToActOn
from reports.quarterly.reasons import ReasonLine, reason_lines
from reports.quarterly.sentences import group, quarter_label

Text = Catalogue
QUARTER = pd.DateOffset(months=3)
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
    renews: str
    renews_day: str
    renews_value: str
    reasons: tuple[ReasonLine, ...]
    action: str


def accounts_in_words(
    content: ToActOn, text: Catalogue, labels: Mapping[str, str], file: str, fiscal_year_start_month: int
) -> dict[str, Any]:
    """Return what the template of the section asks for.

    Parameters
    ----------
    content
        What is said.
    text
        The language.
    labels
        Of covariates, by name.
    file
        Name of the list of all accounts.
    fiscal_year_start_month
        By which quarters have their names.
    """
    first = content.first
    return {
        "to_act_on": content,
        "account_lines": [_line(content, first, row, text, labels) for row in first.accounts.itertuples()]
        if first and content.is_named
        else [],
        "account_order": order(content, text, file),
        "account_sentences": [*promise(content, text), *record(content, text, fiscal_year_start_month)],
        "account_notes": notes(content, text),
        "action_table": action_table(content, text),
        "leaver_sentences": leaver_sentences(content, text),
    }


def order(content: ToActOn, text: Catalogue, file: str) -> str:
    """Say in which order the first accounts stand, and where all are."""
    first = content.first
    if first is None:
        return ""
    said = [
        text(
            "accounts.order_loss" if first.is_by_loss else "accounts.order_probability",
            number=len(first.accounts),
            file=file,
        )
    ]
    if first.is_by_loss and first.n_without_price:
        said.append(text("accounts.without_price", number=first.n_without_price))
    return text.listed(said, "list.sentences")


def promise(content: ToActOn, text: Catalogue) -> list[str]:
    """Say what is expected of the first accounts together; nothing of fewer than may be shown."""
    first = content.first
    if first is None or (len(first.accounts) < content.report.min_cell and not content.is_named):
        return []
    count = first.expected
    said = [
        text(
            "accounts.promise",
            number=len(first.accounts),
            expected=text.number(count.expected, 0 if count.expected >= 10 else 1),
            low=count.low,
            high=count.high,
            horizon_end=content.standpoint.horizon_ends_on,
        )
    ]
    if first.loss:
        wide = first.loss.intervals[-1]
        sums = {"arr": first.loss.at_stake, "expected": first.loss.expected, "low": wide.low, "high": wide.high}
        said.append(
            text("accounts.promise_loss", **{name: text.money(one, content.currency) for name, one in sums.items()})
        )
    return [text.listed(said, "list.sentences")]


def record(content: ToActOn, text: Catalogue, fiscal_year_start_month: int) -> list[str]:
    """Say how many of as many accounts left in the last settled quarter."""
    flagged = content.flagged
    if content.first is None:
        return []
    if flagged is None:
        return [text("accounts.no_record")]
    quarter = quarter_label(text, flagged.landmark + QUARTER, fiscal_year_start_month)
    if flagged.flagged is None:
        return [text("accounts.record_hidden", quarter=quarter, cell=content.report.min_cell)]
    left = {"left": flagged.left, "chance": flagged.left_by_chance}
    if flagged.versus != flagged.model:
        left["versus"] = flagged.left_by_versus
    numbers = {name: _left(text, number) for name, number in left.items()}
    key = "accounts.record" if "versus" in numbers else "accounts.record_alone"
    return [text(key, quarter=quarter, flagged=flagged.flagged, **numbers)]


def notes(content: ToActOn, text: Catalogue) -> list[str]:
    """Say what the columns mean, and what these data do not tell."""
    first = content.first
    if first is None:
        return []
    said = [text("accounts.note", peers=content.n_peers)]
    if content.before is None:
        said.append(text("accounts.no_before"))
    else:
        said.append(text("accounts.changes", day=content.before))
    if "term_ends_on" not in content.knows:
        said.append(text("accounts.no_terms"))
    elif "notice_period_days" not in content.knows:
        said.append(text("accounts.no_periods"))
    if content.no_prices:
        said += [content.no_prices.in_words(text), text("accounts.by_probability_alone")]
    elif "arr" not in first.accounts:
        said += [text("accounts.no_price_known"), text("accounts.by_probability_alone")]
    if content.kept_first is not None:
        said.append(text("accounts.kept_first", kept=content.kept_first, refits=content.n_refits))
    return said


def tier_label(content: ToActOn, text: Catalogue, tier: str) -> str:
    """Name a tier by its limits."""
    limits = content.report.risk_tiers
    if not limits:
        return text("accounts.any_risk")
    low, high = text.share(limits[0], 0), text.share(limits[-1], 0)
    if tier == HIGH:
        said = text("outlook.tier_high", low=high)
    elif tier == LOW:
        said = text("outlook.tier_low", high=low)
    else:
        said = text("outlook.tier_middle", low=low, high=high)
    return text("accounts.at_risk_of", tier=said)


def action_table(content: ToActOn, text: Catalogue) -> dict[str, Any]:
    """Return what is suggested for each family and tier: the heads of the columns, and the rows."""
    return {
        "tiers": [tier_label(content, text, tier) for tier in content.tiers],
        "rows": [
            (family, [content.actions[family, tier].says(text.language) for tier in content.tiers])
            for family in (*content.families, NO_FAMILY)
        ],
        "says": text("accounts.actions_recorded" if content.knows_interventions else "accounts.actions_untold"),
    }


def leaver_sentences(content: ToActOn, text: Catalogue) -> list[str]:
    """Say how many have given notice, and what they pay."""
    if "notice_on" not in content.knows:
        return [text("accounts.no_notice")]
    found = content.leavers
    number = len(found.accounts)
    if number == 0:
        return [text("accounts.nobody_leaves")]
    said = [text("accounts.leavers", number=number)]
    is_told = content.is_named or number >= content.report.min_cell
    if found.arr is not None and is_told:
        said.append(text("accounts.leavers_arr", arr=text.money(found.arr, content.currency)))
        if found.n_without_price:
            said.append(text("accounts.leavers_without_price", number=found.n_without_price))
    return said


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
        renews="" if pd.isna(dates["renews_on"]) else text("accounts.renews", day=dates["renews_on"]),
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


def _left(text: Text, number: float | None) -> str:
    """Write how many left: whole where risks do not tie at the limit."""
    assert number is not None
    return text.number(number, 0 if float(number).is_integer() else 1)
