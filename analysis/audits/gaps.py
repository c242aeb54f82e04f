"""Gaps: which covariates lack values, whose facts are learned latest, and which table fits the book worst."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

COMPLETE = 0.99
"""A covariate that has a value in so large a share of the rows of every quarter has no gap worth a line."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Coverage, split into what has gaps and what has none.

    Attributes
    ----------
    lines
        Of the covariates with gaps: as `COVERAGE`, with `place`, the quarter's number from 0.
    complete
        The other covariates.
    n_covariates
        Of both.
    quarters
        The first day of each, in order.
    """

    lines: pd.DataFrame
    complete: tuple[str, ...]
    n_covariates: int
    quarters: tuple[pd.Timestamp, ...]


def gaps(coverage: pd.DataFrame) -> Gaps:
    """Split coverage into the covariates that lack a value in more than a hundredth of the rows of some quarter.

    Parameters
    ----------
    coverage
        As `analysis.audits.coverage.coverage` returns it.
    """
    quarters = np.sort(coverage["quarter_from"].unique())
    placed = coverage.assign(place=np.searchsorted(quarters, coverage["quarter_from"].to_numpy()))
    least = coverage.groupby("covariate", sort=False)["share"].min()
    complete = tuple(str(name) for name in least.index[least >= COMPLETE])
    return Gaps(
        lines=placed[~placed["covariate"].isin(complete)].reset_index(drop=True),
        complete=complete,
        n_covariates=len(least),
        quarters=tuple(pd.Timestamp(quarter) for quarter in quarters),
    )


@dataclass(frozen=True, slots=True)
class Delay:
    """How late a fact is learned.

    Attributes
    ----------
    fact
        The column that dates it, as ``table.column``.
    median_days, p90_days
        Days within which half, and nine of ten, are learned.
    """

    fact: str
    median_days: float
    p90_days: float


def slowest_fact(delays: pd.DataFrame) -> Delay | None:
    """Return the fact that is learned latest (nine of ten); None where the source says nothing of when it learned.

    Parameters
    ----------
    delays
        As `analysis.audits.coverage.reporting_delays` returns them.
    """
    if delays.empty:
        return None
    slow = delays.sort_values("p90_days", ascending=False, kind="stable").iloc[0]
    return Delay(f"{slow['table']}.{slow['fact']}", float(slow["median_days"]), float(slow["p90_days"]))


@dataclass(frozen=True, slots=True)
class Match:
    """How many rows of a table fall into a lifetime of their account."""

    table: str
    rows: int
    share: float


def worst_match(matches: pd.DataFrame) -> Match | None:
    """Return the table of which the smallest share of rows falls into a lifetime; None where no table has rows.

    Parameters
    ----------
    matches
        As `analysis.audits.coverage.match_rates` returns them.
    """
    known = matches.dropna(subset="in_a_lifetime")
    if known.empty:
        return None
    least = known.sort_values("in_a_lifetime", kind="stable").iloc[0]
    return Match(str(least["table"]), int(least["rows"]), float(least["in_a_lifetime"]))
