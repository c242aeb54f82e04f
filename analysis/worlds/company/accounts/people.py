"""People: the users of all accounts, who come and go."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.accounts.stays import Stays
from analysis.worlds.company.setting.days import NEVER, NOTHING, Dates, any_of, as_dates, never

DEPARTMENTS = ("sales", "operations", "finance", "it", "support")
TURNOVER = 0.02
KEY_USERS = 3


@dataclass(slots=True)
class People:
    """Users of all accounts: whose they are, where they sit, how busy they are, from when to when; numbered from 0."""

    account: NDArray[np.intp]
    department: NDArray[np.intp]
    rate: NDArray[np.float64]
    created_on: Dates
    deactivated_on: Dates

    def __len__(self) -> int:
        """Count the users."""
        return len(self.account)

    def user_id(self) -> NDArray[np.object_]:
        """Name every user."""
        return np.array([f"U{number:07d}" for number in range(1, len(self) + 1)], dtype=object)

    def add(self, account: NDArray[np.intp], created_on: Dates, rng: np.random.Generator) -> None:
        """Create a user for each entry; a few of them will do most of the work."""
        n = len(account)
        department = rng.choice(len(DEPARTMENTS), size=n, p=[0.4, 0.25, 0.15, 0.1, 0.1])
        self.account = np.concatenate([self.account, account])
        self.department = np.concatenate([self.department, department])
        self.rate = np.concatenate([self.rate, rng.gamma(0.8, 0.3, n)])
        self.created_on = np.concatenate([self.created_on, created_on])
        self.deactivated_on = np.concatenate([self.deactivated_on, never(n)])

    def frame(self, accounts: Accounts) -> pd.DataFrame:
        """Return all users, without those who never came because their account left."""
        deactivated_on = np.where(self.deactivated_on < NEVER, self.deactivated_on, NOTHING)
        rows = pd.DataFrame(
            {
                "user_id": self.user_id(),
                "account_id": accounts.account_id[self.account],
                "department": np.array(DEPARTMENTS, dtype=object)[self.department],
                "created_on": self.created_on,
                "deactivated_on": deactivated_on,
            }
        )
        return rows[self.created_on < NEVER]


def draw_people(accounts: Accounts, seats: NDArray[np.intp], rng: np.random.Generator) -> People:
    """Draw the users that each account begins with: nine in ten seats are taken."""
    nobody = np.array([], dtype=np.intp)
    day = np.array([], dtype="datetime64[D]")
    people = People(nobody, nobody, np.array([], dtype=np.float64), day, day)
    account = np.repeat(np.arange(len(accounts)), np.maximum(2, np.round(0.9 * seats).astype(int)))
    people.add(account, as_dates(accounts.joined_on - accounts.trial_days)[account], rng)
    return people


def come_and_go(people: People, stays: Stays, days: Dates, rng: np.random.Generator) -> None:
    """Let some users go; most are replaced by new ones."""
    gone = np.flatnonzero(
        (rng.random(len(people)) < TURNOVER) & (people.deactivated_on == NEVER) & (people.created_on < days[0])
    )
    on = any_of(days, len(gone), rng)
    there = stays.is_there(people.account[gone], on)
    gone, on = gone[there], on[there]
    people.deactivated_on[gone] = on
    replaced = rng.random(len(gone)) < 0.9
    created_on = as_dates(on[replaced] + rng.integers(1, 15, int(replaced.sum())))
    account = people.account[gone[replaced]]
    comes = stays.is_there(account, created_on)
    people.add(account[comes], created_on[comes], rng)


def join(
    people: People, account: NDArray[np.intp], newcomers: NDArray[np.intp], days: Dates, rng: np.random.Generator
) -> None:
    """Create a number of users for each of some accounts, on days of the month."""
    whose = np.repeat(account, newcomers)
    people.add(whose, any_of(days, len(whose), rng), rng)


def never_come(people: People, stays: Stays, leaving: NDArray[np.intp]) -> None:
    """Leave out those who would be created after their account has left."""
    is_leaving = np.zeros(len(stays.opened_on), dtype=bool)
    is_leaving[leaving] = True
    late = is_leaving[people.account] & (people.created_on >= stays.leaves_on[people.account])
    people.created_on[late] = NEVER
