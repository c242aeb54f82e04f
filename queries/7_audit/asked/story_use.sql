-- grain: calendar week, Monday to Sunday, in which one account used anything; key: week
-- rule: all use of it, whether it was paid for or not
select
    used_on - cast((used_on - cast('1900-01-01' as date)) % 7 as integer) as week,
    cast(sum(events) as bigint) as events
from usage_account_day
where account_id = $account_id
group by used_on - cast((used_on - cast('1900-01-01' as date)) % 7 as integer)
order by week
