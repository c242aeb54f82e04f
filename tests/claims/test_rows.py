"""Rows of another hazard, and of an earlier day, by hand."""

import pandas as pd

from analysis.claims.rows import TestRows, as_believed, of_hazard, quarter_starts
from analysis.declared.claim_tests import Hazard

DAY = pd.Timestamp


def intervals(*lines: tuple) -> pd.DataFrame:
    """Lifetimes that began on the first of January 2024: lifetime, start, stop, event, cause; a month a row."""
    frame = pd.DataFrame(lines, columns=["lifetime_id", "start", "stop", "event", "cause"])
    began = DAY("2024-01-01") + pd.to_timedelta(frame["start"], unit="D")
    return frame.assign(risk_date=began, account_id=frame["lifetime_id"], cluster_id=frame["lifetime_id"])


def changes(*lines: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(lines, columns=["lifetime_id", "risk_date", "age", "kind"])
    frame["risk_date"] = pd.to_datetime(frame["risk_date"])
    return frame.assign(changed_on=DAY("2024-01-01") + pd.to_timedelta(frame["age"], unit="D"))


def runs(*lines: tuple) -> pd.DataFrame:
    columns = ["lifetime_id", "believed_from", "believed_until", "unpaid_from", "believed_cause"]
    frame = pd.DataFrame(lines, columns=columns)
    for name in columns[1:4]:
        frame[name] = pd.to_datetime(frame[name])
    return frame.assign(risk_date=DAY("2024-01-01"))


def told(frame: pd.DataFrame) -> list[tuple]:
    return list(frame[["lifetime_id", "start", "stop", "event"]].itertuples(index=False, name=None))


class TestHazards:
    ROWS = TestRows(
        intervals(("A", 0, 31, 0, None), ("A", 31, 60, 1, "churn"), ("B", 0, 31, 0, None)),
        intervals(),
        changes(
            ("A", "2024-01-01", 10, "contraction"), ("A", "2024-01-01", 20, "contraction"),
            ("A", "2024-02-01", 60, "contraction"), ("B", "2024-01-01", 5, "upsell"),
            ("B", "2024-01-01", 7, "cross_sell"),
        ),
    )  # fmt: skip

    def test_leaving_is_as_it_stands(self) -> None:
        frame, position = of_hazard(self.ROWS, Hazard.CHURN)
        assert told(frame) == [("A", 0, 31, 0), ("A", 31, 60, 1), ("B", 0, 31, 0)]
        assert position.tolist() == [0, 1, 2]

    def test_a_change_cuts_its_interval_and_ends_no_time_at_risk(self) -> None:
        frame, position = of_hazard(self.ROWS, Hazard.CONTRACTION)
        assert told(frame) == [
            ("A", 0, 10, 1), ("A", 10, 20, 1), ("A", 20, 31, 0), ("A", 31, 60, 1), ("B", 0, 31, 0)
        ]  # fmt: skip
        assert position.tolist() == [0, 0, 0, 1, 2]

    def test_expansion_is_more_of_the_same_or_another_product(self) -> None:
        frame, _ = of_hazard(self.ROWS, Hazard.EXPANSION)
        assert told(frame)[-3:] == [("B", 0, 5, 1), ("B", 5, 7, 1), ("B", 7, 31, 0)]


class TestBelieved:
    """On the tenth of February 2024, which is day 40."""

    ON = DAY("2024-02-10")

    def then(self, frame: pd.DataFrame, *believed: tuple) -> TestRows:
        found = as_believed(TestRows(frame, frame.assign(phase="mature"), changes()), self.ON, runs(*believed))
        assert told(found.phases) == told(found.intervals)
        return found

    def test_time_at_risk_ends_on_the_day_and_what_comes_later_is_not_known(self) -> None:
        frame = intervals(("A", 0, 31, 0, None), ("A", 31, 60, 1, "churn"), ("A", 60, 90, 0, None))
        assert told(self.then(frame).intervals) == [("A", 0, 31, 0), ("A", 31, 40, 0)]

    def test_time_at_risk_ends_where_an_end_could_be_known_to_be_one(self) -> None:
        rows = TestRows(intervals(("A", 0, 31, 0, None), ("B", 0, 15, 1, "churn")), intervals(), changes())
        found = as_believed(rows, self.ON, runs(), allowed_gap_days=20)
        assert told(found.intervals) == [("A", 0, 20, 0), ("B", 0, 15, 1)]

    def test_who_has_left_has_left(self) -> None:
        frame = intervals(("A", 0, 35, 1, "churn"), ("B", 0, 40, 1, "churn"))
        assert told(self.then(frame).intervals) == [("A", 0, 35, 1), ("B", 0, 40, 1)]

    def test_a_notice_withdrawn_since_was_believed(self) -> None:
        frame = intervals(("A", 0, 35, 0, None), ("A", 50, 60, 0, None))
        run = ("A", "2024-02-05", "2024-02-20", None, None)
        assert told(self.then(frame, run).intervals) == [("A", 0, 35, 1)]

    def test_a_notice_withdrawn_before_is_no_more_believed(self) -> None:
        frame = intervals(("A", 0, 35, 0, None), ("A", 38, 60, 0, None))
        run = ("A", "2024-02-05", "2024-02-08", None, None)
        assert told(self.then(frame, run).intervals) == [("A", 0, 35, 0), ("A", 38, 40, 0)]

    def test_until_the_first_unpaid_day_a_notice_is_churn_whatever_it_ended_by(self) -> None:
        frame = intervals(("A", 0, 35, 0, "merged"), ("B", 0, 35, 0, "merged"))
        believed = (
            ("A", "2024-02-05", None, "2024-03-01", "merged"),
            ("B", "2024-02-05", None, "2024-02-05", "merged"),
        )
        assert told(self.then(frame, *believed).intervals) == [("A", 0, 35, 1), ("B", 0, 35, 0)]

    def test_changes_after_the_day_are_not_known(self) -> None:
        known = changes(("A", "2024-02-01", 39, "upsell"), ("A", "2024-02-01", 41, "upsell"))
        rows = TestRows(intervals(("A", 31, 60, 0, None)), intervals(), known)
        assert as_believed(rows, self.ON, runs()).changes["age"].tolist() == [39]


def test_quarter_starts_are_the_last_ones() -> None:
    landmarks = pd.DataFrame(
        {"risk_date": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-04-01", "2024-07-01"]),
         "is_quarter_start": [True, False, True, True]}
    )  # fmt: skip
    assert quarter_starts(landmarks, 2) == [DAY("2024-04-01"), DAY("2024-07-01")]
