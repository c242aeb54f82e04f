"""Tickets: what customers report and ask, by rapport, while a fault is open, and in a trial-like surge."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.accounts.stays import Stays, while_there
from analysis.worlds.company.relations.rapport import Rapport, share
from analysis.worlds.company.setting.days import Dates, any_of, as_dates, blank_unless
from analysis.worlds.company.setting.tables import together
from analysis.worlds.company.use.episodes import Episodes

CATEGORIES = np.array(["bug", "how_to", "feature_request", "contract", "complaint", "other"], dtype=object)
USUAL_WEIGHTS = (0.3, 0.3, 0.2, 0.08, 0.15, 0.1)
BY_RAPPORT = (0.0, 0.0, 0.6, -0.6, -0.7, 0.0)
"""What each category's log weight gains with each unit of rapport."""
TRIAL_TICKETS, BUG_TICKETS = 1.2, 0.8
"""Tickets of a whole month of a trial-like surge, or with an open fault, besides the usual."""
REOPENED, LONG_ENOUGH_TO_REOPEN = 0.15, 4
"""Share of faults that were thought resolved and reopened half way, of those open for so many days."""


def tickets_of_month(
    accounts: Accounts,
    stays: Stays,
    rapport: Rapport,
    seats: NDArray[np.intp],
    episodes: Episodes,
    days: Dates,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the month's tickets."""
    parts = [
        _usual(accounts, stays, rapport, seats, days, rng),
        _in_trials(accounts, stays, rapport, episodes, days, rng),
        _of_open_faults(accounts, stays, rapport, episodes, days, rng),
    ]
    return together(parts)


def _usual(
    accounts: Accounts,
    stays: Stays,
    rapport: Rapport,
    seats: NDArray[np.intp],
    days: Dates,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return everyday tickets: with poor rapport more complaints and contract questions, and a sharper tone."""
    here = stays.here(days)
    account = np.repeat(here, rng.poisson(0.12 + 0.05 * np.sqrt(seats[here])))
    n, level = len(account), rapport.level[account]
    weights = np.array(USUAL_WEIGHTS) * np.exp(np.outer(level, BY_RAPPORT))
    cumulative = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    category = CATEGORIES[(rng.random(n)[:, None] > cumulative[:, :-1]).sum(axis=1)]
    is_fault = np.isin(category, ["bug", "complaint"])
    opened_on = any_of(days, n, rng)
    resolved_on = blank_unless(rng.random(n) < 0.93, as_dates(opened_on + rng.integers(0, 25, n)))
    critical = rng.random(n) < 0.15
    return _rows(accounts, stays, account, opened_on, resolved_on, category, critical, is_fault, level, rng)


def _in_trials(
    accounts: Accounts, stays: Stays, rapport: Rapport, episodes: Episodes, days: Dates, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the critical faults that those report who put the product to the test."""
    account, opened_on = _spread(episodes.trial.covers(days), TRIAL_TICKETS, days, rng)
    n = len(account)
    resolved_on = as_dates(opened_on + rng.integers(1, 20, n))
    all_ = np.ones(n, dtype=bool)
    level = rapport.level[account]
    return _rows(accounts, stays, account, opened_on, resolved_on, np.full(n, "bug", object), all_, all_, level, rng)


def _of_open_faults(
    accounts: Accounts, stays: Stays, rapport: Rapport, episodes: Episodes, days: Dates, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the ticket that opens a fault, and those that follow; all are resolved when the fault is."""
    bug = episodes.bug
    first = np.flatnonzero((bug.begins_on >= days[0]) & (bug.begins_on <= days[-1]))
    later, later_on = _spread(bug.covers(days) & (days != bug.begins_on[:, None]), BUG_TICKETS, days, rng)
    account = np.concatenate([first, later])
    opened_on = np.concatenate([bug.begins_on[first], later_on])
    n, level = len(account), rapport.level[account] - 0.5
    critical, all_ = np.arange(n) < len(first), np.ones(n, dtype=bool)
    category = np.full(n, "bug", dtype=object)
    return _rows(accounts, stays, account, opened_on, bug.ends_on[account], category, critical, all_, level, rng)


def _spread(
    covered: NDArray[np.bool_], per_month: float, days: Dates, rng: np.random.Generator
) -> tuple[NDArray[np.intp], Dates]:
    """Draw accounts and days among those covered, shape (n_accounts, n_days)."""
    account, day = np.nonzero(covered)
    drawn = rng.random(len(account)) < per_month / 30
    return account[drawn], days[day[drawn]]


def _rows(
    accounts: Accounts,
    stays: Stays,
    account: NDArray[np.intp],
    opened_on: Dates,
    resolved_on: Dates,
    category: NDArray[np.object_],
    critical: NDArray[np.bool_],
    is_fault: NDArray[np.bool_],
    level: NDArray[np.float64],
    rng: np.random.Generator,
) -> pd.DataFrame:
    n = len(account)
    days_open = (resolved_on - opened_on).astype(float)  # missing where the ticket is never resolved
    reopened = is_fault & (days_open >= LONG_ENOUGH_TO_REOPEN) & (rng.random(n) < REOPENED)
    halfway = as_dates(opened_on + np.nan_to_num(days_open // 2).astype(int))
    escalated = is_fault & (rng.random(n) < share(-1.3 - 0.9 * level))
    rows = pd.DataFrame(
        {
            "account_id": accounts.account_id[account],
            "opened_on": opened_on,
            "resolved_on": resolved_on,
            "reopened_on": blank_unless(reopened, halfway),
            "first_response_hours": np.round(rng.exponential(10, n), 1),
            "severity": np.where(critical, "critical", "normal"),
            "category": category,
            "escalated_on": blank_unless(escalated, as_dates(opened_on + rng.integers(1, 8, n))),
            "requester_seniority": np.where(rng.random(n) < 0.12, "manager", "staff"),
            "sentiment": np.round(np.clip(0.2 + 0.35 * level + rng.normal(0, 0.3, n), -1, 1), 3),
        }
    )
    return while_there(rows, "opened_on", stays, account)
