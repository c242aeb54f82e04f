"""Spread: which values a tried covariate has, and in how many landmark rows."""

import itertools

import numpy as np
import pandas as pd

from analysis.trial.frames import SPREAD
from analysis.trial.widened import Widened

MOST_VALUES = 12
"""So many different values are told one by one; of more, stretches of equal length."""
MISSING_VALUE = "missing"
LONG_TAIL = 3.0
"""From this skewness on a few large values decide most of a slope; that of exponential values is 2."""


def spread(tenure: Widened) -> pd.DataFrame:
    """Count the landmark rows by value, the missing last; what is of fewer accounts than may be told is hidden.

    Returns
    -------
    DataFrame
        As `SPREAD`: values rising, or the most frequent first where they are words.
    """
    rows = tenure.landmarks
    labels, order = _labels(rows[tenure.covariate.name], is_text=tenure.covariate.transform == "category")
    grouped = rows["account_id"].groupby(labels)
    number, accounts = grouped.size(), grouped.nunique()
    hidden = accounts < tenure.study.report.min_cell
    table = pd.DataFrame({"rows": number.astype(np.float64).mask(hidden)}).reindex(order)
    table["share"] = table["rows"] / len(rows)
    return SPREAD.checked(table.rename_axis("value").reset_index()[SPREAD.columns])


def has_long_tail(tenure: Widened) -> bool:
    """Tell whether a number that enters as it is, and could by its logarithm, has a long tail of large values."""
    if tenure.covariate.transform != "identity":
        return False
    known = pd.to_numeric(tenure.landmarks[tenure.covariate.name]).astype(np.float64).dropna()
    return len(known) > 2 and known.min() >= 0 and bool(known.skew() >= LONG_TAIL)


def _labels(values: pd.Series, *, is_text: bool) -> tuple[pd.Series, list[str]]:
    """Return what each row's value is called, and all names in their order."""
    known = values.dropna()
    if is_text:
        named = values.astype(object).where(values.notna(), MISSING_VALUE).astype(str)
        order = list(known.astype(str).value_counts(sort=False).sort_index().sort_values(ascending=False).index)
    else:
        numbers = pd.to_numeric(values).to_numpy(np.float64, na_value=np.nan)
        named, order = _of_numbers(numbers, values.index)
    return named, [*order, *([MISSING_VALUE] if len(known) < len(values) else [])]


def _of_numbers(numbers: np.ndarray, index: pd.Index) -> tuple[pd.Series, list[str]]:
    different = np.unique(numbers[np.isfinite(numbers)])
    if len(different) <= MOST_VALUES:
        names = [f"{value:g}" for value in different]
        place = np.searchsorted(different, numbers)
    else:
        low, high = float(different[0]), float(np.quantile(numbers[np.isfinite(numbers)], 0.99))
        high = high if high > low else float(different[-1])
        edges = np.linspace(low, high, MOST_VALUES)
        names = [f"{a:.3g} to {b:.3g}" for a, b in itertools.pairwise(edges)] + [f"over {high:.3g}"]
        inside = np.clip(np.searchsorted(edges, numbers, "right") - 1, 0, MOST_VALUES - 2)
        place = np.where(numbers > high, MOST_VALUES - 1, inside)
    named = [names[at] if np.isfinite(value) else MISSING_VALUE for at, value in zip(place, numbers, strict=True)]
    used = set(named)
    return pd.Series(named, index=index), [name for name in names if name in used]
