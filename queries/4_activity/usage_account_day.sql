-- grain: account, day with use, day on which it became known; key: account_id, used_on, known_on
select
    account_id,
    used_on,
    coalesce(known_on, used_on) as known_on,
    cast(sum(events) as bigint) as events
from usage_daily
where events > 0
group by account_id, used_on, coalesce(known_on, used_on)
