-- grain: run of days at risk without a cut inside; key: lifetime_id, starts_on; days [starts_on, stops_on)
-- rule: risk up to the last day on which ends are settled, cut at month starts, wherever a term ends, and at the last
--       day to give notice of it
with observed as (
    select
        risk_spells.lifetime_id,
        risk_spells.risk_from,
        least(risk_spells.risk_until, settled.settled_until) as risk_until
    from risk_spells
    inner join settled
        on risk_spells.risk_from < settled.settled_until
),

clocks as (
    select
        account_id,
        started_on,
        covered_until,
        term_ends_on as cut_on
    from subscription_versions
    union
    select
        account_id,
        started_on,
        covered_until,
        term_ends_on - notice_period_days as cut_on
    from subscription_versions
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
        clocks.cut_on
    from observed
    inner join lifetimes
        on observed.lifetime_id = lifetimes.lifetime_id
    inner join clocks
        on
            lifetimes.account_id = clocks.account_id
            and clocks.started_on < clocks.cut_on
            and clocks.cut_on <= clocks.covered_until
            and clocks.cut_on > observed.risk_from
            and clocks.cut_on < observed.risk_until
)

select
    lifetime_id,
    cut_on as starts_on,
    coalesce(lead(cut_on) over (partition by lifetime_id, risk_from order by cut_on), risk_until) as stops_on
from cuts
