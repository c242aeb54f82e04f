"""Drift of covariates: are the accounts that are forecast like those that were learned from?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.design.matrix import Covariate
from analysis.design.population import AT_THE_LANDMARK, Elapsed, still_there, training_rows
from analysis.evaluation.over_time.frames import COVARIATE_DRIFT

SOMEWHAT, MOVED = 0.10, 0.25
"""Of the population stability index; Siddiqi (2006), Credit Risk Scorecards, chapter 9."""
BINS = 10


class CovariateDrift(StrEnum):
    """How far the distribution of a covariate lies from the one that was learned from."""

    STEADY = "steady"
    SOMEWHAT = "somewhat"
    MOVED = "moved"
    CANT_TELL = "cant_tell"
    """So few accounts would lie as far apart by chance."""


def drift_over_time(
    landmarks: pd.DataFrame,
    covariates: Sequence[Covariate],
    quarters: Sequence[pd.Timestamp],
    allowed_gap_days: int = 0,
    elapsed: Elapsed = AT_THE_LANDMARK,
) -> pd.DataFrame:
    """Compare each scored quarter's accounts with the rows that its models learned from.

    Parameters
    ----------
    landmarks : DataFrame
        All landmark rows.
    covariates : sequence of Covariate
    quarters : sequence of Timestamp
        Scored landmarks, as those of `analysis.evaluation.rolling_origin.rolling_origin`, as are the next.
    allowed_gap_days : int
    elapsed : Elapsed

    Returns
    -------
    DataFrame
        As `COVARIATE_DRIFT`.
    """
    columns = {covariate.name: _encoded(landmarks[covariate.name]) for covariate in covariates}
    place = pd.Series(np.arange(len(landmarks)), index=landmarks.index)
    lines = []
    for quarter in quarters:
        training = training_rows(landmarks, quarter, allowed_gap_days, elapsed)
        of_quarter = (landmarks["risk_date"] == quarter) & landmarks["is_quarter_start"].astype(bool)
        scored = landmarks[of_quarter & still_there(landmarks, elapsed)]
        if training.empty or scored.empty:
            continue
        numbers = {
            "landmark": quarter,
            "n_training": training["account_id"].nunique(),
            "n_scored": scored["account_id"].nunique(),
        }
        learned_from, forecast = place[training.index].to_numpy(), place[scored.index].to_numpy()
        for covariate in covariates:
            values, is_number = columns[covariate.name]
            learned, now = values[learned_from], values[forecast]
            index, n_bins = stability_index(learned, now, is_number=is_number)
            limit = _limit(n_bins, numbers["n_training"], numbers["n_scored"])
            lines.append(
                {
                    **numbers,
                    "covariate": covariate.name,
                    "family": covariate.family,
                    "stability_index": index,
                    "by_chance": limit,
                    "difference": standardised_difference(learned, now) if is_number else np.nan,
                    "missing_training": float(np.isnan(learned).mean()),
                    "missing_scored": float(np.isnan(now).mean()),
                    "drift": str(_read(index, limit)),
                }
            )
    return COVARIATE_DRIFT.checked(pd.DataFrame(lines, columns=COVARIATE_DRIFT.columns))


def stability_index(
    learned: NDArray[np.float64], now: NDArray[np.float64], is_number: bool = True
) -> tuple[float, int]:
    """Return the population stability index of a column, and the number of bins that it is of.

    Numbers fall into tenths of the values learned from, and each label into a bin of its own; missing values are one
    more. To every bin half a row is added on either side, so that none is empty.

    Parameters
    ----------
    learned, now : ndarray, shapes (n,) and (m,)
        Values learned from, and those forecast; NaN where missing.
    is_number : bool
        Whether they are; otherwise codes of labels.

    Notes
    -----
    Symmetrised Kullback-Leibler divergence of the shares (Siddiqi 2006).

    Examples
    --------
    >>> import numpy as np
    >>> index, bins = stability_index(np.repeat([0.0, 1.0], 500), np.repeat([0.0, 1.0], [75, 25]), is_number=False)
    >>> round(index, 2), bins
    (0.27, 2)
    """
    ranked = [np.sort(values) for values in (learned, now)]  # missing ones come last
    known = [values[: len(values) - np.count_nonzero(np.isnan(values))] for values in ranked]
    if is_number:
        # Edges are values, not means of two: where a tenth is all one value that value has its bin.
        places = np.ceil(np.arange(1, BINS) / BINS * len(known[0])).astype(np.int64) - 1
        edges = np.unique(known[0][np.maximum(places, 0)]) if len(known[0]) else known[0]
    else:
        edges = np.unique(np.concatenate(known))
    counts = np.array(
        [
            np.diff(np.r_[0, np.searchsorted(told, edges, side="right"), len(told), len(values)])
            for told, values in zip(known, ranked, strict=True)
        ]
    )
    counts = counts[:, counts.sum(axis=0) > 0]
    n_bins = counts.shape[1]
    shares = (counts + 0.5) / (counts.sum(axis=1, keepdims=True) + 0.5 * n_bins)
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum()), n_bins


def standardised_difference(learned: NDArray[np.float64], now: NDArray[np.float64]) -> float:
    """Return the difference of means, now less learned, in standard deviations; NaN for constants.

    Notes
    -----
    Root mean variance of both (Austin 2009, Stat. Med. 28, 3083); missing values left out.
    """
    before, after = learned[~np.isnan(learned)], now[~np.isnan(now)]
    if len(before) < 2 or len(after) < 2:
        return float("nan")
    spread = np.sqrt((before.var(ddof=1) + after.var(ddof=1)) / 2)
    return float((after.mean() - before.mean()) / spread) if spread > 0 else float("nan")


@dataclass(frozen=True, slots=True)
class CovariatesVerdict:
    """Which covariates of the last scored quarter lie apart from those learned from.

    Attributes
    ----------
    landmark
        The last scored quarter.
    moved, somewhat, untold
        Names, the farthest first.
    n_covariates
        Compared.
    """

    landmark: pd.Timestamp
    moved: tuple[str, ...]
    somewhat: tuple[str, ...]
    untold: tuple[str, ...]
    n_covariates: int

    @property
    def drift(self) -> CovariateDrift:
        """The farthest that is shown; where nothing is, steady unless some can't be told."""
        if self.moved:
            return CovariateDrift.MOVED
        if self.somewhat:
            return CovariateDrift.SOMEWHAT
        return CovariateDrift.CANT_TELL if self.untold else CovariateDrift.STEADY


def covariates_verdict(drift: pd.DataFrame) -> CovariatesVerdict | None:
    """Judge the last quarter; None where no quarter could be compared.

    Parameters
    ----------
    drift
        As `COVARIATE_DRIFT`.
    """
    if drift.empty:
        return None
    last = drift[drift["landmark"] == drift["landmark"].max()].sort_values(
        ["stability_index", "covariate"], ascending=[False, True]
    )
    names = {reading: tuple(last.loc[last["drift"] == reading, "covariate"]) for reading in CovariateDrift}
    return CovariatesVerdict(
        last["landmark"].iloc[0],
        names[CovariateDrift.MOVED],
        names[CovariateDrift.SOMEWHAT],
        names[CovariateDrift.CANT_TELL],
        len(last),
    )


def _encoded(column: pd.Series) -> tuple[NDArray[np.float64], bool]:
    """Return a column as numbers, or as codes of its labels, NaN where missing; and which of the two."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.to_numpy(np.float64, na_value=np.nan), True
    code = pd.factorize(column)[0].astype(np.float64)
    return np.where(code < 0, np.nan, code), False


def _limit(n_bins: int, n_learned: int, n_now: int) -> float:
    """Return what the index exceeds in one of 20 cases by chance: chi-square x (1/n + 1/m), accounts independent.

    Yurdakul and Naranjo (2020), J. Risk Model Validation 14(4), 89.
    """
    return float(stats.chi2.ppf(0.95, n_bins - 1) * (1 / n_learned + 1 / n_now)) if n_bins > 1 else 0.0


def _read(index: float, limit: float) -> CovariateDrift:
    if index >= SOMEWHAT and index <= limit:
        return CovariateDrift.CANT_TELL
    if index >= MOVED:
        return CovariateDrift.MOVED
    return CovariateDrift.SOMEWHAT if index >= SOMEWHAT else CovariateDrift.STEADY
