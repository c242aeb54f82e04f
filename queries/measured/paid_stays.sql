-- grain: version of a subscription that is paid; no key
-- rule: it lasts until it ends, or the next version of its subscription starts; days [paid_from, paid_until)
with versions as (
    select
        account_id,
        kind,
        started_on,
        ended_on,
        lead(started_on) over (partition by account_id, subscription_id order by started_on) as next_started_on
    from subscriptions
)

select
    account_id,
    started_on as paid_from,
    least(
        coalesce(ended_on, cast('9999-12-31' as date)), coalesce(next_started_on, cast('9999-12-31' as date))
    ) as paid_until
from versions
where coalesce(kind, 'paid') = 'paid'
