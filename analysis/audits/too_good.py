"""Too good: forecasts that no covariate known on its day could make, so that the answer may be in the data."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.audits.alarm import Alarm, Verdict, Z, found_if
from analysis.audits.overwritten import with_published_scores
from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.contract import Table, read_contract
from analysis.declared.factors import Covariate, alternatives, control_family, read_covariates
from analysis.design.matrix import DesignMatrix, learn_matrix
from analysis.design.outcome import Outcome
from analysis.design.population import training_rows
from analysis.design.resampling import cluster_resamples, percentile_interval
from analysis.errors import DesignError, ModelError
from analysis.evaluation.measures.discrimination import auc
from analysis.models.base import horizon_risk
from analysis.models.logistic import Logistic

TOO_GOOD = 0.95
"""Share of pairs in the right order from which on a forecast three months ahead is too good: 0.7 to 0.85 is usual."""
SURELY_ABOVE = 0.9
"""What the lower end of its interval must lie above."""
BEYOND_CONTRACT = 0.05
"""By so much it must be better than the contract alone: where all end with their terms, that tells as much."""
ALL_LEFT = 2 / 3
"""Share of leavers, surely, among those whom one covariate sets apart, from which on it separates alone."""
ENOUGH = 10
"""Leavers that a verdict needs, and lifetimes set apart."""
SCORE = "health_scores.value"
"""A published score is judged like a covariate; its subject in an alarm."""
_RIDGE = 10.0
_N_RESAMPLES = 300


@dataclass(frozen=True, slots=True)
class _Halves:
    """Landmark rows by time: what is learned, and what it is asked of later."""

    early: pd.DataFrame
    late: pd.DataFrame

    @property
    def leavers(self) -> int:
        """Lifetimes that left in the later rows."""
        return int(self.late.loc[self.late["event"] == 1, "lifetime_id"].nunique())


def too_good(tenure: CohortTables) -> list[Alarm]:
    """Ask, on rows later than those learned from, whether anything orders accounts better than can be.

    Returns
    -------
    list of Alarm
        ``too_good_forecast``, of a plain logistic regression on all covariates: estimate, its area under the curve,
        with its interval (by accounts); raised from `TOO_GOOD` on, if surely above `SURELY_ABOVE` and by
        `BEYOND_CONTRACT` better than the contract's own. ``separates_alone``, of a covariate, or the published score,
        by itself: the same. ``all_left``, of the same: the share of leavers among the lifetimes beyond the value that
        set leavers apart best in the earlier rows, raised where surely above `ALL_LEFT`. Of the last two there is an
        alarm for each that is raised; if none is, one that names the best. n: lifetimes that left, or were set apart.
    """
    halves = _halves(tenure)
    if halves is None:
        return [Alarm(name, "", Verdict.CANNOT_TELL) for name in ("too_good_forecast", "separates_alone", "all_left")]
    contract = [covariate for covariate in tenure.covariates("landmarks") if covariate.family == control_family()]
    of_contract = _forecast(halves, contract)
    of_all = _forecast(halves, tenure.covariates("landmarks"))
    bar = max(TOO_GOOD, (of_contract.estimate if of_contract.is_measured else 0.0) + BEYOND_CONTRACT)
    return [_ordered("too_good_forecast", "", of_all, bar), *_alone(tenure, halves, bar)]


def dated_by(subject: str, own: Iterable[Covariate] = ()) -> tuple[str, ...]:
    """Return the columns, as ``table.column``, that date the facts a covariate (or the score) rests on.

    Of the product's covariates, or of a study's own.
    """
    if subject == SCORE:
        return ("health_scores.scored_on",)
    contract = read_contract()
    needs = next((covariate.needs for covariate in (*read_covariates(), *own) if covariate.name == subject), ())
    tables = [name.partition(".")[0] for need in needs for name in alternatives(need)]
    return tuple(dict.fromkeys(_dated(contract[name]) for name in tables if name in contract))


def _dated(table: Table) -> str:
    day = next((column.name for column in table.columns if table.row_known and column.name in table.row_known), "")
    return f"{table.name}.{day}" if day else table.name


def _halves(tenure: CohortTables) -> _Halves | None:
    """Split at the landmark by which half of those who leave have left; None where either half has too few."""
    rows = tenure.landmarks[tenure.landmarks["is_followed"].astype(bool)]
    left = rows[rows["event"] == 1].groupby("lifetime_id")["risk_date"].max().sort_values()
    if len(left) < 2 * ENOUGH:
        return None
    split = pd.Timestamp(left.iloc[len(left) // 2])
    early = training_rows(tenure.landmarks, split, tenure.study.time.allowed_gap_days)
    halves = _Halves(early, rows[rows["risk_date"] >= split])
    enough_early = early.loc[early["event"] == 1, "lifetime_id"].nunique() >= ENOUGH
    return halves if enough_early and halves.leavers >= ENOUGH else None


def _forecast(halves: _Halves, covariates: Sequence[Covariate]) -> Alarm:
    """Return the area under the curve of a plain model in the later rows; not measured where it cannot be fitted."""
    try:
        design, matrix = learn_matrix(halves.early, covariates)
        model = Logistic(ridge=_RIDGE).fit(matrix, Outcome.from_landmarks(halves.early))
        test: DesignMatrix = design.apply(halves.late)
    except (DesignError, ModelError):
        return Alarm("too_good_forecast", "", Verdict.CANNOT_TELL)
    return _measured(halves, "", horizon_risk(model, test))


def _measured(halves: _Halves, subject: str, risk: NDArray[np.float64]) -> Alarm:
    """Return how well a risk orders the later rows of each landmark, with an interval where it may be too good."""
    late = halves.late
    event, day = late["event"].to_numpy(bool), late["risk_date"].to_numpy()
    estimate = float(auc(event, risk, group=day)[0])
    low = high = np.nan
    if estimate >= SURELY_ABOVE or not subject:
        weights = cluster_resamples(Outcome.from_landmarks(late).cluster_place, _N_RESAMPLES, 0)
        low, high = percentile_interval(auc(event, risk, weights, day))
    return Alarm("separates_alone", subject, Verdict.NOT_FOUND, estimate, low, high, n=halves.leavers)


def _ordered(audit: str, subject: str, found: Alarm, bar: float) -> Alarm:
    if not found.is_measured:
        return Alarm(audit, subject, Verdict.CANNOT_TELL)
    told = found_if(found.estimate >= bar and found.conf_low > SURELY_ABOVE)
    return Alarm(audit, subject, told, found.estimate, found.conf_low, found.conf_high, n=found.n)


def _alone(tenure: CohortTables, halves: _Halves, bar: float) -> list[Alarm]:
    ordered, apart = [], []
    for name, rows, values in _values(tenure, halves):
        risks = [*_learned(rows, values)]
        if risks:
            best = max((_measured(rows, name, risk) for risk in risks), key=lambda alarm: alarm.estimate)
            ordered.append(_ordered("separates_alone", name, best, bar))
        if tail := _tail(rows, values, name):
            apart.append(tail)
    return [*_raised_or_best(ordered, "separates_alone"), *_raised_or_best(apart, "all_left")]


def _raised_or_best(alarms: list[Alarm], audit: str) -> list[Alarm]:
    raised = [alarm for alarm in alarms if alarm.verdict is Verdict.FOUND]
    if raised or not alarms:
        return raised or [Alarm(audit, "", Verdict.CANNOT_TELL)]
    return [max(alarms, key=lambda alarm: alarm.estimate)]


def _values(tenure: CohortTables, halves: _Halves) -> Iterator[tuple[str, _Halves, tuple[pd.Series, pd.Series]]]:
    """Yield each covariate that is no clock, and the published score, with its values in earlier and later rows."""
    for covariate in tenure.covariates("landmarks"):
        if covariate.transform != "clock":
            yield covariate.name, halves, (halves.early[covariate.name], halves.late[covariate.name])
    if "health_scores" in tenure.given:
        scored = [with_published_scores(tenure, rows) for rows in (halves.early, halves.late)]
        if all(rows["event"].sum() >= ENOUGH for rows in scored):
            yield SCORE, _Halves(*scored), (scored[0]["value"], scored[1]["value"])


def _learned(halves: _Halves, values: tuple[pd.Series, pd.Series]) -> Iterator[NDArray[np.float64]]:
    """Yield the later values as risks, higher being worse as it was in the earlier rows; missing ones apart, too."""
    early, late = (_numbers(values, halves.early, one) for one in values)
    event = halves.early["event"].to_numpy(bool)
    for one, other in ((early, late), (early.isna().astype(float), late.isna().astype(float))):
        middle = one.median() if one.notna().any() else 0.0
        filled = one.fillna(middle)
        if np.ptp(filled) > 0 and 0 < event.sum() < len(event):
            sign = 1.0 if auc(event, filled.to_numpy(np.float64))[0] >= 0.5 else -1.0
            yield sign * other.fillna(middle).to_numpy(np.float64)


def _numbers(values: tuple[pd.Series, pd.Series], early: pd.DataFrame, asked: pd.Series) -> pd.Series:
    """Return values as numbers: of a category, the share of its earlier rows that left."""
    if pd.api.types.is_numeric_dtype(values[0]) and pd.api.types.is_numeric_dtype(values[1]):
        return asked.astype(float)
    shares = early["event"].groupby(values[0].astype(str)).mean()
    return asked.astype(str).map(shares).astype(float)


def _tail(halves: _Halves, values: tuple[pd.Series, pd.Series], name: str) -> Alarm | None:
    """Judge the later lifetimes beyond the value that set leavers apart best; None where it sets too few apart."""
    from statsmodels.stats.proportion import proportion_confint  # statsmodels brings polars: only who asks waits

    early, late = (_numbers(values, halves.early, one) for one in values)
    rule = _best_rule(early.to_numpy(np.float64), halves.early["event"].to_numpy(np.float64))
    if rule is None:
        return None
    n, left = _counts(halves.late, _beyond(late.to_numpy(np.float64), *rule))
    if n < ENOUGH:
        return None
    low, high = proportion_confint(left, n, method="wilson")
    return Alarm("all_left", name, found_if(low > ALL_LEFT), left / n, float(low), float(high), n=n)


def _best_rule(values: NDArray[np.float64], event: NDArray[np.float64]) -> tuple[int, float] | None:
    """Return the side (1: at least, -1: at most, 0: missing) and value beyond which most surely leave."""
    missing = np.isnan(values)
    found = [(_surely(float(event[missing].sum()), int(missing.sum())), 0, 0.0)]
    for sign in (1, -1):
        order = np.argsort(-sign * values[~missing], kind="stable")
        ordered = values[~missing][order]
        ends = np.flatnonzero(np.r_[np.diff(ordered) != 0, True][: len(ordered)])
        found += [
            (_surely(left, n), sign, float(ordered[end]))
            for end, left, n in zip(
                ends.tolist(), np.cumsum(event[~missing][order])[ends], (ends + 1).tolist(), strict=True
            )
        ]
    low, sign, cut = max(found)
    return (sign, cut) if low > 0 else None


def _surely(left: float, n: int) -> float:
    """Return the share that surely left (lower end of Wilson's 95% interval), 0 of few rows."""
    if n < ENOUGH or left == 0:
        return 0.0
    share, z = left / n, Z
    middle = share + z**2 / (2 * n)
    return float((middle - z * np.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)) / (1 + z**2 / n))


def _beyond(values: NDArray[np.float64], sign: int, cut: float) -> NDArray[np.bool_]:
    return np.isnan(values) if sign == 0 else sign * values >= sign * cut


def _counts(rows: pd.DataFrame, chosen: NDArray[np.bool_]) -> tuple[int, int]:
    """Count the lifetimes chosen, each on the first landmark on which it is, and those of them that left from there."""
    first = (
        rows.loc[chosen, ["lifetime_id", "risk_date", "event"]].sort_values("risk_date").drop_duplicates("lifetime_id")
    )
    return len(first), int(first["event"].sum())
