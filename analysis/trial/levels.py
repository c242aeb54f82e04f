"""Levels: the hazard at each value of a covariate that has few, or is a word, against the most frequent."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.declared.factors import Covariate
from analysis.errors import ModelError
from analysis.inference.fit import fit_inference
from analysis.inference.hazard_ratios import hazard_ratios
from analysis.wording.remarks import remark

LEAST_SHARE = 0.02
"""Of the rows that a level has at least: higher values are taken together until they do."""
MOST_LEVELS = 6


def hazard_by_level(rows: pd.DataFrame, known: Sequence[Covariate], covariate: Covariate) -> pd.DataFrame:
    """Fit the time-varying Cox model with a covariate as levels, all else as it is.

    Parameters
    ----------
    rows
        As the table ``counting_process``, with the covariate.
    known
        The others of the model.
    covariate
        Words, or a number of few values.

    Returns
    -------
    DataFrame
        As `analysis.inference.frames.RATIOS`, a line for each level but the one that all are compared with.

    Raises
    ------
    ModelError
        If no level can be told from it.
    """
    values = rows[covariate.name]
    named = values if covariate.transform == "category" else _named(values)
    as_levels = dataclasses.replace(covariate, transform="category")
    inference = fit_inference(rows.assign(**{covariate.name: named}), [*known, as_levels])
    table = hazard_ratios(inference.fit, inference.columns)
    own = table[(table["covariate"] == covariate.name) & ~table["marks_missing"]].reset_index(drop=True)
    if own.empty:
        raise ModelError(remark("trial.no_levels", covariate=covariate.name))
    return own


def _named(values: pd.Series) -> pd.Series:
    """Return numbers as words, the highest together where they are few."""
    numbers = pd.to_numeric(values).to_numpy(np.float64, na_value=np.nan)
    known = np.isfinite(numbers)
    different, count = np.unique(numbers[known], return_counts=True)
    from_on = np.cumsum(count[::-1])[::-1] / max(known.sum(), 1)
    top = int(min(np.sum(from_on >= LEAST_SHARE), MOST_LEVELS)) - 1
    names = [f"{value:g}" for value in different[: top + 1]]
    if top >= 0 and top < len(different) - 1:
        names[top] = str(remark("trial.or_more", value=names[top]))
    place = np.minimum(np.searchsorted(different, numbers), top)
    named = [names[at] if is_known else None for at, is_known in zip(place, known, strict=True)]
    return pd.Series(named, index=values.index, dtype=object)
