"""Score columns: a health score as the curve that it is worth, beside the columns of families."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.matrix import Column, DesignMatrix
from analysis.models.published_score import curve_pieces, score_knots

SCORE = "score"
"""The name of the family that the columns of the score make."""
_N_KNOTS = 4


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCurve:
    """What training rows taught of a score: where its curve bends, and the mean and spread of its pieces.

    Attributes
    ----------
    knots : ndarray, shape (k,)
        Fewer than two: the score says nothing.
    centre, spread : ndarray, shape (pieces,)
    """

    knots: NDArray[np.float64]
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]

    def columns(self, score: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the pieces in standard deviations, 0 where there is no score, and the mark of those, shape (n, 4).

        A score of few values has fewer bends: the columns of the others are zero.
        """
        found = np.zeros((len(score), _N_KNOTS))
        found[:, -1] = ~np.isfinite(score)
        if len(self.knots) > 1:
            known = np.isfinite(score)
            pieces = (curve_pieces(score[known], self.knots) - self.centre) / self.spread
            found[np.ix_(known, np.arange(pieces.shape[1]))] = pieces
        return found


def learn_curve(score: NDArray[np.float64]) -> ScoreCurve:
    """Learn the curve of the scores of training rows, shape (n,); NaN where there is none."""
    given = score[np.isfinite(score)]
    knots = score_knots(given) if len(given) else np.zeros(0)
    if len(knots) < 2:
        return ScoreCurve(knots, np.zeros(1), np.ones(1))
    pieces = curve_pieces(given, knots)
    return ScoreCurve(knots, pieces.mean(axis=0), pieces.std(axis=0))


def with_score(design: DesignMatrix, columns: NDArray[np.float64], learned_from: NDArray[np.float64]) -> DesignMatrix:
    """Put the columns of a score before those of a design: those that differ among the rows that are learned from.

    Where each of these has a score the mark of those without says nothing, and a score of few values has fewer bends.

    Parameters
    ----------
    design : DesignMatrix, n rows
    columns : ndarray, shape (n, 4)
        From `ScoreCurve.columns`.
    learned_from : ndarray, shape (m, 4)
        The same of the training rows.
    """
    last = columns.shape[1] - 1
    kept = np.flatnonzero(np.ptp(learned_from, axis=0) > 0).tolist()
    own = tuple(Column(f"{SCORE}: {k}", SCORE, SCORE, marks_missing=k == last) for k in kept)
    return DesignMatrix(np.column_stack([columns[:, kept], design.values]), own + design.columns, design.rows)


def scores_of(rows: pd.DataFrame, of: pd.DataFrame, score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the scores of some landmark rows, given those of all, shape (number of rows,)."""
    keys = ["lifetime_id", "risk_date"]
    return (
        pd.Series(score, index=pd.MultiIndex.from_frame(of[keys]))
        .reindex(pd.MultiIndex.from_frame(rows[keys]))
        .to_numpy(np.float64)
    )
