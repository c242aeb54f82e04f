-- grain: lifetime of one account, or the account, if it never paid; key: lifetime_id
-- rule: what is said of the account as of the snapshot stands beside each of its stays; siblings are the other accounts
--       of the same parent
with siblings as (
    select
        cluster_id,
        count(*) - 1 as siblings
    from groups
    group by cluster_id
)

select
    accounts.account_id,
    accounts.name,
    accounts.parent_account_id,
    siblings.siblings,
    lifetimes.lifetime_id,
    lifetimes.lifetime_number,
    lifetimes.origin,
    lifetimes.notice_on,
    lifetimes.ended_on,
    lifetimes.cause,
    lifetimes.is_provisional,
    accounts.onboarding_completed_on,
    accounts.use_logged_from
from accounts
inner join groups
    on accounts.account_id = groups.account_id
inner join siblings
    on groups.cluster_id = siblings.cluster_id
left join lifetimes
    on accounts.account_id = lifetimes.account_id
where accounts.account_id = $account_id
order by lifetimes.lifetime_number
