"""Sentences that depend on results: what is shown of the families, the leader, the gain, the last quarter."""

import pandas as pd

from analysis.contest.verdicts import FamilyVerdict, GainVerdict, Leadership, LeaderVerdict
from analysis.evaluation.selection import Lead
from analysis.inference.drift import Drift, DriftVerdict
from analysis.lifetimes.labels import ALL, OTHER, UNKNOWN
from analysis.wording.catalogue import Catalogue
from reports.quarterly.content import Summary

Text = Catalogue
GAINS = {Lead.BETTER: "short.gain", Lead.NO_DIFFERENCE: "short.no_gain", Lead.WORSE: "short.loss"}


def group(text: Text, name: str) -> str:
    """Name a group of accounts; all that analysis does not itself call so has its name from the source."""
    return text(f"group.{name}") if name in (ALL, OTHER, UNKNOWN) else name


def quarter_label(text: Text, landmark: pd.Timestamp, fiscal_year_start_month: int) -> str:
    """Name the fiscal quarter that ends on the day before the landmark, with its months."""
    last = landmark - pd.Timedelta(days=1)
    first = (last - pd.DateOffset(months=(last.month - fiscal_year_start_month) % 3)).replace(day=1)
    months = (first.month - fiscal_year_start_month) % 12
    return text("quarter.label", number=months // 3 + 1, first=first, last=first + pd.DateOffset(months=2))


def in_short(text: Text, summary: Summary, labels: dict[str, str], unmeasured: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the sentences that a reader in a hurry takes away; each follows from the numbers by rule."""
    sentences = []
    if summary.reading:
        quoted, standpoint = summary.reading.quoted, summary.standpoint
        sentences.append(
            text(
                "short.outlook",
                expected=round(quoted.expected),
                at_risk=standpoint.n_at_risk,
                landmark=standpoint.landmark,
                horizon_end=standpoint.horizon_ends_on,
                low=quoted.low,
                high=quoted.high,
            )
        )
    if summary.no_forecast:
        sentences.append(text("short.no_forecast", reason=summary.no_forecast))
    if not summary.known_leavers.empty:
        sentences.append(text("short.known_leavers", number=len(summary.known_leavers)))
    if summary.last:
        sentences.append(
            text(
                "short.last",
                churned=summary.last.churned,
                at_start=summary.last.at_start,
                rate=text.share(summary.last.rate),
            )
        )
    if summary.skill:
        ranking = summary.skill.ranking
        sentences.append(text("short.skill", folds=ranking.n_folds, auc=text.share(ranking.estimate, 0)))
    if summary.contest:
        verdicts = summary.contest.verdicts
        model = text(f"model.{verdicts.quoted}")
        sentences += [family_sentence(text, verdict, labels[verdict.family], model) for verdict in verdicts.families]
        sentences.append(gain_sentence(text, verdicts.gain, model))
        if verdicts.leader.leadership is not Leadership.NOT_ASKED:
            sentences.append(leader_sentence(text, verdicts.leader, labels, model))
    elif summary.no_contest and not summary.no_forecast:
        sentences.append(text("short.no_contest", reason=summary.no_contest))
    if unmeasured:
        tables = list(dict.fromkeys(table for needed in unmeasured.values() for table in needed))
        names = [labels[family] for family in unmeasured]
        sentences.append(text("short.not_measured", families=names, tables=tables))
    return sentences


def family_sentence(text: Text, verdict: FamilyVerdict, label: str, model: str) -> str:
    """Say what is shown of a family: association (time-varying Cox), leaning of the quoted forecast, or neither."""
    return text(f"short.family_{verdict.standing}", family=label, model=model, p=text.p_value(verdict.p_value))


def leader_sentence(text: Text, verdict: LeaderVerdict, labels: dict[str, str], model: str) -> str:
    """Say which family leads in the quoted forecast, and whether it is shown to matter more than every other."""
    if verdict.leadership is Leadership.NONE:
        return text("short.no_leader")
    key = "short.leader" if verdict.leadership is Leadership.CLEAR else "short.leader_unsure"
    return text(
        key,
        family=labels[verdict.family],
        second=labels[verdict.second],
        model=model,
        estimate=text.number(verdict.estimate, 1),
        span=text.span(verdict.conf_low, verdict.conf_high, 1),
        p=text.p_value(verdict.p_value),
    )


def gain_sentence(text: Text, verdict: GainVerdict, model: str) -> str:
    """Say whether the quoted forecast is better than that of the contract alone, on the same accounts."""
    if verdict.lead is None:
        return text("short.no_gain_measured")
    return text(
        GAINS[verdict.lead],
        model=model,
        estimate=text.number(verdict.estimate, 1),
        low=text.number(verdict.conf_low, 1),
        high=text.number(verdict.conf_high, 1),
    )


def drift_sentence(text: Text, verdict: DriftVerdict, names: dict[str, str]) -> str:
    """Say whether hazard ratios are shown to change over the lifetime, and which."""
    p = text.p_value(verdict.p_value)
    if verdict.drift is Drift.OF_COLUMNS:
        return text("families.drifting", covariates=[names[term] for term in verdict.terms], p=p)
    return text("families.drifting_together" if verdict.drift is Drift.TOGETHER else "families.no_drift", p=p)
