"""Intervals of totals: exact where they can be, wider where quarters differ, and the same whatever the order."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from analysis.errors import ModelError
from analysis.forecast.intervals import LEVELS, expected_count, expected_loss
from analysis.forecast.past_quarters import yearly_prices
from analysis.forecast.quarter_shift import (
    ENOUGH_QUARTERS,
    QuarterShift,
    learn_shift,
    level_variance,
    log_partition,
    past_quarter,
)
from analysis.forecast.totals import count_distribution, sum_distribution

RNG = np.random.default_rng(3)
BOOK = RNG.beta(0.5, 7.0, 400)
PRICES = RNG.lognormal(0.0, 1.0, 400)
CERTAIN = QuarterShift(np.array([1e-9]), np.ones(1), 0.0, 99)
"""No quarter is shifted."""


def shifted(deviation: float) -> QuarterShift:
    return QuarterShift(np.array([deviation]), np.ones(1), deviation, 99)


def quarters(number: int, between: float, seed: int) -> list:
    """Past quarters whose accounts left with the odds forecast, all times e to the shift of the quarter."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(number):
        p = rng.beta(0.5, 7.0, 2_000)
        odds = p / (1 - p) * np.exp(between * rng.normal())
        found.append(past_quarter(int((rng.random(2_000) < odds / (1 + odds)).sum()), p, 0.0))
    return found


class TestCountsByChance:
    def test_are_the_binomial_where_all_are_alike_and_scipys_where_they_are_not(self):
        counted = count_distribution(np.full(50, 0.1)).probability
        np.testing.assert_allclose(counted, stats.binom.pmf(np.arange(len(counted)), 50, 0.1), atol=1e-15)
        few = BOOK[:60]
        np.testing.assert_allclose(
            count_distribution(few).probability[:25], stats.poisson_binom.pmf(np.arange(25), few), atol=1e-14
        )

    def test_reach_from_none_to_all_of_two_coins_and_are_certain_of_what_is_certain(self):
        assert count_distribution(np.array([0.5, 0.5])).interval(0.95) == (0, 2)
        assert count_distribution(np.array([1.0, 1.0, 0.0])).interval(0.95) == (2, 2)
        assert count_distribution(np.array([])).interval(0.95) == (0, 0)

    def test_of_a_large_book_are_normal(self):
        """20,000 accounts: probabilities far out are too small for a float."""
        p = np.random.default_rng(1).beta(0.5, 7.0, 20_000)
        low, high = count_distribution(p).interval(0.95)
        expected = stats.norm.interval(0.95, p.sum(), np.sqrt((p * (1 - p)).sum()))
        np.testing.assert_allclose([low, high], expected, atol=1.5)


class TestShiftedQuarters:
    def test_an_account_of_a_shifted_quarter_has_its_log_odds_moved(self):
        """Tilting by the partition is the same as moving each account's log-odds."""
        odds = BOOK / (1 - BOOK) * np.exp(0.7)
        moved = count_distribution(odds / (1 + odds)).probability
        counts = np.arange(len(moved))
        at_rest = stats.poisson_binom.pmf(counts, BOOK)
        tilted = at_rest * np.exp(0.7 * counts - log_partition(BOOK, np.array([0.7])))
        near = moved > 1e-9
        np.testing.assert_allclose(tilted[near], moved[near], rtol=1e-6)

    @pytest.mark.parametrize("deviation", [0.1, 0.4])
    def test_the_mixture_is_the_integral_over_the_shift(self, deviation):
        few = BOOK[:40]

        def density(shift: float, count: int) -> float:
            own = few * np.exp(shift) / (1 - few + few * np.exp(shift))
            return stats.norm.pdf(shift, 0, deviation) * stats.poisson_binom.pmf(count, own)

        found = count_distribution(few, shifted(deviation)).probability
        expected = [integrate.quad(density, -6 * deviation, 6 * deviation, args=(k,))[0] for k in range(5)]
        np.testing.assert_allclose(found[:5], expected, atol=2e-4)
        assert found.sum() == pytest.approx(1.0, abs=1e-12)

    def test_of_a_large_book_are_those_of_the_shift(self):
        """Chance is little beside a shift of 0.2: the 95% interval is that of the mean count at its ends."""
        p = np.random.default_rng(1).beta(0.5, 7.0, 20_000)
        ends = [(p * np.exp(s) / (1 - p + p * np.exp(s))).sum() for s in (-1.96 * 0.2, 1.96 * 0.2)]
        np.testing.assert_allclose(count_distribution(p, shifted(0.2)).interval(0.95), ends, rtol=0.01)

    def test_without_a_shift_chance_alone_is_left(self):
        assert count_distribution(BOOK, CERTAIN).interval(0.95) == count_distribution(BOOK).interval(0.95)


class TestSums:
    def test_of_equal_sizes_are_counts(self):
        total = sum_distribution(BOOK, np.full(400, 250.0), shifted(0.2))
        counted = count_distribution(BOOK, shifted(0.2)).interval(0.95)
        np.testing.assert_allclose(np.array(total.interval(0.95)) / 250.0, counted, atol=0.6)

    def test_keep_the_mean_and_the_variance(self):
        total = sum_distribution(BOOK, PRICES)
        values = np.arange(len(total.probability)) * total.step
        mean = total.probability @ values
        assert mean == pytest.approx(BOOK @ PRICES, rel=1e-9)
        variance = total.probability @ (values - mean) ** 2
        assert variance == pytest.approx((BOOK * (1 - BOOK)) @ PRICES**2, rel=0.005)

    def test_are_those_of_drawn_quarters(self):
        rng = np.random.default_rng(5)
        shifts = 0.3 * rng.normal(size=(20_000, 1))
        odds = BOOK / (1 - BOOK) * np.exp(shifts)
        drawn = (rng.random(odds.shape) < odds / (1 + odds)) @ PRICES
        total = sum_distribution(BOOK, PRICES, shifted(0.3))
        for level in LEVELS:
            expected = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
            np.testing.assert_allclose(total.interval(level), expected, rtol=0.025)

    def test_of_few_accounts_that_surely_leave_end_at_the_last_step_and_not_at_the_first(self):
        low, high = sum_distribution(np.full(9, 0.999), np.linspace(1.0, 1.7, 9)).interval(0.8)
        assert low == pytest.approx(np.linspace(1.0, 1.7, 9).sum(), rel=0.01)
        assert high >= low


class TestWhatPastQuartersTell:
    def test_the_likelihood_of_a_quarter_is_its_integral_over_the_shift(self):
        """Up to a constant, which cancels in the ratio of two standard deviations between quarters."""
        few, observed, variance = BOOK[:80], 14, 0.01

        def likelihood(between: float) -> float:
            spread = np.sqrt(variance + between**2)

            def density(shift: float) -> float:
                own = few * np.exp(shift) / (1 - few + few * np.exp(shift))
                return stats.norm.pdf(shift, 0, spread) * stats.poisson_binom.pmf(observed, own)

            return integrate.quad(density, -3.9, 3.9, limit=200)[0]

        found = past_quarter(observed, few, variance).log_likelihood
        between = np.arange(0.0125, 1.5, 0.025)
        expected = np.log(likelihood(between[20]) / likelihood(between[4]))
        assert found[20] - found[4] == pytest.approx(expected, abs=1e-4)

    @pytest.mark.parametrize("between", [0.15, 0.4])
    def test_of_many_quarters_the_variation_between_them_is_found(self, between):
        found = learn_shift(quarters(60, between, seed=2), 0.0)
        assert found.between == pytest.approx(between, rel=0.25)
        assert not found.rests_on_prior

    def test_where_there_is_none_the_interval_shrinks_towards_chance(self):
        none, many = learn_shift([], 0.0), learn_shift(quarters(60, 0.0, seed=2), 0.0)
        assert many.between < 0.05 < none.between
        by_none, by_many = (count_distribution(BOOK, shift).interval(0.95) for shift in (none, many))
        assert by_none[1] - by_none[0] > by_many[1] - by_many[0]

    def test_few_quarters_are_said_to_be_few(self):
        assert learn_shift(quarters(ENOUGH_QUARTERS - 1, 0.1, seed=1), 0.0).rests_on_prior
        assert not learn_shift(quarters(ENOUGH_QUARTERS, 0.1, seed=1), 0.0).rests_on_prior

    def test_a_level_less_well_known_widens_the_interval(self):
        past = quarters(10, 0.0, seed=4)
        narrow, wide = (count_distribution(BOOK, learn_shift(past, variance)).interval(0.95) for variance in (0.0, 0.1))
        assert wide[0] < narrow[0] < narrow[1] < wide[1]

    def test_neither_the_order_of_quarters_nor_that_of_accounts_matters_to_the_bit(self):
        past = quarters(7, 0.2, seed=6)
        first = expected_count("cox", BOOK, learn_shift(past, 0.01))
        assert expected_count("cox", BOOK[::-1], learn_shift(past, 0.01)) == first
        mixed = np.random.default_rng(0).permutation(400)
        shift = learn_shift(past, 0.01)
        assert expected_loss(BOOK[mixed], PRICES[mixed], shift) == expected_loss(BOOK, PRICES, shift)
        rows = np.random.default_rng(1).permutation(2_000)
        p = np.random.default_rng(2).random(2_000)
        mirrored = past_quarter(900, p[rows], 0.0).log_likelihood
        assert (mirrored == past_quarter(900, p, 0.0).log_likelihood).all()

    @pytest.mark.parametrize("observed", [-1, 3])
    def test_more_that_left_than_there_were_are_refused(self, observed):
        with pytest.raises(ModelError, match=f"it has {observed} of 2"):
            past_quarter(observed, np.array([0.1, 0.2]), 0.0)

    def test_what_is_no_probability_or_no_variance_is_refused(self):
        with pytest.raises(ModelError, match=r"probabilities from 0\.2 to 1\.2"):
            past_quarter(1, np.array([0.2, 1.2]), 0.0)
        with pytest.raises(ModelError, match=r"-0\.1 arrived"):
            learn_shift([], -0.1)


class TestTheVarianceOfTheLevel:
    def test_is_statsmodels_sandwich_of_an_intercept(self):
        sm = pytest.importorskip("statsmodels.api")
        rng = np.random.default_rng(8)
        cluster = rng.integers(60, size=900)
        event = rng.random(900) < 1 / (1 + np.exp(2.5 - rng.normal(size=60)[cluster]))
        fit = sm.Logit(event.astype(float), np.ones(900)).fit(
            disp=False, cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
        )
        clusters = len(np.unique(cluster))
        expected = float(fit.cov_params()[0, 0]) * clusters / (clusters - 1)
        assert level_variance(event, cluster) == pytest.approx(expected, rel=1e-6)
        named_otherwise = rng.permutation(60)[cluster]
        assert level_variance(event, named_otherwise) == level_variance(event, cluster)

    def test_an_event_that_several_landmarks_tell_of_counts_once(self):
        event = np.arange(500) < 40
        once = level_variance(event, np.arange(500))
        assert level_variance(np.tile(event, 3), np.tile(np.arange(500), 3)) == pytest.approx(once, rel=1e-9)

    @pytest.mark.parametrize("event", [True, False])
    def test_is_large_and_finite_where_all_left_or_nobody_did(self, event):
        assert 0.01 < level_variance(np.full(9, event), np.arange(9)) < np.inf


class TestLosses:
    def test_accounts_without_a_price_are_counted_and_are_no_zeros(self):
        prices = PRICES.copy()
        prices[::4] = np.nan
        found = expected_loss(BOOK, prices, shifted(0.2))
        assert found is not None
        assert (found.n_known, found.n_unknown) == (300, 100)
        known = ~np.isnan(prices)
        assert found.expected == pytest.approx(BOOK[known] @ prices[known])
        alone = expected_loss(BOOK[known], prices[known], shifted(0.2))
        assert alone is not None
        assert found.intervals == alone.intervals

    def test_nothing_is_said_where_no_price_is_known_and_a_negative_one_is_refused(self):
        assert expected_loss(BOOK, np.full(400, np.nan), CERTAIN) is None
        with pytest.raises(ModelError, match="the least is -2"):
            expected_loss(BOOK[:2], np.array([-2.0, 1.0]), CERTAIN)

    def test_the_wider_level_has_the_wider_interval(self):
        found = expected_loss(BOOK, PRICES, shifted(0.2))
        assert found is not None
        narrow, wide = found.intervals
        assert (narrow.level, wide.level) == LEVELS
        assert wide.low < narrow.low < found.expected < narrow.high < wide.high
        assert wide.holds(found.expected)
        assert not wide.holds(wide.high + 1)


def test_prices_are_of_a_year() -> None:
    """Also of what is sold without seats; a credit is no price."""
    rows = pd.DataFrame({"seats": [10.0, np.nan, 3.0], "mrr": [50.0, 50.0, np.nan]})
    np.testing.assert_array_equal(yearly_prices(rows), [600.0, 600.0, np.nan])
    assert np.isnan(yearly_prices(rows[["seats"]])).all()
    np.testing.assert_array_equal(yearly_prices(rows.assign(mrr=[-50.0, np.nan, 0.0])), [np.nan, np.nan, 0.0])
