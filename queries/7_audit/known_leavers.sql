-- grain: lifetime under notice at the snapshot; key: lifetime_id
-- rule: announced, not yet ended: listed apart, in no forecast. ends_on is when the last term in force runs out; seats
--       and MRR are what the account pays for on the snapshot, as account_levels adds it up
with running as (
    select
        account_id,
        max(term_ends_on) as ends_on
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
    levels.seats,
    levels.mrr
from lifetimes
inner join running
    on lifetimes.account_id = running.account_id
inner join account_levels as levels
    on
        lifetimes.account_id = levels.account_id
        and levels.level_from <= $snapshot
        and levels.level_until > $snapshot
where
    lifetimes.notice_on is not null
    and lifetimes.ended_on is null
order by running.ends_on, lifetimes.account_id
