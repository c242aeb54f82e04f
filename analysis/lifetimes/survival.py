"""Survival: curves of the share still customers, with the numbers at risk beneath them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.curves.nonparametric import kaplan_meier, numbers_at_risk
from analysis.design.outcome import Outcome
from analysis.lifetimes.frames import AT_RISK, CURVES
from analysis.lifetimes.labels import ALL


def survival_tables(outcome: Outcome, group: NDArray | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return survival curves, and the numbers at risk at a few round times.

    Parameters
    ----------
    outcome : Outcome, n rows
    group : ndarray, shape (n,), optional
        Labels; a curve for each.

    Returns
    -------
    curves : DataFrame
        As `CURVES`.
    at_risk : DataFrame
        As `AT_RISK`.
    """
    of = np.full(len(outcome), ALL, dtype=object) if group is None else group
    curves = kaplan_meier(outcome.start, outcome.stop, outcome.event, of)
    last = int(outcome.stop.max())
    times = np.arange(0, last + 1, next((step for step in (7, 28, 91) if last <= 11 * step), 365))
    counts = []
    for name in dict.fromkeys(curves["group"]):
        start, stop = outcome.start[of == name], outcome.stop[of == name]
        at_risk = numbers_at_risk(start, stop, np.maximum(times, 0.5))
        counts.append(pd.DataFrame({"group": name, "time": times, "at_risk": at_risk}))
    return CURVES.checked(curves), AT_RISK.checked(pd.concat(counts, ignore_index=True))
