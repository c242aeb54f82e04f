"""The company: all that a simulated world is made of, as it stands, and its fixed tables."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.engine.engine import Engine
from analysis.engine.opening import open_engine
from analysis.worlds.company.accounts.ledger import Ledger
from analysis.worlds.company.accounts.owners import owners
from analysis.worlds.company.accounts.people import People, draw_people
from analysis.worlds.company.accounts.population import REGIONS, SEGMENTS, TOUCH, Accounts, draw_accounts
from analysis.worlds.company.accounts.stays import Stays
from analysis.worlds.company.accounts.terms import Terms, draw_terms
from analysis.worlds.company.relations.contacts import Contacts, draw_contacts
from analysis.worlds.company.relations.goals import GoalPlan, draw_goals
from analysis.worlds.company.relations.rapport import Rapport, draw_rapport
from analysis.worlds.company.relations.touches import TouchPlan, draw_touch_plan
from analysis.worlds.company.setting.days import holidays_between
from analysis.worlds.company.setting.scenario import Scenario
from analysis.worlds.company.setting.tables import append, replace
from analysis.worlds.company.traps import PROGRAMME, Overwritten, attribute_rows
from analysis.worlds.company.use.episodes import Episodes
from analysis.worlds.company.use.features import BULK_EXPORT, NAMES, Releases, draw_releases
from analysis.worlds.company.use.liveliness import Use, draw_use
from analysis.worlds.company.use.usage_log import UsageLog

NOBODY: Any = None
THREADED_FROM = 5000
"""Accounts from which on queries gain more by a second thread than they lose."""


@dataclass(slots=True)
class Company:
    """A company's accounts, with all that is going on in them, and the database of what happened."""

    engine: Engine
    scenario: Scenario
    accounts: Accounts
    stays: Stays
    terms: Terms
    ledger: Ledger
    people: People
    use: Use
    usage_log: UsageLog
    episodes: Episodes
    releases: Releases
    rapport: Rapport
    touches: TouchPlan
    goals: GoalPlan
    contacts: Contacts
    overwritten: Overwritten


def begin(n_accounts: int, scenario: Scenario, usage_folder: Path | None, rng: np.random.Generator) -> Company:
    """Draw a company as it stands when the logs begin.

    Parameters
    ----------
    usage_folder
        Where each month of use is written as it ends; None: kept in memory.
    """
    engine = open_engine(":memory:", None if n_accounts >= THREADED_FROM else 1)
    engine.run("create schema world")
    engine.run("create schema truth")
    accounts = draw_accounts(n_accounts, scenario, rng)
    terms = draw_terms(accounts, scenario, rng)
    company = Company(
        engine=engine,
        scenario=scenario,
        accounts=accounts,
        stays=Stays.of(accounts),
        terms=terms,
        ledger=Ledger.of(accounts, terms),
        people=draw_people(accounts, terms.seats, rng),
        use=draw_use(n_accounts, rng),
        usage_log=UsageLog(engine, usage_folder),
        episodes=Episodes.none(n_accounts),
        releases=draw_releases(accounts, scenario, rng),
        rapport=draw_rapport(n_accounts, rng),
        touches=draw_touch_plan(accounts, scenario, rng),
        goals=draw_goals(accounts, scenario, rng),
        contacts=draw_contacts(accounts, rng),
        overwritten=Overwritten.nothing(n_accounts),
    )
    company.usage_log.begin()
    _write_fixed_tables(company)
    return company


def _write_fixed_tables(company: Company) -> None:
    """Write what no month changes: accounts and their first attributes, features, holidays."""
    engine, accounts, scenario = company.engine, company.accounts, company.scenario
    write_accounts(company)
    everybody = np.arange(len(accounts))
    for attribute, values in (("segment", _segments(accounts)), ("touch_model", _touch_models(accounts))):
        rows = attribute_rows(accounts, everybody, accounts.joined_on, "")
        rows = rows[rows["attribute"] == attribute].assign(value=values)
        append(engine, "account_attributes", rows)
    features = company.releases.frame()
    if scenario.traps.leaky_notice:
        features = pd.concat([features, pd.DataFrame({"feature": [NAMES[BULK_EXPORT]], "depth": "advanced"})])
    replace(engine, "features", features)
    days = holidays_between(np.datetime64(scenario.logs_from) - 365, np.datetime64(scenario.until) + 365)
    region, day = np.repeat(np.array(REGIONS, dtype=object), len(days)), np.tile(days, len(REGIONS))
    replace(engine, "holidays", pd.DataFrame({"region": region, "day": day}))


def write_accounts(company: Company) -> None:
    """Write the accounts with today's segment and touch model: those in the programme have its own."""
    accounts = company.accounts
    is_relabelled = company.overwritten.relabelled_on < np.datetime64(company.scenario.until)
    is_introduced = accounts.onboarded_on < company.stays.leaves_on  # who leaves before is not introduced any more
    has_parent = accounts.parent != np.arange(len(accounts))
    rows = pd.DataFrame(
        {
            "account_id": accounts.account_id,
            "parent_account_id": np.where(has_parent, accounts.account_id[accounts.parent], NOBODY),
            "segment": np.where(is_relabelled, PROGRAMME, _segments(accounts)),
            "touch_model": np.where(is_relabelled, "high", _touch_models(accounts)),
            "region": np.array(REGIONS, dtype=object)[accounts.region],
            "onboarding_completed_on": np.where(is_introduced, accounts.onboarded_on, np.datetime64("NaT")),
            "owner": owners(accounts.account_id),
        }
    )
    replace(company.engine, "accounts", rows)


def _segments(accounts: Accounts) -> NDArray[np.object_]:
    return np.array(SEGMENTS, dtype=object)[accounts.segment]


def _touch_models(accounts: Accounts) -> NDArray[np.object_]:
    return np.array(TOUCH, dtype=object)[accounts.touch_model]


def write_state(company: Company) -> None:
    """Write the tables whose rows change after they are written: contracts, contacts, users, goals."""
    engine, accounts, stays = company.engine, company.accounts, company.stays
    left_on = np.minimum(stays.leaves_on, np.datetime64(company.scenario.until))
    replace(engine, "subscriptions", company.ledger.frame(accounts))
    replace(engine, "contacts", company.contacts.frame(accounts))
    replace(engine, "users", company.people.frame(accounts))
    replace(engine, "goals", company.goals.frame(accounts, left_on))
