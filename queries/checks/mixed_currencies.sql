with currencies as (
    select count(distinct currency) as number
    from subscriptions
),

rates as (
    select count(*) as number
    from exchange_rates
)

select subscriptions.rowid as row_id
from subscriptions
cross join currencies
cross join rates
where
    currencies.number > 1
    and rates.number = 0
