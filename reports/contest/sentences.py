"""Sentences of a contest that depend on results: which family matters, by how much, and how sure that is."""

from collections.abc import Mapping

import pandas as pd

from analysis.contest.ranking import FamilyWorth, Rank, Ranking
from analysis.inference.joint_tests import SHOWN
from analysis.wording.catalogue import Catalogue
from reports.contest.content import Compared

Text = Catalogue


def in_short(text: Text, found: Compared, labels: Mapping[str, str]) -> list[str]:
    """Return the sentences that a reader in a hurry takes away; each follows from the numbers by rule."""
    ranking = found.ranking
    said = [rank_sentence(text, ranking, labels), *(worth_sentence(text, one, labels) for one in ranking.families)]
    if ranking.rank is not Rank.ALONE:
        span = text.span(ranking.total_low, ranking.total_high, 1)
        key = "contest.total_some" if ranking.total_low > 0 else "contest.total_none"
        said.append(text(key, estimate=text.number(ranking.total, 1), span=span))
    if found.not_measured:
        names = [labels[name] for name in found.not_measured]
        said.append(text("contest.not_measured", families=text.listed(names, "and"), number=len(names)))
    return said


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
        text("contest.differ", family=labels[str(line.family)], p=text.p_value(float(line.adjusted_p_value)))
        for line in differences.itertuples()
        if float(line.adjusted_p_value) < SHOWN
    ]
    return found or [text("contest.same")]
