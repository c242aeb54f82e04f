"""What families are worth: by hand, against statsmodels, on a book whose truth is known, and blind to what is later."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.contest.learners import learners
from analysis.contest.ranking import Rank, Worth, rank_families
from analysis.contest.subsets import Subsets, forecast_by_subsets
from analysis.contest.values import IPA, LOG_SCORE, TOTAL, family_parts, losses, ratio, value_families
from analysis.contest.where import value_by_group
from analysis.declared.study_parts import Models
from analysis.design.population import AT_THE_LANDMARK
from analysis.evaluation.measures.accuracy import index_of_prediction_accuracy
from analysis.evaluation.rolling_origin import rolling_origin
from analysis.models.cross_fit import Unseen
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.rivals import LastSettledQuarterRate
from analysis.models.tuning import ShrinkageChoice

FAMILIES = ("usage", "relationship", "champion", "noise")
COX = {"cox": learners(Models(forecast_shrinkage=(1.0, 10.0)), 0)["cox"]}


@pytest.fixture(scope="module")
def book():
    return landmark_rows(3000, 10, seed=5)


@pytest.fixture(scope="module")
def folds(book):
    return rolling_origin(book, COVARIATES, {"rate": LastSettledQuarterRate}, n_folds=4, n_resamples=2).folds


@pytest.fixture(scope="module")
def small_book():
    return landmark_rows(500, 8, seed=5)


@pytest.fixture(scope="module")
def small_folds(small_book):
    return rolling_origin(small_book, COVARIATES, {"rate": LastSettledQuarterRate}, n_folds=2, n_resamples=2).folds


def forecast(book, folds, kinds=COX, families=FAMILIES, **options) -> Subsets:
    return forecast_by_subsets(
        book, folds, kinds, families, "contract", allowed_gap_days=0, elapsed=AT_THE_LANDMARK, **options
    )


def clusters(subsets):
    return pd.factorize(subsets.rows["cluster_id"])[0]


@pytest.fixture(scope="module")
def subsets(small_book, small_folds):
    return forecast(small_book, small_folds)


@pytest.fixture(scope="module")
def values(subsets):
    return value_families(subsets, clusters(subsets))


@pytest.fixture(scope="module")
def large_subsets(book, folds):
    """Of a book that is large enough to tell what was planted."""
    return forecast(book, folds)


@pytest.fixture(scope="module")
def large_values(large_subsets):
    return value_families(large_subsets, clusters(large_subsets))


@pytest.mark.slow
def test_what_the_folds_models_were_tuned_to_is_not_tuned_again_and_is_the_same_to_the_bit(small_book, small_folds):
    """A Cox model that competed has chosen its penalty on these rows, columns and folds, by the same rule."""
    choice = ShrinkageChoice((1.0, 10.0), 0)
    tuned = rolling_origin(small_book, COVARIATES, {"cox": lambda: LandmarkCox(ridge=choice)}, n_folds=2, n_resamples=2)
    again, known = (forecast(small_book, folds).risk["cox"] for folds in (small_folds, tuned.folds))
    assert all((again[some] == known[some]).all() for some in again)
    fixed = rolling_origin(small_book, COVARIATES, {"cox": lambda: LandmarkCox(ridge=9e9)}, n_folds=2, n_resamples=2)
    other = forecast(small_book, fixed.folds).risk["cox"]
    assert all((again[some] == other[some]).all() for some in again)  # one that was not tuned says nothing of it


class TestRatio:
    def test_estimate_and_error_are_those_of_a_weighted_mean_with_errors_by_cluster(self):
        rng = np.random.default_rng(1)
        cluster = rng.integers(40, size=300)
        whole, part = rng.uniform(1, 2, 300), rng.normal(0.2, 1, 300) + rng.normal(size=40)[cluster]
        theirs = sm.WLS(part / whole, np.ones(300), weights=whole).fit(
            cov_type="cluster", cov_kwds={"groups": cluster}, use_t=True
        )
        found = ratio(part, whole, cluster)
        assert found.estimate == pytest.approx(100 * theirs.params[0])
        from scipy import stats

        reach = stats.t.ppf(0.975, found.df) * theirs.bse[0]
        assert found.conf_high - found.estimate == pytest.approx(100 * reach)
        assert 5 < found.df < 39

    def test_intervals_hold_the_truth_nearly_as_often_as_they_say_where_few_clusters_carry_it(self):
        rng = np.random.default_rng(2)
        held = []
        for _ in range(400):
            rare = rng.random(300) < 0.08
            part = np.where(rare, rng.normal(1.5, 1.0, 300), -0.05)
            found = ratio(part, np.ones(300), np.arange(300))
            held.append(found.conf_low < 100 * (0.08 * 1.5 - 0.92 * 0.05) < found.conf_high)
        assert np.mean(held) > 0.92

    def test_of_nothing_nothing_is_known(self):
        assert np.isnan(ratio(np.ones(3), np.zeros(3), np.arange(3)).estimate)
        assert np.isnan(ratio(np.ones(3), np.ones(3), np.zeros(3, dtype=int)).conf_low)


class TestValues:
    def test_add_up_to_what_all_families_gain_row_by_row(self, subsets):
        event, risk = subsets.rows["event"].to_numpy(bool), subsets.risk["cox"]
        for metric in (LOG_SCORE, IPA):
            parts = family_parts(metric, event, risk)
            gained = losses(metric, event, risk[frozenset()]) - losses(metric, event, risk[frozenset(FAMILIES)])
            assert np.sum(list(parts.values()), axis=0) == pytest.approx(gained, abs=1e-12)

    def test_total_is_the_difference_of_two_indices_of_prediction_accuracy(self, subsets, values):
        event, quarter = subsets.rows["event"].to_numpy(bool), subsets.rows["landmark"].to_numpy()
        risk = subsets.risk["cox"]
        two = [
            float(index_of_prediction_accuracy(event, risk[some], group=quarter)[0])
            for some in (frozenset(FAMILIES), frozenset())
        ]
        line = values.table.set_index(["metric", "family"]).loc[(IPA, TOTAL)]
        assert line["estimate"] == pytest.approx(100 * (two[0] - two[1]))

    def test_of_two_families_are_the_means_of_both_orders(self, subsets):
        risk = subsets.risk["cox"]
        event = subsets.rows["event"].to_numpy(bool)
        some = {key: risk[frozenset(key)] for key in [(), ("usage",), ("champion",), ("usage", "champion")]}
        loss = {key: losses(LOG_SCORE, event, value).sum() for key, value in some.items()}
        by_hand = ((loss[()] - loss[("usage",)]) + (loss[("champion",)] - loss[("usage", "champion")])) / 2
        parts = family_parts(LOG_SCORE, event, {frozenset(key): value for key, value in some.items()})
        assert parts["usage"].sum() == pytest.approx(by_hand)

    @pytest.mark.slow
    def test_what_was_planted_is_shown_and_what_was_not_is_not(self, large_values):
        ranking = rank_families(large_values.table, large_values.contrasts)
        worth = {one.family: one.worth for one in ranking.families}
        assert worth["usage"] is worth["champion"] is Worth.DRIVER
        assert worth["relationship"] is worth["noise"] is Worth.NOT_SHOWN
        shares = {one.family: one.share for one in ranking.families}
        assert sum(shares.values()) == pytest.approx(1)
        assert all(abs(one.noise) < 0.5 for one in ranking.families)

    def test_contrasts_are_differences_of_values(self, values):
        table = values.table.set_index(["metric", "family"])["estimate"]
        for line in values.contrasts.itertuples():
            difference = table[(line.metric, line.family)] - table[(line.metric, line.versus)]
            assert line.estimate == pytest.approx(difference)
            assert line.p_value <= line.adjusted_p_value

    @pytest.mark.slow
    def test_no_quarter_is_worth_the_same_as_all_of_a_sum(self, large_subsets, large_values):
        rows = large_subsets.rows
        where = value_by_group(
            large_subsets, clusters(large_subsets), {"half": pd.Series(np.arange(len(rows)) % 2).astype(str)}
        )
        assert set(where.table["group"]) == {"0", "1"}
        middle = where.table.groupby("family")["estimate"].mean()
        whole = large_values.table.set_index(["metric", "family"]).loc[LOG_SCORE]["estimate"]
        assert middle["usage"] == pytest.approx(whole["usage"], rel=0.1)
        assert (where.differences["adjusted_p_value"] > 0.01).all()

    def test_what_groups_hold_that_are_not_told_is_counted(self, subsets):
        rows, event = subsets.rows, subsets.rows["event"].to_numpy(bool)
        label = np.full(len(rows), "many", dtype=object)
        few = np.flatnonzero(event)[:4]
        label[few], label[np.flatnonzero(~event)[:30]] = "few", None
        where = value_by_group(subsets, clusters(subsets), {"part": pd.Series(label)})
        hidden = where.hidden.set_index("by").loc["part"]
        own = rows[label != "many"]
        assert set(where.table["group"]) == {"many"}
        assert hidden["n_accounts"] == own["account_id"].nunique()
        assert hidden["n_events"] == 4

    @pytest.mark.slow
    def test_columns_of_noise_take_little_from_any_family(self, book, large_values):
        rng = np.random.default_rng(3)
        from simulated_landmarks import Declared

        names = [f"more_{k}" for k in range(12)]
        wider = book.assign(**{name: rng.normal(size=len(book)) for name in names})
        covariates = (*COVARIATES, *(Declared(name, "noise") for name in names))
        again = rolling_origin(wider, covariates, {"rate": LastSettledQuarterRate}, n_folds=4, n_resamples=2).folds
        found = forecast(wider, again)
        table = value_families(found, clusters(found)).table
        before, after = (
            one[one["metric"] == LOG_SCORE].set_index("family")["estimate"] for one in (large_values.table, table)
        )
        assert (before - after).abs().max() < 1.0
        assert after["noise"] < 0.5


class TestWhatIsSeen:
    def test_no_account_that_shares_a_parent_with_a_row_was_learned_from_for_it(self, small_book, small_folds):
        seen: list[float] = []

        def learner(whole, outcome, fold, fitted):
            def learnt(known) -> Unseen:
                def unseen(rows, its_fold, its_cluster):
                    parents = [set(outcome.cluster[fold != k]) for k in range(fold.max() + 1)]
                    own = rows.rows["cluster_id"].to_numpy(object)
                    seen.append(np.mean([name in parents[k] for name, k in zip(own, its_fold, strict=True)]))
                    new = ~np.isin(own, outcome.cluster)
                    assert ((its_cluster == -1) == new).all()
                    return np.full(len(rows), 0.5)

                return unseen

            return learnt

        forecast(small_book, small_folds, {"stub": learner}, ("usage",), n_jobs=1)
        assert seen
        assert max(seen) == 0

    def test_later_rows_and_their_outcomes_move_nothing(self, small_book, small_folds):
        first = small_folds[0]
        later = small_book["risk_date"] >= first.landmark
        rng = np.random.default_rng(1)
        changed = small_book.assign(
            event=np.where(later, rng.integers(0, 2, len(small_book)), small_book["event"]),
            usage_trend=np.where(later, rng.normal(size=len(small_book)), small_book["usage_trend"]),
        )
        one, other = (forecast(rows, [first], families=("usage", "champion")) for rows in (small_book, changed))
        for some, risk in one.risk["cox"].items():
            assert (risk == other.risk["cox"][some]).all()

    @pytest.mark.slow
    def test_neither_threads_nor_the_order_of_rows_change_anything(self, small_book, small_folds):
        subsets, alone = forecast(small_book, small_folds), forecast(small_book, small_folds, n_jobs=1)
        shuffled = forecast(small_book.sample(frac=1, random_state=2), small_folds)
        for some, risk in subsets.risk["cox"].items():
            assert (risk == alone.risk["cox"][some]).all()
            assert risk == pytest.approx(shuffled.risk["cox"][some], rel=1e-6)


def line(family: str, estimate: float, p: float, model: str = "cox") -> dict[str, object]:
    return {
        "model": model, "metric": LOG_SCORE, "family": family, "estimate": estimate, "conf_low": estimate - 1,
        "conf_high": estimate + 1, "p_value": p, "adjusted_p_value": p, "share": np.nan, "noise": 0.0, "n_rows": 900,
        "n_events": 90,
    }  # fmt: skip


def pair(family: str, versus: str, estimate: float, p: float) -> dict[str, object]:
    return {"model": "cox", "metric": LOG_SCORE, "family": family, "versus": versus, "estimate": estimate,
            "adjusted_p_value": p}  # fmt: skip


class TestRanking:
    @pytest.mark.parametrize(
        ("usage", "champion", "difference", "expected"),
        [
            ((3.0, 0.001), (1.0, 0.01), (2.0, 0.01), Rank.FIRST),
            ((3.0, 0.001), (1.0, 0.01), (2.0, 0.2), Rank.UNORDERED),
            ((3.0, 0.001), (-1.0, 0.9), (4.0, 0.01), Rank.FIRST),
            ((1.0, 0.3), (0.5, 0.4), (0.5, 0.01), Rank.NONE),
            ((-1.0, 0.001), (-2.0, 0.001), (1.0, 0.01), Rank.NONE),
        ],
        ids=["first", "not ordered", "the other nothing", "none shown", "worse than nothing"],
    )
    def test_is_what_is_shown(self, usage, champion, difference, expected):
        values = pd.DataFrame([line("usage", *usage), line("champion", *champion), line(TOTAL, 1.0, 0.5)])
        # the pair may stand either way round
        for pairs in (
            [pair("usage", "champion", *difference)],
            [pair("champion", "usage", -difference[0], difference[1])],
        ):
            assert rank_families(values, pd.DataFrame(pairs)).rank is expected

    def test_of_one_family_there_is_none(self):
        values = pd.DataFrame([line("usage", 3.0, 0.001), line(TOTAL, 3.0, 0.001)])
        assert (
            rank_families(
                values,
                pd.DataFrame(
                    [pair("a", "b", 0, 1)][:0],
                    columns=["model", "metric", "family", "versus", "estimate", "adjusted_p_value"],
                ),
            ).rank
            is Rank.ALONE
        )

    def test_says_how_many_other_kinds_of_model_agree(self):
        others = [
            line("usage", 2.0, 0.001, "forest"),
            line("champion", 2.0, 0.001, "forest"),
            line(TOTAL, 1, 1, "forest"),
        ]
        values = pd.DataFrame([line("usage", 3.0, 0.001), line("champion", 1.0, 0.5), line(TOTAL, 1.0, 0.5), *others])
        found = rank_families(values, pd.DataFrame([pair("usage", "champion", 2.0, 0.01)]))
        assert [(one.family, one.agreeing, one.others) for one in found.families] == [
            ("usage", 1, 1),
            ("champion", 0, 1),
        ]
        assert [one.family for one in found.drivers] == ["usage"]
        assert replace(found, families=()).drivers == ()
