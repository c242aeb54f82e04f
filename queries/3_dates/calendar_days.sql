-- grain: calendar day from baseline_days before the observation start to the day before the snapshot; key: day
with digits as (
    select month_number as digit
    from calendar_months
    where month_number < 10
),

numbers as (
    select 10000 * d5.digit + 1000 * d4.digit + 100 * d3.digit + 10 * d2.digit + d1.digit as number
    from digits as d1
    cross join digits as d2
    cross join digits as d3
    cross join digits as d4
    cross join digits as d5
)

select cast($observation_start as date) - $baseline_days + cast(number as integer) as day
from numbers
where number < date_diff('day', cast($observation_start as date), cast($snapshot as date)) + $baseline_days
order by day
