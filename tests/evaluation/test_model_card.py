"""The model card: what it counts is what is there, limits stand where their condition holds, nothing is invented."""

import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Report, Time
from analysis.design.population import AT_THE_LANDMARK, training_rows
from analysis.evaluation.calibration.measures import Measured, observed_over_expected
from analysis.evaluation.calibration.score_tests import ScoreTest
from analysis.evaluation.calibration.tiers import tier_table
from analysis.evaluation.calibration.verdict import CalibrationVerdict
from analysis.evaluation.card_codes import ITEMS
from analysis.evaluation.card_facts import SampleSize, model_counts, sample_size
from analysis.evaluation.card_limits import size_limits, skill_limits, stability_limits
from analysis.evaluation.choice import Choice, Ground
from analysis.evaluation.in_use import in_use
from analysis.evaluation.model_card import CardSource, model_card
from analysis.evaluation.over_time.by_group import GroupsVerdict
from analysis.evaluation.over_time.calibration import RateDriftVerdict
from analysis.evaluation.over_time.covariates import CovariatesVerdict
from analysis.evaluation.readings import PairVerdict
from analysis.evaluation.rolling_origin import QUOTED, rolling_origin
from analysis.evaluation.skill import skill_of
from analysis.models.boosting import Boosting
from analysis.models.forest_choice import TunedForest
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.logistic import Logistic
from analysis.models.registry import CONTRACT_ONLY, LAST_SETTLED_QUARTER
from analysis.models.rivals import FamiliesOnly, LastSettledQuarterRate
from analysis.models.settings_chosen import settings_chosen
from analysis.models.tuning import ShrinkageChoice
from analysis.wording.remarks import remark

DAY = pd.Timestamp("2024-01-01")
MODELS = {
    "cox": lambda: LandmarkCox(ridge=ShrinkageChoice((3.0,))),
    CONTRACT_ONLY: lambda: FamiliesOnly(LandmarkCox(ridge=ShrinkageChoice((3.0,))), ("contract",)),
    LAST_SETTLED_QUARTER: LastSettledQuarterRate,
}
STUDY = Study(
    name="one",
    source=Source("contract", Path("data")),
    time=Time(observation_start=dt.date(2022, 1, 1), snapshot=dt.date(2024, 1, 1), allowed_gap_days=0),
    report=Report(capacity=15, min_cell=5),
)
ATTRITION = pd.DataFrame(
    {
        "step": range(12),
        "what": [
            "accounts", "accounts_without_subscription", "accounts_never_paid", "lifetimes", "over_before_observation",
            "began_lately", "lifetimes_at_risk", "entered_late", "churned", "ended_otherwise", "provisional_ends",
            "known_leavers",
        ],
        "number": range(100, 112),
    }
)  # fmt: skip
FINDINGS = pd.DataFrame({"rule": ["a", "b"], "severity": ["quarantine", "notice"], "rows": [7, 2]})


@pytest.fixture(scope="module")
def source() -> CardSource:
    book = landmark_rows(300, 8)
    rolling = rolling_origin(book, COVARIATES, MODELS, blended=("cox", CONTRACT_ONLY), n_folds=3, n_resamples=20)
    use = in_use(
        rolling, book, COVARIATES, STUDY.report,
        allowed_gap_days=0, elapsed=AT_THE_LANDMARK, n_resamples=20, seed=0,
    )  # fmt: skip
    choice = Choice(DAY, "cox", Ground.EARLIER_QUARTERS, 3, 40, {"cox": 0.2})
    return CardSource(
        study=STUDY,
        hashes={"cohort": "abc"},
        attrition=ATTRITION,
        findings=FINDINGS,
        settled_until=DAY,
        knows_interventions=False,
        covariates=COVARIATES,
        training=training_rows(book, rolling.folds[-1].landmark, 0, AT_THE_LANDMARK),
        rolling=rolling,
        skill=skill_of(rolling, choice),
        use=use,
    )


class TestCard:
    def test_has_every_item_once_and_leaves_to_people_what_no_data_tell(self, source):
        card = model_card(source)
        assert [item.topic.code for item in card.items] == list(ITEMS)
        assert len(set(ITEMS)) == len(ITEMS) == 52
        assert {item.number for item in card.untold} >= {"1", "2", "17", "18a", "18b", "18c", "18d", "19"}
        assert {item.number for item in card.told} | {item.number for item in card.untold} == {
            code.rpartition(".")[2] for code in ITEMS
        }
        assert {one.code.split(".")[1] for item in card.told for one in item.says} == {"card", "limit"}

    def test_counts_what_was_learned_from(self, source):
        size, fold = sample_size(source.rolling.folds[-1], source.training), source.rolling.folds[-1]
        assert (size.rows, size.events) == (fold.n_training_rows, fold.n_training_events)
        assert size.columns == fold.test.values.shape[1]
        assert size.events_per_column == size.events / size.columns
        assert size.event_share == pytest.approx((source.training["event"] == 1).mean())
        said = dict(model_card(source).says("10")[0].values)
        assert (said["accounts"], said["parents"]) == (size.accounts, size.parents)
        assert size.accounts == source.training["account_id"].nunique()

    def test_performance_is_that_of_the_forecasts_quoted_then(self, source):
        card = model_card(source)
        pooled = source.rolling.pooled.set_index(["model", "metric"])
        assert card.performance["auc"].estimate == pooled.loc[(QUOTED, "auc"), "estimate"]
        rows = source.rolling.predictions
        ratio = card.performance["observed_over_expected"].estimate
        assert ratio == pytest.approx(rows["event"].sum() / rows[QUOTED].sum())

    def test_says_who_was_left_out_and_what_was_set_apart(self, source):
        card = model_card(source)
        assert dict(card.says("6b")[0].values)["accounts_never_paid"] == 102
        assert card.says("7") == (remark("evaluation.card.prepared", findings=2, rows=7),)
        assert card.says("6c")[0].code == "evaluation.card.care_unknown"
        known = model_card(dataclasses.replace(source, knows_interventions=True))
        assert known.says("6c")[0].code == "evaluation.card.care_known"

    def test_the_outcome_is_that_of_the_study(self, source):
        by_end = dataclasses.replace(STUDY, time=dataclasses.replace(STUDY.time, event_date="end"))
        assert model_card(source).says("8a")[0].code == "evaluation.card.outcome_notice"
        assert model_card(dataclasses.replace(source, study=by_end)).says("8a")[0].code.endswith("outcome_end")

    def test_models_stand_with_settings_line_and_weight(self, source):
        fold = source.rolling.folds[-1]
        counts = {one.model: one for one in model_counts(fold)}
        assert counts["cox"].settings == remark("models.set_cox", multiple=3.0)
        assert counts["cox"].slope == fold.competition.recalibrations["cox"].slope
        assert sum(one.weight for one in counts.values() if one.weight == one.weight) == pytest.approx(1.0)
        assert counts["blend"].settings is None
        assert np.isnan(counts["blend"].slope)
        assert not counts[LAST_SETTLED_QUARTER].is_put_right
        assert counts["cox"].is_put_right


def calibration(slope: tuple[float, float, float]) -> CalibrationVerdict:
    return CalibrationVerdict(QUOTED, 100, 50, 50.0, Measured(1.0, 0.9, 1.1), Measured(*slope), 0.01, 0.02, None)


def codes(found: list) -> list[str]:
    return [one.code.rpartition(".")[2] for one in found]


class TestLimits:
    SIZE = SampleSize(rows=1000, accounts=200, parents=200, lifetimes=200, events=100, columns=10, event_share=0.1)

    def test_stand_where_there_is_too_little(self):
        assert codes(size_limits(self.SIZE, 8, 100)) == []
        few = dataclasses.replace(self.SIZE, events=99)
        assert codes(size_limits(few, 7, 99)) == ["per_column", "quarters", "events"]

    @pytest.mark.parametrize(
        ("slope", "interval", "ground", "expected"),
        [
            ((1.0, 0.9, 1.1), (0.01, 0.02), Ground.EARLIER_QUARTERS, []),
            ((0.5, 0.3, 0.8), (-0.01, 0.02), Ground.INNER_FOLDS, ["too_extreme", "no_difference", "choice"]),
            ((1.0, 0.5, 2.0), (-0.02, -0.01), Ground.NOTHING, ["cant_tell", "worse", "choice"]),
        ],
    )
    def test_stand_where_skill_is_not_shown(self, slope, interval, ground, expected):
        pair = PairVerdict(QUOTED, CONTRACT_ONLY, 0.0, *interval)
        choice = Choice(DAY, "cox", ground, 0, 0, {})
        assert codes(skill_limits(calibration(slope), pair, choice)) == expected

    def test_are_silent_about_what_was_not_measured(self):
        assert codes(skill_limits(None, None, Choice(DAY, "cox", Ground.EARLIER_QUARTERS, 3, 40, {}))) == []

    def test_stand_where_forecasts_do_not_hold(self):
        differ, alike = (
            GroupsVerdict(QUOTED, by, 2, ScoreTest(1.0, 1, p), "a", "b")
            for by, p in (("phase", 0.01), ("quarter", 0.0))
        )
        moved = CovariatesVerdict(DAY, ("seats",), (), (), 4)
        still = CovariatesVerdict(DAY, (), ("seats",), (), 4)
        known, none = ScoreTest(3.0, 1, 0.001), ScoreTest(0.1, 1, 0.9)
        rising, level = (RateDriftVerdict(QUOTED, 8, test, none) for test in (known, none))
        assert codes(stability_limits([differ, alike], rising, moved)) == ["groups", "rising", "moved"]
        assert codes(stability_limits([alike], level, still)) == []
        assert codes(stability_limits([], level, None)) == []


class TestTiers:
    ROWS = pd.DataFrame(
        {
            "account_id": [f"a{place}" for place in range(100)],
            "cluster_id": [f"a{place}" for place in range(100)],
            "event": np.isin(np.arange(100), [0, 96, 97, 98, 99]),
            "cox": np.repeat([0.02, 0.05, 0.15], [90, 6, 4]),
        }
    )

    def test_a_risk_at_a_limit_is_of_the_tier_above(self):
        found = tier_table(self.ROWS, ["cox"], (0.05, 0.15))
        assert found["n_rows"].tolist() == [90, 6, 4]
        assert found["n_events"].tolist() == [1, 0, 4]
        assert found["reading"].tolist() == ["cant_tell", "cant_tell", "too_low"]
        assert found["expected"].sum() == pytest.approx(self.ROWS["cox"].sum())

    def test_intervals_hold_for_all_tiers_together(self):
        """Each as wide as one of 98.3% by itself."""
        own = self.ROWS.head(90)
        ratio = observed_over_expected(
            own["event"].to_numpy(), own["cox"].to_numpy(), own["cluster_id"].to_numpy(), level=1 - 0.05 / 3
        )
        low = tier_table(self.ROWS, ["cox"], (0.05, 0.15)).iloc[0]
        assert (low["conf_low"], low["conf_high"]) == (ratio.conf_low, ratio.conf_high)

    def test_tiers_of_few_are_hidden_with_what_would_tell(self):
        found = tier_table(self.ROWS, ["cox"], (0.05, 0.15), min_cell=5)
        assert found["is_hidden"].tolist() == [False, True, True]
        assert found.loc[found["is_hidden"], ["n_accounts", "n_rows", "n_events", "expected"]].isna().all(axis=None)

    def test_a_tier_in_which_nobody_was_is_empty_not_hidden(self):
        found = tier_table(self.ROWS, ["cox"], (0.05, 0.5), min_cell=5)
        assert found["n_rows"].tolist() == [90, 10, 0]
        assert not found["is_hidden"].any()
        assert np.isnan(found["observed_over_expected"].iloc[-1])


def test_settings_are_those_that_training_rows_chose(source):
    from analysis.design.matrix import learn_matrix
    from analysis.design.outcome import Outcome

    _, matrix = learn_matrix(source.training, COVARIATES)
    outcome = Outcome.from_landmarks(source.training)
    forest = TunedForest(leaves=(20,), columns=(0.5,), bins=(8,), n_trees=2).fit(matrix, outcome)
    assert settings_chosen(forest) == remark("models.set_forest", leaf=20, share=0.5, bins=8, trees=2)
    boosted = Boosting(max_trees=3, n_jobs=1).fit(matrix, outcome)
    assert settings_chosen(boosted) == remark("models.set_boosting", trees=len(boosted.trees_.value))
    shrunk = Logistic(ridge=ShrinkageChoice((3.0,))).fit(matrix, outcome)
    assert settings_chosen(shrunk) == remark("models.set_logistic")
    assert settings_chosen(LandmarkCox(ridge=1.0).fit(matrix, outcome)) is None
    assert settings_chosen(LastSettledQuarterRate().fit(matrix, outcome)) is None
