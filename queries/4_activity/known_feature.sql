-- grain: date on which some lifetime needs covariates, feature known by then; key: risk_date, feature
-- rule: a feature is known from the day after its release, one without a day of release always
with dates as (
    select distinct risk_date
    from risk_dates
)

select
    dates.risk_date,
    features.feature,
    features.depth,
    features.released_on
from dates
inner join features
    on coalesce(features.released_on, cast('1900-01-01' as date)) < dates.risk_date
