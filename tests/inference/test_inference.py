"""The inference fit on real rows: it leaves out what the data cannot support, and says so, instead of failing."""

import numpy as np
import pandas as pd
import pytest
from samples import SAMPLE, SampleReport
from simulated_landmarks import Declared

from analysis.cox.fit import fit_cox
from analysis.cox.identifiability import MIN_SUBJECTS
from analysis.cox.rows import counting_rows
from analysis.design.matrix import Column
from analysis.inference.displays import show_hazard_ratios
from analysis.inference.fit import fit_inference
from analysis.inference.hazard_ratios import hazard_ratios
from analysis.inference.joint_tests import family_tests
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
    plain = tenure.covariates("counting_process")
    found = fit_inference(rows, [*plain, Declared("odd_mark", "usage"), Declared("even_mark", "usage")])
    reasons = {column.name: column.reason for column in found.dropped}
    assert str(reasons["even_mark"]) == "its effect cannot be estimated beside 'odd_mark'"
    assert set(tenure.inference.fit.names) <= set(found.fit.names)


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
