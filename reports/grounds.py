"""What the numbers rest on, in words: alarms, looking ahead, early and late signals, coverage."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.audits import calendar_moves, knowledge, overwritten, shortcuts
from analysis.audits.lag_ladder import EARLY, LATE
from analysis.audits.look_ahead import RECENT_DAYS, ROWS
from analysis.wording.catalogue import MISSING
from reports.content import Grounds
from reports.words import Text

COMPLETE = 0.99
"""A covariate that has a value in so many rows of every quarter needs no line in the picture of coverage."""
IN_WORDS: dict[str, Callable[[Text, float], str]] = {
    "look_ahead": Text.count,
    "late_knowledge": Text.ratio,
    "one_stay": Text.number,
    "falling_hazard": lambda text, log_ratio: text.ratio(math.log(2) * log_ratio),  # of each doubling of tenure
    "moved_labels": Text.ratio,
    "rewritten_score": Text.number,
    "calendar_moves": lambda text, log_ratio: text.number(100 * math.expm1(log_ratio), 0),
}
"""How the estimate of each audit is written."""
FOUND_FROM: dict[str, Callable[[Text], str]] = {
    "late_knowledge": lambda text: text.ratio(knowledge.MATTERS),
    "one_stay": lambda text: text.number(shortcuts.MATTERS),
    "rewritten_score": lambda text: text.number(overwritten.MATTERS, 1),
    "calendar_moves": lambda text: text.number(-100 * math.expm1(-calendar_moves.MATTERS), 0),
}
"""From what size on an audit finds what it looks for, as `IN_WORDS` writes it; of the others any size that is sure."""
BOOKS = ("book", "beside_the_book")


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One alarm in words; `looked_for` is empty where it is that of the line before."""

    looked_for: str
    subject: str
    verdict: str
    is_raised: bool
    estimate: str
    found_from: str
    n: str
    meaning: str


def alarm_lines(text: Text, alarms: pd.DataFrame, covariate_labels: Mapping[str, str]) -> list[AlarmLine]:
    """Return every alarm in words, in their order.

    Parameters
    ----------
    text
        The messages.
    alarms
        Columns as `analysis.audits.alarm.Alarm`.
    covariate_labels
        Label of each covariate.
    """
    lines, last = [], None
    for row in alarms.itertuples():
        is_told = not pd.isna(row.is_raised)
        is_raised = bool(is_told and row.is_raised)
        verdict = "audits.found" if is_raised else "audits.not_found" if is_told else "audits.cannot_tell"
        lines.append(
            AlarmLine(
                looked_for=text(f"audits.{row.audit}") if row.audit != last else "",
                subject=_subject(text, row.audit, row.subject, covariate_labels),
                verdict=text(verdict),
                is_raised=is_raised,
                estimate=_estimate(text, row),
                found_from=text(f"audits.from_{row.audit}", value=_limit(text, row.audit)),
                n=text(f"audits.n_{row.audit}", number=row.n) if is_told or row.n else MISSING,
                meaning=text(f"audits.means_{row.subject if row.subject in BOOKS else row.audit}") if is_raised else "",
            )
        )
        last = row.audit
    return lines


def _subject(text: Text, audit: str, subject: str, covariate_labels: Mapping[str, str]) -> str:
    if subject in BOOKS:
        return text(f"audits.subject_{subject}")
    return f"accounts.{subject}" if audit == "moved_labels" else covariate_labels.get(subject, subject)


def _limit(text: Text, audit: str) -> str:
    return FOUND_FROM[audit](text) if audit in FOUND_FROM else ""


def _estimate(text: Text, row) -> str:  # type: ignore[no-untyped-def]  # a named tuple of a frame
    if math.isnan(row.estimate) or (row.audit == "moved_labels" and row.n == 0):
        return MISSING
    write = IN_WORDS[row.audit]
    value = write(text, row.estimate)
    if not math.isnan(row.conf_low):
        value += f" ({text('list.span', low=write(text, row.conf_low), high=write(text, row.conf_high))})"
    return text(f"audits.estimate_{row.audit}", value=value, number=row.estimate)


def warning(text: Text, looked: pd.DataFrame) -> list[str]:
    """Return what must be read before anything else: a covariate, or a choice of rows, looks ahead."""
    return [text("short.look_ahead")] if looked["differing"].any() else []


def found_sentence(text: Text, alarms: pd.DataFrame, covariate_labels: Mapping[str, str]) -> list[str]:
    """Return one sentence that names what was found; none where nothing was."""
    found = []
    for row in alarms[[not pd.isna(flag) and bool(flag) for flag in alarms["is_raised"]]].itertuples():
        subject = _subject(text, row.audit, row.subject, covariate_labels)
        what = text(f"audits.{row.audit}")
        found.append(text("audits.of", what=what, subject=subject) if subject else what)
    return [text("short.alarms", found=found)] if found else []


def look_ahead_sentence(text: Text, looked: pd.DataFrame, covariate_labels: Mapping[str, str]) -> str:
    """Say how much was compared on which days, and that nothing differs, or what does."""
    said = text(
        "grounds.compared",
        cells=looked["compared"].sum(),
        recent=looked["recent"].sum(),
        recent_days=RECENT_DAYS,
        columns=looked["what"].nunique(),
        days=list(dict.fromkeys(looked["day"])),
    )
    differing = looked[looked["differing"] > 0].groupby("what", sort=False)["differing"].sum()
    if differing.empty:
        return said + text("grounds.none_differs")
    names = {what: text(f"grounds.of_{table}") for what, table in ROWS.items()} | dict(covariate_labels)
    named = [
        text("grounds.differs_in", what=names.get(what) or text.label(what), number=number)
        for what, number in differing.items()
    ]
    return said + text("grounds.differ", covariates=named)


def signals(grounds: Grounds) -> pd.DataFrame:
    """Return the lines of the lag ladder of the columns that are early or late signals, late ones last."""
    if grounds.ladder.empty:
        return grounds.ladder
    shown = grounds.ladder[grounds.ladder["signal"].isin((EARLY, LATE))]
    return shown.sort_values("signal", kind="stable", ignore_index=True)


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One early or late signal: hazard ratios today and at the longest lag, and their ratio with its interval."""

    term: str
    family: str
    today: str
    ago: str
    change: str
    signal: str


def signal_lines(text: Text, grounds: Grounds) -> list[SignalLine]:
    """Return every early or late signal as a line."""
    shown = signals(grounds)
    if shown.empty:
        return []
    today = shown[shown["lag"] == 0].set_index("term")
    lines = []
    for row in shown[shown["lag"] == shown["lag"].max()].itertuples():
        low, high = text.ratio(row.change_low), text.ratio(row.change_high)
        change = f"{text.ratio(row.change)} ({text('list.span', low=low, high=high)})"
        says = text("grounds.early" if row.signal == EARLY else "grounds.late_signal")
        lines.append(
            SignalLine(
                row.term,
                row.family,
                text.ratio(today.loc[row.term, "estimate"]),
                text.ratio(row.estimate),
                change,
                says,
            )
        )
    return lines


def gaps(coverage: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Split coverage into what has gaps and what has none worth a line.

    Returns
    -------
    frame : DataFrame
        Lines of the covariates that lack a value in more than a hundredth of the rows of some quarter, with `place`,
        the quarter's number from 0.
    complete : list of str
        The other covariates.
    """
    quarters = np.sort(coverage["quarter_from"].unique())
    coverage = coverage.assign(place=np.searchsorted(quarters, coverage["quarter_from"].to_numpy()))
    least = coverage.groupby("covariate", sort=False)["share"].min()
    complete = least.index[least >= COMPLETE].tolist()
    return coverage[~coverage["covariate"].isin(complete)].reset_index(drop=True), complete


def late_change(text: Text, row) -> str:  # type: ignore[no-untyped-def]
    """Write by what factor a hazard ratio moves when facts count from their day, with its interval."""
    if math.isnan(row.change):
        return MISSING
    return f"{text.ratio(row.change)} ({text.span(math.exp(row.conf_low), math.exp(row.conf_high))})"
