"""Left out: a Cox model of landmark rows fitted without each fold in turn, under any ridge."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cox.maximise import maximise
from analysis.cox.one_thread import one_thread
from analysis.cox.partial_likelihood import Evaluation, PartialLikelihood
from analysis.cox.risk_sets import risk_sets
from analysis.design.outcome import Outcome
from analysis.models.cross_fit import held_out


class CoxLeftOut:
    """Training rows parted into folds, and the fits to all but each of them, kept for every ridge asked for.

    Parameters
    ----------
    values : ndarray, shape (n, p)
        Of a design.
    outcome : Outcome, n rows
        On the landmark clock.
    fold : ndarray of int, shape (n,)
        From `cluster_folds`: all rows of a cluster are in one fold, since rows of one account, and accounts of one
        parent, say the same again. A single fold leaves nothing to fit.

    Attributes
    ----------
    n_fits : int
        Folds without which there is something to learn from.
    """

    def __init__(self, values: NDArray[np.float64], outcome: Outcome, fold: NDArray[np.intp]) -> None:
        timed = outcome.on_grid()
        self._whole = _likelihood(values, timed)
        outs = [(number, out) for number, out in enumerate(held_out(fold)) if timed.event[~out].any()]
        self._folds = [number for number, _ in outs]
        self._parts = [_Part(values[~out], timed.take(~out)) for _, out in outs]
        self._fits: dict[float, list[PartFit]] = {}
        self.n_fits = len(self._parts)

    def log_likelihood(self, ridge: float) -> float:
        """Return the cross-validated log partial likelihood.

        Notes
        -----
        Verweij and van Houwelingen (1993), Statistics in Medicine 12, 2305; for ridge 1994, 13, 2427: the sum over
        folds of l(b) - l_train(b), b fitted without the fold.
        """
        fits = self._fitted(ridge)
        return sum(self._whole.evaluate(fit.coefficients).log_likelihood - fit.log_likelihood for fit in fits)

    def fits(self, ridge: float) -> dict[int, "PartFit"]:
        """Return the fit without each fold, by its number; a fold without which nobody churned has none."""
        return dict(zip(self._folds, self._fitted(ridge), strict=True))

    @one_thread
    def _fitted(self, ridge: float) -> "list[PartFit]":
        if ridge not in self._fits:
            found: list[PartFit] = []
            for part in self._parts:  # each begins where the one before it ended: most of their rows are the same
                found.append(part.fit(ridge, found[-1].coefficients if found else None))
            self._fits[ridge] = found
        return self._fits[ridge]


@dataclass(frozen=True, slots=True, eq=False)
class PartFit:
    """A fit to some of the rows.

    Attributes
    ----------
    coefficients : ndarray, shape (p,)
    log_baseline : float
        Log of the hazard over the horizon where all columns are zero.
    log_likelihood : float
        Of the rows that it was fitted to.
    """

    coefficients: NDArray[np.float64]
    log_baseline: float
    log_likelihood: float

    def risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability of churn by the end of the horizon of other rows, shape (n,)."""
        log_hazard = np.minimum(values @ self.coefficients + self.log_baseline, 700.0)
        return -np.expm1(-np.exp(log_hazard))


class _Part:
    """The rows outside one fold, ready for a fit under any ridge.

    Columns that are constant without the fold stay at zero: nothing is known of them.
    """

    def __init__(self, values: NDArray[np.float64], timed: Outcome) -> None:
        self._varies = np.ptp(values, axis=0) > 0
        own = values[:, self._varies]
        self._scale, self._centre = own.std(axis=0), own.mean(axis=0)
        self._names = [f"column {k}" for k in np.flatnonzero(self._varies)]
        self._likelihood = _likelihood((own - self._centre) / self._scale, timed)
        self._last: NDArray[np.float64] | None = None

    def fit(self, ridge: float, near: NDArray[np.float64] | None = None) -> PartFit:
        """Begin at the coefficients of the last fit, or else at those of other rows, shape (p,)."""
        if self._last is None and near is not None:
            self._last = near[self._varies] * self._scale
        end = self._end(ridge)
        self._last = end.coefficients
        coefficients = np.zeros(len(self._varies))
        coefficients[self._varies] = end.coefficients / self._scale
        at_zero = -float(self._centre @ coefficients[self._varies])
        log_baseline = float(np.log(end.steps.hazard_to[-1])) - end.shift + at_zero
        return PartFit(coefficients, log_baseline, end.log_likelihood)

    def _end(self, ridge: float) -> Evaluation:
        if not self._names:
            return self._likelihood.evaluate(np.zeros(0))
        return maximise(self._likelihood, ridge / self._scale**2, self._names, start=self._last).end


def _likelihood(values: NDArray[np.float64], timed: Outcome) -> PartialLikelihood:
    rows = timed.counting_rows()
    return PartialLikelihood(np.ascontiguousarray(values), rows, risk_sets(rows), "efron")
