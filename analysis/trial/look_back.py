"""Look back: a tried covariate from all data and from what was known on some days, to the bit."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from analysis.audits.frames import LOOK_AHEAD, LOOK_AHEAD_CELLS
from analysis.audits.look_ahead import EXAMPLES, RECENT_DAYS, audit_accounts
from analysis.cohort.queries import KEY
from analysis.cohort.rebuild import REBUILT, made_of_part, past
from analysis.trial.widened import Widened


class Look(StrEnum):
    """Whether a covariate knows the future."""

    CLEAN = "clean"
    AHEAD = "ahead"
    CANNOT_TELL = "cannot_tell"
    """No cell shortly before any of the days has a value."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What became of a covariate when the past was rebuilt.

    Attributes
    ----------
    verdict : Look
    counts : DataFrame
        As `LOOK_AHEAD`; compared, and recent, are cells that have a value by all data or by what was known.
    cells : DataFrame
        As `LOOK_AHEAD_CELLS`: the first that differ on each day.
    """

    verdict: Look
    counts: pd.DataFrame
    cells: pd.DataFrame

    @property
    def differing(self) -> int:
        """How many cells differ, on all days."""
        return int(self.counts["differing"].sum())


def look_back(tenure: Widened, days: Sequence[dt.date]) -> Looked:
    """Rebuild the past from what was known on each day, and compare the covariate up to that day.

    By rule 2 of `queries/rules_of_time.md`.

    In every source table, each cell that became known on the day or later is blanked and each such row dropped; the
    query, and all that it rests on, runs again. Compared are the accounts of `audit_accounts`.

    Parameters
    ----------
    tenure
        The cohort with the covariate; it is only read.
    days
        On which to look.
    """
    name, table = tenure.covariate.name, tenure.covariate.table
    accounts = audit_accounts(tenure)
    ours = _from_all_data(tenure, accounts)
    counts, cells = [], []
    for day in days:
        tenure.progress(f"looking ahead: rebuilding what was known on {day}")
        with past(tenure, day, accounts, [table]) as engine:
            theirs = engine.frame(f"select {', '.join(KEY)}, {name} as known from {REBUILT}.{table}")
        both = ours.merge(theirs, on=list(KEY), how="inner", validate="one_to_one")
        valued = both[name].notna() | both["known"].notna()
        differs = valued & ~(both[name] == both["known"]).fillna(value=False).astype(bool)
        recent = valued & (both["risk_date"] > pd.Timestamp(day) - pd.Timedelta(days=RECENT_DAYS))
        counts.append((pd.Timestamp(day), name, int(valued.sum()), int(recent.sum()), int(differs.sum())))
        cells.append(_examples(both[differs], name, day))
    table_of_counts = LOOK_AHEAD.checked(pd.DataFrame(counts, columns=LOOK_AHEAD.columns))
    found = pd.concat(cells, ignore_index=True) if cells else LOOK_AHEAD_CELLS.empty()
    return Looked(_verdict(table_of_counts), table_of_counts, found)


def _from_all_data(tenure: Widened, accounts: Collection[str]) -> pd.DataFrame:
    """Return the values from all data of some accounts: of a part of the book made of it alone, as the past is."""
    if tenure.values["account_id"].isin(accounts).all():
        return tenure.values
    name, table = tenure.covariate.name, tenure.covariate.table
    again = made_of_part(tenure, accounts, table, [name])
    return tenure.values.drop(columns=name).merge(again, on=list(KEY), how="inner", validate="one_to_one")


def _verdict(counts: pd.DataFrame) -> Look:
    if counts["differing"].sum() > 0:
        return Look.AHEAD
    return Look.CLEAN if counts["recent"].sum() > 0 else Look.CANNOT_TELL


def _examples(differing: pd.DataFrame, name: str, day: dt.date) -> pd.DataFrame:
    """Return the last cells before the day that differ: nearest to what was not known yet."""
    last = differing.sort_values(["risk_date", "account_id"], ascending=[False, True], kind="stable").head(EXAMPLES)
    told = last.assign(
        day=pd.Timestamp(day),
        what=name,
        from_all_data=last[name].astype(object).where(last[name].notna()).map(_told),
        from_known=last["known"].astype(object).where(last["known"].notna()).map(_told),
    )
    return told[LOOK_AHEAD_CELLS.columns]


def _told(value: object) -> str | None:
    return None if pd.isna(value) else f"{value:g}" if isinstance(value, float) else str(value)
