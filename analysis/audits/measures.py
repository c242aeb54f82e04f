"""Measures: what each audit looks at, in which unit a reader gets its number, and from what size on it finds."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from analysis.audits import calendar_moves, knowledge, overwritten, shortcuts, too_good


class Subject(StrEnum):
    """What an alarm looked at."""

    NONE = "none"
    """There is but one thing."""
    COVARIATE = "covariate"
    LABEL = "label"
    """A column of accounts."""
    USE = "use"
    """Use as it is, or as the covariates see it."""


class Unit(StrEnum):
    """What kind of number a reader gets."""

    CELLS = "cells"
    RATIO = "ratio"
    DEVIATIONS = "deviations"
    """Standard deviations."""
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Measure:
    """How the number of an audit is read.

    Attributes
    ----------
    subject
        What its alarms look at.
    unit
        Of the number that a reader gets.
    read
        Makes that number of an alarm's estimate or an end of its interval: most are logs.
    found_from
        From what size on it finds what it looks for, in the reader's unit; None where any size that is sure is found.
    """

    subject: Subject
    unit: Unit
    read: Callable[[float], float]
    found_from: float | None = None


_LARGEST_LOG = 709.0
"""Of a number that a float holds."""


def _as_it_is(value: float) -> float:
    return value


def _ratio(log_ratio: float) -> float:
    """Return a ratio; infinite where it is more than a float holds."""
    return math.exp(log_ratio) if log_ratio < _LARGEST_LOG else math.inf


def _percent(log_ratio: float) -> float:
    return 100 * (_ratio(log_ratio) - 1) if log_ratio > 1 else 100 * math.expm1(log_ratio)


def _percent_of_one(share: float) -> float:
    return 100 * share


def _each_doubling(log_ratio: float) -> float:
    """Return a hazard ratio for each doubling of tenure, of a log hazard ratio for a unit of log tenure."""
    return _ratio(math.log(2) * log_ratio)


MEASURES = {
    "look_ahead": Measure(Subject.NONE, Unit.CELLS, _as_it_is),
    "late_knowledge": Measure(Subject.COVARIATE, Unit.RATIO, _ratio, math.exp(knowledge.MATTERS)),
    "one_stay": Measure(Subject.NONE, Unit.RATIO, _as_it_is, shortcuts.MATTERS),
    "falling_hazard": Measure(Subject.NONE, Unit.RATIO, _each_doubling),
    "moved_labels": Measure(Subject.LABEL, Unit.RATIO, math.exp),
    "rewritten_score": Measure(Subject.NONE, Unit.DEVIATIONS, _as_it_is, overwritten.MATTERS),
    "calendar_moves": Measure(Subject.USE, Unit.PERCENT, _percent, -_percent(-calendar_moves.MATTERS)),
    "too_good_forecast": Measure(Subject.NONE, Unit.RATIO, _as_it_is, too_good.TOO_GOOD),
    "separates_alone": Measure(Subject.COVARIATE, Unit.RATIO, _as_it_is, too_good.TOO_GOOD),
    "all_left": Measure(Subject.COVARIATE, Unit.PERCENT, _percent_of_one, 100 * too_good.ALL_LEFT),
    "gone_in_days": Measure(Subject.COVARIATE, Unit.RATIO, math.exp),
}
"""By audit, in the order of their alarms."""
TOO_GOOD = ("too_good_forecast", "separates_alone", "all_left", "gone_in_days")
"""Audits of which each says that the answer may be in the data."""
USES = ("book", "beside_the_book")
"""What `calendar_moves` looks at."""
