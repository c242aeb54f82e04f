"""The renewal clock of the time-varying model: which intervals have a baseline hazard of their own."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.clock import events_by_row, learn_knots

DUE = ["renewal_due", "deadline_due"]
EVENTS_A_BAND = 20.0
"""So many lifetimes should leave in a band that has a baseline of its own: it divides those at risk, and with few
accounts little would be left to compare."""


def clock_strata(intervals: pd.DataFrame) -> NDArray[np.object_]:
    """Return what tells the strata of a model of the lifetime apart, shape (n, 4).

    Each kind of term has a baseline hazard of its own in each band of days before its end, and in intervals that are to
    end with it or with the last day to give notice: no coefficient says how these differ. Bands are the months and
    years of ``days_before``, neighbours taken together until each should hold `EVENTS_A_BAND`.

    Parameters
    ----------
    intervals : DataFrame, n rows
        As the table ``counting_process``: term_kind, days_before, renewal_due, deadline_due, event, lifetime_id.
    """
    kind = intervals["term_kind"].to_numpy(object)
    before = intervals["days_before"].to_numpy(np.float64)
    events = events_by_row(intervals["event"].to_numpy(np.float64) == 1, intervals["lifetime_id"].to_numpy(object))
    days = np.where(
        before < 0, np.nan, before + 1
    )  # the nearest day of the band, which a knot on its border leaves out
    band = np.zeros(len(intervals), dtype=int)
    for name, knots in learn_knots(days, kind, events, EVENTS_A_BAND).items():
        own = (kind == name) & ~np.isnan(days)
        band[own] = np.searchsorted(knots[1:-1], days[own], side="left")
    return np.column_stack([kind, band, intervals[DUE].to_numpy()]).astype(object)
