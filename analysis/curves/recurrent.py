"""Recurrent events: how many a lifetime has had by each age, where leaving ends the count."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.curves.nonparametric import (
    checked_intervals,
    for_each_group,
    normal_quantile,
    numbers_at_risk,
    ratio_interval,
    with_the_start,
)
from analysis.errors import ModelError


@dataclass(frozen=True, slots=True, eq=False)
class CountCurve:
    """Mean number of events by each of m times, among all who set out, where ends compete.

    Attributes
    ----------
    time : ndarray, shape (m,)
        Distinct times of events and ends, and the last stop, in order.
    n_risk, n_event, n_end : ndarray of int, shape (m,)
        Rows at risk, counted events and ends at each time.
    survival : ndarray, shape (m,)
        Probability that no end has come by then.
    estimate, std_error : ndarray, shape (m,)
        Mean number of events by then.
    """

    time: NDArray[np.float64]
    n_risk: NDArray[np.int64]
    n_event: NDArray[np.int64]
    n_end: NDArray[np.int64]
    survival: NDArray[np.float64]
    estimate: NDArray[np.float64]
    std_error: NDArray[np.float64]


def mean_cumulative_number(
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    is_terminal: NDArray[np.bool_],
    event_time: NDArray[np.float64],
    event_subject: NDArray,
    subject: NDArray,
    *,
    cluster: NDArray | None = None,
    group: NDArray | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the mean number of recurrent events (contractions, expansions) by each age of a lifetime.

    The mean is over all who set out: those who have left have no more events, so it is smaller than the sum of the
    rates among those at risk, and it answers "how many contractions does a customer bring in two years?". Events
    never stop the clock; several of one subject at one time are several. Late entry and pauses are allowed.

    Parameters
    ----------
    start, stop : ndarray, shape (n,)
        Intervals at risk, ``(start, stop]`` in days since the lifetime's origin, one or more a subject.
    is_terminal : ndarray of bool, shape (n,)
        The lifetime ends at `stop`, for whatever reason; otherwise it is censored or goes on in another row.
    event_time, event_subject : ndarray, shape (k,)
        When each event happened, and to whom; subjects must be at risk then.
    subject : ndarray, shape (n,)
        Whose rows: the lifetime.
    cluster : ndarray, shape (n,), optional
        Within which rows may be dependent, as a parent account's; the subjects by default.
    group : ndarray, shape (n,), optional
        An event belongs to the group of the row that it falls in.
    level : float
        Of the interval, on the log scale.

    Returns
    -------
    DataFrame
        One row per group and distinct time of an event or an end, between one at the group's earliest start and one at
        its last stop: group, time, n_risk, n_event, estimate (events by `time`, per lifetime at risk from the earliest
        start), std_error (infinitesimal jackknife over clusters), conf_low, conf_high (NaN before the first event).

    Raises
    ------
    ModelError
        If an interval has no length, rows of a subject overlap or follow its end, or an event falls outside its
        subject's rows.

    Notes
    -----
    Ghosh and Lin (2000), Biometrics 56, 554: the integral of S(t-) dR(t), S by Kaplan-Meier for the ends, R by
    Nelson-Aalen for the events. Where nobody is censored it is the mean of the counts. Where nothing is terminal it is
    the mean cumulative function of R's ``survfit(Surv(start, stop, event) ~ 1, id = id)``, with the same error.

    Examples
    --------
    Two customers with a contraction each, on day 5 and day 15; the first left on day 10. Of the two that set out, one
    had a contraction by day 5 (half of one each), and the one that was left had another by day 15.

    >>> import numpy as np
    >>> who = np.array(["a", "b"])
    >>> is_terminal = np.array([True, False])
    >>> curve = mean_cumulative_number(np.zeros(2), np.array([10, 20]), is_terminal, np.array([5, 15]), who, who)
    >>> curve[["time", "estimate"]].to_numpy().tolist()
    [[0.0, 0.0], [5.0, 0.5], [10.0, 0.5], [15.0, 1.0], [20.0, 1.0]]
    """
    start, stop = checked_intervals(start, stop, "A mean cumulative number")
    ends = np.asarray(is_terminal, bool)
    lifetime = refuse_broken_lifetimes(start, stop, ends, subject)
    unit = lifetime if cluster is None else label_codes(cluster, "cluster", len(stop))
    when = np.asarray(event_time, float)
    row = _rows_of_events(start, stop, np.asarray(subject), when, np.asarray(event_subject))
    z = normal_quantile(level)

    def estimate(of: NDArray[np.bool_]) -> pd.DataFrame:
        counted = of[row]
        curve = mean_count(start[of], stop[of], ends[of], unit[of], when[counted], unit[row[counted]])
        low, high = ratio_interval(curve.estimate, curve.std_error, z)
        columns = {
            "time": curve.time,
            "n_risk": curve.n_risk,
            "n_event": curve.n_event,
            "estimate": curve.estimate,
            "std_error": curve.std_error,
            "conf_low": low,
            "conf_high": high,
        }
        return with_the_start(start[of], stop[of], 0.0, columns)

    return for_each_group(group, len(stop), estimate)


def mean_count(
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    is_end: NDArray[np.bool_],
    cluster: NDArray[np.intp],
    event_time: NDArray[np.float64],
    event_cluster: NDArray[np.intp],
) -> CountCurve:
    """Estimate the mean number of events by each time, with its error by infinitesimal jackknife over clusters.

    Parameters
    ----------
    start, stop, is_end, cluster : ndarray, shape (n,)
        Rows at risk on ``(start, stop]``; whether they end there; codes from 0 of whatever is dependent.
    event_time, event_cluster : ndarray, shape (k,)
        The counted events, each inside a row of its cluster. Ends of one cause count as events, too.

    Returns
    -------
    CountCurve
        With one cluster its error is not known: NaN.
    """
    time = np.unique(np.concatenate([stop[is_end], event_time, [stop.max()]]))
    n_event = np.bincount(np.searchsorted(time, event_time), minlength=len(time))
    n_end = np.bincount(np.searchsorted(time, stop[is_end]), minlength=len(time))
    n_risk = numbers_at_risk(start, stop, time)
    survival: NDArray = np.cumprod(1 - n_end / n_risk)
    reach = np.r_[1.0, survival[:-1]]  # S(t-)
    estimate = np.cumsum(reach * n_event / n_risk)

    # A row's weight moves the estimate at t by the sum, over times s <= t at which it is at risk, of
    #   S(s-) / Y(s) (its events at s - their rate at s) - (estimate(t) - estimate(s)) / (Y(s) - D(s)) (its end - rate),
    # which is a(t) - estimate(t) b(t): both drift down alike for all rows at risk, and jump at a row's own events.
    # Where all at risk end at once, nobody's weight matters to those left: none are.
    per_event = reach / n_risk
    left = n_risk - n_end
    per_end = np.divide(1.0, left, out=np.zeros(len(time)), where=left > 0)
    drift_a = np.r_[0.0, np.cumsum(per_event * n_event / n_risk + estimate * per_end * n_end / n_risk)]
    drift_b = np.r_[0.0, np.cumsum(per_end * n_end / n_risk)]
    first, last = np.searchsorted(time, start, side="right"), np.searchsorted(time, stop, side="right")
    ended, counted = last[is_end] - 1, np.searchsorted(time, event_time)
    moments = _second_moments(
        len(time),
        index=np.concatenate([first, last, ended, counted]),
        cluster=np.concatenate([cluster, cluster, cluster[is_end], event_cluster]),
        rows=np.repeat([1.0, -1.0, 0.0, 0.0], [len(first), len(last), len(ended), len(counted)]),
        a=np.concatenate([drift_a[first], -drift_a[last], (estimate * per_end)[ended], per_event[counted]]),
        b=np.concatenate([drift_b[first], -drift_b[last], per_end[ended], np.zeros(len(counted))]),
    )
    of_moments = np.stack([estimate * drift_b[1:] - drift_a[1:], np.ones(len(time)), -estimate])
    variance = np.einsum("it,ijt,jt->t", of_moments, moments, of_moments)
    # The influences of all rows add up to zero: of one cluster nothing is left, and nothing tells how clusters differ.
    error = np.sqrt(np.maximum(variance, 0.0)) if len(np.unique(cluster)) > 1 else np.full(len(time), np.nan)
    return CountCurve(time, n_risk, n_event, n_end, survival, estimate, error)


def label_codes(labels: NDArray, name: str, n: int) -> NDArray[np.intp]:
    """Number the labels from 0 in the order of their first row, shape (n,).

    Raises
    ------
    ModelError
        If there is not one label a row.
    """
    array = np.asarray(labels)
    if array.shape != (n,) or pd.isna(array).any():
        missing = np.flatnonzero(pd.isna(array))[:5].tolist() if array.shape == (n,) else "of another length"
        raise ModelError(f"{name} must have one label for each of {n:,} rows; missing at positions {missing}.")
    return pd.factorize(array)[0].astype(np.intp, copy=False)


def refuse_broken_lifetimes(
    start: NDArray[np.float64], stop: NDArray[np.float64], is_end: NDArray[np.bool_], subject: NDArray
) -> NDArray[np.intp]:
    """Number the subjects from 0, shape (n,), once each is seen to be at one place at a time and to end at most once.

    Raises
    ------
    ModelError
        If rows of one subject overlap, or one follows its end.
    """
    code = label_codes(subject, "subject", len(stop))
    order = np.lexsort((start, code))
    earlier, later = order[:-1], order[1:]
    same = code[earlier] == code[later]
    for broken, fault in [
        (same & (start[later] < stop[earlier]), "must not overlap"),
        (same & is_end[earlier], "must not go on after its end"),
    ]:
        if broken.any():
            first = np.sort(later[broken])[:5].tolist()
            raise ModelError(
                f"Rows of one subject {fault}; {int(broken.sum()):,} of {len(stop):,} do, at positions {first}."
            )
    return code


def _rows_of_events(
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    subject: NDArray,
    event_time: NDArray[np.float64],
    event_subject: NDArray,
) -> NDArray[np.intp]:
    """Find the row of the same subject with start < time <= stop, for each event."""
    if event_time.shape != event_subject.shape:
        raise ModelError(
            f"Each event needs a time and a subject; {event_time.shape} times and {event_subject.shape} subjects came."
        )
    labels = pd.Index(pd.unique(pd.Series(subject)))
    times = np.unique(np.concatenate([stop, event_time]))
    row_key = labels.get_indexer(subject) * len(times) + np.searchsorted(times, stop)
    event_key = labels.get_indexer(event_subject) * len(times) + np.searchsorted(times, event_time)
    order = np.argsort(row_key, kind="stable")
    # The subject's first row that stops at or after the event; a later subject's, or none, where there is no such row.
    row = order[np.minimum(np.searchsorted(row_key[order], event_key), len(order) - 1)]
    outside = (row_key[row] // len(times) != event_key // len(times)) | ~(start[row] < event_time)
    outside |= ~(event_time <= stop[row])
    if outside.any():
        first = np.flatnonzero(outside)[:5].tolist()
        raise ModelError(
            "Each event must fall in a row of its subject, start < time <= stop; "
            f"{int(outside.sum()):,} of {len(outside):,} do not, at positions {first}. Leave out those outside."
        )
    return row


def _second_moments(
    n_times: int,
    *,
    index: NDArray[np.intp],
    cluster: NDArray[np.intp],
    rows: NDArray[np.float64],
    a: NDArray[np.float64],
    b: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sum over clusters, at each time, the products of their three running totals, shape (3, 3, n_times).

    A cluster's totals (rows at risk, a, b) change only at its marks: by `rows`, `a` and `b` from the time `index` on
    (`n_times`: never). So do its products, and their sums over clusters follow from the changes, however many times.
    """
    order = np.argsort(index, kind="stable")
    change = np.column_stack([rows, a, b])[order]
    after = pd.DataFrame(change).groupby(cluster[order]).cumsum().to_numpy()
    before = after - change
    moments = np.empty((3, 3, n_times))
    for i, j in [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]:
        steps = after[:, i] * after[:, j] - before[:, i] * before[:, j]
        total = np.cumsum(np.bincount(index[order], steps, minlength=n_times + 1)[:n_times])
        moments[i, j] = moments[j, i] = total
    return moments
