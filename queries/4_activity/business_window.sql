-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: business days of the account's region in the recent window and in the baseline before it, neither of which
--       reaches before the origin; and by how much the whole book's use per account and business day changed between
--       the two windows, as a difference of logarithms
with dates as (
    select
        risk_windows.lifetime_id,
        risk_windows.risk_date,
        work_region.region,
        risk_windows.risk_date - 1 as last_day,
        risk_windows.recent_from - 1 as recent_eve,
        risk_windows.baseline_from - 1 as baseline_eve
    from risk_windows
    inner join work_region
        on risk_windows.account_id = work_region.account_id
),

book as (
    select
        risk_date,
        ln((recent_events + 1) / recent_account_days) - ln((baseline_events + 1) / baseline_account_days) as book_change
    from book_window
    where
        recent_account_days > 0
        and baseline_account_days > 0
)

select
    dates.lifetime_id,
    dates.risk_date,
    until_now.business_days - coalesce(until_recent.business_days, 0) as recent_business_days,
    coalesce(until_recent.business_days, 0) - coalesce(until_baseline.business_days, 0) as baseline_business_days,
    book.book_change
from dates
inner join business_day as until_now
    on
        dates.region = until_now.region
        and dates.last_day = until_now.day
left join business_day as until_recent
    on
        dates.region = until_recent.region
        and dates.recent_eve = until_recent.day
left join business_day as until_baseline
    on
        dates.region = until_baseline.region
        and dates.baseline_eve = until_baseline.day
left join book
    on dates.risk_date = book.risk_date
