-- grain: lifetime at risk on a landmark; key: lifetime_id, risk_date (the landmark)
-- rule: churns if it leaves after the landmark and by the end of the horizon; followed where the horizon has passed
--       by the snapshot, whatever happened, so that no row is chosen by its outcome
with rows_at_risk as (
    select
        landmark_dates.lifetime_id,
        lifetimes.account_id,
        lifetimes.cluster_id,
        landmark_dates.landmark as risk_date,
        landmark_dates.horizon_ends_on,
        landmark_dates.is_quarter_start,
        landmark_dates.horizon_ends_on - landmark_dates.landmark as horizon_days,
        landmark_dates.horizon_ends_on <= $snapshot as is_followed,
        least(landmark_dates.horizon_ends_on, cast($snapshot as date)) as followed_until,
        lifetimes.leaves_on,
        lifetimes.cause,
        terms_in_force.term_months,
        coalesce(terms_in_force.term_kind, 'no_term') as term_kind
    from landmark_dates
    inner join lifetimes
        on landmark_dates.lifetime_id = lifetimes.lifetime_id
    left join terms_in_force
        on
            landmark_dates.lifetime_id = terms_in_force.lifetime_id
            and landmark_dates.landmark = terms_in_force.risk_date
),

outcomes as (
    select
        lifetime_id,
        account_id,
        cluster_id,
        risk_date,
        horizon_ends_on,
        is_quarter_start,
        is_followed,
        horizon_days,
        least(coalesce(leaves_on, followed_until), followed_until) - risk_date as followed_days,
        case when leaves_on <= followed_until and cause = 'churn' then 1 else 0 end as event,
        case when leaves_on <= followed_until then cause end as cause,
        term_months,
        term_kind
    from rows_at_risk
)

select *  -- noqa: RF02
from outcomes
left join covariates using (lifetime_id, risk_date)
order by outcomes.risk_date, outcomes.account_id
