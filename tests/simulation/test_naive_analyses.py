"""Naive analyses are fooled by the traps of a world, and the same question put to what was known in time is not."""

import numpy as np
import pytest
from worlds import World

from analysis.nonparametric import kaplan_meier
from analysis.outcome import Outcome
from analysis.workbench import Workbench

LEAVES_SOON = """
    select hazard.account_id, month, coalesce(bool_or(notice_on > month and notice_on <= month + 92), false) as leaves
    from hazard left join (select distinct account_id, notice_on from subscriptions where notice_on is not null)
    using (account_id) group by all
"""


@pytest.fixture(scope="module")
def tenure(trapped: World, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return trapped.study(tmp_path_factory.mktemp("out"))


def leaving_shares(world: World, flag: str) -> tuple[float, float, int]:
    """Return the share of account-months that leave soon with and without a flag, and how many have it."""
    rows = world.ask(f"select leaves, {flag} as has_flag from ({LEAVES_SOON}) as months order by account_id, month")
    flagged = rows["has_flag"].to_numpy(bool)
    return rows.loc[flagged, "leaves"].mean(), rows.loc[~flagged, "leaves"].mean(), int(flagged.sum())


def test_a_cancellation_ticket_by_its_own_date_foretells_every_notice_and_in_time_it_foretells_none(trapped):
    ticket = """exists (select 1 from tickets where tickets.account_id = months.account_id
        and category = 'cancellation' and opened_on >= month - 28 and opened_on < month {known})"""
    naive, others, n = leaving_shares(trapped, ticket.format(known=""))
    assert n > 20
    assert naive > 0.8 > 2 * others
    # Of those at risk only who took the notice back has a ticket that anybody knew of.
    assert leaving_shares(trapped, ticket.format(known="and known_on < month"))[2] <= 0.1 * n


def test_a_departure_by_its_own_date_goes_with_leaving_and_by_when_it_was_known_it_does_not(trapped):
    departure = """exists (select 1 from contacts where contacts.account_id = months.account_id
        and contacts.ended_on >= month - 91 and contacts.ended_on < month {known})"""
    naive, others, n = leaving_shares(trapped, departure.format(known=""))
    known, without, n_known = leaving_shares(trapped, departure.format(known="and ended_known_on < month"))
    assert min(n, n_known) > 50
    assert naive > 1.5 * others
    # Its true effect in this world is none: what is left is chance.
    assert abs(known - without) < 3 * np.sqrt(without * (1 - without) / (n_known / 3))


def test_who_counts_old_accounts_from_their_beginning_sees_too_many_stay(tenure: Workbench):
    """Those who left before anybody looked are in no table; survivors alone are counted over years they had to live."""
    outcome = Outcome.from_counting_process(tenure.counting_process)
    first = np.unique(outcome.lifetime, return_index=True)[1]
    last = np.r_[first[1:], len(outcome)] - 1
    naive = kaplan_meier(np.zeros(len(first)), outcome.stop[last], outcome.event[last])
    honest = kaplan_meier(outcome.start, outcome.stop, outcome.event)
    after_a_year = [
        curve["estimate"].to_numpy()[np.searchsorted(curve["time"], 365, side="right") - 1] for curve in (naive, honest)
    ]
    assert after_a_year[0] > after_a_year[1] + 0.1
