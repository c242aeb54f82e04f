"""Dose-response: how the danger of leaving goes with the value of one covariate, in the Cox model and in the forest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.contest.accumulated_effects import accumulated_effects
from analysis.contest.effect_frames import DOSE
from analysis.contest.spline import curved_columns, knots_at_quantiles
from analysis.cox.cluster_errors import cluster_errors
from analysis.cox.fit import fit_cox
from analysis.cox.global_test import global_test
from analysis.design.raw_covariates import Covariate
from analysis.design.resampling import percentile_interval
from analysis.design.transforms import NUMBERS, standardised
from analysis.errors import ModelError
from analysis.evaluation.rolling_origin import Fold
from analysis.inference.fit import Inference
from analysis.inference.joint_tests import SHOWN
from analysis.models.registry import COX, FOREST
from analysis.wording.remarks import Remark, remark

SHOWN_RANGE = (0.025, 0.975)
"""Quantiles of the values between which a curve is drawn: beyond them few rows tell."""
N_POINTS = 41


@dataclass(frozen=True, slots=True, eq=False)
class DoseResponse:
    """How the danger goes with a value.

    Attributes
    ----------
    covariate : str
    table : DataFrame
        As `DOSE`, model by model, values rising.
    median : float
        Against which ratios are.
    p_value : float
        That the Cox model's curve is the straight line which all other results assume, on the scale on which the
        covariate enters it; NaN where nothing can be tested.
    notes : tuple of Remark
    """

    covariate: str
    table: pd.DataFrame
    median: float
    p_value: float
    notes: tuple[Remark, ...]


def dose_response(
    covariate: str,
    intervals: pd.DataFrame,
    inference: Inference,
    folds: Sequence[Fold] = (),
    *,
    n_resamples: int = 200,
    seed: int = 0,
) -> DoseResponse:
    """Draw the curve of one covariate in the Cox model, by a spline, and in the forest, by accumulated local effects.

    Parameters
    ----------
    covariate
        Name of a numeric one that is in the model.
    intervals
        As the table ``counting_process``, the rows to which `inference` was fitted.
    inference
        The time-varying Cox model; all its other columns stay as they are, shrunk as in it.
    folds
        With forests; none, or none with a forest: the Cox model alone.
    n_resamples, seed
        Of the clusters, for the forest's intervals under the models as they are.

    Raises
    ------
    ModelError
        If the model has no such number, or its values are too much alike for a curve.
    """
    declared = {one.name: one for one in inference.design.covariates}
    if covariate not in declared or declared[covariate].transform not in NUMBERS:
        names = tuple(name for name, one in declared.items() if one.transform in NUMBERS)
        raise ModelError(remark("contest.no_such_number", covariate=covariate, known=names))
    place = next((k for k, column in enumerate(inference.columns) if column.name == covariate), None)
    if place is None:
        raise ModelError(remark("contest.not_in_model", covariate=covariate))
    raw = pd.to_numeric(intervals[covariate]).to_numpy(np.float64, na_value=np.nan)
    known = raw[np.isfinite(raw)]
    median = float(np.median(known))
    cox, p_value = _spline_curve(place, declared[covariate], intervals, inference, known, median)
    curves, notes = [cox], [remark("contest.dose_median", median=median)]
    if p_value < SHOWN:
        notes.append(remark("contest.dose_bends", p=p_value))
    elif np.isfinite(p_value):
        notes.append(remark("contest.dose_straight", p=p_value))
    try:
        curves.append(_forest_curve(covariate, folds, median, n_resamples, seed))
    except ModelError as error:
        notes.append(remark("contest.dose_no_forest", reason=error.remark))
    return DoseResponse(covariate, DOSE.checked(pd.concat(curves, ignore_index=True)), median, p_value, tuple(notes))


def _spline_curve(
    place: int,
    covariate: Covariate,
    intervals: pd.DataFrame,
    inference: Inference,
    known: NDArray[np.float64],
    median: float,
) -> tuple[pd.DataFrame, float]:
    """Return the curve of the Cox model, and the p value of the columns that bend it."""
    matrix = inference.matrix(intervals)
    scale = inference.design.memories[inference.design.covariates.index(covariate)]
    knots = knots_at_quantiles(standardised(covariate, scale, known))
    if not len(knots):
        raise ModelError(remark("contest.too_alike", covariate=covariate.name))
    bent = curved_columns(matrix.values[:, place], knots)
    names = [*matrix.names, *(f"{covariate.name}: bend {k + 1}" for k in range(bent.shape[1]))]
    own = [place, *range(len(matrix.names), len(names))]
    ridge = np.r_[inference.fit.ridge, np.zeros(bent.shape[1])]
    ridge[place] = 0.0
    fit = fit_cox(np.column_stack([matrix.values, bent]), inference.fit.rows, names=names, ridge=ridge)
    errors = cluster_errors(fit)
    first, last = np.quantile(known, SHOWN_RANGE)
    values = np.linspace(float(first), float(last), N_POINTS)
    at, there = (standardised(covariate, scale, np.atleast_1d(x)) for x in (values, median))
    basis = np.column_stack([at, curved_columns(at, knots)]) - np.r_[there, curved_columns(there, knots)[0]]
    estimate = basis @ fit.coefficients[own]
    spread = np.empty(len(values))
    for k, line in enumerate(basis):
        weights = np.zeros(len(names))
        weights[own] = line
        spread[k] = errors.of_sum(weights)[1] if line.any() else 0.0
    df = float(np.nanmin(errors.df[own]))
    half = stats.t.isf(0.025, df) * spread
    curve = pd.DataFrame(
        {"model": COX, "value": values, "estimate": estimate, "conf_low": estimate - half, "conf_high": estimate + half}
    )
    return curve.assign(points=np.nan), _bending(inference, matrix.values, bent)


def _bending(inference: Inference, values: NDArray[np.float64], bent: NDArray[np.float64]) -> float:
    """Return the p value of the columns that bend a curve, beside the fit without them."""
    try:
        return global_test(inference.fit, bent).p_value
    except ModelError:
        return float("nan")


def _forest_curve(covariate: str, folds: Sequence[Fold], median: float, n_resamples: int, seed: int) -> pd.DataFrame:
    """Return the curve of the forest as log ratio of probabilities against that at the median."""
    found = accumulated_effects(folds, FOREST, covariate, n_resamples=n_resamples, seed=seed)
    at_median = np.array([np.interp(median, found.edges, line) for line in found.effects])
    least = found.mean_risk * 1e-3
    risk = np.maximum(found.mean_risk + found.effects, least)
    ratios = np.log(risk / np.maximum(found.mean_risk + at_median, least)[:, None])
    ends = [percentile_interval(column) for column in ratios[1:].T]
    return pd.DataFrame(
        {
            "model": FOREST,
            "value": found.edges,
            "estimate": ratios[0],
            "conf_low": [low for low, _ in ends],
            "conf_high": [high for _, high in ends],
            "points": 100 * found.effects[0],
        }
    )
