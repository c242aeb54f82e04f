"""One month of use: which user worked on which day, with which feature, how much."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.accounts.people import KEY_USERS, People
from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.accounts.stays import Stays
from analysis.worlds.company.setting.days import NEVER, Dates, use_by_day
from analysis.worlds.company.setting.scenario import Scenario
from analysis.worlds.company.setting.tables import together
from analysis.worlds.company.use.episodes import Episodes
from analysis.worlds.company.use.features import CORE, Releases
from analysis.worlds.company.use.liveliness import Use

USUALLY_LATE, LATE_IN_TRIAL, LATE_WITH_BUG = 0.08, 0.45, 0.3
TRIAL_PACE, BUG_PACE, OFF_PACE = 4.0, 1.2, 0.03
OFF_WEEKS = 0.55
TRIAL_FEATURES = 2
SIDE_SHARE, RELEASED_SHARE = 0.4, 0.3


def use_of_month(
    accounts: Accounts,
    stays: Stays,
    people: People,
    use: Use,
    episodes: Episodes,
    releases: Releases,
    seats: NDArray[np.intp],
    scenario: Scenario,
    days: Dates,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the use of one month, and keep in `use` how many of each account's seats were used.

    Returns
    -------
    DataFrame
        account, user, feature (numbers), used_on, events, out_of_hours_events; one row for each of the first four.
    """
    trial, bug, there = episodes.trial.covers(days), episodes.bug.covers(days), _there(accounts, stays, days)
    here = _busiest_first(people, there, days)
    account = people.account[here]
    by_day = scenario.pace * use_by_day(days, scenario.holidays.depth)
    rate = people.rate[here, None] * _pace(use, episodes, bug, by_day, days, rng)[account]
    is_key = np.arange(len(here)) - np.searchsorted(account, account) < KEY_USERS
    rate[is_key] *= np.where(trial[account[is_key]], TRIAL_PACE, 1.0)
    can_work = there[account] & (days >= people.created_on[here, None]) & (days < people.deactivated_on[here, None])
    person, day = np.nonzero(can_work & (rng.random(rate.shape) < -np.expm1(-rate)))
    whose = account[person]
    on_trial = trial[whose, day]
    events = 1 + rng.poisson(np.where(on_trial & is_key[person], 6.0, 3.0) * np.exp(0.4 * use.vitality[whose]))
    main, other = _features(use, releases, whose, on_trial, days[0], rng)
    side = np.where((rng.random(len(person)) < SIDE_SHARE) & (other != main) & (events > 1), events // 3, 0)
    second = np.flatnonzero(side > 0)
    rows = np.concatenate([np.arange(len(person)), second])
    counted = np.concatenate([events - side, side[second]])
    late = np.select([on_trial, bug[whose, day]], [LATE_IN_TRIAL, LATE_WITH_BUG], USUALLY_LATE)
    worked = pd.DataFrame(
        {
            "account": whose[rows],
            "user": here[person[rows]],
            "feature": np.concatenate([main, other[second]]),
            "used_on": days[day[rows]],
            "events": counted,
            "out_of_hours_events": rng.binomial(counted, late[rows]),
        }
    )
    use.active_share = _active_share(account[np.unique(person)], seats, stays, days)
    return together([worked, _first_tries(releases, account, here, can_work, days)])


def _there(accounts: Accounts, stays: Stays, days: Dates) -> NDArray[np.bool_]:
    """Say on which days each account is a customer or on trial, shape (n_accounts, n_days)."""
    began_on = (accounts.joined_on - accounts.trial_days)[:, None]
    on_trial = (days >= began_on) & (days < accounts.joined_on[:, None])
    in_stay = (days >= stays.opened_on[:, None]) & (days < stays.leaves_on[:, None])
    return on_trial | in_stay | (days < stays.left_before_on[:, None])


def _busiest_first(people: People, there: NDArray[np.bool_], days: Dates) -> NDArray[np.intp]:
    """Return the users who may work this month, by account, those with most work first."""
    comes = (
        (there.sum(axis=1) > 0)[people.account] & (people.created_on <= days[-1]) & (people.deactivated_on > days[0])
    )
    here = np.flatnonzero(comes)
    return here[np.lexsort((here, -people.rate[here], people.account[here]))]


def _pace(
    use: Use,
    episodes: Episodes,
    bug: NDArray[np.bool_],
    by_day: NDArray[np.float64],
    days: Dates,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return how fast each account works on each day: where use fades, more than half the weeks see next to none."""
    week = (days.astype(int) + 3) // 7
    week -= week[0]
    is_off = rng.random((len(bug), week[-1] + 1)) < OFF_WEEKS
    off = episodes.fade.covers(days) & is_off[:, week]
    return np.exp(use.vitality)[:, None] * by_day * np.where(bug, BUG_PACE, 1.0) * np.where(off, OFF_PACE, 1.0)


def _features(
    use: Use,
    releases: Releases,
    account: NDArray[np.intp],
    on_trial: NDArray[np.bool_],
    first: np.datetime64,
    rng: np.random.Generator,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Draw a main and another feature from each account's repertoire, its favourites most often."""

    def drawn() -> NDArray[np.intp]:
        place = (use.breadth[account] * rng.random(len(account)) ** 1.8).astype(int)
        place = np.where(on_trial, place % TRIAL_FEATURES, place)
        return use.features[account, place]

    main, other = drawn(), drawn()
    newest = releases.kept_before(first)[account]
    is_new = (newest >= 0) & ~on_trial & (rng.random(len(account)) < RELEASED_SHARE)
    return main, np.where(is_new, len(CORE) + newest, other)


def _active_share(users: NDArray[np.intp], seats: NDArray[np.intp], stays: Stays, days: Dates) -> NDArray[np.float64]:
    """Return users at work by seats, given the account of each user; 1 where the month was not a whole one."""
    share = np.bincount(users, minlength=len(seats)) / seats
    is_whole = (stays.opened_on <= days[0]) & (stays.leaves_on > days[-1])
    return np.where(is_whole, share, 1.0)


def _first_tries(
    releases: Releases,
    account: NDArray[np.intp],
    here: NDArray[np.intp],
    can_work: NDArray[np.bool_],
    days: Dates,
) -> pd.DataFrame:
    """Let the busiest user of each account that tries a feature do so; if that one is away, it is never tried.

    Parameters
    ----------
    account, here, can_work
        Of each user who may work this month, sorted by account: account, number, and on which days.
    """
    whose, release = np.nonzero((releases.tried_on >= days[0]) & (releases.tried_on <= days[-1]))
    on = releases.tried_on[whose, release]
    place = np.searchsorted(account, whose)
    last = max(len(account) - 1, 0)
    place = np.minimum(place, last)
    can = np.zeros(len(whose), dtype=bool)
    if len(account):
        can = (account[place] == whose) & can_work[place, (on - days[0]).astype(int)]
    releases.tried_on[whose[~can], release[~can]] = NEVER
    n = int(can.sum())
    return pd.DataFrame(
        {
            "account": whose[can],
            "user": here[place[can]] if n else np.array([], dtype=np.intp),
            "feature": len(CORE) + release[can],
            "used_on": on[can],
            "events": np.full(n, 3),
            "out_of_hours_events": np.zeros(n, dtype=np.intp),
        }
    )
