-- grain: account, day, feature used; key: account_id, used_on, feature
select
    account_id,
    used_on,
    feature,
    cast(sum(events) as bigint) as events
from usage_daily
where
    events > 0
    and feature is not null
group by account_id, used_on, feature
