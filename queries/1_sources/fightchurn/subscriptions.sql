-- grain: plan version (new at each renewal or change); key: subscription_id, started_on; one subscription per account
-- rule: add-on rows say nothing about purchases and are left out, but an add-on cut short marks the day on which an
--       account left inside a paid term: the plan row then ends on that day, its term where it was agreed
with add_ons as (
    select
        account_id,
        max(end_date) as last_end
    from raw.subscription
    where units = 'search'
    group by account_id
),

plans as (
    select
        *,
        row_number() over (partition by account_id order by start_date desc) = 1 as is_last
    from raw.subscription
    where units = 'users'
)

select
    'plan-' || cast(plans.account_id as varchar) as subscription_id,
    cast(plans.account_id as varchar) as account_id,
    plans.start_date as started_on,
    plans.end_date as term_ends_on,
    case when plans.is_last then least(plans.end_date, add_ons.last_end) else plans.end_date end as ended_on,
    plans.bill_period_months as term_months,
    'paid' as kind,
    split_part(plans.product, '_', 1) as plan,
    plans.quantity as seats,
    plans.mrr
from plans
left join add_ons using (account_id)
order by subscription_id, started_on
