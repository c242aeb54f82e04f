-- grain: date on which the covariates of a lifetime are needed; key: lifetime_id, risk_date
with dates as (
    select lifetime_id, landmark as risk_date
    from landmark_dates
    union
    select lifetime_id, starts_on as risk_date
    from risk_intervals
)

select
    dates.lifetime_id,
    dates.risk_date,
    lifetimes.account_id,
    lifetimes.origin,
    lifetimes.lifetime_number,
    lifetimes.onboarding_completed_on
from dates
inner join lifetimes
    on dates.lifetime_id = lifetimes.lifetime_id
