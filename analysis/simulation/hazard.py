"""The hazard of a simulated world: covariates exactly as the queries compute them, times the effects of a scenario."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from analysis.build import log_parameters, run_folders
from analysis.contract import as_known_sql, names_given, read_contract
from analysis.factors import FOLDER as COVARIATES
from analysis.factors import Covariate, measurable_covariates
from analysis.simulation.scenario import Scenario, Unit, read_units
from analysis.sources import create_table
from analysis.study import Source, Study, Time

FOLDERS = ("2_lifetimes", "3_dates", "4_activity", COVARIATES)
LONGEST_WINDOW = dt.timedelta(days=100)
LOGS = ("usage_daily", "touchpoints", "tickets", "surveys")
"""Tables that begin when the logs do; contracts and contacts reach back further."""


def covariates_on(con: duckdb.DuckDBPyConnection, day: dt.date, scenario: Scenario, study: Study) -> pd.DataFrame:
    """Return the covariates of every account at risk on a day, by running the queries on what was known by then.

    Parameters
    ----------
    con
        Holds every contract table of the world so far in schema ``world``.
    day
        The first day of a month.

    Returns
    -------
    DataFrame
        account_id and all covariates that the world gives, in order of account.
    """
    given = {}
    made = _tables(con, "world")
    for table in read_contract().values():
        if table.name in made:
            given[table.name] = table.column_names
            recent = f" and used_on >= date '{day - LONGEST_WINDOW}'" if table.name == "usage_daily" else ""
            known = as_known_sql(table, f"world.{table.name}") + recent
            con.execute(f"create or replace table {table.name} as {known}", {"as_of": day})
        else:
            create_table(con, table)
    before = _tables(con, "main")
    names = names_given(given, stable_users=True)
    parameters = study.query_parameters() | {"observation_start": day, "snapshot": day}
    logs = log_parameters(dict.fromkeys(LOGS, scenario.logs_from))
    run_folders(con, FOLDERS, parameters | logs, names, lambda message: None)
    wanted = [c.name for c in measurable_covariates(names, "landmarks")]
    frame = con.execute(
        f"select risk_dates.account_id, {', '.join(wanted)} from risk_dates "
        + "".join(
            f"left join {family} using (lifetime_id, risk_date) " for family in ("usage", "relationship", "champion")
        )
        + "left join contract using (lifetime_id, risk_date) order by risk_dates.account_id"
    ).df()
    for name in sorted(_tables(con, "main") - before):
        con.execute(f"drop table {name}")
    return frame


def _tables(con: duckdb.DuckDBPyConnection, schema: str) -> set[str]:
    sql = "select table_name from duckdb_tables() where schema_name = ?"
    return {row[0] for row in con.execute(sql, [schema]).fetchall()}


def linear_predictor(
    frame: pd.DataFrame, effects: Mapping[str, float], covariates: Sequence[Covariate]
) -> pd.DataFrame:
    """Return each family's part of the log hazard, shape (n, families); missing values contribute nothing."""
    units = read_units()
    parts: dict[str, np.ndarray] = {}
    for covariate in covariates:
        if covariate.name in effects and covariate.name in frame:
            units_away = in_units(frame[covariate.name], covariate, units[covariate.name])
            part = effects[covariate.name] * units_away
            parts[covariate.family] = parts.get(covariate.family, np.zeros(len(frame))) + part
    return pd.DataFrame(parts, index=frame.index)


def in_units(values: pd.Series, covariate: Covariate, unit: Unit) -> np.ndarray:
    """Return a covariate in the units of the hazard; 0 where it is missing."""
    raw = values.to_numpy(np.float64, na_value=np.nan)
    transformed = np.log1p(raw) if covariate.transform == "log1p" else raw
    return np.nan_to_num((transformed - unit.centre) / unit.scale)


def world_study(scenario: Scenario) -> Study:
    """Return the study by whose definitions the world's covariates are computed: the defaults."""
    time = Time(observation_start=scenario.logs_from, snapshot=scenario.until)
    return Study(name="world", source=Source("contract", Path()), time=time)
