-- grain: account, logged period, delivery of it; key: account_id, period_start, period_days, known_on
-- rule: a row holds on the days after known_on up to known_until, on which more of the period became known; users of
--       several deliveries count once: the first delivery is counted by itself, only later ones look back. Known when
--       the period is over. Distinct users of a period mean something even where ids are not persons. A source that
--       gives no user_activity has the calendar weeks, Monday to Sunday, of the daily log, as far as it names users
with weeks as (
    select
        account_id,
        user_id,
        known_on,
        events,
        used_on - cast(date_diff('day', cast('1900-01-01' as date), used_on) % 7 as integer) as monday
    from usage_user_day
),

logged as (
    select
        account_id,
        user_id,
        period_start,
        period_days,
        coalesce(known_on, period_start + (period_days - 1)) as known_on,
        events
    from user_activity
    where events > 0
    union all
    select
        account_id,
        user_id,
        monday as period_start,
        7 as period_days,
        greatest(known_on, monday + 6) as known_on,
        events
    from weeks
    where not $is_user_activity_given
),

user_deliveries as (
    select
        account_id,
        user_id,
        period_start,
        period_days,
        known_on,
        sum(events) as events
    from logged
    group by account_id, user_id, period_start, period_days, known_on
),

delivered as (
    select
        account_id,
        period_start,
        period_days,
        known_on,
        count(*) as users,
        cast(sum(events) as bigint) as events,
        cast(sum(events * events) as bigint) as squared_events
    from user_deliveries
    group by account_id, period_start, period_days, known_on
),

deliveries as (
    select
        *,
        lead(known_on) over (partition by account_id, period_start, period_days order by known_on) as known_until,
        row_number() over (partition by account_id, period_start, period_days order by known_on) as delivery
    from delivered
),

later_user_totals as (
    select
        deliveries.account_id,
        deliveries.period_start,
        deliveries.period_days,
        deliveries.known_on,
        sum(user_deliveries.events) as events
    from deliveries
    inner join user_deliveries
        on
            deliveries.account_id = user_deliveries.account_id
            and deliveries.period_start = user_deliveries.period_start
            and deliveries.period_days = user_deliveries.period_days
            and deliveries.known_on >= user_deliveries.known_on
    where deliveries.delivery > 1
    group by
        deliveries.account_id,
        deliveries.period_start,
        deliveries.period_days,
        deliveries.known_on,
        user_deliveries.user_id
),

later_totals as (
    select
        account_id,
        period_start,
        period_days,
        known_on,
        count(*) as users,
        cast(sum(events) as bigint) as events,
        cast(sum(events * events) as bigint) as squared_events
    from later_user_totals
    group by account_id, period_start, period_days, known_on
)

select
    deliveries.account_id,
    deliveries.period_start,
    deliveries.period_days,
    deliveries.known_on,
    coalesce(deliveries.known_until, cast('9999-12-31' as date)) as known_until,
    coalesce(later_totals.users, deliveries.users) as users,
    coalesce(later_totals.events, deliveries.events) as events,
    coalesce(later_totals.squared_events, deliveries.squared_events) as squared_events
from deliveries
left join later_totals
    on
        deliveries.account_id = later_totals.account_id
        and deliveries.period_start = later_totals.period_start
        and deliveries.period_days = later_totals.period_days
        and deliveries.known_on = later_totals.known_on
