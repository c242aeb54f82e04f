"""The ledger: versions of subscriptions as they are signed, given notice of, renewed and ended."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.simulation.population import NEVER, Accounts, Dates, add_months
from analysis.simulation.scenario import Scenario

NOTHING = np.datetime64("NaT")


@dataclass(slots=True)
class Ledger:
    """All versions so far, and the number of the running one of each account."""

    rows: list[dict[str, Any]]
    running: NDArray[np.intp]

    @classmethod
    def of(cls, accounts: Accounts, logs_from: np.datetime64) -> Self:
        """Sign every account's versions up to the term that runs when the logs begin, or its first."""
        ledger = cls(rows=[], running=np.full(len(accounts), -1))
        for account in range(len(accounts)):
            origin, months = accounts.origin[account], int(accounts.term_months[account])
            if accounts.trial_days[account]:
                trial_from = origin - accounts.trial_days[account]
                ledger._sign(accounts, account, trial_from, origin, kind="trial", ended_on=origin)
            started_on = origin
            while True:
                ends_on = add_months(started_on, months)
                ledger._sign(accounts, account, started_on, ends_on)
                if started_on >= accounts.term_starts_on[account]:
                    break
                started_on = ends_on
        return ledger

    def _sign(self, accounts: Accounts, account: int, started_on: Any, ends_on: Any, **other: Any) -> None:
        seats = int(accounts.seats[account])
        row = {
            "subscription_id": f"S{accounts.account_id[account][1:]}" + ("-trial" if "kind" in other else ""),
            "account_id": accounts.account_id[account],
            "started_on": started_on,
            "term_ends_on": ends_on,
            "ended_on": NOTHING,
            "notice_on": NOTHING,
            "notice_withdrawn_on": NOTHING,
            "notice_period_days": int(accounts.notice_days[account]),
            "end_reason": None,
            "term_months": int(accounts.term_months[account]),
            "auto_renew": True,
            "kind": "paid",
            "product": "platform",
            "seats": seats,
            "mrr": round(seats * float(accounts.price[account]), 2),
            "currency": "EUR",
        }
        self.rows.append(row | other)
        self.running[account] = len(self.rows) - 1

    def decide(
        self,
        accounts: Accounts,
        at_risk: NDArray[np.bool_],
        eta: NDArray[np.float64],
        days: Dates,
        scenario: Scenario,
        rng: np.random.Generator,
    ) -> NDArray[np.float64]:
        """Let accounts whose day to decide falls in the month stay or give notice.

        Returns
        -------
        ndarray, shape (n_accounts,)
            Probability of giving notice this month; 0 where nothing is to be decided.
        """
        base = np.where(accounts.term_months == 12, scenario.leave_yearly, scenario.leave_monthly)
        wish = -np.expm1(np.log1p(-base) * np.exp(eta))
        decides_on = accounts.term_ends_on - accounts.notice_days - accounts.lead_days
        open_ = (accounts.leaves_on == NEVER) & at_risk
        decides = open_ & (decides_on >= days[0]) & (decides_on <= days[-1]) & (decides_on > accounts.term_starts_on)
        leaves = decides & (rng.random(len(accounts)) < wish)
        withdraws = leaves & (rng.random(len(accounts)) < scenario.withdrawn)
        back_after = rng.integers(5, 12, len(accounts))
        for account in np.flatnonzero(leaves).tolist():
            row = self.rows[self.running[account]]
            row["notice_on"] = decides_on[account]
            if withdraws[account]:
                row["notice_withdrawn_on"] = decides_on[account] + back_after[account]
            else:
                accounts.leaves_on[account] = accounts.term_ends_on[account]
                row["ended_on"], row["end_reason"] = accounts.term_ends_on[account], "voluntary"
        return np.where(decides, wish, 0.0)

    def renew(self, accounts: Accounts, days: Dates, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Sign the next version of every term that ends in the month and is not left; seats follow use.

        Returns
        -------
        ndarray of bool, shape (n_accounts,)
            Who renewed.
        """
        due = np.flatnonzero(
            (accounts.term_ends_on >= days[0])
            & (accounts.term_ends_on <= days[-1])
            & (accounts.leaves_on > accounts.term_ends_on)
        )
        change = rng.random(len(accounts))
        for account in due.tolist():
            factor = 1.0
            if accounts.vitality[account] > 0.5 and change[account] < 0.25:
                factor = 1.2
            elif accounts.vitality[account] < -0.5 and change[account] < 0.25:
                factor = 0.75
            accounts.seats[account] = max(3, round(float(accounts.seats[account]) * factor))
            started_on = accounts.term_ends_on[account]
            accounts.term_starts_on[account] = started_on
            accounts.term_ends_on[account] = add_months(started_on, int(accounts.term_months[account]))
            self._sign(accounts, account, started_on, accounts.term_ends_on[account])
        return np.isin(np.arange(len(accounts)), due)

    def lose(
        self,
        accounts: Accounts,
        here: NDArray[np.intp],
        days: Dates,
        scenario: Scenario,
        rng: np.random.Generator,
    ) -> None:
        """End some accounts against their will: bankrupt, or merged into another."""
        struck = here[rng.random(len(here)) < scenario.involuntary]
        ended_on = days[rng.integers(0, len(days), len(struck))]
        merged = rng.random(len(struck)) < 0.3
        for account, day, is_merged in zip(struck, ended_on, merged, strict=True):
            row = self.rows[self.running[account]]
            if accounts.leaves_on[account] == NEVER and day > row["started_on"]:
                accounts.leaves_on[account] = day
                row["ended_on"], row["end_reason"] = day, "merged" if is_merged else "involuntary"

    def frame(self) -> pd.DataFrame:
        """Return all versions."""
        return pd.DataFrame(self.rows)
