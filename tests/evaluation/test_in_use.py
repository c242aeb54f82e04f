"""The forecasts that would have been quoted, summed up: as their parts say, whatever accounts are called."""

import pandas as pd
import pytest
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.declared.study_parts import Report
from analysis.design.population import AT_THE_LANDMARK
from analysis.evaluation.calibration.measures import calibration_measures
from analysis.evaluation.in_use import in_use
from analysis.evaluation.rolling_origin import QUOTED, rolling_origin
from analysis.evaluation.use.capacity import caught_by_quarter
from analysis.evaluation.use.revenue import annual_revenue
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.registry import CONTRACT_ONLY
from analysis.models.rivals import FamiliesOnly

MODELS = {
    CONTRACT_ONLY: lambda: FamiliesOnly(LandmarkCox(ridge=1.0), ("contract",)),
    "cox": lambda: LandmarkCox(ridge=1.0),
}


def summed_up(book: pd.DataFrame):
    rolling = rolling_origin(book, COVARIATES, MODELS, n_folds=3, n_resamples=40, seed=5)
    report = Report(capacity=15, min_cell=5)
    found = in_use(
        rolling, book, COVARIATES, report, allowed_gap_days=0, elapsed=AT_THE_LANDMARK, n_resamples=40, seed=5
    )
    return rolling, found


@pytest.fixture(scope="module")
def book():
    rows = landmark_rows(400, 8)
    return rows.assign(phase=rows["segment"], mrr=200.0)


@pytest.fixture(scope="module")
def result(book):
    return summed_up(book)


def test_holds_what_its_parts_say(book, result):
    rolling, found = result
    models = [*rolling.models, QUOTED]
    pd.testing.assert_frame_equal(found.measures, calibration_measures(rolling.predictions, models))
    arr = annual_revenue(pd.concat([fold.test_rows for fold in rolling.folds]))
    pd.testing.assert_frame_equal(found.caught, caught_by_quarter(rolling.predictions, models, 15, arr))
    assert found.caught["arr_left"].tolist() == (2400.0 * found.caught["n_events"]).tolist()
    assert found.flagged.landmark == rolling.folds[-1].landmark
    assert (found.flagged.model, found.flagged.versus, found.flagged.flagged) == (QUOTED, CONTRACT_ONLY, 15)
    assert [verdict.threshold for verdict in found.decisions] == [0.05, 0.15]
    assert [verdict.by for verdict in found.groups] == ["quarter", "phase"]
    assert set(found.by_group["by"]) == {"quarter", "phase"}
    assert sorted(set(found.by_group.loc[found.by_group["by"] == "quarter", "group"])) == [
        f"{fold.landmark:%Y-%m-%d}" for fold in rolling.folds
    ]
    assert found.covariates.n_covariates == len(COVARIATES)
    assert found.rate_drift.n_quarters == len(rolling.folds)


def test_other_names_change_no_number(book, result):
    def renamed(name: str) -> str:
        return f"{name[0]}{9999 - int(name[1:]):04d}"

    other = book.assign(account_id=book["account_id"].map(renamed), cluster_id=book["cluster_id"].map(renamed))
    _, found = summed_up(other)
    before = result[1]
    for name in (
        "measures",
        "curves",
        "caught_pairs",
        "decision",
        "profit",
        "by_group",
        "over_time",
        "covariate_drift",
    ):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(before, name), check_exact=True)
    assert found.groups == before.groups
    assert found.rate_drift == before.rate_drift


def test_revenue_that_is_not_measured_is_missing_never_zero(book):
    assert annual_revenue(book.drop(columns="mrr")) is None
    assert annual_revenue(book.assign(mrr=float("nan"))) is None
    assert pd.isna(annual_revenue(book.assign(mrr=[1.0] + [float("nan")] * (len(book) - 1)))[1:]).all()
