-- grain: lifetime under notice at the snapshot; key: lifetime_id
-- rule: announced, not yet ended: listed apart, in no forecast. ends_on is when the last term in force runs out
with running as (
    select
        account_id,
        max(term_ends_on) as ends_on,
        sum(seats) as seats,
        sum(mrr) as mrr
    from subscription_versions
    where
        started_on <= $snapshot
        and covered_until > $snapshot
    group by account_id
)

select
    lifetimes.lifetime_id,
    lifetimes.account_id,
    lifetimes.notice_on,
    running.ends_on,
    running.seats,
    running.mrr
from lifetimes
inner join running
    on lifetimes.account_id = running.account_id
where
    lifetimes.notice_on is not null
    and lifetimes.ended_on is null
order by running.ends_on, lifetimes.account_id
