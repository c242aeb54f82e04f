"""Telling days: the days on which rebuilding the past would show that a tried covariate knows too much."""

import datetime as dt
from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.audits.look_ahead import audit_accounts
from analysis.declared.contract import Table, read_contract
from analysis.declared.own_shape import tables_behind
from analysis.trial.widened import Widened

LEAST, MOST = 6, 12
"""How many days there are."""
DRAWN = 2
"""So many of them, or more, are drawn: what no date in the contract tells is looked for, too."""
ENOUGH = 10
"""So many facts of a kind are to be learned of shortly after some day, where there are as many."""
SHORTLY = 31
"""Days. Covariates are asked for on the first of each month, if not more often."""
STAYS = "subscriptions"
"""On which all lifetimes and dates rest, and so every query."""


def telling_days(tenure: Widened) -> list[dt.date]:
    """Choose the days of a look: those just before which covariates are asked for, and after which much is learned.

    A query that knows a fact too early shows it between the account's last date before the fact was known and the day
    itself; one that reads the day itself on that day alone. Facts of each kind, such as notices or escalations, count
    alike, however few there are: of three leavers some are among them.
    """
    values = tenure.values
    asked = np.sort(values.loc[values[tenure.covariate.name].notna(), "risk_date"].unique())
    accounts = audit_accounts(tenure)
    dates = values.loc[values["account_id"].isin(accounts), ["account_id", "risk_date"]].drop_duplicates()
    tables = tables_behind(tenure.tried_query.reads, tenure.study.own.queries) | {STAYS}
    places = _covering(_between(learned(tenure, tables, accounts), dates, asked), len(asked))
    rest = np.setdiff1d(np.arange(len(asked)), places)
    drawn = np.random.default_rng([tenure.study.seed, 3]).permutation(rest)[: max(DRAWN, LEAST - len(places))]
    return [pd.Timestamp(asked[place]).date() for place in np.sort([*places, *drawn]).astype(np.int64)]


def learned(tenure: Widened, tables: Collection[str], accounts: Collection[str]) -> pd.DataFrame:
    """Return how many facts of each kind of some accounts became known on each day.

    Returns
    -------
    DataFrame
        kind (a table, and when its rows or a cell of them are known), account_id, day (the last on which it was not
        known), number.
    """
    kinds = [
        (table.name, known)
        for table in read_contract().values()
        if table.name in tables and "account_id" in table.column_names
        for known in _days_known(table)
    ]
    found = [
        tenure.query(
            f"select account_id, cast({known} as timestamp) as day, count(*) as number from {table} "
            f"where {known} is not null group by all order by all"
        ).assign(kind=f"{table}: {known}")
        for table, known in kinds
    ]
    facts = pd.concat(found, ignore_index=True)[["kind", "account_id", "day", "number"]]
    return facts[facts["account_id"].isin(accounts)].reset_index(drop=True)


def _days_known(table: Table) -> list[str]:
    known = {table.row_known_sql(), *(column.known for column in table.columns)} - {None}
    return sorted(map(str, known))


def _between(facts: pd.DataFrame, dates: pd.DataFrame, asked: NDArray[np.datetime64]) -> pd.DataFrame:
    """Return for facts of each kind the places of the days that show them, [first, last), and their number.

    These are the days from the account's last date on. What becomes known on such a date is of a kind of its own, too.
    """
    facts, dates = (frame.assign(account_id=frame["account_id"].astype(str)) for frame in (facts, dates))
    unit = "datetime64[us]"
    placed = pd.merge_asof(
        facts.astype({"day": unit}).sort_values("day", kind="stable"),
        dates.astype({"risk_date": unit}).sort_values("risk_date", kind="stable"),
        left_on="day",
        right_on="risk_date",
        by="account_id",
        tolerance=pd.Timedelta(days=SHORTLY),
    ).dropna(subset=["risk_date"])
    on_its_day = placed[placed["day"] == placed["risk_date"]]
    placed = pd.concat([placed, on_its_day.assign(kind=on_its_day["kind"] + ", on its day")], ignore_index=True)
    shown = placed.assign(
        first=np.searchsorted(asked, placed["risk_date"].to_numpy(), "left"),
        last=np.searchsorted(asked, placed["day"].to_numpy(), "right"),
    )
    return shown[shown["first"] < shown["last"]].groupby(["kind", "first", "last"], as_index=False)["number"].sum()


def _covering(between: pd.DataFrame, n_asked: int) -> list[int]:
    """Choose places one by one, each the one that shows most of what is still wanted of every kind."""
    kinds = [one[["first", "last", "number"]].to_numpy(np.int64) for _, one in between.groupby("kind")]
    wanted = [min(int(one[:, 2].sum()), ENOUGH) for one in kinds]
    seen = [0] * len(kinds)
    chosen: list[int] = []
    while len(chosen) < MOST - DRAWN:
        shown = [_shown(one, n_asked) for one in kinds]
        gains = [
            (np.minimum(old + new, most) - min(old, most)) / most
            for old, new, most in zip(seen, shown, wanted, strict=True)
        ]
        gain = np.sum(gains, axis=0) if gains else np.zeros(1)
        if gain.max(initial=0.0) <= 0:
            break
        place = int(gain.argmax())
        chosen.append(place)
        seen = [old + int(new[place]) for old, new in zip(seen, shown, strict=True)]
        kinds = [one[(place < one[:, 0]) | (place >= one[:, 1])] for one in kinds]
    return chosen


def _shown(between: NDArray[np.int64], n_asked: int) -> NDArray[np.int64]:
    """Return how many facts each day shows, by the first and last of the days that show them, and their number."""
    first, last, number = between.T
    ends = [np.bincount(one, number, n_asked + 1) for one in (first, last)]
    return np.asarray(np.cumsum(ends[0] - ends[1])[:n_asked], dtype=np.int64)
