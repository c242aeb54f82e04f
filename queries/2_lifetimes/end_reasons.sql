-- grain: day on which paid versions of an account end; key: account_id, covered_until
-- rule: why, as the version says that began last; a version that its next one cut short, and one of which no reason is
--       given, ended of the customer's own will, which is churn. Of several that began on one day voluntary, else
--       merged: no id decides
with reasons as (
    select
        account_id,
        covered_until,
        coalesce(case when ends_on = covered_until then end_reason end, 'voluntary') as end_reason,
        row_number() over (
            partition by account_id, covered_until
            order by
                started_on desc, coalesce(case when ends_on = covered_until then end_reason end, 'voluntary') desc
        ) as place
    from subscription_versions
)

select
    account_id,
    covered_until,
    case when end_reason = 'voluntary' then 'churn' else end_reason end as cause
from reasons
where place = 1
