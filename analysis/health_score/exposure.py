"""Exposure: when, after a landmark, a row was first treated by an intervention, and what untreated rows weigh for it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from analysis.design.outcome import HORIZON_PARTS

NEVER = HORIZON_PARTS + 1
TRUNCATED = (0.01, 0.99)
"""Quantiles of the weights of a band beyond which no row's weight goes."""
_RIDGE = 1.0
"""Of columns in standard deviations: it matters only where a level was never treated, or always."""


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """What happened to n rows within their horizon, in thirteenths of it.

    Attributes
    ----------
    exit_part : ndarray of int, shape (n,)
        In which the row ended, or 13: from 1.
    treated_part : ndarray of int, shape (n,)
        In which its first intervention began; `NEVER` where none did before the row ended. One on the day of the end,
        or after it, comes too late to count.
    event : ndarray of bool, shape (n,)
        Churned within the horizon.
    """

    exit_part: NDArray[np.intp]
    treated_part: NDArray[np.intp]
    event: NDArray[np.bool_]

    @property
    def is_treated(self) -> NDArray[np.bool_]:
        """Mark the rows that had an intervention before they ended, shape (n,)."""
        return self.treated_part < NEVER

    def may_be_treated(self) -> NDArray[np.bool_]:
        """Mark the parts in which a first intervention could have begun, shape (n, 13)."""
        parts = np.arange(1, HORIZON_PARTS + 1)
        return parts <= np.minimum(self.exit_part, self.treated_part)[:, None]

    def take(self, rows: NDArray) -> "Exposure":
        """Return some rows."""
        return Exposure(self.exit_part[rows], self.treated_part[rows], self.event[rows])


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
    counts = np.isfinite(days) & (days < followed)
    part = np.full(len(rows), NEVER)
    part[counts] = np.floor(days[counts] / horizon[counts] * HORIZON_PARTS).astype(np.intp) + 1
    exit_part = np.ceil(followed / horizon * HORIZON_PARTS).astype(np.intp)
    return Exposure(exit_part, part, rows["event"].to_numpy(np.int64) == 1)


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
    """Return what each row without intervention weighs in each part of the horizon, shape (n, 13); 0 once treated.

    Parameters
    ----------
    exposure : Exposure, n rows
    band : ndarray, shape (n,)
        Within which weights are truncated at their `TRUNCATED` quantiles.
    columns : ndarray, shape (n, p)
        Known before the landmark; no NaN.
    now : ndarray, shape (n, 13, q)
        Known before each part begins, such as the score by then; no NaN.

    Notes
    -----
    Inverse probability of censoring weights, 1 / product over parts of (1 - hazard of a first intervention), the hazard
    by a pooled logistic regression with an intercept for each part (Robins and Finkelstein 2000, Biometrics 56, 779;
    Cole and Hernan 2008, Am. J. Epidemiol. 168, 656). A row that has ended can be treated no more and keeps its weight.
    It is assumed that whom the team calls depends, beside chance, on nothing that tells of leaving but these columns.
    """
    may = exposure.may_be_treated()
    row, part = np.nonzero(may)
    begins = exposure.treated_part[row] == part + 1
    hazard = np.zeros(may.shape)
    if begins.any():
        values = np.column_stack([columns[row], now[row, part]])
        spread = values.std(axis=0)
        values = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        design = np.column_stack([values, part[:, None] == np.arange(1, HORIZON_PARTS)])
        fit = LogisticRegression(C=1.0 / _RIDGE, solver="newton-cholesky", tol=1e-8, max_iter=200).fit(design, begins)
        hazard[row, part] = expit(fit.intercept_[0] + design @ fit.coef_[0])
    weight = 1.0 / np.cumprod(1.0 - hazard, axis=1)
    weight[~stays_untreated(exposure)] = 0.0
    for one in pd.unique(band):
        own = (band == one)[:, None] & (weight > 0)
        if own.any():
            weight[own] = np.clip(weight[own], *np.quantile(weight[own], TRUNCATED))
    return weight


def stays_untreated(exposure: Exposure) -> NDArray[np.bool_]:
    """Mark the parts by whose end a row has had no intervention, shape (n, 13)."""
    return np.arange(1, HORIZON_PARTS + 1) < exposure.treated_part[:, None]


def untreated_risk(exposure: Exposure, weight: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return the risk of churn by the horizon's end had nobody been treated, and each row's influence on it, (n,).

    Parameters
    ----------
    exposure : Exposure, n rows
    weight : ndarray, shape (n, 13)
        From `untreated_weights`; all ones where nobody was treated: the risk is then the share that churned.

    Notes
    -----
    One less the weighted product-limit estimate; who ended otherwise stays in the denominator. Weights are held fixed
    in the influence, which errs on the wide side where they are estimated (Lunceford and Davidian 2004, Stat. Med. 23,
    2937, section 2).
    """
    parts = np.arange(1, HORIZON_PARTS + 1)
    leaves = exposure.event[:, None] & (exposure.exit_part[:, None] == parts)
    gone = exposure.event[:, None] & (exposure.exit_part[:, None] < parts)
    at_risk = np.where(gone, 0.0, weight)
    total = at_risk.sum(axis=0)
    hazard = np.divide((at_risk * leaves).sum(axis=0), total, out=np.zeros(len(parts)), where=total > 0)
    survival = float(np.prod(1.0 - hazard))
    of_log = np.divide(1.0, total * (1.0 - hazard), out=np.zeros(len(parts)), where=(total > 0) & (hazard < 1))
    return 1.0 - survival, survival * ((at_risk * (leaves - hazard)) @ of_log)


def last_weights(exposure: Exposure, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what each row weighs when its outcome is known, shape (n,); 0 where it was treated before."""
    at = np.where(exposure.event, exposure.exit_part, HORIZON_PARTS) - 1
    return weight[np.arange(len(at)), at]
