"""Decisions: accounts give notice or stay, renew with more or fewer seats, end against their will, and come back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.worlds.company.accounts.clocks import base_hazards, days_to_notice, gone_on
from analysis.worlds.company.accounts.ledger import ADDED, INVOLUNTARY, MERGED, VOLUNTARY, Ledger
from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.accounts.stays import Stays
from analysis.worlds.company.accounts.terms import FEWEST_SEATS, Terms
from analysis.worlds.company.setting.days import NEVER, NOTHING, Dates, any_of, as_dates
from analysis.worlds.company.setting.scenario import Scenario

SHORTEST = 1e-12
"""Time to a notice, in days that count, so that none falls on a day that does not."""


@dataclass(frozen=True, slots=True)
class Notices:
    """The notices of a month.

    Attributes
    ----------
    account, on
        Who gave notice, and when.
    probability
        With which each account gave notice this month, shape (n_accounts,); 0 where nothing was to be decided.
    """

    account: NDArray[np.intp]
    on: Dates
    probability: NDArray[np.float64]

    def and_then(self, later: "Notices") -> "Notices":
        """Return these and the later notices of the same month."""
        return Notices(
            np.concatenate([self.account, later.account]),
            np.concatenate([self.on, later.on]),
            1 - (1 - self.probability) * (1 - later.probability),
        )


def decide(
    stays: Stays,
    terms: Terms,
    ledger: Ledger,
    at_risk: NDArray[np.bool_],
    eta: NDArray[np.float64],
    days: Dates,
    scenario: Scenario,
    rng: np.random.Generator,
) -> Notices:
    """Let accounts that may give notice after the first of the month, by the next first, stay or go.

    Usually those may whose last day to give notice comes in these days, on any day from the first, or from the
    beginning of the term if that is later, to the last one, on each with the same hazard: in continuous time, and among
    all whose deadline is due, hazards are proportional. So a notice falls into the counting-process interval, and the
    horizon, that the covariates of the first open. Other clocks are those of
    `analysis.worlds.company.accounts.clocks`; whoever gave notice of a version and withdrew it gives none of that
    version again.
    """
    n = len(at_risk)
    hazard = base_hazards(terms, scenario) * np.exp(eta)
    counted = np.cumsum(days_to_notice(terms, days, scenario.clocks), axis=1)
    decides = at_risk & (stays.leaves_on == NEVER) & (counted[:, -1] > 0) & ~ledger.is_noticed()
    wish = np.where(decides, -np.expm1(-hazard * counted[:, -1]), 0.0)
    luck = rng.random(n)
    gives_notice = luck < wish
    waits = np.divide(-np.log1p(-luck), hazard, out=np.ones(n), where=gives_notice)
    passed = (counted < np.maximum(waits, SHORTEST)[:, None]).sum(axis=1)
    decides_on = as_dates(days[0] + 1 + np.minimum(passed, len(days) - 1))
    withdraws = gives_notice & (rng.random(n) < scenario.ends.withdrawn)
    withdrawn_on = np.where(withdraws, as_dates(decides_on + rng.integers(5, 12, n)), NOTHING)
    given, leavers = np.flatnonzero(gives_notice), np.flatnonzero(gives_notice & ~withdraws)
    ledger.give_notice(given, decides_on[given], withdrawn_on[given])
    stays.leaves_on[leavers] = gone_on(terms, leavers, decides_on[leavers])
    ledger.end(leavers, stays.leaves_on[leavers], np.full(len(leavers), VOLUNTARY))
    stays.plan_returns(leavers, scenario.returns, rng)
    return Notices(given, decides_on[given], wish)


def renew(
    stays: Stays,
    terms: Terms,
    ledger: Ledger,
    vitality: NDArray[np.float64],
    is_idle: NDArray[np.bool_],
    days: Dates,
    scenario: Scenario,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Sign the next version of every term that ends in the month and is not left; seats follow use.

    Returns
    -------
    ndarray of bool, shape (n_accounts,)
        Who renewed.
    """
    renews = terms.due(days) & (stays.leaves_on > terms.ends_on)
    due = np.flatnonzero(renews)
    luck = rng.random(len(renews))[due]
    # a seat that lies idle is cut once a year, whatever the term: monthly contracts are not looked at every month
    now = np.where(terms.months[due] == 12, 1.0, 1 / 12)
    cuts = is_idle[due] & (luck < scenario.seats.contraction * now)
    adds = (vitality[due] > 0.5) & (luck < scenario.seats.expansion * now)
    factor = np.select([terms.rolled_out[due], cuts, adds], [1.3, 0.7, 1.2], 1.0)
    terms.seats[due] = np.maximum(FEWEST_SEATS, np.round(terms.seats[due] * factor)).astype(np.intp)
    terms.rolled_out[due] = False
    terms.begin(due, terms.ends_on[due])
    ledger.sign(terms, due, stays.number[due], terms.starts_on[due], terms.ends_on[due])
    added = due[ledger.running[ADDED, due] >= 0]
    ledger.sign(terms, added, stays.number[added], terms.starts_on[added], terms.ends_on[added], ADDED)
    return renews


def add_products(
    stays: Stays,
    terms: Terms,
    ledger: Ledger,
    vitality: NDArray[np.float64],
    days: Dates,
    scenario: Scenario,
    rng: np.random.Generator,
) -> None:
    """Let some accounts, lively ones first of all, sign for a second product up to the end of their term."""
    chance = scenario.seats.added_product * np.exp(vitality)
    starts_on = as_dates(any_of(days, len(chance), rng) + 1)
    signs = (rng.random(len(chance)) < chance) & (stays.leaves_on == NEVER) & (ledger.running[ADDED] < 0)
    signs &= (stays.opened_on <= days[0]) & (starts_on > terms.starts_on) & (starts_on < terms.ends_on)
    account = np.flatnonzero(signs)
    ledger.sign(terms, account, stays.number[account], starts_on[account], terms.ends_on[account], ADDED)


def lose(
    accounts: Accounts,
    stays: Stays,
    terms: Terms,
    ledger: Ledger,
    days: Dates,
    scenario: Scenario,
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """End some accounts against their will: out of business, or merged into another of their group.

    Returns
    -------
    ndarray of int
        The accounts that another was merged into.
    """
    n = len(accounts)
    ended_on = as_dates(any_of(days, n, rng) + 1)
    open_ = (stays.leaves_on == NEVER) & (stays.opened_on <= days[0]) & (ended_on > terms.starts_on)
    open_ &= ended_on > ledger.added_on()
    fails = open_ & (rng.random(n) < scenario.ends.involuntary)
    head_is_there = open_[accounts.parent] & ~fails[accounts.parent] & (accounts.parent != np.arange(n))
    merges = open_ & ~fails & head_is_there & (rng.random(n) < scenario.ends.merger)
    gone = np.flatnonzero(fails | merges)
    stays.leaves_on[gone] = ended_on[gone]
    ledger.end(gone, ended_on[gone], np.where(merges[gone], MERGED, INVOLUNTARY))
    return np.unique(accounts.parent[merges])


def come_back(stays: Stays, terms: Terms, ledger: Ledger, days: Dates) -> NDArray[np.intp]:
    """Let those whose return falls in the month sign again, and return who they are."""
    back = stays.returning(days)
    stays.reopen(back)
    terms.begin(back, stays.opened_on[back])
    ledger.sign(terms, back, stays.number[back], terms.starts_on[back], terms.ends_on[back])
    return back
