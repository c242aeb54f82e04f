"""Calibration tests: are forecasts off by as much in every group, or from quarter to quarter?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit

from analysis.evaluation.calibration.curve import FEWEST_EVENTS, log_odds
from analysis.evaluation.calibration.logit_fit import fit_logit


@dataclass(frozen=True, slots=True)
class ScoreTest:
    """A test of no difference in calibration.

    Attributes
    ----------
    statistic
        Chi-square on `df` degrees of freedom, or, of a trend, the normal deviate: above 0 more left than forecast in
        later quarters.
    p_value
        NaN where nothing can be tested.
    """

    statistic: float = float("nan")
    df: int = 0
    p_value: float = float("nan")

    @property
    def is_known(self) -> bool:
        """Whether there was something to test."""
        return self.p_value == self.p_value


def groups_test(event: NDArray[np.bool_], risk: NDArray[np.float64], cluster: NDArray, group: NDArray) -> ScoreTest:
    """Test whether observed and expected churn differ by one and the same odds ratio in all groups.

    Parameters
    ----------
    event, risk, cluster
        As in `analysis.evaluation.calibration.measures.observed_over_expected`.
    group : ndarray, shape (n,)
        A missing label is a group of its own.

    Returns
    -------
    ScoreTest
        Not known for fewer than two groups, or fewer than 10 clusters with event.

    Notes
    -----
    Score test of a factor for the group beside a constant, log odds of the forecast as offset. Its variance is that of
    independent rows under no difference, for a group in which nobody left has no other, times the mean design effect
    of clusters where that is over 1 (Rao and Scott 1981, J. Am. Stat. Assoc. 76, 221).
    """
    code = pd.factorize(group, use_na_sentinel=False)[0]
    factor = np.eye(code.max(initial=-1) + 1)[code]
    scored = _score(event, risk, cluster, factor)
    if scored is None or factor.shape[1] < 2:
        return ScoreTest()
    score, variance = scored
    statistic = float(score[1:] @ np.linalg.pinv(variance[1:, 1:], hermitian=True) @ score[1:])
    df = int(np.linalg.matrix_rank(variance[1:, 1:], hermitian=True))
    return ScoreTest(statistic, df, float(stats.chi2.sf(statistic, df))) if df else ScoreTest()


def trend_test(
    event: NDArray[np.bool_], risk: NDArray[np.float64], cluster: NDArray, time: NDArray[np.float64]
) -> ScoreTest:
    """Test whether the odds ratio of observed to expected churn rises or falls with time.

    Parameters
    ----------
    event, risk, cluster
        As in `groups_test`, as is the variance.
    time : ndarray, shape (n,)
    """
    scored = _score(event, risk, cluster, np.asarray(time, np.float64)[:, None])
    if scored is None or not scored[1][0, 0] > 0:
        return ScoreTest()
    deviate = float(scored[0][0] / np.sqrt(scored[1][0, 0]))
    return ScoreTest(deviate, 1, float(2 * stats.norm.sf(abs(deviate))))


def _score(
    event: NDArray[np.bool_], risk: NDArray[np.float64], cluster: NDArray, columns: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return the score of columns beside a constant, and its variance under no effect; None where events are few."""
    code = pd.factorize(cluster)[0]
    if len(np.unique(code[event])) < FEWEST_EVENTS:
        return None
    odds = log_odds(risk)
    common = fit_logit(np.ones((len(event), 1)), event, cluster, odds)
    if common is None:
        return None
    fitted = expit(odds + common.coefficients[0])
    weight = fitted * (1 - fitted)
    centred = columns - weight @ columns / weight.sum()
    variance = (centred * weight[:, None]).T @ centred
    own = centred * (event - fitted)[:, None]
    by_cluster = np.zeros((code.max() + 1, columns.shape[1]))
    np.add.at(by_cluster, code, own)
    effect = float((by_cluster**2).sum() / np.trace(variance)) if np.trace(variance) > 0 else 1.0
    return own.sum(axis=0), variance * max(effect, 1.0)
