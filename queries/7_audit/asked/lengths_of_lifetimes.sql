-- grain: lifetime ever at risk; key: lifetime_id
-- rule: days from its origin to its end, or to the last day on which ends are settled; how many days before that day it
--       ended, and how many of these are observed
select
    lifetimes.lifetime_id,
    coalesce(lifetimes.ended_on <= settled.settled_until, false) as is_ended,
    date_diff(
        'day',
        lifetimes.origin,
        least(coalesce(lifetimes.ended_on, settled.settled_until), settled.settled_until)
    ) as days,
    case
        when lifetimes.ended_on <= settled.settled_until
            then date_diff('day', lifetimes.ended_on, settled.settled_until)
    end as ended_ago,
    date_diff('day', cast($observation_start as date), settled.settled_until) as days_observed
from lifetimes
cross join settled
where lifetimes.lifetime_id in (select risk_intervals.lifetime_id from risk_intervals)
order by lifetimes.lifetime_id
