"""CountingRows: who is at risk on which ``(start, stop]``, and whether an event ends it; checked at the boundary."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.cox.same_time import one_time_where_nearly_equal
from analysis.curves.times import read_times, times_of_one_kind
from analysis.errors import ModelError
from analysis.wording.remarks import remark


@dataclass(frozen=True, slots=True, eq=False)
class CountingRows:
    """Survival outcomes of n rows, each at risk on ``(start, stop]``.

    Attributes
    ----------
    start, stop : ndarray of float, shape (n,)
        Any unit of time; start is -inf where a row is at risk from the beginning.
    event : ndarray of bool, shape (n,)
    stratum : ndarray of int, shape (n,)
        Position of the row's stratum in `strata`; rows of different strata are never compared.
    strata : tuple
        The labels of the strata, in order.
    weights : ndarray of float, shape (n,)
        Case weights, positive.
    offset : ndarray of float, shape (n,)
        Added to the linear predictor with coefficient one.
    subject, cluster : ndarray of int, shape (n,)
        Codes from 0: the lifetime that a row belongs to (events are counted in these), and the group within
        which rows may be dependent.
    has_subjects, has_clusters : bool
        Whether anybody said which lifetime a row belongs to, and within which groups rows may be dependent (subjects
        say so, too). Where not, every row is its own.
    """

    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    event: NDArray[np.bool_]
    stratum: NDArray[np.intp]
    strata: tuple
    weights: NDArray[np.float64]
    offset: NDArray[np.float64]
    subject: NDArray[np.intp]
    cluster: NDArray[np.intp]
    has_subjects: bool = False
    has_clusters: bool = False

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.stop)

    @property
    def stratum_labels(self) -> NDArray[np.object_]:
        """The labels of the strata as an array, shape (number of strata,), tuples kept whole."""
        labels = np.empty(len(self.strata), dtype=object)
        for code, label in enumerate(self.strata):
            labels[code] = label
        return labels

    @property
    def n_events(self) -> int:
        """Rows that end in an event."""
        return int(np.count_nonzero(self.event))

    @property
    def n_subjects_with_event(self) -> int:
        """Distinct subjects (lifetimes) with an event."""
        return len(np.unique(self.subject[self.event]))

    @property
    def n_clusters_with_event(self) -> int:
        """Distinct clusters with an event."""
        return len(np.unique(self.cluster[self.event]))

    @property
    def calls_for_robust(self) -> bool:
        """Whether only robust errors are right: rows are clustered, or weights are no counts (R's ``coxph`` agrees)."""
        return self.has_clusters or bool((self.weights != np.floor(self.weights)).any())


def counting_rows(
    start: ArrayLike | None,
    stop: ArrayLike,
    event: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    subject: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> CountingRows:
    """Check outcomes and make them ready for a fit.

    Parameters
    ----------
    start, stop : array-like, shape (n,)
        A row is at risk on ``(start, stop]``. Without `start`, from the beginning. Dates and durations are taken as
        days (`read_times`).
    event : array-like, shape (n,)
        0 / 1 or boolean: whether the row ends in the event.
    strata : array-like, shape (n,) or (n, k), optional
        Every combination has a baseline hazard of its own.
    weights, offset : array-like, shape (n,), optional
        Case weights (default 1) and a known part of the linear predictor (default 0).
    subject : array-like, shape (n,), optional
        Labels of the lifetimes; by default those of `cluster`, or else every row its own.
    cluster : array-like, shape (n,), optional
        Labels of groups of dependent rows for robust errors; by default the subjects.

    Raises
    ------
    ModelError
        If lengths differ, a value is missing or infinite, an interval has no length, a weight is not positive,
        an event is neither 0 nor 1, or there is no event; the message names the rows.
    """
    begins, ends = (None, read_times(stop, "stop")[0]) if start is None else times_of_one_kind(start, stop)
    stop_times = _numbers(ends, "stop", None)
    n = len(stop_times)
    start_times = np.full(n, -np.inf) if begins is None else _numbers(begins, "start", n, may_be_minus_infinity=True)
    happened = _numbers(event, "event", n)
    refuse_rows(~np.isin(happened, (0.0, 1.0)), "event must be 0 or 1")
    if not happened.any():
        raise ModelError(remark("cox.no_event", rows=n))
    start_times, stop_times = one_time_where_nearly_equal(start_times, stop_times)
    refuse_rows(~(start_times < stop_times), "every row needs start < stop, by more than rounding")
    weight = np.ones(n) if weights is None else _numbers(weights, "weights", n)
    refuse_rows(~(weight > 0), "weights must be positive; leave out rows of weight zero")
    codes, labels = _strata(strata, n)
    clusters = _codes(cluster if cluster is not None else subject, "cluster" if cluster is not None else "subject", n)
    return CountingRows(
        start=start_times,
        stop=stop_times,
        event=happened == 1.0,
        stratum=codes,
        strata=labels,
        weights=weight,
        offset=np.zeros(n) if offset is None else _numbers(offset, "offset", n),
        subject=clusters if subject is None else _codes(subject, "subject", n),
        cluster=clusters,
        has_subjects=subject is not None,
        has_clusters=cluster is not None or subject is not None,
    )


def refuse_rows(bad: NDArray[np.bool_], requirement: str) -> None:
    """Raise a `ModelError` that names the first of the bad rows, if there are any."""
    if bad.any():
        rows = np.flatnonzero(bad)
        named = ", ".join(map(str, rows[:5])) + (", ..." if len(rows) > 5 else "")
        raise ModelError(f"{requirement}; broken in {len(rows):,} of {len(bad):,} rows (positions {named}).")


def _numbers(values: ArrayLike, name: str, n: int | None, *, may_be_minus_infinity: bool = False) -> NDArray:
    try:
        given = np.asarray(values)
        if given.dtype.kind in "mM":
            raise TypeError
        array = given.astype(np.float64, copy=False)
    except (TypeError, ValueError) as error:
        raise ModelError(f"{name} must be numbers; {type(values).__name__} of other things arrived.") from error
    if array.ndim != 1 or (n is not None and len(array) != n):
        raise ModelError(
            f"{name} must have one value a row{'' if n is None else f' ({n:,})'}; its shape is {array.shape}."
        )
    bad = ~np.isfinite(array)
    if may_be_minus_infinity:
        bad &= array != -np.inf
    refuse_rows(bad, f"{name} must be finite, without missing values")
    return array


def _codes(labels: ArrayLike | None, name: str, n: int) -> NDArray[np.intp]:
    if labels is None:
        return np.arange(n, dtype=np.intp)
    array = np.asarray(labels)
    if array.shape != (n,):
        raise ModelError(f"{name} must have one label a row ({n:,}); its shape is {array.shape}.")
    codes, _ = pd.factorize(array, use_na_sentinel=True)
    refuse_rows(codes < 0, f"{name} must not be missing")
    return codes.astype(np.intp, copy=False)


def _strata(strata: ArrayLike | None, n: int) -> tuple[NDArray[np.intp], tuple]:
    """Number the strata in the order of their labels; several columns are combined."""
    if strata is None:
        return np.zeros(n, dtype=np.intp), ("all",)
    columns = np.asarray(strata)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if columns.ndim != 2 or len(columns) != n:
        raise ModelError(f"strata must have one line a row ({n:,}); their shape is {columns.shape}.")
    frame = pd.DataFrame(columns).infer_objects()
    refuse_rows(frame.isna().any(axis=1).to_numpy(), "strata must not be missing")
    grouped = frame.groupby(list(frame.columns), sort=True, dropna=False)
    firsts = frame.groupby(grouped.ngroup().to_numpy()).head(1)
    codes = grouped.ngroup().to_numpy(np.intp)
    labels: Sequence[tuple] = [tuple(line) for line in firsts.itertuples(index=False, name=None)]
    ordered = [labels[k] for k in np.argsort(codes[firsts.index])]
    return codes, tuple(label[0] if len(label) == 1 else label for label in ordered)
