-- grain: region with holidays, or '' for all accounts without, and calendar day; key: region, day
-- rule: a business day is a weekday, Monday to Friday, that is no holiday of the region. business_days counts them up
--       to and with the day, so that a window's number is a difference of two rows
with regions as (
    select region
    from holidays
    union
    select '' as region
),

days as (
    select
        regions.region,
        calendar_days.day,
        case
            when date_diff('day', cast('1900-01-01' as date), calendar_days.day) % 7 >= 5 then 0  -- that was a Monday
            when holidays.day is not null then 0
            else 1
        end as is_business_day
    from regions
    cross join calendar_days
    left join holidays
        on
            regions.region = holidays.region
            and calendar_days.day = holidays.day
)

select
    region,
    day,
    is_business_day,
    cast(
        sum(is_business_day) over (
            partition by region order by day
            rows between unbounded preceding and current row
        ) as integer
    ) as business_days
from days
