-- grain: lifetime ever at risk; key: lifetime_id
-- rule: days from its origin to its end, or to the last day on which ends are settled; how many days before that day it
--       ended, and how many of these are observed
select
    lifetimes.lifetime_id,
    coalesce(lifetimes.ended_on <= settled.settled_until, false) as is_ended,
    least(coalesce(lifetimes.ended_on, settled.settled_until), settled.settled_until) - lifetimes.origin as days,
    case
        when lifetimes.ended_on <= settled.settled_until then settled.settled_until - lifetimes.ended_on
    end as ended_ago,
    settled.settled_until - cast($observation_start as date) as days_observed
from lifetimes
cross join settled
where lifetimes.lifetime_id in (select risk_intervals.lifetime_id from risk_intervals)
order by lifetimes.lifetime_id
