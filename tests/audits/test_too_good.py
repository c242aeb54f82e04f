"""Which value sets leavers apart best, by hand; and which columns date the facts that a covariate rests on."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from analysis.audits.too_good import SCORE, _best_rule, _counts, _surely, dated_by
from analysis.declared.contract import read_contract
from analysis.declared.factors import read_covariates


def test_the_best_rule_is_the_one_beyond_which_most_surely_leave():
    values = np.r_[np.zeros(80), np.full(20, 5.0), np.full(10, np.nan)]
    left = np.r_[np.zeros(76), np.ones(4), np.ones(18), np.zeros(2), np.zeros(10)]
    assert _best_rule(values, left) == (1, 5.0)
    assert _best_rule(-values, left) == (-1, -5.0)
    assert _best_rule(values, np.r_[np.zeros(100), np.ones(10)]) == (0, 0.0), "whoever lacks a value leaves"
    assert _best_rule(values, np.zeros(110)) is None, "nobody leaves"


def test_few_rows_set_nothing_apart():
    """Nine of nine may be chance; ten of ten are surely above 2 / 3."""
    assert _surely(9, 9) == 0.0
    assert _surely(10, 10) > 2 / 3


@pytest.mark.parametrize(("left", "n"), [(7, 10), (40, 43), (1, 200)])
def test_the_share_is_wilsons(left: int, n: int):
    assert _surely(left, n) == pytest.approx(proportion_confint(left, n, method="wilson")[0], rel=1e-9)


def test_a_lifetime_counts_once_from_the_first_day_on_which_it_is_set_apart():
    rows = pd.DataFrame(
        {
            "lifetime_id": ["a", "a", "b", "c"],
            "risk_date": pd.to_datetime(["2023-02-01", "2023-01-01", "2023-01-01", "2023-01-01"]),
            "event": [1, 0, 1, 1],
        }
    )
    assert _counts(rows, np.array([True, True, True, False])) == (2, 1)


def test_every_covariate_names_a_table_and_the_column_that_dates_it():
    columns = {f"{table.name}.{column}" for table in read_contract().values() for column in table.column_names}
    for covariate in read_covariates():
        dates = dated_by(covariate.name)
        assert dates, covariate.name
        assert set(dates) <= columns | set(read_contract())
    assert dated_by("departures")[0] == "contacts.started_on"
    assert dated_by(SCORE) == ("health_scores.scored_on",)
