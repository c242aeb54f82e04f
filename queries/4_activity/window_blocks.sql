-- grain: lifetime, risk date, run of days that its longest window of use touches; key: lifetime_id, risk_date, block
-- rule: block numbers runs of as many days as that window has, as the rollups of use do: a window lies in two of them
--       at most, and a join by account and block looks at few of the account's other days
with ends as (
    select
        *,
        longest_from as day
    from risk_windows
    where has_day
    union all
    select
        *,
        risk_date - 1 as day
    from risk_windows
    where has_day
)

select distinct
    lifetime_id,
    account_id,
    risk_date,
    recent_from,
    baseline_from,
    longest_from,
    cast(floor(date_diff('day', cast('1900-01-01' as date), day) / greatest($baseline_days, 28)) as integer) as block
from ends
