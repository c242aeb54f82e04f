"""The inference fit on real rows: it leaves out what the data cannot support, and says so, instead of failing."""

import pandas as pd
import pytest
from samples import SAMPLE, SampleReport
from simulated_landmarks import Declared

from analysis.cox.identifiability import MIN_SUBJECTS
from analysis.errors import ModelError
from analysis.inference.apart import family_tests_apart, fit_apart, ratios_apart
from analysis.inference.fit import ENOUGH_A_COLUMN, evidence_in, fit_inference
from analysis.inference.hazard_ratios import hazard_ratios
from analysis.wording.remarks import remark
from analysis.workbench import Workbench, open_study


@pytest.fixture
def tenure(sample_report: SampleReport) -> Workbench:
    return open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None)


def test_a_column_that_one_lifetime_carries_is_left_out_by_name(tenure: Workbench) -> None:
    """Without account 1602 a single churned lifetime ever missed a week: its coefficient would have no maximum."""
    rows = tenure.counting_process
    found = fit_inference(rows[rows["account_id"] != "1602"], tenure.covariates("counting_process"))
    reasons = {column.name: column.reason for column in found.dropped}
    assert reasons["active_week_share"] == remark("inference.thin", number=0, least=MIN_SUBJECTS)
    assert "active_week_share" not in [column.name for column in found.columns]


def test_columns_that_follow_from_age_alone_are_left_to_the_baseline(tenure: Workbench) -> None:
    """A window that no young lifetime can have is missing for all who are at risk together."""
    reasons = {column.name: column.reason for column in tenure.inference.dropped}
    assert reasons["active_seat_trend: missing"] == remark("inference.alike")


def test_columns_that_separate_only_together_are_left_out_by_name(tenure: Workbench) -> None:
    """Every lifetime that is to end has one of two marks, and no other has: no effect is so large."""
    rows = tenure.counting_process.copy()
    leaves = rows.groupby("lifetime_id")["event"].transform("max")
    is_odd = pd.factorize(rows["lifetime_id"])[0] % 2
    rows["odd_mark"], rows["even_mark"] = leaves * is_odd, leaves * (1 - is_odd)
    few = [covariate for covariate in tenure.covariates("counting_process") if covariate.family == "contract"]
    found = fit_inference(rows, [*few, Declared("odd_mark", "usage"), Declared("even_mark", "usage")])
    reasons = {column.name: column.reason for column in found.dropped}
    assert str(reasons["even_mark"]) == "its effect cannot be estimated beside 'odd_mark'"
    assert not found.fit.is_penalised


def few_events(tenure: Workbench, number: int) -> pd.DataFrame:
    """Return intervals in which only the first lifetimes that churned, by name, have done so."""
    rows = tenure.counting_process
    churned = sorted(rows.loc[rows["event"] == 1, "lifetime_id"].unique())[:number]
    return rows.assign(event=rows["event"].where(rows["lifetime_id"].isin(churned), 0))


class TestFewEvents:
    def test_columns_are_shrunk_where_events_are_fewer_than_ten_a_column(self, tenure: Workbench) -> None:
        found = fit_inference(few_events(tenure, 35), tenure.covariates("counting_process"))
        assert len(found.columns) * ENOUGH_A_COLUMN > evidence_in(found.fit.rows) == 35
        assert found.fit.is_penalised
        (note, *others) = found.notes
        assert (note.code, dict(note.values)["evidence"]) == ("inference.shrunk", 35)
        assert "cox.few_events" not in [other.code for other in others]
        ratios = hazard_ratios(found.fit, found.columns)
        assert ratios["hazard_ratio"].between(0.2, 5).all()
        assert ratios["hazard_ratio_high"].between(0, 20).all()

    def test_many_events_of_few_parents_are_few(self, tenure: Workbench) -> None:
        rows = tenure.counting_process
        numbered = rows.assign(
            cluster_id="parent " + (pd.factorize(rows["account_id"])[0] % 7).astype(str).astype(object)
        )
        found = fit_inference(numbered, tenure.covariates("counting_process"))
        assert evidence_in(found.fit.rows) == 7
        assert found.fit.is_penalised

    def test_families_are_fitted_one_at_a_time_beside_the_contract(self, tenure: Workbench) -> None:
        rows, covariates = few_events(tenure, 15), tenure.covariates("counting_process")
        apart = fit_apart(rows, covariates, ["usage", "champion"])
        assert list(apart) == ["usage"]
        assert {column.family for column in apart["usage"].columns} <= {"usage", "contract"}
        tests, ratios = family_tests_apart(apart), ratios_apart(apart)
        assert tests["family"].tolist() == ["usage"]
        assert 0 < tests["p_value"].item() < 1
        assert set(ratios["family"]) == {"usage"}
        assert ratios["hazard_ratio_high"].lt(100).all()

    def test_the_workbench_asks_no_more_than_events_allow(self, tenure: Workbench) -> None:
        tenure.counting_process = few_events(tenure, 15)
        assert set(tenure.hazard_ratios().frame()["family"]) == {"usage"}
        assert tenure.family_tests().frame()["family"].tolist() == ["usage"]
        with pytest.raises(ModelError, match="It needs 30 lifetimes with event; there are 15"):
            tenure.inference  # noqa: B018
        del tenure.__dict__["apart"]
        tenure.counting_process = few_events(tenure, 9)
        with pytest.raises(ModelError, match="It needs 10 lifetimes with event; there are 9"):
            tenure.family_tests()
