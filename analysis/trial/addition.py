"""Addition: what a tried covariate adds to forecasts of quarters and accounts not seen, beside what is there."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.content import places
from analysis.contest.learners import learners
from analysis.contest.subsets import Subsets, forecast_by_subsets
from analysis.contest.values import METRICS, losses, ratio
from analysis.declared.factors import control_family
from analysis.design.matrix import Column
from analysis.design.population import elapsed_at
from analysis.errors import ModelError
from analysis.evaluation.folds import Fold
from analysis.evaluation.measures.accuracy import group_rate
from analysis.evaluation.rolling_origin import rolling_origin_of
from analysis.models.registry import COX, competing_models
from analysis.trial.frames import ADDED
from analysis.trial.widened import Widened
from analysis.wording.remarks import Remark, remark

TRIED = "tried"
"""The covariate stands in a family of its own, so that it can be known or not."""
_COPIES = ("design.equal", "design.combination")
"""Why a design leaves out what says nothing of its own."""


def what_it_adds(tenure: Widened) -> pd.DataFrame:
    """Forecast the recent quarters with and without the covariate, beside the contract alone and beside its family.

    The same rows, the same Cox model on landmarks, the same shrinkage of every other column: paired, row by row; each
    forecast by a fit to what was settled at the quarter's start, without the row's cluster. The covariate is shrunk as
    its family is, for so it will be once it is kept: of one column alone the data of few leavers tell no penalty.

    Returns
    -------
    DataFrame
        As `ADDED`: by the logarithmic score and by explained variation (IPA), in hundredths of what the loss would be
        by each quarter's own rate; intervals by clusters, with fitted models held fixed.

    Raises
    ------
    ModelError
        If no quarter can be scored, or the covariate does not vary in any, or says what is known already.
    """
    study, family = tenure.study, tenure.covariate.family
    alone = {COX: competing_models(study)[COX]}
    known = [*tenure.known_beside("landmarks"), tenure.covariate]
    rolled = rolling_origin_of(tenure, alone, blended=(), covariates=known)
    folds = [_apart(fold, tenure.covariate.name) for fold in rolled.folds]
    if not any(fold.test.family_columns(TRIED).size for fold in folds):
        raise ModelError(_why_not(folds, tenure.covariate.name))
    beside = [] if family == control_family() else [family]
    subsets = forecast_by_subsets(
        tenure.landmarks,
        folds,
        {COX: learners(study.models, study.seed)[COX]},
        [*beside, TRIED],
        control_family(),
        allowed_gap_days=study.time.allowed_gap_days,
        elapsed=elapsed_at(study.time.snapshot, tenure.landmarks),
        seed=study.seed,
        progress=tenure.progress,
    )
    bases = [frozenset[str](), *([frozenset(beside)] if beside else [])]
    lines = [line for base in bases for line in _added(subsets, base, len(folds))]
    return ADDED.checked(pd.DataFrame(lines)[ADDED.columns])


def _why_not(folds: Sequence[Fold], covariate: str) -> Remark:
    """Say why no quarter can learn from a covariate: it is a copy, or it does not vary."""
    dropped = [one for fold in folds for one in fold.design.dropped if one.covariate == covariate]
    copies = [one.reason for one in dropped if not one.marks_missing and one.reason.code in _COPIES]
    if copies:
        return remark("trial.is_a_copy", covariate=covariate, reason=copies[-1])
    return remark("trial.does_not_vary", covariate=covariate)


def _apart(fold: Fold, covariate: str) -> Fold:
    """Put a covariate's columns into a family of their own, in a quarter whose models were fitted before."""

    def named(columns: tuple[Column, ...]) -> tuple[Column, ...]:
        return tuple(replace(one, family=TRIED) if one.covariate == covariate else one for one in columns)

    design, test = fold.design, fold.test
    return replace(
        fold,
        design=replace(design, columns=named(design.columns)),
        test=replace(test, columns=named(test.columns)),
    )


def _added(subsets: Subsets, base: frozenset[str], n_quarters: int) -> list[dict[str, object]]:
    """Return a line for each measure: the loss without the covariate less that with it."""
    risk = subsets.risk[COX]
    event, quarter = subsets.rows["event"].to_numpy(bool), subsets.rows["landmark"].to_numpy()
    without, with_it, alone, noise = risk[base], risk[base | {TRIED}], risk[frozenset()], subsets.noise[TRIED]
    known = np.all([np.isfinite(one) for one in (without, with_it, alone, noise)], axis=0)
    cluster = places(subsets.rows["cluster_id"].to_numpy(object), subsets.content)[known]
    rate = group_rate(event[known], quarter[known])

    def gain(metric: str, less: NDArray[np.float64], more: NDArray[np.float64]) -> NDArray[np.float64]:
        return losses(metric, event[known], less[known]) - losses(metric, event[known], more[known])

    lines = []
    for metric in METRICS:
        whole = losses(metric, event[known], rate)
        found = ratio(gain(metric, without, with_it), whole, cluster)
        lines.append(
            {
                "beside": ", ".join([control_family(), *sorted(base)]),
                "metric": metric,
                "estimate": found.estimate,
                "conf_low": found.conf_low,
                "conf_high": found.conf_high,
                "p_value": found.p_value,
                "noise": ratio(gain(metric, alone, noise), whole, cluster).estimate,
                "n_rows": int(known.sum()),
                "n_events": int(event[known].sum()),
                "n_quarters": n_quarters,
            }
        )
    return lines
