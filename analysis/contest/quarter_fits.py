"""Quarter fits: logistic regressions of what was settled at a quarter's start, each without one fold of clusters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.cohort_tables import CohortTables
from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.design.population import Elapsed, training_rows
from analysis.errors import ModelError
from analysis.evaluation.folds import Fold
from analysis.evaluation.rolling_origin import rolling_origin_of
from analysis.models.cross_fit import as_in_training, cluster_folds, held_out
from analysis.models.logistic import Logistic
from analysis.models.registry import LOGISTIC, competing_models
from analysis.wording.remarks import remark


@dataclass(frozen=True, slots=True, eq=False)
class QuarterFits:
    """What was learned before one quarter, five times.

    Attributes
    ----------
    fold : Fold
        The quarter.
    training : Outcome
        Of the rows that were learned from.
    part : ndarray of int, shape (n,)
        Fold of clusters of each of them.
    fits : mapping of int to Logistic
        By the fold of clusters that it was fitted without; none where nobody left outside it.
    """

    fold: Fold
    training: Outcome
    part: NDArray[np.intp]
    fits: Mapping[int, Logistic]

    def said(
        self, rows: DesignMatrix, cluster: NDArray[np.object_], families: Sequence[str]
    ) -> dict[str, NDArray[np.float64]]:
        """Return the log odds that each family adds to rows by the fit without their cluster, shape (n,) each.

        Parameters
        ----------
        rows : DesignMatrix
            By the quarter's design.
        cluster : ndarray of str, shape (n,)
            Of the rows; one that is new is told by the fit without the first fold.
        families : sequence of str
            0 where a family has no column, or there is no fit.
        """
        own = as_in_training(self.training, self.part, cluster)[0]
        found = {family: np.zeros(len(rows)) for family in families}
        for number, fit in self.fits.items():
            there = own == number
            for family, said in said_by(fit, rows.take(there), families).items():
                found[family][there] = said
        return found


def quarters_of(tenure: CohortTables, model: str) -> tuple[Fold, ...]:
    """Learn the quarters that `rolling_origin_of` scores, by one model alone.

    It is the same to the bit as where all models compete, in a small part of the time.

    Raises
    ------
    ModelError
        If no quarter could be scored.
    """
    return rolling_origin_of(tenure, {model: competing_models(tenure.study)[model]}, blended=()).folds


def fits_of_quarters(
    landmarks: pd.DataFrame, folds: Sequence[Fold], *, allowed_gap_days: int, elapsed: Elapsed, seed: int = 0
) -> tuple[QuarterFits, ...]:
    """Fit the logistic regression on all columns to the training rows of each quarter outside each fold of clusters.

    Each is shrunk as far as the fit to all of the rows was.

    Parameters
    ----------
    landmarks : DataFrame
        All landmark rows.
    folds : sequence of Fold
        The quarters, from `rolling_origin`; those without the logistic regression are passed over.
    allowed_gap_days, elapsed
        As in `rolling_origin`.
    seed : int
        Of the folds of clusters.

    Raises
    ------
    ModelError
        If no quarter has a logistic regression.
    """
    found = []
    for fold in folds:
        whole = fold.competition.plain.get(LOGISTIC)
        if isinstance(whole, Logistic):
            rows = fold.relabel(training_rows(landmarks, fold.landmark, allowed_gap_days, elapsed))
            found.append(_at_quarter(rows, fold, whole.ridge_, seed))
    if not found:
        raise ModelError(remark("contest.not_fitted", model=LOGISTIC, folds=len(folds)))
    return tuple(found)


def said_by(fit: Logistic, rows: DesignMatrix, families: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Return the log odds that each family adds in one fit, shape (n,) each."""
    places: Mapping[str, NDArray[np.intp]] = {family: rows.family_columns(family) for family in families}
    return {family: rows.values[:, own] @ fit.coefficients_[own] for family, own in places.items()}


def _at_quarter(rows: pd.DataFrame, fold: Fold, ridge: NDArray[np.float64], seed: int) -> QuarterFits:
    matrix, outcome = fold.design.apply(rows), Outcome.from_landmarks(rows)
    part = cluster_folds(outcome, seed)
    fits = {}
    for number, out in enumerate(held_out(part)):
        try:
            fits[number] = Logistic(ridge=ridge).fit(matrix.take(~out), outcome.take(~out))
        except ModelError:  # nobody left outside this fold: nothing is said of it
            continue
    return QuarterFits(fold, outcome, part, fits)
