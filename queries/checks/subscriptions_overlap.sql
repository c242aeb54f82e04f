with versions as (
    select
        rowid as row_id,
        ended_on,
        lead(started_on) over (partition by account_id, subscription_id order by started_on) as next_started_on
    from subscriptions
)

select row_id
from versions
where ended_on > next_started_on
