"""The ledger: what was planted is supported, the past knows nothing of later, and a source says what it lacks."""

import dataclasses
import math
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from samples import SAMPLE
from worlds import World, quiet, shared_world

from analysis.claims.asked import Grounds, asked_of, unmeasured
from analysis.claims.displays import LedgerDisplay
from analysis.claims.estimates import estimate_all
from analysis.claims.ledger import Ledger, claims_ledger, ledger_frame, past_frame
from analysis.claims.past import past_ledgers
from analysis.claims.rows import TestRows, as_believed
from analysis.claims.verdicts import Verdict
from analysis.declared.claim_tests import Kind
from analysis.declared.claims import read_claims
from analysis.workbench import Workbench, open_study, open_workbench
from analysis.worlds.proofs.study_worlds import study_of_world

PLANTED = """
says = "A champion's departure is followed by leaving, and nothing else matters."
leave_yearly = 0.25
leave_monthly = 0.05
until = 2023-01-01
pace = 0.2

[effects]
departures = 1.6
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return shared_world(tmp_path_factory, "departures", PLANTED, 300, 11)


@pytest.fixture(scope="module")
def tenure(world: World, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    found = world.opened(tmp_path_factory.mktemp("out"))
    found.study = dataclasses.replace(found.study, models=dataclasses.replace(found.study.models, test_quarters=2))
    return found


@pytest.fixture(scope="module")
def ledger(tenure: Workbench) -> Ledger:
    return tenure.ledger


@pytest.fixture(scope="module")
def sample(built_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    out = tmp_path_factory.mktemp("sample")
    shutil.copytree(built_sample, out, dirs_exist_ok=True)
    return open_study(SAMPLE, out=out, progress=quiet)


def by_name(ledger: Ledger) -> pd.DataFrame:
    return ledger_frame(ledger).set_index(["claim", "test"])


@pytest.mark.slow
def test_what_was_planted_is_supported_and_what_was_not_is_not(ledger: Ledger) -> None:
    table = by_name(ledger)
    departed = table.loc[("C05", 1)]
    assert departed["verdict"] == "supported"
    assert departed["hazard_ratio_low"] > 1
    assert table.loc[("C16", 1), "verdict"] != "supported"
    assert (table["verdict"] == "supported").sum() <= 2


@pytest.mark.slow
def test_every_claim_has_a_line_and_what_is_refused_a_reason(ledger: Ledger) -> None:
    table = ledger_frame(ledger)
    assert list(dict.fromkeys(table["claim"])) == [claim.name for claim in read_claims()]
    is_refused = table["verdict"] == "not_measurable"
    assert (table["reason"].notna() == is_refused).all()
    assert (table["grade"].notna() == ~is_refused).all()
    told = table[~is_refused & table["estimate"].notna()]
    assert (told["n_exposed"] <= told["n_events"]).all()
    assert told["hazard_ratio"].between(told["hazard_ratio_low"], told["hazard_ratio_high"]).all()


@pytest.mark.slow
class TestPast:
    def test_the_ledger_of_a_past_quarter_is_that_of_a_cohort_of_its_snapshot(
        self, world: World, tenure: Workbench, ledger: Ledger, tmp_path: Path
    ) -> None:
        """Another cohort, built from the same tables with the snapshot on that day, says the same to the digit."""
        day = ledger.past[-1].day
        study = study_of_world(world.folder, world.scenario)
        study = dataclasses.replace(study, time=dataclasses.replace(study.time, snapshot=day.date()))
        earlier = open_workbench(study, tmp_path, progress=quiet)
        covariates = tenure.covariates("counting_process")
        assert earlier.covariates("counting_process") == covariates
        grounds = Grounds(study, tenure.given, covariates, 100, with_drift=False)
        rows = TestRows(earlier.counting_process, earlier.table("phase_intervals"), earlier.table("recurrent_events"))
        then = estimate_all(ledger.asked, rows, grounds)
        for one, other in zip(then, ledger.past[-1].estimates, strict=True):
            assert (one.n_events, one.n_exposed) == (other.n_events, other.n_exposed), one.asked.claim.name
            assert one.estimate == pytest.approx(other.estimate, rel=1e-6, nan_ok=True)
            assert one.std_error == pytest.approx(other.std_error, rel=1e-6, nan_ok=True)

    def test_what_comes_later_changes_nothing(self, tenure: Workbench) -> None:
        """Later events and covariates are set to something else, and the rows of the day stay as they are."""
        day = pd.Timestamp("2022-07-01")
        rows = TestRows(tenure.counting_process, tenure.table("phase_intervals"), tenure.table("recurrent_events"))
        late = rows.intervals["risk_date"] >= day
        changed = rows.intervals.assign(event=rows.intervals["event"].where(~late, 1))
        changed.loc[late, "departures"] = 99.0
        found, other = (
            as_believed(one, day, tenure.landmarks) for one in (rows, dataclasses.replace(rows, intervals=changed))
        )
        pd.testing.assert_frame_equal(found.intervals, other.intervals)
        assert (found.intervals["risk_date"] < day).all()

    def test_days_looked_at_at_once_say_the_same_to_the_bit(self, tenure: Workbench, ledger: Ledger) -> None:
        days = [one.day for one in ledger.past]
        grounds = Grounds(tenure.study, tenure.given, tenure.covariates("counting_process"), 100, with_drift=False)
        rows = TestRows(tenure.counting_process, tenure.table("phase_intervals"), tenure.table("recurrent_events"))
        asked = [one for one in ledger.asked if one.test.kind is not Kind.FLAGGED]
        one, two = (past_ledgers(asked, rows, tenure.landmarks, days, grounds, quiet, n_jobs=n) for n in (1, 2))
        told = [
            [(e.estimate, e.std_error, e.p_value) for past in found for e in past.estimates] for found in (one, two)
        ]
        np.testing.assert_array_equal(*told)

    def test_the_history_ends_with_today(self, ledger: Ledger) -> None:
        history = past_frame(ledger)
        assert sorted(set(history["day"])) == [*(one.day for one in ledger.past), ledger.day]
        today = history[history["day"] == ledger.day].set_index(["claim", "test"])["verdict"]
        assert (by_name(ledger).loc[today.index, "verdict"] == today).all()


class TestSample:
    def test_only_claims_on_use_can_be_judged_where_only_use_is_measured(self, sample: Workbench) -> None:
        sample.study = dataclasses.replace(
            sample.study, models=dataclasses.replace(sample.study.models, test_quarters=1)
        )
        table = ledger_frame(sample.ledger)
        judged = table[table["verdict"] != "not_measurable"]
        declared = {claim.name: claim for claim in read_claims()}
        families = {
            covariate.family for name in judged["claim"] for covariate in declared[name].measurable(sample.given)
        }
        assert families <= {"usage", "contract"}
        assert {"C01", "C03", "C04"} <= set(judged["claim"])
        assert table.set_index("claim").loc["C14", "reason"].startswith("The source lacks")
        assert table.set_index("claim").loc["C05", "reason"].startswith("The source lacks contacts")

    def test_few_events_are_refused_in_words(self, sample: Workbench) -> None:
        report = dataclasses.replace(sample.study.report, family_from_events=1000, contest_from_events=2000)
        study = dataclasses.replace(sample.study, report=report)
        grounds = Grounds(study, sample.given, sample.covariates("counting_process"))
        asked = [one for one in asked_of(read_claims()) if unmeasured(one, grounds) is None]
        rows = TestRows(sample.counting_process, sample.table("phase_intervals"), sample.table("recurrent_events"))
        refused = estimate_all(asked, rows, grounds)
        assert {one.refused.code for one in refused if one.refused} == {"declared.too_few_for_family"}
        assert all(math.isnan(one.estimate) and one.refused for one in refused)

    def test_with_few_events_a_family_is_looked_at_by_itself(self, sample: Workbench) -> None:
        report = dataclasses.replace(sample.study.report, contest_from_events=1000)
        study = dataclasses.replace(sample.study, report=report)
        grounds = Grounds(study, sample.given, sample.covariates("counting_process"))
        asked = [one for one in asked_of(read_claims()) if one.claim.name == "C03"]
        rows = TestRows(sample.counting_process, sample.table("phase_intervals"), sample.table("recurrent_events"))
        (found,) = estimate_all(asked, rows, grounds)
        assert found.refused is None
        assert found.notes[0].code == "claims.apart"

    def test_a_study_adds_its_own(self, sample: Workbench, tmp_path: Path) -> None:
        file = tmp_path / "claims.toml"
        file.write_text(
            '[LARGE]\nsays_en = "Large customers stay."\n[[LARGE.tests]]\n'
            'moves = [{ covariate = "seats", from = "p25", to = "p75" }]\nexpected = "-"\n',
            encoding="utf-8",
        )
        models = dataclasses.replace(sample.study.models, test_quarters=0)
        with_own = open_study(SAMPLE, out=sample.cohort_file.parents[1], progress=quiet)
        with_own.study = dataclasses.replace(with_own.study, claims=file, models=models)
        line = claims_ledger(with_own).lines[-1]
        assert (line.claim.name, line.is_own) == ("LARGE", True)
        assert line.judgement.verdict is not Verdict.NOT_MEASURABLE


@pytest.mark.slow
def test_the_display_shows_itself_and_its_past(tenure: Workbench) -> None:
    shown = tenure.claims()
    assert isinstance(shown, LedgerDisplay)
    assert repr(shown).startswith("Claims of practice")
    assert list(shown.past().frame()["claim"]) == list(past_frame(tenure.ledger)["claim"])
