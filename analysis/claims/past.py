"""Past: what the ledger would have said at earlier quarter starts, and when what is open could be decided."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from analysis.claims.asked import Asked, Grounds
from analysis.claims.estimates import Estimate, estimate_all
from analysis.claims.rows import TestRows, as_believed
from analysis.claims.verdicts import Judgement, Verdict, judge
from analysis.progress import Progress

MOST_CLUSTERS = 100
"""Clusters whose leverage is given back in ledgers of the past, those that hold most: a quarter is then judged in about
a second, and errors differ from today's kind in the third digit."""
MOST_QUARTERS = 20
"""Five years: what could not be decided by then is not said to be decidable."""
DAYS_A_QUARTER = 365.25 / 4
RECENT_QUARTERS = 4


@dataclass(frozen=True, slots=True, eq=False)
class PastLedger:
    """What was to be said on an earlier day, in the order of the tests asked."""

    day: pd.Timestamp
    estimates: tuple[Estimate, ...]
    judgements: tuple[Judgement, ...]


def past_ledgers(
    asked: Sequence[Asked],
    rows: TestRows,
    landmarks: pd.DataFrame,
    days: Sequence[pd.Timestamp],
    grounds: Grounds,
    progress: Progress,
    n_jobs: int = 2,
) -> tuple[PastLedger, ...]:
    """Return the ledger of each of some days, from nothing that was known later (`as_believed`).

    So many days are looked at at a time, in threads; results never depend on it.
    """

    def on(day: pd.Timestamp) -> PastLedger:
        then = as_believed(rows, day, landmarks, grounds.study.time.allowed_gap_days)
        estimates = estimate_all(asked, then, grounds)
        return PastLedger(day, estimates, judge(estimates))

    found: list[PastLedger] = []
    for one in Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")(delayed(on)(day) for day in days):
        found.append(one)
        progress(f"claims: what would have been said on {one.day:%Y-%m-%d}")
    return tuple(found)


def has_flipped(verdicts: Sequence[Verdict]) -> bool:
    """Tell whether a claim was both supported and contradicted, at one time and another."""
    return {Verdict.SUPPORTED, Verdict.CONTRADICTED} <= set(verdicts)


def is_withdrawn(verdicts: Sequence[Verdict]) -> bool:
    """Tell whether a claim is open now that was supported, or contradicted, at some time before."""
    return verdicts[-1] is Verdict.INCONCLUSIVE and bool({Verdict.SUPPORTED, Verdict.CONTRADICTED} & set(verdicts[:-1]))


def has_changed(verdicts: Sequence[Verdict]) -> bool:
    """Tell whether today's verdict is another than that of the last quarter start; not where there was none."""
    return len(verdicts) > 1 and verdicts[-1] is not verdicts[-2]


def decidable_from(
    estimate: Estimate, judgement: Judgement, events_a_quarter: float, last_quarter: pd.Timestamp
) -> pd.Timestamp | None:
    """Return the quarter start from which on a claim could be decided; None within five years, or where it is.

    Decided is a claim whose smallest relevant effect would be found: the error falls with the root of the events, which
    come as often as of late.

    Parameters
    ----------
    estimate, judgement
        Today's.
    events_a_quarter
        Lifetimes with event in a quarter, of late.
    last_quarter
        The last quarter start by today.
    """
    is_open = judgement.verdict is Verdict.INCONCLUSIVE and not math.isnan(judgement.detectable)
    if not is_open or estimate.n_events == 0:
        return None
    relevant = math.log(estimate.asked.test.relevant)
    for quarter in range(1, MOST_QUARTERS + 1):
        grown = 1 + events_a_quarter * quarter / estimate.n_events
        if judgement.detectable / math.sqrt(grown) <= relevant:
            return last_quarter + pd.DateOffset(months=3 * quarter)
    return None


def recent_events(frame: pd.DataFrame) -> float:
    """Return how many lifetimes had an event in a quarter of the last year at risk, on average.

    Parameters
    ----------
    frame
        Intervals: lifetime_id, risk_date, start, stop, event.
    """
    ended = frame["risk_date"] + pd.to_timedelta(frame["stop"] - frame["start"], unit="D")
    recent = ended > ended.max() - pd.Timedelta(days=RECENT_QUARTERS * DAYS_A_QUARTER)
    number = frame.loc[recent & (frame["event"] == 1), "lifetime_id"].nunique()
    return float(np.divide(number, RECENT_QUARTERS))
