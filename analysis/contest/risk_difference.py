"""Risk difference: by how many points of churn accounts apart in one family differ, all else as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq
from scipy.special import expit

from analysis.cohort.content import places, row_digests
from analysis.contest.frames import RISK_DIFFERENCES
from analysis.contest.quarter_logit import QuarterLogit, fit_quarter_logit
from analysis.declared.factors import control_family, families_named
from analysis.design.resampling import cluster_resamples
from analysis.errors import ModelError
from analysis.wording.remarks import Remark, remark

ENDS = (0.1, 0.9)
"""Percentiles of what a family says, between which accounts are compared."""
_VARIES = 1e-9
_NORMAL = float(stats.norm.isf(0.025))
_QUANTITIES = ("estimate", "coefficient", "accounts", "revenue")


class Shown(StrEnum):
    """What is shown of a family."""

    MORE = "more"
    """Accounts of which it says the worse leave more often."""
    LESS = "less"
    """They leave less often: what was learned turned into its opposite."""
    UNSURE = "unsure"
    SILENT = "silent"
    """It says the same of all."""


@dataclass(frozen=True, slots=True, eq=False)
class RiskDifferences:
    """What each family makes out in points of churn.

    Attributes
    ----------
    table : DataFrame
        As `RISK_DIFFERENCES`, a row a family, in the order asked for.
    n_rows, n_events, n_clusters : int
        Held-out rows, lifetimes among them that churned, and parent accounts.
    n_now, n_priced : int
        Accounts at risk now, and those of them whose price is known.
    notes : tuple of Remark
    """

    table: pd.DataFrame
    n_rows: int
    n_events: int
    n_clusters: int
    n_now: int
    n_priced: int
    notes: tuple[Remark, ...]


def risk_differences(
    rows: pd.DataFrame, book: pd.DataFrame, families: Sequence[str], *, n_resamples: int = 200, seed: int = 0
) -> RiskDifferences:
    """Compare accounts at the 90th percentile of what a family says with those at the 10th.

    What a family says of a row was learned without the row's cluster and quarter. Whether it is so is asked here: a
    logistic regression of the event on what each family says, the contract among them, with an intercept for each
    quarter. Its coefficients may have either sign. The mean probability with a family at its 90th percentile, less that
    at its 10th, is the difference; percentiles are of what it says beside the mean of the quarter. Among the accounts
    at risk now the same is counted at the rate at which the scored rows left.

    Parameters
    ----------
    rows : DataFrame
        As `FAMILY_PREDICTORS`, with the event.
    book : DataFrame
        The same for the accounts at risk now, without event; ``annual_revenue`` where it is known.
    families : sequence of str
        To compare; columns of both. The control family is held equal where there is a column of it.
    n_resamples, seed : int
        Of the clusters: in each resample coefficients, percentiles and means are found again. What the families say is
        held fixed.

    Raises
    ------
    ModelError
        If nobody left among the rows, or all did; if the likelihood has no maximum.

    Notes
    -----
    Intervals are of the normal distribution with the standard deviation over the resamples. In 300 worlds each of 250
    parents and some 70 or 170 events they covered the truth in 93 to 96%, percentiles of the same resamples in 91 to
    95%.
    """
    frame = _Rows.of(rows, book, families)
    if not frame.event.any() or frame.event.all():
        raise ModelError(remark("contest.nothing_to_differ", rows=len(rows), events=int(frame.event.sum())))
    whole = fit_quarter_logit(frame.values, frame.event, frame.quarter)
    if frame.values.shape[1] and not whole.is_found:
        raise ModelError(remark("contest.no_maximum", rows=len(rows), events=int(frame.event.sum())))
    once = np.ones(len(rows), dtype=np.int64)
    place = places(rows["cluster_id"].to_numpy(object), row_digests(rows))
    found = frame.read(whole, once)
    drawn = []
    for weights in cluster_resamples(place, n_resamples, seed):
        again = fit_quarter_logit(frame.values, frame.event, frame.quarter, weights, whole)
        if again.is_found:
            drawn.append(frame.read(again, weights))
    lines = [
        _line(family, found.get(family), [one[family] for one in drawn if family in one], float(frame.event.mean()))
        for family in families
    ]
    table = RISK_DIFFERENCES.checked(pd.DataFrame(lines, columns=RISK_DIFFERENCES.columns))
    return RiskDifferences(
        table=table,
        n_rows=len(rows),
        n_events=int(rows.loc[frame.event, "lifetime_id"].nunique()),
        n_clusters=int(place.max()) + 1,
        n_now=len(book),
        n_priced=int(np.isfinite(frame.revenue).sum()),
        notes=_notes(table, len(drawn), n_resamples),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """What a fit says of one family."""

    risk_low: float
    risk_high: float
    coefficient: float
    reach: float
    accounts: float
    revenue: float

    @property
    def estimate(self) -> float:
        return 100 * (self.risk_high - self.risk_low)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Rows and book as arrays: the columns are the families that vary, beside the mean of the quarter."""

    names: tuple[str, ...]
    asked: tuple[str, ...]
    values: NDArray[np.float64]
    order: NDArray[np.intp]
    event: NDArray[np.bool_]
    quarter: NDArray[np.intp]
    now: NDArray[np.float64]
    revenue: NDArray[np.float64]

    @classmethod
    def of(cls, rows: pd.DataFrame, book: pd.DataFrame, families: Sequence[str]) -> "_Rows":
        quarter = np.unique(rows["landmark"].to_numpy(), return_inverse=True)[1].astype(np.intp)
        control = [control_family()] if control_family() in rows and control_family() not in families else []
        kept, columns, now = [], [], []
        for name in [*control, *families]:
            said = rows[name].to_numpy(np.float64)
            said = said - (np.bincount(quarter, said) / np.bincount(quarter))[quarter]
            if said.std() > _VARIES:
                kept.append(name)
                columns.append(said)
                now.append(book[name].to_numpy(np.float64) - book[name].mean())
        values = np.column_stack(columns) if columns else np.empty((len(rows), 0))
        revenue = book["annual_revenue"] if "annual_revenue" in book else pd.Series(np.nan, index=book.index)
        return cls(
            names=tuple(kept),
            asked=tuple(families),
            values=values,
            order=np.argsort(values, axis=0, kind="stable"),
            event=rows["event"].to_numpy(bool),
            quarter=quarter,
            now=np.column_stack(now) if now else np.empty((len(book), 0)),
            revenue=revenue.to_numpy(np.float64),
        )

    def read(self, fit: QuarterLogit, weights: NDArray[np.int64]) -> dict[str, _Read]:
        """Return what a fit says of each family that varies, under weights of the rows."""
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
            found[name] = _Read(
                risk_low=low,
                risk_high=high,
                coefficient=coefficient,
                reach=ends[1] - ends[0],
                accounts=(high - low) * len(self.now),
                revenue=_sum((now_high - now_low) * self.revenue),
            )
        return found

    def _percentiles(self, place: int, weights: NDArray[np.int64]) -> tuple[float, float]:
        """Return the ends of one column: the least value that so many of the rows do not exceed."""
        order = self.order[:, place]
        reached = np.cumsum(weights[order])
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


def _line(family: str, found: _Read | None, drawn: Sequence[_Read], rate: float) -> dict[str, object]:
    """Return one family's row of the table; `rate` is the share of rows with event."""
    if found is None or found.reach <= _VARIES:
        risk = rate if found is None else found.risk_low
        nothing = dict.fromkeys(("estimate", "reach", "accounts", "revenue"), 0.0)
        return {"family": family, "shown": Shown.SILENT.value, "risk_low": risk, "risk_high": risk, **nothing}
    line: dict[str, object] = {"family": family, "risk_low": found.risk_low, "risk_high": found.risk_high}
    line["reach"] = found.reach
    for name in _QUANTITIES:
        error = _spread([getattr(one, name) for one in drawn])
        value, prefix = getattr(found, name), "conf" if name == "estimate" else name
        line |= {name: value, f"{prefix}_low": value - _NORMAL * error, f"{prefix}_high": value + _NORMAL * error}
        if name == "estimate":
            shown = Shown.MORE if value > _NORMAL * error else Shown.LESS if value < -_NORMAL * error else Shown.UNSURE
            p_value = float(2 * stats.norm.sf(abs(value) / error)) if error > 0 else float("nan")
    return line | {"shown": shown.value, "p_value": p_value}


def _spread(drawn: Sequence[float]) -> float:
    """Return the standard deviation over resamples; NaN where there are fewer than two."""
    return float(np.std(drawn, ddof=1)) if len(drawn) > 1 else float("nan")


def _notes(table: pd.DataFrame, n_drawn: int, n_resamples: int) -> tuple[Remark, ...]:
    """Say what a reader of the table must know."""
    by_shown = table.groupby("shown")["family"].agg(tuple)
    notes = [remark("contest.difference_held")]
    if Shown.SILENT.value in by_shown:
        notes.append(remark("contest.difference_silent", families=families_named(by_shown[Shown.SILENT.value])))
    if turned := families_named(table.loc[table["coefficient"] < 0, "family"]):
        notes.append(remark("contest.difference_turned", families=turned))
    if n_drawn < n_resamples:
        notes.append(remark("contest.difference_resamples", found=n_drawn, drawn=n_resamples))
    return tuple(notes)
