"""One month of use: which user worked on which day, with which feature, how much."""

import numpy as np
import pandas as pd

from analysis.simulation.population import FEATURES, NEVER, Accounts, Dates, People, new_people, together

WEEKEND = 0.12
TURNOVER = 0.02


def use_of_month(accounts: Accounts, people: People, days: Dates, rng: np.random.Generator) -> pd.DataFrame:
    """Return usage rows (account, day, user, feature) of one month.

    Parameters
    ----------
    days
        The days of the month.
    """
    here = np.flatnonzero(
        (people.created_on <= days[-1])
        & (people.deactivated_on > days[0])
        & (accounts.origin[people.account] - accounts.trial_days[people.account] <= days[-1])
        & (accounts.leaves_on[people.account] > days[0])
    )
    account = people.account[here]
    is_weekend = (days.astype(int) + 3) % 7 >= 5
    rate = people.rate[here] * np.exp(accounts.vitality[account])
    chance = -np.expm1(-rate[:, None] * np.where(is_weekend, WEEKEND, 1.0))
    opens = np.maximum(people.created_on[here], accounts.origin[account] - accounts.trial_days[account])
    closes = np.minimum(people.deactivated_on[here], accounts.leaves_on[account])
    is_there = (days >= opens[:, None]) & (days < closes[:, None])
    person, day = np.nonzero((rng.random(chance.shape) < chance) & is_there)
    events = 1 + rng.poisson(3.0 * np.exp(0.4 * accounts.vitality[account[person]]))
    main = _feature(accounts, account[person], rng)
    other = _feature(accounts, account[person], rng)
    side = np.where((rng.random(len(person)) < 0.4) & (other != main) & (events > 1), events // 3, 0)
    rows = np.concatenate([np.arange(len(person)), np.flatnonzero(side > 0)])
    is_side = np.arange(len(rows)) >= len(person)
    counted = np.where(is_side, side[rows], events[rows] - side[rows])
    return pd.DataFrame(
        {
            "account_id": accounts.account_id[account[person[rows]]],
            "used_on": days[day[rows]],
            "user_id": people.user_id[here[person[rows]]],
            "feature": np.array(FEATURES, dtype=object)[np.where(is_side, other[rows], main[rows])],
            "events": counted,
            "out_of_hours_events": rng.binomial(counted, 0.08),
        }
    )


def _feature(accounts: Accounts, account: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a feature from the account's repertoire, its favourites most often."""
    place = (accounts.breadth[account] * rng.random(len(account)) ** 1.8).astype(int)
    return accounts.features[account, place]


def change_of_pace(accounts: Accounts, rng: np.random.Generator) -> None:
    """Let use drift, sometimes fall off or surge, and repertoires widen or narrow."""
    n = len(accounts)
    accounts.vitality = 0.92 * accounts.vitality + rng.normal(0, 0.2, n)
    shock = rng.random(n)
    accounts.vitality[shock < 0.03] -= 0.7
    accounts.vitality[shock > 0.975] += 0.7
    step = rng.choice([-1, 0, 1], size=n, p=[0.1, 0.8, 0.1])
    accounts.breadth = np.clip(accounts.breadth + step, 2, len(FEATURES))


def change_of_people(accounts: Accounts, people: People, days: Dates, rng: np.random.Generator) -> People:
    """Let some users go; most are replaced by new ones."""
    gone = np.flatnonzero(
        (rng.random(len(people.user_id)) < TURNOVER)
        & (people.deactivated_on == NEVER)
        & (people.created_on < days[0])
        & (accounts.leaves_on[people.account] > days[0])
    )
    people.deactivated_on[gone] = days[rng.integers(0, len(days), len(gone))]
    replaced = gone[rng.random(len(gone)) < 0.9]
    created_on = people.deactivated_on[replaced] + rng.integers(1, 15, len(replaced))
    fresh = new_people(accounts, people.account[replaced], created_on, len(people.user_id) + 1, rng)
    return together(people, fresh)
