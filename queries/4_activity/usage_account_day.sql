-- grain: account, day with use, day on which it became known; key: account_id, used_on, known_on
-- rule: timed_events are those of rows that say how many of them were out of hours
select
    account_id,
    used_on,
    coalesce(known_on, used_on) as known_on,
    cast(sum(events) as bigint) as events,
    cast(sum(case when out_of_hours_events is not null then events else 0 end) as bigint) as timed_events,
    cast(sum(coalesce(out_of_hours_events, 0)) as bigint) as out_of_hours_events
from usage_daily
where events > 0
group by account_id, used_on, coalesce(known_on, used_on)
