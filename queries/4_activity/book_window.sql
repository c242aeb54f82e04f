-- grain: date on which some lifetime needs covariates; key: risk_date
-- after: book_day
-- rule: use per paying account-day by the whole book, in the recent window and in the baseline before it
with dates as (
    select distinct risk_date
    from risk_dates
)

select
    dates.risk_date,
    sum(case when book_day.day >= dates.risk_date - $recent_days then book_day.events else 0 end) as recent_events,
    sum(case when book_day.day >= dates.risk_date - $recent_days then book_day.accounts else 0 end)
        as recent_account_days,
    sum(case when book_day.day < dates.risk_date - $recent_days then book_day.events else 0 end) as baseline_events,
    sum(case when book_day.day < dates.risk_date - $recent_days then book_day.accounts else 0 end)
        as baseline_account_days
from dates
inner join book_day
    on
        book_day.day >= dates.risk_date - $baseline_days
        and book_day.day < dates.risk_date
group by dates.risk_date
