"""What is at risk and what an account is worth, against closed forms; parts too small to be told."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.integrate import quad

from analysis.curves.rates import DAYS_A_YEAR
from analysis.design.outcome import Outcome
from analysis.forecast.intervals import ExpectedLoss, Interval
from analysis.lifetimes.parametric import fit_parametric_survival
from analysis.money.at_risk import Announced, EndsInTime, MoneyAtRisk, announced_by, at_risk_table, ends_in_time
from analysis.money.bridge import MOVES
from analysis.money.bridge_parts import bridge_parts
from analysis.money.lifetime_value import CONSTANT_RATE, LIMIT_YEARS, MeanPrice, lifetime_values


def fitted(years: float):
    """Fit the curves to 400 lifetimes, their mean taken within so many years."""
    days = stats.weibull_min(1.3, scale=500).rvs(400, random_state=5)
    stop = np.minimum(days, 1200.0)
    frame = pd.DataFrame({"lifetime_id": range(400), "account_id": [f"a{n}" for n in range(400)], "start": 0.0})
    outcome = Outcome.from_counting_process(frame.assign(stop=stop, event=(days <= 1200).astype(int)))
    return fit_parametric_survival(outcome, years * DAYS_A_YEAR, (90, 365))


@pytest.fixture(scope="module")
def survival():
    return fitted(LIMIT_YEARS)


class TestLifetimeValue:
    def test_years_within_the_limit_are_the_area_under_the_curve(self, survival):
        found = lifetime_values(survival, 0.08, 3, MeanPrice(1000.0, 10, 0)).set_index("basis")
        for name, curve in survival.curves.groupby("distribution"):
            area = np.trapezoid(curve["estimate"], curve["time"]) / DAYS_A_YEAR
            assert found.loc[name, "years_within"] == pytest.approx(area, rel=2e-3)
        assert (found["value_within"] == 1000 * found["years_within"]).all()

    def test_a_constant_rate_is_the_quarterly_one_for_ever(self):
        """Three months kept with 92% each: the area under 0.92 ** (4 t)."""
        found = lifetime_values(None, 0.08, 3, MeanPrice(1.0, 1, 0)).iloc[0]
        assert found["basis"] == CONSTANT_RATE
        assert found["years_within"] == pytest.approx(quad(lambda t: 0.92 ** (4 * t), 0, LIMIT_YEARS)[0])
        assert found["years"] == pytest.approx(quad(lambda t: 0.92 ** (4 * t), 0, np.inf)[0])

    def test_nobody_leaving_is_worth_the_limit_and_no_number_beyond(self):
        found = lifetime_values(None, 0.0, 3, MeanPrice(100.0, 1, 0)).iloc[0]
        assert found["value_within"] == 100 * LIMIT_YEARS
        assert np.isnan(found["value"])

    def test_a_mean_without_limit_is_the_whole_area_under_each_curve(self, survival):
        """By numerical integration, as far as hardly anything is left; the log-logistic's tail is never so thin."""
        table = survival.table.set_index("distribution")["mean_without_limit"]
        far = fitted(200).table.set_index("distribution")["mean"]
        for name in ("exponential", "weibull", "log-normal", "piecewise exponential"):
            assert table[name] == pytest.approx(far[name], rel=1e-3)
        assert far["log-logistic"] < table["log-logistic"] < 1.03 * far["log-logistic"]


def test_a_log_logistic_curve_without_a_mean_has_none():
    """With a shape below one its mean is infinite."""
    days = stats.fisk(0.8, scale=300).rvs(300, random_state=2)
    frame = pd.DataFrame({"lifetime_id": range(300), "account_id": [f"a{n}" for n in range(300)], "start": 0.0})
    outcome = Outcome.from_counting_process(
        frame.assign(stop=np.minimum(days, 5000.0), event=(days <= 5000).astype(int))
    )
    table = fit_parametric_survival(outcome).table.set_index("distribution")
    assert np.isnan(table.loc["log-logistic", "mean_without_limit"])
    assert table.loc["log-logistic", "mean"] > 0


class TestAtRisk:
    def test_announced_is_what_ends_by_the_day_with_known_prices(self):
        leavers = pd.DataFrame(
            {"ends_on": pd.to_datetime(["2024-08-01", "2024-09-30", "2024-12-01", None]), "mrr": [10.0, None, 5.0, 7.0]}
        )
        assert announced_by(leavers, pd.Timestamp("2024-10-01")) == Announced(120.0, 2, 1)

    def test_of_past_leavers_those_who_ended_in_their_quarter_are_counted(self):
        rows = pd.DataFrame(
            {
                "lifetime_id": ["a", "b", "c", "d", "e"],
                "event": [1, 1, 0, 1, 1],
                "is_quarter_start": [True, True, True, False, True],
                "is_followed": [True, True, True, True, False],
                "horizon_ends_on": pd.Timestamp("2024-04-01"),
            }
        )
        ended = pd.Series(
            {"a": pd.Timestamp("2024-04-01"), "b": pd.Timestamp("2024-06-01"), "d": pd.Timestamp("2024-02-01")}
        )
        assert ends_in_time(rows, ended) == EndsInTime(2, 1)
        assert EndsInTime(2, 1).share == 0.5

    def test_both_is_the_sum_and_its_interval_moves_with_what_is_certain(self):
        loss = ExpectedLoss(1000.0, 100.0, (Interval(0.8, 50.0, 160.0), Interval(0.95, 20.0, 220.0)), 40, 3)
        table = at_risk_table(MoneyAtRisk(Announced(60.0, 4, 1), None, loss, EndsInTime(0, 0))).set_index("part")
        assert table.loc["both", ["expected", "low_80", "high_80", "low", "high"]].tolist() == [160, 110, 220, 80, 280]
        assert table.loc["both", ["accounts", "unpriced"]].tolist() == [47, 4]


class TestSmallParts:
    QUARTER = pd.Series(
        dict.fromkeys(MOVES, 0.0)
        | {f"n_{name}": 0 for name in (*MOVES[:-2], "paused", "resumed", "repriced")}
        | {"start": 1000.0, "n_start": 50, "end": 1070.0, "n_end": 52}
        | {"new": 200.0, "n_new": 9, "upsell": 30.0, "n_upsell": 6, "churn": -150.0, "n_churn": 7}
        | {"involuntary": -10.0, "n_involuntary": 1}
    )

    def test_without_a_smallest_cell_every_part_is_told(self):
        assert bridge_parts(self.QUARTER)["part"].tolist() == ["start", "new", "upsell", "churn", "involuntary", "end"]

    def test_a_small_part_goes_with_the_next_smallest_and_all_adds_up(self):
        found = bridge_parts(self.QUARTER, 5)
        assert found["part"].tolist() == ["start", "new", "churn", "other", "end"]
        other = found.set_index("part").loc["other"]
        assert (other["amount"], other["accounts"]) == (20.0, 7)
        parts = found[~found["is_total"]]
        assert 1000 + parts["amount"].sum() == 1070
        assert (parts["accounts"] >= 5).all()
