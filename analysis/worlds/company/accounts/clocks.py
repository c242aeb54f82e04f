"""Clocks: on which days of its term an account may give notice, how likely it is on each, and when it is gone then."""

import numpy as np
from numpy.typing import NDArray

from analysis.worlds.company.accounts.terms import ANY_TIME, AT_ONCE, BY_DEADLINE, EVERGREEN, SPREAD, Terms
from analysis.worlds.company.setting.behaviours import Clocks
from analysis.worlds.company.setting.days import Dates, as_dates
from analysis.worlds.company.setting.scenario import Scenario

DAYS_TO_DECIDE = 16
"""Days in which a notice may fall, on average, where it falls before a deadline: these lie anywhere in a month."""
DAYS_A_YEAR, DAYS_A_MONTH = 365, 30
NOTICE_OF_NO_TERM = 30
"""Days from a notice to the end where no term is waited for."""


def base_hazards(terms: Terms, scenario: Scenario) -> NDArray[np.float64]:
    """Return the hazard of giving notice on one of `DAYS_TO_DECIDE` days with a linear predictor of zero, shape (n,).

    A term of some months has its share of the probability of a year, and so has a year without a term.
    """
    of_part = -np.expm1(np.log1p(-scenario.leave_yearly) * terms.months / 12)
    yearly = (terms.months == 12) | (terms.months == 0)
    base = np.where(yearly, scenario.leave_yearly, np.where(terms.months == 1, scenario.leave_monthly, of_part))
    return -np.log1p(-base) / DAYS_TO_DECIDE


def days_to_notice(terms: Terms, days: Dates, clocks: Clocks) -> NDArray[np.float64]:
    """Return how much each day of a month counts for each account, shape (n, days); 1 is a day before a deadline.

    Day k is the one after ``days[k]``: a month's decisions fall on the days after its first, up to the next first.
    """
    day = as_dates(days + 1)[None, :]
    starts_on, ends_on = terms.starts_on[:, None], terms.ends_on[:, None]
    in_term = (day > np.maximum(days[0], starts_on)) & (day < ends_on)
    deadline = as_dates(terms.ends_on - terms.notice_days)[:, None]
    by_deadline = (day > starts_on) & (day <= deadline) & (deadline <= days[-1] + 1)
    left = (ends_on - day).astype(int)
    length = (terms.ends_on - terms.starts_on).astype(int)[:, None]
    window = clocks.spread_from - clocks.spread_until + 1
    in_window = (left >= clocks.spread_until) & (left <= clocks.spread_from)
    outside = np.maximum(length - window, 1)
    spread = DAYS_TO_DECIDE * np.where(in_window, clocks.spread_within / window, (1 - clocks.spread_within) / outside)
    whole = np.where(terms.months == 0, DAYS_A_YEAR, DAYS_A_MONTH * terms.months)[:, None]
    any_day = DAYS_TO_DECIDE / whole
    kind = terms.clock[:, None]
    return np.select(
        [kind == BY_DEADLINE, kind == SPREAD], [by_deadline.astype(np.float64), in_term * spread], in_term * any_day
    )


def gone_on(terms: Terms, account: NDArray[np.intp], notice_on: Dates) -> Dates:
    """Return the first unpaid day of some accounts that give notice on given days."""
    kind, ends_on = terms.clock[account], terms.ends_on[account]
    later = as_dates(notice_on + NOTICE_OF_NO_TERM)
    return np.select(
        [kind == AT_ONCE, kind == EVERGREEN, kind == ANY_TIME],
        [as_dates(notice_on + 1), later, np.minimum(later, ends_on)],
        ends_on,
    ).astype("datetime64[D]")
