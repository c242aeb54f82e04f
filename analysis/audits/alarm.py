"""Alarm: what one audit looked for, what it measured, and whether it found it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from analysis.curves.nonparametric import normal_quantile

Z = normal_quantile(0.95)
"""Of the intervals of alarms."""


class Verdict(StrEnum):
    """What came of looking: what cannot be told is neither found nor not found."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    CANNOT_TELL = "cannot_tell"


def verdict(is_found: bool, matters: float, *possible: float) -> Verdict:
    """Return found, else that it cannot be told where it may yet be as large as matters, else not found.

    Parameters
    ----------
    is_found : bool
    matters : float
        The size from which it misleads.
    possible : float
        What it may be, at worst: an end or both ends of its interval.
    """
    if is_found:
        return Verdict.FOUND
    return Verdict.NOT_FOUND if all(abs(size) <= matters for size in possible) else Verdict.CANNOT_TELL


def found_if(is_found: bool) -> Verdict:
    """Return found or not found, of what these data can tell for sure."""
    return Verdict.FOUND if is_found else Verdict.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Alarm:
    """One line of an audit's answer.

    Attributes
    ----------
    audit
        Which audit.
    subject
        What it looked at: a covariate, a label, a score; empty where there is but one thing.
    verdict
        Whether it found what it looked for.
    estimate, conf_low, conf_high
        What was measured, in the unit that the audit states, and its 95% interval; NaN where there is none.
    p_value
        NaN where no test was made.
    n
        Rows, lifetimes or cells behind it, as the audit states.
    """

    audit: str
    subject: str
    verdict: Verdict
    estimate: float = math.nan
    conf_low: float = math.nan
    conf_high: float = math.nan
    p_value: float = math.nan
    n: int = 0

    @property
    def is_raised(self) -> bool | None:
        """Whether it found what it looked for; None where these data cannot tell."""
        return None if self.verdict is Verdict.CANNOT_TELL else self.verdict is Verdict.FOUND

    @property
    def is_measured(self) -> bool:
        """Whether there is a number, whatever it says."""
        return not math.isnan(self.estimate)

    @property
    def has_interval(self) -> bool:
        """Whether there is an interval about the number."""
        return not math.isnan(self.conf_low)


_COLUMNS = ("audit", "subject", "is_raised", "estimate", "conf_low", "conf_high", "p_value", "n")


def as_frame(alarms: Sequence[Alarm]) -> pd.DataFrame:
    """Return alarms as a table, a line each; `is_raised` is missing where these data cannot tell."""
    lines = [{name: getattr(alarm, name) for name in _COLUMNS} for alarm in alarms]
    return pd.DataFrame(lines, columns=list(_COLUMNS)).astype({"is_raised": "boolean"})


def from_frame(table: pd.DataFrame) -> tuple[Alarm, ...]:
    """Return the alarms of a table that `as_frame` made."""
    return tuple(
        Alarm(
            row.audit,
            row.subject,
            Verdict.CANNOT_TELL if pd.isna(row.is_raised) else found_if(bool(row.is_raised)),
            *(row.estimate, row.conf_low, row.conf_high, row.p_value),
            n=int(row.n),
        )
        for row in table.itertuples()
    )
