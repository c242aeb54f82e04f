"""Told: what the tables say of one account, as of the snapshot, strand by strand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.long_tables import LOGS
from analysis.errors import StudyError
from analysis.wording.nearest import closest
from analysis.wording.remarks import Remark

USE_LOGGED_FROM = "accounts.use_logged_from"
"""Given where accounts say since when their own use is logged."""
NEAREST = 3
"""Known ids that are named where one is unknown."""
_PARTS = ("stays", "versions", "levels", "use", "users", "touches", "tickets", "people", "scores", "others")
_NEVER = pd.Timestamp("9999-12-31")
_FIRST = pd.Timestamp("1970-01-01")


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What is known of one account at the snapshot: the answers of ``queries/7_audit/asked/story_*.sql``.

    Attributes
    ----------
    account_id
    snapshot
        Up to whose morning all is known.
    stays, versions, levels, use, users, touches, tickets, people, scores, others : DataFrame
        By the name of the query; `stays` has a row without ``lifetime_id`` where the account never paid.
    terms : DataFrame
        Its row of ``terms_now``: none where nothing is in force.
    leaver : DataFrame
        Its row of ``known_leavers``: none where it is not under notice.
    logs
        The parameters of the queries, which say from when to when each table is logged; of use of this account, where
        accounts say so.
    given
        What the source measures.
    """

    account_id: str
    snapshot: pd.Timestamp
    stays: pd.DataFrame
    versions: pd.DataFrame
    levels: pd.DataFrame
    use: pd.DataFrame
    users: pd.DataFrame
    touches: pd.DataFrame
    tickets: pd.DataFrame
    people: pd.DataFrame
    scores: pd.DataFrame
    others: pd.DataFrame
    terms: pd.DataFrame
    leaver: pd.DataFrame
    logs: Mapping[str, Any]
    given: frozenset[str]

    @property
    def paid(self) -> pd.DataFrame:
        """The stays that were paid, in order."""
        return self.stays[self.stays["lifetime_id"].notna()]

    @property
    def begins_on(self) -> pd.Timestamp | None:
        """The first day of its first subscription, trials among them; None where it has none."""
        return None if self.versions.empty else self.versions["started_on"].min()

    @property
    def ends_on(self) -> pd.Timestamp:
        """The first day on which no subscription covers it any more, or the snapshot."""
        until = self.versions["covered_until"]
        return self.snapshot if until.isna().any() or until.empty else min(until.max(), self.snapshot)

    def days_not_logged(self, table: str, begins: pd.Timestamp, ends: pd.Timestamp) -> list[tuple[Any, Any]]:
        """Return the runs of days ``[from, until)`` between two that lie beyond the log of a table, or in its hole."""
        since, until, hole, again = (
            min(pd.Timestamp(self.logs[f"{table}_{bound}"]), _NEVER)
            for bound in ("observed_from", "observed_until", "hole_from", "hole_until")
        )
        runs = [(begins, since), (hole, again), (until, ends)]
        cut = [(max(first, begins), min(last, ends)) for first, last in runs]
        return [(first, last) for first, last in cut if first < last]


def nearest_ids(account_id: str, known: Sequence[str]) -> list[str]:
    """Return the known ids nearest to one: those first that differ in capitals, spaces and leading zeros only.

    Examples
    --------
    >>> nearest_ids("4", ["901043", "000004", "44"])
    ['000004', '44', '901043']
    """
    alike = [one for one in known if _bare(one) == _bare(account_id)]
    others = [one for one in closest(account_id, known, NEAREST) if one not in alike]
    return [*alike, *others][:NEAREST]


def _bare(account_id: str) -> str:
    return account_id.strip().casefold().lstrip("0")


def id_of(asked_for: str, accounts: pd.DataFrame) -> str:
    """Return the id of the account that goes by an id, or by a name that no other has.

    Parameters
    ----------
    asked_for
        Of a name neither capitals nor spaces around it matter.
    accounts
        account_id, name.

    Raises
    ------
    StudyError
        If there is no such account, or several have that name; ids that may be meant are named.
    """
    known = sorted(accounts["account_id"])
    if asked_for in known:
        return asked_for
    names = accounts["name"].astype("string").str.strip().str.casefold()
    named = sorted(accounts.loc[(names == asked_for.strip().casefold()).fillna(value=False), "account_id"])
    if len(named) == 1:
        return str(named[0])
    if named:
        raise StudyError(
            f"{len(named):,} accounts of this study are called '{asked_for}'. Ask for one by its id, among them: "
            f"{', '.join(named[:NEAREST])}."
        )
    raise StudyError(
        f"No account '{asked_for}' among the {len(known):,} of this study. "
        f"The nearest known ones are: {', '.join(nearest_ids(asked_for, known))}."
    )


def read_account(tenure: CohortTables, account_id: str) -> Told:
    """Ask a cohort for all that it knows of an account.

    Raises
    ------
    StudyError
        As `id_of`.
    """
    account_id = id_of(str(account_id), tenure.table("accounts"))  # a number would be SQL's 000004 as well as 4
    asked = [*(f"story_{part}" for part in _PARTS), "story_terms", "story_leaver"]
    found = tenure.ask_several(asked, {"account_id": account_id})
    logs = dict(tenure.parameters)
    if USE_LOGGED_FROM in tenure.given:
        (since,) = found["story_stays"]["use_logged_from"].drop_duplicates()
        own = f"{tenure.study.time.snapshot if pd.isna(since) else since:%Y-%m-%d}"  # of one without a log: nothing
        logs |= {bound: max(str(logs[bound]), own) for bound in (f"{table}_observed_from" for table in LOGS)}
    return Told(
        account_id=account_id,
        snapshot=pd.Timestamp(tenure.study.time.snapshot),
        **{part: found[f"story_{part}"] for part in _PARTS},
        terms=found["story_terms"],
        leaver=found["story_leaver"],
        logs=logs,
        given=tenure.given,
    )


def not_measured(told: Told, why: Mapping[str, Remark], name: str) -> str:
    """Return why a table or column is not measured, by what is known of the reasons; '' where it is."""
    if name in told.given:
        return ""
    return f"not measured: {str(why[name]).rstrip('.')}" if name in why else f"not measured: {name} is not given"


def day_number(day: pd.Timestamp) -> float:
    """Return a day as a number, counted from 1970."""
    return float((day - _FIRST).days)


def days(column: pd.Series) -> np.ndarray:
    """Return days as numbers, counted from 1970, shape (n,); NaN where missing."""
    found = column.to_numpy("datetime64[D]")
    return np.where(np.isnat(found), np.nan, found.astype(np.int64))
