"""The ledger: versions of subscriptions as they are signed, given notice of, renewed and ended."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.accounts.terms import Terms, ends_after
from analysis.worlds.company.setting.days import LONG_AGO, NEVER, NOTHING, Dates, as_dates

PLATFORM, ADDED = 0, 1
PRODUCTS = np.array(["platform", "analytics"], dtype=object)
ADDED_SHARE = 0.2
"""Price of the added product, as a share of the platform's; it has no seats."""
KINDS = np.array(["paid", "trial"], dtype=object)
REASONS = np.array([None, "voluntary", "involuntary", "merged"], dtype=object)
VOLUNTARY, INVOLUNTARY, MERGED = 1, 2, 3
NO_SEATS = -1


@dataclass(slots=True)
class Ledger:
    """All versions so far, and which of them run.

    Attributes
    ----------
    versions
        Columns of the versions, each an array with one entry a version.
    running
        Number of each account's running version, by product; -1: none. Shape (2, n_accounts).
    """

    versions: dict[str, NDArray[Any]]
    running: NDArray[np.intp]

    @classmethod
    def of(cls, accounts: Accounts, terms: Terms) -> Self:
        """Sign every account's versions up to the term that runs."""
        ledger = cls(versions=_no_versions(), running=np.full((2, len(accounts)), -1))
        stay = np.ones(len(accounts), dtype=np.intp)
        on_trial = np.flatnonzero(accounts.trial_days > 0)
        joined_on = accounts.joined_on[on_trial]
        begins_on = as_dates(joined_on - accounts.trial_days[on_trial])
        ledger._append(terms, on_trial, stay[on_trial], begins_on, joined_on, kind=1, ended_on=joined_on)
        starts_on, left = accounts.joined_on.copy(), np.arange(len(accounts))
        while len(left):
            ends_on = ends_after(starts_on[left], terms.months[left])
            ledger.sign(terms, left, stay[left], starts_on[left], ends_on)
            is_before = starts_on[left] < terms.starts_on[left]
            starts_on[left] = ends_on
            left = left[is_before]
        return ledger

    def sign(
        self,
        terms: Terms,
        account: NDArray[np.intp],
        stay: NDArray[np.intp],
        started_on: Dates,
        term_ends_on: Dates,
        product: int = PLATFORM,
    ) -> None:
        """Sign a version for each of some accounts; it is the running one of its product from then on."""
        self.running[product, account] = len(self.versions["account"]) + np.arange(len(account))
        self._append(terms, account, stay, started_on, term_ends_on, product=product)

    def _append(
        self,
        terms: Terms,
        account: NDArray[np.intp],
        stay: NDArray[np.intp],
        started_on: Dates,
        term_ends_on: Dates,
        product: int = PLATFORM,
        kind: int = 0,
        ended_on: Dates | None = None,
    ) -> None:
        n, seats = len(account), terms.seats[account]
        price = seats * terms.price[account] * (ADDED_SHARE if product == ADDED else 1.0)
        fresh = {
            "account": account,
            "stay": stay,
            "product": np.full(n, product),
            "kind": np.full(n, kind),
            "started_on": started_on,
            "term_ends_on": term_ends_on,
            "notice_period_days": terms.notice_days[account],
            "term_months": terms.months[account],
            "seats": np.full(n, NO_SEATS) if product == ADDED else seats,
            "mrr": np.round(price, 2),
            "ended_on": np.full(n, NOTHING) if ended_on is None else ended_on,
            "notice_on": np.full(n, NOTHING),
            "notice_withdrawn_on": np.full(n, NOTHING),
            "end_reason": np.zeros(n, dtype=np.intp),
        }
        self.versions = {name: np.concatenate([self.versions[name], fresh[name]]) for name in fresh}

    def added_on(self) -> Dates:
        """Return the day on which each account's second product began, long ago where it has none."""
        version = self.running[ADDED]
        return np.where(version >= 0, as_dates(self.versions["started_on"])[version], LONG_AGO)

    def running_of(self, account: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the versions of some accounts that run, and the place in `account` of whose each is."""
        version = self.running[:, account]
        place = np.broadcast_to(np.arange(len(account)), version.shape)
        return version[version >= 0], place[version >= 0]

    def is_noticed(self) -> NDArray[np.bool_]:
        """Say of whose running version of the platform notice was given, withdrawn or not; shape (n_accounts,)."""
        version = self.running[PLATFORM]
        return (version >= 0) & ~np.isnat(as_dates(self.versions["notice_on"])[version])

    def give_notice(self, account: NDArray[np.intp], on: Dates, withdrawn_on: Dates) -> None:
        """Write down the notices of some accounts, and their withdrawal where there is one."""
        version, place = self.running_of(account)
        self.versions["notice_on"][version] = on[place]
        self.versions["notice_withdrawn_on"][version] = withdrawn_on[place]

    def end(self, account: NDArray[np.intp], on: Dates, reason: NDArray[np.intp]) -> None:
        """End all that runs of some accounts, for reasons by number."""
        version, place = self.running_of(account)
        self.versions["ended_on"][version] = on[place]
        self.versions["end_reason"][version] = reason[place]
        self.running[ADDED, account] = -1

    def frame(self, accounts: Accounts) -> pd.DataFrame:
        """Return all versions."""
        versions = pd.DataFrame(self.versions)
        number = pd.Series(accounts.account_id).str.removeprefix("A").to_numpy(object)[self.versions["account"]]
        suffix = np.array(["", "-trial", "-analytics"], dtype=object)
        which = np.where(self.versions["kind"] == 1, 1, 2 * self.versions["product"])
        stay = np.where(self.versions["stay"] > 1, "-" + self.versions["stay"].astype(str).astype(object), "")
        return versions.assign(
            subscription_id="S" + number + stay + suffix[which],
            account_id=accounts.account_id[self.versions["account"]],
            product=PRODUCTS[self.versions["product"]],
            kind=KINDS[self.versions["kind"]],
            seats=versions["seats"].where(versions["seats"] != NO_SEATS),
            term_months=versions["term_months"].where(versions["term_months"] > 0),
            term_ends_on=versions["term_ends_on"].where(self.versions["term_ends_on"] != NEVER),
            end_reason=REASONS[self.versions["end_reason"]],
            auto_renew=True,
            currency="EUR",
        )


def _no_versions() -> dict[str, NDArray[Any]]:
    days = np.array([], dtype="datetime64[D]")
    numbers = np.array([], dtype=np.intp)
    return {
        "account": numbers,
        "stay": numbers,
        "product": numbers,
        "kind": numbers,
        "started_on": days,
        "term_ends_on": days,
        "notice_period_days": numbers,
        "term_months": numbers,
        "seats": numbers,
        "mrr": np.array([], dtype=np.float64),
        "ended_on": days,
        "notice_on": days,
        "notice_withdrawn_on": days,
        "end_reason": numbers,
    }
