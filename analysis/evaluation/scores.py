"""Scores: the headline numbers of out-of-time forecasts, with intervals by resampled accounts."""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.resampling import percentile_interval
from analysis.evaluation.calibration.measures import calibration_line
from analysis.evaluation.frames import PAIRS, POOLED, RECALIBRATED
from analysis.evaluation.measures.accuracy import brier_score, index_of_prediction_accuracy, log_score, weighted_mean
from analysis.evaluation.measures.discrimination import auc

METRICS = ("auc", "brier", "log_score", "ipa", "observed_over_expected")


def metric_values(
    metric: str,
    event: NDArray[np.bool_],
    risk: NDArray[np.float64],
    weights: NDArray | None = None,
    landmark: NDArray | None = None,
) -> NDArray[np.float64]:
    """Return one metric under each line of weights, shape (n_resamples,).

    AUC ranks accounts within their landmark, IPA compares with each landmark's own churn rate. NaN where nothing was
    expected to be compared with, or nobody was there to be ranked.
    """
    match metric:
        case "auc":
            return auc(event, risk, weights, landmark)
        case "brier":
            return brier_score(event, risk, weights)
        case "log_score":
            return log_score(event, risk, weights)
        case "ipa":
            return index_of_prediction_accuracy(event, risk, weights, landmark)
        case "observed_over_expected":
            observed, expected = weighted_mean(event.astype(np.float64), weights), weighted_mean(risk, weights)
            return np.divide(observed, expected, out=np.full(len(expected), np.nan), where=expected > 0)
    raise ValueError(f"Unknown metric {metric!r}; known are {', '.join(METRICS)}.")


def scores_of_fold(event: NDArray[np.bool_], risk: NDArray[np.float64]) -> dict[str, float]:
    """Return all metrics of one model at one landmark, without intervals."""
    return {metric: float(metric_values(metric, event, risk)[0]) for metric in METRICS}


def pooled_scores(predictions: pd.DataFrame, models: Sequence[str], weights: NDArray[np.int64]) -> pd.DataFrame:
    """Score every model on the same rows: those of the folds in which all of them were fitted.

    Parameters
    ----------
    predictions : DataFrame
        landmark, event, and a column of risks per model (NaN where it was not fitted).
    models : sequence of str
        A model that was never fitted is left out.
    weights : ndarray, shape (n_resamples, n)

    Returns
    -------
    DataFrame
        As `analysis.evaluation.frames.POOLED`.
    """
    common, scored = _common_rows(predictions, models)
    rows, counts = predictions[common], weights[:, common]
    event, landmark = rows["event"].to_numpy(bool), rows["landmark"].to_numpy()
    lines = []
    for model, metric in itertools.product(scored, METRICS):
        risk = rows[model].to_numpy(np.float64)
        estimate = float(metric_values(metric, event, risk, None, landmark)[0])
        low, high = percentile_interval(metric_values(metric, event, risk, counts, landmark))
        lines.append((model, metric, estimate, low, high, len(rows), int(event.sum()), rows["landmark"].nunique()))
    return pd.DataFrame(lines, columns=POOLED.columns)


def pair_differences(predictions: pd.DataFrame, models: Sequence[str], weights: NDArray[np.int64]) -> pd.DataFrame:
    """Compare every two models on the same rows and resamples; an interval over zero shows no difference.

    Returns
    -------
    DataFrame
        As `analysis.evaluation.frames.PAIRS`.
    """
    common, scored = _common_rows(predictions, models)
    rows, counts = predictions[common], weights[:, common]
    event, landmark = rows["event"].to_numpy(bool), rows["landmark"].to_numpy()
    risks = {model: rows[model].to_numpy(np.float64) for model in scored}
    lines = []
    for metric in METRICS[:4]:
        seen = {m: metric_values(metric, event, risk, None, landmark)[0] for m, risk in risks.items()}
        resampled = {m: metric_values(metric, event, risk, counts, landmark) for m, risk in risks.items()}
        for model, versus in itertools.combinations(scored, 2):
            low, high = percentile_interval(resampled[model] - resampled[versus])
            lines.append((model, versus, metric, float(seen[model] - seen[versus]), low, high))
    return pd.DataFrame(lines, columns=PAIRS.columns)


def gain_of_recalibration(
    plain: pd.DataFrame, predictions: pd.DataFrame, models: Sequence[str], weights: NDArray[np.int64]
) -> pd.DataFrame:
    """Score each model as it was fitted beside what it was put right to, on the same rows and resamples.

    Parameters
    ----------
    plain, predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`, row by row the same; a model that is lacking in `plain` (a blend,
        of forecasts that were put right already) is left out.
    models : sequence of str
    weights : ndarray, shape (n_resamples, n)

    Returns
    -------
    DataFrame
        As `analysis.evaluation.frames.RECALIBRATED`.
    """
    lines = []
    for model in models:
        known = plain[model].notna().to_numpy(bool)
        if known.any():
            event, counts = plain.loc[known, "event"].to_numpy(bool), weights[:, known]
            as_fitted, right = (frame.loc[known, model].to_numpy(np.float64) for frame in (plain, predictions))
            scores = [float(log_score(event, risk)[0]) for risk in (as_fitted, right)]
            gained = log_score(event, as_fitted, counts) - log_score(event, right, counts)
            cluster = plain.loc[known, "cluster_id"].to_numpy(object)
            slopes = [calibration_line(event, risk, cluster).slope.estimate for risk in (as_fitted, right)]
            lines.append((model, *slopes, *scores, scores[0] - scores[1], *percentile_interval(gained)))
    return pd.DataFrame(lines, columns=RECALIBRATED.columns)


def _common_rows(predictions: pd.DataFrame, models: Sequence[str]) -> tuple[NDArray[np.bool_], list[str]]:
    scored = [model for model in models if predictions[model].notna().any()]
    return predictions[scored].notna().all(axis=1).to_numpy(bool), scored
