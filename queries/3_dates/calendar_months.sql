-- grain: calendar month, 1980 to 2079; key: month_number (months since January 1980)
-- rule: month arithmetic is done here, by month_number, and nowhere else
with digits as (
    select 0 as digit
    union all select 1
    union all select 2
    union all select 3
    union all select 4
    union all select 5
    union all select 6
    union all select 7
    union all select 8
    union all select 9
),

numbers as (
    select 100 * hundreds.digit + 10 * tens.digit + ones.digit as month_number
    from digits as hundreds
    cross join digits as tens
    cross join digits as ones
    union all
    select 1000 + 100 * hundreds.digit + 10 * tens.digit + ones.digit as month_number
    from digits as hundreds
    cross join digits as tens
    cross join digits as ones
    where hundreds.digit < 2
)

select
    month_number,
    make_date(1980 + cast(floor(month_number / 12) as integer), 1 + month_number % 12, 1) as starts_on,
    (month_number % 12 + 1 - $fiscal_year_start_month + 12) % 3 = 0 as is_quarter_start
from numbers
order by month_number
