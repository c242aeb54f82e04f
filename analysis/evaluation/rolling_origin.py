"""Rolling origin: recent quarters forecast with what was known at their start, scored on what followed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.content import places
from analysis.cohort.kept import Later, made
from analysis.declared.schema import Kind
from analysis.design.matrix import Covariate
from analysis.design.outcome import Outcome
from analysis.design.population import AT_THE_LANDMARK, Elapsed, elapsed_at
from analysis.design.resampling import cluster_resamples
from analysis.errors import ModelError
from analysis.evaluation.choice import Choice, choose
from analysis.evaluation.folds import Fold, Learner, Relabel, by_churn
from analysis.evaluation.frames import BY_FOLD, PAIRS, POOLED, PREDICTIONS, RECALIBRATED
from analysis.evaluation.quoted import Quoted, quoted_of
from analysis.evaluation.scored_quarters import ScoredQuarters
from analysis.evaluation.scores import gain_of_recalibration, pair_differences, pooled_scores, scores_of_fold
from analysis.models.competition import BLEND, Makers
from analysis.models.registry import BLENDED, competing_models
from analysis.progress import Progress, quiet
from analysis.wording.remarks import Remark, remark

QUOTED = "quoted"
"""The name under which forecasts are scored as they would have been quoted: each quarter by the model chosen for it."""


@dataclass(frozen=True, slots=True, eq=False)
class RollingOrigin(ScoredQuarters):
    """How each model forecast the quarters it had not seen, and the models.

    Attributes
    ----------
    learned
        The folds; where the rest was read as it is kept, they are learned again when they are asked for.
    by_choice
        What each of them was forecast by, which is kept, too.
    """

    learned: Later[tuple[Fold, ...]]
    by_choice: Later[tuple[Quoted, ...]]

    @property
    def folds(self) -> tuple[Fold, ...]:
        """The quarters, each with its fitted models."""
        return self.learned.get()

    @property
    def quoted(self) -> tuple[Quoted, ...]:
        """What each quarter was forecast by: the model chosen for it, and its design."""
        return self.by_choice.get()


def rolling_origin(
    landmarks: pd.DataFrame,
    covariates: Sequence[Covariate],
    models: Makers,
    *,
    blended: Sequence[str] = (),
    n_folds: int = 8,
    allowed_gap_days: int = 0,
    elapsed: Elapsed = AT_THE_LANDMARK,
    least_events: int = 0,
    n_resamples: int = 500,
    seed: int = 0,
    n_jobs: int = 1,
    progress: Progress | None = None,
    relabel: Relabel = by_churn,
) -> RollingOrigin:
    """Refit and score every model at each of the last quarter starts whose outcomes are all settled.

    Parameters
    ----------
    landmarks : DataFrame
        All landmark rows; training may use every one of them, scores are taken on quarter starts.
    covariates : sequence of Covariate
    models : mapping of str to callable
        Name to a function that returns an unfitted model. Those called at the same quarter may share what they learn.
    blended : sequence of str
        Those of them that the blend may weigh.
    n_folds : int
        Quarters to score, counted back from the last settled one.
    allowed_gap_days : int
        Part of the purge: training horizon end + gap <= test landmark.
    elapsed : Elapsed
        How much of the horizon has passed when a forecast is made: learned from and scored are those still there.
    least_events : int
        Lifetimes with event that a quarter needs to learn from.
    n_resamples, seed : int
        Of the account resampling behind the intervals.
    n_jobs : int
        Quarters that are learned at a time, in threads; results never depend on it.
    progress : callable taking a str, optional
    relabel : callable
        What is forecast: how the outcome is made of landmark rows that are labelled by churn.

    Raises
    ------
    ModelError
        If no quarter could be scored.

    Examples
    --------
    >>> from analysis.models.landmark_cox import LandmarkCox
    >>> from analysis.models.rivals import LastSettledQuarterRate
    >>> from analysis.workbench import open_study
    >>> tenure = open_study("tests/data/crm5_sample/study.toml", progress=lambda step: None)
    >>> rolled = rolling_origin(
    ...     tenure.landmarks,
    ...     tenure.covariates("landmarks"),
    ...     {"cox": lambda: LandmarkCox(ridge=1.0), "last settled quarter": LastSettledQuarterRate},
    ...     n_folds=2,
    ...     allowed_gap_days=30,
    ...     n_resamples=20,
    ... )
    >>> rolled.by_fold[["landmark", "model", "n_events", "auc"]].round(2)
        landmark                 model  n_events   auc
    0 2023-04-01                quoted        10  0.69
    1 2023-04-01                   cox        10  0.69
    2 2023-04-01  last settled quarter        10  0.50
    3 2023-07-01                quoted        16  0.74
    4 2023-07-01                   cox        16  0.74
    5 2023-07-01  last settled quarter        16  0.50
    """
    say = progress or quiet
    learner = Learner(covariates, models, blended, allowed_gap_days, elapsed, least_events, seed, relabel)
    folds: list[Fold] = []
    notes: list[Remark] = []
    for fold, remarks in _learned(learner, landmarks, settled_quarters(landmarks)[-n_folds:], n_jobs, say):
        notes.extend(remarks)
        if fold is not None:
            folds.append(fold)
    notes.extend(_unfitted(folds))
    if not any(fold.outcome.event.any() for fold in folds):
        quiet_quarters = [(fold.landmark, len(fold.test)) for fold in folds]
        said = (*notes, *(remark("evaluation.nobody_left", landmark=day, accounts=n) for day, n in quiet_quarters))
        raise ModelError(remark("evaluation.no_quarter", notes=said) if said else remark("evaluation.none_followed"))
    fitted = [name for name in (*models, BLEND) if any(name in fold.models for fold in folds)]
    choices = [choose(folds, fold.competition, fold.landmark, fold.n_training_events) for fold in folds]
    predictions = _predictions(folds, choices, fitted, lambda fold: fold.risk)
    plain = _predictions(folds, choices, fitted, lambda fold: fold.plain_risk)
    scored = [QUOTED, *fitted]
    weights = cluster_resamples(cluster_place([fold.outcome for fold in folds]), n_resamples, seed)
    return RollingOrigin(
        learned=made(tuple(folds)),
        by_choice=made(quoted_of(folds, choices)),
        models=tuple(fitted),
        choices=tuple(choices),
        by_fold=BY_FOLD.checked(_by_fold(folds, predictions, scored)),
        pooled=POOLED.checked(pooled_scores(predictions, scored, weights)),
        pairs=PAIRS.checked(pair_differences(predictions, scored, weights)),
        recalibrated=RECALIBRATED.checked(gain_of_recalibration(plain, predictions, fitted, weights)),
        predictions=predictions,
        notes=tuple(notes),
    )


def rolling_origin_of(
    tenure: CohortTables,
    models: Makers | None = None,
    blended: Sequence[str] = BLENDED,
    relabel: Relabel = by_churn,
    covariates: Sequence[Covariate] | None = None,
) -> RollingOrigin:
    """Score models on the recent quarters of a study, as many as it asks for; those that compete in it by default.

    Parameters
    ----------
    tenure
        The study's cohort.
    models, blended, relabel
        As in `rolling_origin`.
    covariates
        That models know; all that are measured by default.

    Raises
    ------
    ModelError
        If no quarter could be scored.
    """
    return rolling_origin(
        tenure.landmarks,
        tenure.covariates("landmarks") if covariates is None else covariates,
        competing_models(tenure.study) if models is None else models,
        blended=blended,
        n_folds=tenure.study.models.test_quarters,
        allowed_gap_days=tenure.study.time.allowed_gap_days,
        elapsed=elapsed_at(tenure.study.time.snapshot, tenure.landmarks),
        least_events=tenure.study.report.forecast_from_events,
        n_resamples=tenure.study.models.resamples,
        seed=tenure.study.seed,
        n_jobs=2,
        progress=tenure.progress,
        relabel=relabel,
    )


def cluster_place(outcomes: Sequence[Outcome]) -> NDArray[np.intp]:
    """Number the cluster of each scored row of all quarters, as `Outcome.cluster_place`, shape (n,)."""
    return places(*(np.concatenate([getattr(one, name) for one in outcomes]) for name in ("cluster", "content")))


def settled_quarters(landmarks: pd.DataFrame) -> list[pd.Timestamp]:
    """Return the quarter-start landmarks all of whose rows are settled, in order."""
    quarter_starts = landmarks[landmarks["is_quarter_start"].to_numpy(bool)]
    settled = quarter_starts.groupby("risk_date")["is_followed"].all()
    return [pd.Timestamp(date) for date in sorted(settled.index[settled.to_numpy(bool)])]


def _learned(
    learner: Learner, landmarks: pd.DataFrame, quarters: Sequence[pd.Timestamp], n_jobs: int, say: Progress
) -> Iterator[tuple[Fold | None, list[Remark]]]:
    """Learn quarter by quarter, and say which is done."""
    work = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")
    found = work(delayed(learner.at_quarter)(landmarks, landmark) for landmark in quarters)
    for number, (landmark, learned) in enumerate(zip(quarters, found, strict=True), 1):
        say(f"forecast from {landmark:%Y-%m-%d}: quarter {number} of {len(quarters)}")
        yield learned


def _unfitted(folds: Sequence[Fold]) -> list[Remark]:
    """Say which models could not be fitted, and why: once of one that never could, else quarter by quarter."""
    reasons: dict[str, list[tuple[pd.Timestamp, Remark]]] = {}
    for fold in folds:
        for name, reason in fold.competition.unfitted.items():
            reasons.setdefault(name, []).append((fold.landmark, reason))
    found: list[Remark] = []
    for name, lacking in reasons.items():
        if len(lacking) == len(folds) > 1:
            found.append(remark("evaluation.never_fitted", model=name, reason=lacking[-1][1]))
        else:
            found += [remark("evaluation.not_fitted", model=name, landmark=day, reason=why) for day, why in lacking]
    return found


def _predictions(
    folds: Sequence[Fold],
    choices: Sequence[Choice],
    models: Sequence[str],
    of_fold: Callable[[Fold], Mapping[str, NDArray[np.float64]]],
) -> pd.DataFrame:
    frames = []
    for fold, choice in zip(folds, choices, strict=True):
        known = of_fold(fold)
        unfitted = np.full(len(fold.test), np.nan)
        risk = {name: known.get(name, unfitted) for name in models}
        labels = {
            "landmark": fold.landmark,
            "lifetime_id": fold.outcome.lifetime,
            "account_id": fold.outcome.account,
            "cluster_id": fold.outcome.cluster,
            "event": fold.outcome.event,
        }
        frames.append(pd.DataFrame({**labels, **risk, QUOTED: risk[choice.model]}))
    names = (*models, QUOTED)
    risks = PREDICTIONS.with_each(names, Kind.NUMBER, "probability of churn within the horizon", may_lack=True)
    return risks.checked(pd.concat(frames, ignore_index=True))


def _by_fold(folds: Sequence[Fold], predictions: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    lines = []
    for fold in folds:
        rows = predictions[predictions["landmark"] == fold.landmark]
        event = rows["event"].to_numpy(bool)
        lines += [
            {
                "landmark": fold.landmark,
                "model": name,
                "n_rows": len(rows),
                "n_events": int(event.sum()),
                "n_training_rows": fold.n_training_rows,
                "n_training_events": fold.n_training_events,
                "expected": float(rows[name].sum()),
                **scores_of_fold(event, rows[name].to_numpy(np.float64)),
            }
            for name in models
            if rows[name].notna().all()
        ]
    return pd.DataFrame(lines)
