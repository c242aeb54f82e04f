"""Tuning: how strongly a landmark Cox model is penalised, chosen among its own training rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cox.family_ridge import fit_shrunk
from analysis.cox.maximise import maximise
from analysis.cox.one_thread import one_thread
from analysis.cox.partial_likelihood import PartialLikelihood
from analysis.cox.risk_sets import risk_sets
from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError

N_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """How strongly each column of a design is penalised.

    Attributes
    ----------
    ridge : ndarray, shape (p,)
        Per unit of each column.
    multiple : float
        Of what each family's own data ask for.
    """

    ridge: NDArray[np.float64]
    multiple: float


class ShrinkageChoice:
    """Shrinks family by family, made once for models that are fitted to the same rows and columns one after another.

    The columns of each family, marks of missing values apart, are penalised as far as the family's own data ask for
    (`fit_shrunk`). All that is taken so many times as makes clusters that were left out likeliest: rows of overlapping
    horizons tell of one event several times, and are believed the less.

    Parameters
    ----------
    multiples : sequence of float
        To choose from, rising; a single one is taken as it is.
    seed : int
        Of the folds.
    """

    def __init__(self, multiples: Sequence[float], seed: int = 0) -> None:
        self._multiples, self._seed = tuple(multiples), seed
        self._made: tuple[DesignMatrix, Outcome, Shrinkage] | None = None

    def __call__(self, design: DesignMatrix, outcome: Outcome) -> Shrinkage:
        """Return the penalty of each column for training rows on the landmark clock.

        Raises
        ------
        ModelError
            As `fit_shrunk`.
        """
        if self._made is None or self._made[0] is not design or self._made[1] is not outcome:
            groups = [(column.family, column.marks_missing) for column in design.columns]
            own = fit_shrunk(design.values, outcome.on_grid().counting_rows(), groups, names=design.names).ridge
            multiple = likeliest_ridge(design.values / np.sqrt(own), outcome, self._multiples, self._seed)
            self._made = design, outcome, Shrinkage(own * multiple, multiple)
        return self._made[2]


@one_thread
def likeliest_ridge(values: NDArray[np.float64], outcome: Outcome, ridges: Sequence[float], seed: int = 0) -> float:
    """Return the ridge under which clusters that were left out are likeliest.

    Parameters
    ----------
    values : ndarray, shape (n, p)
        Of a design.
    outcome : Outcome, n rows
        On the landmark clock.
    ridges : sequence of float
        To choose from, rising; a single one is taken as it is.
    seed : int
        Of the folds.

    Returns
    -------
    float
        The search starts in the middle and walks to where the cross-validated likelihood is largest; of equals the
        strongest. With fewer than two clusters with event nothing can be left out, and it is the strongest.

    Raises
    ------
    ModelError
        If there is no ridge to choose from.

    Notes
    -----
    Cross-validated log partial likelihood (Verweij and van Houwelingen 1993, Statistics in Medicine 12, 2305; for ridge
    1994, 13, 2427): the sum over folds of l(b) - l_train(b), b fitted without the fold. All rows of a cluster are in
    one fold, since rows of one account, and accounts of one parent, say the same again.
    """
    if not len(ridges):
        raise ModelError("There must be a ridge to choose from.")
    if len(ridges) == 1:
        return float(ridges[0])
    fold = cluster_folds(outcome, seed)
    if fold.max() == 0:
        return float(max(ridges))
    timed = outcome.on_grid()
    whole = _likelihood(values, timed)
    parts = [
        _Part(values[fold != k], timed.take(fold != k)) for k in range(fold.max() + 1) if timed.event[fold != k].any()
    ]
    known: dict[int, float] = {}

    def likelihood_at(place: int) -> float:
        if place not in known:
            fitted = [part.fit(ridges[place]) for part in parts]
            known[place] = sum(whole.evaluate(at).log_likelihood - learned for at, learned in fitted)
        return known[place]

    best = len(ridges) // 2
    while True:
        near = [place for place in (best + 1, best, best - 1) if 0 <= place < len(ridges)]
        better = max(near, key=likelihood_at)
        if better == best:
            return float(ridges[best])
        best = better


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


class _Part:
    """The rows outside one fold, ready for a fit under any ridge.

    Columns that are constant without the fold stay at zero: nothing is known of them.
    """

    def __init__(self, values: NDArray[np.float64], timed: Outcome) -> None:
        self._varies = np.ptp(values, axis=0) > 0
        own = values[:, self._varies]
        self._scale = own.std(axis=0)
        self._names = [f"column {k}" for k in np.flatnonzero(self._varies)]
        self._likelihood = _likelihood((own - own.mean(axis=0)) / self._scale, timed)
        self._last = np.zeros(own.shape[1])

    def fit(self, ridge: float) -> tuple[NDArray[np.float64], float]:
        """Return coefficients, shape (p,), and the log partial likelihood of the rows there; begin at the last ones."""
        coefficients = np.zeros(len(self._varies))
        if not self._names:
            return coefficients, self._likelihood.evaluate(np.zeros(0)).log_likelihood
        end = maximise(self._likelihood, ridge / self._scale**2, self._names, start=self._last).end
        self._last = end.coefficients
        coefficients[self._varies] = end.coefficients / self._scale
        return coefficients, end.log_likelihood


def _likelihood(values: NDArray[np.float64], timed: Outcome) -> PartialLikelihood:
    rows = timed.counting_rows()
    return PartialLikelihood(np.ascontiguousarray(values), rows, risk_sets(rows), "efron")
