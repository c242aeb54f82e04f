"""Cox weights: a G that depends on covariates, where those who will leave are not censored like the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.residuals import dfbeta
from analysis.cox.rows import counting_rows
from analysis.errors import ModelError
from analysis.evaluation.measures.censoring_steps import CensoringSteps


@dataclass(frozen=True, slots=True, eq=False)
class CoxCensoring:
    """G = exp(-H(u) exp(x b)), a Cox model of censoring (`analysis.evaluation.measures.censoring.CensoringModel`).

    Attributes
    ----------
    steps : CensoringSteps
    group : ndarray of int, shape (n,)
        Each has a baseline hazard of censoring of its own.
    covariates : ndarray, shape (n, p)
        Less their means.
    names : tuple of str, length p
    coefficients : ndarray, shape (p,)
    change : ndarray, shape (n, p)
        Of the coefficients, where a row is counted more often (dfbeta).
    """

    steps: CensoringSteps
    group: NDArray[np.intp]
    covariates: NDArray[np.float64]
    names: tuple[str, ...]
    coefficients: NDArray[np.float64]
    change: NDArray[np.float64]

    def survival(self, counts: NDArray | None = None) -> NDArray[np.float64]:
        """Return each row's G, shape (n,), or (n_resamples, n) where rows are counted and the model fitted anew.

        NaN in a resample to which it can't be fitted.
        """
        if counts is None:
            return self._survival(self.coefficients, np.ones(len(self.group)))
        return np.stack([self._refitted(line) for line in counts])

    def influence(self, sensitivity: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each row adds to a score by its part in G, shape (n,).

        Notes
        -----
        The log of a weight is the hazard of censoring that the row has passed. It changes with the baseline's steps
        (Breslow 1974), at which a row adds its martingale residual over the risk total, and with the coefficients.
        """
        steps = self.steps
        risk = np.exp(self.covariates @ self.coefficients)
        total, step = self._baseline(risk, np.ones(len(risk)))
        reach = steps.at_risk(sensitivity * risk)
        pull = np.divide(reach, total, out=np.zeros(steps.n_lines), where=total > 0)
        own = np.where(steps.is_censored, pull[steps.passed], 0.0) - risk * steps.up_to(pull * step)[steps.passed]
        hazard = risk * steps.up_to(step)[steps.passed]
        sums = np.stack([steps.at_risk(risk * column) for column in self.covariates.T])
        by_coefficient = self.covariates.T @ (sensitivity * hazard) - sums @ (pull * step)
        return own + self.change @ by_coefficient

    def _refitted(self, counts: NDArray) -> NDArray[np.float64]:
        drawn = np.flatnonzero(counts > 0)
        if not self.steps.is_censored[drawn].any():
            return np.ones(len(counts))
        try:
            fit = _fit(self.steps, self.group, self.covariates, self.names, drawn, counts[drawn])
        except ModelError:
            return np.full(len(counts), np.nan)
        return self._survival(fit.coefficients, np.asarray(counts, np.float64))

    def _survival(self, coefficients: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
        risk = np.exp(self.covariates @ coefficients)
        _, step = self._baseline(risk, counts)
        return np.exp(-risk * self.steps.up_to(step)[self.steps.passed])

    def _baseline(
        self, risk: NDArray[np.float64], counts: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the risk total at each line, and the baseline hazard's step there, both of shape (L,)."""
        total, censored = self.steps.at_risk(counts * risk), self.steps.censored(counts)
        return total, np.divide(censored, total, out=np.zeros_like(total), where=total > 0)


def cox_censoring(
    steps: CensoringSteps, group: NDArray[np.intp], covariates: ArrayLike, names: Sequence[str] | None
) -> CoxCensoring:
    """Fit a Cox model of censoring before the horizon.

    Parameters
    ----------
    steps : CensoringSteps
        With one censored row at least.
    group : ndarray of int, shape (n,)
    covariates : array-like, shape (n, p)
    names : sequence of str, optional

    Raises
    ------
    ModelError
        If there is not a line of covariates a row, or the model can't be fitted.
    """
    values = np.asarray(covariates, dtype=np.float64)
    if values.ndim != 2 or len(values) != len(group):
        raise ModelError(
            f"covariates of censoring must have one line a row ({len(group):,}); their shape is {values.shape}."
        )
    centred = values - values.mean(axis=0)
    labels = tuple(names) if names is not None else tuple(f"x{k}" for k in range(values.shape[1]))
    everyone = np.arange(len(group))
    fit = _fit(steps, group, centred, labels, everyone, np.ones(len(group)))
    return CoxCensoring(steps, group, centred, labels, fit.coefficients, dfbeta(fit))


def _fit(
    steps: CensoringSteps,
    group: NDArray[np.intp],
    covariates: NDArray[np.float64],
    names: Sequence[str],
    rows: NDArray[np.intp],
    counts: NDArray,
) -> CoxFit:
    """Fit rows at risk of censoring at the first steps of their group, as many as they passed."""
    outcome = counting_rows(None, steps.passed[rows], steps.is_censored[rows], strata=group[rows], weights=counts)
    return fit_cox(covariates[rows], outcome, names=names, ties="breslow")
