-- Of a subscription's last version only: earlier ones end where the next begins. A source that gives the end of each
-- term as its end schedules nothing.
with versions as (
    select
        rowid as row_id,
        ended_on,
        notice_on,
        term_ends_on,
        row_number() over (partition by account_id, subscription_id order by started_on desc) as number_from_last
    from subscriptions
)

select row_id
from versions
where
    number_from_last = 1
    and ended_on > cast($snapshot as date)
    and notice_on is null
    and term_ends_on is distinct from ended_on
