-- grain: account and logged period; key: account_id, known_from
-- rule: distinct users of a period mean something even where ids are not persons; known when the period is over
select
    account_id,
    period_start + period_days as known_from,
    max(period_days) as period_days,
    count(distinct user_id) as users,
    cast(sum(events) as bigint) as events,
    cast(sum(events * events) as bigint) as squared_events
from user_activity
where events > 0
group by account_id, period_start + period_days
