"""Rate change: how much of a changed rate is who there was, and how much is how often such accounts left."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.content import places, row_digests
from analysis.design.resampling import cluster_resamples, percentile_interval

N_RESAMPLES = 999
GROUPED_BY = ("notice_deadline_in_horizon", "renewal_in_horizon", "phase")
"""What tells accounts of unlike danger apart before anything that they do: the contract's clock, and their age."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the change, in points (hundredths) of the rate, with its 95% interval."""

    estimate: float
    conf_low: float
    conf_high: float

    @property
    def is_shown(self) -> bool:
        """Whether its interval leaves out no change."""
        return self.conf_low > 0 or self.conf_high < 0


@dataclass(frozen=True, slots=True)
class RateChange:
    """The rate of some quarters beside that of the same number before them.

    Attributes
    ----------
    n_quarters
        On either side.
    before_from, after_from
        Their first days.
    rate_before, rate_after
        Shares that left within the horizon.
    total, mix, within
        The change; what of it comes of other shares of groups; what of other rates within groups. The latter two add
        up to the first.
    grouped_by
        Covariates whose values tell the groups apart.
    """

    n_quarters: int
    before_from: pd.Timestamp
    after_from: pd.Timestamp
    rate_before: float
    rate_after: float
    total: Part
    mix: Part
    within: Part
    grouped_by: tuple[str, ...]


def rate_change(quarter_starts: pd.DataFrame, seed: int, most_quarters: int = 4) -> RateChange | None:
    """Part the change between the last quarters and those before into mix and rate; None where there are too few.

    Parameters
    ----------
    quarter_starts
        Settled landmark rows of quarter starts: risk_date, account_id, cluster_id, event, and of `GROUPED_BY` what
        these data measure.
    seed
        Of the clusters drawn.
    most_quarters
        On either side: four of each, so that both hold every season, else as many as there are, two at least.

    Notes
    -----
    Kitagawa (1955, Journal of the American Statistical Association 50, 1168): with shares s and rates r of the groups,
    mix is the sum of (s1 - s0)(r0 + r1) / 2, within that of (r1 - r0)(s0 + s1) / 2. A group without rows on one side
    has the rate there that it has on the other. Intervals are percentiles over clusters drawn with replacement.
    """
    days = np.sort(pd.unique(quarter_starts["risk_date"]))
    number = min(most_quarters, len(days) // 2)
    if number < 2:
        return None
    days = days[-2 * number :]
    rows = quarter_starts[quarter_starts["risk_date"].isin(days)]
    grouped_by = tuple(name for name in GROUPED_BY if name in rows)
    group = rows.groupby(list(grouped_by), dropna=False, observed=True, sort=True).ngroup().to_numpy(np.intp)
    side = (rows["risk_date"] >= days[number]).to_numpy(np.intp)
    place = places(rows["cluster_id"].to_numpy(object), row_digests(rows, [*grouped_by, "risk_date", "event"]))
    events, counts = _by_cluster(rows["event"].to_numpy(np.float64), side, group, place)
    drawn = cluster_resamples(np.arange(len(counts), dtype=np.intp), N_RESAMPLES, seed).astype(np.float64)
    mix, within = _parts(events.sum(axis=0)[None], counts.sum(axis=0)[None])
    again = _parts(np.tensordot(drawn, events, axes=1), np.tensordot(drawn, counts, axes=1))
    rate = events.sum(axis=(0, 2)) / counts.sum(axis=(0, 2))
    return RateChange(
        number,
        pd.Timestamp(days[0]),
        pd.Timestamp(days[number]),
        float(rate[0]),
        float(rate[1]),
        _part(mix + within, again[0] + again[1]),
        _part(mix, again[0]),
        _part(within, again[1]),
        grouped_by,
    )


def _by_cluster(
    event: NDArray[np.float64], side: NDArray[np.intp], group: NDArray[np.intp], place: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return events and rows by cluster, side and group, shapes (n_clusters, 2, n_groups)."""
    shape = (int(place.max()) + 1, 2, int(group.max()) + 1)
    events, counts = np.zeros(shape), np.zeros(shape)
    np.add.at(events, (place, side, group), event)
    np.add.at(counts, (place, side, group), 1.0)
    return events, counts


def _parts(events: NDArray[np.float64], counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mix and within in points, shapes (n,), of events and rows of shape (n, 2, n_groups)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = counts / counts.sum(axis=2, keepdims=True)
        rate = events / counts
    rate = np.where(np.isnan(rate), rate[:, ::-1], rate)
    before, after = np.nan_to_num(rate[:, 0]), np.nan_to_num(rate[:, 1])
    mix = ((share[:, 1] - share[:, 0]) * (before + after) / 2).sum(axis=1)
    within = ((after - before) * (share[:, 0] + share[:, 1]) / 2).sum(axis=1)
    return 100 * mix, 100 * within


def _part(estimate: NDArray[np.float64], again: NDArray[np.float64]) -> Part:
    return Part(float(estimate[0]), *percentile_interval(again))


def settled_quarter_starts(landmarks: pd.DataFrame, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Return the landmark rows of quarter starts whose ends within the horizon are all settled.

    Parameters
    ----------
    landmarks
        All landmark rows.
    columns
        Covariates to keep, where these data measure them.
    """
    kept = ["risk_date", "account_id", "cluster_id", "event", *(name for name in columns if name in landmarks)]
    settled = landmarks["is_quarter_start"].astype(bool) & landmarks["is_followed"].astype(bool)
    return landmarks.loc[settled, kept].reset_index(drop=True)
