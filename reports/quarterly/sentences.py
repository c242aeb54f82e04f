"""Sentences that depend on results: quarters and groups by name, the gain, curves, bounds, drift, intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.contest.verdicts import GainVerdict
from analysis.declared.quarters import quarter_of
from analysis.evaluation.readings import Lead
from analysis.evaluation.skill import Skill
from analysis.forecast.past_quarters import COUNT
from analysis.forecast.reading import Reading
from analysis.inference.drift import Drift, DriftVerdict
from analysis.inference.read_together import ReadTogether
from analysis.lifetimes.labels import ALL, OTHER, UNKNOWN
from analysis.lifetimes.survival import Beginning, Stay
from analysis.wording.catalogue import Catalogue

Text = Catalogue
GAINS = {Lead.BETTER: "short.gain", Lead.NO_DIFFERENCE: "short.no_gain", Lead.WORSE: "short.loss"}


def group(text: Text, name: str) -> str:
    """Name a group of accounts; all that analysis does not itself call so has its name from the source."""
    return text(f"group.{name}") if name in (ALL, OTHER, UNKNOWN) else name


def quarter_label(text: Text, landmark: pd.Timestamp, fiscal_year_start_month: int) -> str:
    """Name the fiscal quarter that ends on the day before the landmark, with its months."""
    quarter = quarter_of((landmark - pd.Timedelta(days=1)).date(), fiscal_year_start_month)
    first, _, last = quarter.months
    year = "year" if fiscal_year_start_month == 1 else "fiscal"
    kind = year if first.year == last.year else f"{year}_across"
    return text(f"quarter.of_{kind}", number=quarter.number, year=f"{quarter.year}", first=first, last=last)


def curve_sentences(text: Text, beginnings: Sequence[Beginning], least: int) -> list[str]:
    """Say from which age on curves are drawn, and of which groups there is none; nothing where all begin at age 0."""
    late = [one for one in beginnings if one.from_age]
    none = [group(text, one.group) for one in beginnings if one.from_age is None]
    ages = {one.from_age for one in beginnings if one.from_age is not None}
    said = []
    if late and len(ages) == 1:
        said.append(text("survival.from_age", days=round(ages.pop())))
    elif late:
        named = [
            text("survival.group_from", group=group(text, one.group), days=round(one.from_age or 0)) for one in late
        ]
        said.append(text("survival.from_ages", groups=named))
    if none:
        said.append(text("survival.no_curve", groups=none, least=least))
    return said


def stay_sentences(text: Text, stays: Sequence[Stay]) -> list[str]:
    """Say of each group which share is still there after whole years."""
    said = []
    for name in dict.fromkeys(stay.group for stay in stays):
        years = [
            text(
                "survival.stay" if stay.estimate < 1 else "survival.stay_all",
                years=stay.years,
                share=text.share(stay.estimate),
                low=text.share(stay.conf_low),
                high=text.share(stay.conf_high),
            )
            for stay in stays
            if stay.group == name
        ]
        said.append(
            text("survival.stays", years=years)
            if name == ALL
            else text("survival.stays_of", group=group(text, name), years=years)
        )
    return said


def ranked_sentence(text: Text, skill: Skill) -> str:
    """Say how often the forecasts of past quarters put an account that left above one that stayed."""
    return text("short.skill", folds=skill.ranking.n_folds, auc=text.share(skill.ranking.estimate, 0))


def gain_sentence(text: Text, verdict: GainVerdict) -> str:
    """Say whether the forecasts quoted then were better than those of the contract alone, on the same accounts."""
    if verdict.lead is None:
        return text("short.no_gain_measured")
    return text(
        GAINS[verdict.lead],
        estimate=text.number(verdict.estimate, 1),
        low=text.number(verdict.conf_low, 1),
        high=text.number(verdict.conf_high, 1),
    )


@dataclass(frozen=True, slots=True)
class BoundLine:
    """A column of which a bound is told: what its hazard ratio is at most or at least, and what that rests on."""

    label: str
    family: str
    ratio: str
    left: str
    lifetimes: str
    p_value: str


def bound_lines(text: Text, bounds: pd.DataFrame) -> list[BoundLine]:
    """Put bounds into words, the best shown first.

    Parameters
    ----------
    bounds
        As `analysis.inference.frames.BOUNDS`.
    """
    return [
        BoundLine(
            label=text.label(row.term),
            family=row.family,
            ratio=_bound(text, row),
            left=text("families.left_of_expected", left=row.n_events, expected=text.number(row.expected, 1)),
            lifetimes=text("families.lifetimes_of_parents", lifetimes=row.n_lifetimes, parents=row.n_clusters),
            p_value=text.p_value(row.adjusted_p_value),
        )
        for row in bounds.sort_values(["p_value", "term"], kind="stable").itertuples()
    ]


def _bound(text: Text, row) -> str:  # type: ignore[no-untyped-def]  # a named tuple of a frame
    low, high = (
        text.number(ratio, 2 if ratio >= 0.1 else 3) for ratio in (row.hazard_ratio_low, row.hazard_ratio_high)
    )
    said = text(f"families.bound_{row.says}", low=low, high=high)
    return said if row.is_mark else text("families.per_deviation", ratio=said)


def bound_sentences(text: Text, bounds: pd.DataFrame) -> list[str]:
    """Say of which marks nobody left on one side, where that shows an effect."""
    shown = bounds[bounds["is_shown"].astype(bool) & bounds["is_mark"].astype(bool) & (bounds["says"] != "between")]
    return [
        text(
            f"short.bound_{row.says}",
            covariate=text.label(row.term),
            number=row.n_lifetimes,
            expected=text.number(row.expected, 1),
            bound=_bound(text, row),
        )
        for row in shown.sort_values(["p_value", "term"], kind="stable").itertuples()
    ]


def drift_sentence(text: Text, verdict: DriftVerdict, names: dict[str, str]) -> str:
    """Say whether hazard ratios are shown to change over the lifetime, and which."""
    p = text.p_value(verdict.p_value)
    if verdict.drift is Drift.OF_COLUMNS:
        return text("families.drifting", covariates=[names[term] for term in verdict.terms], p=p)
    return text("families.drifting_together" if verdict.drift is Drift.TOGETHER else "families.no_drift", p=p)


@dataclass(frozen=True, slots=True)
class TogetherLine:
    """Columns that are read together: their names, and what they say as one."""

    names: str
    ratio: str
    is_opposed: bool


def together_lines(text: Text, groups: Sequence[ReadTogether], names: Mapping[str, str]) -> list[TogetherLine]:
    """Return every group of columns that are read together as a line; one that falls as the first rises says so."""
    lines = []
    for group in groups:
        named = [
            text("families.falling", covariate=names[term]) if falls else names[term]
            for term, falls in zip(group.terms, group.falls, strict=True)
        ]
        interval = text.ratio_span(group.conf_low, group.conf_high)
        lines.append(
            TogetherLine(
                text.listed(named, "list.semicolon"), f"{text.ratio(group.estimate)} ({interval})", group.is_opposed
            )
        )
    return lines


def interval_sentences(text: Text, reading: Reading, currency: str | None) -> list[str]:
    """Say what the intervals of the quoted model hold, whether they held before, and what the accounts pay."""
    quoted = reading.quoted
    said = [
        text("outlook.interval_prior" if quoted.rests_on_prior else "outlook.interval_note", quarters=quoted.n_quarters)
    ]
    counted = {round(100 * held.level): held for held in reading.held if held.of == COUNT}
    if counted:
        wide = counted[95]
        said.append(
            text(
                "outlook.held",
                quarters=wide.n_quarters,
                held_80=counted[80].n_held,
                held_95=wide.n_held,
                by_chance=wide.n_held_by_chance,
            )
        )
    if loss := reading.loss:
        narrow, broad = loss.intervals
        amounts = {"at_stake": loss.at_stake, "expected": loss.expected}
        amounts |= {"low_80": narrow.low, "high_80": narrow.high, "low_95": broad.low, "high_95": broad.high}
        told = {name: text.money(amount, currency) for name, amount in amounts.items()}
        said.append(text("outlook.loss", known=loss.n_known, **told))
        if loss.n_unknown:
            said.append(text("outlook.loss_unknown", unknown=loss.n_unknown))
    return said
