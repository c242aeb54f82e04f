"""Sentences that depend on results: what is shown of the families, the leader, the gain, the last quarter."""

import pandas as pd

from analysis.declared.factors import control_family
from analysis.lifetimes.labels import ALL, OTHER, UNKNOWN
from analysis.models.registry import CONTRACT_ONLY, COX
from analysis.wording.catalogue import Catalogue
from reports.content import Contest, Summary

Text = Catalogue
SHOWN = 0.05


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
    if summary.outlook:
        headline = summary.outlook.models.set_index("model").loc[summary.outlook.headline]
        sentences.append(
            text(
                "short.outlook",
                expected=round(headline["expected"]),
                at_risk=summary.n_at_risk,
                landmark=summary.landmark,
                horizon_end=summary.horizon_ends_on,
                low=int(headline["low"]),
                high=int(headline["high"]),
            )
        )
    if summary.no_forecast:
        sentences.append(text("short.no_forecast", reason=summary.no_forecast))
    if not summary.known_leavers.empty:
        sentences.append(text("short.known_leavers", number=len(summary.known_leavers)))
    last = last_quarter(summary)
    if last is not None:
        sentences.append(
            text(
                "short.last",
                churned=int(last["churned_of_start"]),
                at_start=int(last["at_start"]),
                rate=text.share(last["rate"]),
            )
        )
    if summary.skill and summary.outlook:
        pooled = summary.skill.pooled.set_index(["model", "metric"])
        auc = pooled.loc[(summary.outlook.headline, "auc")]
        sentences.append(text("short.skill", folds=int(auc["n_folds"]), auc=text.share(auc["estimate"], 0)))
    if summary.contest:
        sentences += [
            family_verdict(text, summary.contest, family, labels[family])
            for family in summary.contest.tests["family"]
            if family != control_family()
        ]
        sentences.append(gain_verdict(text, summary))
        if len(set(summary.contest.tests["family"]) - {control_family()}) > 1:
            sentences.append(leader_verdict(text, summary.contest, labels))
    elif not summary.no_forecast:
        sentences.append(text("short.no_contest", reason=summary.no_contest))
    if unmeasured:
        tables = list(dict.fromkeys(table for needed in unmeasured.values() for table in needed))
        names = [labels[family] for family in unmeasured]
        sentences.append(text("short.not_measured", families=names, tables=tables))
    return sentences


def family_verdict(text: Text, contest: Contest, family: str, label: str) -> str:
    """Say what is shown of a family: association, gain to the forecast (Cox model), both or neither."""
    test = contest.tests.set_index("family").loc[family]
    losses = contest.losses.set_index(["model", "family"])
    is_associated = test["p_value"] < SHOWN
    is_useful = (COX, family) in losses.index and losses.loc[(COX, family), "conf_low"] > 0
    key = {
        (True, True): "short.family_both",
        (True, False): "short.family_association",
        (False, True): "short.family_forecast",
        (False, False): "short.family_none",
    }[bool(is_associated), bool(is_useful)]
    return text(key, family=label, p=text.p_value(test["p_value"]))


def leader_verdict(text: Text, contest: Contest, labels: dict[str, str]) -> str:
    """Say which family leads, and whether it is shown to matter more than the next (their intervals stand apart)."""
    if contest.leader is None:
        return text("short.no_leader")
    losses = contest.losses[(contest.losses["model"] == COX) & (contest.losses["family"] != control_family())]
    losses = losses.set_index("family").sort_values("estimate", ascending=False, kind="stable")
    others = losses.drop(index=contest.leader)
    second = str(others.index[0])
    is_clear = losses.loc[contest.leader, "conf_low"] > others["conf_high"].max()
    key = "short.leader" if is_clear else "short.leader_unsure"
    return text(key, family=labels[contest.leader], second=labels[second])


def gain_verdict(text: Text, summary: Summary) -> str:
    """Say whether all families together forecast better than the contract alone, on the same accounts."""
    assert summary.skill is not None
    pairs = summary.skill.pairs
    pair = pairs[(pairs["metric"] == "ipa") & (pairs["model"] == COX) & (pairs["versus"] == CONTRACT_ONLY)]
    if pair.empty:
        return text("short.no_gain_measured")
    line = pair.iloc[0]
    key = "short.gain" if line["conf_low"] > 0 else "short.loss" if line["conf_high"] < 0 else "short.no_gain"
    return text(
        key,
        estimate=text.number(100 * line["estimate"], 1),
        low=text.number(100 * line["conf_low"], 1),
        high=text.number(100 * line["conf_high"], 1),
    )


def drift_verdict(text: Text, contest: Contest, names: dict[str, str]) -> str:
    """Say whether hazard ratios are shown to change over the lifetime, and which."""
    p = text.p_value(contest.drift_p)
    drifting = contest.drifts.loc[contest.drifts["drifts"], "term"]
    if len(drifting):
        return text("families.drifting", covariates=[names[term] for term in drifting], p=p)
    return text("families.drifting_together" if contest.drift_p < SHOWN else "families.no_drift", p=p)


def last_quarter(summary: Summary) -> pd.Series | None:
    """Return the line of the book for the last complete quarter, if anybody was there at its start."""
    complete = summary.book[summary.book["is_complete"] & (summary.book["at_start"] > 0)]
    return None if complete.empty else complete.iloc[-1]
