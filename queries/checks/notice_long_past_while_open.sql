-- The last version of a subscription that is open more than a year after a notice that nobody withdrew and that its
-- notice period had run out.
with versions as (
    select
        rowid as row_id,
        ended_on,
        notice_on,
        notice_withdrawn_on,
        term_ends_on,
        notice_period_days,
        row_number() over (partition by account_id, subscription_id order by started_on desc) as number_from_last
    from subscriptions
    where started_on < cast($snapshot as date)
)

select row_id
from versions
where
    number_from_last = 1
    and ended_on is null
    and notice_withdrawn_on is null
    and notice_on + coalesce(notice_period_days, 0) < cast($snapshot as date) - 366
    and coalesce(term_ends_on < cast($snapshot as date), true)
