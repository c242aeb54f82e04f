"""Traps: what is dated back or overwritten misleads whoever reads the tables at their word, and only them."""

import pytest
from worlds import World

from analysis.worlds.company.setting.scenario import read_scenario, scenario_names

pytestmark = pytest.mark.slow  # for a world that nothing else looks at
NOTICES = "(select distinct account_id, notice_on from subscriptions where notice_on is not null)"


def test_cancellation_tickets_are_dated_before_the_notice_and_known_after_it(trapped: World) -> None:
    tickets = trapped.ask(
        f"select * from tickets inner join {NOTICES} using (account_id) where category = 'cancellation' "
        "and opened_on between notice_on - 21 and notice_on"
    )
    assert len(tickets) > 0.5 * trapped.number(f"select count(*) from {NOTICES}")
    assert (tickets["known_on"] > tickets["notice_on"]).all()


def test_data_are_exported_from_the_day_of_notice_on(trapped: World) -> None:
    exports = trapped.ask(
        f"""
        select used_on - notice_on as after from usage_daily inner join {NOTICES} using (account_id)
        where feature = 'bulk_export' and abs(used_on - notice_on) < 30
        """
    )["after"]
    assert len(exports) > 20
    assert exports.between(0, 5).all()


def test_departures_are_entered_after_the_end_and_dated_before_the_notice(trapped: World) -> None:
    entered = trapped.ask(
        f"""
        select ended_on, ended_known_on, notice_on, left_on from contacts inner join {NOTICES} using (account_id)
        inner join (select account_id, max(ended_on) as left_on from subscriptions where end_reason = 'voluntary'
            group by all) using (account_id)
        where ended_known_on > contacts.ended_on + 40 and ended_known_on > left_on
        """
    )
    assert len(entered) > 20
    assert (entered["ended_on"] < entered["notice_on"]).mean() > 0.9


def test_the_programme_overwrites_the_segment_but_its_history_is_dated(trapped: World) -> None:
    leaving = trapped.ask(
        f"""
        select segment = 'at_risk_program' as is_moved, avg(cast(exists (
            select 1 from {NOTICES} as notices where notices.account_id = accounts.account_id) as integer)) as leaving
        from accounts group by all order by all
        """
    )["leaving"]
    assert leaving[1] > 4 * leaving[0]
    undated = """
        select count(*) from accounts where segment = 'at_risk_program' and not (
            select count(distinct valid_from) = 2 and bool_or(value <> 'at_risk_program') from account_attributes
            where account_attributes.account_id = accounts.account_id and attribute = 'segment')
    """
    assert trapped.number(undated) == 0


def test_scores_of_leavers_are_lowered_and_nothing_says_when(trapped: World) -> None:
    scores = trapped.ask(
        """
        select left_on is not null as has_left, avg(value) as value from health_scores left join (
            select account_id, max(ended_on) as left_on from subscriptions
            where end_reason = 'voluntary' and ended_on < date '2022-10-01' group by all) using (account_id)
        where component = 'total' and (left_on is null or (scored_on < left_on and scored_on >= left_on - 120))
        group by all order by all
        """
    )["value"]
    assert scores[1] < 0.7 * scores[0]
    assert "known_on" not in trapped.ask("from health_scores")


def test_accounts_older_than_the_logs_are_the_survivors(trapped: World) -> None:
    lasting = trapped.ask(
        """
        select joined_on < date '2020-07-01' as is_old, avg(survivor) as survivor
        from (select account_id, any_value(survivor) as survivor from states group by all)
        inner join (select account_id, min(started_on) as joined_on from subscriptions group by all) using (account_id)
        group by all order by all
        """
    )["survivor"]
    assert lasting[1] < lasting[0] - 0.3


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_that_sets_a_trap_says_whom_it_fools(name: str) -> None:
    scenario = read_scenario(name)
    traps = {"immortal_time", "holidays", "informative_entry", "late_knowledge", "leaky_notice"}
    traps |= {"relabelled_segment", "score_rewritten"}
    assert bool(scenario.fools) == (name in traps)
    assert scenario.says.endswith(".")
