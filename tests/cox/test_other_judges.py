"""The same fits by other libraries, each where it is right: two packages young and broad, two old and narrow."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from lifelines import CoxTimeVaryingFitter
from r_reference import cox_fit, numbers, table

from analysis.cox.cumulative_hazard import baseline_cumulative_hazard
from analysis.cox.fit import fit_cox
from analysis.cox.hypothesis_tests import score_test, wald_test
from analysis.cox.information_criteria import aic
from analysis.cox.proportional_hazards import proportional_hazards_test
from analysis.cox.residuals import deviance_residuals, dfbeta, martingale_residuals
from analysis.cox.rows import counting_rows

TIES = ["efron", "breslow"]
COLUMNS = ["usage", "team", "discount"]


@pytest.fixture(scope="module")
def panel():
    """Monthly rows of 300 accounts, half of them entering late: heavy ties, moving columns, weights and segments."""
    rng = np.random.default_rng(20)
    accounts = 300
    entry = np.where(rng.random(accounts) < 0.5, 0, rng.integers(1, 12, accounts))
    team, segment = rng.normal(size=accounts), rng.integers(0, 3, accounts)
    rows = []
    for account in range(accounts):
        usage = rng.normal()
        for month in range(entry[account], 24):
            usage = 0.8 * usage + 0.6 * rng.normal()
            discount = float(rng.random() < 0.3)
            churned = rng.random() < 0.03 * np.exp(-0.7 * usage + 0.3 * team[account] + 0.4 * discount)
            rows.append((account, month, month + 1, churned, usage, team[account], discount, segment[account]))
            if churned:
                break
    frame = pd.DataFrame(rows, columns=["account", "start", "stop", "event", *COLUMNS, "segment"])
    frame["event"] = frame["event"].astype(int)
    return frame.assign(weight=rng.uniform(0.5, 2, len(frame)), known=rng.normal(0, 0.2, len(frame)))


def outcome_of(panel, **options):
    return counting_rows(panel["start"], panel["stop"], panel["event"], cluster=panel["account"], **options)


@pytest.mark.parametrize("ties", TIES)
def test_survival_agrees_on_weights_strata_offset_and_clusters(panel, ties):
    survival = pytest.importorskip("survival")
    judge = survival.coxph(
        f"Surv(start, stop, event) ~ {' + '.join(COLUMNS)} + strata(segment) + offset(known)", panel,
        weights=panel["weight"].to_numpy(), cluster=panel["account"].to_numpy(), ties=ties, eps=1e-12, toler_chol=1e-13,
    )  # fmt: skip
    outcome = outcome_of(panel, strata=panel["segment"], weights=panel["weight"], offset=panel["known"])
    fit = fit_cox(panel[COLUMNS], outcome, names=COLUMNS, ties=ties)
    assert fit.coefficients == pytest.approx(judge.coefficients, rel=1e-9)
    assert [fit.null_log_likelihood, fit.log_likelihood] == pytest.approx(judge.loglik, rel=1e-12)
    assert fit.covariance == pytest.approx(np.array(judge.naive_var), rel=1e-8, abs=1e-12)
    assert fit.robust_covariance == pytest.approx(np.array(judge.var), rel=1e-8, abs=1e-12)
    assert score_test(fit, robust=False).statistic == pytest.approx(judge.score, rel=1e-9)
    assert wald_test(fit, robust=True).statistic == pytest.approx(judge.wald_test, rel=1e-8)
    for transform in ("km", "rank", "identity", "log"):
        drift = pd.DataFrame(survival.cox_zph(judge, transform=transform).table)
        found = proportional_hazards_test(fit, transform).table
        assert found["statistic"].to_numpy() == pytest.approx(drift["chisq"].to_numpy(), rel=1e-7)


@pytest.mark.parametrize("ties", TIES)
def test_survival_agrees_on_the_baseline_and_residuals(panel, ties):
    survival = pytest.importorskip("survival")
    judge = survival.coxph(
        f"Surv(start, stop, event) ~ {' + '.join(COLUMNS)}", panel, ties=ties, eps=1e-12, toler_chol=1e-13
    )
    fit = fit_cox(panel[COLUMNS], outcome_of(panel), names=COLUMNS, ties=ties)
    curve = baseline_cumulative_hazard(fit)
    steps = survival.basehaz(judge, centered=False)
    expected = pd.Series(steps.hazard, steps.time)[curve["time"]]
    assert curve["cumulative_hazard"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)
    assert martingale_residuals(fit) == pytest.approx(np.array(judge.fit.martingale_residuals()), abs=1e-9)
    assert deviance_residuals(fit) == pytest.approx(np.array(judge.fit.deviance_residuals()), abs=1e-9)
    assert dfbeta(fit) == pytest.approx(np.array(judge.fit.dfbeta()), abs=1e-9)
    assert aic(fit) == pytest.approx(survival.aic(judge), rel=1e-12)


def greenwood_fit(greenwood, panel, ties, **options):
    response = greenwood.Surv(*(panel[column].to_numpy() for column in ("start", "stop", "event")))
    segment, account = panel["segment"].to_numpy(), panel["account"].to_numpy()
    return greenwood.CoxPH(ties=ties).fit(
        response, panel[COLUMNS], strata=segment, cluster=account, tol=1e-12, **options
    )


@pytest.mark.parametrize("ties", TIES)
def test_greenwood_agrees_on_strata(panel, ties):
    judge = greenwood_fit(pytest.importorskip("greenwood"), panel, ties)
    fit = fit_cox(panel[COLUMNS], outcome_of(panel, strata=panel["segment"]), names=COLUMNS, ties=ties)
    assert fit.coefficients == pytest.approx(judge.coef_, rel=1e-9)
    assert fit.std_errors == pytest.approx(judge.naive_std_error_, rel=1e-9)
    assert fit.log_likelihood == pytest.approx(judge.loglik_, rel=1e-12)


def test_greenwood_agrees_on_weights_and_clusters_where_ties_are_breslows(panel):
    # With Efron's ties its 0.8.0 weighs tied events otherwise than R, and takes Breslow's residuals for the robust
    # error; its model-based error knows no size of the weights.
    judge = greenwood_fit(pytest.importorskip("greenwood"), panel, "breslow", weights=panel["weight"].to_numpy())
    outcome = outcome_of(panel, strata=panel["segment"], weights=panel["weight"])
    fit = fit_cox(panel[COLUMNS], outcome, names=COLUMNS, ties="breslow")
    assert fit.coefficients == pytest.approx(judge.coef_, rel=1e-8)
    assert fit.robust_std_errors == pytest.approx(judge.std_error_, rel=1e-8)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", ["heart", "bladder2"])
def test_greenwood_agrees_on_the_baseline_and_proportional_hazards(case, ties):
    greenwood = pytest.importorskip("greenwood")
    rows, fit = table(case), cox_fit(case, ties)
    response = greenwood.Surv(*(rows[column].to_numpy() for column in ("start", "stop", "event")))
    judge = greenwood.CoxPH(ties=ties).fit(response, rows[list(fit.names)], tol=1e-12)
    curve, expected = baseline_cumulative_hazard(fit), judge.baseline_hazard(format="pandas").set_index("time")
    assert curve["cumulative_hazard"].to_numpy() == pytest.approx(
        expected["cumhaz"][curve["time"]].to_numpy(), rel=1e-9
    )
    drift = judge.cox_zph(transform="km").to_frame(format="pandas")
    found = proportional_hazards_test(fit, "km").table["statistic"].to_numpy()
    assert found == pytest.approx(drift["chisq"].to_numpy(), rel=1e-7)


@pytest.mark.parametrize("case", ["heart", "bladder2", "pbcseq"])
def test_lifelines_agrees_on_time_varying_coefficients(case):
    fit, rows = cox_fit(case, "efron"), table(case)
    judge = CoxTimeVaryingFitter()
    judge.fit(
        rows, id_col="id", start_col="start", stop_col="stop", event_col="event",
        fit_options={"step_size": 0.5, "precision": 1e-12},  # the default step does not converge on pbcseq
    )  # fmt: skip
    assert judge.params_.index.tolist() == numbers(f"cox_{case}")["covariates"]
    assert fit.coefficients == pytest.approx(judge.params_.to_numpy(), rel=1e-8)
    assert fit.std_errors == pytest.approx(judge.standard_errors_.to_numpy(), rel=1e-7)
    assert fit.log_likelihood == pytest.approx(judge.log_likelihood_, rel=1e-12)


@pytest.mark.parametrize("ties", TIES)
def test_statsmodels_agrees_on_strata_and_an_offset(panel, ties):
    # PHReg counts a row as at risk at its own entry; a little later it is not.
    judge = sm.PHReg(
        panel["stop"], panel[COLUMNS], status=panel["event"], entry=panel["start"] + 1e-6,
        strata=panel["segment"], offset=panel["known"], ties=ties,
    ).fit(disp=0)  # fmt: skip
    outcome = outcome_of(panel, strata=panel["segment"], offset=panel["known"])
    fit = fit_cox(panel[COLUMNS], outcome, names=COLUMNS, ties=ties)
    assert fit.coefficients == pytest.approx(judge.params, rel=1e-7)
    assert fit.std_errors == pytest.approx(judge.bse, rel=1e-7)
    assert fit.log_likelihood == pytest.approx(judge.llf, rel=1e-10)
