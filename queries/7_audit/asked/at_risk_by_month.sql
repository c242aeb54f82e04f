-- grain: calendar month with a lifetime at risk; key: month
-- rule: lifetimes at risk on some day of it
select
    cast(date_trunc('month', starts_on) as date) as month,
    count(distinct lifetime_id) as lifetimes
from risk_intervals
group by cast(date_trunc('month', starts_on) as date)
order by month
