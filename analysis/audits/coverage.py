"""Coverage: what share of rows has a value, how late facts are learned, and how many belong to a lifetime."""

import datetime as dt
import re

import numpy as np
import pandas as pd

from analysis.audits.frames import COVERAGE, MATCH_RATES, REPORTING_DELAYS
from analysis.audits.knowledge import is_filled
from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.contract import read_contract
from analysis.ingest.measured.facts import facts_sql, is_dated

SETTLED_DAYS = 365
"""What happened so long before the snapshot has been learned by now, nearly all of it."""
QUARTER_DAYS = 91


def coverage(tenure: CohortTables) -> pd.DataFrame:
    """Return the share of landmark rows in which each covariate has a value, by fiscal quarter.

    Returns
    -------
    DataFrame
        covariate, family, quarter_from, rows, share; the numbers of a quarter with too few accounts are missing.
    """
    rows = tenure.landmarks
    quarters = tenure.table("book_by_quarter")["quarter_from"].to_numpy("datetime64[ns]")
    place = np.searchsorted(quarters, rows["risk_date"].to_numpy("datetime64[ns]"), side="right") - 1
    declared = tenure.covariates("landmarks")
    has_value = rows[[covariate.name for covariate in declared]].notna()
    has_value["quarter_from"] = quarters[np.maximum(place, 0)]
    grouped = has_value.groupby("quarter_from")
    shares = grouped.mean().reset_index().melt("quarter_from", var_name="covariate", value_name="share")
    shares["rows"] = shares["quarter_from"].map(grouped.size())
    accounts = rows["account_id"].groupby(has_value["quarter_from"]).nunique()
    hidden = shares["quarter_from"].map(accounts) < tenure.study.report.min_cell
    shares[["rows", "share"]] = shares[["rows", "share"]].mask(hidden)
    shares["family"] = shares["covariate"].map({covariate.name: covariate.family for covariate in declared})
    shares["order"] = shares["covariate"].map({covariate.name: k for k, covariate in enumerate(declared)})
    shares = shares.sort_values(["order", "quarter_from"], ignore_index=True)
    return shares[COVERAGE.columns]


def reporting_delays(tenure: CohortTables) -> pd.DataFrame:
    """Return how many days after a fact it is learned, and how much of the newest quarter is likely known by now.

    Returns
    -------
    DataFrame
        table, fact (its column), rows (settled: older than `SETTLED_DAYS` before the snapshot), median_days, p90_days,
        newest_quarter_known: share of the facts of the last 91 days expected to be known by the snapshot, if they are
        learned as the settled ones were. A line for each column of days of knowledge that the source fills in; a row
        without one was learned on its day.
    """
    lines = []
    settled = tenure.study.time.snapshot - dt.timedelta(days=SETTLED_DAYS)
    facts = [(table.name, *days) for table in read_contract().values() for days in table.days_of_learning()]
    for table, learned, happened in facts:
        if f"{table}.{learned}" not in tenure.given or not is_filled(tenure, table, learned):
            continue
        dated = f"select {happened} as happened, {learned} as learned from {table}"
        delays = tenure.ask("delays_of_learning", {"before": settled}, {"facts": dated})
        if delays.empty:
            continue
        days, share = delays["days"].to_numpy(np.float64), (delays["number"] / delays["number"].sum()).cumsum()
        # a fact of a days before the snapshot is known by its morning if it was learned within a - 1 days
        reached = np.searchsorted(days, np.arange(QUARTER_DAYS), side="right") - 1
        known = np.where(reached >= 0, share.to_numpy()[np.maximum(reached, 0)], 0.0).mean()
        median, p90 = (float(days[np.searchsorted(share, level)]) for level in (0.5, 0.9))
        lines.append((table, _first_name(happened), int(delays["number"].sum()), median, p90, float(known)))
    return pd.DataFrame(lines, columns=REPORTING_DELAYS.columns)


def match_rates(tenure: CohortTables) -> pd.DataFrame:
    """Return how many rows of each optional table meet a lifetime of their account, and how many were set aside.

    What happens on one day meets a lifetime that is under way then; what lasts, one that it overlaps. Rows that were
    set aside meet none. A table that the source gives has its line though it is not measured.

    Returns
    -------
    DataFrame
        table, rows (with those set aside), in_a_lifetime (share of them), set_aside (rows that broke a rule when the
        source was read).
    """
    set_aside = tenure.ask("rows_set_apart").set_index("table_name")["rows"]
    lines = []
    for table in read_contract().values():
        if not is_dated(table) or not {table.name} & (tenure.given | tenure.not_measured.keys()):
            continue
        (line,) = tenure.ask("facts_in_lifetimes", named={"facts": facts_sql(table)}).itertuples(index=False)
        apart = int(set_aside.get(table.name, 0))
        rows = int(line.rows) + apart
        lines.append((table.name, rows, float(line.matched / rows) if rows else float("nan"), apart))
    return pd.DataFrame(lines, columns=MATCH_RATES.columns)


def _first_name(sql: str) -> str:
    """Return the first name in a piece of SQL: the column that dates a row."""
    return re.findall(r"\w+", sql)[0]
