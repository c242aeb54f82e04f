"""Touches: meetings as they come, reviews by the calendar, and the handover of new accounts."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.accounts.population import TOUCH, Accounts
from analysis.worlds.company.accounts.stays import Stays, while_there
from analysis.worlds.company.relations.contacts import Contacts
from analysis.worlds.company.relations.rapport import Rapport, share
from analysis.worlds.company.setting.days import NEVER, Dates, any_of, as_dates
from analysis.worlds.company.setting.scenario import Scenario
from analysis.worlds.company.setting.tables import together

KINDS = np.array(["meeting", "business_review", "call", "email", "training"], dtype=object)
VENDOR_TOUCHES = np.array([0.1, 0.35, 1.0])  # a month, by touch model, besides reviews
REVIEW_EVERY = 3


@dataclass(slots=True)
class TouchPlan:
    """What the vendor plans: which accounts have reviews, and the day of each handover, `NEVER` if it is missed."""

    has_reviews: NDArray[np.bool_]
    handover_on: Dates


def draw_touch_plan(accounts: Accounts, scenario: Scenario, rng: np.random.Generator) -> TouchPlan:
    """Draw who has reviews, and who is handed over from sales."""
    n = len(accounts)
    looked_after = accounts.touch_model != TOUCH.index("tech")
    plan = TouchPlan(looked_after & (rng.random(n) < scenario.touches.reviews), np.full(n, NEVER))
    plan_handover(plan, np.arange(n), accounts.joined_on, scenario, rng)
    return plan


def plan_handover(
    plan: TouchPlan, account: NDArray[np.intp], opens_on: Dates, scenario: Scenario, rng: np.random.Generator
) -> None:
    """Plan a handover in the first 30 days of the stays of some accounts; some are forgotten."""
    on = as_dates(opens_on + rng.integers(2, 29, len(account)))
    is_missed = rng.random(len(account)) < scenario.touches.handover_missed
    plan.handover_on[account] = np.where(is_missed, NEVER, on)


def touches_of_month(
    accounts: Accounts,
    stays: Stays,
    rapport: Rapport,
    plan: TouchPlan,
    contacts: Contacts,
    days: Dates,
    month: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the month's touches; in `rapport` reviews are noted as answered or not."""
    parts = [
        _as_they_come(accounts, stays, rapport, days, rng),
        _reviews(accounts, stays, rapport, plan, days, month, rng),
        _handovers(accounts, stays, plan, days),
    ]
    rows = together(parts)
    meets = (rows["status"] == "held").to_numpy() & ~rows["automated"].to_numpy(bool)
    account = np.searchsorted(accounts.account_id.astype(str), rows["account_id"].to_numpy(str))
    taking_part = pd.Series(contacts.taking_part(account, days, rng), dtype=object)
    return rows.assign(contact_id=taking_part.where(meets, None))


def _as_they_come(
    accounts: Accounts, stays: Stays, rapport: Rapport, days: Dates, rng: np.random.Generator
) -> pd.DataFrame:
    """Return touches of no calendar: the better the rapport, the more are held."""
    here = stays.here(days)
    vendor = np.repeat(here, rng.poisson(VENDOR_TOUCHES[accounts.touch_model[here]]))
    customer = np.repeat(here, rng.poisson(0.12 * np.exp(0.3 * rapport.level[here])))
    automated = here[rng.random(len(here)) < 0.5]
    account = np.concatenate([vendor, customer, automated])
    n, level = len(account), rapport.level[account]
    is_vendor = np.arange(n) < len(vendor)
    is_automated = np.arange(n) >= len(vendor) + len(customer)
    held = (rng.random(n) < share(0.9 + 0.9 * level)) | ~is_vendor
    replies = is_vendor & (rng.random(n) < np.where(held, 0.8, share(-1.2 + 0.9 * level)))
    rows = pd.DataFrame(
        {
            "account_id": accounts.account_id[account],
            "occurred_on": any_of(days, n, rng),
            "kind": np.where(is_automated, "in_app", KINDS[rng.integers(0, len(KINDS), n)]),
            "initiated_by": np.where(is_vendor | is_automated, "vendor", "customer"),
            "status": _status(held, rng),
            "automated": is_automated,
            "response_hours": np.where(replies, np.round(rng.exponential(30, n), 1), np.nan),
            "sentiment": _sentiment(level, rng),
        }
    )
    return while_there(rows, "occurred_on", stays, account)


def _reviews(
    accounts: Accounts,
    stays: Stays,
    rapport: Rapport,
    plan: TouchPlan,
    days: Dates,
    month: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the reviews that the calendar brings this month, whatever the customer thinks of them."""
    here = stays.here(days)
    due = here[plan.has_reviews[here] & ((here + month) % REVIEW_EVERY == 0)]
    on = any_of(days[9:20], len(due), rng)
    there = stays.is_there(due, on)
    due, on = due[there], on[there]
    level = rapport.level[due]
    held = rng.random(len(due)) < share(0.4 + 1.1 * level)
    replies = rng.random(len(due)) < np.where(held, 0.8, share(-1.2 + 0.9 * level))
    rapport.unanswered_reviews[due] = np.where(held | replies, 0, rapport.unanswered_reviews[due] + 1)
    return pd.DataFrame(
        {
            "account_id": accounts.account_id[due],
            "occurred_on": on,
            "kind": "business_review",
            "initiated_by": "vendor",
            "status": _status(held, rng),
            "automated": False,
            "response_hours": np.where(replies, np.round(rng.exponential(30, len(due)), 1), np.nan),
            "sentiment": np.where(held, _sentiment(level, rng), np.nan),
        }
    )


def _handovers(accounts: Accounts, stays: Stays, plan: TouchPlan, days: Dates) -> pd.DataFrame:
    """Return the handovers planned for this month; one planned for after an early end is none."""
    due = np.flatnonzero((plan.handover_on >= days[0]) & (plan.handover_on <= days[-1]))
    rows = pd.DataFrame(
        {
            "account_id": accounts.account_id[due],
            "occurred_on": plan.handover_on[due],
            "kind": "handover",
            "initiated_by": "vendor",
            "status": "held",
            "automated": False,
            "response_hours": np.nan,
            "sentiment": np.nan,
        }
    )
    return while_there(rows, "occurred_on", stays, due)


def _status(held: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.object_]:
    return np.where(held, "held", np.where(rng.random(len(held)) < 0.5, "cancelled", "no_show"))


def _sentiment(level: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    mood: NDArray[np.float64] = np.clip(0.3 * level + rng.normal(0.1, 0.3, len(level)), -1, 1)
    return mood.round(3)
