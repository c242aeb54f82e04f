-- grain: account, user id, week (Monday to Sunday); key: account_id, user_id, period_start
select
    cast(account_id as varchar) as account_id,
    cast(user_id as varchar) as user_id,
    week as period_start,
    7 as period_days,
    n_events as events,
    active_days
from raw.user_week
