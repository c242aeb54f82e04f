"""What the numbers rest on, in words: alarms, looking ahead, early and late signals."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.audits.alarm import Alarm, Verdict
from analysis.audits.compared import Compared
from analysis.audits.learned import CONTRACTIONS_LEARNED, FORECASTS, OUTCOMES_LEARNED, ROWS_LEARNED
from analysis.audits.look_ahead import RECENT_DAYS, ROWS, SCORES
from analysis.audits.measures import MEASURES, TOO_GOOD, Subject, Unit
from analysis.audits.signals import Ladder, Signal
from analysis.audits.too_good import dated_by
from analysis.wording.catalogue import MISSING
from reports.quarterly.sentences import Text

DIGITS = {Unit.CELLS: 0, Unit.RATIO: 2, Unit.DEVIATIONS: 2, Unit.PERCENT: 0}
"""Decimals of an estimate."""
DIGITS_FROM = DIGITS | {Unit.DEVIATIONS: 1}
"""Decimals of the size from which on a thing is found."""
MOST_DATES = 3
"""Columns that date what is too good, named first on the page: those behind most of it."""
SIGNALS = {
    Signal.EARLY: "grounds.early",
    Signal.LATE: "grounds.late_signal",
    Signal.LATE_OR_FAST: "grounds.late_or_fast",
}


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One alarm in words; `looked_for` is empty where it is that of the line before.

    What it means is said of what was found, and of what cannot be told, what it would take.
    """

    looked_for: str
    subject: str
    verdict: str
    is_raised: bool
    estimate: str
    found_from: str
    n: str
    meaning: str


def alarm_lines(text: Text, alarms: Sequence[Alarm], covariate_labels: Mapping[str, str]) -> list[AlarmLine]:
    """Return every alarm in words, in their order.

    Parameters
    ----------
    text
        The messages.
    alarms
        One for each thing looked for.
    covariate_labels
        Label of each covariate.
    """
    lines, last = [], None
    for alarm in alarms:
        is_raised = alarm.verdict is Verdict.FOUND
        is_counted = alarm.n > 0 or alarm.verdict is not Verdict.CANNOT_TELL
        lines.append(
            AlarmLine(
                looked_for=text(f"audits.{alarm.audit}") if alarm.audit != last else "",
                subject=_subject(text, alarm, covariate_labels),
                verdict=text(f"audits.{alarm.verdict}"),
                is_raised=is_raised,
                estimate=_estimate(text, alarm),
                found_from=_found_from(text, alarm.audit),
                n=text(f"audits.n_{alarm.audit}", number=alarm.n) if is_counted else MISSING,
                meaning=_meaning(text, alarm),
            )
        )
        last = alarm.audit
    return lines


def _subject(text: Text, alarm: Alarm, covariate_labels: Mapping[str, str]) -> str:
    match MEASURES[alarm.audit].subject:
        case Subject.USE:
            return text(f"audits.subject_{alarm.subject}")
        case Subject.LABEL:
            return f"accounts.{alarm.subject}"
    return covariate_labels.get(alarm.subject, alarm.subject)


def _meaning(text: Text, alarm: Alarm) -> str:
    if alarm.verdict is Verdict.FOUND and alarm.audit in TOO_GOOD:
        return text(f"audits.means_{alarm.audit}", dates=dated_by(alarm.subject, text.declared.values()))
    if alarm.verdict is Verdict.FOUND:
        return text(f"audits.means_{alarm.subject if MEASURES[alarm.audit].subject is Subject.USE else alarm.audit}")
    if alarm.verdict is Verdict.CANNOT_TELL:
        return text("audits.needs_more" if alarm.has_interval else f"audits.needs_{alarm.audit}")
    return ""


def _estimate(text: Text, alarm: Alarm) -> str:
    if not alarm.is_measured:
        return MISSING
    measure = MEASURES[alarm.audit]
    digits = DIGITS[measure.unit]
    value = text.number(measure.read(alarm.estimate), digits)
    if alarm.has_interval:
        value += f" ({text.span(measure.read(alarm.conf_low), measure.read(alarm.conf_high), digits)})"
    return text(f"audits.estimate_{alarm.audit}", value=value, number=alarm.estimate)


def _found_from(text: Text, audit: str) -> str:
    measure = MEASURES[audit]
    value = "" if measure.found_from is None else text.number(measure.found_from, DIGITS_FROM[measure.unit])
    return text(f"audits.from_{audit}", value=value)


def warning(text: Text, compared: Compared) -> list[str]:
    """Return what must be read before anything else: a covariate, a choice of rows, or an outcome looks ahead."""
    return [text("short.look_ahead")] if compared.looks_ahead else []


def too_good_sentence(text: Text, alarms: Sequence[Alarm], covariate_labels: Mapping[str, str]) -> list[str]:
    """Return what must be read next: what is too good, with the columns that date it; none where nothing is."""
    found = []
    for audit in TOO_GOOD:
        raised = [alarm for alarm in alarms if alarm.audit == audit and alarm.verdict is Verdict.FOUND]
        what = text(f"audits.{audit}")
        if subjects := [_subject(text, alarm, covariate_labels) for alarm in raised if alarm.subject]:
            often = Counter(date for alarm in raised for date in dated_by(alarm.subject, text.declared.values()))
            dates = [date for date, _ in often.most_common(MOST_DATES)]
            found.append(text("audits.dated", what=what, subjects=subjects, dates=dates))
        elif raised:
            found.append(what)
    return [text("short.too_good", found=found)] if found else []


def found_sentence(text: Text, alarms: Sequence[Alarm], covariate_labels: Mapping[str, str]) -> list[str]:
    """Return one sentence that names what else was found; none where nothing was."""
    found = []
    for alarm in alarms:
        if alarm.verdict is Verdict.FOUND and alarm.audit not in TOO_GOOD:
            subject, what = _subject(text, alarm, covariate_labels), text(f"audits.{alarm.audit}")
            found.append(text("audits.of", what=what, subject=subject) if subject else what)
    return [text("short.alarms", found=found)] if found else []


def look_ahead_sentence(text: Text, compared: Compared, covariate_labels: Mapping[str, str]) -> str:
    """Say how much was compared on which days, and that nothing differs, or what does."""
    said = text(
        "grounds.compared",
        cells=compared.cells,
        recent=compared.recent,
        recent_days=RECENT_DAYS,
        columns=compared.n_compared,
        days=compared.days,
    )
    if compared.landmarks:
        said += text(
            "grounds.learned",
            landmarks=compared.landmarks,
            rows=compared.learned,
            cells=compared.outcomes,
            forecasts=compared.forecasts,
        )
    if not compared.looks_ahead:
        return said + text("grounds.none_differs")
    names = {what: text(f"grounds.of_{table}") for what, table in (ROWS | SCORES).items()}
    names |= {
        ROWS_LEARNED: text("grounds.of_rows_learned_from"),
        OUTCOMES_LEARNED: text("grounds.of_outcomes_learned_from"),
        CONTRACTIONS_LEARNED: text("grounds.of_contractions_learned_from"),
        FORECASTS: text("grounds.of_forecasts"),
    }
    names |= dict(covariate_labels)
    named = [
        text("grounds.differs_in", what=names.get(what) or text.label(what), number=number)
        for what, number in compared.differing
    ]
    return said + text("grounds.differ", covariates=named)


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One early or late signal: hazard ratios today and at the longest lag, and their ratio with its interval."""

    term: str
    family: str
    today: str
    ago: str
    change: str
    signal: str


def signal_lines(text: Text, ladder: Ladder | None) -> list[SignalLine]:
    """Return every early or late signal as a line."""
    lines = []
    for line in ladder.signals if ladder else ():
        low, high = text.ratio(line.change_low), text.ratio(line.change_high)
        change = f"{text.ratio(line.change)} ({text('list.span', low=low, high=high)})"
        is_early_untold = line.signal is Signal.EARLY and not line.is_told
        says = text("grounds.early_untold" if is_early_untold else SIGNALS[line.signal])
        lines.append(SignalLine(line.term, line.family, text.ratio(line.today), text.ratio(line.ago), change, says))
    return lines


def late_change(text: Text, row) -> str:  # type: ignore[no-untyped-def]
    """Write by what factor a hazard ratio moves when facts count from their day, with its interval."""
    if math.isnan(row.change):
        return MISSING
    return f"{text.ratio(row.change)} ({text.ratio_span(row.conf_low, row.conf_high)})"
