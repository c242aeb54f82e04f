"""Green rates: how often accounts that the health score called green leave, if families flag them and if not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.factors import families_named
from analysis.design.population import labelled_as_known, settled_by
from analysis.errors import ModelError
from analysis.evaluation.measures.cluster_interval import Interval, cluster_interval
from analysis.wording.remarks import remark


@dataclass(frozen=True, slots=True)
class GreenRatio:
    """The log ratio of the two rates with its interval, and the lifetimes that left flagged, and in all."""

    found: Interval
    n_flagged: int
    n_left: int


def green_ratio(green: pd.DataFrame, families: Sequence[str]) -> GreenRatio:
    """Return the log of the rate of leaving of accounts that some family flags over that of the others.

    Parameters
    ----------
    green
        As `analysis.claims.frames.GREEN`.
    families
        Columns of it.

    Raises
    ------
    ModelError
        If no family flags anybody, or nobody left among those flagged or among the others, or they are of one parent.

    Notes
    -----
    Accounts of one quarter are compared with each other alone: the risk ratio of Mantel and Haenszel over quarters
    (Greenland and Robins 1985, Biometrics 41, 55), linearised, rows of a cluster taken as one draw.
    """
    flags = green[[family for family in families if family in green]].to_numpy(bool).any(axis=1)
    if not flags.any():
        raise ModelError(remark("claims.nobody_flagged", families=families_named(families)))
    left = green["event"].to_numpy(bool)
    first, influence = _log_risk_ratio(flags, left, pd.factorize(green["landmark"])[0])
    if not np.isfinite(first):
        raise ModelError(remark("claims.none_left_green"))
    found = cluster_interval(first, influence, pd.factorize(green["cluster_id"])[0])
    if not np.isfinite(found.conf_low):
        raise ModelError(remark("claims.one_cluster"))
    lifetime = green["lifetime_id"]
    return GreenRatio(found, lifetime[left & flags].nunique(), lifetime[left].nunique())


def _log_risk_ratio(
    flags: NDArray[np.bool_], left: NDArray[np.bool_], quarter: NDArray[np.intp]
) -> tuple[float, NDArray[np.float64]]:
    """Return the log ratio, not finite where nobody left on a side, and its derivative by each row's weight."""
    number = np.bincount(quarter).astype(np.float64)
    sums, parts = [], []
    for own in (flags, ~flags):
        gone = np.bincount(quarter, own & left) / number
        others = np.bincount(quarter, ~own) / number
        sums.append(float((gone * others * number).sum()))
        parts.append((own & left) * others[quarter] + ~own * gone[quarter] - (gone * others)[quarter])
    if not min(sums) > 0:
        return float("nan"), np.zeros(len(left))
    return float(np.log(sums[0] / sums[1])), parts[0] / sums[0] - parts[1] / sums[1]


def green_as_believed(
    green: pd.DataFrame, day: pd.Timestamp, landmarks: pd.DataFrame, allowed_gap_days: int
) -> pd.DataFrame:
    """Return the rows that were settled by an earlier day, with what was believed then of how they ended.

    Parameters
    ----------
    green
        As `analysis.claims.frames.GREEN`.
    day
        The earlier day.
    landmarks
        All landmark rows.
    allowed_gap_days
        Days an account may be away without having left.
    """
    keys = pd.MultiIndex.from_frame(landmarks[["lifetime_id", "risk_date"]])
    rows = landmarks.iloc[keys.get_indexer(pd.MultiIndex.from_frame(green[["lifetime_id", "landmark"]]))]
    kept = settled_by(rows, day, allowed_gap_days)
    event = labelled_as_known(rows[kept], day)["event"].to_numpy(np.int64) == 1
    return green[kept].assign(event=event).reset_index(drop=True)
