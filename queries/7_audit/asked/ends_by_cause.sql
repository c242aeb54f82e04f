-- grain: how a lifetime at risk left, if it did; key: cause
-- rule: only while under observation; who is still at risk, or under notice, at the snapshot has no cause
with ended as (
    select
        risk_intervals.lifetime_id,
        max(case when risk_intervals.stops_on = lifetimes.leaves_on then lifetimes.cause end) as cause
    from risk_intervals
    inner join lifetimes
        on risk_intervals.lifetime_id = lifetimes.lifetime_id
    group by risk_intervals.lifetime_id
)

select
    cause,
    count(*) as lifetimes
from ended
group by cause
order by cause
