-- grain: run of days at risk without a cut inside; key: lifetime_id, starts_on; days [starts_on, stops_on)
-- after: calendar_months
-- rule: risk up to the snapshot, cut at month starts and wherever a term ends
with observed as (
    select
        lifetime_id,
        risk_from,
        least(risk_until, cast($snapshot as date)) as risk_until
    from risk_spells
    where risk_from < $snapshot
),

cuts as (
    select
        observed.lifetime_id,
        observed.risk_from,
        observed.risk_until,
        observed.risk_from as cut_on
    from observed
    union
    select
        observed.lifetime_id,
        observed.risk_from,
        observed.risk_until,
        calendar_months.starts_on as cut_on
    from observed
    inner join calendar_months
        on
            calendar_months.starts_on > observed.risk_from
            and calendar_months.starts_on < observed.risk_until
    union
    select
        observed.lifetime_id,
        observed.risk_from,
        observed.risk_until,
        subscription_versions.term_ends_on as cut_on
    from observed
    inner join lifetimes
        on observed.lifetime_id = lifetimes.lifetime_id
    inner join subscription_versions
        on
            lifetimes.account_id = subscription_versions.account_id
            and subscription_versions.started_on < subscription_versions.term_ends_on
            and subscription_versions.term_ends_on <= subscription_versions.covered_until
            and subscription_versions.term_ends_on > observed.risk_from
            and subscription_versions.term_ends_on < observed.risk_until
)

select
    lifetime_id,
    cut_on as starts_on,
    coalesce(lead(cut_on) over (partition by lifetime_id, risk_from order by cut_on), risk_until) as stops_on
from cuts
