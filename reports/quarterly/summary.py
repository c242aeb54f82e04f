"""The quarterly summary: every answer of the report, collected and frozen before anything is drawn."""

import pandas as pd

from analysis.cohort.event_date import other_event_date
from analysis.declared.floors import Question
from analysis.errors import obstacle_to
from analysis.inference.apart import bounds_apart, family_tests_apart, ratios_apart
from analysis.lifetimes.book import last_settled_quarter
from analysis.lifetimes.clock import kinds_to_draw
from analysis.lifetimes.survival import beginnings, stays
from analysis.workbench import Workbench
from reports.claims.summary import summarise as judged_claims
from reports.contest.summary import compare
from reports.quarterly.accounts import collect_accounts
from reports.quarterly.content import Apart, Contest, Events, Grounds, Summary
from reports.quarterly.health import audited_health
from reports.quarterly.money import collect_money
from reports.quarterly.renewals import collect_renewals
from reports.quarterly.trend import trend_ahead

MOST_PATHS = 3
"""Pictures of drifting hazard ratios that a report shows."""


def summarise(tenure: Workbench) -> Summary:
    """Collect everything the quarterly report shows.

    Raises
    ------
    ModelError
        If nobody churned, or nobody is at risk near the snapshot.
    StudyError
        If the study's own claims cannot be read.
    """
    standpoint = tenure.standpoint()
    segment = tenure.segment
    curves, at_risk = tenure.survival_tables(segment)
    if curves.empty and segment:
        segment = None
        curves, at_risk = tenure.survival_tables()
    can_forecast, can_compare = tenure.no_forecast is None, tenure.no_contest is None
    book, reading = tenure.book().table, tenure.reading if can_forecast else None
    contest = _contest(tenure) if can_compare else None
    grounds = _grounds(tenure, can_compare)  # before the ledger, whose grades tell of late signals where they are known
    return Summary(
        standpoint=standpoint,
        n_events=tenure.n_events,
        book=book,
        last=last_settled_quarter(book),
        settled_until=tenure.settled_until,
        attrition=tenure.table("attrition"),
        findings=tenure.table("rule_findings"),
        not_yet_known=tenure.table("not_yet_known"),
        curves=curves,
        at_risk=at_risk,
        beginnings=beginnings(curves, at_risk),
        stays=stays(curves, at_risk),
        events=_events(tenure),
        reading=reading,
        skill=tenure.skill if can_forecast else None,
        contest=contest,
        judged=judged_claims(tenure),
        apart=None if can_compare else _apart(tenure),
        grounds=grounds,
        known_leavers=tenure.known_leavers,
        trend=trend_ahead(tenure.moved, reading, standpoint),
        health=audited_health(tenure),
        brief=tenure.money.brief,
        card=tenure.evaluation.model_card if can_forecast else None,
        accounts=collect_accounts(tenure),
        segment=segment,
        no_forecast=tenure.no_forecast,
        no_contest=tenure.no_contest,
        renewals=collect_renewals(tenure),
        money=collect_money(tenure),
    )


def _events(tenure: Workbench) -> Events:
    events = tenure.events
    before_renewal = events.before_renewal().table
    return Events(
        by_phase=events.churn_rates("phase").table,
        by_clock=events.churn_rates("renewal_clock").table,
        before_renewal=before_renewal,
        kinds=kinds_to_draw(before_renewal),
        ends=events.ends().table,
        changes=events.changes().table,
        n_returns=len(events.returns().table),
    )


def _contest(tenure: Workbench) -> Contest:
    inference = tenure.inference
    return Contest(
        compared=compare(tenure, tenure.contest.brief),
        gain=tenure.gain,
        tests=tenure.family_tests().table,
        ratios=tenure.hazard_ratios().table,
        bounds=_told(inference.bounds),
        read_together=tenure.read_together,
        drift=tenure.drift,
        paths=tuple(tenure.drift_path(term) for term in tenure.drift.strongest[:MOST_PATHS]),
        event_dates=tenure.by_event_date,
        other_event_date=other_event_date(tenure.study.time.event_date),
        dropped=inference.dropped,
        notes=(*inference.notes, *tenure.silent),
        n_rows=inference.n_rows,
    )


def _apart(tenure: Workbench) -> Apart | None:
    """Collect what each family shows by itself, where events are enough for that and families are not compared."""
    if tenure.floor(Question.FAMILY).obstacle:
        return None
    if obstacle_to("no test of the families", tenure.progress, lambda: tenure.apart) or not tenure.apart:
        return None
    apart = tenure.apart
    return Apart(
        tests=family_tests_apart(apart),
        ratios=ratios_apart(apart),
        bounds=_told(bounds_apart(apart)),
        read_together=tenure.read_together,
        notes=(*dict.fromkeys(note for one in apart.values() for note in one.notes), *tenure.silent),
    )


def _told(bounds: pd.DataFrame) -> pd.DataFrame:
    """Leave out marks of missing values, which are not the factor itself."""
    return bounds[~bounds["marks_missing"].astype(bool)]


def _grounds(tenure: Workbench, can_compare: bool) -> Grounds:
    """Collect the audits; the ladder only where the families are compared, as it asks more of the data still."""
    audits = tenure.audits
    return Grounds(
        alarms=audits.verdicts,
        compared=audits.compared,
        ladder=audits.ladder if can_compare else None,
        late_knowledge=audits.late_knowledge,
        gaps=audits.gaps,
        delays=audits.reporting_delays,
        matches=audits.match_rates,
    )
