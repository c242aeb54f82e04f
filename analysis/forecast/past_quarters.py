"""Past quarters: what models forecast of them, what came, and whether the intervals held that could have been told."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.study import Study
from analysis.declared.study_parts import Time
from analysis.design.population import elapsed_at, training_rows
from analysis.evaluation.use.revenue import annual_revenue
from analysis.forecast.frames import HELD
from analysis.forecast.intervals import LEVELS
from analysis.forecast.quarter_shift import PastQuarter, learn_shift, level_variance, past_quarter
from analysis.forecast.totals import count_distribution, sum_distribution

COUNT, LOSS = "count", "loss"


@dataclass(frozen=True, slots=True, eq=False)
class PastForecasts:
    """Forecasts of quarters that models had not seen, and how sure of their level the next one can be.

    Attributes
    ----------
    predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`.
    level_variances : dict of Timestamp to float
        Of the rows that were learned from before each quarter, and before the forecast to come.
    """

    predictions: pd.DataFrame
    level_variances: dict[pd.Timestamp, float]

    @property
    def level_variance(self) -> float:
        """Of what the forecast to come learns from."""
        return self.level_variances[max(self.level_variances)]

    def quarters(self, model: str) -> dict[pd.Timestamp, PastQuarter]:
        """Return the quarters that a model has forecast, by their landmark, in order."""
        if model not in self.predictions:
            return {}
        known = self.predictions[self.predictions[model].notna()]
        return {
            pd.Timestamp(day): past_quarter(
                int(rows["event"].sum()), rows[model].to_numpy(np.float64), self.level_variances[pd.Timestamp(day)]
            )
            for day, rows in known.groupby("landmark")
        }


def past_forecasts(landmarks: pd.DataFrame, predictions: pd.DataFrame, study: Study) -> PastForecasts:
    """Put forecasts of past quarters beside how sure of their level they could be.

    Parameters
    ----------
    landmarks
        All landmark rows.
    predictions
        As `analysis.evaluation.frames.PREDICTIONS`.
    study
        Whose gap and snapshot say what was learned from.

    Raises
    ------
    ModelError
        If the horizon of the last landmark is over.
    """
    elapsed, gap = elapsed_at(study.time.snapshot, landmarks), study.time.allowed_gap_days
    variances = {}
    for day in [*pd.unique(predictions["landmark"]), landmarks["risk_date"].max()]:
        rows = training_rows(landmarks, pd.Timestamp(day), gap, elapsed)
        cluster = pd.factorize(rows["cluster_id"])[0]
        variances[pd.Timestamp(day)] = level_variance(rows["event"].to_numpy(np.float64) == 1, cluster)
    return PastForecasts(predictions, variances)


def yearly_prices(landmarks: pd.DataFrame) -> NDArray[np.float64]:
    """Return what the account of each landmark row pays in a year, shape (n,); NaN if not known, or a credit."""
    revenue = annual_revenue(landmarks)
    if revenue is None:
        return np.full(len(landmarks), np.nan)
    return np.where(revenue >= 0, revenue, np.nan)


def held_intervals(past: PastForecasts, model: str, time: Time, landmarks: pd.DataFrame) -> pd.DataFrame:
    """Make, for each past quarter, the intervals that could have been told at its start, and see if they held.

    Parameters
    ----------
    past
    model
        Whose forecasts they are of.
    time
        The study's horizon, and the gap after which a quarter is settled: an interval knows of no later one.
    landmarks
        All landmark rows, for what accounts paid; of a loss nothing is said where no price is known.

    Returns
    -------
    DataFrame
        As `HELD`.
    """
    quarters = past.quarters(model)
    wait = pd.DateOffset(months=time.horizon_months, days=time.allowed_gap_days)
    prices = landmarks.assign(price=yearly_prices(landmarks)).set_index(["lifetime_id", "risk_date"])["price"]
    lines = []
    for day, quarter in quarters.items():
        settled = [other for then, other in quarters.items() if then + wait <= day]
        shift = learn_shift(settled, past.level_variances[day])
        said = {"landmark": day, "n_quarters": shift.n_quarters}
        rows = past.predictions[(past.predictions["landmark"] == day) & past.predictions[model].notna()]
        event, p = rows["event"].to_numpy(bool), rows[model].to_numpy(np.float64)
        told = [(COUNT, quarter.expected, float(quarter.observed), count_distribution(p, shift), count_distribution(p))]
        size = prices.reindex(pd.MultiIndex.from_frame(rows[["lifetime_id", "landmark"]])).to_numpy(np.float64)
        known = ~np.isnan(size)
        if size[known].any():
            own, price = p[known], size[known]
            both = sum_distribution(own, price, shift), sum_distribution(own, price)
            told.append((LOSS, float(own @ price), float(event[known] @ price), *both))
        for what, expected, observed, total, by_chance in told:
            for level in LEVELS:
                (low, high), (chance_low, chance_high) = total.interval(level), by_chance.interval(level)
                lines.append(
                    said
                    | {"of": what, "level": level, "expected": expected, "observed": observed}
                    | {"low": low, "high": high, "holds": low <= observed <= high}
                    | {"chance_low": chance_low, "chance_high": chance_high}
                    | {"chance_holds": chance_low <= observed <= chance_high}
                )
    return HELD.checked(pd.DataFrame(lines, columns=HELD.columns))


@dataclass(frozen=True, slots=True)
class Held:
    """How many of the past quarters lay within their intervals.

    Attributes
    ----------
    of
        ``count`` or ``loss``.
    level
        Of the intervals.
    n_quarters, n_held, n_held_by_chance
        Quarters, those that lay within, and those that would have within the interval of chance alone.
    """

    of: str
    level: float
    n_quarters: int
    n_held: int
    n_held_by_chance: int


def count_held(held: pd.DataFrame) -> tuple[Held, ...]:
    """Count the quarters that lay within their intervals, by what they are of and their level.

    Parameters
    ----------
    held
        As `HELD`.
    """
    return tuple(
        Held(str(what), float(level), len(lines), int(lines["holds"].sum()), int(lines["chance_holds"].sum()))
        for (what, level), lines in held.groupby(["of", "level"])
    )
