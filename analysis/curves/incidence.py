"""Cumulative incidence: the probability of each kind of end by each age, where the kinds compete."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.curves.nonparametric import checked_intervals, for_each_group, normal_quantile, with_the_start
from analysis.curves.recurrent import label_codes, mean_count, refuse_broken_lifetimes
from analysis.errors import ModelError


def aalen_johansen(
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    cause: NDArray,
    causes: Sequence | None = None,
    group: NDArray | None = None,
    level: float = 0.95,
    *,
    subject: NDArray | None = None,
    cluster: NDArray | None = None,
) -> pd.DataFrame:
    """Estimate the cumulative incidence of each cause from intervals ``(start, stop]`` at risk.

    At every time the incidences of all causes and the Kaplan-Meier survival sum to one. Ends of several causes at one
    time are at the same risk, in no order. (lifelines' ``AalenJohansenFitter`` moves ties apart by random numbers and
    knows no entry, so it judges only where there is neither.)

    Parameters
    ----------
    start, stop : ndarray, shape (n,)
        In days since the lifetime's origin, or any other unit; rows at risk as for `kaplan_meier`.
    cause : ndarray, shape (n,)
        What ended the lifetime at `stop`; empty ('', None) where nothing did.
    causes : sequence, optional
        Which to report, in that order; ends of others compete all the same. By default all, by name.
    group : ndarray, shape (n,), optional
    level : float
        Of the interval, on the log(-log) scale of the incidence.
    subject : ndarray, shape (n,), optional
        Whose rows, where a lifetime has several; every row its own by default.
    cluster : ndarray, shape (n,), optional
        Within which rows may be dependent, as a parent account's; the subjects by default.

    Returns
    -------
    DataFrame
        One row per group, cause and distinct time of an end of any cause, between one at the group's earliest start and
        one at its last stop: group, cause, time, n_risk, n_event (ends by this cause), estimate (probability of an end
        by this cause by `time`, given entry at the earliest start), std_error (infinitesimal jackknife over clusters),
        conf_low, conf_high (NaN before the first, and once all have ended by this cause).

    Raises
    ------
    ModelError
        If there are no rows or no causes, an interval has no length, or rows of a subject overlap or follow its end.

    Notes
    -----
    Aalen and Johansen (1978), Scand. J. Stat. 5, 141. All numbers are those of R's ``survfit(Surv(start, stop,
    factor(cause)) ~ 1, id = subject, conf.type = "log-log")``; clusters, which it leaves out of its errors (survival
    3.5-3), are sums of its influences. The interval's scale is that of the incidence, not of its complement (as
    Kaplan-Meier's): so those of rare ends miss about equally often on either side.

    Examples
    --------
    Of four lifetimes two churned, one was merged into another, one goes on.

    >>> import numpy as np
    >>> cause = np.array(["churn", "merged", "churn", ""])
    >>> curves = aalen_johansen(start=np.zeros(4), stop=np.array([1, 2, 3, 4]), cause=cause)
    >>> curves.groupby("cause")["estimate"].last().to_dict()
    {'churn': 0.5, 'merged': 0.25}
    """
    start, stop = checked_intervals(start, stop, "Cumulative incidence")
    n = len(stop)
    of_row = np.asarray(cause, dtype=object)
    if of_row.shape != (n,):
        raise ModelError(f"cause must have one value for each of {n:,} rows; its shape is {of_row.shape}.")
    ended = ~(pd.isna(of_row) | (of_row == ""))
    reported = sorted(set(of_row[ended])) if causes is None else list(causes)
    if not reported:
        raise ModelError("Cumulative incidence needs causes to report: none of the rows ended; name them in `causes`.")
    lifetime = np.arange(n) if subject is None else refuse_broken_lifetimes(start, stop, ended, subject)
    unit = lifetime if cluster is None else label_codes(cluster, "cluster", n)
    z = normal_quantile(level)

    def estimate(of: NDArray[np.bool_]) -> pd.DataFrame:
        rows = (start[of], stop[of], ended[of], unit[of])
        return pd.concat(
            [_incidence(*rows, of_row[of] == name, z).assign(cause=name) for name in reported], ignore_index=True
        )

    table = for_each_group(group, n, estimate)
    return table[["group", "cause", *table.columns.drop(["group", "cause"])]]


def _incidence(
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    ended: NDArray[np.bool_],
    cluster: NDArray[np.intp],
    is_cause: NDArray[np.bool_],
    z: float,
) -> pd.DataFrame:
    """Estimate one cause's incidence: the mean number of ends by it, of which each lifetime has at most one."""
    curve = mean_count(start, stop, ended, cluster, stop[is_cause], cluster[is_cause])
    certain = (curve.survival == 0) & (np.cumsum(curve.n_event) == np.cumsum(curve.n_end))
    share = np.where(certain, 1.0, curve.estimate)
    std_error = np.where(certain, np.nan, curve.std_error)
    untold = certain | (share == 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # a power of infinity is the limit: 0
        half = z * std_error / (share * -np.log(share))
        low, high = share ** np.exp(half), share ** np.exp(-half)
    columns = {
        "time": curve.time,
        "n_risk": curve.n_risk,
        "n_event": curve.n_event,
        "estimate": share,
        "std_error": std_error,
        "conf_low": np.where(untold, np.nan, low),
        "conf_high": np.where(untold, np.nan, high),
    }
    return with_the_start(start, stop, 0.0, columns)
