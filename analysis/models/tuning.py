"""Tuning: how strongly a landmark Cox model is penalised, chosen among its own training rows."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cox.family_ridge import fit_shrunk
from analysis.cox.one_thread import one_thread
from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.cross_fit import Unseen, by_fold, cluster_folds
from analysis.models.left_out import CoxLeftOut, PartFit


@dataclass(frozen=True, slots=True, eq=False)
class Shrinkage:
    """How strongly each column of a design is penalised.

    Attributes
    ----------
    ridge : ndarray, shape (p,)
        Per unit of each column.
    multiple : float
        Of what each family's own data ask for.
    unseen : callable
        What Cox models so penalised, fitted without their fold, say of rows.
    """

    ridge: NDArray[np.float64]
    multiple: float
    unseen: Unseen


class ShrinkageChoice:
    """Shrinks family by family, made once for models that a thread fits to the same rows and columns one after another.

    The columns of each family, marks of missing values apart, are penalised as far as the family's own data ask for
    (`fit_shrunk`). All that is taken so many times as makes clusters that were left out likeliest: rows of overlapping
    horizons tell of one event several times, and are believed the less.

    Parameters
    ----------
    multiples : sequence of float
        To choose from, rising; a single one is taken as it is.
    seed : int
        Of the folds, where none are given.
    """

    def __init__(self, multiples: Sequence[float], seed: int = 0) -> None:
        self._multiples, self._seed = tuple(multiples), seed
        self._last = threading.local()

    def __call__(self, design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp] | None = None) -> Shrinkage:
        """Return the penalty of each column for training rows on the landmark clock.

        Parameters
        ----------
        design, outcome
            Of the same n rows.
        fold : ndarray of int, shape (n,), optional
            From `cluster_folds`; a choice that was made for these rows already stands.

        Raises
        ------
        ModelError
            As `fit_shrunk`.
        """
        made: tuple[DesignMatrix, Outcome, Shrinkage] | None = getattr(self._last, "made", None)
        if made is None or made[0] is not design or made[1] is not outcome:
            groups = [(column.family, column.marks_missing) for column in design.columns]
            own = fit_shrunk(design.values, outcome.on_grid().counting_rows(), groups, names=design.names).ridge
            folds = cluster_folds(outcome, self._seed) if fold is None else fold
            left_out = CoxLeftOut(design.values / np.sqrt(own), outcome, folds)
            multiple = likeliest_ridge(left_out, self._multiples)
            unseen = left_out_risk(left_out, multiple, 1 / np.sqrt(own))
            made = design, outcome, Shrinkage(own * multiple, multiple, unseen)
            self._last.made = made
        return made[2]


def left_out_risk(left_out: CoxLeftOut, ridge: float, unit: NDArray[np.float64] | float = 1.0) -> Unseen:
    """Let the fits without their fold, under one ridge, speak of rows whose columns are taken in these units."""
    fits = left_out.fits(ridge)

    def risk_by(fit: PartFit) -> Callable[[DesignMatrix], NDArray[np.float64]]:
        return lambda design: fit.risk(design.values * unit)

    return by_fold({number: risk_by(fit) for number, fit in fits.items()})


@one_thread
def likeliest_ridge(left_out: CoxLeftOut, ridges: Sequence[float]) -> float:
    """Return the ridge under which clusters that were left out are likeliest.

    Parameters
    ----------
    left_out : CoxLeftOut
        Of the training rows.
    ridges : sequence of float
        To choose from, rising; a single one is taken as it is.

    Returns
    -------
    float
        The search starts in the middle and walks to where the cross-validated likelihood is largest; of equals the
        strongest. With fewer than two clusters with event nothing can be left out, and it is the strongest.

    Raises
    ------
    ModelError
        If there is no ridge to choose from.
    """
    if not len(ridges):
        raise ModelError("There must be a ridge to choose from.")
    if len(ridges) == 1:
        return float(ridges[0])
    if not left_out.n_fits:
        return float(max(ridges))
    known: dict[int, float] = {}

    def likelihood_at(place: int) -> float:
        if place not in known:
            known[place] = left_out.log_likelihood(ridges[place])
        return known[place]

    best = len(ridges) // 2
    while True:
        near = [place for place in (best + 1, best, best - 1) if 0 <= place < len(ridges)]
        better = max(near, key=likelihood_at)
        if better == best:
            return float(ridges[best])
        best = better
