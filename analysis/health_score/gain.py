"""Gain: would weights learned then have told later quarters better than those in use?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from analysis.cohort.content import places
from analysis.contest.quarter_logit import fit_quarter_logit
from analysis.contest.values import LOG_SCORE, losses, ratio
from analysis.design.matrix import learn_design
from analysis.design.outcome import Outcome
from analysis.design.population import training_rows
from analysis.design.resampling import cluster_resamples, percentile_interval
from analysis.errors import DesignError, ModelError
from analysis.evaluation.measures.accuracy import group_rate
from analysis.evaluation.measures.cluster_interval import Interval
from analysis.evaluation.measures.discrimination import auc
from analysis.evaluation.rolling_origin import settled_quarters
from analysis.health_score.definition import FULL
from analysis.health_score.shrunk_weights import choose_penalty, free_columns, in_fives, learn, weights_of
from analysis.health_score.weight_rows import CONTRACT_RIDGE, FORECAST_RIDGE, LEAST_LEAVERS, WeightRows, quarters_of
from analysis.models.cross_fit import cluster_folds
from analysis.models.logistic import Logistic
from analysis.progress import Progress, quiet
from analysis.wording.remarks import remark

_SURE = 1e-9
N_RESAMPLES = 400


@dataclass(frozen=True, slots=True)
class Gain:
    """How much better proposed weights told later quarters.

    Attributes
    ----------
    log_score : Interval
        Loss by the weights in use less that by the learned ones, in hundredths of the loss by each quarter's rate.
    auc_published, auc_proposed : float
        Of the score alone, accounts of a quarter against each other.
    auc_low, auc_high : float
        95% interval of their difference, clusters resampled.
    n_quarters, n_rows, n_events : int
        Scored.
    """

    log_score: Interval
    auc_published: float
    auc_proposed: float
    auc_low: float
    auc_high: float
    n_quarters: int
    n_rows: int
    n_events: int

    @property
    def is_shown(self) -> bool:
        """Whether the gain's interval lies above zero."""
        return bool(self.log_score.conf_low > 0)


def gain_of_learning(
    rows: WeightRows, n_quarters: int = 8, allowed_gap_days: int = 0, progress: Progress = quiet
) -> Gain:
    """Learn weights at each of the last settled quarter starts, and score them on accounts not learned from.

    Weights are learned, shrunk, and rounded to fives on rows that were settled by then, without the account's fold of
    clusters; how far they are shrunk is chosen within these by the other folds. Both scores then become probabilities
    in the same way: a logistic regression, on the same rows, of an intercept, one slope, and what the contract says.

    Parameters
    ----------
    rows
        From `weight_rows`.
    n_quarters
        At most.
    allowed_gap_days
        Of the study: part of what is settled.
    progress
        Told of each quarter.

    Raises
    ------
    ModelError
        If no quarter has thirty leavers to learn from before it.
    """
    found = []
    quarters = settled_quarters(rows.rows)[-n_quarters:]
    for number, quarter in enumerate(quarters):
        one = _at_quarter(rows, quarter, allowed_gap_days)
        if one is not None:
            found.append(one)
        progress(f"weights learned then: quarter {number + 1} of {len(quarters)}")
    if not found or not any(one["event"].any() for one in found):
        raise ModelError(remark("health_score.no_quarter_to_learn", needed=LEAST_LEAVERS))
    return _scored(pd.concat(found, ignore_index=True), len(found), rows.seed)


def _at_quarter(rows: WeightRows, day: pd.Timestamp, allowed_gap_days: int) -> pd.DataFrame | None:
    """Return what both weights said of the rows of a quarter start; None where too few had left before."""
    numbered = rows.rows.assign(place=np.arange(len(rows.rows)))
    training = training_rows(numbered, day, allowed_gap_days)
    if training.empty or training.loc[training["event"] == 1, "lifetime_id"].nunique() < LEAST_LEAVERS:
        return None
    outcome = Outcome.from_landmarks(training)
    fold = cluster_folds(outcome, rows.seed)
    points = rows.points[training["place"].to_numpy(np.intp)]
    is_test = (rows.rows["risk_date"] == day).to_numpy(bool)
    test, test_points = rows.rows[is_test], rows.points[is_test]
    of_cluster = dict(zip(outcome.cluster, zip(fold, outcome.cluster_place, strict=True), strict=True))
    known = np.array([of_cluster.get(name, (0, -1)) for name in test["cluster_id"]], dtype=np.intp).reshape(-1, 2)
    contract, beside, test_beside = _contract(rows, training, outcome, fold, test, known)
    free, ridge = free_columns(contract, quarters_of(training), CONTRACT_RIDGE)
    said = np.full((len(test), 4), np.nan)
    for k in np.unique(known[:, 0]):
        kept, there = fold != k, known[:, 0] == k
        own = points[kept], free[kept], outcome.event[kept], ridge
        penalty = choose_penalty(*own, rows.published, fold[kept])
        effects = learn(*own).shrunk(rows.published, penalty)
        weights = in_fives(weights_of(effects, rows.published))
        for place, used in enumerate((rows.published, weights)):
            score, test_score = points[kept] @ used / FULL, test_points[there] @ used / FULL
            said[there, place] = test_score
            said[there, 2 + place] = _calibrated(
                score, beside[kept], outcome.event[kept], test_score, test_beside[there]
            )
    names = ["score_published", "score_proposed", "risk_published", "risk_proposed"]
    labels = test[["risk_date", "lifetime_id", "cluster_id"]].reset_index(drop=True)
    content = Outcome.from_landmarks(test).content
    return labels.assign(event=rows.event[is_test], content=content, **dict(zip(names, said.T, strict=True)))


def _contract(
    rows: WeightRows, training: pd.DataFrame, outcome: Outcome, fold: NDArray[np.intp], test: pd.DataFrame,
    known: NDArray[np.intp],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """Return the contract's columns, and what they say of rows of training and of the quarter without their cluster."""
    none = np.empty((len(training), 0))
    lacking = none, none, np.empty((len(test), 0))
    if not rows.covariates:
        return lacking
    try:
        design = learn_design(training, rows.covariates)
    except DesignError:
        return lacking
    matrix = design.apply(training)
    _, unseen = Logistic(ridge=FORECAST_RIDGE).fit_out_of_fold(matrix, outcome, fold)
    said = unseen(matrix, fold, outcome.cluster_place), unseen(design.apply(test), known[:, 0], known[:, 1])
    first, second = (logit(np.clip(one, _SURE, 1 - _SURE))[:, None] for one in said)
    return matrix.values, first, second


def _calibrated(
    score: NDArray[np.float64], beside: NDArray[np.float64], event: NDArray[np.bool_], test_score: NDArray[np.float64],
    test_beside: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """Return the risk of later rows by a regression on a score and the contract, shape (n,); NaN where it has none."""
    fit = fit_quarter_logit(np.column_stack([score, beside]), event, np.zeros(len(event), dtype=np.intp))
    return np.asarray(expit(fit.intercepts[0] + np.column_stack([test_score, test_beside]) @ fit.coefficients))


def _scored(said: pd.DataFrame, n_quarters: int, seed: int) -> Gain:
    said = said[np.isfinite(said[["risk_published", "risk_proposed"]]).all(axis=1)]
    event, quarter = said["event"].to_numpy(bool), said["risk_date"].to_numpy()
    cluster = places(said["cluster_id"].to_numpy(object), said["content"].to_numpy(np.uint64))
    whole = losses(LOG_SCORE, event, group_rate(event, quarter))
    part = losses(LOG_SCORE, event, said["risk_published"].to_numpy(np.float64)) - losses(
        LOG_SCORE, event, said["risk_proposed"].to_numpy(np.float64)
    )
    drawn = np.vstack([np.ones(len(said), dtype=np.int64), cluster_resamples(cluster, N_RESAMPLES, seed)])
    before, after = (
        auc(event, -said[name].to_numpy(np.float64), drawn, quarter) for name in ("score_published", "score_proposed")
    )
    low, high = percentile_interval((after - before)[1:])
    return Gain(
        ratio(part, whole, cluster), float(before[0]), float(after[0]), low, high, n_quarters, len(said),
        int(said.loc[event, "lifetime_id"].nunique()),
    )  # fmt: skip
