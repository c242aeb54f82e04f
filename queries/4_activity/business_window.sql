-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: business days of the account's region, as it was known on each day, in the recent window and in the baseline
--       before it, neither of which reaches before the origin; and by how much the whole book's use per account and
--       business day changed between the two windows, as a difference of logarithms
with ends_of_windows as (
    select
        lifetime_id,
        risk_date,
        account_id,
        risk_date - 1 as last_day,
        recent_from - 1 as recent_eve,
        baseline_from - 1 as baseline_eve
    from risk_windows
),

days_asked_for as (
    select distinct
        account_id,
        last_day as day
    from ends_of_windows
    union
    select distinct
        account_id,
        recent_eve as day
    from ends_of_windows
    union
    select distinct
        account_id,
        baseline_eve as day
    from ends_of_windows
),

counted as (
    select
        asked.account_id,
        asked.day,
        work_region.days_before + business_day.business_days as business_days
    from days_asked_for as asked
    inner join work_region
        on
            asked.account_id = work_region.account_id
            and asked.day >= work_region.held_from
            and asked.day < work_region.held_until
    inner join business_day
        on
            work_region.region = business_day.region
            and asked.day = business_day.day
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
    ends.lifetime_id,
    ends.risk_date,
    until_now.business_days - coalesce(until_recent.business_days, 0) as recent_business_days,
    coalesce(until_recent.business_days, 0) - coalesce(until_baseline.business_days, 0) as baseline_business_days,
    book.book_change
from ends_of_windows as ends
inner join counted as until_now
    on
        ends.account_id = until_now.account_id
        and ends.last_day = until_now.day
left join counted as until_recent
    on
        ends.account_id = until_recent.account_id
        and ends.recent_eve = until_recent.day
left join counted as until_baseline
    on
        ends.account_id = until_baseline.account_id
        and ends.baseline_eve = until_baseline.day
left join book
    on ends.risk_date = book.risk_date
