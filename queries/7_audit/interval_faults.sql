-- grain: faulty interval; an empty table is the proof that there is none
-- rule: no interval without length, none that overlaps or jumps over days at risk, none outside the days at risk,
--       and a lifetime's event, where it was at risk, on the last day of its last interval
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
        sum(least(risk_spells.risk_until, cast($snapshot as date)) - risk_spells.risk_from) as days_at_risk
    from risk_spells
    where risk_spells.risk_from < $snapshot
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
select expected.lifetime_id, null as start, null as stop, 'days at risk lost or invented' as fault
from expected
left join found
    on expected.lifetime_id = found.lifetime_id
where expected.days_at_risk <> coalesce(found.days_at_risk, 0)
