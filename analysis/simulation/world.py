"""The world: month after month accounts use, meet, complain, renew and leave; its tables and its truth are written."""

import datetime as dt
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import StudyError
from analysis.factors import read_covariates
from analysis.simulation.activity import use_of_month
from analysis.simulation.company import Company, begin, write_accounts, write_state
from analysis.simulation.contacts import change_of_contacts, no_new_contacts
from analysis.simulation.days import Dates
from analysis.simulation.decisions import Notices, add_products, come_back, decide, lose, renew
from analysis.simulation.episodes import begin_episodes
from analysis.simulation.hazard import covariates_on, linear_predictor, world_study
from analysis.simulation.health import interventions_of_month, published_scores, red_accounts
from analysis.simulation.people import come_and_go, join, never_come
from analysis.simulation.rapport import change_of_rapport, surveys_of_month
from analysis.simulation.scenario import Scenario, effects_table, read_scenario
from analysis.simulation.states import states_on
from analysis.simulation.tables import append, export, keep_truth, together
from analysis.simulation.tickets import tickets_of_month
from analysis.simulation.touches import plan_handover, touches_of_month
from analysis.simulation.traps import (
    PROGRAMME,
    attribute_rows,
    bulk_exports,
    cancellation_tickets,
    departures_at_exit,
    note_rewriting,
    rewrite_scores,
)
from analysis.simulation.usage_log import PARTITIONED_FROM
from analysis.simulation.use import change_of_pace
from analysis.warehouse import Progress

ROLLED_OUT = 0.4
"""Users created in a roll-out, and in the head of a group by a merger, as a share of the seats."""


def simulate(
    n_accounts: int, seed: int, scenario: Scenario, progress: Progress, usage_folder: Path | None = None
) -> Company:
    """Simulate a company; the schemas ``world`` and ``truth`` of its database then hold its tables.

    Every month begins with the covariates of all accounts at risk, computed by the project's own queries from what was
    known by then, and with the states of the world. An account decides once a term, some days before its last day to
    give notice; what it decides with is that month's covariates and states. So the truth is defined, and the same seed
    gives the same world. A month's decisions fall on the days after its first, up to the next first.

    Parameters
    ----------
    n_accounts
        Accounts, over the whole time.
    seed
        Of every draw.
    scenario
        What drives leaving, and what happens.
    progress
        Told once a year of the world; each month where use is written as it goes.
    usage_folder
        Where each month of use is written as it ends; None: all use is kept in the database.
    """
    company = begin(n_accounts, scenario, usage_folder, np.random.default_rng([seed, 0]))
    months = np.arange(np.datetime64(scenario.logs_from, "M"), np.datetime64(scenario.until, "M"))
    for number, month in enumerate(months):
        rng = np.random.default_rng([seed, 1 + number])
        days = np.arange(month, month + 1, dtype="datetime64[D]")
        notices = _month_of_decisions(company, days, rng)
        _comings_and_goings(company, days, rng)
        _month_of_activity(company, notices, days, number, rng)
        if usage_folder is not None or number % 12 == 11 or number == len(months) - 1:
            progress(f"simulated to {days[-1]}")
    _finish(company)
    return company


def _month_of_decisions(company: Company, days: Dates, rng: np.random.Generator) -> Notices:
    """Let accounts decide and renew; from the scenario's first month on some leave, by covariates and states."""
    stays, terms, ledger, scenario = company.stays, company.terms, company.ledger, company.scenario
    n, nobody = len(company.accounts), np.array([], dtype=np.intp)
    at_risk, eta = np.zeros(n, dtype=bool), np.zeros(n)
    is_free = days[0] >= np.datetime64(scenario.first_month)
    if is_free:
        write_state(company)
        first: dt.date = days[0].astype(object)
        frame = covariates_on(company.con, first, scenario, world_study(scenario))
        place = pd.Index(company.accounts.account_id).get_indexer(frame["account_id"])
        states = _states(company, days[0]).iloc[place].reset_index(drop=True)
        parts = linear_predictor(frame, scenario.effects, read_covariates(), states)
        eta[place], at_risk[place] = parts.sum(axis=1).to_numpy(), True
    notices = decide(stays, terms, ledger, at_risk, eta, days, scenario, rng)
    renewed = renew(stays, terms, ledger, company.use.vitality, company.use.is_idle(), days, scenario, rng)
    notices = notices.and_then(decide(stays, terms, ledger, at_risk & renewed, eta, days, scenario, rng))
    add_products(stays, terms, ledger, company.use.vitality, days, scenario, rng)
    if not is_free:
        return Notices(nobody, days[:0], np.zeros(n))
    heads = lose(company.accounts, stays, terms, ledger, days, scenario, rng)
    join(company.people, heads, _newcomers(company, heads), days, rng)
    key = {"account_id": frame["account_id"].to_numpy(object), "month": days[0]}
    keep_truth(company.con, "hazard", pd.DataFrame(key | dict(parts) | {"probability": notices.probability[place]}))
    keep_truth(company.con, "states", pd.DataFrame(key | dict(states)))
    _publish(company, frame, place, days, rng)
    return notices


def _states(company: Company, first: np.datetime64) -> pd.DataFrame:
    return states_on(
        first,
        company.accounts,
        company.stays,
        company.use,
        company.episodes,
        company.releases,
        company.rapport,
        company.goals,
        company.touches,
        company.contacts,
    )


def _newcomers(company: Company, account: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.maximum(2, np.round(ROLLED_OUT * company.terms.seats[account])).astype(np.intp)


def _publish(
    company: Company, frame: pd.DataFrame, place: NDArray[np.intp], days: Dates, rng: np.random.Generator
) -> None:
    """Publish the health score, and let it set off what it does."""
    accounts, scenario = company.accounts, company.scenario
    scores = published_scores(frame, days[0].astype(object))
    red = red_accounts(scores, place)
    actions, touches = interventions_of_month(
        accounts, company.stays, company.rapport, red, scenario.intervention_effect, days, rng
    )
    append(company.con, "health_scores", scores)
    append(company.con, "interventions", actions)
    append(company.con, "touchpoints", touches)
    _relabel(company, red, np.full(len(red), days[2]), rng)


def _relabel(company: Company, account: NDArray[np.intp], on: Dates, rng: np.random.Generator) -> None:
    moved = company.overwritten.relabel(account, on, company.scenario.traps, rng)
    since = company.overwritten.relabelled_on[moved]
    append(company.con, "account_attributes", attribute_rows(company.accounts, moved, since, PROGRAMME))


def _comings_and_goings(company: Company, days: Dates, rng: np.random.Generator) -> None:
    """Let those whose last day is this month go, and those return who planned to."""
    stays, traps = company.stays, company.scenario.traps
    leaving = stays.leaving(days)
    never_come(company.people, stays, leaving)
    no_new_contacts(company.contacts, stays, leaving)
    departures_at_exit(company.contacts, company.ledger, stays, leaving, traps, rng)
    note_rewriting(company.overwritten, stays, leaving, traps, rng)
    back = come_back(stays, company.terms, company.ledger, days)
    away = stays.opened_on[back] - stays.left_before_on[back]
    company.goals.postpone(back, stays.left_before_on[back], away)
    plan_handover(company.touches, back, stays.opened_on[back], company.scenario, rng)


def _month_of_activity(company: Company, notices: Notices, days: Dates, number: int, rng: np.random.Generator) -> None:
    """Let people work, meet and complain; then let moods, people and champions change."""
    con, accounts, stays, use = company.con, company.accounts, company.stays, company.use
    rapport, episodes, scenario, seats = company.rapport, company.episodes, company.scenario, company.terms.seats
    rolled_out = begin_episodes(episodes, stays, days, scenario, rng)
    join(company.people, rolled_out, _newcomers(company, rolled_out), days, rng)
    company.terms.rolled_out[rolled_out] = True
    worked = use_of_month(accounts, stays, company.people, use, episodes, company.releases, seats, scenario, days, rng)
    exported = bulk_exports(company.people, notices, days, scenario.traps, rng)
    company.usage_log.add(together([worked, exported]), days)
    append(con, "touchpoints", touches_of_month(accounts, stays, rapport, company.touches, days, number, rng))
    append(con, "tickets", tickets_of_month(accounts, stays, rapport, seats, episodes, days, rng))
    append(con, "tickets", cancellation_tickets(accounts, stays, notices, scenario.traps, rng))
    append(con, "surveys", surveys_of_month(accounts, stays, rapport, use.vitality, days, number, rng))
    _relabel(company, notices.account, notices.on, rng)
    change_of_pace(use, episodes, days[-1], rng)
    change_of_rapport(rapport, episodes.bug.ends_on > days[-1], rng)
    come_and_go(company.people, stays, days, rng)
    change_of_contacts(company.contacts, stays, days, scenario, rng)


def _finish(company: Company) -> None:
    """Write the tables as they stand in the end, and the rest of the truth."""
    write_state(company)
    write_accounts(company)
    rewrite_scores(company.con, company.overwritten, company.accounts)
    keep_truth(company.con, "episodes", company.episodes.frame(company.accounts))
    keep_truth(company.con, "effects", pd.DataFrame(effects_table(company.scenario)))


def make_world(n_accounts: int, seed: int, scenario_name: str, out: Path, progress: Progress) -> list[Path]:
    """Simulate a company and write its tables and its truth as Parquet, whole or not at all.

    Parameters
    ----------
    n_accounts, seed
        See `simulate`.
    scenario_name
        One of `analysis.simulation.scenario.scenario_names`, or the path of a TOML file.
    out
        A new or empty folder; the truth goes into ``truth/`` in it. Use is one file, or one a month from
        `PARTITIONED_FROM` accounts on.

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
    part = out.with_name(f"{out.name}.part-{os.getpid()}")
    folder = part / "usage_daily" if n_accounts >= PARTITIONED_FROM else None
    try:
        company = simulate(n_accounts, seed, scenario, progress, folder)
        written = [*export(company.con, part), company.usage_log.finish(part)]
        company.con.close()
        if out.exists():
            out.rmdir()
        os.replace(part, out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return [out / path.relative_to(part) for path in written]
