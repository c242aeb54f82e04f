"""Shortcuts: what two usual ones, one stay for each account and one curve over tenure, would do to these data."""

import numpy as np
from scipy import stats

from analysis.audits.alarm import Alarm, Verdict, found_if, verdict
from analysis.cohort.cohort_tables import CohortTables
from analysis.cox.cluster_errors import cluster_errors
from analysis.cox.fit import fit_cox
from analysis.cox.rows import counting_rows
from analysis.declared.factors import control_family
from analysis.inference.clock import clock_strata
from analysis.inference.fit import fit_inference

MATTERS = 0.9
"""One stay for each account matters where it makes the rate of leaving less than so much of what it is."""
FALLS = 0.2
"""A hazard that falls by less, on the log scale a unit of log(1 + days), is flat enough for a curve over tenure."""
LEVEL = 0.01


def one_stay(tenure: CohortTables) -> Alarm:
    """Count each account from its first start to its last end, as if it had never been away.

    Whoever came back then never left, and the months of absence, in which nobody could leave, count as months survived
    (immortal time).

    Returns
    -------
    Alarm
        estimate: leavers a year by the shortcut, divided by leavers a year at risk; n: returns. Where the source has
        one row an account, and so no return, it may hold one stay an account itself: who came back cannot be told.
    """
    rows, lifetimes = tenure.counting_process, tenure.table("lifetimes")
    honest = rows["event"].sum() / (rows["stop"] - rows["start"]).sum()
    at_risk = lifetimes[lifetimes["lifetime_id"].isin(rows["lifetime_id"])]
    until = at_risk["leaves_on"].fillna(tenure.settled_until).clip(upper=tenure.settled_until)
    accounts = at_risk.assign(until=until).sort_values(["account_id", "lifetime_number"]).groupby("account_id")
    stays = accounts.agg(since=("entry_on", "first"), until=("until", "last"), last=("lifetime_id", "last"))
    left = set(rows.loc[rows["event"] == 1, "lifetime_id"])
    shortcut = stays["last"].isin(left).sum() / (stays["until"] - stays["since"]).dt.days.sum()
    ratio = float(shortcut / honest) if honest > 0 else float("nan")
    returns = len(tenure.table("returns"))
    has_history = bool(
        tenure.query("select count(*) > count(distinct account_id) as kept from subscriptions")["kept"][0]
    )
    can_tell = np.isfinite(ratio) and (returns > 0 or has_history)
    told = found_if(ratio < MATTERS) if can_tell else Verdict.CANNOT_TELL
    return Alarm("one_stay", "", told, estimate=ratio, n=returns)


def falling_hazard(tenure: CohortTables) -> Alarm:
    """Ask whether, on the same day and under a like contract, older lifetimes leave less.

    If they do, either danger falls within each account as it grows older, or accounts differ for good and those who
    leave easily are gone: the old are survivors. One history of each account cannot tell the two apart, so a curve
    over tenure is then no forecast for any account. The other families are left out: many of them grow with tenure,
    and beside all of them little is left of it. Late entry itself is counted everywhere and misleads nobody here.

    Returns
    -------
    Alarm
        estimate: log hazard ratio of log(1 + days of tenure), on the calendar's clock, with its interval; raised where
        it is surely below zero (one-sided), untold where it may be below minus `FALLS`; n: lifetimes that churned.
    """
    rows = tenure.counting_process
    contract = fit_inference(rows, [c for c in tenure.covariates("counting_process") if c.family == control_family()])
    values = contract.matrix(rows).values
    age = np.log1p(rows["start"].to_numpy(np.float64))
    begins = (rows["risk_date"] - rows["risk_date"].min()).dt.days.to_numpy(np.float64)
    on_calendar = counting_rows(
        begins,
        begins + (rows["stop"] - rows["start"]).to_numpy(np.float64),
        rows["event"].to_numpy(bool),
        strata=clock_strata(rows),
        subject=rows["lifetime_id"].to_numpy(),
        cluster=rows["cluster_id"].to_numpy(object),
    )
    fit = fit_cox(np.column_stack([values, age]), on_calendar, names=[*(c.name for c in contract.columns), "tenure"])
    errors = cluster_errors(fit)
    estimate, error, df = float(fit.coefficients[-1]), float(errors.std_errors[-1]), float(errors.df[-1])
    if not error > 0:
        return Alarm("falling_hazard", "", Verdict.CANNOT_TELL, estimate, n=on_calendar.n_subjects_with_event)
    p_value = float(stats.t.cdf(estimate / error, df))
    half = float(stats.t.isf(0.025, df)) * error
    low, high = estimate - half, estimate + half
    told = verdict(p_value < LEVEL, FALLS, min(low, 0))
    return Alarm("falling_hazard", "", told, estimate, low, high, p_value, on_calendar.n_subjects_with_event)
