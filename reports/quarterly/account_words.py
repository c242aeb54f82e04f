"""The accounts to act on in words: the order, the promise, the record, what is suggested, and who leaves."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.declared.actions import HIGH, LOW, NO_FAMILY
from analysis.wording.catalogue import Catalogue
from reports.evaluation.sentences import how_many_left
from reports.quarterly.account_lines import account_lines
from reports.quarterly.accounts import ToActOn
from reports.quarterly.sentences import quarter_label

QUARTER = pd.DateOffset(months=3)


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
    return {
        "to_act_on": content,
        "account_lines": account_lines(content, text, labels),
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
    numbers = {name: how_many_left(text, number) for name, number in left.items()}
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
