-- grain: account, day, feature used, day on which it became known; key: account_id, used_on, feature, known_on
select
    account_id,
    used_on,
    coalesce(known_on, used_on) as known_on,
    feature,
    cast(sum(events) as bigint) as events
from usage_daily
where
    events > 0
    and feature is not null
group by account_id, used_on, coalesce(known_on, used_on), feature
