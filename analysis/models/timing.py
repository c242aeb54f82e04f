"""Timing: the thirteen parts of the horizon: when within it churns come, and what a model says by which part."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.design.outcome import HORIZON_PARTS, Outcome


def churn_timing(outcome: Outcome) -> NDArray[np.float64]:
    """Return the share of the churns that had come by each thirteenth of the horizon, from 0 to 13, shape (14,)."""
    came = outcome.on_grid().stop[outcome.event]
    return (came[:, None] <= np.arange(HORIZON_PARTS + 1)).mean(axis=0)


def spread_over_horizon(
    risk: NDArray[np.float64], timing: NDArray[np.float64], times: Sequence[float]
) -> NDArray[np.float64]:
    """Return each row's incidence by each time, shape (n_rows, n_times): its risk, growing as all churns came.

    Parameters
    ----------
    risk : ndarray, shape (n,)
        Probability of churn by the end of the horizon.
    timing : ndarray, shape (14,)
        As `churn_timing`.
    times : sequence of float
        Thirteenths of the horizon; between grid points the last one before holds.
    """
    return np.outer(risk, timing[parts_by(times)])


def parts_by(times: Sequence[float]) -> NDArray[np.intp]:
    """Return how many parts of the horizon are over by each time, from 0 to 13, shape (n_times,)."""
    return np.clip(np.floor(np.asarray(times, dtype=np.float64)), 0, HORIZON_PARTS).astype(np.intp)


def kaplan_meier_incidence(outcome: Outcome) -> NDArray[np.float64]:
    """Return one minus Kaplan-Meier's survival of all rows by each part of the horizon, from 0 to 13, shape (14,)."""
    timed = outcome.on_grid()
    stop = timed.stop.astype(int)
    at_risk = np.bincount(stop, minlength=HORIZON_PARTS + 1)[::-1].cumsum()[::-1]
    ended = np.bincount(stop[timed.event], minlength=HORIZON_PARTS + 1)
    return 1.0 - np.cumprod(1.0 - ended / np.maximum(at_risk, 1))


def told_to_the_horizon(outcome: Outcome) -> NDArray[np.bool_]:
    """Return which rows say whether they churned within the horizon, shape (n,): churned, or followed to its end."""
    return outcome.event | (outcome.stop >= HORIZON_PARTS)
