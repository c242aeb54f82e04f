-- grain: logged period of one account; key: period_start, period_days
-- rule: users with use in it, by what is known of the period at the snapshot
select
    period_start,
    period_days,
    users
from user_period
where
    account_id = $account_id
    and known_on < cast($snapshot as date)
    and known_until = cast('9999-12-31' as date)
order by period_start, period_days
