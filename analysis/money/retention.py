"""Retention: how much of what a book paid it still pays, without (GRR) and with (NRR) what it added."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.money.bridge import ADDED, LOST, Moves, moves_between
from analysis.money.frames import RETENTION
from analysis.money.paid import Paid, a_year

QUARTER, YEAR = "quarter", "year"
MONTHS = {QUARTER: 3, YEAR: 12}
EXPANSION = ADDED[2:]


def retention_by_quarter(paid: Paid) -> pd.DataFrame:
    """Return GRR and NRR of each quarter, and of the twelve months up to its end, as `RETENTION`.

    Of the lifetimes in force on the first day, each counted once by what it pays on the two days: gross retention
    leaves out contraction and ends, net retention adds upsell and cross-sell. It is of ends, never of notices; one in a
    short gap on the last day counts with what it paid, as nothing has ended.
    """
    starts = paid.quarter_starts()
    lines = [
        {"over": over, "first_day": start, "last_day": end, "is_settled": bool(end <= paid.settled_until)}
        | rates(moves_between(paid, start, end))
        for end in starts
        for over, start in _begun(end, starts[0])
    ]
    return RETENTION.checked(pd.DataFrame(lines, columns=RETENTION.columns))


def rates(moves: Moves) -> dict[str, float]:
    """Return GRR and NRR between two days, NaN where nothing was paid on the first.

    Examples
    --------
    Of 200 a month 10 are lost by contraction and 30 by an end; 50 are added: 80% and 105%.

    >>> from analysis.money.bridge import COUNTED, MOVES
    >>> lost = dict.fromkeys(MOVES, 0) | {"contraction": -10, "churn": -30, "upsell": 50}
    >>> found = rates(Moves(200, 210, lost, dict.fromkeys(COUNTED, 0), 9, 8, 0, 0, 0))
    >>> found["grr"], found["nrr"]
    (0.8, 1.05)
    """
    kept = moves.start + sum(moves.amounts[name] for name in LOST)
    more = sum(moves.amounts[name] for name in EXPANSION)
    return {
        "start": a_year(moves.start),
        "kept": a_year(kept),
        "expansion": a_year(more),
        "grr": kept / moves.start if moves.start else np.nan,
        "nrr": (kept + more) / moves.start if moves.start else np.nan,
        "n_start": moves.n_start,
    }


def churn_is_negative(nrr: float) -> bool:
    """Tell whether those who stayed added more than all losses together."""
    return bool(nrr > 1)


def _begun(end: pd.Timestamp, observed_from: pd.Timestamp) -> Iterator[tuple[str, pd.Timestamp]]:
    for over, months in MONTHS.items():
        start = end - pd.DateOffset(months=months)
        if start >= observed_from:
            yield over, start
