"""The inference fit on real rows: it leaves out what the data cannot support, and says so, instead of failing."""

import numpy as np
import pandas as pd
import pytest
from samples import SAMPLE, SampleReport
from simulated_landmarks import Declared

from analysis.cox.rows import counting_rows
from analysis.inference.bounds import FEWEST_EXPECTED, null_hazard, side_of
from analysis.inference.fit import fit_inference
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
        found, _, _ = planted
        for language, words in {"en": ("none of the 72 lifetimes", "at most"), "ja": ("72件", "以下です")}.items():
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
    plain = tenure.covariates("counting_process")
    found = fit_inference(rows, [*plain, Declared("odd_mark", "usage"), Declared("even_mark", "usage")])
    reasons = {column.name: column.reason for column in found.dropped}
    assert str(reasons["even_mark"]) == "its effect cannot be estimated beside 'odd_mark'"
    assert set(tenure.inference.fit.names) <= set(found.fit.names)
