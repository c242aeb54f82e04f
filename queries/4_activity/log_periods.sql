-- grain: logged period; key: period_start, period_days
-- rule: logged for all accounts once some account's part of it is known: who has no row of it then had no use
select
    period_start,
    period_days,
    min(known_on) as known_on
from user_period
group by period_start, period_days
