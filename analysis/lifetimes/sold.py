"""Sold: what an account was, and what was sold to it, on a day; by which lifetimes and rows are told apart in SQL."""

import itertools
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.factors import read_covariates
from analysis.declared.own_queries import OTHER_EACH_TIME
from analysis.declared.ranges import NAMES_OF_ACCOUNTS
from analysis.engine.opening import open_engine
from analysis.engine.parsed import columns_read, reads_other_rows, words_called
from analysis.errors import EngineError, StudyError
from analysis.wording.nearest import nearest

AS_OF_SNAPSHOT = ("parent_account_id", "industry", "region", "employees", "segment", "touch_model", "maturity", "owner")
"""Columns of accounts: as they are given on the snapshot, whatever they were on the day."""
ON_THE_DAY = ("plan", "product", "currency", "term_months", "auto_renew", "notice_period_days", "seats", "mrr")
"""Columns of subscriptions: as they were on the day."""
ALWAYS = ("origin", "lifetime_number", "products")
_KNOWN_LATER = ("ended_on", "notice_on", "notice_withdrawn_on", "end_reason", "churn_reason")
"""Columns of subscriptions by which no group is told: they say how it ended."""
_OTHERS = (
    "'{expression}' looks at other lifetimes than its own, in a window, a sum or a select. An expression tells each by "
    "its own columns: seats >= 100."
)
GROUPS_OF_NUMBERS = 4
"""Into which a number of many values is cut, as many lifetimes in each as can be."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an expression says of each row, and which of its columns are as of the snapshot.

    Attributes
    ----------
    values
        In the order of the rows that were asked for.
    as_of_snapshot
        Columns that the expression reads and that may have been others on the day.
    """

    values: pd.Series
    as_of_snapshot: tuple[str, ...]


def told_of(tenure: CohortTables, days: pd.DataFrame, expression: str) -> Told:
    """Return what an expression in SQL says of lifetimes on days.

    Parameters
    ----------
    tenure
        The cohort.
    days
        lifetime_id and risk_date, and columns of its own that the expression may read, too (covariates).
    expression
        Over the columns of ``accounts`` (as given on the snapshot) and of ``subscriptions`` (as of the day), and those
        of `days`: ``plan``, ``seats >= 100``, ``plan = 'pro' and region = 'JP'``.

    Raises
    ------
    StudyError
        If it reads a column that there is not or the source does not give, is no expression, looks at other lifetimes
        than its own, or is another each time.

    Notes
    -----
    What is divided by zero is unknown, as what is not given is; so is an empty text.
    """
    if not expression.strip():
        raise StudyError("An empty text tells nothing apart. Name a column, as plan, or an expression over several.")
    read = tuple(name.lower() for name in columns_read(expression))
    _refuse_other_each_time(expression)
    if reads_other_rows(expression):
        raise StudyError(_OTHERS.format(expression=expression))
    own = [name for name in days.columns if name not in ("lifetime_id", "risk_date")]
    refuse_unknown(expression, read, tenure.given, own)
    sold = tenure.ask("what_was_sold", shown={"facts": days[["lifetime_id", "risk_date"]]})
    rows = sold.merge(days.drop(columns=[name for name in own if name in sold]), on=["lifetime_id", "risk_date"])
    numbered = rows.assign(place=np.arange(len(rows)))
    with open_engine(":memory:", 1, tenure.memory_limit) as engine, engine.showing(rows_told=numbered):
        engine.run("set ieee_floating_point_ops = false")
        engine.run("set error_on_division_by_zero = false")
        engine.seal()
        try:
            found = engine.frame(f"select ({expression}) as told from rows_told order by place")
        except EngineError as error:
            if "GROUP BY" in error.first_line:  # it sums up, as max(seats) does
                raise StudyError(_OTHERS.format(expression=expression)) from None
            raise StudyError(f"'{expression}' cannot be computed: {error.first_line}.") from None
    if (
        len(found) != len(rows)
        or found["told"].map(lambda value: isinstance(value, dict | list | tuple | np.ndarray)).any()
    ):
        raise StudyError(f"'{expression}' gives several values for each lifetime; join them: plan || ' ' || segment.")
    told = found["told"]
    if told.dtype == object:
        told = told.where(told != "", None)
    keys = rows[["lifetime_id", "risk_date"]].assign(told=told.to_numpy())
    return Told(days[["lifetime_id", "risk_date"]].merge(keys, how="left")["told"], _today(read))


def _today(read: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in AS_OF_SNAPSHOT if name in read)


def _refuse_other_each_time(expression: str) -> None:
    if calls := sorted(words_called(f"select ({expression}\n)") & set(OTHER_EACH_TIME)):
        raise StudyError(f"'{expression}' asks for {calls[0]}, which is another each time it is computed.")


def refuse_unknown(expression: str, read: Collection[str], given: Collection[str], own: Collection[str]) -> None:
    """Raise a `StudyError` where an expression reads what there is not, what is not given, or what names each account.

    It names the columns that there are.
    """
    sold = {name: f"accounts.{name}" for name in AS_OF_SNAPSHOT} | {
        name: f"subscriptions.{name}" for name in ON_THE_DAY
    }
    lacking = {one.name: one.lacking(given) for one in read_covariates()}
    there = list(dict.fromkeys([*(name for name, need in sold.items() if need in given), *ALWAYS, *own]))
    for name in read:
        if name in NAMES_OF_ACCOUNTS:
            raise StudyError(f"Column '{name}' of accounts tells each account from all others, and no groups.")
        if name in sold and name not in there:
            raise StudyError(f"The source gives no column '{sold[name]}'. It gives: {', '.join(there)}.")
        if name not in there and lacking.get(name):
            raise StudyError(
                f"'{expression}' reads '{name}', which these data do not measure: it needs {', '.join(lacking[name])}."
            )
        if name in _KNOWN_LATER and name not in there:
            raise StudyError(
                f"'{expression}' reads '{name}', which is known only once somebody leaves: groups by it are groups by "
                f"how they end. There are: {', '.join(there)}."
            )
        if name not in there:
            meant = "The day on which a lifetime began is 'origin'." if name == "started_on" else nearest(name, there)
            raise StudyError(f"'{expression}' reads '{name}', which there is not. {meant}")


def in_groups(values: pd.Series) -> pd.Series:
    """Return numbers of many values as ranges, told in their order, and many days as their years; all else as it is.

    Examples
    --------
    >>> in_groups(pd.Series(range(1, 101))).unique().tolist()
    ['1: up to 25', '2: over 25 to 50', '3: over 50 to 75', '4: over 75']
    """
    if pd.api.types.is_datetime64_any_dtype(values) and values.nunique() > GROUPS_OF_NUMBERS + 2:
        return values.dt.strftime("%Y").astype(object).where(values.notna(), None)
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return values
    numbers = values.astype(np.float64)
    if numbers.nunique() <= GROUPS_OF_NUMBERS + 2:
        return values
    shares = np.arange(1, GROUPS_OF_NUMBERS) / GROUPS_OF_NUMBERS
    cuts = np.unique(np.nanquantile(numbers, shares, method="lower"))
    cuts = cuts[cuts < numbers.max()]
    if not len(cuts):  # three quarters of all have the largest value
        cuts = np.unique(numbers.dropna())[-2:-1]
    ends = [f"{cut:,.6g}" for cut in cuts]
    ranges = [f"up to {ends[0]}", *(f"over {low} to {high}" for low, high in itertools.pairwise(ends))]
    names = [f"{place}: {words}" for place, words in enumerate([*ranges, f"over {ends[-1]}"], start=1)]
    place = np.searchsorted(cuts, numbers.to_numpy(), side="left")
    told = pd.Series([names[k] for k in place], index=values.index, dtype=object)
    return told.where(numbers.notna(), None)
