"""Terms: what each account has agreed to, and until when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.setting.behaviours import Clocks
from analysis.worlds.company.setting.days import NEVER, Dates, add_months
from analysis.worlds.company.setting.scenario import Scenario

FEWEST_SEATS = 3
BY_DEADLINE, SPREAD, ANY_TIME, AT_ONCE, EVERGREEN = range(5)
"""Clocks: notice falls in the days before the last one to give it; over weeks before the end; on any day of a term; on
any day, which is the last; on any day, there being no term."""


@dataclass(slots=True)
class Terms:
    """The term of each account that runs; dates are days.

    Attributes
    ----------
    months
        Length of the term; 0: none is agreed, and it ends `NEVER`.
    clock
        When notice is given, by number: `BY_DEADLINE` to `EVERGREEN`.
    rolled_out
        Whether users were rolled out since the last renewal.
    """

    months: NDArray[np.intp]
    clock: NDArray[np.intp]
    notice_days: NDArray[np.intp]
    price: NDArray[np.float64]
    starts_on: Dates
    ends_on: Dates
    seats: NDArray[np.intp]
    rolled_out: NDArray[np.bool_]

    def due(self, days: Dates) -> NDArray[np.bool_]:
        """Say whose term ends after the first of a month and by the next first."""
        return (self.ends_on > days[0]) & (self.ends_on <= days[-1] + 1)

    def begin(self, account: NDArray[np.intp], starts_on: Dates) -> None:
        """Let the terms of some accounts begin on given days."""
        self.starts_on[account] = starts_on
        self.ends_on[account] = ends_after(starts_on, self.months[account])


def ends_after(starts_on: Dates, months: NDArray[np.intp]) -> Dates:
    """Return when terms of some months end that begin on given days; `NEVER` for no months."""
    return np.where(months > 0, add_months(starts_on, months), NEVER)


def draw_terms(accounts: Accounts, scenario: Scenario, rng: np.random.Generator) -> Terms:
    """Draw the term that each account is in when the logs begin, or its first."""
    n = len(accounts)
    months, clock = _kinds(accounts, scenario.clocks, rng)
    logs_from = np.datetime64(scenario.logs_from, "M")
    age = (logs_from - accounts.joined_on.astype("datetime64[M]")).astype(int)
    passed = np.where(months > 0, np.maximum(0, age // np.maximum(months, 1)), 0)
    starts_on = add_months(accounts.joined_on, passed * months)
    typical = np.array([1.5, 2.2, 3.0])[accounts.segment]
    return Terms(
        months=months,
        clock=clock,
        notice_days=np.where(accounts.is_yearly, rng.choice([30, 60, 90], size=n), 14),
        price=np.round(rng.uniform(20, 40, n), 2),
        starts_on=starts_on,
        ends_on=ends_after(starts_on, months),
        seats=np.clip(np.round(np.exp(rng.normal(typical, 0.45))), FEWEST_SEATS, 60).astype(np.intp),
        rolled_out=np.zeros(n, dtype=bool),
    )


def _kinds(accounts: Accounts, clocks: Clocks, rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Draw how long each account's terms are, and when it gives notice; nothing is drawn where clocks are usual."""
    months = np.where(accounts.is_yearly, 12, 1)
    clock = np.full(len(accounts), BY_DEADLINE)
    if clocks.are_usual:
        return months, clock
    luck = rng.random((3, len(accounts)))
    shorter = (months == 12) & (luck[0] < clocks.short_terms)
    months[shorter] = np.where(luck[0][shorter] < clocks.short_terms / 2, 3, 6)
    clock[(months >= 3) & (luck[1] < clocks.spread)] = SPREAD
    clock[(months >= 3) & (luck[1] >= 1 - clocks.any_time)] = ANY_TIME
    clock[(months == 1) & (luck[1] < clocks.at_once)] = AT_ONCE
    without_term = luck[2] < clocks.evergreen
    months[without_term], clock[without_term] = 0, EVERGREEN
    return months, clock
