-- grain: lifetime (one unbroken stay of an account); key: lifetime_id
-- after: leaving
-- rule: the event is dated by notice where known, or by the end, as the study says; it is known by the snapshot or
--       it has not happened; entry is the later of origin and observation start; an end so near to the snapshot that
--       the account may yet come back within the allowed gap is provisional
with dated as (
    select
        *,
        case when $event_date = 'notice' then coalesce(notice_on, ended_on) else ended_on end as leaves_on
    from leaving
),

numbered as (
    select
        *,
        cast(row_number() over (order by account_id, lifetime_number) as integer) as lifetime_id
    from dated
)

select
    numbered.lifetime_id,
    numbered.account_id,
    coalesce(accounts.parent_account_id, numbered.account_id) as cluster_id,
    numbered.lifetime_number,
    numbered.origin,
    case when numbered.origin < $observation_start then cast($observation_start as date) else numbered.origin end
        as entry_on,
    numbered.notice_on,
    numbered.ended_on,
    numbered.leaves_on,
    case
        when numbered.leaves_on is null then null
        when numbered.end_reason = 'voluntary' then 'churn'
        else numbered.end_reason
    end as cause,
    coalesce(numbered.ended_on + $allowed_gap_days >= $snapshot, false) as is_provisional,
    accounts.onboarding_completed_on
from numbered
inner join accounts
    on numbered.account_id = accounts.account_id
