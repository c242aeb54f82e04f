"""Look-ahead: covariates and rows at risk on a day, from all data and from what was known on that day, to the bit."""

import datetime as dt
from collections.abc import Sequence

import duckdb
import numpy as np
import pandas as pd

from analysis.audits.frames import LOOK_AHEAD, LOOK_AHEAD_CELLS
from analysis.audits.rebuild import COHORT, REBUILT, rebuilt
from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.contract import as_known_sql, read_contract

ROWS = {"rows at risk on landmarks": "landmark_dates", "rows with covariates": "covariates"}
RECENT_DAYS = 31
"""Cells of so many days before would show that a query looks ahead by as much; older ones show longer looks only."""
EXAMPLES = 5
"""Cells that are listed for each covariate and day where any differ."""


def audit_days(tenure: CohortTables, n_days: int) -> list[dt.date]:
    """Draw the days of an audit: by turns a landmark and another date at which covariates are asked for.

    Only where covariates are asked for can looking ahead be seen.
    """
    dates = tenure.query(
        "select distinct risk_date, landmark is not null as is_landmark from risk_dates left join "
        "(select distinct landmark from landmark_dates) as landmarks on risk_date = landmark order by risk_date"
    )
    rng = np.random.default_rng([tenure.study.seed, 1])
    landmarks, others = (dates.loc[dates["is_landmark"] == wanted, "risk_date"].to_numpy() for wanted in (True, False))
    n_others = min(n_days // 2, len(others))
    drawn = [rng.permutation(landmarks)[: n_days - n_others], rng.permutation(others)[:n_others]]
    return [pd.Timestamp(day).date() for day in np.sort(np.concatenate(drawn))]


def look_ahead(tenure: CohortTables, days: Sequence[dt.date]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rebuild the past from what was known on each day, and compare every covariate and every row up to that day.

    In every source table, each cell that became known on the day or later is blanked and each such row dropped; all
    queries run again. Nothing may differ (rule 2 of the rules of time).

    Parameters
    ----------
    tenure
        The cohort; it is only read.
    days
        On which to look.

    Returns
    -------
    counts : DataFrame
        day, what (a covariate, or which rows), compared (cells or rows), recent (those of the last `RECENT_DAYS`),
        differing.
    cells : DataFrame
        day, what, account_id, lifetime_number, risk_date, from_all_data, from_known: the first that differ of each
        covariate and day.
    """
    counts, cells = [], []
    for day in days:
        tenure.progress(f"looking ahead: rebuilding what was known on {day}")
        with rebuilt(tenure, _as_known(day), ROWS.values()) as con:
            counts += [(day, what, *_rows_that_differ(con, table, day)) for what, table in ROWS.items()]
            names = [covariate.name for covariate in tenure.covariates()]
            compared, recent, differing = _cells_that_differ(con, names, day)
            counts += [(day, name, compared, recent, number) for name, number in zip(names, differing, strict=True)]
            cells += [_examples(con, name, day) for name, number in zip(names, differing, strict=True) if number]
    listed = pd.concat(cells, ignore_index=True) if cells else LOOK_AHEAD_CELLS.empty()
    return pd.DataFrame(counts, columns=LOOK_AHEAD.columns), listed


def _as_known(day: dt.date) -> dict[str, str]:
    return {
        table.name: as_known_sql(table, f"{COHORT}.{table.name}").replace("$as_of", f"date '{day}'")
        for table in read_contract().values()
    }


def _rows_sql(schema: str, table: str, day: dt.date) -> str:
    """Return the rows of a table up to a day, lifetimes by account and number: their ids are given anew each time."""
    date = "landmark" if table == "landmark_dates" else "risk_date"
    return (
        f"select account_id, lifetime_number, {table}.*, {date} as on_day from {schema}.{table} "
        f"inner join {schema}.lifetimes using (lifetime_id) where {date} <= date '{day}'"
    )


def _is_recent(day: dt.date) -> str:
    return f"on_day > date '{day}' - {RECENT_DAYS}"


def _rows_that_differ(con: duckdb.DuckDBPyConnection, table: str, day: dt.date) -> tuple[int, int, int]:
    ours, theirs = (
        f"(select account_id, lifetime_number, on_day from ({_rows_sql(schema, table, day)}))"
        for schema in (COHORT, REBUILT)
    )
    (row,) = con.execute(
        f"select (select count(*) from {ours}), (select count(*) from {ours} where {_is_recent(day)}), "
        f"(select count(*) from ({ours} except {theirs})) + (select count(*) from ({theirs} except {ours}))"
    ).fetchall()
    return row


def _both_sql(day: dt.date) -> str:
    """Return the pairs of rows that both builds have."""
    ours, theirs = (_rows_sql(schema, "covariates", day) for schema in (COHORT, REBUILT))
    return f"({ours}) as ours inner join ({theirs}) as theirs using (account_id, lifetime_number, on_day)"


def _cells_that_differ(
    con: duckdb.DuckDBPyConnection, names: Sequence[str], day: dt.date
) -> tuple[int, int, list[int]]:
    """Return how many cells of each covariate were compared, how many of those are recent, and how many differ."""
    counts = [f"count(*) filter (ours.{name} is distinct from theirs.{name})" for name in names]
    recent = f"count(*) filter ({_is_recent(day)})"
    (row,) = con.execute(f"select count(*), {recent}, {', '.join(counts)} from {_both_sql(day)}").fetchall()
    return row[0], row[1], list(row[2:])


def _examples(con: duckdb.DuckDBPyConnection, name: str, day: dt.date) -> pd.DataFrame:
    return con.execute(
        f"select date '{day}' as day, '{name}' as what, account_id, lifetime_number, on_day as risk_date, "
        f"cast(ours.{name} as varchar) as from_all_data, cast(theirs.{name} as varchar) as from_known "
        f"from {_both_sql(day)} where ours.{name} is distinct from theirs.{name} "
        f"order by account_id, lifetime_number, on_day limit {EXAMPLES}"
    ).df()
