"""Family predictors: what each family says of rows that the model of all families had not seen."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contest.frames import FAMILY_PREDICTORS
from analysis.declared.study import Study
from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.design.population import Elapsed, training_rows
from analysis.errors import ModelError
from analysis.evaluation.folds import Fold
from analysis.evaluation.in_use import GROUPS
from analysis.evaluation.use.revenue import annual_revenue
from analysis.forecast.last_landmark import at_risk_now
from analysis.forecast.outlook import Forecast
from analysis.models.cross_fit import cluster_folds
from analysis.models.logistic import Logistic
from analysis.models.recalibration import Recalibrated
from analysis.models.registry import LOGISTIC
from analysis.wording.remarks import remark


def predictors_of_quarters(
    landmarks: pd.DataFrame,
    folds: Sequence[Fold],
    families: Sequence[str],
    *,
    allowed_gap_days: int,
    elapsed: Elapsed,
    seed: int = 0,
) -> pd.DataFrame:
    """Return what each family says of the rows of each quarter, learned before it and without the row's cluster.

    The logistic regression on all columns is fitted to the training rows of the quarter outside each of five folds of
    clusters, shrunk as far as the fit to all of them was; rows of a fold, and of clusters that are new, are told by the
    fit without it.

    Parameters
    ----------
    landmarks : DataFrame
        All landmark rows.
    folds : sequence of Fold
        The quarters, from `rolling_origin`; those without the logistic regression are passed over.
    families : sequence of str
        One column each; 0 where a family has no column in a quarter.
    allowed_gap_days, elapsed
        As in `rolling_origin`.
    seed : int
        Of the folds of clusters.

    Returns
    -------
    DataFrame
        As `FAMILY_PREDICTORS`, quarter after quarter, in the order of `RollingOrigin.predictions`.

    Raises
    ------
    ModelError
        If no quarter has a logistic regression.
    """
    frames = []
    for fold in folds:
        whole = fold.competition.plain.get(LOGISTIC)
        if isinstance(whole, Logistic):
            rows = fold.relabel(training_rows(landmarks, fold.landmark, allowed_gap_days, elapsed))
            said = _of_quarter(rows, fold, whole.ridge_, families, seed)
            frames.append(_labels(fold.test_rows, fold.landmark).assign(event=fold.outcome.event, **said))
    if not frames:
        raise ModelError(remark("contest.not_fitted", model=LOGISTIC, folds=len(folds)))
    return FAMILY_PREDICTORS.checked(pd.concat(frames, ignore_index=True))


def predictors_of_book(
    landmarks: pd.DataFrame, study: Study, forecast: Forecast, families: Sequence[str]
) -> pd.DataFrame:
    """Return what each family says of the accounts at risk now, and what they pay in a year.

    Parameters
    ----------
    landmarks : DataFrame
        All landmark rows.
    study
        Its snapshot.
    forecast
        From the last landmark, by models fitted to all that is settled.
    families : sequence of str

    Returns
    -------
    DataFrame
        As `FAMILY_PREDICTORS`, without event, in the order of the forecast's accounts.

    Raises
    ------
    ModelError
        If the forecast has no logistic regression.
    """
    fitted = forecast.fitted.get(LOGISTIC)
    if not isinstance(fitted, Recalibrated) or not isinstance(fitted.model, Logistic):
        raise ModelError(remark("contest.not_fitted", model=LOGISTIC, folds=1))
    now = at_risk_now(landmarks, study.time.snapshot)
    revenue = annual_revenue(now)
    said = _said(fitted.model, forecast.design.apply(now), families)
    priced = {} if revenue is None else {"annual_revenue": revenue}
    return FAMILY_PREDICTORS.checked(_labels(now, forecast.landmark).assign(**priced, **said))


def _of_quarter(
    training: pd.DataFrame, fold: Fold, ridge: NDArray[np.float64], families: Sequence[str], seed: int
) -> dict[str, NDArray[np.float64]]:
    """Return what each family says of a quarter's rows, by fits without their fold of clusters."""
    matrix, outcome = fold.design.apply(training), Outcome.from_landmarks(training)
    part = cluster_folds(outcome, seed)
    of_cluster = dict(zip(outcome.cluster, part, strict=True))
    own = np.array([of_cluster.get(name, 0) for name in fold.outcome.cluster], dtype=np.intp)
    found = {family: np.zeros(len(fold.test)) for family in families}
    for k in np.unique(own):
        kept = part != k
        there = own == k
        try:
            model = Logistic(ridge=ridge).fit(matrix.take(kept), outcome.take(kept))
        except ModelError:  # nobody left outside this fold: nothing is said of it
            continue
        for family, said in _said(model, fold.test.take(there), families).items():
            found[family][there] = said
    return found


def _said(model: Logistic, rows: DesignMatrix, families: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Return the log odds that each family adds, shape (n,) each."""
    places: Mapping[str, NDArray[np.intp]] = {family: rows.family_columns(family) for family in families}
    return {family: rows.values[:, own] @ model.coefficients_[own] for family, own in places.items()}


def _labels(rows: pd.DataFrame, landmark: pd.Timestamp) -> pd.DataFrame:
    names = ["lifetime_id", "account_id", "cluster_id", *(name for name in GROUPS if name in rows)]
    labels = rows[names].reset_index(drop=True)
    labels.insert(0, "landmark", landmark)
    return labels
