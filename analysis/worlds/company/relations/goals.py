"""Goals: what each account sets out to achieve, one after the other, and whether value was shown for it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.setting.days import NEVER, NOTHING, Dates, as_dates
from analysis.worlds.company.setting.scenario import Scenario

MOST = 10


@dataclass(frozen=True, slots=True)
class GoalPlan:
    """The goals of each account, one after the other; shape (n_accounts, MOST), `NEVER` where there is none."""

    defined_on: Dates
    achieved_on: Dates
    shown_on: Dates

    def is_all_achieved(self, day: np.datetime64) -> NDArray[np.bool_]:
        """Say which accounts have achieved, before a day, all goals set before it, at least one."""
        n_set, n_achieved = (self.defined_on < day).sum(axis=1), (self.achieved_on < day).sum(axis=1)
        return (n_set > 0) & (n_set == n_achieved)

    def is_value_shown(self, day: np.datetime64) -> NDArray[np.bool_]:
        """Say to which accounts value was shown before a day."""
        return (self.shown_on < day).sum(axis=1) > 0

    def postpone(self, account: NDArray[np.intp], left_on: Dates, by: NDArray[np.timedelta64]) -> None:
        """Let some accounts go on with their goals, after an absence, where they left off."""
        for days in (self.defined_on, self.achieved_on, self.shown_on):
            own = days[account]
            days[account] = np.where((own >= left_on[:, None]) & (own < NEVER), own + by[:, None], own)

    def frame(self, accounts: Accounts, left_on: Dates) -> pd.DataFrame:
        """Return the goals, without what would lie after the account left, or after the end of the world."""
        account, number = np.nonzero(self.defined_on < left_on[:, None])
        ends_on = left_on[account]

        def before_the_end(days: Dates) -> Dates:
            chosen = days[account, number]
            return np.where(chosen < ends_on, chosen, NOTHING)

        return pd.DataFrame(
            {
                "account_id": accounts.account_id[account],
                "goal_id": np.array([f"G{a + 1:06d}-{g + 1}" for a, g in zip(account, number, strict=True)], object),
                "defined_on": self.defined_on[account, number],
                "due_on": as_dates(self.defined_on[account, number] + 180),
                "achieved_on": before_the_end(self.achieved_on),
                "value_shown_on": before_the_end(self.shown_on),
            }
        )


def draw_goals(accounts: Accounts, scenario: Scenario, rng: np.random.Generator) -> GoalPlan:
    """Draw goals: each takes months; some have a next one; some accounts are never shown what it was worth."""
    n = len(accounts)
    shape = (n, MOST)
    takes, pause = 30 + rng.exponential(180, shape).astype(int), rng.integers(0, 90, shape)
    pause[:, 0] = rng.integers(10, 150, n)
    achieved_after = np.cumsum(takes + pause, axis=1)
    joined_on = accounts.joined_on[:, None]
    achieved_on = as_dates(joined_on + achieved_after)
    defined_on = as_dates(joined_on + achieved_after - takes)
    has_next = rng.random(shape) < scenario.goals.next
    exists = np.column_stack([np.ones(n, dtype=bool), np.cumprod(has_next[:, 1:], axis=1).astype(bool)])
    is_shown = exists & (rng.random(n) < scenario.goals.value_shown)[:, None] & (rng.random(shape) < 0.7)
    shown_on = as_dates(achieved_on + rng.integers(0, 90, shape))
    return GoalPlan(
        np.where(exists, defined_on, NEVER), np.where(exists, achieved_on, NEVER), np.where(is_shown, shown_on, NEVER)
    )
