"""Behaviours of simulated worlds: each shows in its table, in the direction meant."""

import pytest
from worlds import World

FIRST_USE = "2021-07-01"


def share_by(world: World, kind: str, measure: str) -> tuple[float, float]:
    """Return a measure of use on days within episodes of one kind, and on all other days."""
    found = world.ask(
        f"""
        select
            exists (
                select 1 from episodes
                where episodes.account_id = usage_daily.account_id and kind = '{kind}'
                and used_on >= begins_on and used_on < ends_on
            ) as is_within,
            {measure} as measure
        from usage_daily group by is_within order by is_within
        """
    )
    return found["measure"][1], found["measure"][0]


@pytest.mark.slow
def test_a_trial_like_surge_is_the_work_of_few_on_few_features_out_of_hours(busy: World) -> None:
    late_within, late_else = share_by(busy, "trial", "sum(out_of_hours_events) / sum(events)")
    assert late_within > 0.35 > 0.2 > late_else
    features = "count(distinct (account_id, feature)) / count(distinct account_id)"
    assert share_by(busy, "trial", features)[0] < 0.7 * share_by(busy, "trial", features)[1]
    # events of each user and day: the key users work twice as hard on each day, and on more days
    a_day = "sum(events) / count(distinct (user_id, used_on))"
    assert share_by(busy, "trial", a_day)[0] > 1.3 * share_by(busy, "trial", a_day)[1]


def test_critical_tickets_come_with_trials_and_open_faults(busy: World) -> None:
    rates = busy.ask(
        """
        with days as (select sum(ends_on - begins_on) as days from (
            select begins_on, least(ends_on, date '2023-01-01') as ends_on
            from episodes where kind in ('trial', 'bug')))
        select count(*) filter (is_within) / (select days from days) as within,
            count(*) filter (not is_within) / (250 * 549) as otherwise
        from (
            select exists (
                select 1 from episodes where episodes.account_id = tickets.account_id and kind in ('trial', 'bug')
                and opened_on >= begins_on and opened_on < ends_on
            ) as is_within from tickets where severity = 'critical')
        """
    )
    assert rates.loc[0, "within"] > 5 * rates.loc[0, "otherwise"]


def test_an_open_fault_keeps_its_tickets_open_until_it_is_resolved(busy: World) -> None:
    wrong = busy.number(
        """
        select count(*) from episodes inner join tickets using (account_id)
        where kind = 'bug' and opened_on = begins_on and severity = 'critical' and category = 'bug'
        group by account_id, begins_on having not bool_or(resolved_on = ends_on)
        union all select 0
        """
    )
    assert wrong == 0
    late_within, late_else = share_by(busy, "bug", "sum(out_of_hours_events) / sum(events)")
    assert late_within > late_else + 0.05


def test_a_roll_out_creates_users_and_then_seats(busy: World) -> None:
    created = busy.number(
        """
        select count(*) filter (created_on between begins_on - 14 and begins_on + 31) / count(distinct begins_on)
        from episodes inner join users using (account_id) where kind = 'rollout'
        """
    )
    assert created >= 2
    grown = busy.ask(
        """
        with versions as (
            select *, lead(seats) over (partition by subscription_id order by started_on) as next_seats
            from subscriptions where seats is not null),
        marked as (
            select *, exists (select 1 from episodes where episodes.account_id = versions.account_id
                and kind = 'rollout' and begins_on >= started_on and begins_on + 31 < term_ends_on) as is_rolled_out
            from versions where next_seats is not null and seats > 3)
        select is_rolled_out, avg(next_seats / seats) as growth from marked group by all order by all
        """
    )["growth"]
    assert grown[1] > 1.2 > 1.1 > grown[0]


def test_fading_use_is_intermittent(busy: World) -> None:
    weeks = busy.ask(
        """
        with fades as (
            select account_id, begins_on from episodes
            where kind = 'fade' and ends_on >= begins_on + 56 and begins_on < date '2022-10-01'),
        counted as (
            select account_id, begins_on, count(distinct (used_on - begins_on) // 7)
                filter (used_on >= begins_on and used_on < begins_on + 56) as within,
            count(distinct (used_on - begins_on) // 7)
                filter (used_on >= begins_on - 56 and used_on < begins_on) as before
            from fades inner join usage_daily using (account_id) group by all)
        select avg(within) as within, avg(before) as before from counted where before >= 6
        """
    )
    assert weeks.loc[0, "within"] < weeks.loc[0, "before"] - 1


def test_holidays_empty_every_account_and_are_in_a_table(busy: World) -> None:
    events = busy.ask(
        """
        select exists (select 1 from holidays where day = used_on) as is_holiday,
            sum(events) / count(distinct used_on) as a_day
        from usage_daily where dayofweek(used_on) between 1 and 5 group by all order by all
        """
    )["a_day"]
    assert events[1] < 0.25 * events[0]
    assert busy.number("select count(distinct region) from holidays where day = date '2022-05-03'") == 3


def test_nothing_released_is_used_before_its_day_and_some_never_try_it(busy: World) -> None:
    assert busy.number("select count(*) from features where released_on > date '2021-07-01'") == 6
    early = "select count(*) from usage_daily inner join features using (feature) where used_on <= released_on"
    assert busy.number(early) == 0
    tried = busy.number(
        """
        select count(distinct account_id) / (select count(distinct account_id) from usage_daily
            where used_on > date '2022-02-01')
        from usage_daily where feature = 'insights'
        """
    )
    assert 0.2 < tried < 0.8


def test_untried_releases_are_a_state_of_those_who_tried_nothing(busy: World) -> None:
    contradictions = """
        select count(*) from states
        inner join (
            select account_id, min(started_on) as joined_on from subscriptions
            where product = 'platform' and kind = 'paid'
            group by account_id having count(distinct subscription_id) = 1
        ) using (account_id)
        where releases_untried = 1 and exists (
            select 1 from usage_daily inner join features using (feature)
            where usage_daily.account_id = states.account_id and used_on < month
            and released_on >= month - 180 and released_on < month - 30 and released_on >= joined_on)
    """
    assert busy.number("select sum(releases_untried) from states") > 0
    assert busy.number(contradictions) == 0


def test_reviews_come_by_the_calendar_and_some_are_never_answered(busy: World) -> None:
    reviews = busy.ask(
        """
        select count(*) as number, avg(cast(status = 'held' as integer)) as held from touchpoints
        where kind = 'business_review' and day(occurred_on) between 10 and 20
        """
    )
    assert reviews.loc[0, "number"] > 100
    assert 0.4 < reviews.loc[0, "held"] < 0.8


@pytest.mark.parametrize("is_missed", [True, False])
def test_a_handover_is_missed_or_held_in_the_first_30_days(busy: World, is_missed: bool) -> None:
    days = busy.ask(
        """
        select states.account_id, max(handover_missed) as is_missed,
            min(occurred_on - joined_on) as after
        from states
        inner join (
            select account_id, min(started_on) as joined_on, max(started_on) as last_on from subscriptions
            where kind = 'paid' and subscription_id not like '%-2%' group by all
        ) using (account_id)
        left join touchpoints on touchpoints.account_id = states.account_id and touchpoints.kind = 'handover'
        where joined_on between date '2021-07-01' and date '2022-10-01'
        and states.month between joined_on + 35 and joined_on + 360
        and states.account_id not in (select account_id from subscriptions where subscription_id like '%-2')
        group by all
        """
    )
    found = days[(days["is_missed"] == 1) == is_missed]
    assert len(found) > 10
    assert found["after"].isna().all() if is_missed else found["after"].between(2, 30).all()


def test_goals_follow_one_another_until_there_is_no_next(busy: World) -> None:
    assert busy.number("select count(*) from goals where achieved_on < defined_on or value_shown_on < achieved_on") == 0
    overlapping = """
        select count(*) from (
            select defined_on, lag(achieved_on) over (partition by account_id order by defined_on) as before,
                row_number() over (partition by account_id order by defined_on) as place from goals)
        where place > 1 and coalesce(before > defined_on, true)
    """
    assert busy.number(overlapping) == 0
    contradictions = """
        select count(*) from states where goals_all_achieved <> coalesce((
            select cast(bool_and(coalesce(achieved_on < month, false)) as double) from goals
            where goals.account_id = states.account_id and defined_on < month), 0)
    """
    assert busy.number(contradictions) == 0
    assert 0.05 < busy.number("select avg(goals_all_achieved) from states") < 0.5


def test_value_never_shown_is_a_state_of_those_without_a_day_of_it(busy: World) -> None:
    contradictions = """
        select count(*) from states where value_never_shown = 1 and exists (
            select 1 from goals where goals.account_id = states.account_id and value_shown_on < month)
    """
    assert busy.number(contradictions) == 0
    assert busy.number("select avg(value_never_shown) from states") > 0.1


def test_new_decision_makers_are_new_sponsors_or_buyers(busy: World) -> None:
    contradictions = """
        select count(*) from states where new_decision_maker <> cast(exists (
            select 1 from contacts inner join (
                select account_id, min(started_on) as began_on from contacts group by all) using (account_id)
            where contacts.account_id = states.account_id and role in ('executive_sponsor', 'buyer')
            and started_on < month and started_on >= month - interval 91 day and started_on > began_on) as integer)
        and account_id not in (select account_id from subscriptions where subscription_id like '%-2')
    """
    assert busy.number("select sum(new_decision_maker) from states") > 50
    assert busy.number(contradictions) == 0


def test_idle_seats_are_cut_and_lively_accounts_grow(busy: World) -> None:
    changes = busy.ask(
        """
        with versions as (
            select *, lead(seats) over (partition by subscription_id order by started_on) as next_seats
            from subscriptions where seats is not null and term_months = 12)
        select max(idle_seats) as is_idle, avg(cast(next_seats < seats as integer)) as cut,
            avg(cast(next_seats > seats as integer)) as grown
        from versions inner join states on states.account_id = versions.account_id
            and states.month = date_trunc('month', term_ends_on - 1)
        where next_seats is not null and seats > 4 group by idle_seats order by idle_seats
        """
    )
    assert changes["cut"][1] > 0.15
    assert changes["cut"][0] == 0
    assert changes["grown"][0] > changes["grown"][1]


def test_a_second_product_is_a_second_subscription_that_ends_with_the_first(busy: World) -> None:
    assert busy.number("select count(distinct account_id) from subscriptions where product = 'analytics'") > 30
    outlasting = """
        select count(*) from subscriptions as added where product = 'analytics' and ended_on is null
        and account_id in (select account_id from subscriptions where product = 'platform' and ended_on is not null)
        and account_id not in (select account_id from subscriptions where product = 'platform' and ended_on is null
            group by account_id, subscription_id having max(term_ends_on) > date '2022-12-31')
        and added.term_ends_on > date '2022-12-31'
    """
    assert busy.number(outlasting) == 0
