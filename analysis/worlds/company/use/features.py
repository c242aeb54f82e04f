"""Features: those the product began with, those released later on known days, and who tried which."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.setting.days import NEVER, Dates, as_dates
from analysis.worlds.company.setting.scenario import Scenario

CORE = (
    "search", "create", "edit", "share", "comment", "dashboard",
    "export", "automation", "api", "permissions", "forecast", "mobile",
)  # fmt: skip
RELEASED = (
    "insights", "inbox", "templates", "assistant", "single_login", "audit_log",
    "webhooks", "themes", "planner", "benchmarks", "approvals", "sandbox",
)  # fmt: skip
BULK_EXPORT = len(CORE) + len(RELEASED)
"""The number of a feature that only those use who take their data with them."""
NAMES = (*CORE, *RELEASED, "bulk_export")
BEGAN_ON = np.datetime64("2018-01-01")


@dataclass(slots=True)
class Releases:
    """Features released later, and the day on which each account first tried each of them.

    Attributes
    ----------
    released_on
        In their order.
    tried_on
        Shape (n_accounts, n_releases); `NEVER` where it is not.
    is_kept
        Whether a feature, once tried, is used on; same shape.
    """

    released_on: Dates
    tried_on: Dates
    is_kept: NDArray[np.bool_]

    def kept_before(self, day: np.datetime64) -> NDArray[np.intp]:
        """Return each account's newest feature that was tried before a day and is used on; -1 if there is none."""
        number = np.arange(len(self.released_on))
        kept = np.where(self.is_kept & (self.tried_on < day), number, -1)
        return kept.max(axis=1, initial=-1)

    def frame(self) -> pd.DataFrame:
        """Return all features, with depth and day of release."""
        depth = ["core" if place < 6 else "advanced" for place in range(len(CORE))]
        return pd.DataFrame(
            {
                "feature": [*CORE, *RELEASED[: len(self.released_on)]],
                "depth": depth + ["advanced"] * len(self.released_on),
                "released_on": np.concatenate([np.full(len(CORE), BEGAN_ON), self.released_on]),
            }
        )


def draw_releases(accounts: Accounts, scenario: Scenario, rng: np.random.Generator) -> Releases:
    """Set the days of release, and draw who tries what: some accounts try nearly everything, others hardly anything."""
    released_on = _release_days(scenario)
    shape = (len(accounts), len(released_on))
    openness = np.clip(scenario.releases.tried + rng.normal(0, 0.3, len(accounts)), 0, 1)
    opens_on = np.maximum(released_on, accounts.joined_on[:, None])
    tried_on = as_dates(opens_on + 1 + rng.exponential(40, shape).astype(int))
    tries = rng.random(shape) < (openness if scenario.releases.tried else np.zeros(len(accounts)))[:, None]
    return Releases(released_on, np.where(tries, tried_on, NEVER), rng.random(shape) < 0.4)


def _release_days(scenario: Scenario) -> Dates:
    first, last = np.datetime64(scenario.logs_from, "M") + 1, np.datetime64(scenario.until, "M")
    if not scenario.releases.every_months:
        return np.array([], dtype="datetime64[D]")
    months = np.arange(first, last, scenario.releases.every_months)[: len(RELEASED)]
    return as_dates(months.astype("datetime64[D]") + 9)
