"""One month of relations: touches, tickets, surveys, and the coming and going of champions and sponsors."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.simulation.population import Accounts, Dates, contact_rows

KINDS = np.array(["meeting", "business_review", "call", "email", "training"], dtype=object)
VENDOR_TOUCHES = np.array([0.1, 0.45, 1.2])  # a month, by touch model
CATEGORIES = np.array(["bug", "how_to", "feature_request", "contract", "complaint", "other"], dtype=object)


def _share(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-logit))


def _days(days: Dates, n: int, rng: np.random.Generator) -> Dates:
    return days[rng.integers(0, len(days), n)]


def while_there(rows: pd.DataFrame, day: str, accounts: Accounts, account: NDArray[np.intp]) -> pd.DataFrame:
    """Keep the rows of days on which their account is a customer."""
    on = rows[day].to_numpy("datetime64[D]")
    return rows[(on >= accounts.origin[account]) & (on < accounts.leaves_on[account])]


def touches_of_month(accounts: Accounts, here: NDArray[np.intp], days: Dates, rng: np.random.Generator) -> pd.DataFrame:
    """Return the month's touches of the accounts that are there: the better the rapport, the more are held."""
    vendor = np.repeat(here, rng.poisson(VENDOR_TOUCHES[accounts.touch_model[here]]))
    customer = np.repeat(here, rng.poisson(0.12 * np.exp(0.3 * accounts.rapport[here])))
    automated = here[rng.random(len(here)) < 0.5]
    account = np.concatenate([vendor, customer, automated])
    is_vendor = np.arange(len(account)) < len(vendor)
    is_automated = np.arange(len(account)) >= len(vendor) + len(customer)
    rapport = accounts.rapport[account]
    n = len(account)
    held = (rng.random(n) < _share(0.9 + 0.9 * rapport)) | ~is_vendor
    replies = is_vendor & (rng.random(n) < np.where(held, 0.8, _share(-1.2 + 0.9 * rapport)))
    rows = pd.DataFrame(
        {
            "account_id": accounts.account_id[account],
            "occurred_on": _days(days, n, rng),
            "kind": np.where(is_automated, "in_app", KINDS[rng.integers(0, len(KINDS), n)]),
            "initiated_by": np.where(is_vendor | is_automated, "vendor", "customer"),
            "status": np.where(held, "held", np.where(rng.random(n) < 0.5, "cancelled", "no_show")),
            "automated": is_automated,
            "response_hours": np.where(replies, np.round(rng.exponential(30, n), 1), np.nan),
            "sentiment": np.round(np.clip(0.3 * rapport + rng.normal(0.1, 0.3, n), -1, 1), 3),
        }
    )
    return while_there(rows, "occurred_on", accounts, account)


def tickets_of_month(accounts: Accounts, here: NDArray[np.intp], days: Dates, rng: np.random.Generator) -> pd.DataFrame:
    """Return the month's tickets: with poor rapport more complaints and contract questions, and a sharper tone."""
    account = np.repeat(here, rng.poisson(0.12 + 0.05 * np.sqrt(accounts.seats[here])))
    n, rapport = len(account), accounts.rapport[account]
    weights = np.ones((n, len(CATEGORIES)))
    weights *= [0.3, 0.3, 0.2, 0.08, 0.15, 0.1]
    weights *= np.exp(np.outer(rapport, [0.0, 0.0, 0.6, -0.6, -0.7, 0.0]))
    cumulative = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    category = CATEGORIES[(rng.random(n)[:, None] > cumulative[:, :-1]).sum(axis=1)]
    opened_on = _days(days, n, rng)
    is_fault = np.isin(category, ["bug", "complaint"])
    escalated = is_fault & (rng.random(n) < _share(-1.3 - 0.9 * rapport))
    is_resolved = rng.random(n) < 0.93
    rows = pd.DataFrame(
        {
            "account_id": accounts.account_id[account],
            "opened_on": opened_on,
            "resolved_on": np.where(is_resolved, opened_on + rng.integers(0, 25, n), np.datetime64("NaT")),
            "first_response_hours": np.round(rng.exponential(10, n), 1),
            "severity": np.where(rng.random(n) < 0.15, "critical", "normal"),
            "category": category,
            "escalated_on": np.where(escalated, opened_on + rng.integers(1, 8, n), np.datetime64("NaT")),
            "requester_seniority": np.where(rng.random(n) < 0.12, "manager", "staff"),
            "sentiment": np.round(np.clip(0.2 + 0.35 * rapport + rng.normal(0, 0.3, n), -1, 1), 3),
        }
    )
    return while_there(rows, "opened_on", accounts, account)


def surveys_of_month(
    accounts: Accounts, here: NDArray[np.intp], days: Dates, month: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the month's NPS answers: asked twice a year, fewer than half answer, the content more often."""
    asked = here[(here + month) % 6 == 0]
    answers = asked[rng.random(len(asked)) < _share(-0.3 + 0.4 * accounts.rapport[asked])]
    mood = 7.2 + 1.3 * accounts.rapport[answers] + 0.7 * accounts.vitality[answers]
    rows = pd.DataFrame(
        {
            "account_id": accounts.account_id[answers],
            "responded_on": _days(days, len(answers), rng),
            "kind": "nps",
            "score": np.clip(np.round(mood + rng.normal(0, 1.3, len(answers))), 0, 10),
        }
    )
    return while_there(rows, "responded_on", accounts, answers)


def change_of_rapport(accounts: Accounts, rng: np.random.Generator) -> None:
    """Let the rapport with each account drift."""
    accounts.rapport = 0.93 * accounts.rapport + rng.normal(0, 0.35, len(accounts))


def change_of_contacts(
    contacts: pd.DataFrame, accounts: Accounts, days: Dates, rng: np.random.Generator
) -> pd.DataFrame:
    """Let champions and sponsors leave; some departures become known late or never, some are filled again."""
    account = contacts["account"].to_numpy()
    leaving = np.flatnonzero(
        (rng.random(len(contacts)) < 0.028)
        & contacts["ended_on"].isna().to_numpy()
        & (contacts["started_on"].to_numpy("datetime64[D]") < days[0])
        & (accounts.leaves_on[account] > days[0])
    )
    ended_on = _days(days, len(leaving), rng)
    is_known = rng.random(len(leaving)) < 0.85
    known = leaving[is_known]
    contacts.loc[known, "ended_on"] = ended_on[is_known]
    contacts.loc[known, "ended_known_on"] = ended_on[is_known] + rng.integers(0, 40, len(known))
    filled = rng.random(len(leaving)) < 0.5
    fresh = contact_rows(
        account[leaving[filled]],
        contacts["role"].to_numpy()[leaving[filled]],
        ended_on[filled] + rng.integers(30, 120, int(filled.sum())),
        len(contacts) + 1,
        rng,
    )
    return pd.concat([contacts, fresh], ignore_index=True)
