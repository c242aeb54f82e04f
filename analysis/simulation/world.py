"""The world: month after month accounts use, meet, complain, renew and leave; its tables and its truth are written."""

import datetime as dt
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import StudyError
from analysis.factors import read_covariates
from analysis.simulation import relations
from analysis.simulation.activity import change_of_pace, change_of_people, use_of_month
from analysis.simulation.hazard import covariates_on, linear_predictor, world_study
from analysis.simulation.health import interventions_of_month, published_scores
from analysis.simulation.ledger import Ledger
from analysis.simulation.population import Accounts, Dates, People, draw_accounts, draw_contacts, draw_people
from analysis.simulation.scenario import Scenario, effects_table, read_scenario
from analysis.simulation.tables import (
    append,
    export,
    write_contacts,
    write_fixed_tables,
    write_goals,
    write_ledger,
    write_people,
)
from analysis.warehouse import Progress, connect, scalar


@dataclass(slots=True)
class World:
    """A company as it stands: its accounts, people, contacts and contracts, and the database of what happened."""

    con: duckdb.DuckDBPyConnection
    scenario: Scenario
    accounts: Accounts
    people: People
    contacts: pd.DataFrame
    ledger: Ledger


def simulate(n_accounts: int, seed: int, scenario: Scenario, progress: Progress) -> duckdb.DuckDBPyConnection:
    """Simulate a company and return a database whose schemas ``world`` and ``truth`` hold its tables.

    Every month begins with the covariates of all accounts at risk, computed by the project's own queries from what was
    known by then. An account decides once a term, some days before its last day to give notice; what it decides with
    is that month's covariates. So the truth is defined, and the same seed gives the same world.

    Parameters
    ----------
    n_accounts
        Accounts, over the whole time.
    seed
        Of every draw.
    scenario
        What drives leaving.
    progress
        Told once a year of the world.
    """
    world = _begin(n_accounts, scenario, np.random.default_rng([seed, 0]))
    months = np.arange(np.datetime64(scenario.logs_from, "M"), np.datetime64(scenario.until, "M"))
    for number, month in enumerate(months):
        rng = np.random.default_rng([seed, 1 + number])
        days = np.arange(month, month + 1, dtype="datetime64[D]")
        if days[0] >= np.datetime64(scenario.first_month):
            _month_with_decisions(world, days, rng)
        else:
            world.ledger.renew(world.accounts, days, rng)
        _month_of_activity(world, days, number, rng)
        if number % 12 == 11 or number == len(months) - 1:
            progress(f"simulated to {days[-1]}")
    _write_state(world)
    write_people(world.con, world.people, world.accounts)
    write_goals(world.con, world.accounts, scenario.until, np.random.default_rng([seed, len(months) + 1]))
    return world.con


def _begin(n_accounts: int, scenario: Scenario, rng: np.random.Generator) -> World:
    con = connect(":memory:")
    con.execute("create schema world")
    con.execute("create schema truth")
    accounts = draw_accounts(n_accounts, scenario, rng)
    people, contacts = draw_people(accounts, rng), draw_contacts(accounts, rng)
    ledger = Ledger.of(accounts, np.datetime64(scenario.logs_from))
    write_fixed_tables(con, accounts, rng)
    return World(con, scenario, accounts, people, contacts, ledger)


def _month_with_decisions(world: World, days: Dates, rng: np.random.Generator) -> None:
    """Compute covariates, let accounts decide and renew, and publish the score with what it sets off."""
    accounts, ledger, scenario = world.accounts, world.ledger, world.scenario
    first: dt.date = days[0].astype(object)
    _write_state(world)
    frame = covariates_on(world.con, first, scenario, world_study(scenario))
    place = pd.Index(accounts.account_id).get_indexer(frame["account_id"])
    parts = linear_predictor(frame, scenario.effects, read_covariates())
    eta, at_risk = np.zeros(len(accounts)), np.zeros(len(accounts), dtype=bool)
    eta[place], at_risk[place] = parts.sum(axis=1).to_numpy(), True
    first_wish = ledger.decide(accounts, at_risk, eta, days, scenario, rng)
    renewed = ledger.renew(accounts, days, rng)
    second_wish = ledger.decide(accounts, at_risk & renewed, eta, days, scenario, rng)
    probability = 1 - (1 - first_wish) * (1 - second_wish)
    ledger.lose(accounts, place, days, scenario, rng)
    _write_truth(world.con, frame["account_id"], parts, first, probability[place])
    scores = published_scores(frame, first)
    actions, touches = interventions_of_month(frame, scores, accounts, place, days, scenario, rng)
    append(world.con, "health_scores", scores)
    append(world.con, "interventions", actions)
    append(world.con, "touchpoints", touches)


def _month_of_activity(world: World, days: Dates, number: int, rng: np.random.Generator) -> None:
    """Let people work, meet and complain; then let moods, people and champions change."""
    accounts = world.accounts
    here = np.flatnonzero((accounts.origin <= days[-1]) & (accounts.leaves_on > days[0]))
    append(world.con, "usage_daily", use_of_month(accounts, world.people, days, rng))
    append(world.con, "touchpoints", relations.touches_of_month(accounts, here, days, rng))
    append(world.con, "tickets", relations.tickets_of_month(accounts, here, days, rng))
    append(world.con, "surveys", relations.surveys_of_month(accounts, here, days, number, rng))
    change_of_pace(accounts, rng)
    relations.change_of_rapport(accounts, rng)
    world.people = change_of_people(accounts, world.people, days, rng)
    world.contacts = relations.change_of_contacts(world.contacts, accounts, days, rng)


def _write_state(world: World) -> None:
    write_ledger(world.con, world.ledger)
    write_contacts(world.con, world.contacts, world.accounts)


def make_world(n_accounts: int, seed: int, scenario_name: str, out: Path, progress: Progress) -> list[Path]:
    """Simulate a company and write its tables and its truth as Parquet, whole or not at all.

    Parameters
    ----------
    n_accounts, seed
        See `simulate`.
    scenario_name
        One of `analysis.simulation.scenario.scenario_names`, or the path of a TOML file.
    out
        A new or empty folder; the truth goes into ``truth/`` in it.

    Raises
    ------
    StudyError
        If the scenario or the number of accounts is no good, or `out` holds something already.
    """
    scenario = read_scenario(scenario_name)
    if n_accounts < 1:
        raise StudyError(f"--accounts must be positive, but is {n_accounts}.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StudyError(f"{out} is there already. Name a new folder, or remove it first.")
    con = simulate(n_accounts, seed, scenario, progress)
    con.register("effects", pd.DataFrame(effects_table(scenario)))
    con.execute("create table truth.effects as select * from effects")
    part = out.with_name(f"{out.name}.part-{os.getpid()}")
    try:
        written = export(con, part)
        if out.exists():
            out.rmdir()
        os.replace(part, out)
    finally:
        con.close()
        shutil.rmtree(part, ignore_errors=True)
    return [out / path.relative_to(part) for path in written]


def _write_truth(
    con: duckdb.DuckDBPyConnection,
    account_id: pd.Series,
    parts: pd.DataFrame,
    first: dt.date,
    probability: NDArray[np.float64],
) -> None:
    """Keep each account's log hazard on the first of a month, by family, and the probability it then decided with."""
    families = {family: parts.get(family, 0.0) for family in ("usage", "relationship", "champion", "contract")}
    truth = pd.DataFrame(
        {"account_id": account_id, "month": np.datetime64(first), **families, "probability": probability}
    )
    con.register("truth_of_month", truth)
    exists = scalar(con, "select count(*) from duckdb_tables() where schema_name = 'truth'")
    con.execute(
        f"{'insert into truth.hazard' if exists else 'create table truth.hazard as'} select * from truth_of_month"
    )
    con.unregister("truth_of_month")
