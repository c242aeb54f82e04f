"""Saving: a model of a forecast, kept with the design that it was fitted to."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.errors import ModelError
from analysis.forecast.outlook import Forecast
from analysis.models.saved.forecast import Facts, row_columns, save_forecast


def save_model(
    folder: str | Path,
    forecast: Forecast,
    landmarks: pd.DataFrame,
    learned_from: Mapping[str, str],
    model: str | None = None,
) -> str:
    """Save a model of a forecast; return the SHA-256 of its files.

    Parameters
    ----------
    folder
        As in `analysis.models.saved.forecast.save_forecast`.
    forecast
        Made from these landmarks.
    landmarks
        All landmark rows.
    learned_from
        Hashes of their cohort.
    model
        One of the forecast's; the quoted one if none is named.

    Raises
    ------
    ModelError
        If there is no such model.
    SavedForecastError, StoreError
        If the folder holds something else than an earlier forecast, or can't be written.
    """
    name = forecast.headline if model is None else model
    if name not in forecast.fitted:
        raise ModelError(f"There is no model {name!r} in this forecast; there are {', '.join(forecast.fitted)}.")
    facts = Facts(
        model=name,
        landmark=forecast.landmark.date(),
        elapsed_days=(forecast.stands_on - forecast.landmark).days,
        n_training_rows=forecast.n_training_rows,
        n_training_events=forecast.n_training_events,
        row_columns=row_columns(landmarks),
    )
    return save_forecast(folder, forecast.fitted[name], forecast.design, facts, learned_from)
