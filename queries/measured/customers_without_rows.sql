-- grain: account that pays within the observation and the log, and of which there is a row or not; key: account_id
with customers as (
    select distinct account_id
    from paid_stays
    where
        paid_from < least(cast($snapshot as date), cast($observed_until as date))
        and paid_until > greatest(cast($observation_start as date), cast($observed_from as date))
),

seen as (
    select distinct account_id
    from facts
)

select
    customers.account_id,
    seen.account_id is null as is_without
from customers
left join seen
    on customers.account_id = seen.account_id
order by customers.account_id
