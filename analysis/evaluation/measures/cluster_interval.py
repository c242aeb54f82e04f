"""Cluster interval: an estimate's interval from what each row adds to it, rows of a cluster taken together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.evaluation.measures.influence import effective_df


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95% interval, NaN where fewer than two clusters say anything.

    Attributes
    ----------
    estimate, conf_low, conf_high
        In the unit of what is estimated; the interval is by Student's t.
    p_value
        Two-sided, of zero.
    std_error
        In the same unit.
    df
        Degrees of freedom.
    """

    estimate: float
    conf_low: float = np.nan
    conf_high: float = np.nan
    p_value: float = np.nan
    std_error: float = np.nan
    df: float = np.nan


UNKNOWN = Interval(np.nan)


def cluster_interval(estimate: float, influence: NDArray[np.float64], cluster: NDArray[np.intp]) -> Interval:
    """Return the interval of an estimate by the influences of rows.

    Parameters
    ----------
    estimate : float
    influence : ndarray, shape (n,)
        Derivative of the estimate by each row's case weight.
    cluster : ndarray of int, shape (n,)
        Numbers from 0: rows of a cluster are taken as one draw.

    Notes
    -----
    The linearised variance over G clusters: G / (G - 1) times the sum of squares of their own sums (Cochran 1977,
    Sampling Techniques, section 2.11), and Student's t on the degrees of freedom of `effective_df`.

    Examples
    --------
    The mean of 1, 2, 3 and 6 over four clusters of one row.

    >>> value = np.array([1.0, 2.0, 3.0, 6.0])
    >>> found = cluster_interval(3.0, (value - 3.0) / 4, np.arange(4))
    >>> round(found.conf_low, 2), round(found.conf_high, 2)
    (-10.72, 16.72)
    """
    own = np.bincount(cluster, influence)
    squares, n_clusters = float((own**2).sum()), len(np.unique(cluster))
    if n_clusters < 2 or not squares > 0:
        return Interval(estimate)
    error = float(np.sqrt(n_clusters / (n_clusters - 1) * squares))
    df = effective_df(own)
    reach = float(stats.t.ppf(0.975, df)) * error
    p_value = float(2 * stats.t.sf(abs(estimate) / error, df))
    return Interval(estimate, estimate - reach, estimate + reach, p_value, error, df)
