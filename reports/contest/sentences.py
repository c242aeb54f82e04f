"""Sentences of a contest that depend on results: which family matters, by how much, and how sure that is."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.contest.ranking import FamilyWorth, Rank, Ranking
from analysis.contest.risk_difference import Shown
from analysis.inference.joint_tests import SHOWN
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark
from reports.contest.content import Compared

Text = Catalogue


def in_short(text: Text, found: Compared, labels: Mapping[str, str], currency: str | None = None) -> list[str]:
    """Return the sentences that a reader in a hurry takes away; each follows from the numbers by rule."""
    ranking = found.ranking
    said = [rank_sentence(text, ranking, labels), *family_sentences(text, found, labels, currency)]
    if ranking.rank is not Rank.ALONE:
        span = text.span(ranking.total_low, ranking.total_high, 1)
        key = "contest.total_some" if ranking.total_low > 0 else "contest.total_none"
        said.append(text(key, estimate=text.number(ranking.total, 1), span=span))
    return said


def silent_sentences(text: Text, found: Compared, labels: Mapping[str, str]) -> list[str]:
    """Say of which families nothing is said, for they are not measured; nothing where all are."""
    names = [labels[name] for name in found.not_measured]
    return [text("contest.not_measured", families=text.listed(names, "and"), number=len(names))] if names else []


def family_sentences(text: Text, found: Compared, labels: Mapping[str, str], currency: str | None = None) -> list[str]:
    """Say of each family what it is worth, and what it makes out among the accounts at risk, as they rank."""
    differences = found.differences
    by_family = {} if isinstance(differences, Remark) else differences.table.set_index("family").to_dict("index")
    said = []
    for one in found.ranking.families:
        line = by_family.get(one.family)
        both = [worth_sentence(text, one, labels), *([points_sentence(text, line, currency)] if line else [])]
        said.append(text.listed(both, "list.sentences"))
    return said


def points_sentence(text: Text, line: Mapping[str, Any], currency: str | None = None) -> str:
    """Say by how many points of churn the ends of a family differ, and what that comes to; or that it is not shown.

    Parameters
    ----------
    text
        The language.
    line
        Of `analysis.contest.effect_frames.RISK_DIFFERENCES`, by name.
    currency
        Of what accounts pay.
    """
    if line["shown"] == Shown.SILENT:
        return text("contest.says_silent")
    said = text(
        f"contest.says_{line['shown']}",
        points=text.number(abs(line["estimate"]) if line["shown"] == Shown.LESS else line["estimate"], 1),
        span=text.span(line["conf_low"], line["conf_high"], 1),
    )
    if line["shown"] != Shown.MORE:
        return said
    accounts = round(line["accounts"])
    if pd.isna(line["revenue"]):
        return text.listed([said, text("contest.in_accounts", accounts=accounts)], "list.sentences")
    revenue = text.money(line["revenue"], currency)
    return text.listed([said, text("contest.in_revenue", accounts=accounts, revenue=revenue)], "list.sentences")


def rank_sentence(text: Text, ranking: Ranking, labels: Mapping[str, str]) -> str:
    """Say which family comes first, or why none does."""
    leader = labels[ranking.families[0].family]
    if ranking.rank is Rank.UNORDERED:
        drivers = [labels[one.family] for one in ranking.drivers]
        return text("contest.rank_unordered", families=text.listed(drivers, "and"), number=len(drivers), leader=leader)
    return text(f"contest.rank_{ranking.rank}", family=leader, events=ranking.n_events)


def worth_sentence(text: Text, one: FamilyWorth, labels: Mapping[str, str]) -> str:
    """Say what a family is worth, whether that is shown, and whether other kinds of model agree."""
    said = text(
        f"contest.worth_{one.worth}",
        family=labels[one.family],
        estimate=text.number(one.estimate, 1),
        span=text.span(one.conf_low, one.conf_high, 1),
    )
    if not one.others:
        return said
    key = "contest.agree_all" if one.agreeing == one.others else "contest.agree_some"
    return text.listed([said, text(key, agreeing=one.agreeing, others=one.others)], "list.sentences")


def where_sentences(text: Text, differences: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """Say which families are not worth the same in all groups of a kind; or that none is shown to be so."""
    found = [
        text("contest.differ", family=labels[str(line.family)], p=float(line.adjusted_p_value))
        for line in differences.itertuples()
        if float(line.adjusted_p_value) < SHOWN
    ]
    return found or [text("contest.same")]
