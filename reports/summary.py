"""The quarterly summary: every number of the report, frozen before anything is drawn."""

import numpy as np
import pandas as pd

from analysis.contest.verdicts import leading_family
from analysis.cox.proportional_hazards import GLOBAL, coefficient_path
from analysis.declared.factors import control_family
from analysis.errors import DesignError, ModelError
from analysis.evaluation.calibration import calibration_table
from analysis.forecast.intervals import poisson_binomial_interval
from analysis.forecast.outlook import at_risk_now
from analysis.lifetimes.labels import pooled_labels
from analysis.models.registry import COX, FOREST
from analysis.workbench import Workbench
from reports.content import Contest, Events, Grounds, Outlook, Skill, Summary

MOST_PATHS = 3
"""Pictures of drifting hazard ratios that a report shows."""


def summarise(tenure: Workbench) -> Summary:
    """Compute everything the quarterly report shows.

    Raises
    ------
    ModelError
        If nobody churned: there is no churn to report on.
    """
    landmarks, report = tenure.landmarks, tenure.study.report
    if tenure.n_events == 0:
        raise ModelError(
            f"No account left among the {tenure.counting_process['lifetime_id'].nunique():,} lifetimes observed from "
            f"{tenure.study.time.observation_start} to {tenure.study.time.snapshot}: there is no churn to report on. "
            "Check ended_on and notice_on in subscriptions, or observe for longer."
        )
    known_leavers = tenure.table("known_leavers").sort_values(["ends_on", "account_id"], ignore_index=True)
    now = at_risk_now(landmarks, known_leavers["lifetime_id"].tolist())
    if now.empty or landmarks["risk_date"].max() < pd.Timestamp(tenure.study.time.snapshot) - pd.DateOffset(months=3):
        raise ModelError(
            f"Nobody is at risk near the snapshot ({tenure.study.time.snapshot}): there is nobody to forecast for. "
            "Choose an earlier snapshot to report on the book as it was."
        )
    segment = report.segment if f"accounts.{report.segment}" in tenure.given else None
    curves, at_risk = tenure.survival_tables(segment)
    skill = outlook = contest = None
    no_forecast = no_contest = ""
    if tenure.n_events < report.forecast_from_events:
        no_forecast = (
            f"A forecast needs {report.forecast_from_events} lifetimes with event; there are {tenure.n_events}."
        )
    else:
        try:
            skill, outlook = _skill(tenure), _outlook(tenure, segment)
        except ModelError as error:
            no_forecast = str(error)
    if tenure.n_events < report.contest_from_events:
        no_contest = f"It needs {report.contest_from_events} lifetimes with event; there are {tenure.n_events}."
    elif outlook is None:
        no_contest = no_forecast
    else:
        try:
            contest = _contest(tenure)
        except ModelError as error:
            no_contest = str(error)
    return Summary(
        landmark=now["risk_date"].iloc[0],
        horizon_ends_on=now["horizon_ends_on"].iloc[0],
        is_preliminary=not bool(now["is_quarter_start"].iloc[0]),
        n_at_risk=len(now),
        n_events=tenure.n_events,
        book=tenure.book().frame(),
        attrition=tenure.query("select * from attrition order by step"),
        findings=tenure.table("rule_findings"),
        not_yet_known=tenure.table("not_yet_known"),
        curves=curves,
        at_risk=at_risk,
        events=_events(tenure),
        outlook=outlook,
        skill=skill,
        contest=contest,
        grounds=_grounds(tenure, contest is not None),
        known_leavers=known_leavers,
        segment=segment,
        no_forecast=no_forecast,
        no_contest=no_contest,
    )


def _events(tenure: Workbench) -> Events:
    events = tenure.events
    return Events(
        by_phase=events.churn_rates("phase").frame(),
        by_clock=events.churn_rates("renewal_clock").frame(),
        ends=events.ends().frame(),
        changes=events.changes().frame(),
        n_returns=len(events.returns().frame()),
    )


def _skill(tenure: Workbench) -> Skill:
    rolling = tenure.rolling
    event = rolling.predictions["event"].to_numpy(bool)
    groups = min(10, max(3, int(event.sum()) // 8))
    tables = [
        calibration_table(event[known], rolling.predictions.loc[known, model].to_numpy(np.float64), groups).assign(
            model=model
        )
        for model in (COX, FOREST)
        if (known := rolling.predictions[model].notna().to_numpy()).any()
    ]
    return Skill(rolling.pooled, rolling.by_fold, rolling.pairs, pd.concat(tables, ignore_index=True), rolling.notes)


def _outlook(tenure: Workbench, segment: str | None) -> Outlook:
    forecast, report = tenure.forecast, tenure.study.report
    accounts = tenure.outlook().frame()
    models = [name for name in accounts.columns if name not in ("lifetime_id", "account_id")]
    expected = pd.DataFrame(
        [(name, accounts[name].sum(), *poisson_binomial_interval(accounts[name].to_numpy())) for name in models],
        columns=["model", "expected", "low", "high"],
    )
    probability = accounts[forecast.headline]
    described = _described(tenure, accounts, segment)
    return Outlook(
        headline=forecast.headline,
        probabilities=tuple(probability.tolist()),
        models=expected,
        tiers=_tiers(probability, report.risk_tiers),
        segments=_segments(described, report.min_cell) if segment else pd.DataFrame(),
        first=described,
        n_training_rows=forecast.n_training_rows,
        n_training_events=forecast.n_training_events,
    )


def _tiers(probability: pd.Series, limits: tuple[float, ...]) -> pd.DataFrame:
    tier = np.searchsorted(limits, probability, side="right")
    return pd.DataFrame(
        {
            "low": [0.0, *limits],
            "high": [*limits, 1.0],
            "accounts": np.bincount(tier, minlength=len(limits) + 1),
            "expected": np.bincount(tier, probability, minlength=len(limits) + 1),
        }
    )


def _described(tenure: Workbench, accounts: pd.DataFrame, segment: str | None) -> pd.DataFrame:
    """Put beside each account what a person who calls it wants to know."""
    forecast = tenure.forecast
    labels = tenure.table("accounts").set_index("account_id")
    pooled = pooled_labels(labels[segment], tenure.study.report.min_cell, most=12) if segment else None
    now = tenure.landmarks[tenure.landmarks["risk_date"] == forecast.landmark].set_index("lifetime_id")
    reasons = pd.Series(list(forecast.reasons), index=forecast.accounts["lifetime_id"])
    described = pd.DataFrame({"account_id": accounts["account_id"], "probability": accounts[forecast.headline]})
    if pooled is not None:
        described["segment"] = accounts["account_id"].map(pooled)
    for name in ("seats", "term", "days_to_renewal"):
        if name in now:
            described[name] = accounts["lifetime_id"].map(now[name])
    described["reasons"] = accounts["lifetime_id"].map(reasons)
    return described


def _segments(described: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    grouped = (
        described.groupby("segment")["probability"].agg(accounts="size", expected="sum", mean="mean").reset_index()
    )
    grouped.loc[grouped["accounts"] < min_cell, ["accounts", "expected", "mean"]] = np.nan
    return grouped


def _event_dates(tenure: Workbench) -> pd.DataFrame | None:
    """Return the findings by event date; None where there is one date only, or too few events by the other."""
    try:
        return None if tenure.with_other_event_date is None else tenure.event_dates().frame()
    except (DesignError, ModelError):
        return None


def _contest(tenure: Workbench) -> Contest:
    inference = tenure.inference
    tests, losses = tenure.family_tests().frame(), tenure.family_losses().frame()
    contenders = [family for family in tests["family"] if family != control_family()]
    drifting, everything = tenure.proportional_hazards().frame(), tenure.proportionality.table
    shown = drifting[drifting["drifts"]].sort_values(["p_value", "term"], kind="stable").head(MOST_PATHS)
    return Contest(
        tests=tests,
        losses=losses,
        leader=leading_family(tests, losses[losses["model"] == COX], contenders),
        ratios=tenure.hazard_ratios().frame(),
        drifts=drifting,
        drift_p=float(everything.loc[everything["term"] == GLOBAL, "p_value"].iloc[0]),
        event_dates=_event_dates(tenure),
        paths=tuple((line, coefficient_path(tenure.proportionality, line["term"])) for _, line in shown.iterrows()),
        dropped=inference.dropped,
        notes=inference.fit.notes,
        n_rows=inference.n_rows,
    )


def _grounds(tenure: Workbench, has_contest: bool) -> Grounds:
    """Collect the audits; the ladder only where the families are compared, as it asks more of the data still."""
    audits = tenure.audits
    return Grounds(
        alarms=audits.alarms,
        look_ahead=audits.look_ahead,
        ladder=audits.lag_ladder if has_contest else pd.DataFrame(),
        ladder_families=audits.lag_ladder_families if has_contest else pd.DataFrame(),
        late_knowledge=audits.late_knowledge,
        coverage=audits.coverage,
        delays=audits.reporting_delays,
        matches=audits.match_rates,
    )
