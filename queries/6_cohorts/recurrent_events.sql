-- grain: change of a lifetime at risk; key: lifetime_id, age (days since its origin)
-- rule: changes within (start, stop] of an interval of counting_process, so that who has one was at risk on the day
--       before; risk_date is the interval's first day. They end no interval. Those before the observation, on its first
--       day and under notice (where the event is dated by it) are in changes only
select
    changes.lifetime_id,
    changes.account_id,
    lifetimes.cluster_id,
    risk_intervals.starts_on as risk_date,
    changes.changed_on,
    date_diff('day', lifetimes.origin, changes.changed_on) as age,
    changes.kind
from changes
inner join lifetimes
    on changes.lifetime_id = lifetimes.lifetime_id
inner join risk_intervals
    on
        changes.lifetime_id = risk_intervals.lifetime_id
        and changes.changed_on > risk_intervals.starts_on
        and changes.changed_on <= risk_intervals.stops_on
order by changes.account_id, changes.changed_on
