"""The trend: which share of those that could be forecast at a quarter's start left within the horizon."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.curves.shares import cluster_share
from analysis.declared.study import Study
from analysis.lifetimes.frames import TREND
from analysis.lifetimes.rate_change import GROUPED_BY, RateChange, rate_change, settled_quarter_starts


@dataclass(frozen=True, slots=True)
class Trend:
    """How the rate moved.

    Attributes
    ----------
    rates
        As `analysis.lifetimes.frames.TREND`.
    change
        From the quarters before to the last ones; None where these are too few.
    """

    rates: pd.DataFrame
    change: RateChange | None


def trend_of(landmarks: pd.DataFrame, study: Study) -> Trend:
    """Return the share that left of each settled quarter's start, and what it changed by.

    It is of the accounts that a forecast could have been made of: at risk, and not under notice, on the first day. So
    it may be put beside a forecast.

    Parameters
    ----------
    landmarks
        All landmark rows.
    study
        Its smallest cell, and its seed.
    """
    starts = settled_quarter_starts(landmarks, GROUPED_BY)
    lines = []
    for day, rows in starts.groupby("risk_date"):
        found = cluster_share(rows["event"].to_numpy(bool), pd.factorize(rows["cluster_id"])[0].astype(np.intp))
        is_hidden = found.n < study.report.min_cell
        told = {"n": found.n, "churned": found.n_events, "rate": found.estimate}
        told |= {"conf_low": found.conf_low, "conf_high": found.conf_high}
        lines.append(
            {"quarter_from": day, "is_hidden": is_hidden} | (dict.fromkeys(told, float("nan")) if is_hidden else told)
        )
    return Trend(TREND.checked(pd.DataFrame(lines, columns=TREND.columns)), rate_change(starts, study.seed))
