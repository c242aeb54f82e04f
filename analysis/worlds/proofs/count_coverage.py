"""Count coverage: do the intervals of how many leave, and of what they pay, hold what comes, quarter by quarter?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.study_parts import Time
from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import HORIZON_PARTS, Outcome
from analysis.evaluation.rolling_origin import rolling_origin
from analysis.evaluation.use.revenue import MONTHS_A_YEAR
from analysis.forecast.past_quarters import PastForecasts, held_intervals, past_forecasts
from analysis.forecast.quarter_shift import ENOUGH_QUARTERS, level_variance
from analysis.models.base import horizon_risk
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.logistic import Logistic
from analysis.progress import Progress, quiet
from analysis.worlds.proofs.dealt_worlds import StudiedCompany, deal, rows_of_worlds

MODEL = "model"
ACCOUNTS, QUARTERS, LEARNED_FROM = 600, 18, 4
"""Of a planted book; the first quarters are only learned from."""
RATE, EFFECTS = -3.4, (0.9, -0.6, 1.2)
TIME = Time(observation_start=pd.Timestamp("2020-01-01").date(), snapshot=pd.Timestamp("2026-01-01").date())


@dataclass(frozen=True, slots=True)
class Book:
    """What spreads the counts of a planted book of accounts.

    Attributes
    ----------
    between
        Standard deviation between quarters, in log-odds.
    frailty
        Standard deviation of a part of the log-odds that the accounts of a parent share, for good.
    n_parents
        How many parents there are; so many as accounts where none has two.
    """

    between: float
    frailty: float = 0.0
    n_parents: int = ACCOUNTS

    @property
    def name(self) -> str:
        """What the table calls it."""
        shared = f", {self.n_parents} parents of {self.frailty:g}" if self.frailty else ""
        return f"planted: between quarters {self.between:g}{shared}"


BOOKS = (Book(0.0), Book(0.15), Book(0.3), Book(0.0, 0.7, 30), Book(0.15, 0.7, 30))


def planted_forecasts(book: Book, rng: np.random.Generator) -> tuple[PastForecasts, pd.DataFrame]:
    """Draw a book of 600 accounts at risk in each quarter, and forecast its quarters by a logistic regression.

    Each quarter is forecast from those that were settled by its start: all but the last before it.

    Returns
    -------
    PastForecasts
    DataFrame
        The accounts of every quarter, with what they pay.
    """
    frailty = rng.normal(0, book.frailty, book.n_parents) if book.frailty else np.zeros(book.n_parents)
    days = pd.date_range("2020-01-01", periods=QUARTERS, freq="QS")
    rows = pd.concat([_quarter(book, frailty, day, rng) for day in days], ignore_index=True)
    predictions, variances = [], {}
    for place in range(LEARNED_FROM, QUARTERS):
        day = days[place]
        learned, asked = rows[rows["risk_date"] < days[place - 1]], rows[rows["risk_date"] == day]
        event, cluster = learned["event"].to_numpy(bool), learned["cluster_id"].to_numpy(np.intp)
        variances[day] = level_variance(event, np.unique(cluster, return_inverse=True)[1])
        risk = horizon_risk(Logistic(ridge=1.0).fit(_matrix(learned), _outcome(learned)), _matrix(asked))
        predictions.append(asked[["lifetime_id", "event"]].assign(landmark=day, **{MODEL: risk}))
    return PastForecasts(pd.concat(predictions, ignore_index=True), variances), rows


def _quarter(book: Book, frailty: NDArray[np.float64], day: pd.Timestamp, rng: np.random.Generator) -> pd.DataFrame:
    parent = rng.integers(book.n_parents, size=ACCOUNTS) if book.frailty else np.arange(ACCOUNTS)
    values = np.column_stack([rng.normal(size=(ACCOUNTS, 2)), rng.random(ACCOUNTS) < 0.3])
    log_odds = RATE + values @ np.array(EFFECTS) + frailty[parent] + book.between * rng.normal()
    return pd.DataFrame(values, columns=["first", "second", "third"]).assign(
        lifetime_id=[f"{day:%Y%m}-{k}" for k in range(ACCOUNTS)],
        cluster_id=parent,
        risk_date=day,
        event=rng.random(ACCOUNTS) < 1 / (1 + np.exp(-log_odds)),
        mrr=rng.lognormal(0.0, 1.0, ACCOUNTS) / MONTHS_A_YEAR,
    )


def _matrix(rows: pd.DataFrame) -> DesignMatrix:
    names = ("first", "second", "third")
    columns = tuple(Column(name, name, "usage") for name in names)
    return DesignMatrix(rows[list(names)].to_numpy(np.float64), columns, rows[["lifetime_id"]])


def _outcome(rows: pd.DataFrame) -> Outcome:
    event = rows["event"].to_numpy(bool)
    names = {"lifetime": rows["lifetime_id"], "account": rows["lifetime_id"], "cluster": rows["cluster_id"]}
    return Outcome(
        start=np.zeros(len(rows)),
        stop=np.where(event, HORIZON_PARTS / 2, float(HORIZON_PARTS)),
        event=event,
        cause=np.where(event, "churn", "").astype(object),
        content=np.arange(len(rows), dtype=np.uint64),
        clock="landmark",
        **{name: column.to_numpy(object) for name, column in names.items()},
    )


def held_in_books(books: Iterable[Book], n_worlds: int, progress: Progress = quiet) -> Iterator[pd.DataFrame]:
    """Draw so many worlds of each book, and return their intervals, as `HELD`, with the book's name."""
    for place, book in enumerate(books):
        for world in range(n_worlds):
            past, rows = planted_forecasts(book, np.random.default_rng([place, world]))
            yield held_intervals(past, MODEL, TIME, rows).assign(world=book.name)
        progress(f"{book.name}: {n_worlds} worlds")


def held_in_companies(
    companies: Iterable[StudiedCompany], accounts_per_world: int, n_quarters: int, progress: Progress = quiet
) -> Iterator[pd.DataFrame]:
    """Deal simulated companies into worlds, forecast their quarters by a Cox model, and return the intervals.

    The model's ridge is given, so that a world takes seconds: it is the interval that is looked at, not the model.
    """
    for company in companies:
        tenure, time = company.tenure, company.tenure.study.time
        worlds = rows_of_worlds(deal(tenure.landmarks, accounts_per_world, 0))
        for chosen in worlds:
            landmarks = tenure.landmarks.iloc[chosen].reset_index(drop=True)
            models = {MODEL: lambda: LandmarkCox(ridge=100.0)}
            rolled = rolling_origin(
                landmarks, tenure.covariates("landmarks"), models,
                n_folds=n_quarters, allowed_gap_days=time.allowed_gap_days, n_resamples=1,
            )  # fmt: skip
            past = past_forecasts(landmarks, rolled.predictions, tenure.study)
            yield held_intervals(past, MODEL, time, landmarks).assign(world=company.scenario_name)
        progress(f"{company.name}: {len(worlds)} worlds")


def summarise_held(found: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Count the intervals that hold what came, by world, what they are of, level and quarters learned from.

    Returns
    -------
    DataFrame
        world, of, level, quarters_seen ('0 to 5', where the prior says most, or '6 and more'), intervals, covered,
        std_error (by worlds' quarters as if they were independent), covered_by_chance (the interval of chance alone),
        width and width_by_chance (means, in units of what is expected).
    """
    table = pd.concat(found, ignore_index=True)
    few = f"0 to {ENOUGH_QUARTERS - 1}"
    table["quarters_seen"] = np.where(table["n_quarters"] < ENOUGH_QUARTERS, few, f"{ENOUGH_QUARTERS} and more")
    table["width"] = (table["high"] - table["low"]) / table["expected"]
    table["width_by_chance"] = (table["chance_high"] - table["chance_low"]) / table["expected"]
    grouped = table.groupby(["world", "of", "level", "quarters_seen"], sort=False)
    counts = grouped.agg(
        intervals=("holds", "size"),
        covered=("holds", "mean"),
        covered_by_chance=("chance_holds", "mean"),
        width=("width", "mean"),
        width_by_chance=("width_by_chance", "mean"),
    ).reset_index()
    error = np.sqrt(counts["covered"] * (1 - counts["covered"]) / counts["intervals"])
    counts.insert(counts.columns.get_loc("covered") + 1, "std_error", error)
    return counts.round(4)
