-- grain: unbroken run of paid days of an account; key: account_id, spell_from; days [spell_from, spell_until)
-- after: subscription_versions
-- rule: versions of all subscriptions of the account are merged where they overlap or touch
with ordered as (
    select
        account_id,
        started_on,
        covered_until,
        max(covered_until) over (
            partition by account_id order by started_on, covered_until, subscription_id
            rows between unbounded preceding and 1 preceding
        ) as covered_before
    from subscription_versions
),

numbered as (
    select
        account_id,
        started_on,
        covered_until,
        sum(case when covered_before is null or started_on > covered_before then 1 else 0 end) over (
            partition by account_id order by started_on, covered_until
            rows between unbounded preceding and current row
        ) as spell_number
    from ordered
)

select
    account_id,
    min(started_on) as spell_from,
    max(covered_until) as spell_until
from numbered
group by account_id, spell_number
