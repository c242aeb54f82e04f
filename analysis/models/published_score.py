"""Published score: what a company's own health score, alone, says of the next three months."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.base import require_landmark_clock, require_same_rows
from analysis.models.logistic import Logistic
from analysis.wording.remarks import remark

SCORE = "published_score"
"""What rows call the score that was published last before their landmark."""
KNOTS = (0.05, 0.35, 0.65, 0.95)
"""Quantiles of the training rows' scores at which the curve bends."""
_RIDGE = 1.0
"""Of columns in standard deviations: it matters only where all or none of those without a score left."""


class PublishedScoreOnly:
    """Logistic curve of the health score that was published last before the landmark; no score is a level of its own.

    It is what the score is worth as it stands: its numbers are turned into probabilities, and nothing is added to them.

    Attributes
    ----------
    knots_ : ndarray, shape (4,) or shorter
        In the unit of the score.
    centre_, spread_ : ndarray, shape (pieces,)
        Mean and standard deviation of the curve's pieces in training.
    curve_ : Logistic
        Of the curve's pieces.

    Notes
    -----
    Restricted cubic spline, straight beyond the outer knots (Harrell 2015, Regression Modeling Strategies, 2.4.5).
    """

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Learn the curve.

        Raises
        ------
        ModelError
            If the rows are on another clock, all or none of them churned, or no two of them have different scores.
        """
        require_same_rows(design, outcome)
        require_landmark_clock(outcome, "PublishedScoreOnly")
        score = _scores(design)
        given = score[np.isfinite(score)]
        if len(np.unique(given)) < 2:
            raise ModelError(remark("models.no_published_score", rows=len(design)))
        self.knots_ = score_knots(given)
        self.centre_, self.spread_ = np.zeros(1), np.ones(1)
        pieces = self._pieces(given)
        self.centre_, self.spread_ = pieces.mean(axis=0), pieces.std(axis=0)
        self.curve_ = Logistic(ridge=_RIDGE).fit(self._design(design), outcome)
        return self

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the probability of having churned by each time, shape (n_rows, n_times), as `Logistic`."""
        return self.curve_.predict_incidence(self._design(design), times, cause)

    def _design(self, design: DesignMatrix) -> DesignMatrix:
        score = _scores(design)
        lacks = ~np.isfinite(score)
        pieces = self._pieces(np.where(lacks, self.knots_[0], score))
        pieces[lacks] = 0.0
        names = [f"{SCORE}: {k}" for k in range(pieces.shape[1])]
        columns = [Column(name, SCORE, "") for name in names]
        missing = Column(f"{SCORE}: missing", SCORE, "", marks_missing=True)
        return DesignMatrix(np.column_stack([pieces, lacks]), (*columns, missing), design.rows)

    def _pieces(self, score: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the line and, with three knots or more, the bends, in standard deviations, shape (n, pieces)."""
        return (curve_pieces(score, self.knots_) - self.centre_) / self.spread_


def score_knots(given: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where the curve of known scores bends, shape (4,) or shorter."""
    return np.unique(np.quantile(given, KNOTS, method="inverted_cdf"))


def curve_pieces(score: NDArray[np.float64], knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the line and, with three knots or more, the bends of a curve, in units of the score, (n, pieces)."""

    def above(knot: float) -> NDArray[np.float64]:
        return np.maximum(score - knot, 0.0) ** 3

    pieces = [score]
    if len(knots) > 2:
        last, before = knots[-1], knots[-2]
        pieces += [
            above(knot)
            - above(before) * (last - knot) / (last - before)
            + above(last) * (before - knot) / (last - before)
            for knot in knots[:-2]
        ]
    return np.column_stack(pieces)


def _scores(design: DesignMatrix) -> NDArray[np.float64]:
    if SCORE not in design.rows:
        return np.full(len(design), np.nan)
    return pd.to_numeric(design.rows[SCORE]).to_numpy(np.float64)
