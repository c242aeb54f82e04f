-- grain: fault of an interval, or of a lifetime's intervals together; no key; an empty table proves that there is none
-- rule: no interval without length, none that overlaps another or reaches outside the days at risk, no day at risk
--       without an interval, and an event, where there was one that is settled, on the last day of the last interval
with neighbours as (
    select
        counting_process.lifetime_id,
        counting_process.start,
        counting_process.stop,
        lag(counting_process.stop)
            over (partition by counting_process.lifetime_id order by counting_process.start)
            as previous_stop,
        lead(counting_process.start)
            over (partition by counting_process.lifetime_id order by counting_process.start)
            as next_start,
        counting_process.cause
    from counting_process
),

expected as (
    select
        risk_spells.lifetime_id,
        sum(date_diff('day', risk_spells.risk_from, least(risk_spells.risk_until, settled.settled_until)))
            as days_at_risk
    from risk_spells
    inner join settled
        on risk_spells.risk_from < settled.settled_until
    group by risk_spells.lifetime_id
),

found as (
    select
        lifetime_id,
        sum(stop - start) as days_at_risk
    from counting_process
    group by lifetime_id
)

select lifetime_id, start, stop, 'zero length' as fault
from neighbours
where stop <= start
union all
select lifetime_id, start, stop, 'overlap' as fault
from neighbours
where start < previous_stop
union all
select lifetime_id, start, stop, 'risk after leaving' as fault
from neighbours
where
    cause is not null
    and next_start is not null
union all
select counting_process.lifetime_id, counting_process.start, counting_process.stop, 'outside the days at risk' as fault
from counting_process
inner join lifetimes
    on counting_process.lifetime_id = lifetimes.lifetime_id
left join risk_spells
    on
        counting_process.lifetime_id = risk_spells.lifetime_id
        and counting_process.start >= date_diff('day', lifetimes.origin, risk_spells.risk_from)
        and counting_process.stop <= date_diff('day', lifetimes.origin, risk_spells.risk_until)
where risk_spells.lifetime_id is null
union all
select expected.lifetime_id, null as start, null as stop, 'days at risk lost or invented' as fault
from expected
left join found
    on expected.lifetime_id = found.lifetime_id
where expected.days_at_risk <> coalesce(found.days_at_risk, 0)
union all
select lifetimes.lifetime_id, null as start, null as stop, 'leaving lost' as fault
from lifetimes
inner join found
    on lifetimes.lifetime_id = found.lifetime_id
inner join settled
    on lifetimes.leaves_on <= settled.settled_until
where
    lifetimes.lifetime_id not in (
        select neighbours.lifetime_id from neighbours
        where neighbours.cause is not null
    )
