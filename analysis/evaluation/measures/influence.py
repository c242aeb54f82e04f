"""Influence: what each row adds to a score, and from that the score's standard error and interval."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.cox.rows import refuse_rows
from analysis.curves.nonparametric import normal_quantile
from analysis.errors import ModelError

Scale = Literal["logit", "log", "log of one less"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score of forecasts.

    Attributes
    ----------
    value : float
    std_error : float
        By influence, summed over the rows of each cluster.
    conf_low, conf_high : float
        NaN at the end of the scale (an AUC of 1), where a standard error says nothing.
    """

    value: float
    std_error: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A score and what each row adds to it: two scores of the same rows differ by the difference of their parts.

    Attributes
    ----------
    value : float
    influence : ndarray, shape (n,)
        Derivative of the score by each row's case weight.
    cluster : ndarray of int, shape (n,)
        Codes from 0.
    """

    value: float
    influence: NDArray[np.float64]
    cluster: NDArray[np.intp]


def effective_df(own: NDArray) -> float:
    """Return the degrees of freedom of a variance that is the sum of squares of clusters' parts.

    Parameters
    ----------
    own : ndarray, shape (n_clusters,)
        Not all zero.

    Notes
    -----
    A few clusters, those that left, carry most of it: as many as clusters would, of equal part, give the same fourth
    moment: (sum of squares)^2 / sum of fourth powers (Satterthwaite 1946, Biometrics Bulletin 2, 110), less one; 1 at
    least.
    """
    return max(1.0, float((own**2).sum()) ** 2 / float((own**4).sum()) - 1.0)


def cluster_error(influence: NDArray[np.float64], cluster: NDArray[np.intp]) -> float:
    """Return the standard error that the influences of rows give, those of a cluster taken together.

    Parameters
    ----------
    influence : ndarray, shape (n,)
        Derivative of the score by each row's case weight.
    cluster : ndarray of int, shape (n,)
        Codes from 0.

    Notes
    -----
    Infinitesimal jackknife (Jaeckel 1972): the root of the sum of squares over clusters, without a factor for their
    number, as in R's ``survival``. Where G clusters are resampled with replacement, the errors agree to order 1 / G.
    """
    return float(np.sqrt(np.square(np.bincount(cluster, influence)).sum()))


def estimate(
    value: float,
    influence: NDArray[np.float64],
    cluster: NDArray[np.intp],
    scale: Scale,
    level: float = 0.95,
    df: float | None = None,
) -> Estimate:
    """Return a score with its standard error, and an interval that is symmetric on a scale that suits the score.

    Parameters
    ----------
    value : float
    influence : ndarray, shape (n,)
    cluster : ndarray of int, shape (n,)
        As `cluster_error` takes them.
    scale : {'logit', 'log', 'log of one less'}
        'logit' between 0 and 1, 'log' above 0, 'log of one less' below 1 (the log of 1 - value).
    level : float
    df : float, optional
        Degrees of freedom of Student's t, in place of the normal distribution (`effective_df`).

    Raises
    ------
    ModelError
        If the level is not between 0 and 1.

    Notes
    -----
    Delta method: on the scale f the standard error is the score's times the derivative of f there.
    """
    if not 0 < level < 1:
        raise ModelError(f"level must be between 0 and 1, for instance 0.95; {level!r} arrived.")
    std_error = cluster_error(influence, cluster)
    half = (normal_quantile(level) if df is None else float(stats.t.ppf((1 + level) / 2, df))) * std_error
    low = high = float("nan")
    if scale == "logit" and 0 < value < 1:
        middle, width = np.log(value / (1 - value)), half / (value * (1 - value))
        low, high = 1 / (1 + np.exp(width - middle)), 1 / (1 + np.exp(-width - middle))
    elif scale == "log" and value > 0:
        low, high = value * np.exp(-half / value), value * np.exp(half / value)
    elif scale == "log of one less" and value < 1:
        lack = 1 - value
        low, high = 1 - lack * np.exp(half / lack), 1 - lack * np.exp(-half / lack)
    return Estimate(value, std_error, float(low), float(high))


def finite_risk(risk: ArrayLike, n: int) -> NDArray[np.float64]:
    """Return predicted risks as numbers, shape (n,).

    Raises
    ------
    ModelError
        If there is not one finite number a row.
    """
    values = np.asarray(risk, dtype=np.float64)
    if values.shape != (n,):
        raise ModelError(f"risk must have one value a row ({n:,}); its shape is {values.shape}.")
    refuse_rows(~np.isfinite(values), "risk must be finite, without missing values")
    return values


def probability(risk: ArrayLike, n: int) -> NDArray[np.float64]:
    """Return predicted risks as numbers, shape (n,).

    Raises
    ------
    ModelError
        If there is not one probability a row.
    """
    values = finite_risk(risk, n)
    refuse_rows((values < 0) | (values > 1), "risk must be a probability, from 0 to 1")
    return values
