"""The audits on worlds whose truth is known: each finds its trap, finds nothing where there is none, and can fail."""

import dataclasses
import re

import pandas as pd
import pytest
from worlds import World

from analysis.audits.lag_ladder import lag_ladder
from analysis.audits.look_ahead import EXAMPLES, SCORES, audit_days, look_ahead
from analysis.audits.results import AuditResults
from analysis.cohort import queries
from analysis.engine.query import read_queries
from analysis.workbench import Workbench
from analysis.worlds.proofs.audited_worlds import by_audit

FEW = ("active_day_share", "features_used", "answered_share", "complaints", "departures", "champions", "term", "seats")
"""Covariates of every family: a small world has events for few."""


@pytest.fixture(scope="module")
def trapped_audits(trapped: World, tmp_path_factory: pytest.TempPathFactory) -> AuditResults:
    return AuditResults(trapped.opened(tmp_path_factory.mktemp("out")), 1)


@pytest.fixture(scope="module")
def busy_audits(busy: World, tmp_path_factory: pytest.TempPathFactory) -> AuditResults:
    return AuditResults(busy.opened(tmp_path_factory.mktemp("out")), 1)


@pytest.fixture(scope="module")
def short_tenure(short: World, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return short.opened(tmp_path_factory.mktemp("out"))


def raised(audits: AuditResults) -> set[tuple[str, str]]:
    found = audits.alarms
    return set(found.loc[found["is_raised"].eq(True), ["audit", "subject"]].itertuples(index=False, name=None))


def test_alarms_of_subjects_are_counted_by_audit():
    """An audit that can tell of one subject can tell; missing is no alarm."""
    alarms = pd.DataFrame(
        [("late", "a", None), ("late", "b", True), ("label", "a", False), ("label", "b", None), ("score", "", None)],
        columns=["audit", "subject", "is_raised"],
    ).astype({"is_raised": "boolean"})
    expected = [("late", False, True), ("label", False, False), ("score", True, False)]
    assert list(by_audit(alarms).itertuples(index=False, name=None)) == expected


@pytest.mark.slow
def test_what_was_dated_back_or_overwritten_is_found(trapped_audits: AuditResults):
    expected = {
        ("late_knowledge", "contract_questions"),
        ("moved_labels", "segment"),
        ("moved_labels", "touch_model"),
        ("rewritten_score", ""),
    }
    assert expected <= raised(trapped_audits)
    assert {("late_knowledge", "departures"), ("late_knowledge", "vacancy_days")} & raised(trapped_audits)
    assert not {("look_ahead", ""), ("one_stay", ""), ("calendar_moves", "book")} & raised(trapped_audits)


@pytest.mark.slow
def test_returns_are_found_and_nothing_else(busy_audits: AuditResults):
    assert raised(busy_audits) == {("one_stay", "")}


@pytest.mark.slow
def test_holidays_move_the_use_of_accounts_but_not_beside_the_book(busy_audits: AuditResults):
    moves = busy_audits.alarms.set_index(["audit", "subject"]).loc["calendar_moves", "estimate"]
    assert moves["book"] < -0.15
    assert abs(moves["beside_the_book"]) < 0.25  # of some fifty accounts in a region


@pytest.mark.slow
def test_what_facts_dated_back_do_to_an_effect_is_measured_on_the_same_rows(trapped_audits: AuditResults):
    table = trapped_audits.late_knowledge.set_index("covariate")
    assert (table["cells"] > 0).all()
    line = table.loc["contract_questions"]
    assert line["conf_low"] < line["change"] < line["conf_high"]
    assert line["change"] == line["as_observed"] - line["as_known"]
    assert line["as_known"] < 0.3 < line["as_observed"]


def test_nothing_looks_ahead_and_everything_was_compared(short_tenure: Workbench):
    days = audit_days(short_tenure, 2)
    counts, cells = look_ahead(short_tenure, days)
    assert len(days) == 2
    assert counts["differing"].sum() == 0
    assert cells.empty
    names = {covariate.name for covariate in short_tenure.covariates()}
    for day in days:
        assert set(counts.loc[counts["day"] == pd.Timestamp(day), "what"]) >= names | set(SCORES)
    assert (counts["compared"] > 100).all()


@pytest.mark.slow
def test_a_query_that_looks_ahead_by_a_day_is_named_with_the_cells_that_show_it(
    short: World, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    """Tickets of the day itself: the mutant builds the cohort, and the audit runs the same mutant."""
    day_itself = re.compile(r"(ticket\.(?:opened|known)_on) < ")

    def mutated(folder: str):
        return tuple(
            dataclasses.replace(query, sql=day_itself.sub(r"\1 <= ", query.sql))
            if query.name == "relationship"
            else query
            for query in read_queries(folder)
        )

    monkeypatch.setattr(queries, "read_queries", mutated)
    tenure = short.study(tmp_path)
    busiest = tenure.query(
        "select risk_date from risk_dates inner join tickets on tickets.account_id = risk_dates.account_id "
        "and tickets.opened_on = risk_dates.risk_date and category = 'bug' order by risk_date limit 1"
    )
    day = busiest["risk_date"].iloc[0].date()
    counts, cells = look_ahead(tenure, [day])
    differing = counts.loc[counts["differing"] > 0, "what"].tolist()
    assert "complaints" in differing
    assert not {"rows at risk on landmarks", "rows with covariates", "champions"} & set(differing)
    shown = cells[cells["what"] == "complaints"]
    assert 0 < len(shown) <= EXAMPLES
    assert (shown["risk_date"] == pd.Timestamp(day)).all()
    assert (shown["from_all_data"].astype(float) == shown["from_known"].astype(float) + 1).all()


@pytest.mark.slow
def test_the_ladder_fits_every_rung_to_the_same_rows(short_tenure: Workbench):
    few = [c for c in short_tenure.covariates("counting_process") if c.name in FEW]
    ladder, families = lag_ladder(short_tenure, (30, 90), few)
    assert sorted(ladder["lag"].unique()) == [0, 30, 90]
    assert families.groupby("family")["rows"].nunique().eq(1).all()
    today = ladder[ladder["lag"] == 0]
    assert (today["change"] == 0).all()
    assert set(ladder["family"]) == {"usage", "relationship", "champion"}
    later = ladder[ladder["lag"] == 90]
    assert (later["change_low"] < later["change"]).all()
    assert (later["change"] < later["change_high"]).all()


def test_coverage_delays_and_matches_add_up(short_tenure: Workbench):
    audits = AuditResults(short_tenure)
    coverage = audits.coverage
    one = coverage[coverage["covariate"] == "champions"]
    rows = short_tenure.landmarks
    assert one["rows"].sum() == len(rows)
    assert (one["share"] * one["rows"]).sum() == pytest.approx(rows["champions"].notna().sum())
    delays = audits.reporting_delays.set_index("fact")
    assert 0 < delays.loc["ended_on", "newest_quarter_known"] < 1
    matches = audits.match_rates.set_index("table")
    assert matches.loc["tickets", "rows"] == short_tenure.query("select count(*) as n from tickets")["n"].iloc[0]
    assert matches["in_a_lifetime"].between(0.9, 1).all()
