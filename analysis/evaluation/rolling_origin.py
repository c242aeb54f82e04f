"""Rolling origin: recent quarters forecast with what was known at their start, scored on what followed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.content import places
from analysis.declared.schema import Kind
from analysis.design.matrix import Covariate, Design, DesignMatrix, learn_matrix
from analysis.design.outcome import Outcome
from analysis.design.population import AT_THE_LANDMARK, Elapsed, elapsed_at, still_there, training_rows
from analysis.design.resampling import cluster_resamples
from analysis.errors import DesignError, ModelError
from analysis.evaluation.frames import BY_FOLD, PAIRS, POOLED, PREDICTIONS
from analysis.evaluation.scores import pair_differences, pooled_scores, scores_of_fold
from analysis.models.base import Model, horizon_risk
from analysis.models.registry import competing_models
from analysis.progress import Progress, quiet
from analysis.wording.remarks import Remark, remark


@dataclass(frozen=True, slots=True)
class Fold:
    """One quarter: what was learned before it, the rows at risk at its start, and how they ended.

    Attributes
    ----------
    landmark : Timestamp
    design : Design
        Learned on the training rows.
    test : DesignMatrix
        The rows at the landmark.
    outcome : Outcome
        Of the same rows, on the landmark clock.
    models : dict of str to Model
        Fitted on the training rows; a model that could not be fitted is absent.
    n_training_rows, n_training_events : int
        Events are distinct lifetimes.
    """

    landmark: pd.Timestamp
    design: Design
    test: DesignMatrix
    outcome: Outcome
    models: dict[str, Model]
    n_training_rows: int
    n_training_events: int


@dataclass(frozen=True, slots=True)
class RollingOrigin:
    """How each model forecast the quarters it had not seen.

    Attributes
    ----------
    models : tuple of str
        Those that were fitted in one fold at least, in the order in which they were asked for.
    folds : tuple of Fold
    by_fold : DataFrame
        As `BY_FOLD`.
    pooled : DataFrame
        As `POOLED`: on the folds that every model has; intervals by resampled accounts, fitted models held fixed.
    pairs : DataFrame
        As `PAIRS`, on the same resamples.
    predictions : DataFrame
        As `PREDICTIONS`, and one column of three-month risk for each of `models` (NaN where not fitted).
    notes : tuple of Remark
        Quarters skipped and models not fitted, with the reason.
    """

    models: tuple[str, ...]
    folds: tuple[Fold, ...]
    by_fold: pd.DataFrame
    pooled: pd.DataFrame
    pairs: pd.DataFrame
    predictions: pd.DataFrame
    notes: tuple[Remark, ...]


def rolling_origin(
    landmarks: pd.DataFrame,
    covariates: Sequence[Covariate],
    models: Mapping[str, Callable[[], Model]],
    *,
    n_folds: int = 8,
    allowed_gap_days: int = 0,
    elapsed: Elapsed = AT_THE_LANDMARK,
    n_resamples: int = 500,
    seed: int = 0,
    progress: Progress | None = None,
) -> RollingOrigin:
    """Refit and score every model at each of the last quarter starts whose outcomes are all settled.

    Parameters
    ----------
    landmarks : DataFrame
        All landmark rows; training may use every one of them, scores are taken on quarter starts.
    covariates : sequence of Covariate
    models : mapping of str to callable
        Name to a function that returns an unfitted model.
    n_folds : int
        Quarters to score, counted back from the last settled one.
    allowed_gap_days : int
        Part of the purge: training horizon end + gap <= test landmark.
    elapsed : Elapsed
        How much of the horizon has passed when a forecast is made: learned from and scored are those still there.
    n_resamples, seed : int
        Of the account resampling behind the intervals.
    progress : callable taking a str, optional

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
    0 2023-04-01                   cox        10  0.69
    1 2023-04-01  last settled quarter        10  0.50
    2 2023-07-01                   cox        16  0.74
    3 2023-07-01  last settled quarter        16  0.50
    """
    say = progress or quiet
    folds: list[Fold] = []
    notes: list[Remark] = []
    for landmark in settled_quarters(landmarks)[-n_folds:]:
        say(f"forecasting from {landmark:%Y-%m-%d}")
        fold, remarks = _fold(landmarks, covariates, models, landmark, allowed_gap_days, elapsed)
        notes.extend(remarks)
        if fold is not None:
            folds.append(fold)
    if not any(fold.outcome.event.any() for fold in folds):
        quiet_quarters = [(fold.landmark, len(fold.test)) for fold in folds]
        said = (*notes, *(remark("evaluation.nobody_left", landmark=day, accounts=n) for day, n in quiet_quarters))
        raise ModelError(remark("evaluation.no_quarter", notes=said) if said else remark("evaluation.none_followed"))
    fitted = [name for name in models if any(name in fold.models for fold in folds)]
    predictions = _predictions(folds, fitted)
    weights = cluster_resamples(cluster_place(folds), n_resamples, seed)
    return RollingOrigin(
        models=tuple(fitted),
        folds=tuple(folds),
        by_fold=BY_FOLD.checked(_by_fold(folds, predictions, fitted)),
        pooled=POOLED.checked(pooled_scores(predictions, fitted, weights)),
        pairs=PAIRS.checked(pair_differences(predictions, fitted, weights)),
        predictions=predictions,
        notes=tuple(notes),
    )


def rolling_origin_of(tenure: CohortTables) -> RollingOrigin:
    """Score the models that compete in a study on its recent quarters, as many as it asks for."""
    return rolling_origin(
        tenure.landmarks,
        tenure.covariates("landmarks"),
        competing_models(tenure.study),
        n_folds=tenure.study.models.test_quarters,
        allowed_gap_days=tenure.study.time.allowed_gap_days,
        elapsed=elapsed_at(tenure.study.time.snapshot, tenure.landmarks),
        n_resamples=tenure.study.models.resamples,
        seed=tenure.study.seed,
        progress=tenure.progress,
    )


def cluster_place(folds: Sequence[Fold]) -> NDArray[np.intp]:
    """Number the cluster of each test row of all folds, as `Outcome.cluster_place`, shape (n,)."""
    outcomes = [fold.outcome for fold in folds]
    return places(*(np.concatenate([getattr(one, name) for one in outcomes]) for name in ("cluster", "content")))


def settled_quarters(landmarks: pd.DataFrame) -> list[pd.Timestamp]:
    """Return the quarter-start landmarks all of whose rows are settled, in order."""
    quarter_starts = landmarks[landmarks["is_quarter_start"].to_numpy(bool)]
    settled = quarter_starts.groupby("risk_date")["is_followed"].all()
    return [pd.Timestamp(date) for date in sorted(settled.index[settled.to_numpy(bool)])]


def _fold(
    landmarks: pd.DataFrame,
    covariates: Sequence[Covariate],
    models: Mapping[str, Callable[[], Model]],
    landmark: pd.Timestamp,
    allowed_gap_days: int,
    elapsed: Elapsed,
) -> tuple[Fold | None, list[Remark]]:
    of_the_quarter = (landmarks["risk_date"] == landmark) & landmarks["is_quarter_start"].astype(bool)
    test_rows = landmarks[of_the_quarter & still_there(landmarks, elapsed)]
    if test_rows.empty:
        return None, [remark("evaluation.nobody_there", landmark=landmark)]
    outcome = Outcome.from_landmarks(test_rows)
    training = training_rows(landmarks, landmark, allowed_gap_days, elapsed)
    try:
        design, matrix = learn_matrix(training, covariates)
    except DesignError as error:
        return None, [remark("evaluation.no_design", landmark=landmark, reason=error.remark)]
    fitted, remarks = _fitted(models, matrix, Outcome.from_landmarks(training), landmark)
    if not fitted:
        return None, [*remarks, remark("evaluation.no_model", landmark=landmark)]
    n_events = int(training.loc[training["event"] == 1, "lifetime_id"].nunique())
    return Fold(landmark, design, design.apply(test_rows), outcome, fitted, len(training), n_events), remarks


def _fitted(
    models: Mapping[str, Callable[[], Model]], design: DesignMatrix, outcome: Outcome, landmark: pd.Timestamp
) -> tuple[dict[str, Model], list[Remark]]:
    fitted: dict[str, Model] = {}
    remarks: list[Remark] = []
    for name, make in models.items():
        try:
            fitted[name] = make().fit(design, outcome)
        except (ModelError, DesignError) as error:
            remarks.append(remark("evaluation.not_fitted", model=name, landmark=landmark, reason=error.remark))
    return fitted, remarks


def _predictions(folds: list[Fold], models: list[str]) -> pd.DataFrame:
    frames = []
    for fold in folds:
        unfitted = np.full(len(fold.test), np.nan)
        risk = {
            name: horizon_risk(fold.models[name], fold.test) if name in fold.models else unfitted for name in models
        }
        labels = {
            "landmark": fold.landmark,
            "lifetime_id": fold.outcome.lifetime,
            "account_id": fold.outcome.account,
            "cluster_id": fold.outcome.cluster,
            "event": fold.outcome.event,
        }
        frames.append(pd.DataFrame({**labels, **risk}))
    risks = PREDICTIONS.with_each(models, Kind.NUMBER, "probability of churn within the horizon", may_lack=True)
    return risks.checked(pd.concat(frames, ignore_index=True))


def _by_fold(folds: list[Fold], predictions: pd.DataFrame, models: list[str]) -> pd.DataFrame:
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
            if name in fold.models
        ]
    return pd.DataFrame(lines)
