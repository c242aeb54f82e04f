"""Blend: the mean of several models' forecasts, weighted as makes out-of-fold forecasts likeliest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cox.one_thread import one_thread
from analysis.design.matrix import DesignMatrix
from analysis.models.base import Forecaster

_CONVERGED = 1e-9
_MOST_STEPS = 5000
_NEGLIGIBLE = 1e-3
"""A smaller weight is left out: it moves no forecast, and the model would have to be kept for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """Several fitted models as one.

    Attributes
    ----------
    models : mapping of str to Forecaster
    weights : mapping of str to float
        Of each of them; positive, and 1 in sum.
    """

    models: Mapping[str, Forecaster]
    weights: Mapping[str, float]

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the weighted mean of the models' incidences by each time, shape (n_rows, n_times)."""
        total = np.zeros((len(design), len(times)))
        for name, weight in self.weights.items():
            total += weight * self.models[name].predict_incidence(design, times, cause)
        return total


def learn_weights(event: NDArray[np.bool_], risks: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    """Return the weights of a mean of forecasts under which the outcomes are likeliest.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
        Churned within the horizon.
    risks : mapping of str to ndarray, shape (n,)
        Out-of-fold forecasts of each model; rows that one of them lacks (NaN) count for nothing.

    Returns
    -------
    dict
        Positive weights that add up to 1; models without one are left out. Empty where no row has all forecasts.

    Notes
    -----
    Stacking with weights that are not negative (Breiman 1996, Machine Learning 24, 49), by the logarithmic score, whose
    maximum over a mixture the EM algorithm finds (Dempster, Laird and Rubin 1977): it is concave, and every step rises.

    Examples
    --------
    >>> event = np.repeat([True, False], [30, 70])
    >>> learn_weights(event, {"knows": np.where(event, 0.6, 0.2), "guesses": np.full(100, 0.5)})
    {'knows': 1.0}
    """
    names = list(risks)
    matrix = np.column_stack([risks[name] for name in names])
    known = np.isfinite(matrix).all(axis=1)
    if not known.any():
        return {}
    likelihood = np.where(event[known, None], matrix[known], 1.0 - matrix[known])
    weights = _likeliest(np.maximum(likelihood, np.finfo(np.float64).tiny))
    weights[weights < _NEGLIGIBLE] = 0.0
    weights /= weights.sum()
    return {name: float(weight) for name, weight in zip(names, weights, strict=True) if weight > 0}


@one_thread
def _likeliest(likelihood: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights of a mixture under which rows are likeliest, shape (k,), from the models' own, shape (n, k).

    A step costs two products of a matrix and a vector: thousands are taken where models say much the same.
    """
    weights = np.full(likelihood.shape[1], 1.0 / likelihood.shape[1])
    for _ in range(_MOST_STEPS):
        rises = (1.0 / (likelihood @ weights)) @ likelihood / len(likelihood)
        # At the maximum no model's likelihood rises above the mixture's: the largest rise bounds what is left to gain.
        if rises.max() < 1.0 + _CONVERGED:
            break
        weights = weights * rises
    return weights
