"""The population: what each account is from the first day on, before anything happens to it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.worlds.company.setting.days import Dates, as_dates
from analysis.worlds.company.setting.scenario import Scenario

SEGMENTS, TOUCH = ("small", "mid", "large"), ("tech", "low", "high")
REGIONS = ("emea", "amer", "apac")
CANDIDATES = 24


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of a world, one entry each; none of it changes.

    Attributes
    ----------
    parent
        The account of whose group each is; itself where it has none.
    joined_on
        First paid day; trials begin `trial_days` earlier.
    survivor
        Log hazard by which each differs from the others for good.
    """

    account_id: NDArray[np.object_]
    parent: NDArray[np.intp]
    segment: NDArray[np.intp]
    touch_model: NDArray[np.intp]
    region: NDArray[np.intp]
    joined_on: Dates
    onboarded_on: Dates
    trial_days: NDArray[np.intp]
    is_yearly: NDArray[np.bool_]
    survivor: NDArray[np.float64]

    def __len__(self) -> int:
        """Count the accounts."""
        return len(self.account_id)


def draw_accounts(n: int, scenario: Scenario, rng: np.random.Generator) -> Accounts:
    """Draw accounts: 45% are there when the logs begin, the others come at any time until the end."""
    logs_from, until = np.datetime64(scenario.logs_from), np.datetime64(scenario.until)
    segment = rng.choice(3, size=n, p=[0.5, 0.35, 0.15])
    is_old = rng.random(n) < 0.45
    before = logs_from - rng.integers(30, 1000, n)
    after = logs_from + rng.integers(0, int((until - logs_from).astype(int)) - 20, n)
    joined_on = _early_in_month(np.where(is_old, before, after).astype("datetime64[D]"))
    is_yearly = rng.random(n) < np.array([0.55, 0.75, 0.95])[segment]
    decisions = np.where(is_old, (logs_from - joined_on).astype(int) / np.where(is_yearly, 365, 30), 0)
    leave = np.where(is_yearly, scenario.leave_yearly, scenario.leave_monthly)
    return Accounts(
        account_id=np.array([f"A{k:06d}" for k in range(1, n + 1)], dtype=object),
        parent=_parents(n, scenario.ends.parents, rng),
        segment=segment,
        touch_model=np.where(rng.random(n) < 0.8, segment, rng.integers(0, 3, n)),
        region=rng.integers(0, len(REGIONS), n),
        joined_on=joined_on,
        onboarded_on=as_dates(joined_on + rng.integers(25, 95, n)),
        trial_days=np.where(rng.random(n) < 0.2, 14, 0),
        is_yearly=is_yearly,
        survivor=_survivors(-np.log1p(-leave) * decisions, scenario.traps.survivors, rng),
    )


def _early_in_month(day: Dates) -> Dates:
    """Bring days to the 28th at the latest, so that every month has their like."""
    month = day.astype("datetime64[M]").astype("datetime64[D]")
    return as_dates(month + np.minimum((day - month).astype(int), 27))


def _parents(n: int, share: float, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the head of each account's group: a share stand in groups of three neighbours, led by the first."""
    place = np.arange(n)
    heads = np.minimum(place - place % 3, n - 1)
    grouped = rng.random(n)[heads] < share
    return np.where(grouped, heads, place)


def _survivors(cumulative: NDArray[np.float64], spread: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw lasting log hazards; of accounts with a past, in proportion to the chance of having survived it.

    Parameters
    ----------
    cumulative
        Cumulative hazard that an average account had before the logs began; 0 for those that came later.
    """
    candidates = spread * rng.normal(size=(len(cumulative), CANDIDATES))
    alive = np.exp(-cumulative[:, None] * np.exp(candidates))
    chosen = (np.cumsum(alive, axis=1) < rng.random(len(cumulative))[:, None] * alive.sum(axis=1)[:, None]).sum(axis=1)
    return candidates[np.arange(len(cumulative)), np.minimum(chosen, CANDIDATES - 1)]
