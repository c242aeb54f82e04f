-- grain: lifetime; key: account_id, lifetime_number
-- after: subscription_versions, account_stays
-- rule: a lifetime ends when its last subscription ends, by that one's reason (none given: voluntary). It is under
--       notice when every subscription that lasts to its end is, from the day of the last of these notices
with lifetimes as (
    select distinct
        account_id,
        lifetime_number,
        origin,
        paid_until
    from account_stays
),

final_versions as (
    select
        lifetimes.account_id,
        lifetimes.lifetime_number,
        lifetimes.origin,
        lifetimes.paid_until,
        case when subscription_versions.notice_withdrawn_on is null then subscription_versions.notice_on end
            as notice_on,
        coalesce(subscription_versions.end_reason, 'voluntary') as end_reason,
        row_number() over (
            partition by lifetimes.account_id, lifetimes.lifetime_number
            order by subscription_versions.started_on desc, subscription_versions.subscription_id asc
        ) as place
    from lifetimes
    inner join subscription_versions
        on
            lifetimes.account_id = subscription_versions.account_id
            and lifetimes.paid_until = subscription_versions.covered_until
            and lifetimes.origin <= subscription_versions.started_on
)

select
    account_id,
    lifetime_number,
    origin,
    case when paid_until < cast('9999-12-31' as date) then paid_until end as ended_on,
    case when count(notice_on) = count(*) then max(notice_on) end as notice_on,
    max(case when place = 1 then end_reason end) as end_reason
from final_versions
group by account_id, lifetime_number, origin, paid_until
