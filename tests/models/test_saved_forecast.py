"""What was saved forecasts the same to the bit when it is read, in another process, too."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from samples import SAMPLE, SampleReport
from saved_models import LEARNED_FROM, TIMES, fitted

from analysis.declared.study import read_study
from analysis.errors import DesignError, ModelError, SavedForecastError
from analysis.forecast.last_landmark import at_risk_now
from analysis.forecast.outlook import forecast_last_landmark
from analysis.forecast.saving import save_model
from analysis.models.rivals import LastSettledQuarterRate
from analysis.models.saved import forecast, kinds
from analysis.models.saved.forecast import ANY, read_saved_forecast, save_forecast
from analysis.workbench import open_study

MODELS = (
    "cox",
    "shrunk cox",
    "logistic",
    "forest",
    "tuned forest",
    "boosting",
    "kaplan-meier",
    "score",
    "last quarter",
    "contract",
    "stack",
    "recalibrated",
    "blend",
    "all",
)


def test_every_kind_is_tried():
    assert {type(model) for model in fitted().models.values()} == {kind.of for kind in kinds._KINDS}
    assert set(fitted().models) == set(MODELS)


@pytest.mark.parametrize("kind", kinds._KINDS, ids=lambda kind: kind.name)
def test_a_state_bears_the_name_by_which_it_is_read(kind):
    model = next(model for model in fitted().models.values() if type(model) is kind.of)
    assert kinds.state_of(model).kind == kind.name


@pytest.mark.parametrize("name", MODELS)
def test_what_is_read_forecasts_the_same_bits(name, tmp_path):
    known, folder = fitted(), tmp_path / "saved"
    digest = known.save(name, folder)
    read = read_saved_forecast(folder, expects=LEARNED_FROM, sha256=digest)
    before = known.models[name].predict_incidence(known.matrix_of_others, TIMES)
    assert before.tobytes() == read.model.predict_incidence(known.matrix_of_others, TIMES).tobytes()
    assert (read.forecast(known.others) == before[:, -1]).all()
    # Saved again it is the same files: nothing is lost on the way, and nothing depends on the day.
    assert save_forecast(tmp_path / "again", read.model, read.design, read.facts, read.learned_from) == digest
    assert read.notes == ()


def test_a_design_that_is_read_makes_the_same_bits_of_rows(tmp_path):
    known = fitted()
    known.save("last quarter", tmp_path / "saved")
    read = read_saved_forecast(tmp_path / "saved", expects=ANY).design
    for rows in (known.rows, known.others):
        matrix, again = known.design.apply(rows), read.apply(rows)
        assert matrix.columns == again.columns
        assert matrix.values.tobytes() == again.values.tobytes()
    assert list(read.memories) == list(known.design.memories)
    assert read.dropped == known.design.dropped
    assert {column.reason.code for column in read.dropped} == {"design.constant", "design.equal"}


def test_boosting_keeps_the_signs_that_it_was_given(tmp_path):
    known = fitted()
    known.save("boosting", tmp_path / "saved")
    model, again = known.models["boosting"], read_saved_forecast(tmp_path / "saved", expects=ANY).model
    assert (again.signs, again.keeps_signs_) == (model.signs, model.keeps_signs_) == ({"champions": -1}, True)


@pytest.mark.slow
def test_another_process_forecasts_the_same_bits_and_unpickles_nothing(tmp_path):
    known = fitted()
    known.save("all", tmp_path / "saved")
    known.others.drop(columns="plan").to_parquet(tmp_path / "rows.parquet")
    script = """
import hashlib, sys
import pandas as pd
from analysis.models.saved.forecast import ANY, read_saved_forecast
seen = []
sys.addaudithook(lambda event, _: seen.append(event))
read = read_saved_forecast(sys.argv[1], expects=ANY)
assert "pickle.find_class" not in seen and "open" in seen
print(hashlib.sha256(read.forecast(pd.read_parquet(sys.argv[2]).assign(plan="a]b[")).tobytes()).hexdigest())
"""
    there = [str(tmp_path / "saved"), str(tmp_path / "rows.parquet")]
    root = Path(forecast.__file__).parents[3]
    own = os.environ | {"PYTHONPATH": str(root), "PYTHONHASHSEED": "7"}
    told = subprocess.run(
        [sys.executable, "-c", script, *there], cwd=root, env=own, capture_output=True, text=True, check=True
    )
    here = read_saved_forecast(there[0], expects=ANY).forecast(known.others.assign(plan="a]b["))
    assert told.stdout.strip() == hashlib.sha256(here.tobytes()).hexdigest()


@pytest.fixture(scope="module")
def sample(sample_report: SampleReport):
    return open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None)


@pytest.mark.slow
def test_every_model_of_the_sample_study_forecasts_from_its_file(sample, tmp_path):
    found = forecast_last_landmark(sample.landmarks, sample.covariates("landmarks"), read_study(SAMPLE))
    now = at_risk_now(sample.landmarks, sample.study.time.snapshot)
    for name in found.models:
        save_model(tmp_path / name, found, sample.landmarks, sample.hashes, name)
        read = read_saved_forecast(tmp_path / name, expects=sample.hashes)
        assert (read.forecast(now) == found.accounts[name]).all()
        assert (read.facts.model, read.facts.landmark) == (name, found.landmark.date())
    sample.forecast = found
    assert sample.save_forecast(tmp_path / "quoted") == save_model(
        tmp_path / "same", found, sample.landmarks, sample.hashes, found.headline
    )
    with pytest.raises(ModelError, match="no model 'oracle'"):
        sample.save_forecast(tmp_path / "none", "oracle")


class TestWhatItWasLearnedFrom:
    @pytest.fixture
    def folder(self, tmp_path):
        fitted().save("last quarter", tmp_path / "saved")
        return tmp_path / "saved"

    def test_another_cohort_is_refused_by_what_differs(self, folder):
        other = LEARNED_FROM | {"cohort": "c1", "data": "d1"}
        with pytest.raises(SavedForecastError, match="learned from other cohort, data than expected"):
            read_saved_forecast(folder, expects=other)
        with pytest.raises(SavedForecastError, match="learned from other versions"):
            read_saved_forecast(folder, expects={"versions": "v0"})

    def test_a_later_quarter_may_ask_for_the_same_queries_only(self, folder):
        assert read_saved_forecast(folder, expects={"queries": "q0"}).learned_from == LEARNED_FROM
        assert read_saved_forecast(folder, expects=ANY).learned_from == LEARNED_FROM

    def test_a_digest_that_was_kept_elsewhere_tells_it_from_every_other(self, folder, tmp_path):
        with pytest.raises(SavedForecastError, match="was expected"):
            read_saved_forecast(folder, expects=ANY, sha256=fitted().save("cox", tmp_path / "other"))

    def test_other_versions_are_told(self, folder, monkeypatch):
        monkeypatch.setattr(forecast, "version", lambda name: "9.9" if name == "numpy" else "0")
        (note,) = read_saved_forecast(folder, expects=ANY).notes
        assert note.code == "models.saved_versions"
        assert "numpy" in str(note)


def test_rows_without_a_column_are_refused(tmp_path):
    known = fitted()
    known.save("kaplan-meier", tmp_path / "saved")
    read = read_saved_forecast(tmp_path / "saved", expects=ANY)
    with pytest.raises(SavedForecastError, match="needs rows with term_kind, published_score"):
        read.forecast(known.rows.drop(columns=["term_kind", "published_score"]))
    with pytest.raises(DesignError, match="lacks the covariates usage_trend"):
        read.forecast(known.rows.drop(columns="usage_trend"))


def test_what_cannot_be_read_is_not_written(tmp_path):
    known = fitted()
    facts = read_facts(known, tmp_path)

    class Unknown:
        pass

    with pytest.raises(ModelError, match="Unknown cannot be saved"):
        save_forecast(tmp_path / "saved", Unknown(), known.design, facts, {})
    broken = LastSettledQuarterRate()
    broken.landmark_, broken.incidence_ = np.datetime64("2024-01-01"), np.full(14, np.nan)
    with pytest.raises(SavedForecastError, match="'incidence' cannot be nan"):
        save_forecast(tmp_path / "saved", broken, known.design, facts, {})
    assert not (tmp_path / "saved").exists()


def read_facts(known, tmp_path):
    known.save("cox", tmp_path / "cox")
    return read_saved_forecast(tmp_path / "cox", expects=ANY).facts
