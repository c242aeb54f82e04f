"""Traps: what is written down late, dated back or overwritten, so that tables read at their word mislead."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.engine.engine import Engine
from analysis.worlds.company.accounts.decisions import Notices
from analysis.worlds.company.accounts.ledger import PLATFORM, Ledger
from analysis.worlds.company.accounts.people import People
from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.accounts.stays import Stays, while_there
from analysis.worlds.company.relations.contacts import Contacts
from analysis.worlds.company.setting.days import NEVER, Dates, as_dates, never
from analysis.worlds.company.setting.scenario import Traps
from analysis.worlds.company.use.features import BULK_EXPORT

PROGRAMME = "at_risk_program"
EXPORT_DAYS = 6
REWRITTEN_DAYS = 120


@dataclass(slots=True)
class Overwritten:
    """What is no longer as it was.

    Attributes
    ----------
    relabelled_on
        Day on which each account was moved to the programme for accounts at risk; `NEVER` if it was not.
    rewritten
        Accounts whose published scores are lowered in the end, and the day on which each had left.
    """

    relabelled_on: Dates
    rewritten: list[tuple[NDArray[np.intp], Dates]]

    @classmethod
    def nothing(cls, n: int) -> "Overwritten":
        """Return that all is as it was."""
        return cls(never(n), [])

    def relabel(self, account: NDArray[np.intp], on: Dates, traps: Traps, rng: np.random.Generator) -> NDArray[np.intp]:
        """Move some of the accounts to the programme, and return those moved now."""
        moves = (rng.random(len(account)) < traps.relabelled) & (self.relabelled_on[account] == NEVER)
        self.relabelled_on[account[moves]] = on[moves]
        return account[moves]


def cancellation_tickets(
    accounts: Accounts, stays: Stays, notices: Notices, traps: Traps, rng: np.random.Generator
) -> pd.DataFrame:
    """Return tickets entered after a notice, with a day before it."""
    leaks = rng.random(len(notices.account)) < traps.leaky_notice
    account, on = notices.account[leaks], notices.on[leaks]
    n = len(account)
    rows = pd.DataFrame(
        {
            "account_id": accounts.account_id[account],
            "opened_on": as_dates(on - rng.integers(3, 21, n)),
            "known_on": as_dates(on + rng.integers(1, 31, n)),
            "category": "cancellation",
            "severity": "normal",
        }
    )
    return while_there(rows, "opened_on", stays, account)


def bulk_exports(people: People, notices: Notices, days: Dates, traps: Traps, rng: np.random.Generator) -> pd.DataFrame:
    """Return the use of those who take their data with them, in the days from notice on, to the end of the month."""
    leaks = rng.random(len(notices.account)) < traps.leaky_notice
    can = np.flatnonzero((people.created_on <= days[0]) & (people.deactivated_on == NEVER))
    whose, first = np.unique(people.account[can], return_index=True)
    account, on = notices.account[leaks], notices.on[leaks]
    place = np.minimum(np.searchsorted(whose, account), max(len(whose) - 1, 0))
    has_user = whose[place] == account if len(whose) else np.zeros(len(account), dtype=bool)
    account, on, user = account[has_user], on[has_user], can[first[place[has_user]]]
    day = as_dates(on[:, None] + np.arange(EXPORT_DAYS))
    row, column = np.nonzero(day <= days[-1])
    return pd.DataFrame(
        {
            "account": account[row],
            "user": user[row],
            "feature": BULK_EXPORT,
            "used_on": day[row, column],
            "events": rng.integers(20, 60, len(row)),
            "out_of_hours_events": 0,
        }
    )


def departures_at_exit(
    contacts: Contacts, ledger: Ledger, stays: Stays, leaving: NDArray[np.intp], traps: Traps, rng: np.random.Generator
) -> None:
    """Enter a departure for some who leave by notice: dated before the notice, known only after they left."""
    notice_on = ledger.versions["notice_on"][ledger.running[PLATFORM, leaving]]
    chosen = (rng.random(len(leaving)) < traps.departures_at_exit) & ~np.isnat(notice_on)
    before, after = rng.integers(10, 60, len(leaving)), rng.integers(5, 40, len(leaving))
    said_on = as_dates(notice_on - before)
    rows = contacts.rows
    candidates = rows[rows["ended_on"].isna() & rows["role"].isin(["champion", "executive_sponsor"])]
    first = candidates.reset_index().groupby("account")["index"].first()
    place = np.flatnonzero(chosen & np.isin(leaving, first.index))
    row = first.loc[leaving[place]].to_numpy()
    began_before = rows["started_on"].to_numpy("datetime64[D]")[row] < said_on[place]
    place, row = place[began_before], row[began_before]
    rows.loc[row, "ended_on"] = said_on[place]
    rows.loc[row, "ended_known_on"] = as_dates(stays.leaves_on[leaving[place]] + after[place])


def attribute_rows(accounts: Accounts, account: NDArray[np.intp], valid_from: Dates, segment: str) -> pd.DataFrame:
    """Return the attributes of accounts moved to the programme: its segment, and high touch."""
    return pd.DataFrame(
        {
            "account_id": np.tile(accounts.account_id[account], 2),
            "attribute": np.repeat(np.array(["segment", "touch_model"], dtype=object), len(account)),
            "value": np.repeat(np.array([segment, "high"], dtype=object), len(account)),
            "valid_from": np.tile(valid_from, 2),
        }
    )


def note_rewriting(
    overwritten: Overwritten, stays: Stays, leaving: NDArray[np.intp], traps: Traps, rng: np.random.Generator
) -> None:
    """Choose whose scores will be lowered now that they have left."""
    chosen = leaving[rng.random(len(leaving)) < traps.score_rewritten]
    overwritten.rewritten.append((chosen, stays.leaves_on[chosen].copy()))


def rewrite_scores(engine: Engine, overwritten: Overwritten, accounts: Accounts) -> None:
    """Lower the scores published in the last months before each chosen end; nothing tells when that was done."""
    if not overwritten.rewritten:
        return
    account = np.concatenate([account for account, _ in overwritten.rewritten])
    left_on = np.concatenate([left_on for _, left_on in overwritten.rewritten])
    chosen = pd.DataFrame({"account_id": accounts.account_id[account], "left_on": left_on})
    with engine.showing(rewritten=chosen):
        engine.run(
            "update world.health_scores set value = round(value * 0.4, 1), band = 'red' from rewritten "
            "where rewritten.account_id = health_scores.account_id and scored_on < cast(left_on as date) "
            f"and scored_on >= cast(left_on as date) - {REWRITTEN_DAYS}"
        )
