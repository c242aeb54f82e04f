"""Outcome: who was under observation from when to when, and how it ended."""

from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.content import joined_digests, known_columns, places, row_digests
from analysis.cox.rows import CountingRows, counting_rows
from analysis.errors import ModelError

HORIZON_PARTS = 13
"""The landmark clock divides each row's own horizon (89 to 92 days) into this many equal parts."""

Clock = Literal["lifetime", "landmark"]
CompetingEnds = Literal["followed", "stop"]

_COUNTING_COLUMNS = ("lifetime_id", "account_id", "start", "stop", "event")
_LANDMARK_COLUMNS = ("lifetime_id", "account_id", "horizon_days", "followed_days", "event", "is_followed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Survival outcomes of n rows, each at risk on ``(start, stop]``.

    Attributes
    ----------
    start, stop : ndarray of float, shape (n,)
        Days since the lifetime's origin (clock 'lifetime'), or thirteenths of the row's own
        horizon (clock 'landmark', where start is 0).
    event : ndarray of bool, shape (n,)
        Whether the account churned at `stop`.
    cause : ndarray of str, shape (n,)
        'churn', 'involuntary', 'merged', or '' where nothing ended.
    lifetime : ndarray of str, shape (n,)
        The lifetime that each row belongs to; events are counted in distinct lifetimes, never in rows.
    account, cluster : ndarray of str, shape (n,)
        The customer, and the parent account that its errors are shared with.
    content : ndarray of uint64, shape (n,)
        A number that depends on what was known on the row's day and on its outcome, whatever the ids are called.
    clock : {'lifetime', 'landmark'}
        What `start` and `stop` count.
    competing_ends : {'followed', 'stop'}
        Whether a row that ended otherwise counts as followed to the horizon without churn, or stops at its end.
    """

    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    event: NDArray[np.bool_]
    cause: NDArray[np.object_]
    lifetime: NDArray[np.object_]
    account: NDArray[np.object_]
    cluster: NDArray[np.object_]
    content: NDArray[np.uint64]
    clock: Clock
    competing_ends: CompetingEnds = "stop"

    @classmethod
    def from_counting_process(cls, frame: pd.DataFrame) -> Self:
        """Read the rows of a counting-process frame, ``(start, stop]`` in days since origin.

        Raises
        ------
        ModelError
            If a column is missing or an interval has no length.
        """
        _require(frame, _COUNTING_COLUMNS)
        start = frame["start"].to_numpy(np.float64)
        stop = frame["stop"].to_numpy(np.float64)
        _refuse(~(start < stop), frame, "needs start < stop in every row", ["lifetime_id", "start", "stop"])
        return cls(
            start=start,
            stop=stop,
            event=_events(frame),
            clock="lifetime",
            competing_ends="stop",
            **_labels(frame, start, stop),
        )

    @classmethod
    def from_landmarks(cls, frame: pd.DataFrame, competing_ends: CompetingEnds = "followed") -> Self:
        """Read landmark rows; time runs from 0 at the landmark to 13 at the end of the row's own horizon.

        A competing end (involuntary, merged) of a fully followed row is coded 'no churn, followed to
        the horizon': such an account can no longer churn, so it stays in the denominator, and
        1 - S is a cumulative incidence (rule 10 of ``queries/rules_of_time.md``). A row that is not
        fully followed keeps the days it was followed.

        Parameters
        ----------
        frame
            Landmark rows, with their outcome.
        competing_ends
            'followed' as above; 'stop' for a hazard of each cause (`analysis.models.cause_specific`): a row that ended,
            by whatever cause, stops on that day.

        Raises
        ------
        ModelError
            If a column is missing, or a row was followed for no day or for longer than its horizon.
        """
        _require(frame, _LANDMARK_COLUMNS)
        followed = frame["followed_days"].to_numpy(np.float64)
        horizon = frame["horizon_days"].to_numpy(np.float64)
        _refuse(
            ~((followed > 0) & (followed <= horizon)),
            frame,
            "needs 0 < followed_days <= horizon_days in every row",
            ["lifetime_id", "followed_days", "horizon_days"],
        )
        event = _events(frame)
        is_there = ~event
        if competing_ends == "stop":
            _require(frame, ("cause",))
            is_there &= frame["cause"].fillna("").eq("").to_numpy(bool)
        to_the_horizon = frame["is_followed"].to_numpy(bool) & is_there
        stop = np.where(to_the_horizon, float(HORIZON_PARTS), followed / horizon * HORIZON_PARTS)
        start = np.zeros(len(frame))
        labels = _labels(frame, start, stop)
        return cls(start=start, stop=stop, event=event, clock="landmark", competing_ends=competing_ends, **labels)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.stop)

    @property
    def cluster_place(self) -> NDArray[np.intp]:
        """Number of each row's cluster, from 0, whatever the names and the order of rows, shape (n,).

        What is drawn at random for clusters is drawn in this order.
        """
        return places(self.cluster, self.content)

    @property
    def n_lifetimes_with_event(self) -> int:
        """Distinct lifetimes that churned: what 'number of events' means everywhere."""
        return len(pd.unique(self.lifetime[self.event]))

    def on_grid(self) -> "Outcome":
        """Return the landmark outcome with times rounded up to whole thirteenths of the horizon.

        Thirteen risk sets in place of one for every day and length of horizon; the horizon's end stays 13.
        """
        return replace(self, stop=np.ceil(self.stop))

    def as_surv(self) -> NDArray[np.void]:
        """Return the rows as scikit-survival's estimators and metrics take them: a structured array (event, time).

        Raises
        ------
        ModelError
            If the rows are on the lifetime clock: scikit-survival knows no late entry.

        Examples
        --------
        >>> frame = pd.DataFrame(
        ...     {
        ...         "lifetime_id": ["a#1", "b#1"],
        ...         "account_id": ["a", "b"],
        ...         "horizon_days": [91, 91],
        ...         "followed_days": [91, 49],
        ...         "event": [0, 1],
        ...         "is_followed": [True, True],
        ...     }
        ... )
        >>> Outcome.from_landmarks(frame).as_surv().tolist()
        [(False, 13.0), (True, 7.0)]
        """
        from sksurv.util import Surv  # a second of imports that few ask for

        if self.clock != "landmark":
            raise ModelError(
                "scikit-survival knows no late entry: give it landmark rows (Outcome.from_landmarks), not intervals."
            )
        return Surv.from_arrays(self.event, self.stop)

    def counting_rows(self, strata: NDArray | None = None) -> CountingRows:
        """Return what a Cox model is fitted to: events counted in lifetimes, errors clustered by `cluster`.

        Parameters
        ----------
        strata : ndarray, shape (n,) or (n, k), optional
            Every combination has a baseline hazard of its own.
        """
        return counting_rows(
            self.start, self.stop, self.event, strata=strata, subject=self.lifetime, cluster=self.cluster
        )

    def take(self, rows: NDArray) -> "Outcome":
        """Return the outcome of some rows (a boolean mask or positions), in that order."""
        return replace(
            self,
            start=self.start[rows],
            stop=self.stop[rows],
            event=self.event[rows],
            cause=self.cause[rows],
            lifetime=self.lifetime[rows],
            account=self.account[rows],
            cluster=self.cluster[rows],
            content=self.content[rows],
        )


def _labels(frame: pd.DataFrame, start: NDArray[np.float64], stop: NDArray[np.float64]) -> dict[str, NDArray]:
    account = frame["account_id"].to_numpy(object)
    cluster = frame["cluster_id"].to_numpy(object) if "cluster_id" in frame else account
    cause = frame["cause"] if "cause" in frame else pd.Series("", index=frame.index, dtype=object)
    told = {"start": start, "stop": stop, "event": frame["event"], "cause": cause}
    outcome = row_digests(pd.DataFrame(told, index=frame.index))
    return {
        "cause": cause.where(cause.notna(), "").to_numpy(object),
        "lifetime": frame["lifetime_id"].to_numpy(object),
        "account": account,
        "cluster": cluster,
        "content": joined_digests(row_digests(frame, known_columns(frame)), outcome),
    }


def _events(frame: pd.DataFrame) -> NDArray[np.bool_]:
    known = frame["event"].isin([0, 1]).to_numpy(bool)
    _refuse(~known, frame, "needs event 0 or 1 in every row", ["lifetime_id", "event"])
    return frame["event"].to_numpy(np.float64) == 1


def _require(frame: pd.DataFrame, columns: tuple[str, ...]) -> None:
    missing = [column for column in columns if column not in frame]
    if missing:
        raise ModelError(
            f"An outcome needs the columns {', '.join(columns)}; missing: {', '.join(missing)}. "
            "Read the frame from the cohort tables."
        )


def _refuse(broken: NDArray[np.bool_], frame: pd.DataFrame, rule: str, keys: list[str]) -> None:
    if broken.any():
        first = frame.loc[broken, keys].head(5).to_dict("records")
        raise ModelError(f"An outcome {rule}; {int(broken.sum())} rows break this, first: {first}.")
