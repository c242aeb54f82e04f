"""Exposure: when, after a landmark, an intervention came first, and what untreated rows weigh for treated ones."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.outcome import HORIZON_PARTS

TRUNCATED = (0.01, 0.99)
"""Quantiles of the weights of a band beyond which no row's weight goes."""
_RIDGE = 1.0
"""Of columns in standard deviations: it matters only where a level was never treated, or always."""


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """What happened to n rows within their horizon, in thirteenths of it.

    Attributes
    ----------
    until : ndarray of float, shape (n,)
        To which the row could have been treated: its end, its first intervention, or the horizon's end, 13.
    is_treated : ndarray of bool, shape (n,)
        An intervention is what came first. One on the day of the end, or after it, comes too late to count.
    event : ndarray of bool, shape (n,)
        Churned within the horizon, treated or not.
    """

    until: NDArray[np.float64]
    is_treated: NDArray[np.bool_]
    event: NDArray[np.bool_]

    def in_parts(self) -> NDArray[np.float64]:
        """Return how much of each part of the horizon a row could be treated in, 0 to 1, shape (n, 13)."""
        return np.clip(self.until[:, None] - np.arange(HORIZON_PARTS), 0.0, 1.0)

    def take(self, rows: NDArray) -> "Exposure":
        """Return some rows."""
        return Exposure(self.until[rows], self.is_treated[rows], self.event[rows])


def exposure_of(rows: pd.DataFrame, started: pd.DataFrame) -> Exposure:
    """Find the first intervention after each landmark.

    Parameters
    ----------
    rows : DataFrame
        Landmark rows: account_id, risk_date, horizon_days, followed_days, event. Their outcome is settled.
    started : DataFrame
        account_id, started_on: a line an intervention, of any kind.
    """
    days = days_to_next(rows, started)
    horizon = rows["horizon_days"].to_numpy(np.float64)
    followed = rows["followed_days"].to_numpy(np.float64)
    is_treated = days < followed
    until = np.where(is_treated, days + 0.5, followed) / horizon * HORIZON_PARTS  # a call is made in the day's course
    return Exposure(until, is_treated, rows["event"].to_numpy(np.int64) == 1)


def days_to_next(rows: pd.DataFrame, started: pd.DataFrame) -> NDArray[np.float64]:
    """Return the days from each landmark to the account's next intervention, 0 on the day itself; NaN: none, (n,)."""
    return _days(rows, started, "forward")


def days_since_last(rows: pd.DataFrame, started: pd.DataFrame) -> NDArray[np.float64]:
    """Return the days from the account's last intervention before each landmark; NaN: none, shape (n,)."""
    return _days(rows, started, "backward")


def _days(rows: pd.DataFrame, started: pd.DataFrame, direction: str) -> NDArray[np.float64]:
    left = pd.DataFrame(
        {
            "account_id": rows["account_id"].to_numpy(object),
            "day": rows["risk_date"].to_numpy("datetime64[us]"),
            "place": np.arange(len(rows)),
        }
    ).sort_values("day", kind="stable")
    day = started["started_on"].to_numpy("datetime64[us]")
    right = pd.DataFrame({"account_id": started["account_id"].to_numpy(object), "day": day, "other": day})
    found = pd.merge_asof(
        left,
        right.sort_values("day", kind="stable"),
        on="day",
        by="account_id",
        direction=direction,
        allow_exact_matches=direction == "forward",
    ).sort_values("place")
    return np.abs((found["other"] - found["day"]).dt.days.to_numpy(np.float64))


def untreated_weights(
    exposure: Exposure, band: NDArray[np.object_], columns: NDArray[np.float64], now: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what each row weighs for those like it that were treated, shape (n,); 0 where it was treated itself.

    Parameters
    ----------
    exposure : Exposure, n rows
    band : ndarray, shape (n,)
        Within which weights, stabilised, are truncated at their `TRUNCATED` quantiles.
    columns : ndarray, shape (n, p)
        Known before the landmark; no NaN.
    now : ndarray, shape (n, 13, q)
        Known before each part begins, such as the score by then; no NaN.

    Notes
    -----
    Inverse probability of censoring weights: one over the probability of no intervention up to the row's end or the
    horizon's, whichever is first, by a pooled Poisson regression of first interventions on the parts of the horizon,
    each with a rate of its own (Robins and Finkelstein 2000, Biometrics 56, 779; Cole and Hernan 2008, Am. J.
    Epidemiol. 168, 656). Rates, and no probabilities by part: who leaves in the middle of a part could be treated in
    the half of it. It is assumed that whom the team calls depends, beside chance, on nothing that tells of leaving but
    these columns.
    """
    time = exposure.in_parts()
    row, part = np.nonzero(time > 0)
    began = exposure.is_treated[row] & (part == np.ceil(exposure.until[row]).astype(np.intp) - 1)
    rate = np.zeros(time.shape)
    if began.any():
        from sklearn.linear_model import PoissonRegressor  # who only looks at curves does not wait for it

        values = np.column_stack([columns[row], now[row, part]])
        spread = values.std(axis=0)
        values = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        design = np.column_stack([values, part[:, None] == np.arange(1, HORIZON_PARTS)])
        at_risk = time[row, part]
        fit = PoissonRegressor(alpha=_RIDGE / at_risk.sum(), solver="newton-cholesky", tol=1e-8, max_iter=200)
        rate[row, part] = fit.fit(design, began / at_risk, sample_weight=at_risk).predict(design)
    weight = np.zeros(len(time))
    for one in pd.unique(band):
        own = (band == one) & ~exposure.is_treated
        if own.any():
            weight[own] = _truncated(rate[own], time[own], _rate_of_all(band == one, exposure, time))
    return weight


def _rate_of_all(own: NDArray[np.bool_], exposure: Exposure, time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a band's rate of first interventions in each part, shape (13,)."""
    began = np.ceil(exposure.until[own & exposure.is_treated]).astype(np.intp) - 1
    at_risk = time[own].sum(axis=0)
    count = np.bincount(began, minlength=HORIZON_PARTS).astype(np.float64)
    return np.divide(count, at_risk, out=np.zeros(HORIZON_PARTS), where=at_risk > 0)


def _truncated(
    rate: NDArray[np.float64], time: NDArray[np.float64], of_all: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Truncate how far rows differ from all of their band over the same time, and not how long they stayed.

    Who stays to the end always weighs more than who left: weights cut off as they are would lose stayers, not leavers.
    """
    differs = np.exp(((rate - of_all) * time).sum(axis=1))
    return np.clip(differs, *np.quantile(differs, TRUNCATED)) * np.exp(time @ of_all)


def weighted_risk(event: NDArray[np.bool_], weight: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return the weighted share of rows that churned, and each row's influence on it, shape (n,).

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    weight : ndarray, shape (n,)
        From `untreated_weights`: the share is that had nobody been treated. All ones: it is what is seen.

    Notes
    -----
    Weights are held fixed in the influence, which errs on the wide side where they are estimated (Lunceford and
    Davidian 2004, Stat. Med. 23, 2937, section 2).
    """
    risk = float(weight @ event / weight.sum())
    return risk, weight * (event - risk) / weight.sum()
