"""The population: accounts with their terms, people and contacts, before anything happens to them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.simulation.scenario import Scenario

Dates = NDArray[np.datetime64]
FEATURES = (
    "search", "create", "edit", "share", "comment", "dashboard",
    "export", "automation", "api", "permissions", "forecast", "mobile",
)  # fmt: skip
DEPARTMENTS = ("sales", "operations", "finance", "it", "support")
SEGMENTS, TOUCH = ("small", "mid", "large"), ("tech", "low", "high")
NEVER = np.datetime64("2262-01-01")


@dataclass(slots=True)
class Accounts:
    """The accounts of a world, one entry each; dates are days.

    `leaves_on` is the first unpaid day, `NEVER` while none is decided; `term_ends_on` that of the term running.
    """

    account_id: NDArray[np.object_]
    segment: NDArray[np.intp]
    touch_model: NDArray[np.intp]
    seats: NDArray[np.intp]
    price: NDArray[np.float64]
    term_months: NDArray[np.intp]
    notice_days: NDArray[np.intp]
    lead_days: NDArray[np.intp]
    origin: Dates
    trial_days: NDArray[np.intp]
    term_starts_on: Dates
    term_ends_on: Dates
    leaves_on: Dates
    vitality: NDArray[np.float64]
    rapport: NDArray[np.float64]
    breadth: NDArray[np.intp]
    features: NDArray[np.intp]

    def __len__(self) -> int:
        """Count the accounts."""
        return len(self.account_id)


@dataclass(slots=True)
class People:
    """Users of all accounts: whose they are, where they sit, how busy they are, from when to when."""

    user_id: NDArray[np.object_]
    account: NDArray[np.intp]
    department: NDArray[np.intp]
    rate: NDArray[np.float64]
    created_on: Dates
    deactivated_on: Dates


def add_months(day: Dates, months: NDArray[np.intp] | int) -> Dates:
    """Add calendar months to days of the month up to the 28th."""
    month = day.astype("datetime64[M]")
    return (month + months).astype("datetime64[D]") + (day - month.astype("datetime64[D]"))


def draw_accounts(n: int, scenario: Scenario, rng: np.random.Generator) -> Accounts:
    """Draw accounts: 45% are there when the logs begin, the others come at any time until the end."""
    logs_from, until = np.datetime64(scenario.logs_from), np.datetime64(scenario.until)
    segment = rng.choice(3, size=n, p=[0.5, 0.35, 0.15])
    old = rng.random(n) < 0.45
    before = logs_from - rng.integers(30, 1000, n)
    after = logs_from + rng.integers(0, int((until - logs_from).astype(int)) - 20, n)
    origin = np.where(old, before, after).astype("datetime64[D]")
    month = origin.astype("datetime64[M]").astype("datetime64[D]")
    origin = month + np.minimum((origin - month).astype(int), 27)
    yearly = rng.random(n) < np.array([0.55, 0.75, 0.95])[segment]
    term_months = np.where(yearly, 12, 1)
    terms = np.maximum(
        0, (logs_from.astype("datetime64[M]") - origin.astype("datetime64[M]")).astype(int) // term_months
    )
    term_starts_on = add_months(origin, terms * term_months)
    vitality = rng.normal(0, 0.55, n)
    return Accounts(
        account_id=np.array([f"A{k:06d}" for k in range(1, n + 1)], dtype=object),
        segment=segment,
        touch_model=np.where(rng.random(n) < 0.8, segment, rng.integers(0, 3, n)),
        seats=np.clip(np.round(np.exp(rng.normal(np.array([1.5, 2.2, 3.0])[segment], 0.45))), 3, 60).astype(np.intp),
        price=np.round(rng.uniform(20, 40, n), 2),
        term_months=term_months,
        notice_days=np.where(yearly, rng.choice([30, 60, 90], size=n), 14),
        lead_days=rng.integers(0, 9, n),
        origin=origin,
        trial_days=np.where(rng.random(n) < 0.2, 14, 0),
        term_starts_on=term_starts_on,
        term_ends_on=add_months(term_starts_on, term_months),
        leaves_on=np.full(n, NEVER),
        vitality=vitality,
        rapport=rng.normal(0, 0.9, n),
        breadth=rng.integers(4, len(FEATURES) + 1, n),
        features=np.argsort(rng.random((n, len(FEATURES))), axis=1),
    )


def draw_people(accounts: Accounts, rng: np.random.Generator) -> People:
    """Draw the users that each account begins with: nine in ten seats are taken."""
    per_account = np.maximum(2, np.round(0.9 * accounts.seats).astype(int))
    account = np.repeat(np.arange(len(accounts)), per_account)
    return new_people(accounts, account, accounts.origin[account], 1, rng)


def new_people(
    accounts: Accounts, account: NDArray[np.intp], created_on: Dates, first: int, rng: np.random.Generator
) -> People:
    """Draw users of given accounts; a few of them do most of the work."""
    n = len(account)
    return People(
        user_id=np.array([f"U{k:07d}" for k in range(first, first + n)], dtype=object),
        account=account,
        department=rng.choice(len(DEPARTMENTS), size=n, p=[0.4, 0.25, 0.15, 0.1, 0.1]),
        rate=rng.gamma(0.8, 0.3, n),
        created_on=created_on,
        deactivated_on=np.full(n, NEVER),
    )


def together(first: People, second: People) -> People:
    """Return the users of both."""
    names = ("user_id", "account", "department", "rate", "created_on", "deactivated_on")
    return People(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in names))


def draw_contacts(accounts: Accounts, rng: np.random.Generator) -> pd.DataFrame:
    """Draw champions and sponsors; in 15% of the accounts nobody ever wrote one down."""
    n = len(accounts)
    champions = np.where(rng.random(n) < 0.15, 0, 1 + rng.poisson(0.7, n))
    sponsors = (champions > 0) & (rng.random(n) < 0.8)
    account = np.concatenate([np.repeat(np.arange(n), champions), np.flatnonzero(sponsors)])
    role = np.repeat(np.array(["champion", "executive_sponsor"], dtype=object), [champions.sum(), sponsors.sum()])
    started_on = accounts.origin[account]
    return contact_rows(account, role, started_on, 1, rng)


def contact_rows(
    account: NDArray[np.intp], role: NDArray[np.object_], started_on: Dates, first: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return contacts that begin on a day and become known up to three weeks later."""
    n = len(account)
    return pd.DataFrame(
        {
            "contact_id": [f"C{k:06d}" for k in range(first, first + n)],
            "account": account,
            "role": role,
            "department": rng.choice(np.array(DEPARTMENTS, dtype=object), size=n),
            "started_on": started_on,
            "known_on": started_on + rng.integers(0, 21, n),
            "ended_on": np.full(n, np.datetime64("NaT"), dtype="datetime64[D]"),
            "ended_known_on": np.full(n, np.datetime64("NaT"), dtype="datetime64[D]"),
        }
    )
