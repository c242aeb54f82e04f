import numpy as np
import pandas as pd
import pytest
from simulated_landmarks import landmark_rows
from sksurv.metrics import concordance_index_censored

from analysis.design.outcome import Outcome
from analysis.errors import ModelError


def landmark_frame(**columns):
    frame = {
        "lifetime_id": ["a#1", "b#1", "c#1", "d#1", "e#2"],
        "account_id": list("abcde"),
        "cluster_id": list("AABBC"),
        "horizon_days": [91, 92, 90, 91, 91],
        "followed_days": [7, 92, 45, 30, 40],
        "event": [1, 0, 0, 0, 1],
        "cause": ["churn", None, "merged", None, "churn"],
        "is_followed": [True, True, True, False, True],
    }
    return pd.DataFrame({**frame, **columns})


def counting_frame(rows, account=None):
    frame = pd.DataFrame(rows, columns=["lifetime_id", "start", "stop", "event"])
    return frame.assign(account_id=account or frame["lifetime_id"].astype(str))


def test_landmark_clock_runs_in_thirteenths_of_each_rows_own_horizon():
    outcome = Outcome.from_landmarks(landmark_frame())
    assert outcome.stop[0] == pytest.approx(1.0)  # day 7 of 91
    assert outcome.stop[1] == 13.0  # followed all 92 days
    assert outcome.stop[3] == pytest.approx(30 / 91 * 13)  # censored at the snapshot: no more than was seen
    assert (outcome.start == 0).all()


def test_a_competing_end_counts_as_followed_to_the_horizon_without_churn():
    outcome = Outcome.from_landmarks(landmark_frame())
    assert outcome.stop[2] == 13.0
    assert not outcome.event[2]
    assert outcome.cause[2] == "merged"


def test_a_competing_end_of_a_row_not_fully_followed_is_censored_where_it_happened():
    frame = landmark_frame(is_followed=[True, True, False, False, True])
    assert Outcome.from_landmarks(frame).stop[2] == pytest.approx(45 / 90 * 13)


def test_every_day_of_a_whole_week_falls_into_that_week():
    # 7 / 91 * 13 must not come out above 1, where rounding up would push it into the second part.
    days = np.arange(1, 92)
    frame = pd.DataFrame({"lifetime_id": days, "account_id": days.astype(str), "horizon_days": 91})
    frame = frame.assign(followed_days=days, event=1, is_followed=True)
    assert (Outcome.from_landmarks(frame).on_grid().stop == np.ceil(days / 7)).all()


def test_events_are_counted_in_lifetimes_not_rows():
    outcome = Outcome.from_landmarks(landmark_frame(lifetime_id=["a#1", "b#1", "c#1", "d#1", "a#1"]))
    assert outcome.event.sum() == 2
    assert outcome.n_lifetimes_with_event == 1


def test_cluster_defaults_to_the_account():
    outcome = Outcome.from_landmarks(landmark_frame().drop(columns="cluster_id"))
    assert outcome.cluster.tolist() == list("abcde")


def test_an_interval_without_length_is_refused_by_key():
    frame = counting_frame([("a#1", 0, 10, 0), ("g#2", 5, 5, 1)])
    with pytest.raises(ModelError, match=r"start < stop.*1 rows break this.*'lifetime_id': 'g#2'"):
        Outcome.from_counting_process(frame)


@pytest.mark.parametrize("days", [0, 93, np.nan])
def test_followed_days_outside_the_horizon_are_refused(days):
    with pytest.raises(ModelError, match="0 < followed_days <= horizon_days"):
        Outcome.from_landmarks(landmark_frame(followed_days=[days, 92, 45, 30, 40]))


def test_an_event_that_is_neither_0_nor_1_is_refused():
    with pytest.raises(ModelError, match="event 0 or 1"):
        Outcome.from_landmarks(landmark_frame(event=[1, 0, 2, 0, 1]))


def test_missing_columns_are_named():
    with pytest.raises(ModelError, match="missing: horizon_days"):
        Outcome.from_landmarks(landmark_frame().drop(columns="horizon_days"))


def test_take_keeps_rows_together():
    outcome = Outcome.from_landmarks(landmark_rows(50, 2))
    some = outcome.take(np.array([4, 1]))
    assert some.account.tolist() == [outcome.account[4], outcome.account[1]]
    assert some.clock == "landmark"


def test_scikit_survival_takes_landmark_rows_and_agrees_on_their_concordance():
    outcome = Outcome.from_landmarks(landmark_frame())
    surv = outcome.as_surv()
    assert surv["event"].tolist() == outcome.event.tolist()
    assert surv["time"].tolist() == outcome.stop.tolist()
    risk = -outcome.stop  # whoever is seen for longer is called safer
    assert concordance_index_censored(surv["event"], surv["time"], risk)[0] == 1


def test_scikit_survival_is_given_no_intervals():
    with pytest.raises(ModelError, match="knows no late entry"):
        Outcome.from_counting_process(counting_frame([("a#1", 5, 10, 1)])).as_surv()
