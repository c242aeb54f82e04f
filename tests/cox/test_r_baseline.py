"""Cumulative hazards, their standard errors and limits against R's basehaz and survfit."""

import numpy as np
import pytest
from r_reference import COX_CASES, MORE_CASES, cox_fit, fit_table, more, more_fit, numbers

from analysis.cox.cumulative_hazard import baseline_cumulative_hazard

TIES = ["efron", "breslow"]
SAME_TIME = 1e-9
"""Ages of mgus are sums of years and days: R's last digits differ."""


def lines_at(frame, times):
    """Return the last line at or before each time."""
    position = np.searchsorted(frame["time"].to_numpy(), np.array(times) + SAME_TIME, side="right") - 1
    return frame.iloc[position].reset_index(drop=True)


def assert_curve(found, expected, level=1e-9):
    """Compare one stratum's curve with R's survfit; `found` has plain limits."""
    assert found["time"].to_numpy() == pytest.approx(expected["time"], abs=SAME_TIME)
    assert found["cumulative_hazard"].to_numpy() == pytest.approx(expected["cumulative_hazard"], rel=level)
    assert found["std_error"].to_numpy() == pytest.approx(expected["std_error"], rel=level)
    low, high = -np.log(expected["survival_high"]), -np.log(expected["survival_low"])
    assert found["conf_low"].to_numpy() == pytest.approx(low, rel=1e-9, abs=1e-12)
    assert found["conf_high"].to_numpy() == pytest.approx(high, rel=1e-9)


def assert_loglog_limits(found, expected):
    assert found["conf_low"].to_numpy() == pytest.approx(-np.log(expected["loglog_high"]), rel=1e-9)
    assert found["conf_high"].to_numpy() == pytest.approx(-np.log(expected["loglog_low"]), rel=1e-9)


def curves_of(frame, expected):
    """Pair the strata of a frame with R's curves, both in order, at R's times."""
    for (_, own), curve in zip(frame.groupby("stratum", sort=False), expected["curves"].values(), strict=True):
        yield lines_at(own, curve["time"]), curve


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", COX_CASES)
def test_the_baseline_hazard_equals_r(case, ties):
    fit, expected = cox_fit(case, ties), numbers(f"cox_{case}")[ties]
    zero = expected["baseline_at_zero"]
    found = lines_at(baseline_cumulative_hazard(fit, "zero"), zero["time"])
    assert found["time"].to_numpy() == pytest.approx(zero["time"], abs=SAME_TIME)
    assert found["cumulative_hazard"].to_numpy() == pytest.approx(zero["cumulative_hazard"], rel=1e-9)
    means = expected["baseline_at_means"]  # R leaves columns of 0 and 1 at zero
    found = lines_at(baseline_cumulative_hazard(fit, means["means"]), means["time"])
    assert found["cumulative_hazard"].to_numpy() == pytest.approx(means["cumulative_hazard"], rel=1e-9)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", [case for case in COX_CASES if "survfit" in numbers(f"cox_{case}")["efron"]])
def test_survival_of_two_patterns_equals_r(case, ties):
    fit, expected = cox_fit(case, ties), numbers(f"cox_{case}")[ties]["survfit"]
    for k, pattern in enumerate(expected["newdata"]):
        curve = baseline_cumulative_hazard(fit, pattern, interval="plain", robust=False)
        found = lines_at(curve, expected["times"])
        survival = np.exp(-found["cumulative_hazard"].to_numpy())
        column = {key: np.array(expected[key])[:, k] for key in ("surv", "std_err", "lower", "upper")}
        assert survival == pytest.approx(column["surv"], rel=1e-9)
        assert survival * found["std_error"].to_numpy() == pytest.approx(column["std_err"], rel=1e-9)
        assert np.exp(-found["conf_high"].to_numpy()) == pytest.approx(column["lower"], rel=1e-9)
        assert np.exp(-found["conf_low"].to_numpy()) == pytest.approx(column["upper"], rel=1e-9)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", MORE_CASES)
@pytest.mark.parametrize("robust", [False, True, None])
def test_curves_with_weights_strata_and_offsets_equal_r(case, ties, robust):
    """Where there are clusters R's survfit has robust errors unless told otherwise, and so has ours."""
    said = "survfit_model_based" if robust is False else "survfit_robust"
    fit, expected = more_fit(case, ties), more(case, ties)[said]
    pattern = [expected["newdata"][name] for name in fit.names]
    plain = baseline_cumulative_hazard(fit, pattern, interval="plain", robust=robust)
    for found, curve in curves_of(plain, expected):
        assert_curve(found, curve)
    for found, curve in curves_of(baseline_cumulative_hazard(fit, pattern, robust=robust), expected):
        assert_loglog_limits(found, curve)


@pytest.mark.parametrize("ties", TIES)
def test_a_curve_with_delayed_entry_equals_r(ties):
    reference = numbers("more_cases")["mgus_curve"]
    expected, fit = reference[ties], fit_table("mgus", reference["covariates"], ties=ties)
    pattern = [expected["newdata"][name] for name in fit.names]
    plain = baseline_cumulative_hazard(fit, pattern, interval="plain", robust=False)
    for found, curve in curves_of(plain, expected):
        assert_curve(found, curve)
        assert found["n_at_risk"].tolist() == curve["n_risk"]
        assert found["n_events"].tolist() == curve["n_event"]


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", MORE_CASES)
def test_baselines_of_strata_equal_r(case, ties):
    fit, expected = more_fit(case, ties), more(case, ties)
    # R's basehaz is that of a row with the mean offset, ours with none.
    mean_offset = np.average(fit.rows.offset, weights=fit.rows.weights)
    for at, reference in (("zero", expected["baseline_at_zero"]), (expected["means"], expected["baseline_at_means"])):
        frame = baseline_cumulative_hazard(fit, at)
        labels = np.array(reference.get("stratum", ["all"] * len(reference["time"])))
        assert len(set(labels)) == len(fit.rows.strata)
        for label, own in zip(dict.fromkeys(labels), (own for _, own in frame.groupby("stratum")), strict=True):
            mine = labels == label
            found = lines_at(own, np.array(reference["time"])[mine])["cumulative_hazard"].to_numpy()
            assert found * np.exp(mean_offset) == pytest.approx(
                np.array(reference["cumulative_hazard"])[mine], rel=1e-9
            )
