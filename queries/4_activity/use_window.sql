-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: known use of the recent window, and of the baseline before it. Use says whose it was, or of what, where at
--       least half of its events do; no use says both
with used_days as (
    select
        dates.lifetime_id,
        dates.risk_date,
        cast(sum(case when used.used_on >= dates.recent_from then used.events else 0 end) as bigint) as recent_events,
        cast(sum(case when used.used_on < dates.recent_from then used.events else 0 end) as bigint) as baseline_events,
        cast(sum(case when used.used_on >= dates.recent_from then used.timed_events else 0 end) as bigint)
            as timed_events,
        cast(sum(case when used.used_on >= dates.recent_from then used.out_of_hours_events else 0 end) as bigint)
            as out_of_hours_events,
        cast(sum(case when used.used_on >= dates.recent_from then used.named_events else 0 end) as bigint)
            as recent_named_events,
        cast(sum(case when used.used_on < dates.recent_from then used.named_events else 0 end) as bigint)
            as baseline_named_events,
        cast(sum(case when used.used_on >= dates.recent_from then used.featured_events else 0 end) as bigint)
            as recent_featured_events,
        cast(sum(case when used.used_on < dates.recent_from then used.featured_events else 0 end) as bigint)
            as baseline_featured_events,
        cast(sum(case when used.used_on >= dates.recent_from then used.days else 0 end) as bigint)
            as recent_active_days,
        cast(
            bit_count(
                bit_or(
                    cast(1 as bigint)
                    << cast(floor((date_diff('day', used.used_on, dates.risk_date) - 1) / 7) as integer)
                )
            ) as integer
        ) as active_weeks,
        max(used.used_on) as last_used_on
    from window_blocks as dates
    inner join usage_account_day as used
        on
            dates.account_id = used.account_id
            and dates.block = used.block
            and used.used_on >= dates.baseline_from
            and used.used_on < dates.risk_date
            and used.known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date
)

select
    dates.lifetime_id,
    dates.risk_date,
    coalesce(used_days.recent_events, 0) as recent_events,
    coalesce(used_days.baseline_events, 0) as baseline_events,
    used_days.timed_events,
    used_days.out_of_hours_events,
    coalesce(used_days.recent_active_days, 0) as recent_active_days,
    coalesce(used_days.active_weeks, 0) as active_weeks,
    used_days.last_used_on,
    coalesce(2 * used_days.recent_named_events >= used_days.recent_events, true) as is_recent_use_named,
    coalesce(2 * used_days.baseline_named_events >= used_days.baseline_events, true) as is_earlier_use_named,
    coalesce(2 * used_days.recent_featured_events >= used_days.recent_events, true) as is_recent_use_featured,
    coalesce(2 * used_days.baseline_featured_events >= used_days.baseline_events, true) as is_earlier_use_featured
from risk_dates as dates
left join used_days
    on
        dates.lifetime_id = used_days.lifetime_id
        and dates.risk_date = used_days.risk_date
