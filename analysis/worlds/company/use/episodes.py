"""Episodes: what begins in an account, lasts for weeks and shows in several tables: surges, open faults, fading use."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.accounts.stays import Stays
from analysis.worlds.company.setting.days import Dates, any_of, as_dates, long_ago
from analysis.worlds.company.setting.scenario import Scenario

ROLLOUT_DAYS = 91


@dataclass(slots=True)
class Spell:
    """The last episode of one kind in each account: days [begins_on, ends_on)."""

    begins_on: Dates
    ends_on: Dates

    @classmethod
    def none(cls, n: int) -> Self:
        """Return that none has been yet."""
        return cls(long_ago(n), long_ago(n))

    def covers(self, days: Dates) -> NDArray[np.bool_]:
        """Say which days it covers, shape (n_accounts, n_days)."""
        return (days >= self.begins_on[:, None]) & (days < self.ends_on[:, None])


@dataclass(slots=True)
class Episodes:
    """The episodes of each account; `log` keeps all of them: account, kind, begins_on, ends_on."""

    trial: Spell
    rollout: Spell
    bug: Spell
    fade: Spell
    log: list[tuple[NDArray[np.intp], str, Dates, Dates]] = field(default_factory=list)

    @classmethod
    def none(cls, n: int) -> Self:
        """Return that none has been yet."""
        return cls(Spell.none(n), Spell.none(n), Spell.none(n), Spell.none(n))

    def begin(self, kind: str, account: NDArray[np.intp], begins_on: Dates, ends_on: Dates) -> None:
        """Begin an episode in each of some accounts."""
        spell: Spell = getattr(self, kind)
        spell.begins_on[account], spell.ends_on[account] = begins_on, ends_on
        self.log.append((account, kind, begins_on, ends_on))

    def frame(self, accounts: Accounts) -> pd.DataFrame:
        """Return all episodes: account_id, kind, begins_on, ends_on."""
        return pd.DataFrame(
            {
                "account_id": np.concatenate([accounts.account_id[account] for account, *_ in self.log]),
                "kind": np.repeat([kind for _, kind, *_ in self.log], [len(account) for account, *_ in self.log]),
                "begins_on": np.concatenate([begins_on for *_, begins_on, _ in self.log]),
                "ends_on": np.concatenate([ends_on for *_, ends_on in self.log]),
            }
        )


def begin_episodes(
    episodes: Episodes, stays: Stays, days: Dates, scenario: Scenario, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Let surges, faults and fades begin this month in customers that have none running.

    Returns
    -------
    ndarray of int
        The accounts in which a roll-out began.
    """
    n = len(stays.opened_on)
    there = (stays.opened_on <= days[0]) & (stays.leaves_on > days[-1])

    def drawn(kind: str, chance: float) -> tuple[NDArray[np.intp], Dates]:
        spell: Spell = getattr(episodes, kind)
        account = np.flatnonzero(there & (spell.ends_on <= days[0]) & (rng.random(n) < chance))
        return account, any_of(days, len(account), rng)

    account, on = drawn("trial", scenario.surges.trial)
    episodes.begin("trial", account, on, as_dates(on + rng.integers(28, 57, len(account))))
    account, on = drawn("bug", scenario.bugs.episode)
    lasts = 3 + rng.exponential(scenario.bugs.mean_days, len(account)).astype(int)
    episodes.begin("bug", account, on, as_dates(on + lasts))
    account, on = drawn("fade", scenario.fades.begins)
    months = rng.geometric(max(scenario.fades.recovers, 1e-6), len(account))
    episodes.begin("fade", account, on, as_dates(on + 30 * np.minimum(months, 120)))
    account, on = drawn("rollout", scenario.surges.rollout)
    episodes.begin("rollout", account, on, as_dates(on + ROLLOUT_DAYS))
    return account
