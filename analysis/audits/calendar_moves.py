"""Calendar moves: dates on which nearly every account works less or more, and what is left of it beside the book."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.audits.alarm import Alarm, Verdict, found_if
from analysis.cohort.cohort_tables import CohortTables

MATTERS = math.log(4 / 3)
"""A typical account that falls by a quarter, or rises by a third, would pass for a drop or surge of every account."""

ENOUGH = 50
"""Accounts that a landmark needs for a median that says something of the calendar."""

FEWEST = 3
"""Landmarks with so many accounts: of fewer, none can stand out from their median."""


def calendar_moves(tenure: CohortTables) -> list[Alarm]:
    """Measure how far a typical account moved against its own past, alone and beside the book, there in each region.

    Returns
    -------
    list of Alarm
        'book': estimate is the largest, over landmarks, of the median log ratio of an account's use a calendar day,
        recent window to baseline: raised where an analysis that compares accounts with their own past alone would be
        misled. 'beside_the_book': the same of surge less drop, which are measured beside the book, of all accounts and
        of those of each region: raised where the covariates are misled themselves, as by a holiday of one region that
        the source does not name. Both less the median of all landmarks: most accounts drift a little, growing or
        fading as they age. n: landmarks with `ENOUGH` such accounts.
    """
    if "usage_daily" not in tenure.given:
        return [Alarm("calendar_moves", subject, Verdict.CANNOT_TELL) for subject in ("book", "beside_the_book")]
    rows = tenure.landmarks
    beside = pd.DataFrame({"landmark": rows["risk_date"], "move": rows["usage_surge"] - rows["usage_drop"]})
    region = rows["account_id"].map(tenure.table("accounts").set_index("account_id")["region"])
    of_regions = [own for _, own in beside.groupby(region, sort=True)]
    return [_largest("book", [_own_moves(tenure)]), _largest("beside_the_book", [beside, *of_regions])]


def _own_moves(tenure: CohortTables) -> pd.DataFrame:
    """Return landmark and log ratio of use, recent to baseline, of lifetimes that are logged all through both."""
    windows = tenure.study.windows
    recent, baseline = windows.recent_days, windows.baseline_days
    events = tenure.ask("use_moves")
    events = events[(events["recent"] > 0) & (events["baseline"] > 0)]
    ratio = (events["recent"] / recent).astype(float) / (events["baseline"] / (baseline - recent)).astype(float)
    return pd.DataFrame({"landmark": events["landmark"], "move": np.log(ratio)})


def _largest(subject: str, groups: Sequence[pd.DataFrame]) -> Alarm:
    """Return the landmark median that is farthest from its group's median of all; untold of few."""
    medians = [_medians(moves) for moves in groups]
    beside = pd.concat([own - own.median() for own in medians])
    if len(medians[0]) < FEWEST:
        return Alarm("calendar_moves", subject, Verdict.CANNOT_TELL, n=len(medians[0]))
    largest = float(beside.iloc[np.argmax(np.abs(beside.to_numpy(np.float64)))])
    return Alarm("calendar_moves", subject, found_if(abs(largest) > MATTERS), largest, n=len(medians[0]))


def _medians(moves: pd.DataFrame) -> pd.Series:
    found = moves.groupby("landmark")["move"].agg(["median", "count"])
    return found.loc[found["count"] >= ENOUGH, "median"]
