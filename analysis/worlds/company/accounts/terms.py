"""Terms: what each account has agreed to, and until when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.setting.days import Dates, add_months
from analysis.worlds.company.setting.scenario import Scenario

FEWEST_SEATS = 3


@dataclass(slots=True)
class Terms:
    """The term of each account that runs; dates are days.

    Attributes
    ----------
    rolled_out
        Whether users were rolled out since the last renewal.
    """

    months: NDArray[np.intp]
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
        self.ends_on[account] = add_months(starts_on, self.months[account])


def draw_terms(accounts: Accounts, scenario: Scenario, rng: np.random.Generator) -> Terms:
    """Draw the term that each account is in when the logs begin, or its first."""
    n = len(accounts)
    months = np.where(accounts.is_yearly, 12, 1)
    logs_from = np.datetime64(scenario.logs_from, "M")
    passed = np.maximum(0, (logs_from - accounts.joined_on.astype("datetime64[M]")).astype(int) // months)
    starts_on = add_months(accounts.joined_on, passed * months)
    typical = np.array([1.5, 2.2, 3.0])[accounts.segment]
    return Terms(
        months=months,
        notice_days=np.where(accounts.is_yearly, rng.choice([30, 60, 90], size=n), 14),
        price=np.round(rng.uniform(20, 40, n), 2),
        starts_on=starts_on,
        ends_on=add_months(starts_on, months),
        seats=np.clip(np.round(np.exp(rng.normal(typical, 0.45))), FEWEST_SEATS, 60).astype(np.intp),
        rolled_out=np.zeros(n, dtype=bool),
    )
