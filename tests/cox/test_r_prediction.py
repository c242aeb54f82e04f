"""Probabilities from a landmark, and with competing causes, against R's survfit."""

import numpy as np
import pytest
from r_reference import fit_table, numbers, table

from analysis.cox.cumulative_hazard import baseline_cumulative_hazard
from analysis.cox.fit import fit_cox
from analysis.cox.prediction import cumulative_incidence, event_probability
from analysis.cox.rows import counting_rows


@pytest.mark.parametrize("case", ["pbcseq_365", "pbcseq_730"])
def test_probabilities_from_a_landmark_equal_r(case):
    expected = numbers("more_cases")[case]
    fit = fit_table(expected["table"], expected["covariates"])
    for k, window in enumerate(expected["windows"]):
        found = event_probability(fit, expected["values"], expected["landmark"], window, robust=False)
        probability = found["probability"].to_numpy()
        # As the ratio of two survival probabilities, and as the curve that starts at the landmark.
        assert probability == pytest.approx(expected["probability"][k], rel=1e-9)
        assert 1 - probability == pytest.approx(expected["conditional_survival"][k], rel=1e-9)
        assert found["conf_low"].to_numpy() == pytest.approx(1 - np.array(expected["loglog_high"][k]), rel=1e-9)
        assert found["conf_high"].to_numpy() == pytest.approx(1 - np.array(expected["loglog_low"][k]), rel=1e-9)


def test_survival_of_a_stratified_fit_equals_r():
    expected = numbers("cox_lung")["survfit"]
    fit = fit_table("lung", ["age", "ph_ecog"], strata="sex")
    for sex, survival in zip(expected["sex"], expected["surv"], strict=True):
        found = [
            event_probability(fit, [expected["newdata"]], 0, time, strata=[sex])["probability"][0]
            for time in expected["times"]
        ]
        assert 1 - np.array(found) == pytest.approx(survival, rel=1e-9)


@pytest.fixture(scope="module")
def causes():
    rows = table("mgus2")
    values = rows[["age", "male"]].to_numpy(float)
    return {
        cause: fit_cox(values, counting_rows(None, rows["stop"], rows["cause"] == code), ties="breslow")
        for cause, code in {"pcm": 1, "death": 2}.items()
    }


def test_incidence_of_competing_causes_equals_rs_multi_state_model(causes):
    expected = numbers("more_cases")["mgus2_states"]
    assert np.r_[causes["pcm"].coefficients, causes["death"].coefficients] == pytest.approx(expected["coef"], rel=1e-9)
    found = cumulative_incidence(causes, expected["newdata"], 0, expected["times"])
    for cause in ("pcm", "death"):
        in_time = found[cause].T
        assert in_time == pytest.approx(np.array(expected[cause]), rel=1e-9)


def test_incidence_from_a_later_start_equals_rs_multi_state_model(causes):
    expected = numbers("more_cases")["mgus2_states"]
    found = cumulative_incidence(causes, expected["newdata"], expected["start"], expected["times"])
    for cause in ("pcm", "death"):
        in_time = found[cause].T
        assert in_time == pytest.approx(np.array(expected[f"{cause}_from_start"]), rel=1e-9)


@pytest.mark.parametrize("cause", ["pcm", "death"])
def test_cumulative_hazards_of_causes_equal_rs_multi_state_model(causes, cause):
    expected = numbers("more_cases")["mgus2_states"]
    for k, pattern in enumerate(expected["newdata"]):
        curve = baseline_cumulative_hazard(causes[cause], pattern)
        passed = np.searchsorted(curve["time"], expected["times"], side="right") - 1
        found = curve["cumulative_hazard"].to_numpy()[passed]
        assert found == pytest.approx(np.array(expected[f"cumulative_hazard_{cause}"])[:, k], rel=1e-9)
