"""Learners: how each kind of model learns from some families of columns, tuned by one rule whichever these are."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from analysis.declared.study_parts import Models
from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.models.base import Model
from analysis.models.boosting import Boosting
from analysis.models.cross_fit import Unseen, cross_fit
from analysis.models.forest import Forest
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.left_out import CoxLeftOut
from analysis.models.recalibration import learn_recalibration
from analysis.models.registry import BOOSTING, COX, FOREST
from analysis.models.tuning import ShrinkageChoice, left_out_risk

Learnt = Callable[[DesignMatrix], Unseen]
"""From the columns that may be known, of the training rows, to what fits without their fold say of rows."""

Learner = Callable[[DesignMatrix, Outcome, NDArray[np.intp], Mapping[str, Model]], Learnt]
"""From all training rows, their outcomes and folds to a `Learnt`: what is tuned, is tuned here, for all alike. Models
that were fitted to all columns of these rows already, by name, need not be tuned again."""


def learners(models: Models, seed: int) -> Mapping[str, Learner]:
    """Return the learners of a study by the name of their model; the first is the one that verdicts are taken from."""
    return {
        COX: partial(_cox, ShrinkageChoice(models.forecast_shrinkage, seed)),
        FOREST: partial(_forest, models.forest_trees, seed),
        BOOSTING: partial(_boosting, seed),
    }


def _cox(
    choice: ShrinkageChoice,
    whole: DesignMatrix,
    outcome: Outcome,
    fold: NDArray[np.intp],
    fitted: Mapping[str, Model],
) -> Learnt:
    """Shrink each column as far as it is where all families are known: no subset has another penalty than another.

    A column that is not there, as it is the same in all of these rows, is shrunk as far as any of its family.
    """
    cox = fitted.get(COX)
    if isinstance(cox, LandmarkCox) and isinstance(cox.ridge, ShrinkageChoice):
        chosen = np.asarray(cox.ridge_)
    else:
        chosen = np.asarray(choice(whole, outcome, fold).ridge)
    ridge = dict(zip(whole.names, chosen.tolist(), strict=True))
    strongest: dict[str, float] = {}
    for column in whole.columns:
        strongest[column.family] = max(ridge[column.name], strongest.get(column.family, 0.0))

    def learnt(known: DesignMatrix) -> Unseen:
        shrunk = [ridge[one.name] if one.name in ridge else strongest[one.family] for one in known.columns]
        unit = np.array(shrunk) ** -0.5
        return left_out_risk(CoxLeftOut(known.values * unit, outcome, fold), 1.0, unit)

    return partial(_put_right, learnt, outcome, fold)


def _forest(
    n_trees: int,
    seed: int,
    whole: DesignMatrix,
    outcome: Outcome,
    fold: NDArray[np.intp],
    fitted: Mapping[str, Model],
) -> Learnt:
    def learnt(known: DesignMatrix) -> Unseen:
        return cross_fit(lambda: Forest(n_trees=n_trees, seed=seed, n_jobs=1), known, outcome, fold).unseen

    return partial(_put_right, learnt, outcome, fold)


def _boosting(
    seed: int, whole: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp], fitted: Mapping[str, Model]
) -> Learnt:
    def learnt(known: DesignMatrix) -> Unseen:
        return cross_fit(lambda: Boosting(seed=seed, n_jobs=1), known, outcome, fold).unseen

    return partial(_put_right, learnt, outcome, fold)


def _put_right(learnt: Learnt, outcome: Outcome, fold: NDArray[np.intp], known: DesignMatrix) -> Unseen:
    """Recalibrate on what is said of training rows: whoever knows less must not lose by being too sure of it."""
    unseen = learnt(known)
    said = unseen(known, fold, outcome.cluster_place)
    right = learn_recalibration(outcome.event, said, outcome.lifetime)
    return lambda rows, its_fold, cluster: right.apply(unseen(rows, its_fold, cluster))
