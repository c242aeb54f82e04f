"""The inference fit on real rows: it leaves out what the data cannot support, and says so, instead of failing."""

import numpy as np
import pandas as pd
import pytest
from samples import SAMPLE, SampleReport
from simulated_landmarks import Declared

from analysis.cox.fit import fit_cox
from analysis.cox.rows import counting_rows
from analysis.design.matrix import Column
from analysis.errors import ModelError
from analysis.inference.apart import family_tests_apart, fit_apart, ratios_apart
from analysis.inference.bounds import FEWEST_EXPECTED, null_hazard, side_of
from analysis.inference.displays import show_hazard_ratios
from analysis.inference.fit import ENOUGH_A_COLUMN, evidence_in, fit_inference
from analysis.inference.frames import BOUNDS
from analysis.inference.hazard_ratios import hazard_ratios
from analysis.inference.joint_tests import family_tests
from analysis.wording.remarks import remark
from analysis.workbench import Workbench, open_study
from reports.messages import read_catalogue
from reports.quarterly import sentences


@pytest.fixture
def tenure(sample_report: SampleReport) -> Workbench:
    return open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None)


def test_a_column_that_sets_too_few_apart_is_left_out_by_name(tenure: Workbench) -> None:
    """Whether a column is kept follows from how many it sets apart, not from how many of these left."""
    rows = tenure.counting_process
    found = fit_inference(rows[rows["account_id"] != "1602"], tenure.covariates("counting_process"))
    reasons = {column.name: column.reason for column in found.dropped}
    reason = reasons["active_week_share"]
    assert reason.code == "inference.unexposed"
    assert 0 < dict(reason.values)["expected"] < FEWEST_EXPECTED
    assert "active_week_share" not in [*(column.name for column in found.columns), *found.bounds["term"]]


class TestBounds:
    """Marks planted on the sample: on those who stayed, on all but some who stayed, and on few."""

    @pytest.fixture
    def planted(self, sample_report: SampleReport):
        tenure = open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None)
        rows = tenure.counting_process.copy()
        stayed = rows.groupby("lifetime_id")["event"].transform("max") == 0
        number = pd.factorize(rows["lifetime_id"])[0]
        rows["shield"] = (stayed & (number % 3 == 0)).astype(float)
        rows["doom"] = 1 - (stayed & (number % 5 == 0)).astype(float)
        rows["rare"] = (stayed & (number % 60 == 0)).astype(float)
        covariates = [
            *tenure.covariates("counting_process"),
            *(Declared(name, "usage") for name in ("shield", "doom", "rare")),
        ]
        return fit_inference(rows, covariates), rows, tenure

    def test_a_perfect_protector_is_bounded_from_above(self, planted):
        found, rows, _ = planted
        line = found.bounds.set_index("term").loc["shield"]
        assert (line["says"], line["n_events"]) == ("at_most", 0)
        assert line["n_lifetimes"] == rows.loc[rows["shield"] == 1, "lifetime_id"].nunique()
        assert line["hazard_ratio"] < line["hazard_ratio_high"] < 0.3
        assert line["is_shown"]

    def test_a_perfect_risk_is_bounded_from_below(self, planted):
        found, rows, _ = planted
        line = found.bounds.set_index("term").loc["doom"]
        assert (line["says"], line["n_events"]) == ("at_least", 0)
        assert line["n_lifetimes"] == rows.loc[rows["doom"] == 0, "lifetime_id"].nunique()
        assert 1 < line["hazard_ratio_low"] < line["hazard_ratio"]

    def test_one_on_too_few_is_left_out_for_their_number(self, planted):
        found, _, _ = planted
        reasons = {column.name: column.reason.code for column in found.dropped}
        assert (reasons["rare"], reasons["shield"]) == ("inference.unexposed", "inference.bounded")
        assert "rare" not in set(found.bounds["term"])

    def test_the_model_beside_stays_as_it_was(self, planted):
        found, _, tenure = planted
        assert found.fit.names == tenure.inference.fit.names
        assert found.fit.coefficients.tolist() == tenure.inference.fit.coefficients.tolist()

    def test_it_makes_no_difference_whether_those_set_apart_left(self, planted):
        """Of as many lifetimes with as many expected to leave, some of whom did, the column is not dropped either."""
        _, rows, tenure = planted
        number = pd.factorize(rows["lifetime_id"])[0]
        mixed = rows.assign(mark=(number % 4 == 0).astype(float))
        found = fit_inference(mixed, [*tenure.covariates("counting_process"), Declared("mark", "usage")])
        assert "mark" in found.fit.names

    def test_the_page_says_so(self, planted):
        found, rows, _ = planted
        n = rows.loc[rows["shield"] == 1, "lifetime_id"].nunique()
        for language, words in {"en": (f"none of the {n} lifetimes", "at most"), "ja": (f"{n}件", "以下です")}.items():
            said = sentences.bound_sentences(read_catalogue(language), found.bounds)
            assert len(said) == 2
            assert all(any(word in sentence for sentence in said) for word in words)
            lines = sentences.bound_lines(read_catalogue(language), found.bounds)
            assert {line.label for line in lines} >= {"shield", "doom"}


class TestSides:
    def test_expected_is_what_those_at_risk_alike_pass_through(self):
        # three events, at each one of four at risk; the marked pass through 1/4 at each while they are there
        rows = counting_rows([0, 0, 0, 0, 1, 2], [1, 2, 3, 3, 3, 3], [1, 1, 1, 0, 0, 0])
        column = np.array([0, 0, 0, 1, 1, 1.0])
        side = side_of(column, rows, null_hazard(rows))
        assert (side.n_lifetimes, side.n_events, side.is_high, side.is_low) == (3, 0, True, False)
        assert side.expected == pytest.approx(3 / 4 + 2 / 4 + 1 / 4)
        assert side.widening == 1  # every row a cluster of its own

    def test_parents_whose_accounts_leave_together_widen(self):
        parents = np.repeat(np.arange(10), 20)
        event = np.isin(parents, (0, 1, 2, 3)) & (np.arange(200) % 20 < 15)
        rows = counting_rows(None, 1.0 + np.arange(200) % 20, event, cluster=parents, subject=np.arange(200))
        column = (parents >= 8).astype(float)
        together = side_of(column, rows, null_hazard(rows))
        apart = counting_rows(None, 1.0 + np.arange(200) % 20, event)
        assert together.widening > 1.5 > 1.0 == side_of(column, apart, null_hazard(apart)).widening
        assert together.n_clusters == 2


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
    def test_columns_are_shrunk_where_events_are_fewer_than_five_a_column(self, tenure: Workbench) -> None:
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
        del tenure.__dict__["apart"], tenure.__dict__["_tests_apart"]
        tenure.counting_process = few_events(tenure, 9)
        with pytest.raises(ModelError, match="It needs 10 lifetimes with event; there are 9"):
            tenure.family_tests()


def test_what_is_shown_once_is_shown_again_the_same(tenure: Workbench) -> None:
    """Displays are made of what is computed once, and leave it as it is."""
    for ask in (tenure.hazard_ratios, tenure.family_tests, tenure.bounds):
        first, again = ask().frame(), ask().frame()
        pd.testing.assert_frame_equal(first, again, check_exact=True)


def test_bounds_are_found_for_fits_that_are_asked_for_them_alone(tenure: Workbench, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr("analysis.inference.fit.bounds_of", lambda *given: asked.append(given) or BOUNDS.empty())
    found = fit_inference(tenure.counting_process, tenure.covariates("counting_process"))
    assert not asked
    assert found.bounds is found.bounds
    assert len(asked) == 1


def test_one_parent_alone_gives_ratios_without_intervals_or_p_values() -> None:
    """Nothing tells how another parent's accounts would do; the picture shows the estimate."""
    rng = np.random.default_rng(6)
    rows = counting_rows(None, rng.exponential(size=80), np.ones(80), cluster=np.zeros(80))
    columns = [Column("pace", "pace", "usage")]
    fit = fit_cox(rng.normal(size=(80, 1)), rows, names=["pace"])
    table = hazard_ratios(fit, columns)
    assert table[["std_error", "conf_low", "conf_high", "p_value"]].isna().all(axis=None)
    assert family_tests(fit, columns, ["usage"])["p_value"].isna().all()
    show_hazard_ratios(table.assign(label="Pace"), {"usage": "black"}).plot()
