with currencies as (
    select count(distinct currency) as number
    from subscriptions
)

select subscriptions.rowid as row_id
from subscriptions
cross join currencies
where currencies.number > 1
