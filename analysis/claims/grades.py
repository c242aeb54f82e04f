"""Grades: how much a finding can bear, from events, quarters, proportional hazards and lags."""

from collections.abc import Collection, Sequence
from enum import StrEnum

import numpy as np

from analysis.claims.estimates import Estimate

ENOUGH_ON_A_SIDE = 30
"""Lifetimes with event on either side of a contrast from which on it does not rest on few."""
ENOUGH_QUARTERS = 3
DRIFTING = 0.05
GRADES = ("A", "B", "C", "D")


class Weakness(StrEnum):
    """What makes a finding bear less."""

    FEW_EVENTS = "few_events"
    UNSTABLE = "unstable"
    """Its sign was another one at some past quarter start."""
    DRIFTS = "drifts"
    """Its hazard ratio is shown to change over the lifetime."""
    LATE = "late"
    """It is a late signal, which may be a symptom."""
    SHRUNK = "shrunk"
    """A ridge pulls it towards no effect, since events are few for the columns."""


class Unknown(StrEnum):
    """What was not looked at."""

    QUARTERS = "quarters"
    LAG = "lag"


def weaknesses(
    estimate: Estimate, past: Sequence[float], late: Collection[str] | None
) -> tuple[tuple[Weakness, ...], tuple[Unknown, ...]]:
    """Return what a finding is weak in, and what is not known of it.

    Parameters
    ----------
    estimate
        Today's.
    past
        Log hazard ratios at past quarter starts, NaN where there was none.
    late
        Columns that the lag ladder calls late signals; None where it was not made.
    """
    found, unknown = [], []
    if min(estimate.n_exposed, estimate.n_events - estimate.n_exposed) < ENOUGH_ON_A_SIDE:
        found.append(Weakness.FEW_EVENTS)
    known = np.array([value for value in past if not np.isnan(value)])
    if len(known) < ENOUGH_QUARTERS or np.isnan(estimate.estimate):
        unknown.append(Unknown.QUARTERS)
    elif (np.sign(known) != np.sign(estimate.estimate)).any():
        found.append(Weakness.UNSTABLE)
    if estimate.drift_p < DRIFTING:
        found.append(Weakness.DRIFTS)
    if late is None:
        unknown.append(Unknown.LAG)
    elif any(column in late for column in estimate.columns):
        found.append(Weakness.LATE)
    if estimate.is_shrunk:
        found.append(Weakness.SHRUNK)
    return tuple(found), tuple(unknown)


def grade(found: Sequence[Weakness]) -> str:
    """Return A where a finding has no weakness, and a letter further for each, down to D."""
    return GRADES[min(len(found), len(GRADES) - 1)]
