"""Calendar moves: months in which the whole book works less or more, and what is left of them beside the book."""

import numpy as np

from analysis.audits.alarm import Alarm
from analysis.audits.rebuild import parameters_of
from analysis.cohort_tables import CohortTables

MATTERS = 0.2
"""A move of the whole book by so much, on the log scale, would pass for a drop or surge of every account in it."""

ENOUGH = 50
"""Accounts that a landmark needs for a median that says something of the calendar."""


def calendar_moves(tenure: CohortTables) -> list[Alarm]:
    """Measure how far the book moved against its own baseline, and how far accounts did beside it.

    Returns
    -------
    list of Alarm
        'book': estimate is the largest move of the book's use a calendar day, recent window against baseline, over all
        landmarks, as a log ratio: raised where an analysis that compares accounts with their own past alone would be
        misled. 'beside_the_book': the largest median of surge less drop over a landmark's accounts: raised where the
        covariates are misled themselves. n: landmarks with whole windows, of those `ENOUGH` accounts or more.
    """
    if "usage_daily" not in tenure.given:
        return [Alarm("calendar_moves", "book", None), Alarm("calendar_moves", "beside_the_book", None)]
    windows = tenure.study.windows
    recent, baseline = windows.recent_days, windows.baseline_days
    observed_from = parameters_of(tenure)["usage_daily_observed_from"]
    moves = tenure.query(
        f"""
        with landmarks as (
            select distinct landmark from landmark_dates
            where landmark - {baseline} >= greatest(
                cast('{observed_from}' as date), (select min(day) from paying_day), (select min(used_on) from book_day))
        ),
        days as (select used_on, sum(events) as events from book_day group by used_on),
        paid as (select day, accounts from paying_day)
        select landmark,
            ln(sum(events) filter (day >= landmark - {recent}) / sum(accounts) filter (day >= landmark - {recent}))
            - ln(sum(events) filter (day < landmark - {recent}) / sum(accounts) filter (day < landmark - {recent}))
                as move
        from landmarks
        inner join paid on day >= landmark - {baseline} and day < landmark
        left join days on used_on = day
        group by landmark order by landmark
        """
    )["move"]
    rows = tenure.landmarks
    beside = (rows["usage_surge"] - rows["usage_drop"]).groupby(rows["risk_date"]).agg(["median", "count"])
    typical = beside["median"].median()  # most accounts drift a little, growing or fading as they age
    return [
        _largest("book", moves.to_numpy(np.float64)),
        _largest("beside_the_book", (beside.loc[beside["count"] >= ENOUGH, "median"] - typical).to_numpy(np.float64)),
    ]


def _largest(subject: str, moves: np.ndarray) -> Alarm:
    moves = moves[np.isfinite(moves)]
    if len(moves) == 0:
        return Alarm("calendar_moves", subject, None)
    largest = float(moves[np.argmax(np.abs(moves))])
    return Alarm("calendar_moves", subject, abs(largest) > MATTERS, largest, n=len(moves))
