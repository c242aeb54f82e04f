"""The crm5 data: the sample's studies; and in the full data, where they lie beside the checkout, who left."""

import dataclasses
from pathlib import Path

import pytest
from samples import SAMPLE

from analysis.cohort.build import build_cohort
from analysis.declared.study import read_study
from analysis.engine.opening import open_engine
from reports.cli.commands import main

FULL = Path(__file__).parents[3] / "shared" / "data" / "crm5"

DELIVERED = SAMPLE.with_name("study.toml")


def test_the_study_that_tests_report_on_is_the_samples_but_for_the_work_of_models_and_audits() -> None:
    delivered = read_study(DELIVERED)
    assert dataclasses.replace(read_study(SAMPLE), models=delivered.models, audits=delivered.audits) == delivered


@pytest.mark.slow
def test_the_samples_own_study_is_reported_with_all_models_and_audits(tmp_path: Path) -> None:
    assert main(["report", "quarterly", "--study", str(DELIVERED), "--out", str(tmp_path)]) == 0


@pytest.mark.skipif(not FULL.is_dir(), reason="the full crm5 data are not part of the project; the sample is")
@pytest.mark.slow
def test_exactly_617_accounts_leave_nine_of_them_inside_a_paid_term(tmp_path: Path) -> None:
    study = read_study(SAMPLE).with_source(FULL)
    build = build_cohort(study, tmp_path, lambda message: None)
    with open_engine(build.path, read_only=True) as engine:
        assert engine.value("select count(*) from lifetimes where cause = 'churn'") == 617
        settled = engine.value("select count(distinct lifetime_id) from counting_process where event = 1")
        provisional = engine.value("select number from attrition where what = 'provisional_ends'")
        assert (settled, provisional) == (611, 6)
        early = engine.rows(
            "select cast(lifetimes.account_id as integer) as account from lifetimes "
            "inner join subscription_versions as versions on lifetimes.account_id = versions.account_id "
            "where lifetimes.ended_on = versions.covered_until and versions.term_ends_on > lifetimes.ended_on "
            "order by account"
        )
        assert [row[0] for row in early] == [247, 821, 826, 948, 956, 1206, 1213, 1275, 1569]
        assert engine.value("select count(*) from usage_daily where used_on >= date '2024-01-01'") == 0
