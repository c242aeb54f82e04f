-- grain: lifetime and day that is asked for; key: lifetime_id, risk_date
-- rule: labels of the account as they are given on the snapshot, beside what was sold to it on the day: seats and MRR
--       of all versions in force, added up; plan, product and terms of the one that pays most
with in_force as (
    select
        facts.lifetime_id,
        facts.risk_date,
        subscriptions.plan,
        subscriptions.product,
        subscriptions.currency,
        versions.term_months,
        versions.auto_renew,
        versions.notice_period_days,
        row_number() over (
            partition by facts.lifetime_id, facts.risk_date
            order by versions.mrr desc nulls last, versions.started_on desc, versions.subscription_id asc
        ) as place
    from facts
    inner join lifetimes
        on facts.lifetime_id = lifetimes.lifetime_id
    inner join subscription_versions as versions
        on
            lifetimes.account_id = versions.account_id
            and facts.risk_date >= versions.started_on
            and facts.risk_date < versions.covered_until
    inner join subscriptions
        on
            versions.account_id = subscriptions.account_id
            and versions.subscription_id = subscriptions.subscription_id
            and versions.started_on = subscriptions.started_on
)

select
    facts.lifetime_id,
    facts.risk_date,
    lifetimes.account_id,
    lifetimes.origin,
    lifetimes.lifetime_number,
    accounts.parent_account_id,
    accounts.industry,
    accounts.region,
    accounts.employees,
    accounts.segment,
    accounts.touch_model,
    accounts.maturity,
    accounts.owner,
    in_force.plan,
    in_force.product,
    in_force.currency,
    in_force.term_months,
    in_force.auto_renew,
    in_force.notice_period_days,
    levels.seats,
    levels.mrr,
    levels.products
from facts
inner join lifetimes
    on facts.lifetime_id = lifetimes.lifetime_id
inner join accounts
    on lifetimes.account_id = accounts.account_id
left join in_force
    on
        facts.lifetime_id = in_force.lifetime_id
        and facts.risk_date = in_force.risk_date
        and in_force.place = 1
left join account_levels as levels
    on
        lifetimes.account_id = levels.account_id
        and facts.risk_date >= levels.level_from
        and facts.risk_date < levels.level_until
order by facts.lifetime_id, facts.risk_date
