"""Patterns: the stories that practice tells, each as a rule on what was known on a landmark."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LEFT, LEFT_OR_SHRANK, STAYED = "left", "left or shrank", "stayed"


@dataclass(frozen=True, slots=True)
class Condition:
    """A covariate on one side of a threshold.

    Attributes
    ----------
    covariate
        Its name.
    side
        ``at least`` or ``at most``.
    quantile
        Of all landmarks of the book, which is the threshold; None where `value` is.
    value
        The threshold itself.
    """

    covariate: str
    side: Literal["at least", "at most"]
    quantile: float | None = None
    value: float = np.nan

    def threshold(self, rows: pd.DataFrame) -> float:
        """Return the threshold in a book; NaN where nobody's value is known."""
        if self.quantile is None:
            return self.value
        return float(rows[self.covariate].astype(np.float64).quantile(self.quantile))

    def holds(self, rows: pd.DataFrame, threshold: float) -> NDArray[np.bool_]:
        """Mark the rows for which it holds, shape (n,); it does not where the value is missing."""
        values = rows[self.covariate].to_numpy(np.float64, na_value=np.nan)
        with np.errstate(invalid="ignore"):
            return values >= threshold if self.side == "at least" else values <= threshold

    def told(self, threshold: float) -> str:
        """Return it in words, with the threshold of a book."""
        number = f"{threshold:,.0f}" if threshold == round(threshold) else f"{threshold:.3g}"
        of = "" if self.quantile is None else f" (p{100 * self.quantile:.0f})"
        return f"{self.covariate} {self.side} {number}{of}"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A story.

    Attributes
    ----------
    story
        What is told.
    fits
        What must hold on a landmark for it to be told of an account.
    among
        What must hold of those whom it is told of and of the others beside them.
    ending
        How it ends in the examples: `LEFT`, `LEFT_OR_SHRANK`, or `STAYED` through the horizon.
    """

    story: str
    fits: tuple[Condition, ...]
    among: tuple[Condition, ...] = field(default=())
    ending: str = LEFT

    @property
    def outcome(self) -> str:
        """What is counted: leaving, alone or with shrinking."""
        return LEFT_OR_SHRANK if self.ending == LEFT_OR_SHRANK else LEFT

    def lacking(self, measured: Collection[str]) -> list[str]:
        """Return the covariates that it needs, and that these data do not measure."""
        return [one.covariate for one in (*self.among, *self.fits) if one.covariate not in measured]


PATTERNS = (
    Pattern("use surged", fits=(Condition("usage_surge", "at least", 0.95),)),
    Pattern(
        "a champion or sponsor went at peak use",
        fits=(Condition("departures", "at least", value=1),),
        among=(Condition("events_per_seat_day", "at least", 0.75),),
    ),
    Pattern(
        "few of many seats do the work",
        fits=(Condition("working_seat_share", "at most", 0.25),),
        among=(Condition("seats", "at least", 0.75), Condition("active_day_share", "at least", 0.5)),
        ending=LEFT_OR_SHRANK,
    ),
    Pattern(
        "silence after onboarding",
        fits=(Condition("days_since_touch", "at least", 0.75),),
        among=(Condition("tenure_days", "at most", value=365), Condition("first_follow_up_days", "at least", value=0)),
    ),
    Pattern(
        "low use before a renewal",
        fits=(Condition("events_per_seat_day", "at most", 0.25),),
        among=(Condition("renewal_in_horizon", "at least", value=1),),
        ending=STAYED,
    ),
)
"""Of notebooks and slides; a number of seats is many, use is at its peak, and so on, by the book's own quantiles."""


def marked(pattern: Pattern, rows: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_], str]:
    """Mark the landmark rows that a story fits, and the others among whom it might have been told.

    Rows of which a covariate is not known are neither.

    Parameters
    ----------
    pattern
    rows
        All landmark rows; its quantiles are of them.

    Returns
    -------
    fits, others : ndarray of bool, shape (n,)
    definition : str
        With the thresholds.
    """
    is_asked, fits = np.ones(len(rows), bool), np.ones(len(rows), bool)
    told = []
    for one in pattern.among:
        threshold = one.threshold(rows)
        is_asked &= one.holds(rows, threshold)
        told.append(one.told(threshold))
    known = np.ones(len(rows), bool)
    said = []
    for one in pattern.fits:
        threshold = one.threshold(rows)
        known &= rows[one.covariate].notna().to_numpy()
        fits &= one.holds(rows, threshold)
        said.append(one.told(threshold))
    definition = " and ".join(said) + (f"; among {' and '.join(told)}" if told else "")
    return is_asked & fits, is_asked & known & ~fits, definition
