"""Stack: several models fitted as one, weighed by what each says of rows that it had not seen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.base import Model
from analysis.models.blend import Blend, learn_weights
from analysis.models.cross_fit import CrossFit, Unseen, cluster_folds, cross_fit


class Stack:
    """A model that is a blend of others on the same columns.

    Parameters
    ----------
    members : mapping of str to callable
        By name, functions that return an unfitted model.
    seed : int
        Of the folds by which they are weighed, where a fit is asked for without any.

    Attributes
    ----------
    blend_ : Blend
        The fitted members and their weights; equal ones where no row was left unseen.

    Notes
    -----
    What it says out of fold is weighed by all folds' rows, its own among them: one weight less a member is learned,
    however many columns there are.
    """

    def __init__(self, members: Mapping[str, Callable[[], Model]], seed: int = 0) -> None:
        self.members = members
        self.seed = seed

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Fit and weigh the members; one that cannot be fitted is left out.

        Raises
        ------
        ModelError
            If none can be fitted: that of the first.
        """
        return self.fit_out_of_fold(design, outcome, cluster_folds(outcome, self.seed))[0]

    def fit_out_of_fold(self, design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]) -> tuple[Self, Unseen]:
        """Fit and weigh the members, and return beside the whole what it says of rows that they had not seen.

        Raises
        ------
        ModelError
            As `fit`.
        """
        fitted: dict[str, CrossFit] = {}
        refused: list[ModelError] = []
        for name, make in self.members.items():
            try:
                fitted[name] = cross_fit(make, design, outcome, fold)
            except ModelError as error:
                refused.append(error)
        if not fitted:
            raise refused[0]
        weights = learn_weights(outcome.event, {name: one.risk for name, one in fitted.items()})
        weights = weights or dict.fromkeys(fitted, 1.0 / len(fitted))
        self.blend_ = Blend({name: fitted[name].model for name in weights}, weights)

        def unseen(later: DesignMatrix, its_fold: NDArray[np.intp], cluster: NDArray[np.intp]) -> NDArray[np.float64]:
            risks = [weight * fitted[name].unseen(later, its_fold, cluster) for name, weight in weights.items()]
            return np.sum(risks, axis=0)

        return self, unseen

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the weighted mean of the members' incidences by each time, shape (n_rows, n_times)."""
        return self.blend_.predict_incidence(design, times, cause)
