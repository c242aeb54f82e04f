"""What must be equal: other models with the same likelihood, and the same data told in another way."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.discrete.conditional_models import ConditionalLogit
from statsmodels.duration.survfunc import survdiff

from analysis.cox.cumulative_hazard import baseline_cumulative_hazard
from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.hypothesis_tests import likelihood_ratio_test, score_test, wald_test
from analysis.cox.partial_likelihood import PartialLikelihood
from analysis.cox.residuals import dfbeta, martingale_residuals, schoenfeld_residuals, score_residuals
from analysis.cox.risk_sets import risk_sets
from analysis.cox.rows import CountingRows, counting_rows
from analysis.simulation.cox_recovery import TRUTH, simulate_rows

NAMES = ["usage", "seats"]
TIES = ["efron", "breslow"]
MANY = settings(max_examples=100, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Sample:
    """Rows as a user has them, a line an attribute."""

    values: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    event: np.ndarray
    stratum: np.ndarray
    weights: np.ndarray
    offset: np.ndarray
    subject: np.ndarray

    def __len__(self) -> int:
        return len(self.stop)

    def rows(self, **other) -> CountingRows:
        given = {
            "strata": self.stratum, "weights": self.weights, "offset": self.offset, "cluster": self.subject,
        } | other  # fmt: skip
        return counting_rows(self.start, self.stop, self.event, **given)

    def fit(self, ties: str = "efron", ridge: float = 0.0, **other) -> CoxFit:
        names = NAMES if self.values.shape[1] == 2 else None
        return fit_cox(self.values, self.rows(**other), names=names, ties=ties, ridge=ridge)

    def take(self, lines) -> "Sample":
        return Sample(*(getattr(self, field.name)[lines] for field in dataclasses.fields(self)))

    def but(self, **other) -> "Sample":
        return dataclasses.replace(self, **other)

    def split(self, at: np.ndarray) -> "Sample":
        """Cut each row at a time; where it lies outside the row, the row stays whole."""
        inside = (self.start < at) & (at < self.stop)
        first = self.but(stop=np.where(inside, at, self.stop), event=np.where(inside, False, self.event))
        second = self.but(start=at).take(inside)
        return Sample(
            *(np.concatenate([getattr(part, f.name) for part in (first, second)]) for f in dataclasses.fields(self))
        )


def tied_sample(n: int = 150, seed: int = 5) -> Sample:
    """Late entries, many ties, two strata, weights and offsets."""
    rng = np.random.default_rng(seed)
    start = rng.integers(0, 8, n).astype(float)
    return Sample(
        values=rng.normal(size=(n, 2)) * [1, 3] + [0, 5],
        start=start,
        stop=start + rng.integers(1, 9, n),
        event=rng.random(n) < 0.5,
        stratum=rng.integers(0, 2, n),
        weights=rng.integers(1, 4, n).astype(float),
        offset=rng.normal(size=n) / 3,
        subject=rng.integers(0, n // 3, n),
    )


def untied_sample(n: int = 150, seed: int = 6) -> Sample:
    times = np.random.default_rng(seed).permutation(2 * n).reshape(n, 2) + 1.0
    return tied_sample(n, seed).but(start=times.min(axis=1), stop=times.max(axis=1))


@st.composite
def samples(draw, max_rows: int = 20) -> Sample:
    """Draw adversarial rows: whole times, so that starts, stops and events meet."""
    n = draw(st.integers(3, max_rows))

    def whole(low: int, high: int) -> np.ndarray:
        return np.array(draw(st.lists(st.integers(low, high), min_size=n, max_size=n)), dtype=float)

    start = whole(0, 6)
    event = whole(0, 1) == 1
    event[draw(st.integers(0, n - 1))] = True
    return Sample(
        values=np.column_stack([whole(-3, 3), whole(-8, 8) / 4]),
        start=start,
        stop=start + whole(1, 5),
        event=event,
        stratum=whole(0, 1),
        weights=whole(1, 4) / 2,
        offset=whole(-2, 2) / 2,
        subject=whole(0, 5),
    )


def penalised(sample: Sample, ties: str = "efron", **other) -> CoxFit:
    """Fit with some ridge, so that any rows have a maximum."""
    assume((np.ptp(sample.values, axis=0) > 0).all())
    return sample.fit(ties, ridge=0.5, **other)


def assert_same_fit(one: CoxFit, other: CoxFit, rel: float = 1e-9) -> None:
    assert one.coefficients == pytest.approx(other.coefficients, rel=rel, abs=rel)
    assert one.covariance == pytest.approx(other.covariance, rel=rel, abs=rel)
    assert one.robust_covariance == pytest.approx(other.robust_covariance, rel=rel, abs=rel)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=rel, abs=rel)
    assert one.null_log_likelihood == pytest.approx(other.null_log_likelihood, rel=rel, abs=rel)


# The definition


def by_definition(sample: Sample, beta: np.ndarray, ties: str) -> tuple[complex, np.ndarray, np.ndarray]:
    """Return log-likelihood, score and information, a death at a time, from everybody at risk."""
    log_likelihood, score, information = 0.0, np.zeros(2), np.zeros((2, 2))
    predictor = sample.values @ beta + sample.offset
    for stratum, time in sorted(set(zip(sample.stratum[sample.event], sample.stop[sample.event], strict=True))):
        at_risk = (sample.stratum == stratum) & (sample.start < time) & (time <= sample.stop)
        dies = at_risk & sample.event & (sample.stop == time)
        d, weight = dies.sum(), sample.weights[dies].sum()
        log_likelihood += (sample.weights * predictor)[dies].sum()
        score = score + (sample.weights[:, None] * sample.values)[dies].sum(axis=0)
        for k in range(d):
            there = at_risk - dies * (k / d if ties == "efron" else 0.0)
            risk = there * sample.weights * np.exp(predictor)
            share = risk / risk.sum()
            mean = share @ sample.values
            log_likelihood -= weight / d * np.log(risk.sum())
            score = score - weight / d * mean
            about = sample.values - mean
            information = information + weight / d * (about.T * share) @ about
    return log_likelihood, score, information


BETAS = st.tuples(st.integers(-8, 8), st.integers(-8, 8)).map(lambda pair: np.array(pair) / 8)


@MANY
@given(sample=samples(), beta=BETAS, ties=st.sampled_from(TIES))
def test_the_likelihood_is_its_definition(sample, beta, ties):
    rows = sample.rows()
    likelihood = PartialLikelihood(sample.values, rows, risk_sets(rows), ties)
    here = likelihood.evaluate(beta)
    log_likelihood, score, information = by_definition(sample, beta, ties)
    assert here.log_likelihood == pytest.approx(log_likelihood, rel=1e-11, abs=1e-11)
    assert here.score == pytest.approx(score, rel=1e-10, abs=1e-10)
    assert likelihood.information(here) == pytest.approx(information, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("ties", TIES)
def test_the_score_is_the_slope_of_the_log_likelihood_and_the_information_its_curvature(ties):
    sample, beta = tied_sample(), np.array([0.3, -0.2])
    rows = sample.rows()
    likelihood = PartialLikelihood(sample.values, rows, risk_sets(rows), ties)
    here = likelihood.evaluate(beta)
    # A step into the complex plane differentiates the definition to the last digit.
    slope = [by_definition(sample, beta + 1e-20j * axis, ties)[0].imag / 1e-20 for axis in np.eye(2)]
    curvature = [-by_definition(sample, beta + 1e-20j * axis, ties)[1].imag / 1e-20 for axis in np.eye(2)]
    assert here.score == pytest.approx(np.array(slope), rel=1e-11)
    assert likelihood.information(here) == pytest.approx(np.array(curvature), rel=1e-11)


@MANY
@given(sample=samples(), ties=st.sampled_from(TIES))
def test_residuals_add_up(sample, ties):
    fit = penalised(sample, ties)
    weights = sample.weights
    score = fit.maximum.end.score * fit.scale
    by_stratum = pd.Series(weights * martingale_residuals(fit)).groupby(sample.stratum).sum()
    assert by_stratum.to_numpy() == pytest.approx(np.zeros(len(by_stratum)), abs=1e-10)
    assert weights @ score_residuals(fit) == pytest.approx(score, abs=1e-9)
    changes = dfbeta(fit, by="cluster")
    assert changes.T @ changes == pytest.approx(fit.robust_covariance, rel=1e-9, abs=1e-12)
    assert changes.sum(axis=0) == pytest.approx(fit.covariance @ score, abs=1e-9)


# Other models


def person_periods(sample: Sample) -> pd.DataFrame:
    """Return a line for each row and each event time at which it is at risk."""
    times = sorted(set(zip(sample.stratum[sample.event], sample.stop[sample.event], strict=True)))
    lines = []
    for period, (stratum, time) in enumerate(times):
        at_risk = np.flatnonzero((sample.stratum == stratum) & (sample.start < time) & (time <= sample.stop))
        happened = sample.event[at_risk] & (sample.stop[at_risk] == time)
        lines.append(pd.DataFrame({"period": period, "row": at_risk, "event": happened.astype(float)}))
    return pd.concat(lines, ignore_index=True)


def test_breslow_is_a_poisson_regression_with_a_factor_for_each_event_time():
    sample = tied_sample()
    periods = person_periods(sample)
    row = periods["row"].to_numpy()
    factor = pd.get_dummies(periods["period"]).to_numpy(float)
    poisson = sm.GLM(
        periods["event"].to_numpy(),
        np.column_stack([sample.values[row], factor]),
        family=sm.families.Poisson(),
        offset=sample.offset[row],
        freq_weights=sample.weights[row],
    ).fit(tol=1e-14, maxiter=100)
    cox = sample.fit("breslow")
    assert cox.coefficients == pytest.approx(poisson.params[:2], rel=1e-9)
    assert cox.covariance == pytest.approx(poisson.cov_params()[:2, :2], rel=1e-8)
    baseline = baseline_cumulative_hazard(cox)
    hazard = baseline.groupby("stratum")["cumulative_hazard"].diff().fillna(baseline["cumulative_hazard"])
    assert hazard.to_numpy() == pytest.approx(np.exp(poisson.params[2:]), rel=1e-9)
    # The hazards that fit best are W / S0 at a time with deaths of weight W: their own part is W log W - W.
    deaths = cox.likelihood.sets.death_weight
    assert cox.log_likelihood == pytest.approx(poisson.llf - (deaths * np.log(deaths) - deaths).sum(), rel=1e-10)


def test_without_ties_it_is_a_conditional_logit_of_who_has_the_event():
    sample = untied_sample()
    periods = person_periods(sample)
    row = periods["row"].to_numpy()
    informative = periods.groupby("period")["row"].transform("size") > 1
    logit = ConditionalLogit(
        periods["event"].to_numpy()[informative],
        sample.values[row][informative],
        offset=sample.offset[row][informative],
        groups=periods["period"].to_numpy()[informative],
    )
    cox = sample.fit(weights=None)
    # Its own search stops early: our coefficients are put to its likelihood.
    assert logit.score(cox.coefficients) == pytest.approx(np.zeros(2), abs=1e-8)
    assert logit.loglike(cox.coefficients) == pytest.approx(cox.log_likelihood, rel=1e-11)


def test_the_score_test_of_a_group_is_the_logrank_test():
    sample = untied_sample()
    group = (sample.values[:, :1] > 0).astype(float)
    cox = sample.but(values=group).fit(strata=None, weights=None, offset=None)
    statistic, p_value = survdiff(sample.stop, sample.event.astype(int), group[:, 0], entry=sample.start)
    test = score_test(cox)
    assert test.statistic == pytest.approx(statistic, rel=1e-10)
    assert test.p_value == pytest.approx(p_value, rel=1e-9)


def test_a_stratified_fit_with_an_effect_for_each_stratum_is_a_fit_for_each():
    sample = tied_sample()
    first = sample.stratum == 0
    apart = np.hstack([sample.values * first[:, None], sample.values * ~first[:, None]])
    together = sample.but(values=apart).fit()
    parts = [sample.take(lines).fit() for lines in (first, ~first)]
    assert together.coefficients == pytest.approx(np.concatenate([part.coefficients for part in parts]), rel=1e-9)
    assert together.log_likelihood == pytest.approx(sum(part.log_likelihood for part in parts), rel=1e-12)
    assert together.covariance[:2, :2] == pytest.approx(parts[0].covariance, rel=1e-9)
    assert together.covariance[2:, 2:] == pytest.approx(parts[1].covariance, rel=1e-9)
    assert together.covariance[:2, 2:] == pytest.approx(np.zeros((2, 2)), abs=1e-14)


def test_without_ties_efron_is_breslow():
    sample = untied_sample()
    assert_same_fit(sample.fit("efron"), sample.fit("breslow"), rel=1e-13)


def test_with_ties_efron_is_not_breslow():
    sample = tied_sample()
    assert (np.abs(sample.fit("efron").coefficients - sample.fit("breslow").coefficients) > 1e-3).all()


# The same data, told in another way


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
        score_test(fit, block).statistic,
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
