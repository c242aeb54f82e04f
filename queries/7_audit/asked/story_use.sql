-- grain: calendar week, Monday to Sunday, in which one account used anything; key: week
-- rule: all use of it, whether it was paid for or not
select
    used_on - cast(date_diff('day', cast('1900-01-01' as date), used_on) % 7 as integer) as week,
    cast(sum(events) as bigint) as events
from usage_account_day
where account_id = $account_id
group by used_on - cast(date_diff('day', cast('1900-01-01' as date), used_on) % 7 as integer)
order by week
