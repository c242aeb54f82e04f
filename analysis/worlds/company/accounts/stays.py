"""Stays: when each account is a customer; it leaves, and may return."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.setting.behaviours import Returns
from analysis.worlds.company.setting.days import NEVER, Dates, as_dates, long_ago, never

SOON_DAYS = 20


@dataclass(slots=True)
class Stays:
    """The stay of each account that runs, or ran last; dates are days.

    Attributes
    ----------
    opened_on
        First paid day of the stay.
    leaves_on
        First unpaid day; `NEVER` while none is decided.
    left_before_on
        The first unpaid day of the stay before; long ago if there was none.
    returns_on
        First day of the next stay; `NEVER` while none is in sight.
    number
        1 for the first.
    """

    opened_on: Dates
    leaves_on: Dates
    left_before_on: Dates
    returns_on: Dates
    number: NDArray[np.intp]

    @classmethod
    def of(cls, accounts: Accounts) -> Self:
        """Open every account's first stay."""
        n = len(accounts)
        return cls(accounts.joined_on.copy(), never(n), long_ago(n), never(n), np.ones(n, dtype=np.intp))

    def is_there(self, account: NDArray[np.intp], day: Dates) -> NDArray[np.bool_]:
        """Say of accounts and days, not before the last month, whether the account is a customer on the day."""
        in_stay = (day >= self.opened_on[account]) & (day < self.leaves_on[account])
        return in_stay | (day < self.left_before_on[account])

    def here(self, days: Dates) -> NDArray[np.intp]:
        """Return the accounts that are customers on some of a month's days."""
        in_stay = (self.opened_on <= days[-1]) & (self.leaves_on > days[0])
        return np.flatnonzero(in_stay | (self.left_before_on > days[0]))

    def leaving(self, days: Dates) -> NDArray[np.intp]:
        """Return the accounts whose first unpaid day comes after the first of a month and by the next first."""
        return np.flatnonzero((self.leaves_on > days[0]) & (self.leaves_on <= days[-1] + 1))

    def plan_returns(self, leavers: NDArray[np.intp], returns: Returns, rng: np.random.Generator) -> None:
        """Let some of those who gave notice come back: after 20 days, or after two to eight months."""
        luck, months = rng.random(len(leavers)), rng.integers(60, 240, len(leavers))
        away = np.where(luck < returns.soon, SOON_DAYS, months)
        comes_back = luck < returns.soon + returns.later
        self.returns_on[leavers] = np.where(comes_back, as_dates(self.leaves_on[leavers] + away), NEVER)

    def returning(self, days: Dates) -> NDArray[np.intp]:
        """Return the accounts whose next stay opens after the first of a month and by the next first."""
        return np.flatnonzero((self.returns_on > days[0]) & (self.returns_on <= days[-1] + 1))

    def reopen(self, back: NDArray[np.intp]) -> None:
        """Open the next stay of some accounts, by the 28th of the month."""
        self.left_before_on[back] = self.leaves_on[back]
        opens = self.returns_on[back]
        month = opens.astype("datetime64[M]").astype("datetime64[D]")
        self.opened_on[back] = as_dates(month + np.minimum((opens - month).astype(int), 27))
        self.leaves_on[back], self.returns_on[back] = NEVER, NEVER
        self.number[back] += 1


def while_there(rows: pd.DataFrame, day: str, stays: Stays, account: NDArray[np.intp]) -> pd.DataFrame:
    """Keep the rows of days on which their account is a customer."""
    return rows[stays.is_there(account, rows[day].to_numpy("datetime64[D]"))]
