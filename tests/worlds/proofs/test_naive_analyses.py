"""Naive analyses are fooled by the traps of a world, and the same question put to what was known in time is not."""

import numpy as np
import pytest
from worlds import World

from analysis.curves.nonparametric import kaplan_meier
from analysis.design.outcome import Outcome
from analysis.workbench import Workbench

LEAVES_SOON = """
    select hazard.account_id, month, coalesce(bool_or(notice_on > month and notice_on <= month + 92), false) as leaves
    from hazard left join (select distinct account_id, notice_on from subscriptions where notice_on is not null)
    using (account_id) group by all
"""


@pytest.fixture(scope="module")
def tenure(trapped: World, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return trapped.opened(tmp_path_factory.mktemp("out"))


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


@pytest.mark.slow
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


def test_who_takes_first_start_and_last_end_for_one_stay_sees_too_few_leave(busy: World):
    """Everybody who came back counts as never gone, and nobody could leave while away: immortal months."""
    naive = busy.ask(
        """
        with stays as (
            select account_id, min(started_on) as since,
                case when bool_and(ended_on is not null) then max(ended_on) else date '2023-01-01' end as until,
                bool_and(ended_on is not null) and arg_max(end_reason, ended_on) = 'voluntary' as has_left
            from subscriptions where started_on < date '2023-01-01' group by all)
        select sum(cast(has_left and until > date '2021-10-01' as integer)) as leavers,
            sum(greatest(0, least(until, date '2023-01-01') - greatest(since, date '2021-10-01'))) / 365.25 as years
        from stays
        """
    )
    true_rate = busy.number("select 12 * avg(probability) from hazard") * (1 - busy.scenario.ends.withdrawn)
    assert naive.at[0, "leavers"] / naive.at[0, "years"] < 0.75 * true_rate


@pytest.fixture(scope="module")
def busy_tenure(busy: World, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return busy.opened(tmp_path_factory.mktemp("out"))


def test_who_counts_lifetimes_and_their_days_at_risk_sees_as_many_leave_as_do(busy: World, busy_tenure: Workbench):
    """The honest answer to the same question, for the truth is the same."""
    rows = busy_tenure.counting_process
    rate = 365.25 * rows["event"].sum() / (rows["stop"] - rows["start"]).sum()
    true_rate = busy.number("select 12 * avg(probability) from hazard") * (1 - busy.scenario.ends.withdrawn)
    assert abs(rate - true_rate) < 3 * rate / np.sqrt(rows["event"].sum())


def test_after_a_week_of_holidays_many_more_seem_to_fade_and_beside_the_book_hardly_more_do(
    busy: World, busy_tenure: Workbench
):
    """On 1 September the last 28 days hold a week of holidays, on 1 July none."""
    drops = busy.ask(
        """
        select day, avg(cast(recent / 28 < 0.85 * before / 63 as double)) as share from (
            select account_id, day,
                coalesce(sum(events) filter (used_on >= day - 28), 0) as recent,
                coalesce(sum(events) filter (used_on < day - 28), 0) as before
            from usage_daily cross join (select unnest([date '2022-07-01', date '2022-09-01']) as day)
            where used_on >= day - 91 and used_on < day group by all)
        as windows semi join hazard on windows.account_id = hazard.account_id and windows.day = hazard.month
        group by day order by day
        """
    )["share"]
    beside = busy_tenure.landmarks.set_index("risk_date")["usage_drop"] > -np.log(0.85)
    honest = [beside.loc[day].mean() for day in ("2022-07-01", "2022-09-01")]
    assert drops[1] > drops[0] + 0.15
    assert abs(honest[1] - honest[0]) < 0.08
