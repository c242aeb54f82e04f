-- grain: date on which some lifetime needs covariates; key: risk_date
with landmarks as (
    select distinct landmark
    from landmark_dates
),

dates as (
    select distinct risk_date
    from risk_dates
)

select
    dates.risk_date,
    landmarks.landmark is not null as is_landmark
from dates
left join landmarks
    on dates.risk_date = landmarks.landmark
order by dates.risk_date
