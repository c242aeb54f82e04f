"""Lead time: how long before leaving a score fell below a limit, and stayed there."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.floors import Evidence
from analysis.declared.study_parts import Report, Time
from analysis.health_score.order_frames import LEAD_TIMES
from analysis.health_score.scored import COLOURS, Scored
from analysis.health_score.settled import too_few
from analysis.health_score.warning import LONGEST_MONTH, leavers_of
from analysis.wording.remarks import Remark, remark

LIMITS = tuple(reversed(COLOURS[1:]))
"""Below green: yellow or red; below yellow: red."""


@dataclass(frozen=True, slots=True, eq=False)
class LeadTimes:
    """How long before leaving scores were low.

    Attributes
    ----------
    table : DataFrame
        As `LEAD_TIMES`; empty with too few leavers.
    notes : tuple of Remark
    """

    table: pd.DataFrame
    notes: tuple[Remark, ...]


def lead_times(scored: Scored, report: Report, time: Time) -> LeadTimes:
    """Return how long before leaving the colour of leavers fell below a limit, and stayed below.

    Counted back from the last landmark before leaving; a landmark without a score, or none where one should be, ends
    the run, for nothing is known of it. A run that begins with the first score on record, or after such a gap, did not
    fall: it was always low, as far as is known, and says of no change.

    Parameters
    ----------
    scored
        All landmark rows.
    report, time
        Of the study: its floor, under which no quartiles of days are told; how far landmarks lie apart.
    """
    leavers = leavers_of(scored)
    if obstacle := too_few(report, Evidence(len(leavers), leavers["cluster_id"].nunique())):
        return LeadTimes(LEAD_TIMES.empty(), (obstacle,))
    rank = pd.Categorical(pd.Series(scored.colour).where(scored.has_score), COLOURS).codes.astype(np.int64)
    rows = scored.rows[["lifetime_id", "risk_date"]].assign(rank=rank)
    rows = rows.merge(leavers[["lifetime_id", "left_on"]])
    rows = rows[rows["risk_date"] < rows["left_on"]].sort_values(["lifetime_id", "risk_date"])
    apart = LONGEST_MONTH * time.landmark_every_months
    runs = dict(list(rows.groupby("lifetime_id", sort=False)))
    least = report.family_from_events
    lines = [_line(limit, leavers, runs, apart, least) for limit in LIMITS]
    return LeadTimes(LEAD_TIMES.checked(pd.DataFrame(lines)), (remark("health_score.lead_read"),))


def _line(
    limit: str, leavers: pd.DataFrame, runs: dict[str, pd.DataFrame], apart: int, enough: int
) -> dict[str, object]:
    least = COLOURS.index(limit)
    n_unknown = n_above = n_always = 0
    leads = []
    for name, left_on in zip(leavers["lifetime_id"], leavers["left_on"].to_numpy("datetime64[D]"), strict=True):
        own = runs.get(name)
        if own is None:
            n_unknown += 1
            continue
        rank, day = own["rank"].to_numpy(), own["risk_date"].to_numpy("datetime64[D]")
        if rank[-1] < 0 or (left_on - day[-1]).astype(int) > apart:
            n_unknown += 1
        elif rank[-1] >= least:
            n_above += 1
        else:
            start, fell = _run(rank, day, least, apart)
            n_always += not fell
            if fell:
                leads.append(int((left_on - day[start]).astype(int)))
    quartiles = np.quantile(leads, [0.25, 0.5, 0.75]) if len(leads) >= max(enough, 1) else np.full(3, np.nan)
    return {
        "below": limit,
        "n_leavers": len(leavers),
        "n_unknown": n_unknown,
        "n_above": n_above,
        "n_fell": len(leads),
        "n_always": n_always,
        **dict(zip(("lead_q25", "lead_median", "lead_q75"), quartiles.tolist(), strict=True)),
    }


def _run(rank: NDArray[np.int64], day: NDArray, least: int, apart: int) -> tuple[int, bool]:
    """Return where the last run below a limit begins, and whether a known colour at or above it came before."""
    start = len(rank) - 1
    while start > 0:
        if (day[start] - day[start - 1]).astype(int) > apart or rank[start - 1] < 0:
            return start, False
        if rank[start - 1] >= least:
            return start, True
        start -= 1
    return start, False
