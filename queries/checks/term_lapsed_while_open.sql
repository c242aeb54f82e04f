-- The last version of a subscription that neither ended nor was renewed by another, though its term is over for longer
-- than the allowed gap. Where it renews by itself, nothing is wrong.
with versions as (
    select
        rowid as row_id,
        ended_on,
        term_ends_on,
        auto_renew,
        row_number() over (partition by account_id, subscription_id order by started_on desc) as number_from_last
    from subscriptions
    where started_on < cast($snapshot as date)
)

select row_id
from versions
where
    number_from_last = 1
    and ended_on is null
    and term_ends_on < cast($snapshot as date) - $allowed_gap_days
    and coalesce(not auto_renew, true)
