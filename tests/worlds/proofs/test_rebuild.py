"""A cohort made again in part is what a build of its own would be, and takes from the cohort what is still right."""

import dataclasses

import pandas as pd
import pytest
from worlds import World, quiet

from analysis.audits import results
from analysis.audits.look_ahead import ROWS, audit_accounts, look_ahead
from analysis.audits.results import AuditResults
from analysis.cohort.event_date import counting_process_by_other_date
from analysis.cohort.queries import KEY
from analysis.cohort.rebuild import COHORT, rebuilt
from analysis.engine.engine import Engine
from analysis.workbench import Workbench, open_workbench


@pytest.fixture(scope="module")
def tenure(short: World, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return short.opened(tmp_path_factory.mktemp("out"))


def with_audits(tenure: Workbench, **changes: object) -> Workbench:
    """Open the same cohort with other settings of the audits."""
    audits = dataclasses.replace(tenure.study.audits, **changes)
    models = dataclasses.replace(tenure.study.models, test_quarters=1)
    study = dataclasses.replace(tenure.study, audits=audits, models=models)
    return open_workbench(study, tenure.cohort_file.parents[1], progress=quiet)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Rows of each table that is made from here on."""
    rows: dict[str, int] = {}
    make = Engine.make

    def counted(self, query, parameters, keep=None, **how):
        rows[query.name] = make(self, query, parameters, keep, **how)
        return rows[query.name]

    monkeypatch.setattr(Engine, "make", counted)
    return rows


@pytest.mark.slow
def test_the_event_dated_the_other_way_is_the_cohort_that_such_a_study_builds(tenure, tmp_path, made):
    seen = counting_process_by_other_date(tenure)
    computed = made["champion"]
    time = dataclasses.replace(tenure.study.time, event_date="end")
    built = open_workbench(dataclasses.replace(tenure.study, time=time), tmp_path, progress=quiet)
    assert not seen.equals(tenure.counting_process)
    pd.testing.assert_frame_equal(seen, built.counting_process)
    assert 0 < computed < 0.1 * made["champion"]  # of accounts under notice alone


def test_dates_that_the_cohort_has_are_taken_from_it_and_are_right(tenure, made):
    shifted = f"select * replace (risk_date + 31 as risk_date) from {COHORT}.risk_dates where day(risk_date) = 1"
    asked = f"{shifted} union select * from {COHORT}.risk_dates"
    with rebuilt(tenure, {"risk_dates": asked}, ["covariates"]) as engine:
        taken = engine.frame(f"select * from covariates order by {', '.join(KEY)}")
    n_computed = made["champion"]
    # as if the source had changed, without a change: all is computed
    anew = {"risk_dates": asked, "accounts": f"select * from {COHORT}.accounts"}
    with rebuilt(tenure, anew, ["covariates"]) as engine:
        computed = engine.frame(f"select * from covariates order by {', '.join(KEY)}")
    pd.testing.assert_frame_equal(taken, computed)
    assert n_computed < made["contract_attributes"] == len(computed)


def test_what_is_made_from_a_changed_source_takes_nothing_from_the_cohort(tenure, made):
    nobody = {"contacts": f"select * from {COHORT}.contacts where false"}
    with rebuilt(tenure, nobody, ["covariates"]) as engine:
        champions = engine.value("select sum(champions) from covariates")
    assert champions in (None, 0)
    assert made["champion"] == len(tenure.query("from risk_dates"))
    assert "usage" not in made


class TestLookingAheadInALargeBook:
    @pytest.mark.slow
    def test_covariates_of_some_accounts_and_rows_of_all_are_compared(self, tenure):
        some = with_audits(tenure, look_ahead_accounts=40)
        accounts = audit_accounts(some)
        assert len(accounts) == len(set(accounts)) == 40
        assert audit_accounts(some) == accounts
        day = pd.Timestamp("2022-06-01").date()
        counts, cells = look_ahead(some, [day])
        everything, _ = look_ahead(tenure, [day])
        assert cells.empty
        assert counts["differing"].sum() == 0
        compared = counts.set_index("what")["compared"]
        whole = everything.set_index("what")["compared"]
        rows, with_covariates = ROWS
        assert compared[rows] == whole[rows] > 0
        assert 0 < compared[with_covariates] < whole[with_covariates]


class TestKeptAudits:
    @pytest.mark.slow
    def test_what_was_found_once_is_read_and_the_same(self, tenure, monkeypatch, made):
        tenure = with_audits(tenure, lags=(90,))
        first = AuditResults(tenure, 1).frames()
        for name in ("look_ahead", "lag_ladder", "late_knowledge", "coverage", "reporting_delays", "match_rates"):
            monkeypatch.setattr(results, name, None)  # nothing is there to make them
        again = open_workbench(tenure.study, tenure.cohort_file.parents[1], progress=quiet)
        for name, table in AuditResults(again, 1).frames().items():
            pd.testing.assert_frame_equal(table, first[name])

    def test_other_settings_are_looked_for_anew(self, tenure):
        kept = AuditResults(with_audits(tenure), 1)._kept.folder
        assert AuditResults(with_audits(tenure), 2)._kept.folder != kept
        assert AuditResults(with_audits(tenure, lags=(30, 60)), 1)._kept.folder != kept
        assert AuditResults(with_audits(tenure), 1)._kept.folder == kept

    def test_a_damaged_table_is_made_again(self, tenure):
        first = AuditResults(tenure, 1).match_rates
        path = AuditResults(tenure, 1)._kept.folder / "match_rates.parquet"
        path.write_bytes(b"this is no Parquet")
        pd.testing.assert_frame_equal(AuditResults(tenure, 1).match_rates, first)
