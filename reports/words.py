"""Numbers into words: how counts, shares, p values and dates are written, and the sentences that depend on results."""

import math
from collections.abc import Callable

import pandas as pd

from analysis.contest.verdicts import FamilyVerdict, GainVerdict, Leadership, LeaderVerdict
from analysis.errors import Obstacle
from analysis.evaluation.selection import Lead
from analysis.inference.drift import Drift, DriftVerdict
from reports.content import Summary

Text = Callable[..., str]
MINUS = "\N{MINUS SIGN}"
GAINS = {Lead.BETTER: "short.gain", Lead.NO_DIFFERENCE: "short.no_gain", Lead.WORSE: "short.loss"}


def count(value: float) -> str:
    """Write a whole number with thousands separated; a dash where it is missing."""
    return "–" if pd.isna(value) else f"{int(value):,}"


def share(value: float, digits: int = 1) -> str:
    """Write a share as a percentage; a dash where it is missing."""
    return "–" if pd.isna(value) else f"{value:.{digits}%}"


def number(value: float, digits: int = 2) -> str:
    """Write a number with fixed decimals, a true minus sign (also of what rounds to zero from below), or a dash."""
    if pd.isna(value):
        return "–"
    if digits == 0:
        value = round(value)
    return f"{value + 0.0:,.{digits}f}".replace("-", MINUS)


def ratio(log_ratio: float) -> str:
    """Write the hazard ratio of a log hazard ratio; a dash where it is missing."""
    return "–" if pd.isna(log_ratio) else number(math.exp(log_ratio))


def p_value(value: float) -> str:
    """Write a p value as statisticians read it."""
    if pd.isna(value):
        return "–"
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def day(value: pd.Timestamp) -> str:
    """Write a date."""
    return f"{value:%Y-%m-%d}"


def span(text: Text, low: float, high: float, digits: int = 2) -> str:
    """Write an interval."""
    return text("list.span", low=number(low, digits), high=number(high, digits))


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
                expected=number(quoted.expected, 0),
                at_risk=count(standpoint.n_at_risk),
                landmark=standpoint.landmark,
                horizon_end=standpoint.horizon_ends_on,
                low=count(quoted.low),
                high=count(quoted.high),
            )
        )
    if summary.no_forecast:
        sentences.append(text("short.no_forecast", reason=obstacle_in_words(text, summary.no_forecast)))
    if not summary.known_leavers.empty:
        sentences.append(text("short.known_leavers", number=count(len(summary.known_leavers))))
    if summary.last:
        sentences.append(
            text(
                "short.last",
                churned=count(summary.last.churned),
                at_start=count(summary.last.at_start),
                rate=share(summary.last.rate),
            )
        )
    if summary.skill:
        ranking = summary.skill.ranking
        sentences.append(text("short.skill", folds=count(ranking.n_folds), auc=share(ranking.estimate, 0)))
    if summary.contest:
        verdicts = summary.contest.verdicts
        sentences += [family_sentence(text, verdict, labels[verdict.family]) for verdict in verdicts.families]
        sentences.append(gain_sentence(text, verdicts.gain))
        if verdicts.leader.leadership is not Leadership.NOT_ASKED:
            sentences.append(leader_sentence(text, verdicts.leader, labels))
    elif summary.no_contest and not summary.no_forecast:
        sentences.append(text("short.no_contest", reason=obstacle_in_words(text, summary.no_contest)))
    if unmeasured:
        tables = list(dict.fromkeys(table for needed in unmeasured.values() for table in needed))
        comma = text("list.comma")
        names = comma.join(labels[family] for family in unmeasured)
        sentences.append(text("short.not_measured", families=names, tables=comma.join(tables)))
    return sentences


def family_sentence(text: Text, verdict: FamilyVerdict, label: str) -> str:
    """Say what is shown of a family: association, gain to the forecast (Cox model), both or neither."""
    return text(f"short.family_{verdict.standing}", family=label, p=p_value(verdict.p_value))


def leader_sentence(text: Text, verdict: LeaderVerdict, labels: dict[str, str]) -> str:
    """Say which family leads, and whether it is shown to matter more than the next."""
    if verdict.leadership is Leadership.NONE:
        return text("short.no_leader")
    key = "short.leader" if verdict.leadership is Leadership.CLEAR else "short.leader_unsure"
    return text(key, family=labels[verdict.family], second=labels[verdict.second])


def gain_sentence(text: Text, verdict: GainVerdict) -> str:
    """Say whether all families together forecast better than the contract alone, on the same accounts."""
    if verdict.lead is None:
        return text("short.no_gain_measured")
    return text(
        GAINS[verdict.lead],
        estimate=number(verdict.estimate, 1),
        low=number(verdict.conf_low, 1),
        high=number(verdict.conf_high, 1),
    )


def drift_sentence(text: Text, verdict: DriftVerdict, names: dict[str, str]) -> str:
    """Say whether hazard ratios are shown to change over the lifetime, and which."""
    p = p_value(verdict.p_value)
    if verdict.drift is Drift.OF_COLUMNS:
        return text("families.drifting", covariates=text("list.semicolon").join(names[t] for t in verdict.terms), p=p)
    return text("families.drifting_together" if verdict.drift is Drift.TOGETHER else "families.no_drift", p=p)


def obstacle_in_words(text: Text, obstacle: Obstacle) -> str:
    """Say what stands in the way of a result."""
    return text(f"obstacle.{obstacle.why}", **{name: _value(text, name, v) for name, v in obstacle.values.items()})


def _value(text: Text, name: str, value: object) -> object:
    """Write a value of an obstacle: obstacles and names in words, dates as messages take them."""
    if isinstance(value, Obstacle):
        return obstacle_in_words(text, value)
    if isinstance(value, tuple):
        remarks = [obstacle_in_words(text, entry) for entry in value if isinstance(entry, Obstacle)]
        return " ".join(remarks) if remarks else text("list.comma").join(value)
    if name == "model":
        return text(f"model.{value}")
    return count(value) if isinstance(value, int) else value
