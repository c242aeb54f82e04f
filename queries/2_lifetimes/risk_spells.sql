-- grain: unbroken run of days at risk of a lifetime; key: lifetime_id, risk_from; days [risk_from, risk_until)
-- after: account_stays, lifetimes, subscription_versions
-- rule: at risk on paid days from entry until leaving; not in gaps, and not between a notice and its withdrawal
--       (where no other subscription without notice goes on). Open lifetimes reach to 9999-12-31
with spells as (
    select
        lifetimes.lifetime_id,
        greatest(account_stays.spell_from, lifetimes.entry_on) as risk_from,
        least(account_stays.spell_until, coalesce(lifetimes.leaves_on, cast('9999-12-31' as date))) as risk_until
    from lifetimes
    inner join account_stays
        on
            lifetimes.account_id = account_stays.account_id
            and lifetimes.lifetime_number = account_stays.lifetime_number
),

paid as (
    select *
    from spells
    where risk_from < risk_until
),

withdrawn as (
    select
        paid.lifetime_id,
        paid.risk_from,
        paid.risk_until,
        versions.notice_on,
        versions.notice_withdrawn_on
    from paid
    inner join lifetimes
        on paid.lifetime_id = lifetimes.lifetime_id
    inner join subscription_versions as versions
        on
            lifetimes.account_id = versions.account_id
            and versions.notice_on < paid.risk_until
            and versions.notice_withdrawn_on > paid.risk_from
            and versions.notice_withdrawn_on > versions.notice_on
    left join subscription_versions as others
        on
            versions.account_id = others.account_id
            and versions.subscription_id <> others.subscription_id
            and others.started_on <= versions.notice_on
            and others.covered_until > versions.notice_on
            and others.notice_on is null
    where others.subscription_id is null
),

opening as (
    select lifetime_id, risk_from as day
    from paid
    union all
    select lifetime_id, notice_withdrawn_on as day
    from withdrawn
),

closing as (
    select lifetime_id, risk_until as day
    from paid
    union all
    select lifetime_id, notice_on as day
    from withdrawn
),

opened as (
    select lifetime_id, day, row_number() over (partition by lifetime_id order by day) as place
    from opening
),

closed as (
    select lifetime_id, day, row_number() over (partition by lifetime_id order by day) as place
    from closing
)

select
    opened.lifetime_id,
    opened.day as risk_from,
    closed.day as risk_until
from opened
inner join closed
    on
        opened.lifetime_id = closed.lifetime_id
        and opened.place = closed.place
where opened.day < closed.day
