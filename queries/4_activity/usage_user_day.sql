-- grain: account, day, user, day on which it became known; key: account_id, used_on, user_id, known_on
-- rule: use that names its user. block numbers runs of days as window_blocks does; the rows of an account lie together,
--       as its windows are read. Made on the way, and not kept
with days as (
    select
        account_id,
        used_on,
        user_id,
        coalesce(known_on, used_on) as known_on,
        cast(
            floor(date_diff('day', cast('1900-01-01' as date), used_on) / greatest($baseline_days, 28)) as integer
        ) as block,
        cast(sum(events) as bigint) as events
    from usage_daily
    where
        events > 0
        and user_id is not null
    group by account_id, used_on, user_id, coalesce(known_on, used_on)
)

select
    account_id,
    used_on,
    user_id,
    known_on,
    block,
    events
from days
order by account_id
