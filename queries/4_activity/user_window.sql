-- grain: lifetime, risk date, user who used anything in its window; key: lifetime_id, risk_date, user_id
-- rule: use that names its user and is known: events of the recent window and of the baseline before it; weeks with use
--       among the last four, counted back from risk_date. Made on the way, and not kept
select
    dates.lifetime_id,
    dates.risk_date,
    used.user_id,
    cast(sum(case when used.used_on >= dates.recent_from then used.events else 0 end) as bigint)
        as recent_events,
    cast(
        sum(
            case
                when used.used_on >= dates.baseline_from and used.used_on < dates.recent_from then used.events
                else 0
            end
        ) as bigint
    ) as baseline_events,
    cast(
        bit_count(
            bit_or(
                case
                    when used.used_on >= dates.risk_date - 7 then 1
                    when used.used_on >= dates.risk_date - 14 then 2
                    when used.used_on >= dates.risk_date - 21 then 4
                    when used.used_on >= dates.risk_date - 28 then 8
                    else 0
                end
            )
        ) as integer
    ) as recent_weeks
from window_blocks as dates
inner join usage_user_day as used
    on
        dates.account_id = used.account_id
        and dates.block = used.block
        and used.used_on >= dates.longest_from
        and used.used_on < dates.risk_date
        and used.known_on < dates.risk_date
group by dates.lifetime_id, dates.risk_date, used.user_id
