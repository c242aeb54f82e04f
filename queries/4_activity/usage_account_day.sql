-- grain: account, day with use, day on which it became known; key: account_id, used_on, known_on
-- rule: timed_events are those of rows that say how many of them were out of hours, named_events and featured_events of
--       rows that say whose use it was, and of what. days is 1 on the day on which the first of a day's use became
--       known, else 0, so that days with use are a sum and need no count of distinct ones. block numbers runs of days
--       as window_blocks does; the rows of an account lie together, as its windows are read
with deliveries as (
    select
        account_id,
        used_on,
        coalesce(known_on, used_on) as known_on,
        cast(sum(events) as bigint) as events,
        cast(sum(case when out_of_hours_events is not null then events else 0 end) as bigint) as timed_events,
        cast(sum(coalesce(out_of_hours_events, 0)) as bigint) as out_of_hours_events,
        cast(sum(case when user_id is not null then events else 0 end) as bigint) as named_events,
        cast(sum(case when feature is not null then events else 0 end) as bigint) as featured_events
    from usage_daily
    where events > 0
    group by account_id, used_on, coalesce(known_on, used_on)
)

select
    account_id,
    used_on,
    known_on,
    cast(
        floor(date_diff('day', cast('1900-01-01' as date), used_on) / greatest($baseline_days, 28)) as integer
    ) as block,
    case when row_number() over (partition by account_id, used_on order by known_on) = 1 then 1 else 0 end as days,
    events,
    timed_events,
    out_of_hours_events,
    named_events,
    featured_events
from deliveries
order by account_id
