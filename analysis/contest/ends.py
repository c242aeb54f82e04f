"""Ends: the risk with a family at either end of what it says, the other columns of a fit as they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from analysis.contest.quarter_logit import QuarterLogit
from analysis.declared.factors import control_family

ENDS = (0.1, 0.9)
"""Percentiles of what a family says, between which accounts are compared."""
VARIES = 1e-9
"""Standard deviation of what a family says from which on it tells accounts apart."""


@dataclass(frozen=True, slots=True)
class AtEnds:
    """What a fit says of one family at both ends.

    Attributes
    ----------
    risk_low, risk_high
        Mean probability of the event with all rows at the low end, and at the high one.
    coefficient
        Log odds of the event for one of log odds that the family said.
    reach
        Log odds between the ends, as said.
    accounts, revenue
        The difference, in accounts of the book, and in what they pay in a year; NaN where that is not known.
    """

    risk_low: float
    risk_high: float
    coefficient: float
    reach: float
    accounts: float
    revenue: float

    @property
    def estimate(self) -> float:
        """The difference in points of churn (100 = certainty)."""
        return 100 * (self.risk_high - self.risk_low)


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """Rows and book as arrays: the columns are the families that vary, beside the mean of the quarter.

    Attributes
    ----------
    names : tuple of str
        Of the columns: the control first, where there is one.
    asked : tuple of str
        Families of which something is to be read.
    values : ndarray, shape (n, k)
        What they say beside the mean of the quarter.
    order : ndarray of int, shape (n, k)
        That sorts each column.
    is_told : ndarray of bool, shape (n, k)
        Whether the family tells accounts of the row's quarter apart: where its columns were not measured yet it says
        the same of all, and its percentiles are of the other quarters.
    event : ndarray of bool, shape (n,)
    quarter : ndarray of int, shape (n,)
        Number of each row's quarter.
    now : ndarray, shape (m, k)
        What they say of the book, beside its mean.
    revenue : ndarray, shape (m,)
        What the accounts of the book pay in a year; NaN where it is not known.
    """

    names: tuple[str, ...]
    asked: tuple[str, ...]
    values: NDArray[np.float64]
    order: NDArray[np.intp]
    is_told: NDArray[np.bool_]
    event: NDArray[np.bool_]
    quarter: NDArray[np.intp]
    now: NDArray[np.float64]
    revenue: NDArray[np.float64]

    @classmethod
    def of(cls, rows: pd.DataFrame, families: Sequence[str], book: pd.DataFrame | None = None) -> "HeldOut":
        """Read rows as `FAMILY_PREDICTORS`, with the event, and the accounts at risk now, if they are asked about."""
        book = rows.iloc[:0] if book is None else book
        quarter = np.unique(rows["landmark"].to_numpy(), return_inverse=True)[1].astype(np.intp)
        control = [control_family()] if control_family() in rows and control_family() not in families else []
        kept, columns, told, now = [], [], [], []
        for name in [*control, *families]:
            said = rows[name].to_numpy(np.float64)
            said = said - (np.bincount(quarter, said) / np.bincount(quarter))[quarter]
            if said.std() > VARIES:
                kept.append(name)
                columns.append(said)
                told.append((np.bincount(quarter, np.abs(said) > VARIES) > 0)[quarter])
                now.append(book[name].to_numpy(np.float64) - book[name].mean())
        values = np.column_stack(columns) if columns else np.empty((len(rows), 0))
        revenue = book["annual_revenue"] if "annual_revenue" in book else pd.Series(np.nan, index=book.index)
        return cls(
            names=tuple(kept),
            asked=tuple(families),
            values=values,
            order=np.argsort(values, axis=0, kind="stable"),
            is_told=np.column_stack(told) if told else np.empty((len(rows), 0), dtype=bool),
            event=rows["event"].to_numpy(bool),
            quarter=quarter,
            now=np.column_stack(now) if now else np.empty((len(book), 0)),
            revenue=revenue.to_numpy(np.float64),
        )

    def read(self, fit: QuarterLogit, weights: NDArray[np.int64]) -> dict[str, AtEnds]:
        """Return what a fit says of each family that varies, under weights of the rows, shape (n,)."""
        total = float(weights.sum())
        log_odds = fit.intercepts[self.quarter] + self.values @ fit.coefficients
        own = self.now @ fit.coefficients
        base = own + _intercept(own, float(weights @ self.event) / total) if len(own) else own
        found = {}
        for place, name in enumerate(self.names):
            if name not in self.asked:
                continue
            coefficient = float(fit.coefficients[place])
            ends = self._percentiles(place, weights)
            low, high = (
                float(weights @ expit(log_odds + coefficient * (end - self.values[:, place]))) / total for end in ends
            )
            now_low, now_high = (expit(base + coefficient * (end - self.now[:, place])) for end in ends)
            found[name] = AtEnds(
                risk_low=low,
                risk_high=high,
                coefficient=coefficient,
                reach=ends[1] - ends[0],
                accounts=(high - low) * len(self.now),
                revenue=_sum((now_high - now_low) * self.revenue),
            )
        return found

    def _percentiles(self, place: int, weights: NDArray[np.int64]) -> tuple[float, float]:
        """Return the ends of one column: the least value that so many of the rows told apart do not exceed."""
        order = self.order[:, place]
        reached = np.cumsum((weights * self.is_told[:, place])[order])
        low, high = (int(np.searchsorted(reached, end * reached[-1] - 1e-9)) for end in ENDS)
        return float(self.values[order[low], place]), float(self.values[order[high], place])


def _intercept(log_odds: NDArray[np.float64], rate: float) -> float:
    """Return what to add to log odds so that the mean probability is a rate, between 0 and 1."""
    aim = np.log(rate / (1 - rate))
    return float(
        brentq(lambda shift: expit(log_odds + shift).mean() - rate, aim - log_odds.max() - 1, aim - log_odds.min() + 1)
    )


def _sum(values: NDArray[np.float64]) -> float:
    known = np.isfinite(values)
    return float(values[known].sum()) if known.any() else float("nan")
