"""Forest choice: a forest whose leaves, columns tried and bins are chosen among its own training rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.cross_fit import Unseen, cluster_folds
from analysis.models.forest import Forest
from analysis.models.recalibration import learn_recalibration
from analysis.models.scoring import mean_log_score


@dataclass(frozen=True, slots=True)
class ForestSettings:
    """Settings of a forest.

    Attributes
    ----------
    min_rows_per_leaf, max_bins : int
    max_features : float
        Share of the columns that a node tries.
    """

    min_rows_per_leaf: int
    max_features: float
    max_bins: int


class TunedForest:
    """A forest with the settings under which clusters that its trees had not drawn are likeliest.

    One setting after another is chosen, the others as they stand: leaves, then columns, then bins. Forecasts are put
    right (`learn_recalibration`) before they are compared: a forest that is too flat, but ranks better, is no worse.

    Parameters
    ----------
    leaves, bins : sequence of int
    columns : sequence of float
        What to choose from, of each setting of `ForestSettings`; the first is where the search begins.
    n_trees, seed, n_jobs : int
        As in `Forest`.

    Attributes
    ----------
    forest_ : Forest
    settings_ : ForestSettings
    """

    def __init__(
        self,
        *,
        leaves: Sequence[int],
        columns: Sequence[float],
        bins: Sequence[int],
        n_trees: int = 100,
        seed: int = 0,
        n_jobs: int = -1,
    ) -> None:
        self.leaves, self.columns, self.bins = tuple(leaves), tuple(columns), tuple(bins)
        self.n_trees, self.seed, self.n_jobs = n_trees, seed, n_jobs

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Choose the settings, and keep the forest that has them.

        Raises
        ------
        ModelError
            As `Forest.fit`, or if there is nothing to choose from.
        """
        return self.fit_out_of_fold(design, outcome, cluster_folds(outcome, self.seed))[0]

    def fit_out_of_fold(self, design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]) -> tuple[Self, Unseen]:
        """Fit, and return beside it what `Forest.fit_out_of_fold` does, of the forest that is kept."""
        if not (self.leaves and self.columns and self.bins):
            raise ModelError("A forest needs at least one leaf size, one share of columns and one number of bins.")
        tried: dict[ForestSettings, tuple[float, Forest, Unseen]] = {}
        place = outcome.cluster_place

        def score(settings: ForestSettings) -> float:
            if settings not in tried:
                forest = Forest(
                    n_trees=self.n_trees,
                    min_rows_per_leaf=settings.min_rows_per_leaf,
                    max_features=settings.max_features,
                    max_bins=settings.max_bins,
                    seed=self.seed,
                    n_jobs=self.n_jobs,
                )
                _, unseen = forest.fit_out_of_fold(design, outcome, fold)
                risk = unseen(design, fold, place)
                right = learn_recalibration(outcome.event, risk, outcome.lifetime).apply(risk)
                tried[settings] = mean_log_score(outcome.event, right), forest, unseen
            return tried[settings][0]

        best = ForestSettings(self.leaves[0], self.columns[0], self.bins[0])
        best = min((replace(best, min_rows_per_leaf=rows) for rows in self.leaves), key=score)
        best = min((replace(best, max_features=share) for share in self.columns), key=score)
        best = min((replace(best, max_bins=number) for number in self.bins), key=score)
        self.settings_ = best
        _, self.forest_, unseen = tried[best]
        return self, unseen

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the forest's incidence by each time, shape (n_rows, n_times)."""
        return self.forest_.predict_incidence(design, times, cause)
