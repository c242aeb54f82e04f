"""What a covariate adds out of time: something where it was planted, nothing where its values say nothing."""

import dataclasses

import numpy as np
import pytest
from worlds import SHORT, shared_world

from analysis.audits.frames import LOOK_AHEAD, LOOK_AHEAD_CELLS
from analysis.declared.own_queries import own_query
from analysis.errors import ModelError
from analysis.trial.look_back import Look, Looked
from analysis.trial.tried import Tried, Written
from analysis.trial.widened import Widened
from analysis.workbench import Workbench

SQL = "select lifetime_id, risk_date, 0 as planted from risk_dates"
CONTENT = {"family": "relationship", "planted": {"label_en": "Planted", "expected_sign": "+"}}
CLEAN = Looked(Look.CLEAN, LOOK_AHEAD.empty(), LOOK_AHEAD_CELLS.empty())


@pytest.fixture(scope="module")
def tenure(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    world = shared_world(tmp_path_factory, "money", SHORT.replace("2023-01-01", "2023-04-01"), 120, 5)
    opened = world.opened(tmp_path_factory.mktemp("planted"))
    models = dataclasses.replace(opened.study.models, test_quarters=2, forecast_shrinkage=(1.0,), resamples=20)
    opened.study = dataclasses.replace(opened.study, models=models)
    return opened


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """A world that other tests look at, too, and that is too short to forecast in."""
    return shared_world(tmp_path_factory, "short", SHORT, 150, 3).opened(tmp_path_factory.mktemp("planted_in_short"))


def planted(tenure: Workbench, share: float) -> Tried:
    """Try a covariate of which so much is told by who leaves within the horizon; the rest is noise."""
    cohort = Widened(tenure, own_query("planted", SQL, CONTENT, "planted"))
    values = cohort.values.copy()
    rows = tenure.landmarks[["lifetime_id", "risk_date", "event"]]
    event = values.merge(rows, on=["lifetime_id", "risk_date"], how="left")["event"].fillna(0).to_numpy(float)
    noise = np.random.default_rng(1).normal(size=len(values))
    cohort.__dict__["values"] = values.assign(planted=share * 4 * event + noise)
    return Tried(cohort, Written("planted", SQL, CONTENT), CLEAN, 1, lambda: (float("nan"), 1))


def by_log_score(tried: Tried):
    added = tried.added
    return added[added["metric"] == "log_score"].set_index("beside")


@pytest.mark.slow
def test_a_useful_one_adds_beside_the_contract_and_beside_its_family(tenure):
    tried = planted(tenure, 1.0)
    lines = by_log_score(tried)
    assert list(lines.index) == ["contract", "contract, relationship"]
    assert (lines["conf_low"] > 0).all()
    assert (lines["noise"] < lines["estimate"]).all(), "the same values of other accounts say less"
    assert "it adds to forecasts" in str(tried.adds())
    assert tried.p_value == lines["p_value"].iloc[-1]


@pytest.mark.slow
def test_one_that_says_nothing_is_not_shown_to_add(tenure):
    tried = planted(tenure, 0.0)
    lines = by_log_score(tried)
    assert (lines["conf_low"] < 0).all()
    assert (lines["estimate"] < by_log_score(planted(tenure, 1.0))["estimate"]).all()


def copied(tenure: Workbench, transform: str, of: str = "days_since_touch") -> Tried:
    """Try the days since the vendor's last touch once more: the product takes their logarithm."""
    content = {**CONTENT, "planted": CONTENT["planted"] | {"transform": transform}}
    known = tenure.query(f"select lifetime_id, risk_date, cast({of} as double) as planted from covariates")
    cohort = Widened(tenure, own_query("planted", SQL, content, "planted"))
    keys = ["lifetime_id", "risk_date"]
    cohort.__dict__["values"] = cohort.values.drop(columns="planted").merge(known, on=keys, how="left")
    return Tried(cohort, Written("planted", SQL, content), CLEAN, 1, lambda: (float("nan"), 1))


@pytest.mark.slow
def test_a_covariate_of_the_family_on_another_scale_neither_adds_nor_costs_much(tenure):
    """Shrunk as its family is: of a family of its own it would be believed, and cost four times as much."""
    beside_family = by_log_score(copied(tenure, "identity")).loc["contract, relationship"]
    assert beside_family["conf_low"] <= 0
    assert abs(beside_family["estimate"]) < by_log_score(planted(tenure, 1.0))["estimate"].iloc[-1] / 20


@pytest.mark.slow
def test_a_copy_is_called_one(tenure):
    with pytest.raises(ModelError, match="planted adds nothing: it is equal to 'days_since_touch'"):
        copied(tenure, "log1p").adds()
    with pytest.raises(ModelError, match="the same value in all rows"):
        copied(tenure, "identity", of="1").adds()


def test_its_curve_rises_with_the_hazard_that_was_planted(short):
    tried = planted(short, 1.0)
    curve = tried.dose_response().frame()
    assert curve["estimate"].iloc[-1] > curve["estimate"].iloc[0]
    assert curve["conf_low"].iloc[-1] > 0, "against the median"
    assert "Beside the contract and Relationship." in str(tried.dose_response())


def test_what_is_always_the_same_is_shown_with_the_reason_why_there_is_no_more(short):
    always = copied(short, "identity", of="1")
    with pytest.raises(ModelError, match="planted has no lag ladder"):
        always.lags()
    assert always.distribution().notes == ()


def test_a_long_tail_is_told_of_where_the_logarithm_is_not_taken(short):
    tailed = "pow(2, coalesce(days_since_touch, 0) % 20)"
    assert any('transform="log1p"' in note for note in copied(short, "identity", of=tailed).distribution().notes)
    assert copied(short, "log1p", of=tailed).distribution().notes == ()
    assert copied(short, "identity", of=f"-{tailed}").distribution().notes == ()
    assert copied(short, "identity", of="coalesce(days_since_touch, 0) % 20").distribution().notes == ()
