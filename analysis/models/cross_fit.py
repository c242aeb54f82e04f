"""Cross-fit: a model, and what it says of its own training rows where it had not seen them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.base import Model, horizon_risk

N_FOLDS = 5


Unseen = Callable[[DesignMatrix, NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]
"""From rows, the fold of each, and the place of its cluster among those of training (-1: it has none there), to the
probability of churn by the end of the horizon by a fit that saw no row of its cluster, shape (n,); NaN where there is
no such fit."""


@runtime_checkable
class FitsOutOfFold(Protocol):
    """A model that learns on its way what it would say of rows that it had not seen."""

    def fit_out_of_fold(self, design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]) -> tuple[Self, Unseen]:
        """Fit to all rows; return beside the model what fits without their fold say of rows."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class CrossFit:
    """A fitted model and its out-of-fold forecasts.

    Attributes
    ----------
    model : Model
        Fitted to all rows.
    unseen : callable
        What fits without their fold say of these rows, and of later ones.
    risk : ndarray, shape (n,)
        That of each training row.
    """

    model: Model
    unseen: Unseen
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
    model, unseen = _fitted(make, design, outcome, fold)
    return CrossFit(model, unseen, unseen(design, fold, outcome.cluster_place))


def _fitted(
    make: Callable[[], Model], design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]
) -> tuple[Model, Unseen]:
    model = make()
    if isinstance(model, FitsOutOfFold):
        return model.fit_out_of_fold(design, outcome, fold)
    return model.fit(design, outcome), _refitted(make, design, outcome, fold)


def _refitted(make: Callable[[], Model], design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]) -> Unseen:
    """Fit to the rows outside each fold."""
    parts: dict[int, Callable[[DesignMatrix], NDArray[np.float64]]] = {}
    for number, out in enumerate(held_out(fold)):
        try:
            parts[number] = partial(horizon_risk, make().fit(design.take(~out), outcome.take(~out)))
        except ModelError:  # too little is left to learn from: nothing is known of this fold
            continue
    return by_fold(parts)


def by_fold(parts: Mapping[int, Callable[[DesignMatrix], NDArray[np.float64]]]) -> Unseen:
    """Let the fit without a fold speak of its rows; of rows of a fold that has none nothing is known."""

    def unseen(design: DesignMatrix, fold: NDArray[np.intp], cluster: NDArray[np.intp]) -> NDArray[np.float64]:
        risk = np.full(len(design), np.nan)
        for number, risk_of in parts.items():
            if (out := fold == number).any():
                risk[out] = risk_of(design.take(out))
        return risk

    return unseen


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


def as_in_training(
    training: Outcome, fold: NDArray[np.intp], cluster: NDArray[np.object_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the fold of each row's cluster and its place in training, shape (n,) each, as `Unseen` takes them.

    Who is new there is in the first fold, at -1: no fit has seen it.

    Parameters
    ----------
    training : Outcome
        Of the training rows.
    fold : ndarray of int
        Of the same rows, from `cluster_folds`.
    cluster : ndarray of str, shape (n,)
        Of the rows that are asked about.
    """
    of_cluster = dict(zip(training.cluster, zip(fold, training.cluster_place, strict=True), strict=True))
    found = np.array([of_cluster.get(name, (0, -1)) for name in cluster], dtype=np.intp).reshape(-1, 2)
    return found[:, 0], found[:, 1]
