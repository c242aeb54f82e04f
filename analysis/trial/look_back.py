"""Look back: a tried covariate from all data and from what was known on some days, to the bit."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.audits.frames import LOOK_AHEAD, LOOK_AHEAD_CELLS
from analysis.audits.look_ahead import EXAMPLES, RECENT_DAYS, audit_accounts
from analysis.cohort.queries import KEY
from analysis.cohort.rebuild import REBUILT, past
from analysis.declared.contract import Table, read_contract
from analysis.declared.own_shape import tables_behind
from analysis.trial.widened import Widened

DAYS = 6
"""On which the past is rebuilt: half of them landmarks on which most became known, the others drawn."""


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
    ours = tenure.values[tenure.values["account_id"].isin(accounts)]
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


def telling_days(tenure: Widened, n_days: int = DAYS) -> list[dt.date]:
    """Choose the days of a look: half of them the landmarks on which most of what it reads became known, others drawn.

    A query that reads the day itself shows it only where something happened on that day, and only where covariates are
    asked for. Of the drawn ones half are landmarks, too.
    """
    values = tenure.values
    asked = values.loc[values[tenure.covariate.name].notna(), "risk_date"].drop_duplicates()
    on_landmark = asked.isin(tenure.landmarks["risk_date"].unique())
    landmarks = asked[on_landmark].sort_values()
    known = learned_on(tenure, tables_behind(tenure.tried_query.reads, tenure.study.own.queries))
    number = landmarks.map(known).fillna(0).to_numpy(np.float64)
    most = landmarks.iloc[np.argsort(-number, kind="stable")[: n_days // 2]]
    rng = np.random.default_rng([tenure.study.seed, 3])
    rest = landmarks[~landmarks.isin(most)]
    drawn = [rng.permutation(rest)[: (n_days - len(most) + 1) // 2]]
    others = rng.permutation(asked[~on_landmark].sort_values())
    chosen = np.concatenate([most, *drawn, others[: n_days - len(most) - len(drawn[0])]])
    return [pd.Timestamp(day).date() for day in np.sort(chosen)]


def learned_on(tenure: Widened, tables: Collection[str]) -> pd.Series:
    """Return how many rows and cells of some source tables became known on each day, by day."""
    days = [sql for table in read_contract().values() if table.name in tables for sql in _days_known(table)]
    if not days:
        return pd.Series(dtype=np.float64)
    counted = tenure.query(
        f"select cast(day as timestamp) as day, count(*) as number from ({' union all '.join(days)}) "
        "where day is not null group by all order by all"
    )
    return counted.set_index("day")["number"]


def _days_known(table: Table) -> list[str]:
    known = {table.row_known_sql(), *(column.known for column in table.columns)} - {None}
    return [f"select {day} as day from {table.name}" for day in sorted(map(str, known))]
