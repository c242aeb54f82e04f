-- grain: step of the count from accounts to lifetimes at risk; key: step
with steps as (
    select 1 as step, 'accounts' as what, count(*) as number
    from accounts
    union all
    select 2 as step, 'accounts_without_subscription' as what, count(*) as number
    from accounts
    where accounts.account_id not in (select subscriptions.account_id from subscriptions)
    union all
    select 3 as step, 'accounts_never_paid' as what, count(distinct account_id) as number
    from subscriptions
    where subscriptions.account_id not in (select subscription_versions.account_id from subscription_versions)
    union all
    select 4 as step, 'lifetimes' as what, count(*) as number
    from lifetimes
    union all
    select 5 as step, 'over_before_observation' as what, count(*) as number
    from lifetimes
    where leaves_on <= entry_on
    union all
    select 6 as step, 'began_lately' as what, count(*) as number
    from lifetimes
    cross join settled
    where
        lifetimes.entry_on >= settled.settled_until
        and coalesce(lifetimes.leaves_on > lifetimes.entry_on, true)
    union all
    select 7 as step, 'lifetimes_at_risk' as what, count(distinct lifetime_id) as number
    from counting_process
    union all
    select 8 as step, 'entered_late' as what, count(*) as number
    from lifetimes
    where
        entry_on > origin
        and lifetimes.lifetime_id in (select counting_process.lifetime_id from counting_process)
    union all
    select 9 as step, 'churned' as what, count(distinct lifetime_id) as number
    from counting_process
    where cause = 'churn'
    union all
    select 10 as step, 'ended_otherwise' as what, count(distinct lifetime_id) as number
    from counting_process
    where cause <> 'churn'
    union all
    select 11 as step, 'provisional_ends' as what, count(*) as number
    from lifetimes
    cross join settled
    where
        lifetimes.leaves_on > lifetimes.entry_on
        and lifetimes.leaves_on > settled.settled_until
        and lifetimes.ended_on <= $snapshot
    union all
    select 12 as step, 'known_leavers' as what, count(*) as number
    from lifetimes
    where
        notice_on is not null
        and ended_on is null
)

select *
from steps
order by step
