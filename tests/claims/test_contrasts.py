"""Contrasts: c'b and its error are those of arithmetic, of another fit that has the contrast as a column, of others."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.claims.contrast import contrast_of
from analysis.claims.model import ClaimsModel, fit_claims, product_name
from analysis.claims.phase_rates import rate_ratio
from analysis.cox.cluster_errors import cluster_errors, contrast_errors
from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.rows import counting_rows
from analysis.declared.claim_tests import ClaimTest, Expected, Held, Move
from analysis.design.matrix import learn_matrix
from analysis.errors import ModelError

TIMES = ("start", "stop", "event")


@dataclasses.dataclass(frozen=True)
class Plain:
    name: str
    family: str = "usage"
    transform: str = "identity"


def drawn(n: int = 400, seed: int = 3) -> pd.DataFrame:
    """Lifetimes of two rows each, in 80 parents, with two covariates whose product matters."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(2, 1.5, n), (rng.random(n) < 0.4).astype(float)
    time = np.ceil(rng.exponential(300 / np.exp(0.2 * a + 0.3 * b + 0.4 * a * b)))
    lifetime = np.array([f"L{k}" for k in range(n)], dtype=object)
    first = pd.DataFrame({"lifetime_id": lifetime, "a": a, "b": b, "start": 0, "stop": np.minimum(time, 60)})
    first["event"] = (time <= 60).astype(int)
    later = first[time > 60].assign(start=60, stop=np.minimum(time[time > 60], 400))
    later["event"] = (time[time > 60] <= 400).astype(int)
    frame = pd.concat([first, later], ignore_index=True)
    code = frame["lifetime_id"].str[1:].astype(int)
    return frame.assign(
        account_id=frame["lifetime_id"],
        cluster_id="P" + (code % 80).astype(str),
        term_kind="yearly", days_before=30, renewal_due=0, deadline_due=0,
        risk_date=pd.Timestamp("2024-01-01") + pd.to_timedelta(frame["start"], unit="D"),
    )  # fmt: skip


def model_of(frame: pd.DataFrame, test: ClaimTest) -> ClaimsModel:
    design, matrix = learn_matrix(frame, [Plain("a"), Plain("b", "champion")])
    return fit_claims(frame, design, matrix, [test], early_until=60)


@pytest.fixture(scope="module")
def fit() -> CoxFit:
    frame = drawn()
    rows = counting_rows(*(frame[name] for name in TIMES), cluster=frame["cluster_id"].to_numpy(object))
    return fit_cox(frame[["a", "b"]].to_numpy(), rows, names=["a", "b"])


class TestContrastErrors:
    def test_a_single_coefficient_is_that_of_cluster_errors(self, fit) -> None:
        errors, found = cluster_errors(fit), contrast_errors(fit, np.eye(2))
        assert found.estimates == pytest.approx(fit.coefficients)
        assert found.std_errors == pytest.approx(errors.std_errors, rel=1e-10)
        assert found.df == pytest.approx(errors.df, rel=1e-10)

    def test_a_sum_is_c_b_and_c_v_c(self, fit) -> None:
        """V by hand: the sum over clusters of the outer products of what each adds to the coefficients."""
        c = np.array([1.5, -2.0])
        influence = cluster_errors(fit).influence
        by_hand = influence.T @ influence
        found = contrast_errors(fit, c[:, None])
        assert found.estimates[0] == pytest.approx(1.5 * fit.coefficients[0] - 2.0 * fit.coefficients[1])
        assert found.std_errors[0] == pytest.approx(np.sqrt(c @ by_hand @ c), rel=2e-3)

    def test_a_sum_is_the_coefficient_of_a_fit_that_has_it_as_one(self, fit) -> None:
        """With g = a b1 + b b2 and g1 = b1 + 2 b2: columns a - b / 2 for b1, and b / 2 for g1."""
        values = fit.likelihood.values * fit.scale + fit.centre
        other = fit_cox(
            np.column_stack([values[:, 0] - values[:, 1] / 2, values[:, 1] / 2]), fit.rows, names=["x", "g"]
        )
        errors = cluster_errors(other)
        found = contrast_errors(fit, np.array([[1.0], [2.0]]))
        assert found.estimates[0] == pytest.approx(other.coefficients[1], rel=1e-6)
        assert found.std_errors[0] == pytest.approx(errors.std_errors[1], rel=1e-6)
        assert found.df[0] == pytest.approx(errors.df[1], rel=1e-6)

    def test_each_is_that_of_a_fit_which_lets_it_be_and_holds_what_is_beside_it(self) -> None:
        frame = drawn()
        rows = counting_rows(*(frame[name] for name in TIMES), cluster=frame["cluster_id"].to_numpy(object))
        values, one = frame[["a", "b"]].to_numpy(), np.array([[1.0], [0.0]])
        fit, let_be = (fit_cox(values, rows, names=["a", "b"], ridge=[own, 60.0]) for own in (100.0, 0.0))
        found, expected = contrast_errors(fit, one), contrast_errors(let_be, one)
        assert abs(fit.coefficients[0]) < 0.95 * abs(let_be.coefficients[0])
        assert expected.estimates[0] == pytest.approx(let_be.coefficients[0], rel=1e-12)
        assert found.estimates[0] == pytest.approx(expected.estimates[0], rel=0.03)
        assert found.std_errors[0] == pytest.approx(expected.std_errors[0], rel=0.1)
        errors = cluster_errors(fit)
        assert contrast_errors(fit, np.eye(2)).estimates == pytest.approx(errors.estimates, rel=1e-10)
        assert contrast_errors(fit, np.eye(2)).std_errors == pytest.approx(errors.std_errors, rel=1e-10)

    def test_a_sum_is_let_be_and_the_difference_beside_it_is_held(self) -> None:
        """Half the sum and half the difference are the columns; of a difference of two the variance is twice theirs."""
        frame = drawn()
        rows = counting_rows(*(frame[name] for name in TIMES), cluster=frame["cluster_id"].to_numpy(object))
        values = frame[["a", "b"]].to_numpy()
        both = np.column_stack([values.sum(axis=1) / 2, (values[:, 0] - values[:, 1]) / 2])
        fit = fit_cox(values, rows, names=["a", "b"], ridge=[40.0, 40.0])
        other = fit_cox(both, rows, names=["sum", "rest"], ridge=[0.0, 20.0])
        found, expected = contrast_errors(fit, np.ones((2, 1))), contrast_errors(other, np.array([[1.0], [0.0]]))
        assert found.estimates[0] == pytest.approx(expected.estimates[0], rel=0.02)
        assert found.std_errors[0] == pytest.approx(expected.std_errors[0], rel=0.05)
        estimate, error, _ = cluster_errors(fit).of_sum(np.ones(2))
        assert estimate == pytest.approx(found.estimates[0], rel=1e-10)
        assert error == pytest.approx(found.std_errors[0], rel=2e-3)


class TestProducts:
    TEST = ClaimTest(Expected.HIGHER, moves=(Move("a", 1.0, 3.0),), at=(Held("b", 1.0),))

    def test_a_product_contrast_is_that_of_statsmodels(self) -> None:
        """In raw units: two steps of a, where b is 1, are 2 (b_a + b_ab). Time is whole days, so entry is moved by half
        a day: statsmodels has who enters on a day at risk on it."""
        frame = drawn()
        model = model_of(frame, self.TEST)
        contrast = contrast_of(self.TEST, model, 60)
        ours = float(contrast.weights @ model.fit.coefficients)
        X = np.column_stack([frame["a"], frame["b"], frame["a"] * frame["b"]])
        theirs = sm.PHReg(frame["stop"], X, status=frame["event"], entry=frame["start"] + 0.5, ties="efron").fit()
        assert ours == pytest.approx(2 * (theirs.params[0] + theirs.params[2]), abs=1e-5)
        assert ours == pytest.approx(2 * (0.2 + 0.4), abs=0.25)

    def test_who_is_exposed_is_nearer_to_the_end_and_on_the_side_where_it_is_held(self) -> None:
        frame = drawn()
        contrast = contrast_of(self.TEST, model_of(frame, self.TEST), 60)
        assert contrast.is_exposed.tolist() == ((frame["a"] >= 2.0) & (frame["b"] == 1)).tolist()

    def test_early_asks_for_the_effect_before_a_day(self) -> None:
        test = ClaimTest(Expected.HIGHER, moves=(Move("a", 0.0, 1.0),), early=True)
        frame = drawn()
        model = model_of(frame, test)
        contrast = contrast_of(test, model, 60)
        assert contrast.columns == ("a", product_name("a", "early"))
        assert contrast.is_exposed.tolist() == ((frame["a"] >= 0.5) & (frame["start"] < 60)).tolist()
        X = np.column_stack([frame["a"], frame["b"], frame["a"] * (frame["start"] < 60)])
        theirs = sm.PHReg(frame["stop"], X, status=frame["event"], entry=frame["start"] + 0.5, ties="efron").fit()
        assert contrast.weights @ model.fit.coefficients == pytest.approx(theirs.params[0] + theirs.params[2], abs=1e-5)

    def test_percentiles_are_those_of_the_rows_at_risk(self) -> None:
        test = ClaimTest(Expected.HIGHER, moves=(Move("a", "p10", "p90"),))
        frame = drawn()
        step = contrast_of(test, model_of(frame, test), 60).steps[0]
        assert (step.start, step.end) == pytest.approx(np.percentile(frame["a"], [10, 90]))

    def test_what_hardly_differs_cannot_move(self) -> None:
        test = ClaimTest(Expected.HIGHER, moves=(Move("b", "p1", "p2"),))
        with pytest.raises(ModelError, match="hardly differs"):
            contrast_of(test, model_of(drawn(), test), 60)


class TestRates:
    def test_the_ratio_is_that_of_a_poisson_regression_with_clusters(self) -> None:
        frame = drawn()
        frame["phase"] = np.where(frame["start"] < 60, "onboarding", "mature")
        found = rate_ratio(frame, "mature", "onboarding")
        days = (frame["stop"] - frame["start"]).to_numpy(float)
        X = sm.add_constant((frame["phase"] == "onboarding").to_numpy(float))
        groups = pd.factorize(frame["cluster_id"])[0]
        family = sm.families.Poisson()
        theirs = sm.GLM(frame["event"], X, family=family, offset=np.log(days)).fit(
            cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
        )
        number = len(np.unique(groups))
        assert found.estimate == pytest.approx(theirs.params.iloc[1], abs=1e-6)
        assert found.std_error == pytest.approx(theirs.bse.iloc[1] * np.sqrt(number / (number - 1)), rel=1e-5)

    def test_a_phase_without_leavers_is_refused(self) -> None:
        frame = drawn()
        frame["phase"] = "mature"
        with pytest.raises(ModelError, match="onboarding"):
            rate_ratio(frame, "mature", "onboarding")
