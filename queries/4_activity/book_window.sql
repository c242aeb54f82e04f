-- grain: date on which some lifetime needs covariates; key: risk_date
-- rule: use by the book, and the business days of the accounts that paid for them, each by its own region, in the
--       recent window and in the baseline before it; days before the log begins count for neither
with dates as (
    select distinct risk_date
    from risk_dates
),

paid as (
    select
        dates.risk_date,
        sum(case when paying_day.day >= dates.risk_date - $recent_days then paying_day.working_accounts else 0 end)
            as recent_account_days,
        sum(case when paying_day.day < dates.risk_date - $recent_days then paying_day.working_accounts else 0 end)
            as baseline_account_days
    from dates
    inner join paying_day
        on
            paying_day.day >= dates.risk_date - $baseline_days
            and paying_day.day >= cast($usage_daily_observed_from as date)
            and paying_day.day < dates.risk_date
    group by dates.risk_date
),

used as (
    select
        dates.risk_date,
        sum(case when book_day.used_on >= dates.risk_date - $recent_days then book_day.events else 0 end)
            as recent_events,
        sum(case when book_day.used_on < dates.risk_date - $recent_days then book_day.events else 0 end)
            as baseline_events
    from dates
    inner join book_day
        on
            book_day.used_on >= dates.risk_date - $baseline_days
            and book_day.used_on >= cast($usage_daily_observed_from as date)
            and book_day.known_on < dates.risk_date
            and book_day.used_on < dates.risk_date
    group by dates.risk_date
)

select
    paid.risk_date,
    paid.recent_account_days,
    paid.baseline_account_days,
    coalesce(used.recent_events, 0) as recent_events,
    coalesce(used.baseline_events, 0) as baseline_events
from paid
left join used
    on paid.risk_date = used.risk_date
