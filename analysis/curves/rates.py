"""Rates: events per year at risk, by phase, renewal clock or any other part of a lifetime."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.curves.nonparametric import checked_intervals, for_each_group
from analysis.errors import ModelError

DAYS_A_YEAR = 365.25


def rates(
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    event: NDArray[np.int64],
    group: NDArray | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the rate of events per year at risk: the hazard, if it is constant within each group.

    Parameters
    ----------
    start, stop : ndarray, shape (n,)
        Intervals at risk, ``(start, stop]`` in days.
    event : ndarray of bool or int, shape (n,)
        Whether the row ends in an event, or how many recurrent events fall in it.
    group : ndarray, shape (n,), optional
        The phase, say, that a row lies in: a lifetime gives each the days it spent there.
    level : float
        Of the interval.

    Returns
    -------
    DataFrame
        One row per group: group, events, exposure (days at risk), rate (events per 365.25 days at risk), conf_low,
        conf_high.

    Raises
    ------
    ModelError
        If there are no rows, an interval has no length, or an event is not a whole number from 0.

    Notes
    -----
    Exact interval of a Poisson count: Garwood (1936), Biometrika 28, 437. It holds where events come independently;
    recurrent events that come in bursts within lifetimes need wider ones.

    Examples
    --------
    Ten events in two years at risk:

    >>> import numpy as np
    >>> table = rates(np.zeros(2), np.array([365.25, 365.25]), np.array([4, 6]))
    >>> table[["rate", "conf_low", "conf_high"]].round(2).to_numpy().tolist()
    [[5.0, 2.4, 9.2]]
    """
    from statsmodels.stats.rates import confint_poisson  # statsmodels brings polars: only who asks waits

    start, stop = checked_intervals(start, stop, "A rate")
    count = np.asarray(event, float)
    if count.shape != stop.shape or not ((count >= 0) & (count == np.floor(count))).all():
        raise ModelError(f"A rate needs a whole number of events, 0 or more, for each of {len(stop):,} rows.")

    def estimate(of: NDArray[np.bool_]) -> pd.DataFrame:
        return pd.DataFrame({"events": [int(count[of].sum())], "exposure": [float((stop[of] - start[of]).sum())]})

    table = for_each_group(group, len(stop), estimate)
    years = table["exposure"].to_numpy() / DAYS_A_YEAR
    events = table["events"].to_numpy()
    table["rate"] = events / years
    table["conf_low"], table["conf_high"] = confint_poisson(events, years, method="exact-c", alpha=1 - level)
    return table
