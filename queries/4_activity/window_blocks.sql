-- grain: lifetime, risk date, run of days that its longest window of use touches; key: lifetime_id, risk_date, block
-- rule: window_from is baseline_days before risk_date, or four weeks where that is longer, but not before the origin.
--       block numbers runs of that many days as the rollups of use do: a window lies in two of them at most, and a join
--       by account and block looks at few of the account's other days
with dates as (
    select
        lifetime_id,
        account_id,
        risk_date,
        greatest(origin, risk_date - greatest($baseline_days, 28)) as window_from
    from risk_dates
    where risk_date > origin
),

ends as (
    select
        *,
        window_from as day
    from dates
    union all
    select
        *,
        risk_date - 1 as day
    from dates
)

select distinct
    lifetime_id,
    account_id,
    risk_date,
    window_from,
    cast(floor((day - cast('1900-01-01' as date)) / greatest($baseline_days, 28)) as integer) as block
from ends
