"""Whom forecasts are learned from, scored on and made for: told by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.design.outcome import Outcome
from analysis.design.population import (
    AT_THE_LANDMARK,
    Elapsed,
    elapsed_at,
    labelled_as_known,
    settled_by,
    still_there,
    training_rows,
)
from analysis.errors import ModelError

TEST_LANDMARK = pd.Timestamp("2024-10-01")


def landmarks(**columns: list) -> pd.DataFrame:
    """Return rows of one landmark, 1 April 2024 (91 days), with other values where given."""
    n = max((len(values) for values in columns.values()), default=1)
    table = pd.DataFrame(
        {
            "lifetime_id": [f"a{k}#1" for k in range(n)],
            "account_id": [f"a{k}" for k in range(n)],
            "risk_date": pd.Timestamp("2024-04-01"),
            "horizon_ends_on": pd.Timestamp("2024-07-01"),
            "horizon_days": 91,
            "followed_days": 91,
            "event": 0,
            "cause": None,
            "is_followed": True,
            "out_on": pd.NaT,
            "believed_from": pd.NaT,
            "believed_until": pd.NaT,
            "unpaid_from": pd.NaT,
            "believed_cause": None,
        }
    )
    days = {"risk_date", "horizon_ends_on", "out_on", "believed_from", "believed_until", "unpaid_from"}
    return table.assign(**{k: pd.to_datetime(v) if k in days else v for k, v in columns.items()})


def test_training_ends_where_outcomes_were_settled():
    # landmark     horizon ends   followed   gap of 30 days: settled by 2024-10-01?
    # 2024-01-01   2024-04-01     yes        yes
    # 2024-06-01   2024-09-01     yes        yes, on 2024-10-01 itself
    # 2024-07-01   2024-10-01     yes        no: an end in September could still be a pause
    # 2024-03-01   2024-06-01     no         no
    table = landmarks(
        risk_date=["2024-01-01", "2024-06-01", "2024-07-01", "2024-03-01"],
        horizon_ends_on=["2024-04-01", "2024-09-01", "2024-10-01", "2024-06-01"],
        is_followed=[True, True, True, False],
    )
    assert settled_by(table, TEST_LANDMARK, 30).tolist() == [True, True, False, False]
    assert settled_by(table, TEST_LANDMARK, 31).tolist() == [True, False, False, False]
    assert settled_by(table, TEST_LANDMARK).tolist() == [True, True, True, False]


def test_missing_columns_are_named():
    with pytest.raises(ModelError, match="missing: horizon_ends_on, horizon_days, is_followed, out_on"):
        settled_by(pd.DataFrame({"risk_date": []}), TEST_LANDMARK)


def test_from_a_day_within_the_horizon_those_count_who_are_still_there_then():
    """20 of 92 days are 19 of 91: on 20 April, who goes that day is gone."""
    table = landmarks(out_on=[None, "2024-04-20", "2024-04-21", "2024-04-02", "2024-09-01"])
    assert still_there(table, AT_THE_LANDMARK).all()
    assert still_there(table, Elapsed(20, 92)).tolist() == [True, False, True, False, True]


def test_whoever_goes_before_the_day_is_neither_learned_from_nor_counted_as_an_event():
    table = landmarks(
        out_on=["2024-04-11", "2024-06-01", None],
        event=[1, 1, 0],
        followed_days=[10, 61, 91],
        cause=["churn", "churn", None],
    )
    assert training_rows(table, TEST_LANDMARK, 30)["event"].tolist() == [1, 1, 0]
    assert training_rows(table, TEST_LANDMARK, 30, Elapsed(30, 91))["event"].tolist() == [1, 0]


def test_labels_are_those_believed_on_the_day():
    """Notices of 1 May: one was withdrawn before 1 October, one after it, one on it."""
    table = landmarks(
        out_on=["2024-05-01"] * 3,
        believed_from=["2024-05-01"] * 3,
        believed_until=["2024-09-30", "2024-10-02", "2024-10-01"],
    )
    known = labelled_as_known(table, TEST_LANDMARK)
    assert known["event"].tolist() == [0, 1, 0]
    assert known["followed_days"].tolist() == [91, 30, 91]
    assert known["cause"].tolist() == [None, "churn", None]
    outcome = Outcome.from_landmarks(training_rows(table, TEST_LANDMARK, 30))
    np.testing.assert_allclose(outcome.stop, [13, 30 / 91 * 13, 13])
    assert labelled_as_known(table, pd.Timestamp("2025-01-01"))["event"].tolist() == [0, 0, 0]


def test_a_snapshot_says_how_much_of_the_last_horizon_has_passed():
    table = landmarks(risk_date=["2024-03-01", "2024-04-01"])
    assert elapsed_at(dt.date(2024, 4, 21), table) == Elapsed(20, 91)
    assert elapsed_at(dt.date(2024, 4, 1), table).days == 0
    with pytest.raises(ModelError, match=r"horizon of the last landmark \(2024-04-01\) is over"):
        elapsed_at(dt.date(2024, 7, 1), table)
    with pytest.raises(ModelError, match="no landmark rows"):
        elapsed_at(dt.date(2024, 7, 1), table.head(0))
