-- grain: account, logged period, day on which it became known; key: account_id, period_start, period_days, known_on
-- rule: distinct users of a period mean something even where ids are not persons; known when the period is over
select
    account_id,
    period_start,
    period_days,
    coalesce(known_on, period_start + (period_days - 1)) as known_on,
    count(distinct user_id) as users,
    cast(sum(events) as bigint) as events,
    cast(sum(events * events) as bigint) as squared_events
from user_activity
where events > 0
group by account_id, period_start, period_days, coalesce(known_on, period_start + (period_days - 1))
