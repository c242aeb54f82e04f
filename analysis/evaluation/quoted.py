"""Quoted: what each scored quarter was forecast by, kept beside the cohort as data to forecast with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.kept import answers_folder
from analysis.design.matrix import Design
from analysis.design.population import elapsed_at
from analysis.errors import ModelError, SavedForecastError, StoreError
from analysis.evaluation.choice import Choice
from analysis.evaluation.folds import Fold
from analysis.models.base import Forecaster
from analysis.models.saved.forecast import Facts, read_saved_forecast, row_columns, save_forecast


@dataclass(frozen=True, slots=True, eq=False)
class Quoted:
    """What a quarter was forecast by: `design` makes numbers of rows, and `model` forecasts from them."""

    design: Design
    model: Forecaster


def quoted_of(folds: Sequence[Fold], choices: Sequence[Choice]) -> tuple[Quoted, ...]:
    """Return what each quarter was forecast by: the model that was chosen for it."""
    return tuple(Quoted(fold.design, fold.models[choice.model]) for fold, choice in zip(folds, choices, strict=True))


def keep_quoted(tenure: CohortTables, name: str, folds: Sequence[Fold], choices: Sequence[Choice]) -> None:
    """Keep it beside the cohort; where it is not, it is learned again by whoever asks for it.

    That is so of models of classes that cannot be saved, and where nothing can be written, which is told.

    Parameters
    ----------
    tenure
        The cohort.
    name
        Of the answer that the quarters are.
    folds, choices
        The quarters, and what was chosen for them.
    """
    if not tenure.is_as_built:
        return
    elapsed = elapsed_at(tenure.study.time.snapshot, tenure.landmarks)
    try:
        for fold, choice, quoted in zip(folds, choices, quoted_of(folds, choices), strict=True):
            facts = Facts(
                model=choice.model,
                landmark=fold.landmark.date(),
                elapsed_days=elapsed.days,
                n_training_rows=fold.n_training_rows,
                n_training_events=fold.n_training_events,
                row_columns=row_columns(tenure.landmarks),
            )
            folder = _folder(tenure, name, fold.landmark)
            save_forecast(folder, quoted.model, quoted.design, facts, tenure.hashes)
    except ModelError:
        return
    except (SavedForecastError, StoreError) as error:
        tenure.tell_once(f"models are not kept: {error}")


def read_quoted(
    tenure: CohortTables, name: str, choices: Sequence[Choice], learn: Callable[[], tuple[Quoted, ...]]
) -> tuple[Quoted, ...]:
    """Return it as it is kept; where one of the quarters is not, all are learned again.

    Parameters
    ----------
    tenure, name, choices
        As for `keep_quoted`.
    learn
        Learns them, and keeps them.
    """
    if not tenure.is_as_built:
        return learn()
    try:
        folders = [_folder(tenure, name, choice.landmark) for choice in choices]
        read = [read_saved_forecast(folder, expects=tenure.hashes) for folder in folders]
    except SavedForecastError:
        return learn()
    return tuple(Quoted(one.design, one.model) for one in read)


def _folder(tenure: CohortTables, name: str, landmark: pd.Timestamp) -> Path:
    return answers_folder(tenure) / f"{name}.quoted-{landmark:%Y-%m-%d}"
