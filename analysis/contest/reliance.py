"""Families: does usage, relationship or champion carry information on churn that the others lack?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.cohort_tables import CohortTables
from analysis.contest.comparable import comparable_groups, shuffle_within
from analysis.contest.contrasts import family_contrasts
from analysis.contest.frames import LOSSES
from analysis.design.resampling import cluster_resamples, percentile_interval
from analysis.errors import ModelError
from analysis.evaluation.measures.accuracy import null_brier_score, weighted_mean
from analysis.evaluation.measures.discrimination import auc
from analysis.evaluation.rolling_origin import Fold, RollingOrigin, cluster_place
from analysis.models.base import horizon_risk
from analysis.models.registry import COX
from analysis.wording.remarks import remark

MODEL_HELD_FIXED = "accounts resampled, model held fixed"
"""What the intervals of permutation losses do and do not include."""


@dataclass(frozen=True, slots=True, eq=False)
class Reliance:
    """How far fitted forecasts lean on each family.

    Attributes
    ----------
    losses : DataFrame
        As `LOSSES`.
    contrasts : DataFrame
        As `CONTRASTS`, on the same resamples.
    """

    losses: pd.DataFrame
    contrasts: pd.DataFrame


def permutation_losses(
    folds: Sequence[Fold],
    models: Sequence[str],
    families: Sequence[str],
    *,
    n_repeats: int = 10,
    n_resamples: int = 500,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Reliance:
    """Measure what out-of-time forecasts lose when a family's columns are shuffled among comparable accounts.

    The family's columns move together, among test rows of the same landmark, phase and contract term of
    which the same values are missing: so their own correlation, the renewal clock, and what a missing value
    says of an account (most often that it is young) stay intact. The loss is averaged over `n_repeats`
    shuffles. It can be negative, and it is what *this fitted model* loses, not the family's effect on churn.

    Parameters
    ----------
    folds : sequence of Fold
        From `rolling_origin`; a model is measured on the folds in which it was fitted.
    models : sequence of str
    families : sequence of str
        Those absent from the design get no row: not measured, which is not zero.
    n_repeats, n_resamples, seed : int
    progress : callable taking a str, optional

    Returns
    -------
    Reliance

    Raises
    ------
    ModelError
        If a model was fitted in no fold.
    """
    lines: list[tuple] = []
    drawn: dict[tuple[str, str], dict[str, NDArray[np.float64]]] = {}
    for model in models:
        fitted = [fold for fold in folds if model in fold.models]
        if not fitted:
            raise ModelError(remark("contest.not_fitted", model=model, folds=len(folds)))
        scored = _scored(fitted, model, n_resamples, seed)
        for position, family in enumerate(families):
            if any(len(fold.test.family_columns(family)) for fold in fitted):
                if progress:
                    progress(f"permuting {family} in {model}")
                shuffled = [_shuffled_risk(fitted, model, family, [seed, position, r]) for r in range(n_repeats)]
                moved = float(np.mean([share for _, share in shuffled]))
                for metric, loss in _losses(scored, [risk for risk, _ in shuffled]).items():
                    drawn.setdefault((model, metric), {})[family] = loss
                    estimate, interval = float(loss[0]), percentile_interval(loss[1:])
                    sizes = (len(fitted), len(scored.event), moved)
                    lines.append((model, family, metric, estimate, *interval, *sizes, MODEL_HELD_FIXED))
    return Reliance(LOSSES.checked(pd.DataFrame(lines, columns=LOSSES.columns)), family_contrasts(drawn))


def permutation_losses_of(tenure: CohortTables, rolling: RollingOrigin, quoted: str) -> Reliance:
    """Measure what the quoted forecast, and that of the Cox model beside it, lose without each family."""
    models = tenure.study.models
    return permutation_losses(
        rolling.folds,
        tuple(dict.fromkeys((quoted, COX))) if COX in rolling.models else (quoted,),
        [family.name for family, _ in tenure.families()],
        n_repeats=models.permutations,
        n_resamples=models.resamples,
        seed=tenure.study.seed,
        progress=tenure.progress,
    )


def missing_marks(fold: Fold, family: str) -> list[int]:
    """Return the positions of the columns that say what of a family is missing; one may go by another's name.

    A mark that is the copy of another one was dropped for it when the design was learned.
    """
    columns = fold.test.columns
    names = {column.name for column in columns if column.family == family and column.marks_missing}
    dropped = [column.reason for column in fold.design.dropped if column.family == family]
    names |= {str(dict(reason.values)["column"]) for reason in dropped if reason.code == "design.equal"}
    return [place for place, column in enumerate(columns) if column.name in names and column.marks_missing]


def _shuffled_risk(
    folds: Sequence[Fold], model: str, family: str, seed: list[int]
) -> tuple[NDArray[np.float64], float]:
    """Return all folds' risks with the family shuffled, and the share of rows that could be swapped."""
    risks, moved = [], []
    for number, fold in enumerate(folds):
        group = comparable_groups(fold.test, missing_marks(fold, family))
        taken = shuffle_within(group, fold.outcome.content, np.random.default_rng([*seed, number]))
        columns = fold.test.family_columns(family)
        values = fold.test.values.copy()
        values[:, columns] = values[np.ix_(taken, columns)]
        risks.append(horizon_risk(fold.models[model], fold.test.with_values(values)))
        moved.append(np.bincount(group)[group] > 1)
    return np.concatenate(risks), float(np.concatenate(moved).mean())


@dataclass(frozen=True, slots=True)
class _Scored:
    """All folds' test rows under one model, and how often each counts: once, then in every resample."""

    event: NDArray[np.bool_]
    risk: NDArray[np.float64]
    landmark: NDArray[np.intp]
    weights: NDArray[np.int64]


def _scored(folds: Sequence[Fold], model: str, n_resamples: int, seed: int) -> _Scored:
    event = np.concatenate([fold.outcome.event for fold in folds])
    once = np.ones(len(event), dtype=np.int64)
    return _Scored(
        event=event,
        risk=np.concatenate([horizon_risk(fold.models[model], fold.test) for fold in folds]),
        landmark=np.concatenate([np.full(len(fold.test), k) for k, fold in enumerate(folds)]),
        weights=np.vstack([once, cluster_resamples(cluster_place(folds), n_resamples, seed)]),
    )


def _losses(scored: _Scored, shuffled: list[NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Return the losses under each line of weights, shape (1 + n_resamples,); the first is the sample."""
    event, weights, landmark = scored.event, scored.weights, scored.landmark
    squared = np.mean([(risk - event) ** 2 for risk in shuffled], axis=0) - (scored.risk - event) ** 2
    null = null_brier_score(event, weights, landmark)
    ipa = 100 * np.divide(weighted_mean(squared, weights), null, out=np.full(len(null), np.nan), where=null > 0)
    auc_shuffled = np.mean([auc(event, risk, weights, landmark) for risk in shuffled], axis=0)
    return {"ipa": ipa, "auc": auc(event, scored.risk, weights, landmark) - auc_shuffled}
