"""Rows: the intervals that a claim is tested on, by the kind of event, and as they stood on an earlier day."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.claims.green_rates import green_as_believed
from analysis.declared.claim_tests import Hazard
from analysis.wording.remarks import Remark, remark

KINDS = {Hazard.CONTRACTION: ("contraction",), Hazard.EXPANSION: ("upsell", "cross_sell")}
_NOT_ASKED = remark("claims.score_not_asked")
_RUN = ["lifetime_id", "believed_from", "believed_until", "unpaid_from", "believed_cause"]


@dataclass(frozen=True, slots=True)
class TestRows:
    """What claims are tested on.

    Attributes
    ----------
    intervals
        As ``counting_process``.
    phases
        As ``phase_intervals``.
    changes
        As ``recurrent_events``.
    green
        As `analysis.claims.frames.GREEN`; or why there are no such rows.
    """

    __test__ = False  # not a case of pytest's

    intervals: pd.DataFrame
    phases: pd.DataFrame
    changes: pd.DataFrame
    green: pd.DataFrame | Remark = _NOT_ASKED


def of_hazard(rows: TestRows, hazard: Hazard) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Return the intervals with the event of a hazard, those with changes inside cut on their days, and where each was.

    A change ends no time at risk: a lifetime may have several (Andersen and Gill 1982, Annals of Statistics 10, 1100).
    """
    if hazard is Hazard.CHURN:
        return rows.intervals, np.arange(len(rows.intervals))
    changes = rows.changes[rows.changes["kind"].isin(KINDS[hazard])]
    keyed = changes.groupby(["lifetime_id", "risk_date"], sort=False)["age"].agg(lambda ages: tuple(sorted(set(ages))))
    keys = pd.MultiIndex.from_frame(rows.intervals[["lifetime_id", "risk_date"]])
    ages = keyed.reindex(keys).to_numpy(object)
    starts, stops = (rows.intervals[name].to_numpy(np.int64) for name in ("start", "stop"))
    position, start, stop, event = [], [], [], []
    for row, (begins, ends, own) in enumerate(zip(starts, stops, ages, strict=True)):
        for age in own if isinstance(own, tuple) else ():
            position.append(row)
            start.append(begins)
            stop.append(age)
            event.append(1)
            begins = age
        if begins < ends:
            position.append(row)
            start.append(begins)
            stop.append(ends)
            event.append(0)
    cut = rows.intervals.iloc[position].reset_index(drop=True).assign(start=start, stop=stop, event=event)
    return cut, np.array(position, dtype=np.intp)


def as_believed(rows: TestRows, day: pd.Timestamp, landmarks: pd.DataFrame, allowed_gap_days: int = 0) -> TestRows:
    """Return the rows as they would have stood with the snapshot on an earlier day.

    Time at risk ends where an end could be known to be one, and what is known of outcomes on the day: whoever was
    believed to have left then, has left, by the cause that was believed, though a notice may have been withdrawn since
    (rule 19 of ``queries/rules_of_time.md``).

    Parameters
    ----------
    rows
        As they stand.
    day
        The earlier day.
    landmarks
        All landmark rows, which tell when who was believed to have left.
    allowed_gap_days
        Days an account may be away without having left.
    """
    intervals = rows.intervals
    origins = (
        (intervals["risk_date"] - pd.to_timedelta(intervals["start"], unit="D"))
        .groupby(intervals["lifetime_id"])
        .first()
    )
    runs, settled = _runs(landmarks, day), day - pd.Timedelta(days=allowed_gap_days)
    return TestRows(
        _believed(intervals, settled, origins, runs),
        _believed(rows.phases, settled, origins, runs),
        rows.changes[rows.changes["changed_on"] <= settled].reset_index(drop=True),
        rows.green
        if isinstance(rows.green, Remark)
        else green_as_believed(rows.green, day, landmarks, allowed_gap_days),
    )


def _runs(landmarks: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return who was believed to have left on a day, from when on, and by which cause."""
    known = landmarks.loc[landmarks["believed_from"].notna(), _RUN].drop_duplicates(["lifetime_id", "believed_from"])
    until = known["believed_until"]
    is_on = (known["believed_from"] <= day) & (until.isna() | (until > day))
    is_unpaid = known["unpaid_from"] <= day
    cause = np.where(is_unpaid, known["believed_cause"], "churn")
    return known.assign(cause=cause)[is_on].set_index(["lifetime_id", "believed_from"])[["cause"]]


def _believed(frame: pd.DataFrame, settled: pd.Timestamp, origins: pd.Series, runs: pd.DataFrame) -> pd.DataFrame:
    origin = frame["lifetime_id"].map(origins)
    age = (settled - origin).dt.days.to_numpy(np.int64)
    begun = frame["start"].to_numpy(np.int64) < age
    frame, origin, age = frame[begun].reset_index(drop=True), origin[begun].reset_index(drop=True), age[begun]
    stop = frame["stop"].to_numpy(np.int64)
    is_over = stop <= age
    ended_on = origin + pd.to_timedelta(stop, unit="D")
    keys = pd.MultiIndex.from_arrays([frame["lifetime_id"], ended_on])
    believed = runs["cause"].reindex(keys).to_numpy(object)
    is_gone = pd.notna(believed) & is_over
    cause = np.where(is_gone, believed, np.where(is_over, frame["cause"].to_numpy(object), None))
    event = np.where(is_gone, believed == "churn", is_over & (frame["event"].to_numpy(np.int64) == 1))
    return frame.assign(stop=np.minimum(stop, age), event=event.astype(np.int32), cause=cause)


def quarter_starts(landmarks: pd.DataFrame, number: int) -> Sequence[pd.Timestamp]:
    """Return the last quarter starts among the landmarks, the earliest first."""
    days: NDArray = np.sort(landmarks.loc[landmarks["is_quarter_start"].astype(bool), "risk_date"].unique())
    return [pd.Timestamp(day) for day in days[-number:]] if number else []
