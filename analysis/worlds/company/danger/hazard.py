"""The hazard of a simulated world: covariates exactly as the queries compute them, times the effects of a scenario."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.cohort.queries import queries_of, run_folders
from analysis.declared.contract import as_known_sql, names_given, read_contract
from analysis.declared.factors import FOLDER as COVARIATES
from analysis.declared.factors import Covariate, measurable_covariates, read_families
from analysis.declared.needs import asked_of_rows
from analysis.declared.parameters import log_parameters
from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Time
from analysis.design.transforms import log_from_one
from analysis.engine.engine import Engine
from analysis.engine.query import behind
from analysis.ingest.tables.sources import create_table
from analysis.progress import quiet
from analysis.worlds.company.relations.health import SCORED
from analysis.worlds.company.setting.days import LONGEST_WINDOW
from analysis.worlds.company.setting.scenario import Scenario, Unit, read_states, read_units

NOT_GIVEN = ("use_logged_from",)
"""Columns of the contract that no world has: the use of all accounts is logged."""
FOLDERS = ("2_lifetimes", "3_dates", "4_activity", COVARIATES)
TRANSFORMS: dict[str, Callable[..., np.ndarray]] = {"log1p": np.log1p, "log_from_one": log_from_one}
LOGS = ("usage_daily", "touchpoints", "tickets", "surveys")
"""Tables that begin when the logs do; contracts and contacts reach back further."""


def covariates_on(engine: Engine, day: dt.date, scenario: Scenario, study: Study) -> pd.DataFrame:
    """Return the covariates of every account at risk on a day, by running the queries on what was known by then.

    Parameters
    ----------
    engine
        Holds every contract table of the world so far in schema ``world``.
    day
        The first day of a month.

    Returns
    -------
    DataFrame
        account_id and the covariates that matter here, to the hazard or to the published score, in order of account.
    """
    with engine.scratch("month"):
        given = _known_by(engine, day)
        names = names_given(given, stable_users=True) | asked_of_rows()  # a world has all that it can, some day
        parameters = study.query_parameters() | {"observation_start": day, "snapshot": day}
        logs = log_parameters(dict.fromkeys(LOGS, scenario.logs_from))
        wanted = [c for c in measurable_covariates(names) if c.name in scenario.effects or c.name in SCORED]
        topics = list(dict.fromkeys(covariate.table for covariate in wanted))
        only = behind(["risk_dates", *topics], queries_of(FOLDERS))
        run_folders(engine, FOLDERS, parameters | logs, names, quiet, only)
        joins = " ".join(f"left join {topic} using (lifetime_id, risk_date)" for topic in topics)
        columns = ", ".join(covariate.name for covariate in wanted)
        return engine.frame(f"select account_id, {columns} from risk_dates {joins} order by account_id")


def _known_by(engine: Engine, day: dt.date) -> dict[str, tuple[str, ...]]:
    """Show every contract table as it was known on the morning of a day, and return what the world gives."""
    made = set(engine.tables("world"))
    given = {}
    for table in read_contract().values():
        if table.name in made:
            given[table.name] = tuple(name for name in table.column_names if name not in NOT_GIVEN)
            recent = f" and used_on >= date '{day - LONGEST_WINDOW}'" if table.name == "usage_daily" else ""
            known = as_known_sql(table, f"world.{table.name}").replace("$as_of", f"date '{day}'")
            engine.run(f"create view {table.name} as {known}{recent}")
        else:
            create_table(engine, table)
    return given


def families() -> tuple[str, ...]:
    """Return the names of all families of covariates."""
    return tuple(family.name for family in read_families())


def linear_predictor(
    frame: pd.DataFrame,
    effects: Mapping[str, float],
    covariates: Sequence[Covariate],
    states: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return each family's part of the log hazard, shape (n, families); missing values contribute nothing.

    Parameters
    ----------
    frame
        Covariates, in the units of the queries.
    effects
        Of covariates and states, by name.
    covariates
        The declared ones.
    states
        States of the world, row by row those of `frame`; None: covariates alone.
    """
    units = read_units()
    parts = {family: np.zeros(len(frame)) for family in families()}
    for covariate in covariates:
        if covariate.name in effects and covariate.name in frame:
            units_away = in_units(frame[covariate.name], covariate, units[covariate.name])
            parts[covariate.family] += effects[covariate.name] * units_away
    for name, state in read_states().items():
        if states is not None and name in effects:
            parts[state.family] += effects[name] * states[name].to_numpy()
    return pd.DataFrame(parts, index=frame.index)


def in_units(values: pd.Series, covariate: Covariate, unit: Unit) -> np.ndarray:
    """Return a covariate in the units of the hazard; 0 where it is missing."""
    raw = values.to_numpy(np.float64, na_value=np.nan)
    transformed = TRANSFORMS.get(covariate.transform, np.asarray)(raw)
    return np.nan_to_num((transformed - unit.centre) / unit.scale)


def world_study(scenario: Scenario) -> Study:
    """Return the study by whose definitions the world's covariates are computed: the defaults; no account moves."""
    time = Time(observation_start=scenario.logs_from, snapshot=scenario.until)
    return Study(name="world", source=Source("contract", Path(), constant_attributes=("region",)), time=time)
