"""Total effects: planted chains of champion, use and leaving; what is left out; and bad input."""

import numpy as np
import pandas as pd
import pytest
from moved_use import FAMILIES, drawn_rows, true_points
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.contest.adjusted_displays import drawn_totals, show_total_effects
from analysis.contest.family_predictors import predictors_before, predictors_of_quarters
from analysis.contest.quarter_fits import fits_of_quarters
from analysis.contest.risk_difference import risk_differences
from analysis.contest.total_effects import total_effects
from analysis.design.population import AT_THE_LANDMARK
from analysis.errors import ModelError
from analysis.evaluation.rolling_origin import rolling_origin
from analysis.models.logistic import Logistic
from reports.messages import read_catalogue


def found_in(rows, then, **more):
    return total_effects(rows, then, FAMILIES, **{"n_resamples": 40} | more)


def line_of(found, family):
    return found.table.set_index("family").loc[family]


@pytest.mark.slow
class TestAChampionWhoMovesUse:
    """All that the champion does to leaving runs through use."""

    @pytest.fixture(scope="class")
    @classmethod
    def found(cls):
        return found_in(*drawn_rows(20_000, 1))

    def test_counts_in_total_and_not_beside_use(self, found):
        truth, champion = true_points(), line_of(found, "champion")
        assert truth["total_champion"] > 5
        assert champion["total"] == pytest.approx(truth["total_champion"], abs=0.7)
        assert champion["direct"] == pytest.approx(0, abs=0.7)
        assert champion["shown"] == "more"
        assert champion["through"] == pytest.approx(champion["total"] - champion["direct"])

    def test_leaves_use_as_it_was(self, found):
        truth, usage = true_points(), line_of(found, "usage")
        assert usage["total"] == pytest.approx(truth["direct_usage"], abs=0.7)
        assert usage["direct"] == pytest.approx(truth["direct_usage"], abs=0.7)
        assert usage["shown"] == "unsure"

    def test_is_drawn_total_beside_direct(self, found):
        page = show_total_effects(found, {"usage": "#336699", "champion": "#993366"})._repr_html_()
        drawn = drawn_totals(found, read_catalogue("ja"))
        assert "Champion: total" in page
        assert drawn["label"].tolist() == ["利用：全体", "利用：直接", "社内推進者：全体", "社内推進者：直接"]
        assert drawn["estimate"].to_numpy() == pytest.approx(found.table[["total", "direct"]].to_numpy().ravel())

    def test_is_told_in_words(self, found):
        codes = [note.code for note in found.notes]
        assert "contest.through_more" in codes
        assert "contest.through_unsure" in codes


@pytest.mark.slow
def test_one_who_also_moves_leaving_beside_use_has_both():
    truth, champion = true_points(0.6), line_of(found_in(*drawn_rows(20_000, 2, 0.6)), "champion")
    assert champion["total"] == pytest.approx(truth["total_champion"], abs=0.8)
    assert champion["direct"] == pytest.approx(truth["direct_champion"], abs=1.3)  # three standard errors
    assert champion["direct_low"] > 0


def test_without_a_chain_nothing_runs_through():
    assert line_of(found_in(*drawn_rows(1500, 3, 0.6, moved=0.0), n_resamples=100), "champion")["shown"] == "unsure"


def test_what_another_family_moved_in_the_same_time_is_in_the_total_and_it_is_said():
    """The champion moves use and, beside it, leaving: use then stands for it, as which came first is not seen."""
    found = found_in(*drawn_rows(3000, 3, 0.6))
    assert line_of(found, "usage")["shown"] == "more"
    assert found.notes[-1].code == "contest.total_limit"


@pytest.mark.slow
def test_intervals_hold_the_truth():
    """In 40 worlds of 500 parents and some 200 leavers; of 120 intervals at least 90% hold."""
    truth = true_points()
    truth["through_champion"] = truth["total_champion"] - truth["direct_champion"]
    held = []
    for seed in range(40):
        champion = line_of(found_in(*drawn_rows(500, 100 + seed), n_resamples=60), "champion")
        held += [
            champion[f"{name}_low"] < truth[f"{name}_champion"] < champion[f"{name}_high"]
            for name in ("total", "direct", "through")
        ]
    assert np.mean(held) >= 0.9


def test_direct_effects_are_the_risk_differences_of_the_same_rows():
    rows, then = drawn_rows(800, 4)
    then.loc[::3, "said_on"] = pd.NaT
    kept = rows[then["said_on"].notna()].reset_index(drop=True)
    own = risk_differences(kept, kept, FAMILIES, n_resamples=40)
    found = found_in(rows, then)
    assert found.table["direct"].to_numpy() == pytest.approx(own.table["estimate"].to_numpy())
    assert found.table["direct_low"].to_numpy() == pytest.approx(own.table["conf_low"].to_numpy(), abs=0.3)


def test_rows_without_an_earlier_one_are_left_out_and_counted():
    """Filled with zeros they would count as accounts of which nothing was wrong."""
    rows, then = drawn_rows(800, 5)
    lacking = np.arange(len(rows)) % 4 == 0
    some = then.assign(said_on=then["said_on"].mask(lacking), **{name: then[name].mask(lacking) for name in FAMILIES})
    found = found_in(rows, some)
    assert (found.n_rows, found.n_left_out) == ((~lacking).sum(), lacking.sum())
    assert found.n_events_left_out == rows.loc[lacking & rows["event"], "lifetime_id"].nunique()
    own = found_in(rows[~lacking].reset_index(drop=True), then[~lacking].reset_index(drop=True))
    pd.testing.assert_frame_equal(found.table, own.table)


def test_too_few_leavers_and_one_family_are_refused():
    rows, then = drawn_rows(300, 6)
    with pytest.raises(ModelError, match="1,000 are needed"):
        found_in(rows, then, least_events=1000)
    with pytest.raises(ModelError, match="1 family tells accounts apart"):
        found_in(rows.assign(champion=0.0), then)


@pytest.fixture(scope="module")
def book():
    return landmark_rows(900, 9, seed=5)


class TestWhatWasSaidBefore:
    FAMILIES = ("usage", "champion", "contract")

    @pytest.fixture(scope="class")
    @classmethod
    def quarters(cls, book):
        made = {"logistic": lambda: Logistic(ridge=5.0)}
        folds = rolling_origin(book, COVARIATES, made, n_folds=3, n_resamples=5).folds
        return fits_of_quarters(book, folds, allowed_gap_days=0, elapsed=AT_THE_LANDMARK)

    def test_is_of_the_same_lifetime_on_the_landmark_whose_horizon_ends_now(self, book, quarters):
        book = book[(np.arange(len(book)) % 3 > 0)]
        now, then = predictors_of_quarters(quarters, self.FAMILIES), predictors_before(book, quarters, self.FAMILIES)
        assert then["lifetime_id"].tolist() == now["lifetime_id"].tolist()
        known = then["said_on"].notna()
        assert 0 < known.sum() < len(then)
        assert then.loc[~known, list(self.FAMILIES)].isna().all(axis=None)
        assert then.loc[known, list(self.FAMILIES)].notna().all(axis=None)
        there = set(zip(book["lifetime_id"], book["horizon_ends_on"], strict=True))
        wanted = [pair in there for pair in zip(then["lifetime_id"], then["landmark"], strict=True)]
        assert known.tolist() == wanted
        assert (then["landmark"] - then["said_on"])[known].dt.days.between(89, 92).all()

    def test_is_said_by_the_fit_that_speaks_now(self, book, quarters):
        """Today's values put into the earlier rows, what is said then is what is said now."""
        last = quarters[-1]
        same = book.copy()
        earlier = same["horizon_ends_on"] == last.fold.landmark
        today = last.fold.test_rows.set_index("lifetime_id")
        known = earlier & same["lifetime_id"].isin(today.index)
        for covariate in COVARIATES:
            values = today[covariate.name].reindex(same.loc[known, "lifetime_id"]).to_numpy()
            same[covariate.name] = same[covariate.name].astype(today[covariate.name].dtype)
            same.loc[known, covariate.name] = values
        now, then = predictors_of_quarters([last], self.FAMILIES), predictors_before(same, [last], self.FAMILIES)
        there = then["said_on"].notna()
        for family in ("usage", "champion"):
            assert then.loc[there, family].to_numpy() == pytest.approx(now.loc[there, family].to_numpy())
