-- grain: day on which an account becomes a customer, or ceases to be one; key: day
-- rule: a customer from the first paid day to the last; change is how many there are more from that day on
with customers as (
    select
        account_id,
        min(paid_from) as since,
        max(paid_until) as until
    from paid_stays
    group by account_id
),

changes as (
    select since as day, 1 as change
    from customers
    union all
    select until as day, -1 as change
    from customers
)

select
    day,
    sum(change) as change
from changes
where day < cast($snapshot as date)
group by day
order by day
