"""A month: accounts are seen as they stand on its first day; in it they decide, leave, return, work and complain."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.factors import read_covariates
from analysis.worlds.company.accounts.decisions import Notices, add_products, come_back, decide, lose, renew
from analysis.worlds.company.accounts.people import come_and_go, join, never_come
from analysis.worlds.company.company import Company, write_state
from analysis.worlds.company.danger.hazard import covariates_on, linear_predictor, world_study
from analysis.worlds.company.danger.states import states_on
from analysis.worlds.company.relations.contacts import change_of_contacts, no_new_contacts
from analysis.worlds.company.relations.health import interventions_of_month, published_scores, red_accounts
from analysis.worlds.company.relations.rapport import change_of_rapport, surveys_of_month
from analysis.worlds.company.relations.tickets import tickets_of_month
from analysis.worlds.company.relations.touches import plan_handover, touches_of_month
from analysis.worlds.company.setting.days import Dates
from analysis.worlds.company.setting.tables import append, together
from analysis.worlds.company.traps import (
    PROGRAMME,
    attribute_rows,
    bulk_exports,
    cancellation_tickets,
    departures_at_exit,
    note_rewriting,
)
from analysis.worlds.company.use.activity import use_of_month
from analysis.worlds.company.use.episodes import begin_episodes
from analysis.worlds.company.use.liveliness import change_of_pace

ROLLED_OUT = 0.4
"""Users created in a roll-out, and in the head of a group by a merger, as a share of the seats."""


@dataclass(frozen=True, slots=True)
class Morning:
    """The accounts at risk on the first of a month, row by row alike in all that is known of them.

    Attributes
    ----------
    account
        Number of each, shape (n,).
    covariates
        Its account_id and covariates, by the queries.
    states
        Its states of the world.
    parts
        Each family's part of its log hazard.
    """

    account: NDArray[np.intp]
    covariates: pd.DataFrame
    states: pd.DataFrame
    parts: pd.DataFrame


def days_of(month: np.datetime64) -> Dates:
    """Return the days of a month."""
    return np.arange(month, month + 1, dtype="datetime64[D]")


def morning_of(company: Company, days: Dates) -> Morning:
    """Look at the accounts at risk on the first of a month, by what was known by then; no draw is made."""
    write_state(company)
    scenario = company.scenario
    first: dt.date = days[0].astype(object)
    covariates = covariates_on(company.engine, first, scenario, world_study(scenario))
    account = pd.Index(company.accounts.account_id).get_indexer(covariates["account_id"])
    states = _states(company, days[0]).iloc[account].reset_index(drop=True)
    parts = linear_predictor(covariates, scenario.effects, read_covariates(), states)
    return Morning(account, covariates, states, parts)


def decisions_of_month(company: Company, morning: Morning | None, days: Dates, rng: np.random.Generator) -> Notices:
    """Let accounts decide and renew; before they are free to leave there is no morning, and nobody does."""
    stays, terms, ledger, scenario = company.stays, company.terms, company.ledger, company.scenario
    at_risk, eta = np.zeros(len(company.accounts), dtype=bool), np.zeros(len(company.accounts))
    if morning is not None:
        at_risk[morning.account], eta[morning.account] = True, morning.parts.sum(axis=1).to_numpy()
    notices = decide(stays, terms, ledger, at_risk, eta, days, scenario, rng)
    renewed = renew(stays, terms, ledger, company.use.vitality, company.use.is_idle(), days, scenario, rng)
    notices = notices.and_then(decide(stays, terms, ledger, at_risk & renewed, eta, days, scenario, rng))
    add_products(stays, terms, ledger, company.use.vitality, days, scenario, rng)
    if morning is not None:
        heads = lose(company.accounts, stays, terms, ledger, days, scenario, rng)
        join(company.people, heads, _newcomers(company, heads), days, rng)
    return notices


def rest_of_month(
    company: Company, morning: Morning | None, notices: Notices, days: Dates, number: int, rng: np.random.Generator
) -> None:
    """Let all else happen that the month brings, given who gave notice in it.

    Parameters
    ----------
    number
        Of the month, from 0.
    """
    if morning is not None:
        _publish(company, morning, days, rng)
    _comings_and_goings(company, days, rng)
    _month_of_activity(company, notices, days, number, rng)


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


def _publish(company: Company, morning: Morning, days: Dates, rng: np.random.Generator) -> None:
    """Publish the health score, and let it set off what it does."""
    accounts, scenario = company.accounts, company.scenario
    scores = published_scores(morning.covariates, days[0].astype(object))
    red = red_accounts(scores, morning.account)
    actions, touches = interventions_of_month(
        accounts, company.stays, company.rapport, red, scenario.intervention_effect, days, rng
    )
    append(company.engine, "health_scores", scores)
    append(company.engine, "interventions", actions)
    append(company.engine, "touchpoints", touches)
    _relabel(company, red, np.full(len(red), days[2]), rng)


def _relabel(company: Company, account: NDArray[np.intp], on: Dates, rng: np.random.Generator) -> None:
    moved = company.overwritten.relabel(account, on, company.scenario.traps, rng)
    since = company.overwritten.relabelled_on[moved]
    append(company.engine, "account_attributes", attribute_rows(company.accounts, moved, since, PROGRAMME))


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
    engine, accounts, stays, use = company.engine, company.accounts, company.stays, company.use
    rapport, episodes, scenario, seats = company.rapport, company.episodes, company.scenario, company.terms.seats
    rolled_out = begin_episodes(episodes, stays, days, scenario, rng)
    join(company.people, rolled_out, _newcomers(company, rolled_out), days, rng)
    company.terms.rolled_out[rolled_out] = True
    worked = use_of_month(accounts, stays, company.people, use, episodes, company.releases, seats, scenario, days, rng)
    exported = bulk_exports(company.people, notices, days, scenario.traps, rng)
    company.usage_log.add(together([worked, exported]), days)
    touched = touches_of_month(accounts, stays, rapport, company.touches, company.contacts, days, number, rng)
    append(engine, "touchpoints", touched)
    append(engine, "tickets", tickets_of_month(accounts, stays, rapport, seats, episodes, days, rng))
    append(engine, "tickets", cancellation_tickets(accounts, stays, notices, scenario.traps, rng))
    append(engine, "surveys", surveys_of_month(accounts, stays, rapport, use.vitality, days, number, rng))
    _relabel(company, notices.account, notices.on, rng)
    change_of_pace(use, episodes, days[-1], rng)
    change_of_rapport(rapport, episodes.bug.ends_on > days[-1], rng)
    come_and_go(company.people, stays, days, rng)
    change_of_contacts(company.contacts, stays, days, scenario, rng)
