"""Champions, that there is none, and for how long: each sign can be read, as the covariates are declared."""

import numpy as np
import pandas as pd
import pytest

from analysis.cox.fit import fit_cox
from analysis.cox.rows import counting_rows
from analysis.declared.factors import read_covariates
from analysis.design.matrix import learn_matrix
from analysis.inference.read_together import read_together

NAMES = ("champions", "no_champion", "vacancy_days")
NONE, EACH_DOUBLING, MORE = 0.9, -0.2, -0.4
"""Log hazard ratios: of having none (at a usual vacancy), of each doubling of its length, of a second champion."""


def covariates_of(n: int = 12000, seed: int = 8) -> pd.DataFrame:
    """Return what the queries say of accounts of which a fifth has no champion and a tenth is not known."""
    rng = np.random.default_rng(seed)
    number = np.where(rng.random(n) < 0.2, 0, 1 + rng.poisson(0.7, n))
    frame = pd.DataFrame({"champions": number, "no_champion": number == 0}).astype(float)
    frame["vacancy_days"] = np.where(number == 0, np.ceil(rng.lognormal(5, 0.8, n)), np.nan)
    frame[rng.random(n) < 0.1] = np.nan
    return frame


def log_hazard(frame: pd.DataFrame) -> np.ndarray:
    doublings = np.log2(frame["vacancy_days"] + 1) - np.log2(frame["vacancy_days"].median() + 1)
    more = np.log2(frame["champions"].clip(lower=1))
    return (NONE * frame["no_champion"] + MORE * more).fillna(0) + EACH_DOUBLING * doublings.fillna(0)


@pytest.fixture(scope="module")
def fit_and_design():
    frame, rng = covariates_of(), np.random.default_rng(9)
    declared = {covariate.name: covariate for covariate in read_covariates()}
    _, design = learn_matrix(frame, [declared[name] for name in NAMES])
    time = rng.exponential(np.exp(-(log_hazard(frame) - 1.0)))
    rows = counting_rows(np.zeros(len(time)), np.minimum(time, 1.0), time < 1.0)
    return fit_cox(design.values, rows, names=design.names), design, frame


def test_having_none_raises_as_much_as_planted_though_its_length_and_number_stand_beside_it(fit_and_design):
    """With vacancies of 0 days where there is a champion, and 'none' in the number, none of the signs could be read."""
    fit, _, frame = fit_and_design
    estimate = dict(zip(fit.names, fit.coefficients, strict=True))
    error = dict(zip(fit.names, fit.robust_std_errors, strict=True))
    filled = frame["no_champion"].fillna(frame["no_champion"].median())
    planted = {
        "no_champion": NONE * filled.std(),
        "vacancy_days": EACH_DOUBLING
        / np.log(2)
        * np.log1p(frame["vacancy_days"]).pipe(lambda v: v.fillna(v.median())).std(),
        "champions": MORE
        / np.log(2)
        * np.log(frame["champions"].clip(lower=1)).pipe(lambda v: v.fillna(v.median())).std(),
    }
    for name, effect in planted.items():
        assert abs(estimate[name] - effect) < 3 * error[name], name
        assert abs(effect) > 3 * error[name], name  # so that the sign is told


def test_none_has_to_be_read_with_another(fit_and_design):
    fit, design, _ = fit_and_design
    assert read_together(fit, design.columns) == ()


def test_what_marks_a_missing_length_is_that_there_is_one_and_stands_in_no_model_twice(fit_and_design):
    _, design, _ = fit_and_design
    assert [column.name for column in design.columns if column.marks_missing] == ["champions: missing"]
