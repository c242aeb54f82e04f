"""Competition: all models of a study fitted to the same rows, put right out of fold, and blended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import DesignError, ModelError
from analysis.models.base import Forecaster, Model
from analysis.models.blend import Blend, learn_weights
from analysis.models.cross_fit import cluster_folds, cross_fit
from analysis.models.recalibration import Recalibrated, Recalibration, learn_recalibration
from analysis.models.scoring import mean_log_score
from analysis.wording.remarks import Remark

BLEND = "blend"
"""The name under which the blend competes."""

Makers = Mapping[str, Callable[[], Model]]
"""By name, functions that return an unfitted model."""


@dataclass(frozen=True, slots=True, eq=False)
class Competition:
    """Models fitted to the same training rows.

    Attributes
    ----------
    models : dict of str to Forecaster
        Recalibrated, in the order in which they compete; a model that could not be fitted is absent.
    plain : dict of str to Model
        The same as they were fitted, without the blend.
    recalibrations : dict of str to Recalibration
        Of each of `plain`.
    weights : dict of str to float
        Of the models in the blend; empty where there is none.
    inner_score : dict of str to float
        Mean logarithmic score (lower is better) of the recalibrated out-of-fold forecasts, on the rows that all models
        have one for; empty where there are none.
    unfitted : dict of str to Remark
        Why a model could not be fitted.
    """

    models: dict[str, Forecaster]
    plain: dict[str, Model]
    recalibrations: dict[str, Recalibration]
    weights: dict[str, float]
    inner_score: dict[str, float]
    unfitted: dict[str, Remark]


def compete(
    makers: Makers, design: DesignMatrix, outcome: Outcome, blended: Sequence[str] = (), seed: int = 0
) -> Competition:
    """Fit all models to the same rows.

    Parameters
    ----------
    makers
        The models.
    design, outcome
        Of the same training rows, all of them followed to the horizon or to their churn.
    blended
        Names of the models that the blend may weigh; with fewer than two of them fitted there is none.
    seed
        Of the folds in which forecasts are put right.
    """
    fold = cluster_folds(outcome, seed)
    plain: dict[str, Model] = {}
    models: dict[str, Forecaster] = {}
    recalibrations: dict[str, Recalibration] = {}
    unfitted: dict[str, Remark] = {}
    risks: dict[str, NDArray[np.float64]] = {}
    for name, make in makers.items():
        try:
            crossed = cross_fit(make, design, outcome, fold)
        except (ModelError, DesignError) as error:
            unfitted[name] = error.remark
            continue
        plain[name] = crossed.model
        recalibrations[name] = _recalibration(outcome, crossed.risk, fold)
        models[name] = Recalibrated(crossed.model, recalibrations[name])
        risks[name] = recalibrations[name].apply(crossed.risk)
    of_blend = {name: risks[name] for name in blended if name in risks}
    weights = learn_weights(outcome.event, of_blend) if len(of_blend) > 1 else {}
    if weights:
        models[BLEND] = Blend({name: models[name] for name in weights}, weights)
        risks[BLEND] = np.sum([weight * risks[name] for name, weight in weights.items()], axis=0)
    return Competition(models, plain, recalibrations, weights, _scores(outcome.event, risks), unfitted)


def _recalibration(outcome: Outcome, risk: NDArray[np.float64], fold: NDArray[np.intp]) -> Recalibration:
    """Learn how forecasts are put right; those that tell no two rows apart are a rate, and stay the rate they are."""
    known = np.isfinite(risk)
    tells_apart = any(np.ptp(risk[known & (fold == k)]) > 0 for k in np.unique(fold[known]))
    return learn_recalibration(outcome.event, risk, outcome.lifetime) if tells_apart else Recalibration()


def _scores(event: NDArray[np.bool_], risks: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    """Return the mean logarithmic score of each model on the rows of which all have a forecast."""
    known = np.all([np.isfinite(risk) for risk in risks.values()], axis=0) if risks else np.zeros(len(event), bool)
    if not known.any():
        return {}
    return {name: mean_log_score(event[known], risk[known]) for name, risk in risks.items()}
