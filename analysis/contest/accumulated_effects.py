"""Accumulated local effects: how a forecast moves with one covariate, asked only near the values that rows have."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.resampling import cluster_resamples
from analysis.errors import ModelError
from analysis.evaluation.rolling_origin import Fold, cluster_place
from analysis.models.base import horizon_risk
from analysis.wording.remarks import remark


@dataclass(frozen=True, slots=True, eq=False)
class AccumulatedEffects:
    """A curve.

    Attributes
    ----------
    edges : ndarray, shape (k,)
        Values of the covariate, rising.
    effects : ndarray, shape (1 + n_resamples, k)
        Of the probability within the horizon at the edges, less the mean over the rows; the first is the sample, the
        others are resamples of clusters under the same models.
    mean_risk : float
        Mean forecast of the rows whose value is known.
    n_rows : int
    """

    edges: NDArray[np.float64]
    effects: NDArray[np.float64]
    mean_risk: float
    n_rows: int


def accumulated_effects(
    folds: Sequence[Fold], model: str, covariate: str, n_bins: int = 12, n_resamples: int = 200, seed: int = 0
) -> AccumulatedEffects:
    """Accumulate the local effects of a covariate on the forecasts of quarters that a model had not seen.

    Rows are cut into bins of about as many rows each. Within a bin each row is forecast with the covariate at either
    end of its bin, all else as it is; the mean difference is the bin's effect, and effects add up from bin to bin. No
    row is asked about with a value that rows like it do not have, as a partial dependence plot would.

    Parameters
    ----------
    folds : sequence of Fold
        Those without the model, or without the covariate, are passed over.
    model : str
    covariate : str
        A number; rows in which it is missing say nothing.
    n_bins : int
    n_resamples, seed : int

    Raises
    ------
    ModelError
        If the model was fitted in no fold, or the covariate has one value.

    Notes
    -----
    Apley and Zhu (2020), J. Royal Statistical Society B 82, 1059, equations 15 and 16.
    """
    used = [fold for fold in folds if model in fold.models and covariate in fold.test_rows]
    if not used:
        raise ModelError(remark("contest.not_fitted", model=model, folds=len(folds)))
    values = np.concatenate([_numbers(fold, covariate) for fold in used])
    is_known = np.isfinite(values)
    known = values[is_known]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, n_bins + 1), method="inverted_cdf")) if len(known) else known
    if len(edges) < 2:
        raise ModelError(remark("contest.one_value", covariate=covariate))
    bins = np.clip(np.searchsorted(edges, values, side="left"), 1, len(edges) - 1)
    moved = np.zeros(len(values))
    starts = np.cumsum([0, *(len(fold.test) for fold in used)])
    for fold, start, end in zip(used, starts[:-1], starts[1:], strict=True):
        own = bins[start:end]
        low, high = (_risk_at(fold, model, covariate, ends) for ends in (edges[own - 1], edges[own]))
        moved[start:end] = high - low
    risks = np.concatenate([horizon_risk(fold.models[model], fold.test) for fold in used])
    weights = np.vstack(
        [np.ones(len(values)), cluster_resamples(cluster_place([one.outcome for one in used]), n_resamples, seed)]
    )
    effects = _accumulated(moved[is_known], bins[is_known], weights[:, is_known], len(edges))
    return AccumulatedEffects(edges, effects, float(risks[is_known].mean()), int(is_known.sum()))


def _numbers(fold: Fold, covariate: str) -> NDArray[np.float64]:
    return pd.to_numeric(fold.test_rows[covariate]).to_numpy(np.float64, na_value=np.nan)


def _risk_at(fold: Fold, model: str, covariate: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the forecasts of a fold's rows with other values of one covariate."""
    return horizon_risk(fold.models[model], fold.design.apply(fold.test_rows.assign(**{covariate: values})))


def _accumulated(
    moved: NDArray[np.float64], bins: NDArray[np.intp], weights: NDArray[np.float64], n_edges: int
) -> NDArray[np.float64]:
    """Return the centred sums of bin means under each line of weights, shape (lines, n_edges)."""
    totals, counts = np.zeros((len(weights), n_edges)), np.zeros((len(weights), n_edges))
    for place in range(1, n_edges):
        own = bins == place
        counts[:, place] = weights[:, own].sum(axis=1)
        totals[:, place] = weights[:, own] @ moved[own]
    local = np.divide(totals, counts, out=np.zeros_like(totals), where=counts > 0)
    reached = np.cumsum(local, axis=1)
    middle = (reached[:, 1:] + reached[:, :-1]) / 2
    centre = (middle * counts[:, 1:]).sum(axis=1) / counts[:, 1:].sum(axis=1)
    return reached - centre[:, None]
