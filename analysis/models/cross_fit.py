"""Cross-fit: a model, and what it says of its own training rows where it had not seen them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.base import Model, horizon_risk

N_FOLDS = 5


@runtime_checkable
class FitsOutOfFold(Protocol):
    """A model that learns on its way what it would say of rows that it had not seen."""

    def fit_out_of_fold(
        self, design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]
    ) -> tuple[Self, NDArray[np.float64]]:
        """Fit to all rows; return the model, and each row's risk as `CrossFit.risk`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class CrossFit:
    """A fitted model and its out-of-fold forecasts.

    Attributes
    ----------
    model : Model
        Fitted to all rows.
    risk : ndarray, shape (n,)
        Probability of churn by the end of the horizon, of each row by a fit that saw no row of its cluster; NaN where
        there is no such fit.
    """

    model: Model
    risk: NDArray[np.float64]


def cross_fit(make: Callable[[], Model], design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]) -> CrossFit:
    """Fit a model to all rows, and to those outside each fold.

    Parameters
    ----------
    make : callable
        Returns an unfitted model.
    design : DesignMatrix
        Of n training rows.
    outcome : Outcome, n rows
    fold : ndarray of int, shape (n,)
        From `cluster_folds`.

    Raises
    ------
    ModelError
        If the model cannot be fitted to all rows.
    """
    model = make()
    if isinstance(model, FitsOutOfFold):
        return CrossFit(*model.fit_out_of_fold(design, outcome, fold))
    risk = np.full(len(design), np.nan)
    for out in held_out(fold):
        try:
            risk[out] = horizon_risk(make().fit(design.take(~out), outcome.take(~out)), design.take(out))
        except ModelError:  # too little is left to learn from: nothing is known of this fold
            continue
    return CrossFit(model.fit(design, outcome), risk)


def held_out(fold: NDArray[np.intp]) -> Iterator[NDArray[np.bool_]]:
    """Mark the rows of each fold in turn, shape (n,) each; a single fold leaves nothing to learn from, and is none."""
    n_folds = int(fold.max()) + 1
    return (fold == k for k in range(n_folds if n_folds > 1 else 0))


def cluster_folds(outcome: Outcome, seed: int, n_folds: int = N_FOLDS) -> NDArray[np.intp]:
    """Number the fold of each row, shape (n,): whole clusters, those with an event dealt out evenly.

    There are no more folds than clusters with an event. The draw depends on what the clusters' rows say and the seed,
    not on names or the order of the rows.
    """
    code = outcome.cluster_place
    has_event = np.bincount(code, outcome.event) > 0
    order = np.lexsort((np.random.default_rng(seed).random(len(has_event)), ~has_event))
    fold = np.empty(len(has_event), dtype=np.intp)
    fold[order] = np.arange(len(has_event)) % max(1, min(n_folds, int(has_event.sum())))
    return fold[code]
