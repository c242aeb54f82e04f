-- grain: account, day with use; key: account_id, used_on
select
    account_id,
    used_on,
    cast(sum(events) as bigint) as events
from usage_daily
where events > 0
group by account_id, used_on
