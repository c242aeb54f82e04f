"""Look-ahead: covariates and rows at risk on a day, from all data and from what was known on that day, to the bit."""

import datetime as dt
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from analysis.audits.frames import LOOK_AHEAD, LOOK_AHEAD_CELLS
from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.queries import KEY
from analysis.cohort.rebuild import COHORT, COVARIATES, LOOKED_AT, REBUILT, made_of_part, past
from analysis.engine.engine import Engine

ROWS = {"rows at risk on landmarks": "landmark_dates", "rows with covariates": COVARIATES}
SCORES = dict.fromkeys(("published_score", "published_score_age"), "landmark_scores")
"""Cells of landmark rows that are no covariates, and the query that makes them."""
RECENT_DAYS = 31
"""Cells of so many days before would show that a query looks ahead by as much; older ones show longer looks only."""
OF_PART = "of_part"
"""The schema of what a study's own queries make of the accounts that are looked at alone."""
EXAMPLES = 5
"""Cells that are listed for each covariate and day where any differ."""


def audit_days(tenure: CohortTables, n_days: int) -> list[dt.date]:
    """Draw the days of an audit: by turns a landmark and another date at which covariates are asked for.

    Only where covariates are asked for can looking ahead be seen.
    """
    dates = tenure.ask("dates_with_covariates")
    rng = np.random.default_rng([tenure.study.seed, 1])
    landmarks, others = (dates.loc[dates["is_landmark"] == wanted, "risk_date"].to_numpy() for wanted in (True, False))
    n_others = min(n_days // 2, len(others))
    drawn = [rng.permutation(landmarks)[: n_days - n_others], rng.permutation(others)[:n_others]]
    return [pd.Timestamp(day).date() for day in np.sort(np.concatenate(drawn))]


def audit_accounts(tenure: CohortTables) -> list[str]:
    """Draw the accounts whose covariates an audit compares: all, or of a large book as many as the study says.

    The cohort's tables are in an order of what they say: the draw does not depend on what accounts are called.
    """
    beside = [tenure.counting_process["account_id"], tenure.table("lifetimes")["account_id"]]
    accounts = pd.concat(beside).astype(str).unique()
    most = tenure.study.audits.look_ahead_accounts
    if len(accounts) <= most:
        return sorted(accounts)
    return sorted(np.random.default_rng([tenure.study.seed, 2]).choice(accounts, most, replace=False).tolist())


def look_ahead(tenure: CohortTables, days: Sequence[dt.date]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rebuild the past from what was known on each day, and compare every covariate, score and row up to that day.

    In every source table, each cell that became known on the day or later is blanked and each such row dropped; the
    queries run again. Nothing may differ (rule 2 of ``queries/rules_of_time.md``). Rows at risk are compared for all
    accounts, covariates and published scores for those of `audit_accounts`. A study's own queries may compare accounts:
    where part of the book is looked at, what they make of that part from all data is compared, not what the cohort has.

    Parameters
    ----------
    tenure
        The cohort; it is only read.
    days
        On which to look.

    Returns
    -------
    counts : DataFrame
        day, what (a covariate, one of `SCORES`, or which rows), compared (cells or rows), recent (those of the
        last `RECENT_DAYS`), differing.
    cells : DataFrame
        day, what, account_id, lifetime_number, risk_date, from_all_data, from_known: the first that differ of each
        covariate and day.
    """
    counts, cells = [], []
    accounts = audit_accounts(tenure)
    ours = _of_part(tenure, accounts)
    cells_of = {(COHORT, COVARIATES): [one.name for one in tenure.covariates() if one.name not in ours]}
    if of_part := [name for name in ours if name not in KEY]:
        cells_of[(OF_PART, COVARIATES)] = of_part
    if "health_scores" in tenure.given:
        cells_of[(COHORT, "landmark_scores")] = list(SCORES)
    for day in days:
        tenure.progress(f"looking ahead: rebuilding what was known on {day}")
        with past(tenure, day, accounts) as engine, engine.showing(shown_of_part=ours):
            if of_part:
                engine.run(f"create schema {OF_PART}")
                engine.run(f"create table {OF_PART}.{COVARIATES} as from shown_of_part")
            counts += [(day, what, *_rows_that_differ(engine, table, day)) for what, table in ROWS.items()]
            for (schema, table), names in cells_of.items():
                compared, recent, differing = _cells_that_differ(engine, schema, table, names, day)
                counts += [(day, name, compared, recent, n) for name, n in zip(names, differing, strict=True)]
                cells += [
                    _examples(engine, schema, table, name, day) for name, n in zip(names, differing, strict=True) if n
                ]
    listed = pd.concat(cells, ignore_index=True) if cells else LOOK_AHEAD_CELLS.empty()
    return pd.DataFrame(counts, columns=LOOK_AHEAD.columns).astype({"day": "datetime64[us]"}), listed


def _of_part(tenure: CohortTables, accounts: Collection[str]) -> pd.DataFrame:
    """Return what own queries make of some accounts alone, by `KEY`; no rows where these are all, or nothing is own."""
    own = {query.name for query in tenure.study.own.queries}
    names = [covariate.name for covariate in tenure.covariates() if covariate.table in own]
    if not names or tenure.table("lifetimes")["account_id"].astype(str).isin(accounts).all():
        return pd.DataFrame(columns=list(KEY))
    return made_of_part(tenure, accounts, COVARIATES, names)


def _rows_sql(schema: str, table: str, day: dt.date) -> str:
    """Return the rows of a table up to a day; of cells that are compared, those of the accounts that are looked at."""
    if table == "landmark_dates":
        return f"select *, landmark as on_day from {schema}.{table} where landmark <= date '{day}'"
    return (
        f"select cells.*, risk_date as on_day from {schema}.{table} as cells "
        f"semi join {LOOKED_AT} using (lifetime_id) where risk_date <= date '{day}'"
    )


def _is_recent(day: dt.date) -> str:
    return f"on_day > date '{day}' - {RECENT_DAYS}"


def _rows_that_differ(engine: Engine, table: str, day: dt.date) -> tuple[int, int, int]:
    ours, theirs = (
        f"(select lifetime_id, on_day from ({_rows_sql(schema, table, day)}))" for schema in (COHORT, REBUILT)
    )
    (row,) = engine.rows(
        f"select (select count(*) from {ours}), (select count(*) from {ours} where {_is_recent(day)}), "
        f"(select count(*) from ({ours} except {theirs})) + (select count(*) from ({theirs} except {ours}))"
    )
    return row


def _both_sql(schema: str, table: str, day: dt.date) -> str:
    """Return the pairs of rows that all data, in some schema, and what was known both have."""
    ours, theirs = (_rows_sql(one, table, day) for one in (schema, REBUILT))
    return f"({ours}) as ours inner join ({theirs}) as theirs using (lifetime_id, on_day)"


def _cells_that_differ(
    engine: Engine, schema: str, table: str, names: Sequence[str], day: dt.date
) -> tuple[int, int, list[int]]:
    """Return how many cells of each column were compared, how many of those are recent, and how many differ."""
    counts = [f"count(*) filter (ours.{name} is distinct from theirs.{name})" for name in names]
    recent = f"count(*) filter ({_is_recent(day)})"
    (row,) = engine.rows(f"select count(*), {recent}, {', '.join(counts)} from {_both_sql(schema, table, day)}")
    return row[0], row[1], list(row[2:])


def _examples(engine: Engine, schema: str, table: str, name: str, day: dt.date) -> pd.DataFrame:
    return engine.frame(
        f"select date '{day}' as day, '{name}' as what, account_id, lifetime_number, on_day as risk_date, "
        f"cast(ours.{name} as varchar) as from_all_data, cast(theirs.{name} as varchar) as from_known "
        f"from {_both_sql(schema, table, day)} inner join {COHORT}.lifetimes using (lifetime_id) "
        f"where ours.{name} is distinct from theirs.{name} "
        f"order by on_day, from_all_data, from_known, account_id, lifetime_number limit {EXAMPLES}"
    )
