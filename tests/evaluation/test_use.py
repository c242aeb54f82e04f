"""What is a forecast worth to a team? Capacity, decision curve and profit, by hand and by brute force."""

import itertools

import numpy as np
import pandas as pd
import pytest
from forecast_rows import forecasts
from scipy import integrate, stats

from analysis.design.resampling import cluster_resamples
from analysis.errors import ModelError
from analysis.evaluation.measures.discrimination import auc
from analysis.evaluation.use.campaign import Campaign
from analysis.evaluation.use.capacity import (
    caught_by_quarter,
    caught_pairs,
    flagged_last_quarter,
    flagged_share,
    gain_curves,
)
from analysis.evaluation.use.decision import THRESHOLDS, Lead, Policy, decision_curves, decision_verdicts, net_benefit
from analysis.evaluation.use.profit import (
    expected_maximum_profit,
    profit_at_own_risk,
    profits,
    resampled_hulls,
    roc_hull,
)


@pytest.fixture(scope="module")
def rows():
    return forecasts(300, 4, seed=7, level=-2.6)


@pytest.fixture(scope="module")
def weights(rows):
    return cluster_resamples(pd.factorize(rows["cluster_id"])[0], 200, 1)


@pytest.fixture
def tied():
    rng = np.random.default_rng(2)
    risk = rng.beta(1, 6, 60).round(1)
    return rng.random(60) < risk, risk, np.repeat([0, 1, 2], 20)


class TestCapacity:
    def test_ties_are_flagged_as_often_as_a_coin_would(self, tied):
        _, risk, landmark = tied
        rng, total = np.random.default_rng(0), np.zeros(60)
        for _ in range(4000):
            for day in range(3):
                own = np.flatnonzero(landmark == day)
                order = own[np.lexsort((rng.random(20), -risk[own]))]
                total[order[:7]] += 1
        assert flagged_share(risk, landmark, 7)[0] == pytest.approx(total / 4000, abs=0.04)

    @pytest.mark.parametrize("capacity", [1, 7, 19, 20, 50])
    def test_each_quarter_has_its_own_capacity(self, tied, capacity):
        _, risk, landmark = tied
        share = flagged_share(risk, landmark, capacity)[0]
        assert np.bincount(landmark, share) == pytest.approx(np.full(3, min(capacity, 20)))

    def test_a_weight_is_a_repeated_row(self, tied):
        event, risk, landmark = tied
        counts = np.random.default_rng(1).integers(0, 3, 60)
        again = np.repeat(np.arange(60), counts)
        weighted = (flagged_share(risk, landmark, 5, counts[None]) * counts)[0, event].sum()
        assert weighted == pytest.approx(flagged_share(risk[again], landmark[again], 5)[0, event[again]].sum())

    def test_by_hand(self):
        quarter = pd.Timestamp("2024-01-01")
        rows = pd.DataFrame(
            {
                "landmark": quarter,
                "account_id": list("abcde"),
                "event": [True, False, True, False, True],
                "model": [0.5, 0.4, 0.3, 0.3, 0.1],
                "contract": 0.2,
            }
        )
        arr = np.array([1200.0, 600.0, 2400.0, 100.0, np.nan])
        found = caught_by_quarter(rows, ["model", "contract"], 3, arr).set_index("model")
        own = found.loc["model"]
        # a and b are flagged, and one of c and d; of e, which left, the ARR is not known.
        assert (own["flagged"], own["caught"], own["by_chance"]) == (3, 1.5, 3 * 3 / 5)
        assert (own["precision"], own["recall"], own["lift"]) == pytest.approx((0.5, 0.5, 1.5 / 1.8))
        assert (own["arr_left"], own["arr_caught"], own["n_without_arr"]) == (3600, 1200 + 2400 / 2, 1)
        assert found.loc["contract", ["caught", "lift"]].tolist() == pytest.approx([1.8, 1.0])
        told = flagged_last_quarter(found.reset_index(), "model", "contract")
        assert (told.flagged, told.left, told.left_by_versus, told.left_by_chance) == pytest.approx((3, 1.5, 1.8, 1.8))
        assert flagged_last_quarter(found.reset_index(), "model", "contract", min_cell=5).left is None
        assert caught_by_quarter(rows, ["model"], 3)["arr_caught"].isna().all()

    def test_a_quarter_in_which_a_model_was_not_fitted_is_left_out(self, rows):
        first = rows["landmark"] == rows["landmark"].min()
        partly = rows.assign(contract=rows["contract"].mask(first))
        found = caught_by_quarter(partly, ["model", "contract"], 20)
        assert found.groupby("model")["landmark"].nunique().to_dict() == {"model": 4, "contract": 3}
        none = caught_by_quarter(rows.assign(contract=np.nan), ["model", "contract"], 20)
        assert flagged_last_quarter(none, "model", "contract") is None

    def test_a_model_that_knows_more_catches_more(self, rows, weights):
        (line,) = caught_pairs(rows, ["truth", "contract"], "contract", 20, weights).to_dict("records")
        assert (line["n_quarters"], line["flagged"]) == (4, 80)
        each = caught_by_quarter(rows, ["truth", "contract"], 20).groupby("model")["caught"].sum()
        assert line["estimate"] == pytest.approx(each["truth"] - each["contract"])
        assert 0 < line["conf_low"] < line["estimate"] < line["conf_high"]

    def test_the_area_under_the_gain_is_the_auc(self):
        rows = forecasts(50, 1, seed=4, level=-1.0)
        event = rows["event"].to_numpy(bool)
        rate = event.mean()
        curve = gain_curves(rows, ["model"])
        area = np.trapezoid(curve["caught"], curve["contacted"])
        of_auc = auc(event, rows["model"].to_numpy())[0]
        assert area == pytest.approx(rate / 2 + (1 - rate) * of_auc)
        assert gain_curves(rows.assign(event=False), ["model"]).empty

    def test_the_gain_is_what_capacity_catches(self, rows):
        curve = gain_curves(rows, ["model"]).set_index("contacted")["caught"]
        caught = flagged_share(rows["model"].to_numpy(), rows["landmark"].to_numpy(), 60)[0]
        event = rows["event"].to_numpy(bool)
        assert curve.loc[0.2] == pytest.approx(caught[event].sum() / event.sum())

    def test_what_cannot_be_is_refused(self, rows):
        with pytest.raises(ModelError, match="1 account or more; the capacity given is 0"):
            caught_by_quarter(rows, ["model"], 0)
        with pytest.raises(ModelError, match=r"one number for each of 1,200 forecasts; it has the shape \(3,\)"):
            caught_by_quarter(rows, ["model"], 20, np.zeros(3))


class TestDecision:
    def test_everyone_and_no_one(self):
        event = np.arange(100) < 20
        thresholds = [0.1, 0.2, 0.5]
        assert net_benefit(event, np.ones(100), thresholds)[0] == pytest.approx(
            [0.2 - 0.8 / 9, 0.2 - 0.8 / 4, 0.2 - 0.8]
        )
        assert net_benefit(event, np.zeros(100), thresholds)[0].tolist() == [0, 0, 0]

    def test_certainty_is_worth_the_rate_at_every_threshold(self):
        event = np.arange(100) < 20
        assert net_benefit(event, event * 1.0, [0.01, 0.5, 0.99])[0] == pytest.approx([0.2] * 3)

    def test_a_weight_is_a_repeated_row(self, tied):
        event, risk, _ = tied
        counts = np.random.default_rng(1).integers(0, 3, 60)
        again = np.repeat(np.arange(60), counts)
        assert net_benefit(event, risk, [0.1, 0.3], counts[None])[0] == pytest.approx(
            net_benefit(event[again], risk[again], [0.1, 0.3])[0]
        )

    def test_a_calibrated_model_is_never_worth_less_than_everyone_or_no_one(self):
        rows = forecasts(20_000, 1, seed=3)
        below = [threshold for threshold in THRESHOLDS if threshold <= 0.3]  # few have a higher risk
        curve = decision_curves(rows, ["truth"], "truth", np.ones((2, len(rows)), int), below)
        best = np.maximum(curve["treat_all"], 0)
        assert (curve["net_benefit"] > best - 3e-4).all()
        assert (curve["difference"] == 0).all()

    def test_miscalibration_costs_where_ranking_stays_the_same(self, rows, weights):
        # The same order of accounts, and odds three times too high: too many are looked after.
        wrong = rows.assign(wrong=3 * rows["truth"] / (1 + 2 * rows["truth"]))
        curve = decision_curves(wrong, ["wrong"], "truth", weights, [0.2])
        (found,) = decision_verdicts(curve, "wrong")
        assert (found.lead, found.versus) == (Lead.WORSE, "truth")
        assert found.difference == pytest.approx(
            float(np.diff([net_benefit(rows["event"].to_numpy(), wrong[m].to_numpy(), [0.2])[0, 0]
                           for m in ("truth", "wrong")])[0])
        )  # fmt: skip

    def test_intervals_hold_and_pairs_are_surer_than_their_parts(self, rows, weights):
        curve = decision_curves(rows, ["truth"], "contract", weights, [0.1, 0.2])
        assert (curve["conf_low"] < curve["net_benefit"]).all()
        assert (curve["net_benefit"] < curve["conf_high"]).all()
        (low, high) = decision_verdicts(curve, "truth")
        assert high.lead is Lead.BETTER
        assert (low.best, low.threshold, high.threshold) == (Policy.MODEL, 0.1, 0.2)

    @pytest.mark.parametrize(
        ("benefit", "treat_all", "best"),
        [(0.02, 0.01, Policy.MODEL), (0.01, 0.02, Policy.EVERYONE), (-0.01, -0.02, Policy.NO_ONE)],
    )
    def test_the_best_policy(self, rows, weights, benefit, treat_all, best):
        curve = decision_curves(rows, ["truth"], "contract", weights, [0.1])
        (found,) = decision_verdicts(curve.assign(net_benefit=benefit, treat_all=treat_all), "truth")
        assert found.best is best

    @pytest.mark.parametrize("threshold", [0.0, 1.0, -0.1])
    def test_a_threshold_lies_between(self, threshold):
        with pytest.raises(ModelError, match="between 0 and 1"):
            net_benefit(np.array([True]), np.array([0.5]), [threshold])


def by_brute_force(event, risk, campaign: Campaign) -> float:
    """Integrate over gamma the highest profit of any threshold, everyone and no one among them."""
    flagged = np.concatenate([[np.zeros(len(risk), bool)], risk >= np.unique(risk)[:, None]])
    churners, others = (flagged & event).mean(axis=1), (flagged & ~event).mean(axis=1)

    def best(gamma: float) -> float:
        amount = campaign.right(gamma) * churners - campaign.wrong * others
        return amount.max() * stats.beta.pdf(gamma, campaign.alpha, campaign.beta)

    knots = np.linspace(0, 1, 41)
    return sum(integrate.quad(best, low, high, limit=200)[0] for low, high in itertools.pairwise(knots))


class TestProfit:
    CAMPAIGNS = (
        Campaign(),
        Campaign(lifetime_value=5000, offer_cost=300, contact_cost=200, alpha=2, beta=3),
        Campaign(lifetime_value=50, offer_cost=20, contact_cost=15),
        Campaign(offer_cost=0, contact_cost=4),
        Campaign(contact_cost=0),
    )

    @pytest.mark.parametrize("campaign", CAMPAIGNS)
    @pytest.mark.parametrize("decimals", [1, 8])
    def test_the_integral_is_that_over_the_best_thresholds(self, campaign, decimals):
        rng = np.random.default_rng(6)
        risk = rng.beta(1, 5, 150).round(decimals)
        event = rng.random(150) < risk
        found = expected_maximum_profit(roc_hull(event, risk), campaign)
        assert found.amount == pytest.approx(by_brute_force(event, risk, campaign), rel=1e-6, abs=1e-9)

    def test_certainty_earns_what_every_churner_does(self):
        event = np.arange(200) < 30
        campaign = Campaign()
        # Below gamma = f / (CLV - d) nobody is contacted.
        least = campaign.contact_cost / 190
        exact = integrate.quad(lambda g: 0.15 * (190 * g - 1) * stats.beta.pdf(g, 6, 14), least, 1)[0]
        found = expected_maximum_profit(roc_hull(event, event * 0.5), campaign)
        assert found.amount == pytest.approx(exact, rel=1e-9)
        assert found.contacted == pytest.approx(0.15 * stats.beta.sf(least, 6, 14))

    def test_a_forecast_that_tells_nothing_earns_what_contacting_everyone_does(self):
        event = np.arange(200) < 30
        pays_from = (0.15 * 1 + 0.85 * 11) / (0.15 * 190)
        exact = integrate.quad(lambda g: (0.15 * (190 * g - 1) - 0.85 * 11) * stats.beta.pdf(g, 6, 14), pays_from, 1)[0]
        found = expected_maximum_profit(roc_hull(event, np.full(200, 0.3)), Campaign())
        assert found.amount == pytest.approx(exact, rel=1e-9)
        assert found.contacted == pytest.approx(stats.beta.sf(pays_from, 6, 14))

    def test_only_the_order_of_accounts_counts(self, tied):
        event, risk, _ = tied
        plain, bent = (roc_hull(event, one) for one in (risk, np.exp(3 * risk)))
        assert expected_maximum_profit(plain, Campaign()) == expected_maximum_profit(bent, Campaign())

    def test_the_hull_is_convex_and_reaches_from_nobody_to_everybody(self, tied):
        event, risk, _ = tied
        hull = roc_hull(event, risk)
        assert (hull.churners[0], hull.others[0]) == (0, 0)
        assert (hull.churners[-1], hull.others[-1]) == pytest.approx((event.mean(), 1 - event.mean()))
        rate = np.diff(hull.churners) / (np.diff(hull.churners) + np.diff(hull.others))
        assert (np.diff(rate) < 0).all()

    def test_a_weight_is_a_repeated_row(self, tied):
        event, risk, _ = tied
        counts = np.random.default_rng(1).integers(0, 3, 60)
        again = np.repeat(np.arange(60), counts)
        (weighted,) = resampled_hulls(event, risk, counts[None])
        repeated = roc_hull(event[again], risk[again])
        assert weighted.churners == pytest.approx(repeated.churners)
        assert weighted.others == pytest.approx(repeated.others)

    @pytest.mark.parametrize("campaign", CAMPAIGNS)
    def test_the_model_taken_at_its_word_earns_no_more_than_the_most(self, rows, campaign):
        event, risk = rows["event"].to_numpy(), rows["truth"].to_numpy()
        own = profit_at_own_risk(event, risk, campaign)
        assert own <= expected_maximum_profit(roc_hull(event, risk), campaign).amount + 1e-12

    def test_its_own_threshold_is_where_a_contact_pays(self):
        campaign = Campaign()
        # 0.3 x 190 - 1 = 56 for a churner, 11 lost for another: 11 / 67.
        assert campaign.threshold == pytest.approx(11 / 67)
        event, risk = np.array([True, False, False]), np.array([0.17, 0.165, 0.16])
        assert profit_at_own_risk(event, risk, campaign) == pytest.approx((56 - 11) / 3)
        assert profit_at_own_risk(event, risk, campaign.with_terms(0.001, 20)) == 0

    def test_each_setting_is_a_line_and_saving_more_earns_more(self, rows, weights):
        found = profits(rows, ["truth", "contract"], "contract", weights, Campaign(), (0.2, 0.3), (1.0, 5.0))
        assert found.groupby("model").size().to_dict() == {"contract": 4, "truth": 4}
        own = found[found["model"] == "truth"].set_index(["save_rate", "contact_cost"])
        standard = expected_maximum_profit(roc_hull(rows["event"].to_numpy(), rows["truth"].to_numpy()), Campaign())
        assert own.loc[(0.3, 1.0), "expected_profit"] == pytest.approx(standard.amount)
        assert own.loc[(0.3, 1.0), "expected_profit"] > own.loc[(0.2, 1.0), "expected_profit"]
        assert own.loc[(0.3, 1.0), "expected_profit"] > own.loc[(0.3, 5.0), "expected_profit"]
        assert (own["conf_low"] <= own["expected_profit"]).all()
        assert own.loc[(0.3, 1.0), "difference_low"] > 0
        assert (found.loc[found["model"] == "contract", "difference"] == 0).all()

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"contact_cost": -1}, "costs are 0 or more"),
            ({"contact_cost": 0, "offer_cost": 0}, "not both 0"),
            ({"lifetime_value": 10}, "worth more than the offer"),
            ({"alpha": 0}, "alpha and beta above 0"),
        ],
    )
    def test_a_campaign_that_cannot_be_is_refused(self, wrong, says):
        with pytest.raises(ModelError, match=says):
            Campaign(**wrong)
