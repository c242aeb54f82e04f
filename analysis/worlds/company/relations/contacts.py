"""Contacts: champions, sponsors and buyers, who leave, are replaced, and arrive; some of it is written down late."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.accounts.people import DEPARTMENTS
from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.accounts.stays import Stays
from analysis.worlds.company.setting.days import NEVER, NOTHING, Dates, any_of, as_dates, long_ago
from analysis.worlds.company.setting.scenario import Scenario

NOBODY: Any = None
DECIDERS = ("executive_sponsor", "buyer")


@dataclass(slots=True)
class Contacts:
    """All contacts so far, and on which day each account last saw a new decision-maker arrive."""

    rows: pd.DataFrame
    decider_on: Dates

    def add(self, account: NDArray[np.intp], role: NDArray[np.object_], on: Dates, rng: np.random.Generator) -> None:
        """Add a contact for each entry."""
        fresh = _rows(account, role, on, len(self.rows) + 1, rng)
        self.rows = pd.concat([self.rows, fresh], ignore_index=True)

    def taking_part(self, account: NDArray[np.intp], days: Dates, rng: np.random.Generator) -> NDArray[np.object_]:
        """Return for each account, in which a touch is held, one of those in a role all month; None where none is."""
        started_on, ended_on = (self.rows[name].to_numpy("datetime64[D]") for name in ("started_on", "ended_on"))
        here = np.flatnonzero((started_on <= days[0]) & ~(ended_on <= days[-1]))
        whose = self.rows["account"].to_numpy()[here]
        order = np.argsort(whose, kind="stable")
        first, count = np.searchsorted(whose[order], account), np.bincount(whose, minlength=account.max(initial=0) + 1)
        own = count[account]
        chosen = first + np.floor(rng.random(len(account)) * own).astype(np.intp)
        identity = np.full(len(here) + 1, NOBODY, dtype=object)
        identity[:-1] = self.rows["contact_id"].to_numpy(object)[here[order]]
        return identity[np.where(own > 0, chosen, len(here))]

    def frame(self, accounts: Accounts) -> pd.DataFrame:
        """Return all contacts, without those who never came because their account left."""
        came = self.rows["started_on"].to_numpy("datetime64[D]") < NEVER
        return self.rows[came].assign(account_id=accounts.account_id[self.rows["account"].to_numpy()[came]])


def draw_contacts(accounts: Accounts, rng: np.random.Generator) -> Contacts:
    """Draw champions, sponsors and buyers; in 15% of the accounts nobody ever wrote one down."""
    n = len(accounts)
    champions = np.where(rng.random(n) < 0.15, 0, 1 + rng.poisson(0.7, n))
    roles = {
        "champion": np.repeat(np.arange(n), champions),
        "executive_sponsor": np.flatnonzero((champions > 0) & (rng.random(n) < 0.8)),
        "buyer": np.flatnonzero((champions > 0) & (rng.random(n) < 0.4)),
    }
    account = np.concatenate(list(roles.values()))
    role = np.repeat(np.array(list(roles), dtype=object), [len(own) for own in roles.values()])
    return Contacts(_rows(account, role, accounts.joined_on[account], 1, rng), long_ago(n))


def _rows(
    account: NDArray[np.intp], role: NDArray[np.object_], started_on: Dates, first: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return contacts that begin on a day and become known up to three weeks later."""
    n = len(account)
    return pd.DataFrame(
        {
            "contact_id": np.array([f"C{k:06d}" for k in range(first, first + n)], dtype=object),
            "account": account,
            "role": role,
            "department": rng.choice(np.array(DEPARTMENTS, dtype=object), size=n),
            "started_on": started_on,
            "known_on": as_dates(started_on + rng.integers(0, 21, n)),
            "ended_on": np.full(n, NOTHING),
            "ended_known_on": np.full(n, NOTHING),
        }
    )


def change_of_contacts(
    contacts: Contacts, stays: Stays, days: Dates, scenario: Scenario, rng: np.random.Generator
) -> None:
    """Let champions, sponsors and buyers leave and be replaced, and new decision-makers arrive."""
    _leave(contacts, stays, days, scenario.people.departures, rng)
    _arrive(contacts, stays, days, scenario.people.new_decision_maker, rng)


def _leave(contacts: Contacts, stays: Stays, days: Dates, chance: float, rng: np.random.Generator) -> None:
    """Let some leave: some departures become known late or never, half are filled again."""
    rows = contacts.rows
    leaving = np.flatnonzero(
        (rng.random(len(rows)) < chance)
        & rows["ended_on"].isna().to_numpy()
        & (rows["started_on"].to_numpy("datetime64[D]") < days[0])
    )
    on = any_of(days, len(leaving), rng)
    there = stays.is_there(rows["account"].to_numpy()[leaving], on)
    leaving, on = leaving[there], on[there]
    is_known = rng.random(len(leaving)) < 0.85
    rows.loc[leaving[is_known], "ended_on"] = on[is_known]
    rows.loc[leaving[is_known], "ended_known_on"] = as_dates(on + rng.integers(0, 40, len(on)))[is_known]
    comes_on = as_dates(on + rng.integers(30, 120, len(on)))
    account, role = rows["account"].to_numpy()[leaving], rows["role"].to_numpy(object)[leaving]
    filled = (rng.random(len(on)) < 0.5) & (comes_on < stays.leaves_on[account])
    contacts.add(account[filled], role[filled], comes_on[filled], rng)


def _arrive(contacts: Contacts, stays: Stays, days: Dates, chance: float, rng: np.random.Generator) -> None:
    """Let new sponsors and buyers arrive in accounts that wrote any contact down, and note every new decider's day."""
    recorded = np.unique(contacts.rows["account"].to_numpy())
    account = recorded[rng.random(len(recorded)) < chance]
    on = any_of(days, len(account), rng)
    role = np.array(DECIDERS, dtype=object)[rng.integers(0, 2, len(account))]
    there = stays.is_there(account, on) & (stays.opened_on[account] < days[0])
    contacts.add(account[there], role[there], on[there], rng)
    started_on = contacts.rows["started_on"].to_numpy("datetime64[D]")
    fresh = contacts.rows["role"].isin(DECIDERS).to_numpy() & (started_on >= days[0]) & (started_on <= days[-1])
    whose = contacts.rows["account"].to_numpy()[fresh]
    is_new = started_on[fresh] > stays.opened_on[whose]
    contacts.decider_on[whose[is_new]] = started_on[fresh][is_new]


def no_new_contacts(contacts: Contacts, stays: Stays, leaving: NDArray[np.intp]) -> None:
    """Leave out those who would begin after their account has left."""
    is_leaving = np.zeros(len(stays.opened_on), dtype=bool)
    is_leaving[leaving] = True
    whose = contacts.rows["account"].to_numpy()
    started_on = contacts.rows["started_on"].to_numpy("datetime64[D]")
    late = is_leaving[whose] & (started_on >= stays.leaves_on[whose]) & (started_on < NEVER)
    contacts.rows.loc[late, "started_on"] = NEVER
