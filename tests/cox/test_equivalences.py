"""The same data told in another way: splitting, ordering, shifting, labelling, weighting change nothing."""

import dataclasses

import numpy as np
import pytest
from cox_samples import MANY, NAMES, TIES, Sample, assert_same_fit, penalised, samples, tied_sample, untied_sample
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.cox.cumulative_hazard import baseline_cumulative_hazard
from analysis.cox.hypothesis_tests import likelihood_ratio_test, score_test, wald_test
from analysis.cox.residuals import dfbeta, schoenfeld_residuals
from analysis.worlds.proofs.cox_recovery import TRUTH, simulate_rows

# The same data, told in another way


@pytest.mark.slow
@MANY
@given(sample=samples(), ties=st.sampled_from(TIES), cut=st.integers(1, 20))
def test_where_rows_are_split_changes_nothing(sample, ties, cut):
    assert_same_fit(penalised(sample.split(np.full(len(sample), cut / 2)), ties), penalised(sample, ties))


def test_monthly_rows_split_at_random_change_nothing():
    drawn = simulate_rows(np.random.default_rng(4), n_parents=60, n_accounts=150)
    rng = np.random.default_rng(5)
    at = drawn.start + np.floor(rng.random(len(drawn.stop)) * (drawn.stop - drawn.start))
    inside = (drawn.start < at) & (at < drawn.stop)
    split = dataclasses.replace(
        drawn,
        values=np.vstack([drawn.values, drawn.values[inside]]),
        start=np.r_[drawn.start, at[inside]],
        stop=np.r_[np.where(inside, at, drawn.stop), drawn.stop[inside]],
        event=np.r_[np.where(inside, False, drawn.event), drawn.event[inside]],
        account=np.r_[drawn.account, drawn.account[inside]],
        parent=np.r_[drawn.parent, drawn.parent[inside]],
    )
    assert inside.sum() > 1000
    whole, parts = drawn.fit(), split.fit()
    assert_same_fit(whole, parts)
    for by in ("subject", "cluster"):
        assert dfbeta(whole, by) == pytest.approx(dfbeta(parts, by), rel=1e-8, abs=1e-12)


@MANY
@given(sample=samples(), ties=st.sampled_from(TIES), seed=st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(sample, ties, seed):
    order = np.random.default_rng(seed).permutation(len(sample))
    assert_same_fit(penalised(sample.take(order), ties), penalised(sample, ties))


def test_the_order_of_many_rows_changes_nothing():
    drawn = simulate_rows(np.random.default_rng(4))
    order = np.random.default_rng(5).permutation(len(drawn.stop))
    parts = {field.name: getattr(drawn, field.name)[order] for field in dataclasses.fields(drawn)}
    assert_same_fit(drawn.fit(), dataclasses.replace(drawn, **parts).fit(), rel=1e-12)


def test_a_fit_is_the_same_bits_every_time():
    drawn = simulate_rows(np.random.default_rng(4))
    one, other = drawn.fit(), drawn.fit()
    assert one.coefficients.tobytes() == other.coefficients.tobytes()
    assert one.robust_covariance.tobytes() == other.robust_covariance.tobytes()


@pytest.mark.slow
@MANY
@given(sample=samples(), ties=st.sampled_from(TIES), shift=st.sampled_from([-1000.0, 0.5, 1e6]))
def test_a_shift_of_time_within_each_stratum_changes_nothing(sample, ties, shift):
    by = shift * (1 + sample.stratum)
    assert_same_fit(
        penalised(sample.but(start=sample.start + by, stop=sample.stop + by), ties), penalised(sample, ties)
    )


def test_only_the_order_of_times_matters():
    sample = tied_sample()
    stretched = sample.but(start=np.exp(sample.start / 3), stop=np.exp(sample.stop / 3))
    assert_same_fit(stretched.fit(), sample.fit(), rel=1e-12)


def test_labels_of_strata_mean_nothing():
    sample = tied_sample()
    for labels in (np.array(["z", "a"]), np.array([None, 3.5], dtype=object)[::-1] == 3.5, np.array([7, -2])):
        assert_same_fit(sample.fit(strata=labels[sample.stratum]), sample.fit(), rel=1e-12)


def test_two_columns_of_strata_are_their_combinations():
    sample = tied_sample()
    half = np.arange(len(sample)) % 2
    both = sample.fit(strata=np.column_stack([sample.stratum, half]))
    assert_same_fit(both, sample.fit(strata=10 * sample.stratum + half), rel=1e-12)
    assert len(both.rows.strata) == 4


def test_labels_of_clusters_mean_nothing():
    sample = tied_sample()
    names = np.array([f"account {number}" for number in sample.subject], dtype=object)
    assert_same_fit(sample.fit(cluster=names), sample.fit(), rel=1e-13)


@pytest.mark.parametrize("ties", TIES)
def test_rows_without_a_start_are_at_risk_from_the_beginning(ties):
    sample = tied_sample()
    fits = [sample.but(start=start).fit(ties) for start in (None, np.full(len(sample), -np.inf), np.zeros(len(sample)))]
    assert_same_fit(fits[0], fits[1], rel=1e-15)
    assert_same_fit(fits[0], fits[2], rel=1e-15)


@MANY
@given(sample=samples())
def test_weight_two_is_the_row_twice_with_breslows_ties(sample):
    twice = np.r_[np.arange(len(sample)), np.flatnonzero(sample.weights > 1)]
    double = sample.but(weights=np.where(sample.weights > 1, 2.0, 1.0))
    assert_same_fit(penalised(double, "breslow"), penalised(sample.take(twice), "breslow", weights=None))


def test_weight_two_is_the_row_twice_with_efrons_ties_where_it_has_no_event():
    # A row twice with its event makes a tie where weight two makes none: there the two rules must differ.
    sample = untied_sample()
    weights = np.where(sample.event, 1.0, 2.0)
    twice = np.r_[np.arange(len(sample)), np.flatnonzero(~sample.event)]
    assert_same_fit(sample.fit(weights=weights), sample.take(twice).fit(weights=None))


@pytest.mark.slow
@MANY
@given(sample=samples(), ties=st.sampled_from(TIES))
def test_only_relative_weights_move_coefficients_and_robust_errors(sample, ties):
    assume((np.ptp(sample.values, axis=0) > 0).all())
    one = sample.fit(ties, ridge=0.5)
    ten = sample.fit(ties, ridge=5.0, weights=10 * sample.weights)
    assert ten.coefficients == pytest.approx(one.coefficients, rel=1e-9, abs=1e-9)
    assert 10 * ten.covariance == pytest.approx(one.covariance, rel=1e-9, abs=1e-9)
    assert ten.robust_covariance == pytest.approx(one.robust_covariance, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("ties", TIES)
def test_an_offset_is_a_column_whose_coefficient_is_known(ties):
    sample = tied_sample()
    whole = sample.fit(ties)
    known = sample.offset + sample.values[:, 1] * whole.coefficients[1]
    part = sample.but(values=sample.values[:, :1], offset=known).fit(ties)
    assert part.coefficients == pytest.approx(whole.coefficients[:1], rel=1e-9)
    assert part.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)
    assert 1 / part.covariance[0, 0] == pytest.approx(np.linalg.inv(whole.covariance)[0, 0], rel=1e-9)


def test_a_constant_offset_changes_nothing_but_the_baseline():
    sample = tied_sample()
    higher = sample.fit(offset=sample.offset + 5)
    assert_same_fit(higher, sample.fit(), rel=1e-11)
    curves = [baseline_cumulative_hazard(fit)["cumulative_hazard"] for fit in (sample.fit(), higher)]
    assert curves[1].to_numpy() * np.exp(5) == pytest.approx(curves[0].to_numpy(), rel=1e-10)


@pytest.mark.parametrize("unit", [1e6, 1e-6])
def test_the_unit_of_a_column_rescales_its_coefficient(unit):
    sample = tied_sample()
    units = np.array([unit, 1.0])
    here, there = sample.fit(), sample.but(values=sample.values * units).fit()
    assert there.coefficients * units == pytest.approx(here.coefficients, rel=1e-10)
    assert there.covariance * np.outer(units, units) == pytest.approx(here.covariance, rel=1e-10)
    assert there.robust_covariance * np.outer(units, units) == pytest.approx(here.robust_covariance, rel=1e-10)
    assert there.log_likelihood == pytest.approx(here.log_likelihood, rel=1e-13)
    moved = schoenfeld_residuals(there)[NAMES].to_numpy() / units
    assert moved == pytest.approx(schoenfeld_residuals(here)[NAMES].to_numpy(), rel=1e-9, abs=1e-12)


def test_where_a_column_has_its_zero_changes_only_the_baseline():
    sample = tied_sample()
    here, there = sample.fit(), sample.but(values=sample.values + np.array([1e6, 0])).fit()
    # Ten digits of the column are left beside an offset of a million.
    assert_same_fit(here, there, rel=1e-8)
    near = sample.but(values=sample.values + np.array([2, 0])).fit()
    ratio = np.exp(-2 * here.coefficients[0])
    curves = [baseline_cumulative_hazard(fit)["cumulative_hazard"].to_numpy() for fit in (here, near)]
    assert curves[1] == pytest.approx(curves[0] * ratio, rel=1e-10)
    centred = [baseline_cumulative_hazard(fit, at="means")["cumulative_hazard"].to_numpy() for fit in (here, near)]
    assert centred[1] == pytest.approx(centred[0], rel=1e-11)


def test_a_turned_design_turns_the_coefficients():
    sample = tied_sample()
    turn = np.array([[1.0, 2.0], [-0.5, 3.0]])
    here, there = sample.fit(), sample.but(values=sample.values @ turn).fit()
    assert turn @ there.coefficients == pytest.approx(here.coefficients, rel=1e-9)
    assert turn @ there.covariance @ turn.T == pytest.approx(here.covariance, rel=1e-9)
    assert turn @ there.robust_covariance @ turn.T == pytest.approx(here.robust_covariance, rel=1e-9)
    assert wald_test(there).statistic == pytest.approx(wald_test(here).statistic, rel=1e-9)
    assert score_test(there).statistic == pytest.approx(score_test(here).statistic, rel=1e-9)


def test_a_stratum_that_nobody_shares_tells_nothing():
    sample = tied_sample()
    alone = np.where(np.arange(len(sample)) % 3 == 0, 10 + np.arange(len(sample)), sample.stratum)
    shared = alone < 10
    with_them, without = sample.fit(strata=alone, weights=None), sample.take(shared).fit(weights=None)
    assert sample.event[~shared].sum() > 10
    assert_same_fit(with_them, without, rel=1e-10)


def test_a_row_that_sees_no_event_tells_nothing():
    sample = tied_sample()
    blind = sample.take(np.arange(10)).but(
        values=np.full((10, 2), 50.0), start=np.full(10, 100.0), stop=np.full(10, 101.0), event=np.zeros(10, dtype=bool)
    )
    more = Sample(
        *(np.concatenate([getattr(part, f.name) for part in (sample, blind)]) for f in dataclasses.fields(sample))
    )
    assert_same_fit(more.fit(), sample.fit(), rel=1e-9)


def test_the_likelihood_ratio_test_is_twice_what_the_likelihood_loses():
    sample = tied_sample()
    fit = sample.fit()
    smaller = sample.but(values=sample.values[:, :1]).fit()
    everything, one = likelihood_ratio_test(fit), likelihood_ratio_test(fit, ["seats"])
    assert everything.statistic == pytest.approx(2 * (fit.log_likelihood - fit.null_log_likelihood), rel=1e-12)
    assert one.statistic == pytest.approx(2 * (fit.log_likelihood - smaller.log_likelihood), rel=1e-9)
    assert (everything.df, one.df) == (2, 1)


def test_the_wald_test_of_one_column_is_its_z_squared():
    fit = tied_sample().fit()
    for robust, error in ((True, fit.robust_std_errors), (False, fit.std_errors)):
        for k, name in enumerate(NAMES):
            squared = (fit.coefficients[k] / error[k]) ** 2
            assert wald_test(fit, [name], robust=robust).statistic == pytest.approx(squared, rel=1e-12)


def test_the_three_tests_agree_in_a_large_sample_near_the_null():
    drawn = simulate_rows(np.random.default_rng(9), n_parents=2000, n_accounts=4000)
    fit, block = drawn.fit(), ["parent_discount", "noise"]
    statistics = [
        likelihood_ratio_test(fit, block).statistic,
        score_test(fit, block, robust=False).statistic,
        wald_test(fit, block, robust=False).statistic,
    ]
    assert statistics == pytest.approx([statistics[0]] * 3, rel=0.02)
    assert [TRUTH[name] for name in block] == [0, 0]


def test_clusters_of_one_row_are_the_default():
    sample = tied_sample()
    assert_same_fit(sample.fit(cluster=None), sample.fit(cluster=np.arange(len(sample))), rel=1e-15)


def test_copies_of_everything_in_the_same_clusters_leave_robust_errors_as_they_are():
    sample = tied_sample()
    twice = np.tile(np.arange(len(sample)), 2)
    one, two = sample.fit("breslow"), sample.take(twice).fit("breslow")
    assert two.robust_covariance == pytest.approx(one.robust_covariance, rel=1e-9)
    assert 2 * two.covariance == pytest.approx(one.covariance, rel=1e-9)
