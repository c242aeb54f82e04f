-- grain: lifetime, risk date, feature used in its baseline window; key: lifetime_id, risk_date, feature
-- rule: events of the recent window, which may be none. Made on the way, and not kept
select
    dates.lifetime_id,
    dates.risk_date,
    used.feature,
    cast(sum(case when used.used_on >= dates.recent_from then used.events else 0 end) as bigint) as recent_events
from window_blocks as dates
inner join usage_feature_day as used
    on
        dates.account_id = used.account_id
        and dates.block = used.block
        and used.used_on >= dates.baseline_from
        and used.used_on < dates.risk_date
        and used.known_on < dates.risk_date
group by dates.lifetime_id, dates.risk_date, used.feature
