"""Phase rates: how often accounts leave in one phase of a lifetime, against another."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import ModelError
from analysis.wording.remarks import Remark, remark


@dataclass(frozen=True, slots=True)
class RateRatio:
    """The log ratio of two rates, its error and degrees of freedom, and the lifetimes with event behind both."""

    estimate: float
    std_error: float
    df: float
    n_start: int
    n_end: int


_PHASES = {
    "onboarding": "claims.phase_onboarding",
    "adoption": "claims.phase_adoption",
    "mature": "claims.phase_mature",
}


def phase_remark(phase: str) -> Remark:
    """Return what a phase of the lifetime is called."""
    return remark(_PHASES[phase])


def rate_ratio(phases: pd.DataFrame, start: str, end: str) -> RateRatio:
    """Return the log of the rate of leaving in one phase over that in another, with a cluster-robust error.

    Parameters
    ----------
    phases
        As ``phase_intervals``: lifetime_id, cluster_id, start, stop (days), event, phase.
    start, end
        Phases; the ratio is of the second over the first.

    Raises
    ------
    ModelError
        If nobody left in one of them, or those who did are of one parent.

    Notes
    -----
    A Poisson rate ratio whose error adds up what each cluster c adds to it, (d_c - rate t_c) / d in the second phase
    less the same in the first, times clusters / (clusters - 1): Liang and Zeger (1986), Biometrika 73, 13. Its degrees
    of freedom are the clusters with an event, less one.
    """
    parts, leavers = [], []
    for phase in (end, start):
        own = phases[phases["phase"] == phase]
        left = own[own["event"] == 1]
        if left.empty:
            raise ModelError(remark("claims.none_left", phase=phase_remark(phase)))
        of_cluster = own.assign(days=own["stop"] - own["start"]).groupby("cluster_id")[["event", "days"]].sum()
        total = of_cluster.sum()
        rate = total["event"] / total["days"]
        parts.append((rate, (of_cluster["event"] - rate * of_cluster["days"]) / total["event"]))
        leavers.append(left)
    (rate_end, of_end), (rate_start, of_start) = parts
    influence = of_end.sub(of_start, fill_value=0.0)
    telling = pd.concat(leavers)["cluster_id"].nunique()
    if telling < 2:
        raise ModelError(remark("claims.one_cluster"))
    number = len(influence)
    error = float(np.sqrt((influence**2).sum() * number / (number - 1)))
    n_end, n_start = (int(left["lifetime_id"].nunique()) for left in leavers)
    return RateRatio(float(np.log(rate_end / rate_start)), error, float(telling - 1), n_start, n_end)
